//! The PROXY header, versions 1 and 2: what a proxy that only passes bytes on says before them.
//!
//! It is read byte for byte and no further, so that what follows is as the client sent it. Our own
//! reader, because it is two short forms and a limit.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::io::{AsyncRead, AsyncReadExt};

/// How version 2 begins.
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// The longest line of version 1, with its end.
const MOST_LINE_BYTES: usize = 107;
/// What may follow the addresses of version 2: names, certificates. It is passed over.
const MOST_BYTES: usize = 4096;

/// On whose behalf a proxy connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// A client with this address.
    Client(SocketAddr),
    /// Its own, or it does not know.
    Itself,
}

/// Reads a header from where a connection begins.
///
/// # Errors
/// When it is no header; when the connection breaks.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Told> {
    // No header of either version is shorter.
    let mut start = [0; SIGNATURE.len()];
    stream.read_exact(&mut start).await?;
    if start == SIGNATURE {
        return read_second(stream).await;
    }
    let mut line = start.to_vec();
    while !line.ends_with(b"\n") {
        if line.len() >= MOST_LINE_BYTES || !line.starts_with(b"PROXY ") {
            return Err(malformed());
        }
        line.push(stream.read_u8().await?);
    }
    let line = std::str::from_utf8(&line).map_err(|_| malformed())?;
    let line = line.strip_suffix("\r\n").ok_or_else(malformed)?;
    first(line).ok_or_else(malformed)
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "no PROXY header")
}

/// The line of version 1; `None` when it is not one.
fn first(line: &str) -> Option<Told> {
    let mut words = line.split(' ');
    if words.next() != Some("PROXY") {
        return None;
    }
    let kind = words.next()?;
    if kind == "UNKNOWN" {
        return Some(Told::Itself);
    }
    let mut ip = || -> Option<IpAddr> {
        let word = words.next()?;
        match kind {
            "TCP4" => word.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
            "TCP6" => word.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
            _ => None,
        }
    };
    let (source, _destination) = (ip()?, ip()?);
    let mut port = || -> Option<u16> {
        let word = words.next()?;
        word.bytes().all(|b| b.is_ascii_digit()).then_some(())?;
        word.parse().ok()
    };
    let (from, _to) = (port()?, port()?);
    let client = Told::Client(SocketAddr::new(source, from));
    words.next().is_none().then_some(client)
}

async fn read_second(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Told> {
    let command = stream.read_u8().await?;
    let family = stream.read_u8().await?;
    let length = usize::from(stream.read_u16().await?);
    if length > MOST_BYTES {
        return Err(malformed());
    }
    let mut rest = vec![0; length];
    stream.read_exact(&mut rest).await?;
    match command {
        // The proxy itself looks whether we are there.
        0x20 => Ok(Told::Itself),
        0x21 => second(family, &rest).ok_or_else(malformed),
        _ => Err(malformed()),
    }
}

/// The addresses of version 2; `None` when they are cut short.
fn second(family: u8, rest: &[u8]) -> Option<Told> {
    let (source, from) = match family {
        0x11 => {
            let (ip, rest) = rest.split_first_chunk::<4>()?;
            let (_destination, rest) = rest.split_first_chunk::<4>()?;
            (IpAddr::from(*ip), rest)
        }
        0x21 => {
            let (ip, rest) = rest.split_first_chunk::<16>()?;
            let (_destination, rest) = rest.split_first_chunk::<16>()?;
            (IpAddr::from(*ip), rest)
        }
        // Datagrams and sockets in the file system are nobody's visit here.
        _ => return Some(Told::Itself),
    };
    let (from, rest) = from.split_first_chunk::<2>()?;
    let (_to, _more) = rest.split_first_chunk::<2>()?;
    Some(Told::Client(SocketAddr::new(
        source,
        u16::from_be_bytes(*from),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a header says, and what is left after it.
    fn told(bytes: &[u8]) -> io::Result<(Told, Vec<u8>)> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        let mut rest = bytes;
        let said = runtime.block_on(read(&mut rest))?;
        Ok((said, rest.to_vec()))
    }

    fn from(text: &str) -> Told {
        Told::Client(text.parse().unwrap())
    }

    fn second_version(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let mut all = SIGNATURE.to_vec();
        all.extend([command, family]);
        all.extend(u16::try_from(rest.len()).unwrap().to_be_bytes());
        all.extend(rest);
        all
    }

    #[test]
    fn both_versions_name_the_client_and_leave_the_rest() {
        let line = b"PROXY TCP4 198.51.100.1 192.0.2.1 4711 443\r\n\x16\x03";
        assert_eq!(
            told(line).unwrap(),
            (from("198.51.100.1:4711"), vec![0x16, 3])
        );
        let line = b"PROXY TCP6 2001:db8::1 ::1 4711 443\r\n";
        assert_eq!(told(line).unwrap(), (from("[2001:db8::1]:4711"), vec![]));
        for unknown in ["PROXY UNKNOWN\r\n", "PROXY UNKNOWN ff:: ff:: 1 2\r\n"] {
            assert_eq!(
                told(unknown.as_bytes()).unwrap().0,
                Told::Itself,
                "{unknown}"
            );
        }
        let four = [198, 51, 100, 1, 192, 0, 2, 1, 0x12, 0x67, 1, 187];
        let bytes = second_version(0x21, 0x11, &four);
        assert_eq!(told(&bytes).unwrap().0, from("198.51.100.1:4711"));
        let mut longer = four.to_vec();
        longer.extend([4, 0, 1, 7]);
        let mut bytes = second_version(0x21, 0x11, &longer);
        bytes.extend(b"GET");
        assert_eq!(
            told(&bytes).unwrap(),
            (from("198.51.100.1:4711"), b"GET".to_vec())
        );
        assert_eq!(
            told(&second_version(0x20, 0x11, &four)).unwrap().0,
            Told::Itself
        );
        assert_eq!(told(&second_version(0x21, 0, &[])).unwrap().0, Told::Itself);
    }

    #[test]
    fn what_is_no_header_is_refused() {
        for bytes in [
            &b""[..],
            b"GET / HTTP/1.1\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\x00",
            b"PROXY TCP4 198.51.100.1 192.0.2.1 4711 443\n",
            b"PROXY TCP4 198.51.100.1 192.0.2.1 4711\r\n",
            b"PROXY TCP4 198.51.100.1 192.0.2.1 4711 443 1\r\n",
            b"PROXY TCP4 198.51.100.1 192.0.2.1 +471 443\r\n",
            b"PROXY TCP4  198.51.100.1 192.0.2.1 4711 443\r\n",
            b"PROXY TCP4 2001:db8::1 ::1 4711 443\r\n",
            b"PROXY TCP4 198.51.100.1 192.0.2.1 4711 99999\r\n",
            b"PROXY UDP4 198.51.100.1 192.0.2.1 4711 443\r\n",
            b"proxy TCP4 198.51.100.1 192.0.2.1 4711 443\r\n",
        ] {
            assert!(told(bytes).is_err(), "{}", bytes.escape_ascii());
        }
        let long = format!("PROXY UNKNOWN {}\r\n", "x".repeat(100));
        assert!(told(long.as_bytes()).is_err());
        assert!(told(&second_version(0x31, 0x11, &[0; 12])).is_err());
        assert!(told(&second_version(0x21, 0x11, &[0; 11])).is_err());
        assert!(told(&second_version(0x21, 0x11, &[0; MOST_BYTES + 1])).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_read_too_far(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            // Random bytes are no header; what matters is that none of them makes it panic.
            prop_assert!(told(&bytes).is_err());
            let mut second = SIGNATURE.to_vec();
            second.extend(&bytes);
            if let Ok((_, rest)) = told(&second) {
                let length = usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
                prop_assert_eq!(rest.as_slice(), &bytes[4 + length..]);
            }
        }

        #[test]
        fn every_address_comes_through(ip: IpAddr, port: u16, rest in prop::collection::vec(any::<u8>(), 0..20)) {
            let client = SocketAddr::new(ip, port);
            let kind = if ip.is_ipv4() { "TCP4" } else { "TCP6" };
            let mut line = format!("PROXY {kind} {ip} {ip} {port} 443\r\n").into_bytes();
            line.extend(&rest);
            prop_assert_eq!(told(&line).unwrap(), (Told::Client(client), rest));
        }
    }
}
