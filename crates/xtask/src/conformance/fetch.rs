//! Fetching gawk's source package.
//!
//! apt does it, with a configuration of its own that adds the source packages of the system's archives: what the
//! system has configured and downloaded stays as it is.

use crate::command::command;
use std::fs;
use std::path::{Path, PathBuf};

/// The unpacked source of gawk, fetched when the cache does not have it.
pub(super) fn gawk(cache: &Path) -> Result<PathBuf, String> {
    if let Some(source) = unpacked(cache) {
        return Ok(source);
    }
    eprintln!("fetching the source package of gawk into {}", cache.display());
    download(cache)?;
    let archive = entry(cache, |name| name.starts_with("gawk_") && name.contains(".orig.tar."))
        .ok_or("apt fetched no source archive of gawk")?;
    command("tar").arg("-xf").arg(&archive).arg("-C").arg(cache).ok()?;
    unpacked(cache).ok_or_else(|| format!("{} has no directory of gawk", archive.display()))
}

fn unpacked(cache: &Path) -> Option<PathBuf> {
    entry(cache, |name| name.starts_with("gawk-")).filter(|path| path.join("test/Makefile.in").is_file())
}

fn entry(directory: &Path, is_wanted: impl Fn(&str) -> bool) -> Option<PathBuf> {
    let mut entries = fs::read_dir(directory).ok()?.flatten();
    entries.find(|entry| entry.file_name().to_str().is_some_and(&is_wanted)).map(|entry| entry.path())
}

fn download(cache: &Path) -> Result<(), String> {
    let apt = cache.join("apt");
    let failed = |error: std::io::Error| format!("{}: {error}", apt.display());
    for directory in ["lists/partial", "archives/partial", "sources"] {
        fs::create_dir_all(apt.join(directory)).map_err(failed)?;
    }
    let mut count = 0;
    for (name, text) in system_sources() {
        fs::write(apt.join("sources").join(name), text).map_err(failed)?;
        count += 1;
    }
    if count == 0 {
        return Err("this system has no package archives configured for apt".into());
    }
    let configuration = format!(
        "Dir::Etc::SourceList \"/dev/null\";\nDir::Etc::SourceParts \"{0}/sources\";\n\
         Dir::State::Lists \"{0}/lists\";\nDir::Cache \"{0}\";\nAPT::Sandbox::User \"\";\n",
        apt.display()
    );
    let file = apt.join("apt.conf");
    fs::write(&file, configuration).map_err(failed)?;
    let apt_get = |arguments: &[&str]| {
        command("apt-get").arg("-qq").args(arguments).env("APT_CONFIG", &file).current_dir(cache).ok()
    };
    apt_get(&["update"])?;
    apt_get(&["source", "--download-only", "gawk"])
}

/// The archives that the system's apt knows, as archives of source packages: file names and contents.
fn system_sources() -> Vec<(String, String)> {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    files.extend(fs::read_dir("/etc/apt/sources.list.d").into_iter().flatten().flatten().map(|e| e.path()));
    files
        .iter()
        .filter_map(|path| {
            let text = fs::read_to_string(path).ok()?;
            let name = path.file_name()?.to_str()?.to_owned();
            let line: fn(&str) -> Option<String> = match path.extension()?.to_str()? {
                // One archive a line: `deb URI suite component…`.
                "list" => |line| line.strip_prefix("deb ").map(|rest| format!("deb-src {rest}")),
                // Paragraphs of `Key: value`.
                "sources" => |line| {
                    let is_types = line.starts_with("Types:");
                    Some(if is_types { "Types: deb-src".to_owned() } else { line.to_owned() })
                },
                _ => return None,
            };
            let lines: Vec<String> = text.lines().filter_map(line).collect();
            Some((name, lines.join("\n") + "\n"))
        })
        .collect()
}
