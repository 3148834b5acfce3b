//! What the server says by itself: the plain HTTP door and the pages for broken limits.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use http::{Method, Response, StatusCode, Uri};
use http_body_util::Full;

/// One page for plain HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainPage {
    /// The media type, with its character set.
    pub content_type: &'static str,
    /// The page itself.
    pub body: Bytes,
}

/// The words and addresses that the server borrows for what it answers without the endpoint.
///
/// It is asked anew for each answer, so settings may change while the server runs.
pub trait Front: Send + Sync + 'static {
    /// The setting *address*: `https://` and a host, with a port where needed, no path. Redirects
    /// go there, whatever the client says the host is.
    fn address(&self) -> String;

    /// The certificate (DER) of the clinic's own authority, where it has one: `/ca.crt`.
    fn authority_der(&self) -> Option<Bytes>;

    /// The same certificate in PEM: `/ca.pem`.
    fn authority_pem(&self) -> Option<Bytes>;

    /// A page or file that plain HTTP may show at `path`: how to trust the authority, and what
    /// belongs to that page. Never a form.
    fn plain_page(&self, path: &str) -> Option<PlainPage>;

    /// The HTML page for 408, 413, 500 and 503: what the server answers when a limit is broken
    /// or a handler fails.
    fn failure_page(&self, status: StatusCode) -> String;

    /// Adds the security headers that every answer carries.
    fn dress(&self, headers: &mut HeaderMap);
}

/// An answer that ends a request with a calm page.
pub(super) fn failure(front: &dyn Front, status: StatusCode) -> Response<Full<Bytes>> {
    let page = Bytes::from(front.failure_page(status));
    let mut response = page_response(status, "text/html; charset=utf-8", page);
    front.dress(response.headers_mut());
    response
}

/// Everything that plain HTTP gets: the authority's certificate, the pages about it, a redirect.
pub(super) fn plain(front: &Arc<dyn Front>, method: &Method, uri: &Uri) -> Response<Full<Bytes>> {
    let reads = method == Method::GET || method == Method::HEAD;
    let mut response = if reads {
        shown(front.as_ref(), uri).unwrap_or_else(|| redirect(front.as_ref(), method, uri))
    } else {
        redirect(front.as_ref(), method, uri)
    };
    front.dress(response.headers_mut());
    // One answer per connection: nothing here is worth keeping one open.
    response
        .headers_mut()
        .insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

fn shown(front: &dyn Front, uri: &Uri) -> Option<Response<Full<Bytes>>> {
    match uri.path() {
        "/ca.crt" => front
            .authority_der()
            .map(|der| page_response(StatusCode::OK, "application/x-x509-ca-cert", der)),
        "/ca.pem" => front
            .authority_pem()
            .map(|pem| page_response(StatusCode::OK, "application/x-pem-file", pem)),
        path => front
            .plain_page(path)
            .map(|page| page_response(StatusCode::OK, page.content_type, page.body)),
    }
}

fn redirect(front: &dyn Front, method: &Method, uri: &Uri) -> Response<Full<Bytes>> {
    let address = front.address();
    let path = uri
        .path_and_query()
        .map(http::uri::PathAndQuery::as_str)
        .filter(|path| path.starts_with('/'))
        .unwrap_or("/");
    let target = format!("{}{path}", address.trim_end_matches('/'));
    let Some(target) = HeaderValue::from_str(&target)
        .ok()
        .filter(|_| address.starts_with("https://"))
    else {
        return failure(front, StatusCode::SERVICE_UNAVAILABLE);
    };
    // 301 turns a form post into a plain visit; 308 would send the form's content again, and
    // hide that it has already crossed the network in the clear.
    let reads = method == Method::GET || method == Method::HEAD;
    let status = if reads {
        StatusCode::PERMANENT_REDIRECT
    } else {
        StatusCode::MOVED_PERMANENTLY
    };
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(LOCATION, target);
    // Browsers keep permanent redirects for ever, but a clinic may change its address.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn page_response(
    status: StatusCode,
    content_type: &'static str,
    body: Bytes,
) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
