//! One request: counted body in, poem's endpoint, watched answer out.

use std::io;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use http::header::{CONNECTION, CONTENT_LENGTH, HeaderName, HeaderValue, SERVER};
use http::{StatusCode, Version};
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body as _, Incoming};
use poem::endpoint::BoxEndpoint;
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Body, Endpoint, Request, RequestParts};

use super::body::{Answering, Fate, Metered, Verdict};
use super::front::{self, Front};
use super::limits::Limits;
use super::proxy::{Proxies, was_asked_over_tls};
use super::pulse::{Pulse, Turn};
use crate::web::ctx::SecuredInFront;

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// What all connections of a server share.
pub(super) struct Shared {
    pub(super) endpoint: BoxEndpoint<'static>,
    pub(super) front: Arc<dyn Front>,
    pub(super) limits: Limits,
    pub(super) proxies: Proxies,
}

/// Both ends of a connection, as the endpoint sees them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ends {
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    /// Whether a proxy that is believed ended TLS and asks without it. With a PROXY header, `remote`
    /// no longer shows that.
    pub(super) is_plain: bool,
}

/// Answers one request. It never fails: what goes wrong becomes an answer.
pub(super) async fn answer(
    shared: Arc<Shared>,
    ends: Ends,
    pulse: Arc<Pulse>,
    request: http::Request<Incoming>,
) -> http::Response<Answering> {
    let turn = Turn::begin(&pulse);
    let version = request.version();
    let mut response = respond(&shared, ends, request).await;
    let headers = response.headers_mut();
    headers.remove(SERVER);
    headers.remove(SERVER_TIMING);
    let broken = [StatusCode::PAYLOAD_TOO_LARGE, StatusCode::REQUEST_TIMEOUT];
    if version < Version::HTTP_2 && broken.contains(&response.status()) {
        // The rest of the body is still on its way; nothing after it can be trusted.
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response.map(|body| Answering::new(body, turn))
}

async fn respond(
    shared: &Shared,
    ends: Ends,
    request: http::Request<Incoming>,
) -> http::Response<BoxBody<Bytes, io::Error>> {
    let limit = shared.limits.body_limit(request.uri().path());
    if announced_bytes(&request).is_some_and(|bytes| bytes > limit.max_bytes) {
        return failure(shared, StatusCode::PAYLOAD_TOO_LARGE);
    }
    let (parts, incoming) = request.into_parts();
    let client = shared.proxies.client(ends.remote.ip(), &parts.headers);
    let remote = SocketAddr::new(client, ends.remote.port());
    // Where a PROXY header named the client, the rest of the headers is the client's own word.
    let is_proxy = ends.is_plain || shared.proxies.trust(ends.remote.ip());
    let secured_in_front = is_proxy && was_asked_over_tls(&parts.headers);
    let verdict = Arc::new(Verdict::default());
    let body = if incoming.is_end_stream() {
        Body::empty()
    } else {
        Body::from(BodyExt::boxed(Metered::new(
            incoming,
            limit,
            &shared.limits,
            Arc::clone(&verdict),
        )))
    };
    let parts = RequestParts::from((
        parts,
        LocalAddr(Addr::from(ends.local)),
        RemoteAddr(Addr::from(remote)),
        Scheme::HTTPS,
    ));
    let mut request = Request::from_parts(parts, body);
    if secured_in_front {
        request.set_data(SecuredInFront);
    }
    // A request that panics must not take the other requests of its connection with it. The
    // panic hook has already reported where; the path may hold a one-use token and is left out.
    let answered = AssertUnwindSafe(shared.endpoint.get_response(request))
        .catch_unwind()
        .await;
    match (verdict.fate(), answered) {
        (Fate::TooBig, _) => failure(shared, StatusCode::PAYLOAD_TOO_LARGE),
        (Fate::TooSlow, _) => failure(shared, StatusCode::REQUEST_TIMEOUT),
        (Fate::Fine, Ok(response)) => response.into(),
        (Fate::Fine, Err(_)) => {
            tracing::error!("a request handler panicked");
            failure(shared, StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

fn announced_bytes(request: &http::Request<Incoming>) -> Option<u64> {
    let length = request.headers().get(CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

fn failure(shared: &Shared, status: StatusCode) -> http::Response<BoxBody<Bytes, io::Error>> {
    front::failure(shared.front.as_ref(), status)
        .map(|body| body.map_err(|never| match never {}).boxed())
}
