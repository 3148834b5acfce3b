//! A clinic on a real listener, whose certificates a keeper keeps.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anteroom::app::certificate;
use anteroom::app::clinic_settings::set_connection;
use anteroom::app::clock::{Clock, SystemClock, SystemRandom};
use anteroom::app::{Caller, Clinic, Store};
use anteroom::cli::running::{self, Running};
use anteroom::domain::account::{Actor, LoginState, Role};
use anteroom::domain::certificate::{Plan, Report};
use anteroom::serve::Proxies;
use anteroom::serve::keeper::{Given, Keeper};
use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::sync::CancellationToken;

pub const HOST: &str = "clinic.example";

/// The time of day, moved on by as much as a test likes: the authority's clock is the real one.
pub struct MovedClock(AtomicI64);

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        let now = SystemClock.now().as_second() + self.0.load(Ordering::SeqCst);
        Timestamp::from_second(now).expect("a time")
    }
}

pub struct House {
    pub clinic: Arc<Clinic>,
    pub keeper: Arc<Keeper>,
    pub address: SocketAddr,
    clock: Arc<MovedClock>,
    stop: CancellationToken,
    serving: JoinHandle<()>,
    _data: tempfile::TempDir,
}

pub fn owner() -> Caller {
    Caller {
        actor: Actor {
            login: None,
            role: Role::Owner,
            name: "Owner".into(),
            state: LoginState::Active,
            patient: None,
            practitioner: None,
        },
        request: 0,
    }
}

impl House {
    /// A clinic at `https://clinic.example` that wants `plan`, on a port that was free.
    pub async fn open(port: u16, given: Given, plan: Plan) -> Self {
        Self::open_behind(port, given, plan, Proxies::default()).await
    }

    /// The same, with proxies that are believed.
    pub async fn open_behind(port: u16, given: Given, plan: Plan, proxies: Proxies) -> Self {
        let data = tempfile::tempdir().expect("a directory");
        let store = Store::open(data.path(), 4 << 20).expect("a store");
        let clock = Arc::new(MovedClock(AtomicI64::new(0)));
        let (random, address) = (Arc::new(SystemRandom), "https://127.0.0.1:1");
        let clinic = Clinic::open(store, clock.clone(), random, address).expect("a clinic");
        set_connection(&clinic, &owner(), &format!("https://{HOST}"), false).expect("an address");
        certificate::set_plan(&clinic, &owner(), plan).expect("a plan");
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        let keeper = running::certificates(&clinic, given, vec![address]).expect("a certificate");
        let running = Running::new(
            clinic.clone(),
            keeper.clone(),
            vec![listener],
            data.path(),
            true,
        );
        let running = running.await.expect("a server").behind(proxies);
        let stop = running.stop.clone();
        Self {
            clinic,
            keeper,
            address,
            clock,
            stop,
            serving: tokio::spawn(running.serve()),
            _data: data,
        }
    }

    pub fn later_days(&self, days: i64) {
        self.later_hours(days * 24);
    }

    pub fn later_hours(&self, hours: i64) {
        self.clock.0.fetch_add(hours * 3600, Ordering::SeqCst);
    }

    pub fn report(&self) -> Report {
        certificate::report(&self.clinic).expect("a report")
    }

    /// Waits until the report says what is waited for.
    pub async fn until(&self, what: &str, is_so: impl Fn(&Report) -> bool) -> Report {
        for _ in 0..600 {
            let report = self.report();
            if is_so(&report) {
                return report;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("never {what}: {:#?}", self.report());
    }

    /// Shakes hands as a browser that asks for `host`; the certificate it was shown.
    pub async fn shake(&self, host: &str) -> (TlsStream<TcpStream>, CertificateDer<'static>) {
        let tcp = TcpStream::connect(self.address).await.expect("a listener");
        let name = ServerName::try_from(host.to_owned()).expect("a name");
        let connector = TlsConnector::from(Arc::new(anyone()));
        let tls = connector.connect(name, tcp).await.expect("a handshake");
        let certificates = tls.get_ref().1.peer_certificates().expect("certificates");
        let first = certificates[0].clone().into_owned();
        (tls, first)
    }

    pub async fn shown(&self, host: &str) -> CertificateDer<'static> {
        self.shake(host).await.1
    }

    pub async fn close(self) {
        self.stop.cancel();
        self.serving.await.expect("a quiet end");
    }
}

/// A request on an open connection, and the head of its answer.
pub async fn head(tls: &mut TlsStream<TcpStream>) -> String {
    let request = format!("GET /healthz HTTP/1.1\r\nhost: {HOST}\r\n\r\n");
    tls.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = vec![0; 4096];
    let count = tls.read(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer[..count]).into_owned()
}

/// The same, and the status of its answer.
pub async fn ask(tls: &mut TlsStream<TcpStream>) -> u16 {
    let head = head(tls).await;
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok());
    status.expect("a status")
}

/// The whole answer to a request without TLS.
pub async fn plain(house: &House, path: &str) -> String {
    let mut stream = TcpStream::connect(house.address).await.expect("a listener");
    let request = format!("GET {path} HTTP/1.1\r\nhost: {HOST}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Who signed a certificate.
pub fn issuer(der: &CertificateDer<'_>) -> String {
    let (_, certificate) = x509_parser::parse_x509_certificate(der).expect("a certificate");
    certificate.issuer().to_string()
}

/// A client that looks at certificates and judges none.
pub fn anyone() -> ClientConfig {
    #[derive(Debug)]
    struct Anyone;
    impl ServerCertVerifier for Anyone {
        fn verify_server_cert(
            &self,
            _: &CertificateDer<'_>,
            _: &[CertificateDer<'_>],
            _: &ServerName<'_>,
            _: &[u8],
            _: UnixTime,
        ) -> Result<ServerCertVerified, rustls::Error> {
            Ok(ServerCertVerified::assertion())
        }
        fn verify_tls12_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            Ok(HandshakeSignatureValid::assertion())
        }
        fn verify_tls13_signature(
            &self,
            _: &[u8],
            _: &CertificateDer<'_>,
            _: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, rustls::Error> {
            Ok(HandshakeSignatureValid::assertion())
        }
        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            aws_lc_rs::default_provider()
                .signature_verification_algorithms
                .supported_schemes()
        }
    }
    let mut config = ClientConfig::builder_with_provider(aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config
}
