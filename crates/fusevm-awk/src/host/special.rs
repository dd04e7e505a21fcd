//! File names with a meaning of their own: `/dev/stdin`, `/dev/fd/N`, and `/inet/…`.

use super::path;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, RawFd};

/// A standard stream or an inherited descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Special {
    Stdin,
    Stdout,
    Stderr,
    Descriptor(RawFd),
}

impl Special {
    /// What a file name means. `-` is left to those who read or write.
    pub fn from_name(name: &[u8]) -> Option<Special> {
        match name.strip_prefix(b"/dev/")? {
            b"stdin" => Some(Special::Stdin),
            b"stdout" => Some(Special::Stdout),
            b"stderr" => Some(Special::Stderr),
            other => {
                let number = std::str::from_utf8(other.strip_prefix(b"fd/")?).ok()?;
                match number.parse().ok().filter(|&number| number >= 0)? {
                    0 => Some(Special::Stdin),
                    1 => Some(Special::Stdout),
                    2 => Some(Special::Stderr),
                    descriptor => Some(Special::Descriptor(descriptor)),
                }
            }
        }
    }

    /// A file of its own for the stream.
    ///
    /// # Errors
    /// The descriptor is not open.
    pub fn open(self) -> io::Result<File> {
        let owned = match self {
            Special::Stdin => io::stdin().as_fd().try_clone_to_owned(),
            Special::Stdout => io::stdout().as_fd().try_clone_to_owned(),
            Special::Stderr => io::stderr().as_fd().try_clone_to_owned(),
            Special::Descriptor(descriptor) => {
                // SAFETY: it is only asked for its flags, which fails when it is not open.
                if unsafe { libc::fcntl(descriptor, libc::F_GETFD) } < 0 {
                    return Err(io::Error::last_os_error());
                }
                // SAFETY: it is open, and nothing closes it before it is duplicated here.
                unsafe { BorrowedFd::borrow_raw(descriptor) }.try_clone_to_owned()
            }
        };
        owned.map(File::from)
    }
}

/// Opens a file to read; `-` is the standard input.
pub(super) fn open_to_read(name: &[u8]) -> io::Result<File> {
    let special = if name == b"-" { Some(Special::Stdin) } else { Special::from_name(name) };
    special.map_or_else(|| File::open(path(name)), Special::open)
}

/// The kind of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Tcp,
    Udp,
}

/// A network file: `/inet/protocol/local-port/remote-host/remote-port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InetName {
    pub protocol: Protocol,
    /// Of addresses: 4, 6, or either.
    pub family: Option<u8>,
    /// A number or the name of a service; 0 leaves it to the system.
    pub local_port: String,
    /// 0 waits for any.
    pub host: String,
    /// 0 waits for any.
    pub port: String,
}

impl InetName {
    /// What a file name means.
    pub fn from_name(name: &[u8]) -> Option<InetName> {
        let name = std::str::from_utf8(name).ok()?.strip_prefix("/inet")?;
        let (family, rest) = match name.as_bytes().first()? {
            b'/' => (None, &name[1..]),
            b'4' => (Some(4), name[1..].strip_prefix('/')?),
            b'6' => (Some(6), name[1..].strip_prefix('/')?),
            _ => return None,
        };
        let mut parts = rest.split('/');
        let protocol = match parts.next()? {
            "tcp" => Protocol::Tcp,
            "udp" => Protocol::Udp,
            _ => return None,
        };
        let mut part = || parts.next().filter(|part| !part.is_empty()).map(str::to_owned);
        let (local_port, host, port) = (part()?, part()?, part()?);
        parts.next().is_none().then_some(InetName { protocol, family, local_port, host, port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_standard_streams() {
        let cases: &[(&str, Option<Special>)] = &[
            ("/dev/stdin", Some(Special::Stdin)),
            ("/dev/fd/1", Some(Special::Stdout)),
            ("/dev/stderr", Some(Special::Stderr)),
            ("/dev/fd/12", Some(Special::Descriptor(12))),
            ("/dev/fd/-1", None),
            ("/dev/fd/x", None),
            ("/dev/null", None),
            ("stdin", None),
        ];
        for (name, expected) in cases {
            assert_eq!(Special::from_name(name.as_bytes()), *expected, "{name}");
        }
    }

    #[test]
    fn names_of_connections() {
        let inet = |name: &str| InetName::from_name(name.as_bytes());
        let expected = InetName {
            protocol: Protocol::Tcp,
            family: None,
            local_port: "0".into(),
            host: "example.org".into(),
            port: "http".into(),
        };
        assert_eq!(inet("/inet/tcp/0/example.org/http"), Some(expected));
        assert_eq!(
            inet("/inet6/udp/53/0/0").map(|name| (name.family, name.protocol)),
            Some((Some(6), Protocol::Udp))
        );
        for name in
            ["/inet/tcp/0/host", "/inet/raw/0/h/1", "/inet5/tcp/0/h/1", "/inet/tcp/0//1", "/inet/tcp/0/h/1/2"]
        {
            assert_eq!(inet(name), None, "{name}");
        }
    }
}
