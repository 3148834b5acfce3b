//! Pages without a reader: what plain HTTP shows, and what the server says when a limit is broken.
//! They speak the clinic's language, because nobody has asked for another.

use maud::{Markup, html};
use poem::http::StatusCode;

use super::assets;
use super::ui::page::{Dir, Mode, Page, PageWords};
use super::ui::shell::{ClinicMark, Shell};
use crate::app::Clinic;
use crate::domain::theme::Brand;
use crate::t;
use crate::text::{Direction, Language, Text};

/// A page in its frame.
pub(super) fn page(clinic: &Clinic, text: Text, title: &str, body: Markup) -> Markup {
    let current = clinic.current();
    let profile = &current.settings.profile;
    let brand = Brand::try_from(profile.brand.as_str()).unwrap_or(Brand::DEFAULT);
    let (skip, error_prefix, working, offline) = (
        t!(text, "page-skip"),
        t!(text, "page-error-prefix"),
        t!(text, "page-working"),
        t!(text, "page-offline"),
    );
    Page {
        title,
        site: &profile.name,
        lang: text.language().tag(),
        dir: dir(text),
        mode: Mode::Auto,
        theme_url: &assets::theme_url(brand),
        shell: Shell::Plain {
            clinic: Some(ClinicMark {
                name: &profile.name,
                logo: None,
                home: "/",
            }),
        },
        has_problems: false,
        toast: None,
        session_end: None,
        scripts: &[],
        words: PageWords {
            skip: &skip,
            error_prefix: &error_prefix,
            working: &working,
            offline: &offline,
        },
        body,
    }
    .show()
}

/// Which way one reads.
pub(super) fn dir(text: Text) -> Dir {
    match text.language().direction() {
        Direction::Ltr => Dir::Ltr,
        Direction::Rtl => Dir::Rtl,
    }
}

/// The clinic's own language.
pub(super) fn text(clinic: &Clinic) -> Text {
    Text::new(Language::from_tag_or_english(
        &clinic.current().settings.profile.language,
    ))
}

/// A calm page for what the server itself refuses.
pub fn failure(clinic: &Clinic, status: StatusCode) -> String {
    let text = text(clinic);
    let (title, what) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => (
            t!(text, "limit-too-large-title"),
            t!(text, "limit-too-large"),
        ),
        StatusCode::REQUEST_TIMEOUT => {
            (t!(text, "limit-too-slow-title"), t!(text, "limit-too-slow"))
        }
        StatusCode::SERVICE_UNAVAILABLE => (t!(text, "limit-busy-title"), t!(text, "limit-busy")),
        _ => (t!(text, "trouble-failed-title"), t!(text, "trouble-failed")),
    };
    // The same address, asked for as a page, is the page where the form is.
    let body = html! {
        h1 { (title) }
        p { (what) }
        p { a.btn.two href="" { (t!(text, "trouble-back")) } }
    };
    page(clinic, text, &title, body).into_string()
}
