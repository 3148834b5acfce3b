//! A small step is done: said once, with a way back. Stays at least twenty seconds.

use maud::{Markup, html};

use super::form::{Form, hidden};
use super::icon::{Icon, icon};

/// The way back from what was just done.
#[derive(Clone, Copy, Debug)]
pub struct Undo<'a> {
    /// "Undo"
    pub label: &'a str,
    /// Where the undoing is sent.
    pub action: &'a str,
    /// The token of this response.
    pub token: &'a str,
    /// Further hidden fields.
    pub fields: &'a [(&'a str, &'a str)],
}

/// What was done.
#[derive(Debug)]
pub struct Toast<'a> {
    /// "Moved to Tuesday 24 November, 8:45am".
    pub words: Markup,
    /// The way back, if there is one.
    pub undo: Option<Undo<'a>>,
    /// "Close"
    pub close: &'a str,
}

impl Toast<'_> {
    /// The toast, inside the page's `#toasts`.
    pub(super) fn show(&self) -> Markup {
        html! {
            div.toast data-toast="20" {
                p { (self.words) }
                @if let Some(undo) = self.undo {
                    (Form::new(undo.action, undo.token).class("").show(&html! {
                        @for (name, value) in undo.fields { (hidden(name, value)) }
                        button type="submit" { (undo.label) }
                    }))
                }
                // Without scripts nothing can close it, so the button waits for them.
                button.x type="button" data-close aria-label=(self.close) hidden { (icon(Icon::X)) }
            }
        }
    }
}
