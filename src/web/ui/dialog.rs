//! A question on top of the page. Every dialog is also a page of its own, for when it cannot open.

use maud::{Markup, html};

use super::button::Button;

/// A link to the page of the question that opens the dialog `id` instead where scripts run.
pub fn dialog_link(id: &str, href: &str, label: &str) -> Markup {
    html! { a.btn.two href=(href) data-dialog=(id) { (label) } }
}

/// The dialog, closed until it is asked for.
pub fn dialog(id: &str, title: &str, body: &Markup, back: &str) -> Markup {
    let heading = format!("{id}-title");
    html! {
        dialog id=(id) aria-labelledby=(heading) {
            h2 id=(heading) { (title) }
            (body)
            form method="dialog" { (Button::secondary(back).submit()) }
        }
    }
}
