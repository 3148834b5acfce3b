//! What was just done, said once. The redirect after a form brings a word for it in a cookie that
//! lasts a minute; the page that it leads to takes the word and clears the cookie. So an address says
//! nothing by itself, and neither looking again nor a second window repeats it.
//!
//! A word is not proof: whatever it is about may have changed since, so a page says only what is true
//! of the thing as it shows it.

use std::fmt::Display;
use std::str::FromStr;

use poem::http::HeaderMap;

use super::cookies;
use super::reply::Reply;

/// What was just done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flash {
    did: String,
    to: String,
}

impl Flash {
    /// What a request for a page at this path brings.
    pub(super) fn of(headers: &HeaderMap, path: &str) -> Option<Self> {
        let mut parts = cookies::find(headers, cookies::DONE)?.splitn(3, '.');
        // Another window that opens another page meanwhile leaves it where it is.
        if parts.next()? != mark(path) {
            return None;
        }
        Some(Self {
            did: parts.next()?.to_owned(),
            to: parts.next()?.to_owned(),
        })
    }

    /// The word for it; empty when nothing was done.
    pub fn did(&self) -> &str {
        &self.did
    }

    /// What it was done to, if it reads so.
    pub fn to<T: FromStr>(&self) -> Option<T> {
        self.to.parse().ok()
    }

    /// Whether nothing was done.
    pub fn is_empty(&self) -> bool {
        self.did.is_empty()
    }
}

impl Reply {
    /// On to a page that says what was done.
    pub fn done(location: &str, did: &str) -> Self {
        Self::done_to(location, did, "")
    }

    /// On to a page that says what was done, and to what. The word and the name hold nothing but
    /// letters, digits and signs that a cookie may have.
    pub fn done_to(location: &str, did: &str, to: impl Display) -> Self {
        let path = location.split(['?', '#']).next().unwrap_or_default();
        let value = format!("{}.{did}.{to}", mark(path));
        Self::see_other(location).with_cookie(&cookies::done(value))
    }
}

/// Tells one page from another without naming it: some paths are secrets.
fn mark(path: &str) -> String {
    let digest = cookies::digest(path);
    let some = digest.first_chunk::<10>().copied().unwrap_or_default();
    data_encoding::BASE32_NOPAD.encode(&some).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use poem::http::{HeaderValue, header};

    fn sent_back(reply: &Reply) -> HeaderMap {
        let set = reply.headers.get(header::SET_COOKIE).unwrap();
        let pair = set.to_str().unwrap().split(';').next().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(pair).unwrap());
        headers
    }

    #[test]
    fn only_the_page_it_leads_to_is_told() {
        let reply = Reply::done_to("/v/secret?a=b#c", "moved", "apt_1");
        let headers = sent_back(&reply);
        let told = Flash::of(&headers, "/v/secret").unwrap();
        assert_eq!(
            (told.did(), told.to::<String>().unwrap().as_str()),
            ("moved", "apt_1")
        );
        assert_eq!(Flash::of(&headers, "/v/another"), None);
        let cookie = headers.get(header::COOKIE).unwrap().to_str().unwrap();
        assert!(!cookie.contains("secret"), "{cookie}");
    }

    #[test]
    fn what_is_not_ours_says_nothing() {
        for value in [
            "",
            "x",
            "x.moved",
            "moved.apt_1",
            "..",
            &format!("{}.moved", mark("/")),
        ] {
            let mut headers = HeaderMap::new();
            let line = format!("{}={value}", cookies::DONE);
            headers.insert(header::COOKIE, HeaderValue::from_str(&line).unwrap());
            assert_eq!(Flash::of(&headers, "/"), None, "{value}");
        }
    }
}
