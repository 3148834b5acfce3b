//! HTTPS to a public authority: one connection per request, with an end to every wait.

use std::error::Error as StdError;
use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, HeaderValue};
use http::{Request, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// From looking the name up to the last byte of the answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// A chain of certificates is a few kilobytes.
const MOST_BYTES: usize = 512 * 1024;

type Trouble = Box<dyn StdError + Send + Sync>;

/// A client that trusts the system's roots, or one root from a file.
#[derive(Clone)]
pub(super) struct Client(Arc<ClientConfig>);

impl Client {
    /// Reads whom to trust.
    ///
    /// # Errors
    /// When the file holds no certificate, or the system trusts nobody.
    pub(super) fn new(root: Option<&Path>) -> Result<Self, Trouble> {
        let mut roots = RootCertStore::empty();
        if let Some(file) = root {
            roots.add(CertificateDer::from_pem_file(file)?)?;
        } else {
            let found = rustls_native_certs::load_native_certs();
            // Some that no library reads any more are in every list.
            let (added, _left_out) = roots.add_parsable_certificates(found.certs);
            if added == 0 {
                return Err(
                    "this machine has no list of authorities (package ca-certificates)".into(),
                );
            }
        }
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    async fn ask(self, request: Request<BodyWrapper<Bytes>>) -> Result<BytesResponse, Trouble> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let mut request = Request::from_parts(parts, Full::new(body));
        let (host, port, path) = target(request.uri())?;
        let authority = match port {
            443 => host.clone(),
            port => format!("{host}:{port}"),
        };
        request
            .headers_mut()
            .insert(HOST, HeaderValue::from_str(&authority)?);
        *request.uri_mut() = path;
        let bare = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let tcp = TcpStream::connect((bare.as_str(), port)).await?;
        let name = ServerName::try_from(bare)?;
        let tls = TlsConnector::from(self.0).connect(name, tcp).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(tls)).await?;
        // It ends with the answer: dropping the sender closes the connection.
        let driving = tokio::spawn(connection);
        let answer = sender.send_request(request).await?;
        let (parts, body) = answer.into_parts();
        let body = Limited::new(body, MOST_BYTES).collect().await?.to_bytes();
        driving.abort();
        Ok(BytesResponse::from(http::Response::from_parts(
            parts,
            Full::new(body),
        )))
    }
}

/// Host, port and path of an address.
fn target(uri: &Uri) -> Result<(String, u16, Uri), Trouble> {
    if uri.scheme_str() != Some("https") {
        return Err("the authority's address does not begin with https://".into());
    }
    let host = uri.host().ok_or("the authority's address has no host")?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    Ok((
        host.to_owned(),
        uri.port_u16().unwrap_or(443),
        path.parse()?,
    ))
}

impl HttpClient for Client {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let asking = timeout(PATIENCE, self.clone().ask(request));
        Box::pin(async move {
            let late = || Trouble::from(io::Error::from(io::ErrorKind::TimedOut));
            let answer = asking.await.unwrap_or_else(|_elapsed| Err(late()));
            answer.map_err(Error::Other)
        })
    }
}
