//! One connection from its first byte to its last.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{timeout, timeout_at};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::accept::canonical;
use super::body::Answering;
use super::challenge;
use super::crowd::Guest;
use super::front;
use super::proxy::was_asked_over_tls;
use super::proxy_protocol::{self, Told};
use super::pulse::{Pulse, Standing, Turn};
use super::request::{self, Ends, Shared};

/// The first byte of a TLS handshake record. No HTTP method starts with it.
const TLS_HANDSHAKE: u8 = 0x16;
/// Enough for cookies and long addresses; hyper's own default is many times that.
const HTTP1_BUFFER_BYTES: usize = 32 * 1024;
const HTTP1_MAX_FIELDS: usize = 64;
const HTTP2_STREAM_WINDOW_BYTES: u32 = 128 * 1024;
const HTTP2_CONNECTION_WINDOW_BYTES: u32 = 512 * 1024;
const HTTP2_SEND_BUFFER_BYTES: usize = 128 * 1024;
/// Streams that a client may open and reset before it is sent away.
const HTTP2_MAX_RESETS: usize = 20;

/// A TCP stream that tells the pulse what the network has taken.
struct Counted {
    inner: TcpStream,
    pulse: Arc<Pulse>,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        if let Poll::Ready(Ok(count)) = &written {
            self.pulse.wrote(*count);
        }
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        if let Poll::Ready(Ok(count)) = &written {
            self.pulse.wrote(*count);
        }
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// What a connection needs to know of the server around it.
pub(super) struct Connection {
    pub(super) shared: Arc<Shared>,
    pub(super) tls: Arc<ServerConfig>,
    pub(super) guest: Guest,
    pub(super) ends: Ends,
    pub(super) stop: CancellationToken,
}

impl Connection {
    /// Serves `stream` until it ends, breaks a limit, or has to leave. When someone else needs
    /// the place, or the server has waited long enough, everything is dropped at once.
    pub(super) async fn run(self, stream: TcpStream) {
        let leave = self.guest.leave.clone();
        tokio::select! {
            () = leave.cancelled() => {}
            () = self.serve(stream) => {}
        }
    }

    async fn serve(mut self, stream: TcpStream) {
        let peer = self.ends.remote.ip();
        let Some(greeted) = self.greet(stream).await else {
            return;
        };
        match greeted {
            Greeted::Plain(stream) if self.shared.proxies.may_ask_plainly(peer) => {
                self.http1_without_tls(stream).await;
            }
            Greeted::Plain(stream) => self.plain(stream).await,
            Greeted::Http1(stream) => self.http1(stream).await,
            Greeted::Http2(stream) => self.http2(stream).await,
            Greeted::Challenge(stream) => self.part(stream).await,
        }
    }

    /// Hears what a proxy has to say, tells TLS from plain HTTP and shakes hands, all within the
    /// handshake limit.
    async fn greet(&mut self, mut stream: TcpStream) -> Option<Greeted> {
        let deadline = self.guest.pulse.born() + self.shared.limits.handshake;
        let stop = self.stop.clone();
        let hello = async {
            self.announced(&mut stream).await?;
            let mut first = [0_u8; 1];
            if stream.peek(&mut first).await.ok()? == 0 {
                return None;
            }
            let stream = Counted {
                inner: stream,
                pulse: Arc::clone(&self.guest.pulse),
            };
            if first != [TLS_HANDSHAKE] {
                return Some(Greeted::Plain(stream));
            }
            let acceptor = TlsAcceptor::from(Arc::clone(&self.tls));
            let stream = acceptor.accept(stream).await.ok()?;
            let protocol = stream.get_ref().1.alpn_protocol();
            if protocol == Some(challenge::ALPN) {
                // An authority has seen what it came for; nothing is said in this protocol.
                return Some(Greeted::Challenge(Box::new(stream)));
            }
            let is_http2 = protocol == Some(b"h2");
            Some(if is_http2 {
                Greeted::Http2(Box::new(stream))
            } else {
                Greeted::Http1(Box::new(stream))
            })
        };
        tokio::select! {
            () = stop.cancelled() => None,
            greeted = timeout_at(deadline, hello) => greeted.ok().flatten(),
        }
    }

    /// Takes the client's address from the header of a proxy that sends one. `None` ends the
    /// connection.
    async fn announced(&mut self, stream: &mut TcpStream) -> Option<()> {
        let proxies = &self.shared.proxies;
        if !proxies.send_header || !proxies.trust(self.ends.remote.ip()) {
            return Some(());
        }
        let told = proxy_protocol::read(stream).await;
        let told = told.map_err(|error| tracing::debug!(%error, "a proxy sent no PROXY header"));
        if let Told::Client(client) = told.ok()? {
            self.ends.remote = canonical(client);
            self.guest.comes_from(client.ip())?;
        }
        Some(())
    }

    /// A proxy on this machine has ended TLS itself. What it was asked without TLS goes the way of
    /// all plain requests.
    async fn http1_without_tls(&self, stream: Counted) {
        let service = service_fn(|request: http::Request<Incoming>| {
            let shared = Arc::clone(&self.shared);
            let ends = Ends {
                is_plain: true,
                ..self.ends
            };
            let pulse = Arc::clone(&self.guest.pulse);
            Box::pin(async move {
                let answer = if was_asked_over_tls(request.headers()) {
                    request::answer(shared, ends, pulse, request).await
                } else {
                    plain_answer(&shared, &pulse, &request)
                };
                Ok::<_, Infallible>(answer)
            })
        });
        self.drive_http1(stream, service, true).await;
    }

    async fn http1<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) {
        let service = service_fn(|request| {
            let answering = request::answer(
                Arc::clone(&self.shared),
                self.ends,
                Arc::clone(&self.guest.pulse),
                request,
            );
            Box::pin(async move { Ok::<_, Infallible>(answering.await) })
        });
        self.drive_http1(stream, service, true).await;
    }

    /// Plain HTTP never reaches the endpoint.
    async fn plain<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S) {
        let service = service_fn(|request: http::Request<Incoming>| {
            let response = plain_answer(&self.shared, &self.guest.pulse, &request);
            Box::pin(async move { Ok::<_, Infallible>(response) })
        });
        self.drive_http1(stream, service, false).await;
    }

    async fn drive_http1<S, V, B>(&self, stream: S, service: V, keep_alive: bool)
    where
        S: AsyncRead + AsyncWrite + Unpin,
        V: hyper::service::HttpService<Incoming, ResBody = B> + Unpin,
        V::Future: Unpin,
        V::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        B: Body + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let limits = &self.shared.limits;
        let mut connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.idle_http1.max(limits.first_request))
            .keep_alive(keep_alive)
            .max_buf_size(HTTP1_BUFFER_BYTES)
            .max_headers(HTTP1_MAX_FIELDS)
            .serve_connection(TokioIo::new(stream), service);
        let mut overstays = pin!(self.guest.pulse.overstays(limits, limits.idle_http1));
        let mut stopping = false;
        let finished = loop {
            tokio::select! {
                finished = poll_fn(|cx| connection.poll_without_shutdown(cx)) => break finished,
                () = &mut overstays => return,
                () = self.stop.cancelled(), if !stopping => {
                    stopping = true;
                    Pin::new(&mut connection).graceful_shutdown();
                }
            }
        };
        if finished.is_ok() {
            self.part(connection.into_parts().io.into_inner()).await;
        }
    }

    /// Closes our side and reads on for a moment. Closing with unread bytes resets the
    /// connection, and the client could lose the answer that says why.
    async fn part<S: AsyncRead + AsyncWrite + Unpin>(&self, mut stream: S) {
        let goodbye = async {
            let mut unread = vec![0_u8; 8 * 1024];
            if stream.shutdown().await.is_ok() {
                while stream.read(&mut unread).await.is_ok_and(|count| count > 0) {}
            }
        };
        // Whether the client took its time or not, we are done with it.
        let _elapsed = timeout(self.shared.limits.linger, goodbye).await;
    }

    async fn http2<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(&self, stream: S) {
        let limits = &self.shared.limits;
        let (shared, ends) = (Arc::clone(&self.shared), self.ends);
        let pulse = Arc::clone(&self.guest.pulse);
        let service = service_fn(move |request| {
            let answering = request::answer(Arc::clone(&shared), ends, Arc::clone(&pulse), request);
            async move { Ok::<_, Infallible>(answering.await) }
        });
        let mut connection = pin!(
            http2::Builder::new(TokioExecutor::new())
                .timer(TokioTimer::new())
                .max_concurrent_streams(limits.max_streams)
                .max_header_list_size(limits.max_head_bytes)
                .initial_stream_window_size(HTTP2_STREAM_WINDOW_BYTES)
                .initial_connection_window_size(HTTP2_CONNECTION_WINDOW_BYTES)
                .max_send_buf_size(HTTP2_SEND_BUFFER_BYTES)
                .max_pending_accept_reset_streams(HTTP2_MAX_RESETS)
                .max_local_error_reset_streams(HTTP2_MAX_RESETS)
                // Finds clients that are gone without a word; live ones answer pings by
                // themselves, so the pulse decides about them.
                .keep_alive_interval(limits.stalled)
                .keep_alive_timeout(limits.handshake)
                .serve_connection(TokioIo::new(stream), service)
        );
        let mut overstays = pin!(self.guest.pulse.overstays(limits, limits.idle_http2));
        let mut stopping = false;
        loop {
            tokio::select! {
                // The client's mistakes are its own business.
                _finished = connection.as_mut() => return,
                () = &mut overstays => break,
                () = self.stop.cancelled(), if !stopping => {
                    stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
        // A browser that is told to go opens a new connection without showing an error. Who never
        // asked, or does not take its answer, is owed no such word.
        if self.guest.pulse.standing() == Standing::Idle {
            connection.as_mut().graceful_shutdown();
            let _elapsed = timeout(limits.linger, connection).await;
        }
    }
}

fn plain_answer(
    shared: &Shared,
    pulse: &Arc<Pulse>,
    request: &http::Request<Incoming>,
) -> http::Response<Answering> {
    let turn = Turn::begin(pulse);
    let response = front::plain(&shared.front, request.method(), request.uri());
    response.map(|body| {
        let body = body.map_err(|never| match never {}).boxed();
        Answering::new(body, turn)
    })
}

enum Greeted {
    Plain(Counted),
    Http1(Box<tokio_rustls::server::TlsStream<Counted>>),
    Http2(Box<tokio_rustls::server::TlsStream<Counted>>),
    Challenge(Box<tokio_rustls::server::TlsStream<Counted>>),
}
