//! How a device learns to trust the clinic's own certificate: over plain HTTP for devices that do
//! not trust it yet, and over HTTPS for those who look later.
//!
//! It speaks the clinic's language, because nobody has asked for another.

use maud::{Markup, html};

use super::ctx::Ctx;
use super::reply::Reply;
use super::respond::Handled;
use super::standalone;
use super::ui::card::facts;
use super::ui::details::details;
use super::ui::icon::Icon;
use super::ui::text::ours;
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
        (details(&t!(text, "trust-iphone"), &iphone(text), false))
        (details(&t!(text, "trust-android"), &android(text), false))
        (details(&t!(text, "trust-windows"), &windows(text), false))
        (details(&t!(text, "trust-mac"), &mac(text), false))
        (details(&t!(text, "trust-firefox"), &firefox(text), false))
        p { a.btn href=(clinic.current().settings.address) { (t!(text, "trust-continue")) } }
    };
    standalone::page(clinic, text, &title, body)
}

/// Steps, each with a picture of where it happens; the first one is the file.
fn steps(text: Text, file: &str, rest: &[(Icon, String)]) -> Markup {
    let download = t!(text, "trust-download");
    let mut all = vec![(Icon::Download, html! { a href=(file) { (download) } })];
    all.extend(rest.iter().map(|(icon, words)| (*icon, ours(words))));
    facts(&all)
}

fn iphone(text: Text) -> Markup {
    let rest = [
        (Icon::Settings, t!(text, "trust-iphone-settings")),
        (Icon::Smartphone, t!(text, "trust-iphone-install")),
        (Icon::ShieldCheck, t!(text, "trust-iphone-trust")),
        (Icon::CircleCheck, t!(text, "trust-iphone-on")),
    ];
    steps(text, PROFILE, &rest)
}

fn android(text: Text) -> Markup {
    let rest = [
        (Icon::Settings, t!(text, "trust-android-settings")),
        (Icon::Search, t!(text, "trust-android-search")),
        (Icon::KeyRound, t!(text, "trust-android-kind")),
        (Icon::CircleCheck, t!(text, "trust-android-choose")),
    ];
    steps(text, DER, &rest)
}

fn windows(text: Text) -> Markup {
    let rest = [
        (Icon::FileText, t!(text, "trust-windows-open")),
        (Icon::User, t!(text, "trust-windows-user")),
        (Icon::ShieldCheck, t!(text, "trust-windows-store")),
        (Icon::CircleCheck, t!(text, "trust-windows-yes")),
    ];
    steps(text, DER, &rest)
}

fn mac(text: Text) -> Markup {
    let rest = [
        (Icon::Settings, t!(text, "trust-mac-settings")),
        (Icon::ListChecks, t!(text, "trust-mac-profiles")),
        (Icon::CircleCheck, t!(text, "trust-mac-install")),
    ];
    steps(text, PROFILE, &rest)
}

fn firefox(text: Text) -> Markup {
    let rest = [
        (Icon::Settings, t!(text, "trust-firefox-settings")),
        (Icon::ShieldCheck, t!(text, "trust-firefox-certificates")),
        (Icon::Upload, t!(text, "trust-firefox-import")),
        (Icon::CircleCheck, t!(text, "trust-firefox-tick")),
    ];
    steps(text, DER, &rest)
}
