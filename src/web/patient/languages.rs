//! The row of languages at a door: each by its own name, so that a person finds theirs before they are
//! asked anything.

use maud::{Markup, html};

use crate::t;
use crate::text::Language;
use crate::web::ctx::Ctx;
use crate::web::guard::LANGUAGE;

/// The languages that this clinic speaks; in the demonstration those made by rule too.
pub fn offered(ctx: &Ctx) -> &'static [Language] {
    if ctx.demo {
        &Language::ALL
    } else {
        &Language::OFFERED
    }
}

/// The row, where there is a choice.
pub fn language_row(ctx: &Ctx, path: &str) -> Markup {
    let offered = offered(ctx);
    if offered.len() < 2 {
        return html! {};
    }
    let now = ctx.text.language();
    html! {
        nav.chips aria-label=(t!(ctx.text, "me-language")) {
            @for language in offered {
                a.chip href=(in_language(path, *language)) lang=(language.tag()) dir=(language.direction())
                    hreflang=(language.tag()) aria-current=[(*language == now).then_some("true")] {
                    (language.own_name())
                }
            }
        }
    }
}

/// A path of a door, in the language that was chosen there.
pub fn keeping(ctx: &Ctx, path: &str) -> String {
    match ctx.chosen {
        Some(language) => in_language(path, language),
        None => path.to_owned(),
    }
}

fn in_language(path: &str, language: Language) -> String {
    format!("{path}?{LANGUAGE}={}", language.tag())
}
