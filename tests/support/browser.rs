//! Someone who reads a page and acts by what is written on it: links and buttons by their words,
//! fields by their labels. It keeps cookies and follows redirects, and runs no scripts.

use std::collections::BTreeMap;

use poem::Request;
use poem::http::{HeaderMap, Method, header};
use scraper::{ElementRef, Html, Selector};

use super::{ADDRESS, Site, call};

/// Someone at a screen.
pub struct Browser {
    site: Site,
    cookies: BTreeMap<String, String>,
    filled: BTreeMap<String, String>,
    path: String,
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Browser {
    pub fn new(site: Site) -> Self {
        Self {
            site,
            cookies: BTreeMap::new(),
            filled: BTreeMap::new(),
            path: String::new(),
            status: 0,
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }

    /// Has a cookie from now on.
    pub fn take_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Everything that it keeps.
    pub fn cookies(&self) -> &BTreeMap<String, String> {
        &self.cookies
    }

    /// Every header of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The status of the page.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Where the page is.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A header of the answer.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or("")
    }

    /// The answer, as text.
    pub fn html(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The words on the page, without mark-up.
    pub fn words(&self) -> String {
        let page = self.page();
        let body = page
            .select(&select("body"))
            .next()
            .map(|b| text(&b))
            .unwrap_or_default();
        squeeze(&body)
    }

    /// Whether the page says something.
    pub fn says(&self, words: &str) -> bool {
        self.words().contains(words)
    }

    /// The answer, as a browser reads it.
    pub fn page(&self) -> Html {
        Html::parse_document(&self.html())
    }

    /// Opens a path.
    pub async fn visit(&mut self, path: &str) {
        self.send(Method::GET, path, None).await;
    }

    /// Follows the link with these words.
    pub async fn follow(&mut self, words: &str) {
        let href = self
            .page()
            .select(&select("a[href]"))
            .find(|a| squeeze(&text(a)).contains(words))
            .and_then(|a| a.value().attr("href").map(str::to_owned))
            .unwrap_or_else(|| panic!("no link “{words}” on {}:\n{}", self.path, self.words()));
        self.visit(&href).await;
    }

    /// Types into the field with this label.
    pub fn fill(&mut self, label: &str, value: &str) {
        let page = self.page();
        let id = page
            .select(&select("label[for]"))
            .find(|l| squeeze(&text(l)).contains(label))
            .and_then(|l| l.value().attr("for"))
            .unwrap_or_else(|| panic!("no field “{label}” on {}", self.path));
        let field = page
            .select(&select(&format!("[id=\"{id}\"]")))
            .next()
            .and_then(|f| f.value().attr("name"))
            .unwrap_or_else(|| panic!("the label “{label}” leads nowhere"));
        self.filled.insert(field.to_owned(), value.to_owned());
    }

    /// Presses the button with these words, which sends its form.
    pub async fn press(&mut self, words: &str) {
        let (action, pairs) = self.form_of(words);
        self.send(Method::POST, &action, Some(pairs)).await;
    }

    /// Whether there is a button with these words.
    pub fn has_button(&self, words: &str) -> bool {
        self.page()
            .select(&select("form button[type=submit]"))
            .any(|b| named(&b, words))
    }

    /// The action of the form of a button, and what it would send.
    pub fn form_of(&self, words: &str) -> (String, Vec<(String, String)>) {
        let page = self.page();
        let button = page
            .select(&select("form button[type=submit]"))
            .find(|b| named(b, words))
            .unwrap_or_else(|| panic!("no button “{words}” on {}:\n{}", self.path, self.words()));
        let form = button
            .ancestors()
            .filter_map(ElementRef::wrap)
            .find(|e| e.value().name() == "form")
            .expect("a button is in a form");
        let action = form
            .value()
            .attr("action")
            .expect("a form has an action")
            .to_owned();
        let mut pairs = Vec::new();
        for field in form.select(&select("input[name], textarea[name], select[name]")) {
            let (element, name) = (field.value(), field.value().attr("name").unwrap_or(""));
            let kind = element.attr("type").unwrap_or("");
            let ticked = element.attr("checked").is_some();
            if matches!(kind, "checkbox" | "radio") && !ticked {
                if self.filled.get(name).map(String::as_str) == element.attr("value") {
                    pairs.push((
                        name.to_owned(),
                        element.attr("value").unwrap_or("on").to_owned(),
                    ));
                }
                continue;
            }
            let value = match element.name() {
                "textarea" => text(&field),
                "select" => field
                    .select(&select("option[selected]"))
                    .next()
                    .or_else(|| field.select(&select("option")).next())
                    .and_then(|o| o.value().attr("value"))
                    .unwrap_or("")
                    .to_owned(),
                _ => element.attr("value").unwrap_or("").to_owned(),
            };
            let value = self.filled.get(name).cloned().unwrap_or(value);
            pairs.push((name.to_owned(), value));
        }
        if let Some(name) = button.value().attr("name") {
            pairs.push((
                name.to_owned(),
                button.value().attr("value").unwrap_or("").to_owned(),
            ));
        }
        (action, pairs)
    }

    /// The value of the first slot on the page, and the path its form goes to.
    pub fn first_slot(&self) -> (String, Vec<(String, String)>) {
        let page = self.page();
        let slot = page
            .select(&select("button.slot"))
            .next()
            .expect("a time on the page");
        let words = slot
            .value()
            .attr("aria-label")
            .map_or_else(|| squeeze(&text(&slot)), str::to_owned);
        self.form_of(&words)
    }

    /// Sends a form, whatever is on the page.
    pub async fn post(&mut self, path: &str, pairs: Vec<(String, String)>) {
        self.send(Method::POST, path, Some(pairs)).await;
    }

    /// Sends a request with other headers than a browser's own, and does not follow redirects.
    pub async fn raw(
        &mut self,
        method: Method,
        path: &str,
        pairs: Option<Vec<(String, String)>>,
        headers: &[(&str, &str)],
    ) -> u16 {
        let mut builder = Request::builder()
            .method(method)
            .uri(path.parse().expect("a path"));
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        self.finish(builder, path, pairs).await;
        self.status
    }

    async fn send(&mut self, method: Method, path: &str, pairs: Option<Vec<(String, String)>>) {
        let headers: &[(&str, &str)] = &[
            ("sec-fetch-site", "same-origin"),
            ("accept-language", "en-GB"),
            (
                "user-agent",
                "Mozilla/5.0 (Linux; Android 14) Chrome/156.0 Mobile",
            ),
        ];
        let (mut method, mut path, mut pairs) = (method, path.to_owned(), pairs);
        for _ in 0..5 {
            self.raw(method, &path.clone(), pairs.take(), headers).await;
            if !matches!(self.status, 301..=303) {
                break;
            }
            method = Method::GET;
            path = self.header("location").to_owned();
        }
        self.filled.clear();
    }

    async fn finish(
        &mut self,
        mut builder: poem::RequestBuilder,
        path: &str,
        pairs: Option<Vec<(String, String)>>,
    ) {
        let path = path.strip_prefix(ADDRESS).unwrap_or(path);
        if let Some(jar) = self.jar() {
            builder = builder.header(header::COOKIE, jar);
        }
        let request = match pairs {
            Some(pairs) => {
                let body = form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(pairs)
                    .finish();
                builder
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(body)
            }
            None => builder.finish(),
        };
        self.take(path, request).await;
    }

    /// Sends any bytes as a form of this site, and follows no redirect.
    pub async fn post_bytes(&mut self, path: &str, kind: &str, body: Vec<u8>) -> u16 {
        let mut builder = Request::builder()
            .method(Method::POST)
            .uri(path.parse().expect("a path"))
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, kind);
        if let Some(jar) = self.jar() {
            builder = builder.header(header::COOKIE, jar);
        }
        self.take(path, builder.body(body)).await;
        self.status
    }

    fn jar(&self) -> Option<String> {
        let jar: Vec<String> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        (!jar.is_empty()).then(|| jar.join("; "))
    }

    async fn take(&mut self, path: &str, request: Request) {
        let response = call(&self.site, request).await;
        path.clone_into(&mut self.path);
        self.status = response.status().as_u16();
        self.headers = response.headers().clone();
        self.body = response.into_body().into_vec().await.expect("a body");
        for cookie in self.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("a cookie");
            let (name, rest) = cookie.split_once('=').expect("a cookie");
            let value = rest.split(';').next().unwrap_or("");
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

pub fn select(selector: &str) -> Selector {
    Selector::parse(selector).expect("a selector")
}

pub fn text(element: &ElementRef<'_>) -> String {
    element.text().collect::<Vec<_>>().join(" ")
}

pub fn squeeze(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn named(element: &ElementRef<'_>, words: &str) -> bool {
    let label = element.value().attr("aria-label");
    label.is_some_and(|l| l.contains(words)) || squeeze(&text(element)).contains(words)
}
