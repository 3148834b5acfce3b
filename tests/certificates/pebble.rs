//! Debian's `pebble`, a public authority for tests, with a name server for it. Both listen on
//! loopback and end with the test.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anteroom::app::clock::{Clock, SystemClock};
use anteroom::serve::acme;
use anteroom::serve::authority::Authority;
use bytes::Bytes;
use http::Request;
use http::header::{HOST, HeaderValue};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use instant_acme::{Account, BodyWrapper, BytesResponse, Error, HttpClient};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::https::trust;

const PROGRAM: &str = "/usr/bin/pebble";
/// That of Debian 13, where `tests/all` unpacks it: it has an opinion on when to renew.
const NEWER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/pebble/usr/bin/pebble");

/// Whether this machine has it; says so where it has not.
pub fn is_here(test: &str) -> bool {
    let here = Path::new(PROGRAM).exists();
    if !here {
        eprintln!("NOT RUN: {test}: the Debian package pebble is missing");
    }
    here
}

/// The same for that of Debian 13, which uses the older one's name server.
pub fn newer_is_here(test: &str) -> bool {
    let here = Path::new(NEWER).exists();
    if !here {
        eprintln!("NOT RUN: {test}: tests/all has not unpacked pebble of Debian 13");
    }
    here && is_here(test)
}

/// A program that ends with the test.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// Where the authority looks whether a name is ours, and how hard it makes it.
#[derive(Clone, Copy, Debug)]
pub struct Asks {
    /// The port for TLS-ALPN-01.
    pub tls: u16,
    /// The port for HTTP-01.
    pub http: u16,
    /// How many good nonces of a hundred are refused.
    pub refused_nonces: u8,
}

/// An authority with its files; it runs after [`Pebble::start`].
pub struct Pebble {
    program: &'static str,
    dir: tempfile::TempDir,
    port: u16,
    dns: u16,
    manage: u16,
    look: u16,
    running: Vec<Ends>,
}

impl Pebble {
    /// Makes the files; nothing listens yet.
    pub fn new() -> Self {
        Self::of(PROGRAM)
    }

    /// The same for that of Debian 13.
    pub fn newer() -> Self {
        Self::of(NEWER)
    }

    fn of(program: &'static str) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let name = "127.0.0.1".parse().expect("a name");
        let own = Authority::create("Pebble", &[name], SystemClock.now()).expect("an authority");
        let write = |file: &str, text: &str| {
            std::fs::write(dir.path().join(file), text).expect("written");
        };
        write("root.pem", &own.ca_cert_pem);
        write("cert.pem", &own.leaf_cert_pem);
        write("key.pem", &own.leaf_key_pem);
        Self {
            program,
            dir,
            port: free_port(),
            dns: free_port(),
            manage: free_port(),
            look: free_port(),
            running: Vec::new(),
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// How a clinic finds it.
    pub fn authority(&self) -> acme::Authority {
        acme::Authority {
            directory: format!("https://127.0.0.1:{}/dir", self.port),
            root: Some(self.file("root.pem")),
        }
    }

    /// Starts it, and waits until it answers.
    pub async fn start(&mut self, asks: Asks) {
        let config = serde_json::json!({"pebble": {
            "listenAddress": format!("127.0.0.1:{}", self.port),
            "managementListenAddress": format!("127.0.0.1:{}", self.look),
            "certificate": self.file("cert.pem"),
            "privateKey": self.file("key.pem"),
            "httpPort": asks.http,
            "tlsPort": asks.tls,
            // As long as public ones live, in seconds; its own habit is five years.
            "certificateValidityPeriod": 90 * 24 * 60 * 60,
        }});
        std::fs::write(self.file("config.json"), config.to_string()).expect("written");
        let log = std::fs::File::create(self.file("log")).expect("a log");
        let names = Command::new("/usr/bin/pebble-challtestsrv")
            .args([
                "-http01",
                "",
                "-https01",
                "",
                "-tlsalpn01",
                "",
                "-defaultIPv6",
                "",
            ])
            .args(["-dns01", &format!("127.0.0.1:{}", self.dns)])
            .args(["-management", &format!("127.0.0.1:{}", self.manage)])
            .stdout(log.try_clone().expect("a log"))
            .stderr(log.try_clone().expect("a log"))
            .stdin(Stdio::null())
            .spawn()
            .expect("the name server starts");
        self.running.push(Ends(names));
        let authority = Command::new(self.program)
            .arg("-config")
            .arg(self.file("config.json"))
            .args(["-dnsserver", &format!("127.0.0.1:{}", self.dns)])
            .env("PEBBLE_VA_NOSLEEP", "1")
            .env("PEBBLE_AUTHZREUSE", "0")
            .env("PEBBLE_WFE_NONCEREJECT", asks.refused_nonces.to_string())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .stdin(Stdio::null())
            .spawn()
            .expect("the authority starts");
        self.running.push(Ends(authority));
        let since = Instant::now();
        for port in [self.port, self.manage, self.look] {
            while TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).is_err() {
                assert!(
                    since.elapsed() < Duration::from_secs(20),
                    "pebble: {}",
                    self.log()
                );
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }

    /// Puts a TXT record into the zone that the authority sees.
    pub async fn put_record(&self, name: &str, value: &str) {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let body = serde_json::json!({"host": format!("{name}."), "value": value}).to_string();
        let request = format!(
            "POST /set-txt HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        let to = ("127.0.0.1", self.manage);
        let mut stream = tokio::net::TcpStream::connect(to)
            .await
            .expect("the name server");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// The root of what it issues, as PEM: other than that of its own server.
    pub async fn issuing_root(&self) -> PathBuf {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut tls = connect(trust(&self.file("root.pem")), self.look).await;
        let request = b"GET /roots/0 HTTP/1.0\r\nhost: 127.0.0.1\r\n\r\n";
        tls.write_all(request).await.expect("sent");
        let mut answer = Vec::new();
        // It may end without a word; the certificate has an end of its own.
        let _ = tls.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).expect("text");
        let begin = answer.find("-----BEGIN").expect("a certificate");
        let file = self.file("issuing.pem");
        std::fs::write(&file, &answer[begin..]).expect("written");
        file
    }

    /// An account that somebody opened, to speak to it in their name.
    pub async fn account(&self, credentials: serde_json::Value) -> Account {
        let line = Line {
            trust: trust(&self.file("root.pem")),
            port: self.port,
        };
        let credentials = serde_json::from_value(credentials).expect("credentials");
        let account = Account::builder_with_http(Box::new(line)).from_credentials(credentials);
        account.await.expect("an account")
    }

    /// Its newest order.
    pub fn newest_order(&self) -> String {
        let log = self.log();
        let (_, after) = log.rsplit_once("Added order \"").expect("an order");
        let (name, _) = after.split_once('"').expect("the end of its name");
        format!("https://127.0.0.1:{}/my-order/{name}", self.port)
    }

    /// What it said.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.file("log")).unwrap_or_default()
    }
}

async fn connect(trust: Arc<ClientConfig>, port: u16) -> TlsStream<tokio::net::TcpStream> {
    let tcp = tokio::net::TcpStream::connect(("127.0.0.1", port)).await;
    let name = ServerName::try_from("127.0.0.1").expect("a name");
    let connector = TlsConnector::from(trust);
    let tls = connector.connect(name, tcp.expect("it listens")).await;
    tls.expect("a handshake")
}

/// How an account reaches its authority.
struct Line {
    trust: Arc<ClientConfig>,
    port: u16,
}

impl HttpClient for Line {
    fn request(
        &self,
        mut request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let (trust, port) = (self.trust.clone(), self.port);
        let host = HeaderValue::try_from(format!("127.0.0.1:{port}")).expect("a host");
        request.headers_mut().insert(HOST, host);
        let path = request.uri().path().parse().expect("a path");
        *request.uri_mut() = path;
        Box::pin(async move {
            let tls = TokioIo::new(connect(trust, port).await);
            let shaken = hyper::client::conn::http1::handshake(tls).await;
            let (mut sender, connection) = shaken.expect("a connection");
            // It ends with the sender.
            tokio::spawn(connection);
            let answer = sender.send_request(request).await.expect("an answer");
            let (parts, body) = answer.into_parts();
            let body = body.collect().await.expect("a body").to_bytes();
            let answer = http::Response::from_parts(parts, Full::new(body));
            Ok(BytesResponse::from(answer))
        })
    }
}
