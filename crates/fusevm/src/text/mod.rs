//! Text algorithms over bytes that several languages share: POSIX regular expressions, `printf` formatting, `strftime`, letter case, and
//! character positions in UTF-8. Nothing here knows of values or of the machine, so that each piece is tested alone and reused by any host.

pub mod case;
pub mod ere;
pub mod format;
pub(crate) mod scan;
pub mod shell;
pub mod time;
pub mod utf8;
