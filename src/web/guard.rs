//! Between the router and every handler: who asks, whether they may, whether the form is ours; the
//! headers that every answer carries.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use futures_util::future::BoxFuture;
use poem::http::{HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Request, Response};

use super::cookies;
use super::csrf;
use super::ctx::{Ctx, Pass, SecuredInFront, Upload};
use super::fields::Fields;
use super::flash::Flash;
use super::layout;
use super::live::Streams;
use super::reply::Reply;
use super::respond::{self, Handled, Trouble};
use super::staff;
use super::ui::form::TOKEN_FIELD;
use crate::app::Clinic;
use crate::app::attempts;
use crate::app::sessions;
use crate::domain::policy::{Permission, may};
use crate::domain::refusal::Refused;
use crate::text::{Language, Text};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Anybody.
    Nothing,
    /// A patient who is signed in and may do this.
    Patient(Permission),
    /// Someone who works here, is signed in, and may do this.
    Staff(Permission),
    /// Someone who works here and is signed in, locked or not.
    StaffLocked,
}

/// A handler: reads, decides, writes and draws, on a thread where waiting is allowed.
pub type Handler = fn(&Ctx) -> Handled;

/// How a route answers.
#[derive(Clone, Copy, Debug)]
pub enum Answering {
    /// With a page, a file or a redirect.
    Page(Handler),
    /// With a stream that says when to look again.
    Live,
}

/// What all routes share.
pub struct Shared {
    /// The clinic.
    pub clinic: Arc<Clinic>,
    /// Whether this is the demonstration clinic.
    pub demo: bool,
    /// Whether the certificate is publicly trusted, so that browsers may be told to insist on TLS;
    /// it may become so while the server runs.
    pub hsts: Arc<AtomicBool>,
    /// Streams to open screens.
    pub live: Streams,
}

impl Shared {
    pub(super) fn insists(&self) -> bool {
        self.hsts.load(Ordering::Relaxed)
    }
}

/// One route behind its guard.
pub struct Guarded {
    pub(super) shared: Arc<Shared>,
    pub(super) method: Method,
    pub(super) route: &'static str,
    pub(super) needs: Needs,
    pub(super) answering: Answering,
}

/// How long browsers insist on a publicly trusted certificate after they saw one.
pub const HSTS_DAYS: u32 = 365;

/// The field of a door's query that names a language.
pub const LANGUAGE: &str = "language";

/// The largest form.
const MAX_FORM_BYTES: usize = 64 * 1024;
/// The largest form with a file.
const MAX_UPLOAD_BYTES: usize = 4 * 1024 * 1024;

impl Endpoint for Guarded {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let unsafe_method = self.method != Method::GET;
        let ours = !unsafe_method || is_from_us(&request, &self.shared.clinic);
        let accepts_br = accepts_brotli(&request);
        let mut ctx = self.context(&request);
        if unsafe_method {
            match read_form(request).await {
                Ok((form, files)) => {
                    ctx.form = form;
                    ctx.files = files;
                }
                Err(status) => {
                    let reply = respond::unread(&ctx, status);
                    return Ok(finish(reply, &ctx, self.shared.insists()));
                }
            }
        }
        if unsafe_method && matches!(self.needs, Needs::Nothing | Needs::StaffLocked) {
            self.slow_down(&ctx).await?;
        }
        let (needs, hsts) = (self.needs, self.shared.insists());
        let handler = match self.answering {
            Answering::Page(handler) => handler,
            Answering::Live => return self.live(ctx).await,
        };
        let mut work = move || {
            let began = Instant::now();
            let reply = match admit(&mut ctx, needs, unsafe_method, ours) {
                Ok(()) => handler(&ctx),
                Err(trouble) => Err(trouble),
            };
            let reply = reply.unwrap_or_else(|trouble| respond::trouble(&ctx, trouble));
            // The answer to a form may echo what was typed in it.
            let reply = if accepts_br && !unsafe_method {
                reply.compressed()
            } else {
                reply
            };
            let response = finish(reply, &ctx, hsts);
            ctx.clinic.pages.note(began.elapsed());
            response
        };
        match (!unsafe_method).then(Here::free).flatten() {
            Some(_here) => Ok(work()),
            None => blocking(work).await,
        }
    }
}

impl Guarded {
    /// Opens a stream for who may have it.
    async fn live(&self, mut ctx: Ctx) -> poem::Result<Response> {
        let (needs, hsts) = (self.needs, self.shared.insists());
        ctx.quiet = true;
        let admitted = blocking(move || match admit(&mut ctx, needs, false, true) {
            Ok(()) => Ok(ctx.known.map(|known| (known.session.key, ctx.bound_to))),
            Err(trouble) => Err(Box::new(finish(
                respond::trouble(&ctx, trouble),
                &ctx,
                hsts,
            ))),
        })
        .await?;
        let mut response = match admitted {
            Ok(Some((session, token))) => {
                let clinic = self.shared.clinic.clone();
                self.shared.live.open(clinic, session, token)
            }
            Ok(None) => StatusCode::NOT_FOUND.into(),
            Err(refused) => return Ok(*refused),
        };
        harden(&mut response, hsts);
        Ok(response)
    }

    /// Someone at a door waits as long as the wrong answers from their network ask for.
    async fn slow_down(&self, ctx: &Ctx) -> poem::Result<()> {
        let (clinic, visitor) = (self.shared.clinic.clone(), ctx.at_the_door());
        // A store that cannot be read says so in the handler.
        let wait = blocking(move || attempts::delay(&clinic, &visitor).unwrap_or_default()).await?;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }

    fn context(&self, request: &Request) -> Ctx {
        let clinic = self.shared.clinic.clone();
        let headers = request.headers();
        let staff = matches!(self.needs, Needs::Staff(_) | Needs::StaffLocked)
            || self.route.starts_with("/staff")
            || self.route.starts_with("/p/")
            || self.route.starts_with("/setup");
        let name = if staff {
            cookies::STAFF
        } else {
            cookies::PATIENT
        };
        let token = cookies::find(headers, name).map(str::to_owned);
        let visitor = cookies::find(headers, cookies::VISITOR).map(str::to_owned);
        let header = |name| {
            headers
                .get(name)
                .and_then(|v: &HeaderValue| v.to_str().ok())
        };
        let query = Fields::parse(request.uri().query().unwrap_or("").as_bytes());
        let asked = (self.needs == Needs::Nothing)
            .then(|| Language::from_tag(query.get(LANGUAGE)))
            .flatten();
        let quiet = headers.contains_key("x-quiet");
        // A screen that looks again by itself shows no message, so it takes none.
        let flash = (self.method == Method::GET && !quiet)
            .then(|| Flash::of(headers, request.uri().path()))
            .flatten();
        let chosen = asked.filter(|l| self.shared.demo || !l.is_test());
        let spoken = header(header::ACCEPT_LANGUAGE).unwrap_or("");
        let language = chosen.unwrap_or_else(|| Language::negotiate(spoken, self.shared.demo));
        Ctx {
            current: clinic.current(),
            now: clinic.now(),
            text: Text::new(language),
            chosen,
            route: self.route,
            path: request.uri().path().to_owned(),
            query,
            form: Fields::default(),
            flash: flash.unwrap_or_default(),
            files: Vec::new(),
            known: None,
            bound_to: token.unwrap_or_default(),
            visitor,
            remote: request
                .remote_addr()
                .as_socket_addr()
                .map(std::net::SocketAddr::ip),
            front: request.data::<SecuredInFront>().copied(),
            pass: Pass {
                passed_on: ["forwarded", "x-forwarded-for", "x-real-ip", "via"]
                    .into_iter()
                    .any(|name| headers.contains_key(name)),
                bearer: header(header::AUTHORIZATION)
                    .and_then(|v| v.strip_prefix("Bearer "))
                    .map(str::to_owned),
            },
            user_agent: header(header::USER_AGENT)
                .unwrap_or("")
                .chars()
                .take(300)
                .collect(),
            swap: headers.contains_key("x-swap"),
            quiet,
            request: u64::from_be_bytes(clinic.random()),
            demo: self.shared.demo,
            shown: self.shared.live.shown(),
            params: params(self.route, request),
            clinic,
        }
    }
}

/// The parts of the path that the pattern names.
fn params(route: &'static str, request: &Request) -> Vec<(&'static str, String)> {
    route
        .split('/')
        .filter_map(|part| part.strip_prefix(':'))
        .filter_map(|name| Some((name, request.raw_path_param(name)?.to_owned())))
        .collect()
}

/// Resolves who asks, then decides whether they may and whether the form is ours.
fn admit(ctx: &mut Ctx, needs: Needs, unsafe_method: bool, ours: bool) -> Result<(), Trouble> {
    if !ctx.bound_to.is_empty() {
        // A screen that looks again by itself is nobody's doing, so it does not put off the lock.
        let found = if ctx.quiet && !unsafe_method {
            sessions::peek(&ctx.clinic, &ctx.bound_to)
        } else {
            sessions::resolve(&ctx.clinic, &ctx.bound_to)
        };
        let known = found?;
        if let Some(known) = known {
            let chosen = known.login.language.as_deref().and_then(Language::from_tag);
            if let Some(language) = chosen {
                ctx.text = Text::new(language);
            }
            ctx.known = Some(known);
        }
    }
    if ctx.known.is_none() {
        // Forms of somebody who is not signed in are bound to the browser.
        ctx.bound_to = ctx.visitor.clone().unwrap_or_else(|| {
            data_encoding::BASE32_NOPAD
                .encode(&ctx.clinic.random::<20>())
                .to_lowercase()
        });
    }
    if is_for_patients(needs, ctx.route) && !ctx.current.settings.is_open() {
        if layout::nobody_works_here(ctx) {
            return Err(Trouble::Instead(Box::new(Reply::see_other(layout::SETUP))));
        }
        return Err(Refused::NotOpen.into());
    }
    let signed_in = ctx.known.is_some();
    let permitted = match needs {
        Needs::Nothing => true,
        Needs::Patient(permission) | Needs::Staff(permission) => {
            if !signed_in {
                return Err(Trouble::SignIn);
            }
            let staff = matches!(needs, Needs::Staff(_));
            ctx.known
                .as_ref()
                .is_some_and(|k| k.actor.role.is_staff() == staff && may(&k.actor, permission))
        }
        Needs::StaffLocked => {
            if !signed_in {
                return Err(Trouble::SignIn);
            }
            ctx.known.as_ref().is_some_and(|k| k.actor.role.is_staff())
        }
    };
    if !permitted {
        return Err(Refused::NotFound.into());
    }
    let locked = ctx.known.as_ref().is_some_and(|k| k.is_locked);
    if locked && matches!(needs, Needs::Staff(_)) {
        let path = staff::lock::path(&ctx.path);
        return Err(Trouble::Instead(Box::new(Reply::see_other(&path))));
    }
    if unsafe_method && !(ours && csrf::holds(&ctx.bound_to, ctx.form.get(TOKEN_FIELD))) {
        return Err(Trouble::NotOurs);
    }
    Ok(())
}

/// Pages and doors of patients, which open when the first time can be booked.
fn is_for_patients(needs: Needs, route: &str) -> bool {
    matches!(needs, Needs::Patient(_))
        || ["/sign-in", "/i", "/s", "/v"].into_iter().any(|door| {
            route == door || route.strip_prefix(door).is_some_and(|r| r.starts_with('/'))
        })
}

/// Whether an unsafe request comes from a page of ours: the browser says so itself, or its origin is
/// the clinic's address or the very address that it talks to.
fn is_from_us(request: &Request, clinic: &Clinic) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok());
    match header("sec-fetch-site") {
        Some("same-origin") => return true,
        Some(_) => return false,
        None => {}
    }
    let Some(origin) = header("origin") else {
        return false;
    };
    origin == clinic.current().settings.address
}

fn accepts_brotli(request: &Request) -> bool {
    request
        .headers()
        .get(header::ACCEPT_ENCODING)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| {
            v.split(',')
                .any(|part| part.trim().split(';').next() == Some("br"))
        })
}

async fn read_form(mut request: Request) -> Result<(Fields, Vec<Upload>), StatusCode> {
    let kind = request.content_type().unwrap_or("").to_owned();
    if kind.starts_with("multipart/form-data") {
        return super::multipart::read(request, MAX_UPLOAD_BYTES, MAX_FORM_BYTES).await;
    }
    let body = request.take_body();
    let bytes = body
        .into_bytes_limit(MAX_FORM_BYTES)
        .await
        .map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    if bytes.is_empty() {
        return Ok((Fields::default(), Vec::new()));
    }
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    Ok((Fields::parse(&bytes), Vec::new()))
}

/// Leave to draw a page on the thread that its request came in on. Handing it to another thread and
/// back costs as much as drawing it, and what a page reads is nearly always in memory. But a disk can
/// take its time, so half of the threads always stay free for everybody else's connections.
struct Here;

/// Pages that are being drawn where their requests came in.
static DRAWN_HERE: AtomicUsize = AtomicUsize::new(0);

impl Here {
    fn free() -> Option<Self> {
        let most = tokio::runtime::Handle::current().metrics().num_workers() / 2;
        let one_more = |drawn: usize| (drawn < most).then_some(drawn + 1);
        // Made only where there is room: what is dropped gives its place back.
        DRAWN_HERE
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more)
            .ok()
            .map(|_before| Self)
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        DRAWN_HERE.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The one bridge from the web to verbs that wait for the disk.
pub(super) fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> BoxFuture<'static, poem::Result<T>> {
    Box::pin(async move {
        tokio::task::spawn_blocking(work).await.map_err(|e| {
            tracing::error!("a handler did not end: {e}");
            poem::Error::from_status(StatusCode::INTERNAL_SERVER_ERROR)
        })
    })
}

/// The headers that every answer carries.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
     worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types fragment";

fn finish(mut reply: Reply, ctx: &Ctx, hsts: bool) -> Response {
    if ctx.known.is_none() && ctx.visitor.is_none() && reply.is_page() {
        reply = reply.with_cookie(&cookies::visitor(&ctx.bound_to));
    }
    if !ctx.flash.is_empty() && reply.is_page() {
        reply = reply.with_cookie(&cookies::clear(cookies::DONE));
    }
    let mut response = reply.into_response();
    let headers = response.headers_mut();
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers.insert(
        header::VARY,
        HeaderValue::from_static("accept-language, accept-encoding, cookie"),
    );
    harden(&mut response, hsts);
    response
}

/// The security headers, on pages, files, redirects and errors alike.
pub fn harden(response: &mut Response, hsts: bool) {
    let headers = response.headers_mut();
    let no_store = HeaderValue::from_static("no-store");
    headers.entry(header::CACHE_CONTROL).or_insert(no_store);
    dress(headers, hsts);
}

/// The security headers themselves.
pub fn dress(headers: &mut poem::http::HeaderMap, hsts: bool) {
    let fixed = [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if hsts {
        let max_age = format!("max-age={}", HSTS_DAYS * 24 * 60 * 60);
        if let Ok(value) = HeaderValue::try_from(max_age) {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
        }
    }
}
