//! What goes back to the browser.

use std::fmt::Write as _;

use maud::Markup;
use poem::Response;
use poem::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

/// A cookie to set or to clear.
#[derive(Clone, Debug)]
pub struct Cookie {
    /// Its name, with the `__Host-` prefix.
    pub name: &'static str,
    /// Its value; empty clears it.
    pub value: String,
    /// How long it lasts; `None` until the browser closes.
    pub max_age_s: Option<i64>,
    /// `Strict` or `Lax`.
    pub same_site: &'static str,
}

/// What goes back to the browser.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers, without those that every answer carries.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// Whether the body may be compressed: nothing that echoes what was typed.
    pub compress: bool,
}

impl Reply {
    /// Bytes of a media type.
    pub fn bytes(content_type: &'static str, body: Vec<u8>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self {
            status: StatusCode::OK,
            headers,
            body,
            compress: false,
        }
    }

    /// A page.
    pub fn page(markup: Markup) -> Self {
        let mut reply = Self::bytes(
            "text/html; charset=utf-8",
            markup.into_string().into_bytes(),
        );
        reply.compress = true;
        reply
    }

    /// A page that shows a form again, with what was typed and what to do about it.
    pub fn problems(markup: Markup) -> Self {
        let mut reply = Self::page(markup).with_status(StatusCode::UNPROCESSABLE_ENTITY);
        reply.compress = false;
        reply
    }

    /// On to another page, by GET.
    pub fn see_other(location: &str) -> Self {
        let mut reply = Self::bytes("text/plain; charset=utf-8", Vec::new());
        reply.status = StatusCode::SEE_OTHER;
        reply.set(header::LOCATION, location);
        reply
    }

    /// A file to keep, under a name.
    pub fn file(content_type: &'static str, name: &str, body: Vec<u8>) -> Self {
        let mut reply = Self::bytes(content_type, body);
        reply.set(
            header::CONTENT_DISPOSITION,
            &format!("attachment; filename=\"{name}\""),
        );
        reply
    }

    /// With another status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// With a header; one that cannot be sent is left out.
    pub fn set(&mut self, name: HeaderName, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
    }

    /// With a cookie.
    #[must_use]
    pub fn with_cookie(mut self, cookie: &Cookie) -> Self {
        let mut text = format!(
            "{}={}; Path=/; Secure; HttpOnly; SameSite={}",
            cookie.name, cookie.value, cookie.same_site
        );
        if let Some(seconds) = cookie.max_age_s {
            // Writing to a String cannot fail.
            let _ = write!(text, "; Max-Age={seconds}");
        }
        if let Ok(value) = HeaderValue::from_str(&text) {
            self.headers.append(header::SET_COOKIE, value);
        }
        self
    }

    /// Compressed, where that is worth it.
    #[must_use]
    pub fn compressed(mut self) -> Self {
        const WORTH_IT: usize = 1_200;
        // A tenth more bytes than quality 4, in half the time: most of what a small page costs.
        const QUALITY: i32 = 2;
        if !self.compress || self.body.len() < WORTH_IT {
            return self;
        }
        let params = brotli::enc::BrotliEncoderParams {
            quality: QUALITY,
            // The window is as large as the page needs.
            lgwin: if self.body.len() < 1 << 16 { 16 } else { 18 },
            ..Default::default()
        };
        let mut small = Vec::with_capacity(self.body.len() / 4);
        if brotli::BrotliCompress(&mut self.body.as_slice(), &mut small, &params).is_ok() {
            self.body = small;
            self.headers
                .insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
        self
    }

    /// Whether it is a page, on which a form may stand.
    pub fn is_page(&self) -> bool {
        self.headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|v| v.as_bytes().starts_with(b"text/html"))
    }

    /// As poem sends it.
    pub fn into_response(self) -> Response {
        let mut response = Response::builder().status(self.status).body(self.body);
        *response.headers_mut() = self.headers;
        response
    }
}
