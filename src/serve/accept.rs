//! The accept loop: lets connections in within the caps, and sends them home at shutdown.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use poem::{Endpoint, EndpointExt, Response};
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection::Connection;
use super::crowd::Crowd;
use super::front::Front;
use super::limits::Limits;
use super::proxy::Proxies;
use super::request::{Ends, Shared};

/// When accepting fails (usually because no file descriptor is left), how long to wait before
/// the next try: long enough not to spin, short enough that nobody notices.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The web server: one endpoint behind TLS, one small plain HTTP door, and the limits.
pub struct Server {
    shared: Shared,
    tls: Arc<ServerConfig>,
}

/// What every listener of a running server needs.
struct Door {
    shared: Arc<Shared>,
    tls: Arc<ServerConfig>,
    crowd: Arc<Crowd>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Server {
    /// A server for `endpoint`. `tls` comes from [`super::tls::server_config`].
    pub fn new(
        endpoint: impl Endpoint<Output = Response> + 'static,
        front: Arc<dyn Front>,
        tls: Arc<ServerConfig>,
        limits: Limits,
    ) -> Self {
        let shared = Shared {
            endpoint: endpoint.boxed(),
            front,
            limits,
            proxies: Proxies::default(),
        };
        Self { shared, tls }
    }

    /// With reverse proxies that are believed.
    #[must_use]
    pub fn behind(mut self, proxies: Proxies) -> Self {
        self.shared.proxies = proxies;
        self
    }

    /// Serves all `listeners` until `stop` is cancelled, then lets running requests finish for at
    /// most [`Limits::drain`] and closes what is left.
    ///
    /// Each listener speaks TLS and plain HTTP alike. Streams that never end by themselves should
    /// hold a clone of `stop` and end with it.
    pub async fn run(self, listeners: Vec<TcpListener>, stop: CancellationToken) {
        let kill = CancellationToken::new();
        let door = Door {
            crowd: Crowd::new(&self.shared.limits, kill.clone()),
            shared: Arc::new(self.shared),
            tls: self.tls,
            tasks: TaskTracker::new(),
            stop,
        };
        let accepting = listeners.iter().map(|listener| door.accept(listener));
        futures_util::future::join_all(accepting).await;
        drop(listeners);
        let tasks = &door.tasks;
        tasks.close();
        if timeout(door.shared.limits.drain, tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!(
                open = tasks.len(),
                "closing connections that did not finish"
            );
            kill.cancel();
            tasks.wait().await;
        }
    }
}

impl Door {
    async fn accept(&self, listener: &TcpListener) {
        loop {
            let accepted = tokio::select! {
                () = self.stop.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, remote)) => {
                    if let Some((connection, stream)) = self.admit(stream, remote) {
                        self.tasks.spawn(connection.run(stream));
                    }
                }
                Err(error) if is_the_clients(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn admit(&self, stream: TcpStream, remote: SocketAddr) -> Option<(Connection, TcpStream)> {
        let is_proxy = self.shared.proxies.trust(remote.ip());
        let guest = self.crowd.admit((!is_proxy).then_some(remote.ip()))?;
        let local = stream.local_addr().ok()?;
        // Answers are written whole; waiting for more to say only delays them.
        stream.set_nodelay(true).ok()?;
        let connection = Connection {
            shared: Arc::clone(&self.shared),
            tls: Arc::clone(&self.tls),
            guest,
            ends: Ends {
                local: canonical(local),
                remote: canonical(remote),
                is_plain: false,
            },
            stop: self.stop.clone(),
        };
        Some((connection, stream))
    }
}

/// A listener for both families reports IPv4 clients wrapped in IPv6.
pub(super) fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

fn is_the_clients(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}
