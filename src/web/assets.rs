//! Style sheets, scripts, icons, fonts and the clinic's colours, under `/a/`.
//!
//! Every name holds the hash of its content, so a browser keeps what it has for a year and never
//! asks again. `build.rs` joins, names and compresses; here is only the answering.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use poem::web::Path;
use poem::{Body, Endpoint, EndpointExt as _, Request, Response, Route, get, handler};
use rust_embed::RustEmbed;

use crate::domain::theme::{Brand, Theme};

/// Names the revision of the theme algorithm: the same colour with another revision is another file.
const THEME_VERSION: &str = env!("ANTEROOM_THEME_VERSION");

const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const CHECK_FIRST: HeaderValue = HeaderValue::from_static("no-cache");

/// What `build.rs` made: `app.<hash>.css`, and beside it `app.<hash>.css.br`.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/assets"]
struct Files;

/// The URL of each file by its plain name.
static URLS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    Files::iter()
        .filter(|file| content_type(file).is_some())
        .filter_map(|file| {
            let (stem, rest) = file.split_once('.')?;
            let (_hash, extension) = rest.split_once('.')?;
            Some((format!("{stem}.{extension}"), format!("/a/{file}")))
        })
        .collect()
});

fn bytes(file: &str) -> Option<Bytes> {
    Files::get(file).map(|found| match found.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    })
}

/// The URL of an embedded file by its plain name: `app.css` gives `/a/app.<hash>.css`.
///
/// An unknown name gives a URL that answers 404; a test holds that no page asks for one.
pub fn asset_url(name: &str) -> &'static str {
    URLS.get(name).map_or("/a/unknown", String::as_str)
}

/// URL and bytes of every embedded file.
#[cfg(test)]
pub(crate) fn embedded() -> impl Iterator<Item = (&'static str, Bytes)> {
    URLS.values()
        .filter_map(|url| Some((url.as_str(), bytes(url.strip_prefix("/a/")?)?)))
}

/// Media type and bytes of an embedded file or of a clinic's colours by URL, for a server that has
/// no endpoint at hand.
pub fn plain(url: &str) -> Option<(&'static str, Bytes)> {
    let file = url.strip_prefix("/a/")?;
    if let Some(brand) = theme_colour(file) {
        let css = Theme::from_brand(brand).to_css();
        return Some((content_type(file)?, Bytes::from(css)));
    }
    Some((content_type(file)?, bytes(file)?))
}

/// The URL of the style sheet that holds a clinic's colours. Costs nothing: the file is made when
/// it is asked for, once per browser.
pub fn theme_url(brand: Brand) -> String {
    let colour = brand.to_string();
    format!(
        "/a/theme-{}.{THEME_VERSION}.css",
        colour.trim_start_matches('#')
    )
}

/// A theme as a file: its URL and the text of the style sheet.
pub fn theme_asset(theme: &Theme) -> (String, String) {
    (theme_url(theme.brand()), theme.to_css())
}

/// The URL of a colour's trial sheet, which touches only parts marked `data-preview`.
pub fn preview_url(brand: Brand) -> String {
    let colour = brand.to_string();
    format!("/a/preview/{}.css", colour.trim_start_matches('#'))
}

/// Everything under `/a/`. Holds no secret and needs no session.
pub fn routes() -> impl Endpoint<Output = Response> {
    Route::new()
        .at("/:file", get(serve_file))
        .at("/preview/:file", get(serve_preview))
        .map_to_response()
}

#[handler]
fn serve_file(Path(file): Path<String>, request: &Request) -> Response {
    if let (Some(kind), Some(plain)) = (content_type(&file), bytes(&file)) {
        return Answer {
            kind,
            tag: &file,
            cache: FOREVER,
            plain,
            brotli: bytes(&format!("{file}.br")),
        }
        .to(request);
    }
    match theme_colour(&file) {
        Some(brand) => sheet(&file, FOREVER, Theme::from_brand(brand).to_css(), request),
        None => not_found(),
    }
}

#[handler]
fn serve_preview(Path(file): Path<String>, request: &Request) -> Response {
    let brand = file.strip_suffix(".css").and_then(colour);
    match brand {
        Some(brand) => {
            let tag = format!("preview-{file}.{THEME_VERSION}");
            sheet(
                &tag,
                CHECK_FIRST,
                Theme::from_brand(brand).to_preview_css(),
                request,
            )
        }
        None => not_found(),
    }
}

/// The colour in `theme-0b7285.<version>.css`, if the version is ours.
fn theme_colour(file: &str) -> Option<Brand> {
    let (digits, version) = file
        .strip_prefix("theme-")?
        .strip_suffix(".css")?
        .split_once('.')?;
    if version == THEME_VERSION {
        colour(digits)
    } else {
        None
    }
}

fn colour(digits: &str) -> Option<Brand> {
    let brand = Brand::try_from(format!("#{digits}").as_str()).ok()?;
    // One spelling per colour, so that a file has one name.
    (brand.to_string().trim_start_matches('#') == digits).then_some(brand)
}

fn sheet(tag: &str, cache: HeaderValue, css: String, request: &Request) -> Response {
    let mut packed = Vec::new();
    let level = brotli::enc::BrotliEncoderParams {
        quality: 5,
        lgwin: 16,
        ..Default::default()
    };
    let brotli = brotli::BrotliCompress(&mut css.as_bytes(), &mut packed, &level);
    Answer {
        kind: "text/css; charset=utf-8",
        tag,
        cache,
        plain: Bytes::from(css),
        brotli: brotli.is_ok().then(|| Bytes::from(packed)),
    }
    .to(request)
}

struct Answer<'a> {
    kind: &'static str,
    /// Changes whenever the content does.
    tag: &'a str,
    cache: HeaderValue,
    plain: Bytes,
    brotli: Option<Bytes>,
}

impl Answer<'_> {
    fn to(self, request: &Request) -> Response {
        let brotli = self.brotli.filter(|_| takes_brotli(request));
        // Two encodings are two byte streams, so a strong tag has to tell them apart.
        let suffix = if brotli.is_some() { "-br" } else { "" };
        let etag = format!("\"{}{suffix}\"", self.tag);
        let known = already_has(request, &etag);
        let mut answer = Response::builder()
            .status(if known {
                StatusCode::NOT_MODIFIED
            } else {
                StatusCode::OK
            })
            .header(header::ETAG, etag)
            .header(header::CACHE_CONTROL, self.cache)
            .header(header::VARY, "accept-encoding")
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        if known {
            return answer.finish();
        }
        if brotli.is_some() {
            answer = answer.header(header::CONTENT_ENCODING, "br");
        }
        answer
            .content_type(self.kind)
            .body(Body::from_bytes(brotli.unwrap_or(self.plain)))
    }
}

fn not_found() -> Response {
    Response::builder()
        .status(StatusCode::NOT_FOUND)
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .content_type("text/plain; charset=utf-8")
        .body("not found")
}

/// None for what is never asked for by its name.
fn content_type(file: &str) -> Option<&'static str> {
    match file.rsplit_once('.')?.1 {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        "woff2" => Some("font/woff2"),
        _ => None,
    }
}

/// Whether `br` is among the accepted encodings and not refused with a weight of zero.
fn takes_brotli(request: &Request) -> bool {
    all(request, &header::ACCEPT_ENCODING)
        .split(',')
        .any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let named = parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case("br"));
            let refused = parts
                .filter_map(|part| part.strip_prefix("q="))
                .any(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0));
            named && !refused
        })
}

fn already_has(request: &Request, etag: &str) -> bool {
    all(request, &header::IF_NONE_MATCH)
        .split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// All values of a header as one list.
fn all<'a>(request: &'a Request, name: &header::HeaderName) -> Cow<'a, str> {
    let mut values = request
        .headers()
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let first = values.next().unwrap_or_default();
    values.fold(Cow::Borrowed(first), |list, value| {
        Cow::Owned(format!("{list},{value}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(path: &str, headers: &[(&'static str, &str)]) -> Response {
        let mut request = Request::builder().uri(path.parse().unwrap());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Route::new()
            .nest("/a", routes())
            .get_response(request.finish())
            .await
    }

    fn header_of<'a>(response: &'a Response, name: &str) -> &'a str {
        response
            .headers()
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    #[tokio::test]
    async fn every_file_is_served_with_the_right_headers() {
        assert!(URLS.len() >= 6);
        for (url, content) in embedded() {
            let response = ask(url, &[]).await;
            assert_eq!(response.status(), StatusCode::OK, "{url}");
            assert_eq!(
                header_of(&response, "cache-control"),
                "public, max-age=31536000, immutable"
            );
            assert_eq!(header_of(&response, "x-content-type-options"), "nosniff");
            assert_eq!(
                Some(header_of(&response, "content-type")),
                content_type(url)
            );
            assert_eq!(header_of(&response, "content-encoding"), "");
            let etag = header_of(&response, "etag").to_owned();
            assert!(etag.starts_with('"') && etag.ends_with('"'));
            assert_eq!(response.into_body().into_bytes().await.unwrap(), content);
            let again = ask(url, &[("if-none-match", &etag)]).await;
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
            assert_eq!(header_of(&again, "etag"), etag);
            assert!(again.into_body().into_bytes().await.unwrap().is_empty());
        }
    }

    #[tokio::test]
    async fn brotli_goes_only_to_those_who_ask_for_it() {
        let url = asset_url("app.css");
        for (accepts, expected) in [
            ("gzip, deflate, br, zstd", "br"),
            ("gzip;q=0.5, BR;q=0.8", "br"),
            ("gzip", ""),
            ("br;q=0", ""),
            ("brotli", ""),
            ("", ""),
        ] {
            let response = ask(url, &[("accept-encoding", accepts)]).await;
            assert_eq!(
                header_of(&response, "content-encoding"),
                expected,
                "{accepts}"
            );
            assert_eq!(header_of(&response, "vary"), "accept-encoding");
        }
        let packed = ask(url, &[("accept-encoding", "br")]).await;
        let tag = header_of(&packed, "etag").to_owned();
        let packed = packed.into_body().into_bytes().await.unwrap();
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut packed.as_ref(), &mut plain).unwrap();
        assert!(plain.starts_with(b"@layer reset"));
        // The tag of one encoding must not stand for the other.
        assert_eq!(
            ask(url, &[("if-none-match", &tag)]).await.status(),
            StatusCode::OK
        );
        let list = format!("\"other\", W/{tag}");
        let known = ask(url, &[("if-none-match", &list), ("accept-encoding", "br")]).await;
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    }

    #[tokio::test]
    async fn what_is_not_there_is_not_found() {
        for path in [
            "/a/app.css",
            &format!("{}.br", asset_url("app.css")),
            "/a/app.0000000000000000.css",
            "/a/unknown",
            "/a/theme-0b7285.0000000000000000.css",
            &format!("/a/theme-0B7285.{THEME_VERSION}.css"),
            &format!("/a/theme-0b728.{THEME_VERSION}.css"),
            "/a/preview/nothing.css",
            "/a/preview/0b7285",
            "/a/..%2fCargo.toml",
        ] {
            let response = ask(path, &[]).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
            assert_eq!(header_of(&response, "cache-control"), "no-store");
        }
    }

    #[tokio::test]
    async fn a_colour_is_a_file() {
        let theme = Theme::from_brand(Brand::try_from("#7c3aed").unwrap());
        let (url, css) = theme_asset(&theme);
        assert_eq!(plain(&url).unwrap().1, css);
        let response = ask(&url, &[]).await;
        assert_eq!(
            header_of(&response, "content-type"),
            "text/css; charset=utf-8"
        );
        assert_eq!(response.into_body().into_string().await.unwrap(), css);
        let trial = ask(&preview_url(theme.brand()), &[]).await;
        assert_eq!(header_of(&trial, "cache-control"), "no-cache");
        assert_eq!(
            trial.into_body().into_string().await.unwrap(),
            theme.to_preview_css()
        );
    }

    #[tokio::test]
    async fn the_first_view_stays_small() {
        let size = |name: &str| {
            let file = asset_url(name).strip_prefix("/a/").unwrap();
            bytes(&format!("{file}.br")).unwrap().len()
        };
        for (name, most_kb) in [
            ("app.css", 14),
            ("staff.css", 20),
            ("icons.svg", 4),
            ("app.js", 8),
            ("staff.js", 16),
        ] {
            assert!(size(name) <= most_kb * 1024, "{name}: {}", size(name));
        }
        let url = theme_url(Brand::DEFAULT);
        let theme = ask(&url, &[("accept-encoding", "br")])
            .await
            .into_body()
            .into_bytes()
            .await;
        assert!(theme.unwrap().len() <= 1024);
    }
}
