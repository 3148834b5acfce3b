//! The one way to a form that changes something.

use maud::{Markup, html};

/// The name of the hidden field with the session-bound token.
pub const TOKEN_FIELD: &str = "csrf";
/// The name of the hidden field with the key that makes sending twice the same as sending once.
pub const ONCE_FIELD: &str = "once";

/// A form sent by POST. Validation is the server's, so the browser's is switched off.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    action: &'a str,
    token: &'a str,
    once: Option<&'a str>,
    region: Option<&'a str>,
    preview: Option<&'a str>,
    class: &'a str,
    files: bool,
}

impl<'a> Form<'a> {
    /// A form for this path with the token of this response.
    pub const fn new(action: &'a str, token: &'a str) -> Self {
        Self {
            action,
            token,
            once: None,
            region: None,
            preview: None,
            class: "form",
            files: false,
        }
    }

    /// Sent twice with the same key, the form takes effect once.
    #[must_use]
    pub const fn once(mut self, key: &'a str) -> Self {
        self.once = Some(key);
        self
    }

    /// With scripts on, only the element with this id is replaced by the answer.
    #[must_use]
    pub const fn swap(mut self, region: &'a str) -> Self {
        self.region = Some(region);
        self
    }

    /// With scripts on, the element with this id shows what would be, while one types: as the button
    /// that sends `do=preview` does.
    #[must_use]
    pub const fn preview(mut self, region: &'a str) -> Self {
        self.preview = Some(region);
        self
    }

    /// Other CSS classes than `form`, which puts space between questions.
    #[must_use]
    pub const fn class(mut self, class: &'a str) -> Self {
        self.class = class;
        self
    }

    /// The form has a file field.
    #[must_use]
    pub const fn with_files(mut self) -> Self {
        self.files = true;
        self
    }

    /// The form around its fields and buttons.
    pub fn show(self, fields: &Markup) -> Markup {
        html! {
            form method="post" action=(self.action) class=[(!self.class.is_empty()).then_some(self.class)]
                enctype=[self.files.then_some("multipart/form-data")] data-swap=[self.region] data-trial=[self.preview] novalidate {
                (hidden(TOKEN_FIELD, self.token))
                @if let Some(key) = self.once { (hidden(ONCE_FIELD, key)) }
                (fields)
            }
        }
    }
}

/// A hidden field.
pub fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// A form that only asks, sent by GET; it needs no token. `label` tells it from other searches on
/// the page. With a region, results follow while one types.
pub fn search_form(action: &str, label: &str, region: Option<&str>, fields: &Markup) -> Markup {
    html! {
        form method="get" action=(action) role="search" aria-label=(label) data-swap=[region]
            data-type-ahead=[region] novalidate {
            (fields)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_carries_its_token_and_escapes_everything() {
        let form = Form::new("/a?x=\"><b>", "t<\"")
            .once("k")
            .swap("main")
            .with_files();
        let html = form.show(&html! { p { "x" } }).into_string();
        assert!(html.contains("action=\"/a?x=&quot;&gt;&lt;b&gt;\""));
        assert!(html.contains("name=\"csrf\" value=\"t&lt;&quot;\""));
        assert!(html.contains("name=\"once\" value=\"k\""));
        assert!(html.contains("data-swap=\"main\"") && html.contains("multipart/form-data"));
        assert!(html.contains("novalidate"));
    }
}
