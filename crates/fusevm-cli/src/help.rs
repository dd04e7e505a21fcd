//! What help and man pages say beyond the options: examples and exit statuses.

use crate::exit;
use std::fmt::Write;

/// A titled list: what is explained, and the explanation.
pub struct Section {
    /// Its heading.
    pub title: &'static str,
    /// The items.
    pub items: &'static [(&'static str, &'static str)],
}

const EXIT_STATUS: Section = Section { title: "Exit status", items: exit::MEANINGS };

/// The sections of each command, by its name; of `fusevm` itself by the empty one.
const PAGES: &[(&str, &[Section])] = &[
    (
        "",
        &[
            Section {
                title: "Examples",
                items: &[
                    ("fusevm run examples/hello.fvm", "Run a program."),
                    ("fusevm awk '{ print $1 }' access.log", "Run an awk program."),
                    ("fusevm check *.fvm", "Say everything that is wrong with some programs."),
                    ("fusevm help run", "Explain a command."),
                ],
            },
            EXIT_STATUS,
        ],
    ),
    (
        "run",
        &[
            Section {
                title: "Examples",
                items: &[
                    ("fusevm run examples/fib.fvm", "Run a program."),
                    (
                        "printf 'LoadConst \"hi\"\\nPrintLn 1\\n' | fusevm run -",
                        "Run what another program writes.",
                    ),
                    (
                        "fusevm run --timeout 2s --max-memory 64m untrusted.fvm",
                        "Run a program that is not trusted.",
                    ),
                    (
                        "fusevm run --print-result examples/closure.fvm",
                        "Show the value that a program ends with.",
                    ),
                ],
            },
            EXIT_STATUS,
        ],
    ),
    (
        "asm",
        &[
            Section {
                title: "Examples",
                items: &[
                    ("fusevm asm fib.fvm -o fib.fvb", "Assemble a program."),
                    (
                        "fusevm asm --lines fib.fvm -o fib.fvb",
                        "Assemble it so that its errors name lines of the text.",
                    ),
                    ("fusevm asm fib.fvm | fusevm run -", "Assemble and run."),
                ],
            },
            EXIT_STATUS,
        ],
    ),
    (
        "dis",
        &[
            Section {
                title: "Examples",
                items: &[
                    ("fusevm dis fib.fvb", "Show a binary program as text."),
                    (
                        "fusevm dis fib.fvm -o fib.fvm",
                        "Bring a text into the standard layout. Comments are lost.",
                    ),
                ],
            },
            EXIT_STATUS,
        ],
    ),
    (
        "check",
        &[
            Section {
                title: "Examples",
                items: &[
                    ("fusevm check fib.fvm", "Verify a program."),
                    ("fusevm check examples/*.fvm && echo fine", "Verify many."),
                ],
            },
            EXIT_STATUS,
        ],
    ),
    (
        "code",
        &[
            Section {
                title: "Examples",
                items: &[("fusevm code examples/fib.fvm", "Show what the engine makes of a program.")],
            },
            EXIT_STATUS,
        ],
    ),
    #[cfg(feature = "jit")]
    (
        "jit",
        &[
            Section {
                title: "Examples",
                items: &[
                    (
                        "fusevm jit report page.html examples/primes.fvm",
                        "Where does the time of a program go?",
                    ),
                    ("fusevm jit dump examples/fib.fvm", "What did it become?"),
                    ("fusevm run --jit-log examples/fib.fvm", "What happened when?"),
                ],
            },
            EXIT_STATUS,
        ],
    ),
    #[cfg(feature = "jit")]
    (
        "jit dump",
        &[
            Section {
                title: "Examples",
                items: &[
                    ("fusevm jit dump --line 37 examples/fib.fvm", "Show the sub that begins at a line."),
                    (
                        "fusevm jit dump awk 'BEGIN { while (i < 1e6) i++ }'",
                        "Show the loops of an awk program.",
                    ),
                ],
            },
            EXIT_STATUS,
        ],
    ),
    #[cfg(feature = "jit")]
    (
        "jit report",
        &[
            Section {
                title: "Examples",
                items: &[
                    ("fusevm jit report page.html examples/primes.fvm", "Run a program and report on it."),
                    (
                        "fusevm jit report page.html awk -f examples/top_paths.awk examples/access.log",
                        "Run an awk program and report on it.",
                    ),
                ],
            },
            EXIT_STATUS,
        ],
    ),
    (
        "awk",
        &[
            Section {
                title: "Examples",
                items: &[
                    (
                        "fusevm awk '{ sum += $5 } END { print sum }' access.log",
                        "Add the numbers of a column.",
                    ),
                    ("fusevm awk -F: '$3 >= 1000 { print $1, $6 }' /etc/passwd", "Choose lines and columns."),
                    (
                        "fusevm awk --csv -H '@\"age\" > 18 { print @\"name\" }' people.csv",
                        "Choose by the names of a header.",
                    ),
                    (
                        "fusevm awk -j 0 '{ n[$1]++ } END { for (k in n) print n[k], k }' access.log",
                        "Count with all processors.",
                    ),
                    ("ln -s \"$(command -v fusevm)\" ~/bin/awk", "Make it the awk of your shell."),
                ],
            },
            Section {
                title: "Environment",
                items: &[
                    (
                        "AWKPATH",
                        "Where files of -f, -i and @include are looked for, directories with colons between them",
                    ),
                    ("POSIXLY_CORRECT", "When set, as --posix"),
                    ("LC_ALL, LC_CTYPE, LANG", "Whether characters are UTF-8 or bytes"),
                    ("TZ", "The time zone of strftime and mktime"),
                    ("GAWK_READ_TIMEOUT", "Milliseconds that a read may take"),
                    (
                        "GAWK_SOCK_RETRIES, GAWK_MSEC_SLEEP",
                        "How often a refused connection is tried, and the pause between tries",
                    ),
                ],
            },
            Section {
                title: "Special files",
                items: &[
                    ("-, /dev/stdin, /dev/stdout, /dev/stderr, /dev/fd/N", "The streams of the process"),
                    (
                        "/inet/tcp/LOCALPORT/HOST/PORT, /inet/udp/LOCALPORT/HOST/PORT",
                        "Connections, for |&; /inet4 and /inet6 choose the family",
                    ),
                ],
            },
            Section {
                title: "Exit status",
                items: &[
                    ("0", "Success"),
                    ("1", "A mistake in the options or the program"),
                    (
                        "2",
                        "An error of the run, a file that could not be read, or output that could not be written",
                    ),
                    ("N", "What the program gives to exit"),
                ],
            },
        ],
    ),
    (
        "completions",
        &[
            Section {
                title: "Examples",
                items: &[
                    ("source <(fusevm completions bash)", "Complete in this bash."),
                    (
                        "fusevm completions zsh > ~/.zfunc/_fusevm",
                        "Complete in every zsh whose fpath has ~/.zfunc.",
                    ),
                    (
                        "fusevm completions fish > ~/.config/fish/completions/fusevm.fish",
                        "Complete in every fish.",
                    ),
                ],
            },
            EXIT_STATUS,
        ],
    ),
    (
        "man",
        &[
            Section {
                title: "Examples",
                items: &[
                    ("fusevm man | man -l -", "Read the manual page."),
                    ("fusevm man ~/.local/share/man/man1", "Install the manual pages."),
                ],
            },
            EXIT_STATUS,
        ],
    ),
];

/// The sections of a command.
pub fn sections(command: &str) -> &'static [Section] {
    PAGES.iter().find(|(name, _)| *name == command).map_or(&[], |(_, sections)| sections)
}

/// The sections of a command as help shows them below the options.
pub fn below_options(command: &str) -> String {
    let mut out = String::new();
    for section in sections(command) {
        let _ = write!(out, "{}{}:", if out.is_empty() { "" } else { "\n\n" }, section.title);
        for (item, text) in section.items {
            let _ = match item.len() {
                0..=3 => write!(out, "\n  {item:<3}  {text}"),
                _ => write!(out, "\n  {item}\n          {text}"),
            };
        }
    }
    out
}
