//! A small HTTP/1.1 client over real TLS that trusts the clinic's own authority, and says from which
//! loopback address it comes.

use std::io::{Error, Result};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anteroom::web::{cookies, csrf};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Trust in the authority of a clinic.
pub fn trust(ca: &Path) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(ca).expect("a certificate"))
        .expect("an authority");
    let mut config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Arc::new(config)
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// A header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1).filter_map(|l| l.split_once(':'));
        lines
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }
}

/// An answer that goes on: what a server tells as it happens.
#[allow(dead_code, reason = "the benchmark does not listen")]
pub struct Listening {
    pub status: u16,
    pub head: String,
    stream: TlsStream<TcpStream>,
    heard: Vec<u8>,
}

#[allow(dead_code, reason = "the benchmark does not listen")]
impl Listening {
    /// Waits until the server says these words, and for how long that took; `None` when it ends or
    /// does not say them in time.
    pub async fn hear(&mut self, words: &str, within: Duration) -> Option<Duration> {
        let since = Instant::now();
        loop {
            let at = self
                .heard
                .windows(words.len())
                .position(|w| w == words.as_bytes());
            if let Some(at) = at {
                self.heard.drain(..at + words.len());
                return Some(since.elapsed());
            }
            let left = within.checked_sub(since.elapsed())?;
            let read = self.stream.read_buf(&mut self.heard);
            match tokio::time::timeout(left, read).await {
                Ok(Ok(1..)) => {}
                _ => return None,
            }
        }
    }

    /// Whether the server ends the answer in time: the last chunk of it, or the connection.
    pub async fn ends(&mut self, within: Duration) -> bool {
        let since = Instant::now();
        loop {
            if self.heard.ends_with(b"\r\n0\r\n\r\n") || self.heard == b"0\r\n\r\n" {
                return true;
            }
            let Some(left) = within.checked_sub(since.elapsed()) else {
                return false;
            };
            let read = self.stream.read_buf(&mut self.heard);
            match tokio::time::timeout(left, read).await {
                Ok(Ok(1..)) => {}
                Ok(_) => return true,
                Err(_) => return false,
            }
        }
    }
}

/// One connection of one browser, made anew when it broke.
pub struct Client {
    trust: Arc<ClientConfig>,
    server: SocketAddr,
    from: Ipv4Addr,
    /// The whole cookie: name and value.
    cookie: (&'static str, String),
    stream: Option<TlsStream<TcpStream>>,
    spare: Vec<u8>,
}

impl Client {
    /// A browser with a patient's cookie.
    pub fn patient(trust: &Arc<ClientConfig>, server: SocketAddr, token: &str) -> Self {
        Self::with(trust, server, (cookies::PATIENT, token.to_owned()))
    }

    /// A browser with any cookie.
    pub fn with(
        trust: &Arc<ClientConfig>,
        server: SocketAddr,
        cookie: (&'static str, String),
    ) -> Self {
        let (trust, from) = (trust.clone(), Ipv4Addr::LOCALHOST);
        Self {
            trust,
            server,
            from,
            cookie,
            stream: None,
            spare: Vec::new(),
        }
    }

    /// Comes from another loopback address.
    pub fn from(mut self, from: Ipv4Addr) -> Self {
        self.from = from;
        self
    }

    /// Connects now rather than with the first request.
    pub async fn connect(&mut self) -> Result<()> {
        if self.stream.is_none() {
            let socket = TcpSocket::new_v4()?;
            socket.bind(SocketAddr::new(IpAddr::V4(self.from), 0))?;
            let tcp = socket.connect(self.server).await?;
            tcp.set_nodelay(true)?;
            let name = ServerName::IpAddress(self.server.ip().into());
            let tls = TlsConnector::from(self.trust.clone())
                .connect(name, tcp)
                .await?;
            self.stream = Some(tls);
            self.spare.clear();
        }
        Ok(())
    }

    /// Opens a page that goes on, and gives its connection away for it.
    #[allow(dead_code, reason = "the benchmark does not listen")]
    pub async fn listen(mut self, path: &str) -> Result<Listening> {
        self.connect().await?;
        let (name, value) = &self.cookie;
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\ncookie: {name}={value}\r\n\
             accept: text/event-stream\r\naccept-encoding: br\r\n\r\n",
            self.server
        );
        let mut stream = self
            .stream
            .take()
            .ok_or_else(|| Error::other("no stream"))?;
        stream.write_all(request.as_bytes()).await?;
        stream.flush().await?;
        let mut heard = Vec::new();
        let end = loop {
            if let Some(at) = heard.windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
            more(&mut stream, &mut heard).await?;
        };
        let first = String::from_utf8_lossy(&heard[..end]).into_owned();
        heard.drain(..end);
        let status = first.split(' ').nth(1).and_then(|s| s.parse().ok());
        Ok(Listening {
            status: status.ok_or_else(|| Error::other("no status"))?,
            head: first,
            stream,
            heard,
        })
    }

    /// Asks for a page as browsers do.
    pub async fn get(&mut self, path: &str) -> Result<Answer> {
        self.ask(path, "br").await
    }

    /// Asks for a page that is not compressed.
    #[allow(dead_code, reason = "the benchmark asks so")]
    pub async fn get_plain(&mut self, path: &str) -> Result<Answer> {
        self.ask(path, "identity").await
    }

    async fn ask(&mut self, path: &str, encoding: &str) -> Result<Answer> {
        let (name, value) = &self.cookie;
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\ncookie: {name}={value}\r\n\
             accept-language: en-GB\r\naccept-encoding: {encoding}\r\n\r\n",
            self.server
        );
        self.send(request).await
    }

    /// Sends a form of the clinic's own, with its proof.
    pub async fn post(&mut self, path: &str, pairs: &[(&str, &str)]) -> Result<Answer> {
        let (name, value) = &self.cookie;
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("csrf", &csrf::masked(value, [7; 16]))
            .extend_pairs(pairs)
            .finish();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncookie: {name}={value}\r\n\
             sec-fetch-site: same-origin\r\naccept-language: en-GB\r\naccept-encoding: br\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            self.server,
            body.len()
        );
        self.send(request).await
    }

    /// Sends a request word for word.
    pub async fn send(&mut self, request: String) -> Result<Answer> {
        self.connect().await?;
        let answer = self.exchange(request.as_bytes()).await;
        if answer
            .as_ref()
            .map_or(true, |a| a.header("connection") == Some("close"))
        {
            self.stream = None;
        }
        answer
    }

    async fn exchange(&mut self, request: &[u8]) -> Result<Answer> {
        let stream = self
            .stream
            .as_mut()
            .ok_or_else(|| Error::other("not connected"))?;
        stream.write_all(request).await?;
        stream.flush().await?;
        let mut bytes = std::mem::take(&mut self.spare);
        let head_end = loop {
            if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
            more(stream, &mut bytes).await?;
        };
        let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok());
        let status = status.ok_or_else(|| Error::other("no status"))?;
        let mut answer = Answer {
            status,
            head,
            body: Vec::new(),
        };
        if request.starts_with(b"HEAD ") || status == 304 {
            self.spare = bytes.split_off(head_end);
        } else if answer.header("transfer-encoding") == Some("chunked") {
            let mut at = head_end;
            loop {
                let line_end = loop {
                    if let Some(n) = bytes[at..].windows(2).position(|w| w == b"\r\n") {
                        break at + n;
                    }
                    more(stream, &mut bytes).await?;
                };
                let size = std::str::from_utf8(&bytes[at..line_end]).unwrap_or("");
                let size = usize::from_str_radix(size, 16).map_err(Error::other)?;
                let end = line_end + 2 + size;
                while bytes.len() < end + 2 {
                    more(stream, &mut bytes).await?;
                }
                answer.body.extend_from_slice(&bytes[line_end + 2..end]);
                at = end + 2;
                if size == 0 {
                    break;
                }
            }
            self.spare = bytes.split_off(at);
        } else {
            let length = answer.header("content-length").and_then(|l| l.parse().ok());
            let length: usize = length.unwrap_or(0);
            while bytes.len() < head_end + length {
                more(stream, &mut bytes).await?;
            }
            self.spare = bytes.split_off(head_end + length);
            answer.body = bytes.split_off(head_end);
        }
        Ok(answer)
    }
}

async fn more(stream: &mut TlsStream<TcpStream>, bytes: &mut Vec<u8>) -> Result<()> {
    if stream.read_buf(bytes).await? == 0 {
        return Err(Error::other("the server hung up"));
    }
    Ok(())
}
