//! A real server on a loopback port, and clients that behave or do not.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anteroom::serve::authority::Authority;
use anteroom::serve::name::Name;
use anteroom::serve::tls::{Certificates, server_config};
use anteroom::serve::{Front, Limits, PlainPage, Proxies, Server, ports};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use poem::{Endpoint, Response};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::sync::CancellationToken;

/// Far above every limit in these tests: reaching it means that the cut-off did not happen.
pub const FAR_TOO_LONG: Duration = Duration::from_mins(1);

/// Fails the test instead of hanging.
pub async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(FAR_TOO_LONG, work)
        .await
        .unwrap_or_else(|_| panic!("{what} took more than {FAR_TOO_LONG:?}"))
}

pub const ADDRESS: &str = "https://clinic.local:8443";

struct Reception {
    der: Vec<u8>,
    pem: String,
}

impl Front for Reception {
    fn address(&self) -> String {
        ADDRESS.to_owned()
    }

    fn authority_der(&self) -> Option<Bytes> {
        Some(Bytes::from(self.der.clone()))
    }

    fn authority_pem(&self) -> Option<Bytes> {
        Some(Bytes::from(self.pem.clone()))
    }

    fn plain_page(&self, path: &str) -> Option<PlainPage> {
        (path == "/trust").then(|| PlainPage {
            content_type: "text/html; charset=utf-8",
            body: Bytes::from_static(b"<h1>Trust this server</h1>"),
        })
    }

    fn failure_page(&self, status: StatusCode) -> String {
        format!("<h1>Calm {}</h1>", status.as_u16())
    }

    fn dress(&self, headers: &mut HeaderMap) {
        headers.insert(
            "x-content-type-options",
            HeaderValue::from_static("nosniff"),
        );
    }
}

/// A running server. It ends with the test's runtime, or by [`House::stop`].
pub struct House {
    pub at: SocketAddr,
    pub authority: Authority,
    pub certificates: Arc<Certificates>,
    pub stop: CancellationToken,
    pub server: JoinHandle<()>,
}

impl House {
    pub async fn open(
        limits: Limits,
        endpoint: impl Endpoint<Output = Response> + 'static,
    ) -> Self {
        Self::open_with(limits, endpoint, CancellationToken::new()).await
    }

    /// For endpoints that hold the shutdown token themselves.
    pub async fn open_with(
        limits: Limits,
        endpoint: impl Endpoint<Output = Response> + 'static,
        stop: CancellationToken,
    ) -> Self {
        Self::start(limits, endpoint, stop, Proxies::default()).await
    }

    /// With proxies that are believed.
    pub async fn open_behind(
        limits: Limits,
        endpoint: impl Endpoint<Output = Response> + 'static,
        proxies: Proxies,
    ) -> Self {
        Self::start(limits, endpoint, CancellationToken::new(), proxies).await
    }

    async fn start(
        limits: Limits,
        endpoint: impl Endpoint<Output = Response> + 'static,
        stop: CancellationToken,
        proxies: Proxies,
    ) -> Self {
        let names: Vec<Name> = ["localhost", "127.0.0.1"]
            .iter()
            .map(|name| name.parse().unwrap())
            .collect();
        #[expect(
            clippy::disallowed_methods,
            reason = "TLS clients check against the real clock"
        )]
        let now = jiff::Timestamp::now();
        let authority = Authority::open(Authority::create("Test", &names, now).unwrap()).unwrap();
        let certificates = Certificates::new(authority.certified_key().unwrap());
        let reception = Arc::new(Reception {
            der: authority.ca_der().to_vec(),
            pem: authority.kept().ca_cert_pem.clone(),
        });
        let listener = ports::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let at = listener.local_addr().unwrap();
        let tls = server_config(Arc::clone(&certificates)).unwrap();
        let server = Server::new(endpoint, reception, tls, limits).behind(proxies);
        let server = tokio::spawn(server.run(vec![listener], stop.clone()));
        Self {
            at,
            authority,
            certificates,
            stop,
            server,
        }
    }

    pub async fn tcp(&self) -> TcpStream {
        TcpStream::connect(self.at).await.unwrap()
    }

    /// A TLS connection that trusts the clinic's authority and nothing else.
    pub async fn tls(&self, alpn: &str) -> TlsStream<TcpStream> {
        self.try_tls(alpn, "localhost").await.unwrap()
    }

    pub async fn try_tls(&self, alpn: &str, host: &str) -> std::io::Result<TlsStream<TcpStream>> {
        self.shake(self.tcp().await, alpn, host).await
    }

    /// TLS over a connection that came some other way.
    pub async fn tls_over(
        &self,
        stream: TcpStream,
        alpn: &str,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        self.shake(stream, alpn, "localhost").await
    }

    async fn shake(
        &self,
        stream: TcpStream,
        alpn: &str,
        host: &str,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        let pem = self.authority.kept().ca_cert_pem.as_bytes();
        roots
            .add(CertificateDer::from_pem_slice(pem).unwrap())
            .unwrap();
        let mut config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![alpn.as_bytes().to_vec()];
        let host = ServerName::try_from(host.to_owned()).unwrap();
        TlsConnector::from(Arc::new(config))
            .connect(host, stream)
            .await
    }

    /// One HTTP/2 connection, driven in the background.
    pub async fn http2(&self) -> h2::client::SendRequest<Bytes> {
        let (client, connection) = h2::client::handshake(self.tls("h2").await).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// Everything the server says to `text` over HTTP/1.1, until it closes.
    pub async fn http1(&self, text: &str) -> String {
        let mut stream = self.tls("http/1.1").await;
        stream.write_all(text.as_bytes()).await.unwrap();
        everything(&mut stream).await
    }

    /// The same over plain HTTP.
    pub async fn plain(&self, text: &str) -> String {
        let mut stream = self.tcp().await;
        stream.write_all(text.as_bytes()).await.unwrap();
        everything(&mut stream).await
    }

    pub async fn stop(self) {
        self.stop.cancel();
        soon("shutdown", self.server).await.unwrap();
    }
}

/// Reads to the end, or to the reset; either is an end.
pub async fn everything(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut said = Vec::new();
    let mut part = [0_u8; 4096];
    let reading = async {
        while let Ok(count @ 1..) = stream.read(&mut part).await {
            said.extend_from_slice(&part[..count]);
        }
    };
    soon("the end of the connection", reading).await;
    String::from_utf8_lossy(&said).into_owned()
}
