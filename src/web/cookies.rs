//! The four cookies. Two for sessions, because ports share cookies and one browser may be both
//! patient and staff; one for a browser that nobody is signed in on; and one that lasts a minute, for
//! what was just done.

use poem::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

use super::reply::Cookie;

/// The session of a patient.
pub const PATIENT: &str = "__Host-anteroom-patient";
/// The session of someone who works here.
pub const STAFF: &str = "__Host-anteroom-staff";
/// A browser on which nobody is signed in.
pub const VISITOR: &str = "__Host-anteroom-visitor";
/// What was just done.
pub const DONE: &str = "__Host-anteroom-done";

const DAY_S: i64 = 24 * 3600;

/// The value of a cookie that the browser sent.
pub fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, value)| value)
        .filter(|value| !value.is_empty() && value.len() <= 128)
}

/// A patient's session: stays on the device for 90 days.
pub fn patient(token: &str) -> Cookie {
    Cookie {
        name: PATIENT,
        value: token.to_owned(),
        max_age_s: Some(90 * DAY_S),
        same_site: "Lax",
    }
}

/// A staff session: gone when the browser closes.
pub fn staff(token: &str) -> Cookie {
    Cookie {
        name: STAFF,
        value: token.to_owned(),
        max_age_s: None,
        same_site: "Strict",
    }
}

/// The secret of a browser on which nobody is signed in.
pub fn visitor(secret: &str) -> Cookie {
    Cookie {
        name: VISITOR,
        value: secret.to_owned(),
        max_age_s: Some(DAY_S),
        same_site: "Lax",
    }
}

/// What was just done, for the page that comes next. A browser that never asks for it forgets it.
pub fn done(value: String) -> Cookie {
    Cookie {
        name: DONE,
        value,
        max_age_s: Some(60),
        same_site: "Strict",
    }
}

/// No longer.
pub fn clear(name: &'static str) -> Cookie {
    let same_site = if name == STAFF || name == DONE {
        "Strict"
    } else {
        "Lax"
    };
    Cookie {
        name,
        value: String::new(),
        max_age_s: Some(0),
        same_site,
    }
}

/// What is kept of a secret.
pub fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use poem::http::HeaderValue;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("a=1; x__Host-anteroom-staff=no"),
        );
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("__Host-anteroom-staff=yes"),
        );
        assert_eq!(find(&headers, STAFF), Some("yes"));
        assert_eq!(find(&headers, PATIENT), None);
    }
}
