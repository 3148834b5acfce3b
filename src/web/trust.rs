//! How a device learns to trust the clinic's own certificate: over plain HTTP for devices that do
//! not trust it yet, and over HTTPS for those who look later.
//!
//! It speaks the clinic's language, because nobody has asked for another.

use maud::{Markup, html};

use super::ctx::Ctx;
use super::reply::Reply;
use super::respond::Handled;
use super::standalone;
use super::ui::details::details;
use super::ui::screen_drawing::Screen;
use crate::app::certificate::{self, OwnAuthority};
use crate::app::{Clinic, Failure};
use crate::domain::certificate::Source;
use crate::domain::refusal::Refused;
use crate::interop::apple_profile::{MEDIA_TYPE, Profile};
use crate::t;
use crate::text::Text;

/// The page.
pub const TRUST: &str = "/trust";
/// The certificate for iPhones and Macs, as a profile.
pub const PROFILE: &str = "/ca.mobileconfig";
/// The certificate for everything else, DER.
pub const DER: &str = "/ca.crt";
/// The certificate for people with a command line, PEM.
pub const PEM: &str = "/ca.pem";

/// `GET /trust`
pub fn show(ctx: &Ctx) -> Handled {
    file(ctx, TRUST)
}

/// `GET /ca.mobileconfig`
pub fn profile(ctx: &Ctx) -> Handled {
    file(ctx, PROFILE)
}

/// `GET /ca.crt`
pub fn der(ctx: &Ctx) -> Handled {
    file(ctx, DER)
}

/// `GET /ca.pem`
pub fn pem(ctx: &Ctx) -> Handled {
    file(ctx, PEM)
}

fn file(ctx: &Ctx, path: &str) -> Handled {
    let found = answer(&ctx.clinic, path, ctx.secured_in_front())?;
    let (kind, body) = found.ok_or(Refused::NotFound)?;
    Ok(Reply::bytes(kind, body))
}

/// What is at a path, with its media type; `None` when there is nothing to trust, or nothing there.
/// `secured_in_front`: browsers see the certificate of a proxy.
pub fn answer(
    clinic: &Clinic,
    path: &str,
    secured_in_front: bool,
) -> Result<Option<(&'static str, Vec<u8>)>, Failure> {
    if ![TRUST, PROFILE, DER, PEM].contains(&path) {
        return Ok(None);
    }
    let Some(authority) = certificate::own_authority(clinic)? else {
        return Ok(None);
    };
    Ok(Some(match path {
        TRUST => {
            let shown = certificate::report(clinic)?.shown;
            let is_public = shown.is_some_and(|shown| shown.source == Source::Public);
            let is_public = secured_in_front || is_public;
            let page = page(clinic, &authority, is_public).into_string();
            ("text/html; charset=utf-8", page.into_bytes())
        }
        PROFILE => {
            let text = standalone::text(clinic);
            let profile = Profile {
                name: &clinic.current().settings.profile.name,
                description: &t!(text, "trust-why"),
                certificate: &authority.der,
                digest: &authority.digest(),
            };
            (MEDIA_TYPE, profile.to_xml().into_bytes())
        }
        DER => ("application/x-x509-ca-cert", authority.der),
        _ => ("application/x-pem-file", authority.pem.into_bytes()),
    }))
}

fn page(clinic: &Clinic, authority: &OwnAuthority, is_public: bool) -> Markup {
    let text = standalone::text(clinic);
    let title = t!(text, "trust-title");
    let called = authority.name().unwrap_or_default();
    let body = html! {
        h1 { (title) }
        @if is_public { p.strong { (t!(text, "trust-public")) } }
        p { (t!(text, "trust-why")) }
        section.card {
            h2 { (t!(text, "trust-check")) }
            p { (t!(text, "trust-compare")) }
            p { code { (authority.fingerprint()) } }
        }
        h2 { (t!(text, "trust-device")) }
        @for device in devices(text, &clinic.current().settings.profile.name, &called) {
            (details(&device.name, &device.steps(), false))
        }
        p { a.btn href=(clinic.current().settings.address) { (t!(text, "trust-continue")) } }
    };
    standalone::page(clinic, text, &title, body)
}

/// A kind of device, and how it learns to trust the clinic.
struct Device {
    name: String,
    /// The file to download first.
    file: &'static str,
    /// What it says and shows, step by step; the first is about the file.
    steps: Vec<(String, Screen)>,
}

impl Device {
    fn steps(&self) -> Markup {
        let mut first = true;
        html! {
            ol.pictured {
                @for (words, screen) in &self.steps {
                    li {
                        @if std::mem::take(&mut first) { a href=(self.file) { (words) } }
                        @else { span { (words) } }
                        (screen.show())
                    }
                }
            }
        }
    }
}

fn devices(text: Text, clinic: &str, authority: &str) -> [Device; 5] {
    [
        iphone(text, clinic, authority),
        android(text),
        windows(text),
        mac(text, clinic),
        firefox(text),
    ]
}

/// The name of a file as browsers keep it.
fn file_name(path: &str) -> &str {
    path.trim_start_matches('/')
}

fn iphone(text: Text, clinic: &str, authority: &str) -> Device {
    let phone = || Screen::phone(standalone::dir(text));
    let (settings, trust) = (
        t!(text, "trust-drawn-settings"),
        t!(text, "trust-drawn-trust"),
    );
    let ask = phone().says(&t!(text, "trust-drawn-profile-asks")).buttons(
        &[&t!(text, "trust-drawn-ignore")],
        &t!(text, "trust-drawn-allow"),
    );
    let downloaded = phone()
        .title(&settings)
        .row(&t!(text, "trust-drawn-downloaded"))
        .other()
        .other();
    let install = phone().title(clinic).other().buttons(
        &[&t!(text, "trust-drawn-cancel")],
        &t!(text, "trust-drawn-install"),
    );
    let about = phone()
        .title(&t!(text, "trust-drawn-about"))
        .other()
        .other()
        .row(&trust);
    Device {
        name: t!(text, "trust-iphone"),
        file: PROFILE,
        steps: vec![
            (t!(text, "trust-download"), ask),
            (t!(text, "trust-iphone-settings"), downloaded),
            (t!(text, "trust-iphone-install"), install),
            (t!(text, "trust-iphone-trust"), about),
            (
                t!(text, "trust-iphone-on", name = authority),
                phone().title(&trust).switch(authority),
            ),
        ],
    }
}

fn android(text: Text) -> Device {
    let phone = || Screen::phone(standalone::dir(text));
    let (settings, ca) = (t!(text, "trust-drawn-settings"), t!(text, "trust-drawn-ca"));
    let install = phone().says(&t!(text, "trust-drawn-private")).buttons(
        &[&t!(text, "trust-drawn-install-not")],
        &t!(text, "trust-drawn-install-anyway"),
    );
    Device {
        name: t!(text, "trust-android"),
        file: DER,
        steps: vec![
            (t!(text, "trust-download"), phone().file(file_name(DER))),
            (
                t!(text, "trust-android-settings"),
                phone().row(&settings).other(),
            ),
            (
                t!(text, "trust-android-search"),
                phone().search(&ca).row(&ca).other(),
            ),
            (t!(text, "trust-android-kind"), install),
            (
                t!(text, "trust-android-choose"),
                phone().other().file(file_name(DER)).other(),
            ),
        ],
    }
}

fn windows(text: Text) -> Device {
    let window = || Screen::window(standalone::dir(text));
    let next = t!(text, "trust-drawn-next");
    let certificate = window()
        .title(&t!(text, "trust-drawn-certificate"))
        .other()
        .buttons(&[], &t!(text, "trust-drawn-install-certificate"));
    let user = window()
        .choice(&t!(text, "trust-drawn-user"))
        .choice_not(&t!(text, "trust-drawn-machine"))
        .buttons(&[], &next);
    let store = window()
        .says(&t!(text, "trust-drawn-which-store"))
        .row(&t!(text, "trust-drawn-roots"))
        .buttons(&[], &next);
    let sure = window()
        .title(&t!(text, "trust-drawn-warning"))
        .other()
        .buttons(&[&t!(text, "trust-drawn-no")], &t!(text, "trust-drawn-yes"));
    Device {
        name: t!(text, "trust-windows"),
        file: DER,
        steps: vec![
            (t!(text, "trust-download"), window().file(file_name(DER))),
            (t!(text, "trust-windows-open"), certificate),
            (t!(text, "trust-windows-user"), user),
            (t!(text, "trust-windows-store"), store),
            (t!(text, "trust-windows-yes"), sure),
        ],
    }
}

fn mac(text: Text, clinic: &str) -> Device {
    let window = || Screen::window(standalone::dir(text));
    let profiles = t!(text, "trust-drawn-profiles");
    let install = window().title(clinic).other().buttons(
        &[&t!(text, "trust-drawn-ignore")],
        &t!(text, "trust-drawn-install"),
    );
    Device {
        name: t!(text, "trust-mac"),
        file: PROFILE,
        steps: vec![
            (
                t!(text, "trust-download"),
                window().file(file_name(PROFILE)),
            ),
            (
                t!(text, "trust-mac-settings"),
                window()
                    .other()
                    .row(&t!(text, "trust-drawn-system-settings"))
                    .other(),
            ),
            (
                t!(text, "trust-mac-profiles"),
                window().search(&profiles).title(&profiles).row(clinic),
            ),
            (t!(text, "trust-mac-install"), install),
        ],
    }
}

fn firefox(text: Text) -> Device {
    let window = || Screen::window(standalone::dir(text));
    let settings = window()
        .title(&t!(text, "trust-drawn-settings"))
        .other()
        .row(&t!(text, "trust-drawn-privacy"));
    let certificates = window()
        .title(&t!(text, "trust-drawn-certificates"))
        .buttons(&[], &t!(text, "trust-drawn-view"))
        .row(&t!(text, "trust-drawn-authorities"));
    let import = window()
        .buttons(&[], &t!(text, "trust-drawn-import"))
        .file(file_name(DER));
    Device {
        name: t!(text, "trust-firefox"),
        file: DER,
        steps: vec![
            (t!(text, "trust-download"), window().file(file_name(DER))),
            (t!(text, "trust-firefox-settings"), settings),
            (t!(text, "trust-firefox-certificates"), certificates),
            (t!(text, "trust-firefox-import"), import),
            (
                t!(text, "trust-firefox-tick"),
                window().tick(&t!(text, "trust-drawn-websites")),
            ),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_a_drawing_and_the_first_leads_to_the_file() {
        for device in devices(
            Text::default(),
            "Riverside <Clinic>",
            "Anteroom (Anteroom 2026-11-29)",
        ) {
            let html = device.steps().into_string();
            let (steps, drawings) = (html.matches("<li>").count(), html.matches("<svg").count());
            assert!(steps >= 4 && steps == drawings, "{}", device.name);
            assert_eq!(html.matches("<a href=").count(), 1);
            assert!(html.starts_with(&format!(
                "<ol class=\"pictured\"><li><a href=\"{}\"",
                device.file
            )));
            assert!(!html.contains("<Clinic>"));
        }
    }
}
