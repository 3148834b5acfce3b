//! A person is always one tap away.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// Ways to reach the clinic, at the end of every patient page. `note` is when someone answers.
pub fn help_row(title: &str, ways: &[(Icon, &str, &str)], note: Option<&str>) -> Markup {
    html! {
        section.help {
            h2 { (title) }
            ul {
                @for (symbol, href, label) in ways {
                    li { a href=(href) { (icon(*symbol)) span { (label) } } }
                }
            }
            @if let Some(note) = note { p { (note) } }
        }
    }
}
