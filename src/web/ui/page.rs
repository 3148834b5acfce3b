//! The only way to a document.

use maud::{DOCTYPE, Markup, html};

use super::form::Form;
use super::shell::Shell;
use super::toast::Toast;
use crate::web::assets::asset_url;

/// Which way the language is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dir {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

/// Which colours the reader chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As the device says.
    Auto,
    /// Light always.
    Light,
    /// Dark always.
    Dark,
}

impl Mode {
    const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::Auto => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// A script that only some pages need: a file of `assets/js`, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Script(pub &'static str);

/// Words that every page needs.
#[derive(Clone, Copy, Debug)]
pub struct PageWords<'a> {
    /// "Skip to the content"
    pub skip: &'a str,
    /// "Error:", before the title of a page with problems.
    pub error_prefix: &'a str,
    /// "Still working", after four seconds.
    pub working: &'a str,
    /// "No connection. Nothing was lost."
    pub offline: &'a str,
}

/// How a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The screen locks because nobody uses it.
    Locks,
    /// The device is signed out.
    SignsOut,
}

impl End {
    /// The word that scripts know it by.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Locks => "locks",
            Self::SignsOut => "out",
        }
    }
}

/// The warning a minute before a session ends. Scripts show it in time; without them it stays hidden.
#[derive(Clone, Copy, Debug)]
pub struct SessionEnd<'a> {
    /// What ends next.
    pub end: End,
    /// Seconds from now until the warning shows.
    pub after_s: i64,
    /// Where scripts ask what is left, and where staying is sent.
    pub path: &'a str,
    /// The token of this response.
    pub token: &'a str,
    /// "This screen locks in one minute."
    pub locks: &'a str,
    /// "You will be signed out in one minute."
    pub signs_out: &'a str,
    /// "You are signed out. What you typed is still here."
    pub over: &'a str,
    /// "Stay signed in"
    pub stay: &'a str,
    /// Link and label of the way back in, which opens in another tab.
    pub again: (&'a str, &'a str),
}

/// A page.
#[derive(Debug)]
pub struct Page<'a> {
    /// What the page is, without the clinic's name.
    pub title: &'a str,
    /// The clinic's name, after the title.
    pub site: &'a str,
    /// The language, as in BCP 47.
    pub lang: &'a str,
    /// Which way it is read.
    pub dir: Dir,
    /// Which colours.
    pub mode: Mode,
    /// [`crate::web::assets::theme_url`] of the clinic's colour.
    pub theme_url: &'a str,
    /// What stands around it.
    pub shell: Shell<'a>,
    /// Whether the page shows a form with problems.
    pub has_problems: bool,
    /// What was just done.
    pub toast: Option<Toast<'a>>,
    /// When the session ends.
    pub session_end: Option<SessionEnd<'a>>,
    /// Scripts that other pages do not need.
    pub scripts: &'a [Script],
    /// Words for the page itself.
    pub words: PageWords<'a>,
    /// The content, beginning with its `h1`.
    pub body: Markup,
}

impl Page<'_> {
    /// The document.
    pub fn show(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang=(self.lang) dir=(if self.dir == Dir::Rtl { "rtl" } else { "ltr" }) data-theme=[self.mode.attribute()] {
                head { (self.head()) }
                body class=(self.shell.class()) data-working=(self.words.working) data-offline=(self.words.offline) {
                    a.skip href="#main" { (self.words.skip) }
                    (self.shell.around(&self.body))
                    div.sr id="live" role="status" aria-live="polite" {}
                    div.toasts id="toasts" role="status" {
                        @if let Some(toast) = &self.toast { (toast.show()) }
                    }
                    @if let Some(end) = self.session_end { (warning(end)) }
                }
            }
        }
    }

    fn head(&self) -> Markup {
        html! {
            meta charset="utf-8";
            title id="title" {
                @if self.has_problems { (self.words.error_prefix) " " }
                (self.title) " – " (self.site)
            }
            meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
            meta name="color-scheme" content="light dark";
            meta name="robots" content="noindex";
            // A number in a note is not a phone number unless we say so.
            meta name="format-detection" content="telephone=no, date=no, address=no";
            link rel="stylesheet" href=(self.theme_url);
            link rel="stylesheet" href=(asset_url(if self.shell.is_wide() { "staff.css" } else { "app.css" }));
            link rel="preload" href=(asset_url("atkinson-latin.woff2")) as="font" type="font/woff2" crossorigin;
            link rel="icon" href=(asset_url("mark.svg")) type="image/svg+xml";
            script src=(asset_url(if self.shell.is_staff() { "staff.js" } else { "app.js" })) defer {}
            @for Script(file) in self.scripts { script src=(asset_url(file)) defer {} }
        }
    }
}

fn warning(end: SessionEnd<'_>) -> Markup {
    let (href, again) = end.again;
    html! {
        div.toasts.ending {
            div.toast id="session-end" role="alert" data-end=(end.end.code()) data-after=(end.after_s)
                data-path=(end.path) hidden {
                p data-when="locks" { (end.locks) }
                p data-when="out" { (end.signs_out) }
                p data-when="over" { (end.over) }
                div data-when="locks" {
                    (Form::new(end.path, end.token).class("").show(&html! {
                        button type="submit" { (end.stay) }
                    }))
                }
                a data-when="over" href=(href) target="_blank" rel="noopener" { (again) }
            }
        }
    }
}
