//! `fusevm completions` and `man`: what is made from the definition of the command line.

use crate::args::{Completions, Man, definition};
use crate::failure::Failure;
use crate::help;
use crate::output;
use roff::{Inline, Roff};
use std::io;
use std::path::Path;

/// Prints a completion script.
pub fn completions(args: &Completions) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut definition(), "fusevm", &mut script);
    output::write_stdout(&script)?;
    Ok(0)
}

/// Prints the page of `fusevm`, or writes the pages of all commands.
pub fn man(args: &Man) -> Result<u8, Failure> {
    let mut fusevm = definition().disable_help_subcommand(true);
    fusevm.build();
    let Some(directory) = &args.directory else {
        output::write_stdout(&page(&fusevm, "")?)?;
        return Ok(0);
    };
    write_pages(directory, &fusevm, "")?;
    Ok(0)
}

/// Writes the pages of a command and of the commands below it.
fn write_pages(directory: &Path, command: &clap::Command, name: &str) -> Result<(), Failure> {
    let path = directory.join(clap_mangen::Man::new(command.clone()).get_filename());
    output::write_file(&path, &page(command, name)?)?;
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        let name = [name, inner.get_name()].join(" ");
        write_pages(directory, inner, name.trim_start())?;
    }
    Ok(())
}

/// The page of a command whose name in the help's tables is `name`.
fn page(command: &clap::Command, name: &str) -> Result<Vec<u8>, Failure> {
    render(command, name).map_err(|error| Failure::io("cannot make the page", &error))
}

fn render(command: &clap::Command, name: &str) -> io::Result<Vec<u8>> {
    let man = clap_mangen::Man::new(command.clone())
        .source(format!("fusevm {}", env!("CARGO_PKG_VERSION")))
        .manual("fusevm manual");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let mut below = Roff::new();
    for section in help::sections(name) {
        below.control("SH", [section.title.to_uppercase().as_str()]);
        for (item, text) in section.items {
            below.control("TP", []);
            below.text([Inline::Bold(item.to_string())]);
            below.text([Inline::Roman(text.to_string())]);
        }
    }
    below.to_writer(&mut page)?;
    Ok(page)
}
