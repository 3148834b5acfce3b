//! A browser for tests: it keeps cookies, follows no link by itself, and sends the forms of the page
//! that it sees, through the whole site as one endpoint.

use std::collections::BTreeMap;
use std::sync::Arc;

use poem::http::{Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request};

use super::guard::Shared;
use super::routes;
use super::ui::form::TOKEN_FIELD;
use crate::app::Clinic;

/// What came back.
pub struct Page {
    /// The status.
    pub status: StatusCode,
    /// Where it sends the browser.
    pub location: Option<String>,
    /// The body.
    pub html: String,
}

/// A browser at a clinic.
pub struct Browser {
    shared: Arc<Shared>,
    cookies: BTreeMap<String, String>,
    token: String,
    by_script: Option<&'static str>,
}

impl Browser {
    /// A new browser.
    pub fn new(clinic: &Arc<Clinic>) -> Self {
        let shared = Shared {
            clinic: clinic.clone(),
            demo: false,
            hsts: std::sync::Arc::default(),
            live: crate::web::live::Streams::until(tokio_util::sync::CancellationToken::new()),
        };
        Self {
            shared: Arc::new(shared),
            cookies: BTreeMap::new(),
            token: String::new(),
            by_script: None,
        }
    }

    /// A new browser at a demonstration, where ready links sign people in.
    pub fn at_a_demonstration(clinic: &Arc<Clinic>) -> Self {
        let mut browser = Self::new(clinic);
        browser.shared = Arc::new(Shared {
            clinic: clinic.clone(),
            demo: true,
            hsts: std::sync::Arc::default(),
            live: crate::web::live::Streams::until(tokio_util::sync::CancellationToken::new()),
        });
        browser
    }

    /// From now on a script asks, and marks its requests so.
    pub fn ask_by_script(&mut self, mark: &'static str) {
        self.by_script = Some(mark);
    }

    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Page {
        let request = Request::builder().method(Method::GET);
        self.send(request.uri(path.parse().unwrap()).finish()).await
    }

    /// Sends a form with the token of the page seen last.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair(TOKEN_FIELD, &self.token);
        body.extend_pairs(fields);
        let request = Request::builder()
            .method(Method::POST)
            .uri(path.parse().unwrap())
            .header("sec-fetch-site", "same-origin")
            .content_type("application/x-www-form-urlencoded")
            .body(body.finish());
        self.send(request).await
    }

    async fn send(&mut self, mut request: Request) -> Page {
        if let Some(mark) = self.by_script {
            let one = header::HeaderValue::from_static("1");
            request.headers_mut().insert(mark, one);
        }
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        if !cookies.is_empty() {
            let line = cookies.join("; ").parse().unwrap();
            request.headers_mut().insert(header::COOKIE, line);
        }
        let endpoint = routes::endpoint(self.shared.clone());
        let response = endpoint.call(request).await.unwrap().into_response();
        for line in response.headers().get_all(header::SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let status = response.status();
        let location = response.headers().get(header::LOCATION);
        let location = location.map(|l| l.to_str().unwrap().to_owned());
        let html = response.into_body().into_string().await.unwrap();
        let mark = format!("name=\"{TOKEN_FIELD}\" value=\"");
        if let Some((_, rest)) = html.split_once(&mark) {
            self.token = rest.split('"').next().unwrap().to_owned();
        }
        Page {
            status,
            location,
            html,
        }
    }
}

/// The ways through the doors.
mod doors;
/// The warning before a session ends.
mod ending;
