//! Connections: `/inet/…` files.

use super::special::{InetName, Protocol};
use std::error::Error;
use std::ffi::CString;
use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::os::fd::OwnedFd;
use std::thread;
use std::time::Duration;

/// How often a connection is tried, unless GAWK_SOCK_RETRIES says otherwise.
const TRIES: u32 = 20;

/// The pause between tries, unless GAWK_MSEC_SLEEP says otherwise.
const PAUSE: Duration = Duration::from_secs(1);

/// What a host or port that is left to others is written as.
const ANY: &str = "0";

/// What a name in `/inet` says that nothing is known of: a host, a port.
#[derive(Debug)]
pub(super) struct InvalidName(String);

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for InvalidName {}

impl InvalidName {
    fn error(message: String) -> io::Error {
        io::Error::new(ErrorKind::InvalidInput, InvalidName(message))
    }

    fn remote(name: &InetName, error: &io::Error) -> io::Error {
        let InetName { host, port, .. } = name;
        let reason = error.to_string();
        // The standard library says first what it was doing.
        let reason = reason.strip_prefix("failed to lookup address information: ").unwrap_or(&reason);
        InvalidName::error(format!("remote host and port information ({host}, {port}) invalid: {reason}"))
    }
}

/// Opens a connection: to a host, or by waiting for somebody who connects.
///
/// # Errors
/// There is no such host or service, or nobody listens.
pub(super) fn connect(name: &InetName) -> io::Result<OwnedFd> {
    let local_port = port(&name.local_port, name.protocol).map_err(|error| {
        InvalidName::error(format!("local port {} invalid in `/inet': {error}", name.local_port))
    })?;
    if name.host == ANY {
        return wait(name, local_port);
    }
    let remote_port = port(&name.port, name.protocol).map_err(|error| InvalidName::remote(name, &error))?;
    let number = |variable: &str| std::env::var(variable).ok()?.trim().parse::<u32>().ok();
    let tries = number("GAWK_SOCK_RETRIES").unwrap_or(TRIES).max(1);
    let pause = number("GAWK_MSEC_SLEEP").map_or(PAUSE, |ms| Duration::from_millis(ms.into()));
    let mut tried = 1;
    loop {
        match connect_once(name, local_port, remote_port) {
            // Who listens may not be there yet; any other failure is final.
            Err(error) if error.kind() == ErrorKind::ConnectionRefused && tried < tries => tried += 1,
            result => return result,
        }
        thread::sleep(pause);
    }
}

fn connect_once(name: &InetName, local_port: u16, remote_port: u16) -> io::Result<OwnedFd> {
    let mut failure = io::Error::from_raw_os_error(libc::EADDRNOTAVAIL);
    let remotes = (name.host.as_str(), remote_port).to_socket_addrs();
    for remote in remotes.map_err(|error| InvalidName::remote(name, &error))? {
        if !is_of_family(&remote, name.family) {
            continue;
        }
        let connected = match name.protocol {
            Protocol::Tcp if local_port == 0 => TcpStream::connect(remote).map(OwnedFd::from),
            Protocol::Tcp => connect_from(local_port, remote),
            Protocol::Udp => UdpSocket::bind((any(remote.is_ipv6()), local_port))
                .and_then(|socket| socket.connect(remote).map(|()| socket.into())),
        };
        match connected {
            Ok(connected) => return Ok(connected),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// Connects from a port of ours, which the standard library has no function for.
fn connect_from(local_port: u16, remote: SocketAddr) -> io::Result<OwnedFd> {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, socket_with, sockopt};
    let family = if remote.is_ipv6() { AddressFamily::INET6 } else { AddressFamily::INET };
    let socket = socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    bind(&socket, &SocketAddr::new(any(remote.is_ipv6()), local_port))?;
    connect(&socket, &remote)?;
    Ok(socket)
}

/// Waits for the first who connects, or sends.
fn wait(name: &InetName, local_port: u16) -> io::Result<OwnedFd> {
    // A socket for both families serves those who leave the choice to us, where there is IPv6.
    let families = match name.family {
        Some(6) => &[true][..],
        Some(_) => &[false],
        None => &[true, false],
    };
    let mut failure = io::Error::from_raw_os_error(libc::EADDRNOTAVAIL);
    for &is_v6 in families {
        let local = SocketAddr::new(any(is_v6), local_port);
        let connected = match name.protocol {
            Protocol::Tcp => TcpListener::bind(local)
                .and_then(|listener| listener.accept())
                .map(|(stream, _)| OwnedFd::from(stream)),
            Protocol::Udp => UdpSocket::bind(local).and_then(|socket| {
                let (_, sender) = socket.peek_from(&mut [0])?;
                socket.connect(sender)?;
                Ok(socket.into())
            }),
        };
        match connected {
            Ok(connected) => return Ok(connected),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn any(is_v6: bool) -> IpAddr {
    if is_v6 { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() }
}

fn is_of_family(address: &SocketAddr, family: Option<u8>) -> bool {
    match family {
        Some(6) => address.is_ipv6(),
        Some(_) => address.is_ipv4(),
        None => true,
    }
}

/// The number of a port: given as such, or as the name of a service.
fn port(text: &str, protocol: Protocol) -> io::Result<u16> {
    if let Ok(number) = text.parse() {
        return Ok(number);
    }
    let unknown = || io::Error::new(ErrorKind::InvalidInput, format!("no service is named `{text}'"));
    let service = CString::new(text).map_err(|_| unknown())?;
    let protocol = match protocol {
        Protocol::Tcp => c"tcp",
        Protocol::Udp => c"udp",
    };
    // SAFETY: both are strings that end with NUL, and no other thread asks the C library for services.
    let entry = unsafe { libc::getservbyname(service.as_ptr(), protocol.as_ptr()) };
    // SAFETY: an entry that was found is valid until the next call.
    let number = unsafe { entry.as_ref() }.map(|entry| u16::from_be(entry.s_port as u16));
    number.ok_or_else(unknown)
}
