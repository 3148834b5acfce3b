//! A question with one line for the answer: label above, hint below it, then what is wrong, then
//! the field with what the person typed. Nothing typed is ever cleared.

use maud::{Markup, html};

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug)]
pub struct Wrong<'a> {
    /// "Error:", translated; heard and seen.
    pub prefix: &'a str,
    /// What to do about it.
    pub message: &'a str,
}

/// What kind of answer it is: decides the keyboard of a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any words.
    Text,
    /// A phone number, in any form.
    Tel,
    /// A mail address.
    Email,
    /// A web address.
    Url,
    /// Digits only.
    Digits,
    /// A number with decimals.
    Decimal,
    /// A code sent to the person.
    Code,
    /// A secret.
    Password,
    /// A day, with the browser's own picker; staff only.
    Date,
    /// A time of day, with the browser's own picker; staff only.
    Time,
    /// A colour.
    Colour,
    /// A file to send.
    File,
}

impl Kind {
    const fn input_type(self) -> &'static str {
        match self {
            Self::Text | Self::Digits | Self::Decimal | Self::Code => "text",
            Self::Tel => "tel",
            Self::Email => "email",
            Self::Url => "url",
            Self::Password => "password",
            Self::Date => "date",
            Self::Time => "time",
            Self::Colour => "color",
            Self::File => "file",
        }
    }

    const fn input_mode(self) -> Option<&'static str> {
        match self {
            Self::Digits | Self::Code => Some("numeric"),
            Self::Decimal => Some("decimal"),
            Self::Text
            | Self::Tel
            | Self::Email
            | Self::Url
            | Self::Password
            | Self::Date
            | Self::Time
            | Self::Colour
            | Self::File => None,
        }
    }

    const fn machine_text(self) -> bool {
        matches!(self, Self::Email | Self::Url | Self::Code | Self::Password)
    }
}

/// How long the answer is expected to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// As wide as the column.
    Full,
    /// About ten characters.
    Ten,
    /// Four digits.
    Four,
    /// Two digits.
    Two,
}

impl Width {
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Full => "input",
            Self::Ten => "input w10",
            Self::Four => "input w4",
            Self::Two => "input w2",
        }
    }
}

/// A labelled field. `id` is also the name that is sent.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    id: &'a str,
    label: &'a str,
    kind: Kind,
    width: Width,
    value: &'a str,
    hint: Option<&'a str>,
    wrong: Option<Wrong<'a>>,
    autocomplete: Option<&'a str>,
    before: Option<&'a str>,
    lines: Option<u8>,
    accept: Option<&'a str>,
}

impl<'a> Field<'a> {
    /// A field for words.
    pub const fn new(id: &'a str, label: &'a str) -> Self {
        Self {
            id,
            label,
            kind: Kind::Text,
            width: Width::Full,
            value: "",
            hint: None,
            wrong: None,
            autocomplete: None,
            before: None,
            lines: None,
            accept: None,
        }
    }

    /// What kind of answer it is.
    #[must_use]
    pub const fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// How long the answer is expected to be.
    #[must_use]
    pub const fn width(mut self, width: Width) -> Self {
        self.width = width;
        self
    }

    /// What stands in it: what is known, or what was typed before.
    #[must_use]
    pub const fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    /// How to answer, or why we ask.
    #[must_use]
    pub const fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// What is wrong with the answer, if anything.
    #[must_use]
    pub const fn wrong(mut self, wrong: Option<Wrong<'a>>) -> Self {
        self.wrong = wrong;
        self
    }

    /// What the browser may fill in, in HTML's words (`tel`, `name`, `one-time-code`).
    #[must_use]
    pub const fn autocomplete(mut self, token: &'a str) -> Self {
        self.autocomplete = Some(token);
        self
    }

    /// A sign before the answer: "€", "https://".
    #[must_use]
    pub const fn before(mut self, sign: &'a str) -> Self {
        self.before = Some(sign);
        self
    }

    /// Room for a longer answer, this many lines at first.
    #[must_use]
    pub const fn lines(mut self, lines: u8) -> Self {
        self.lines = Some(lines);
        self
    }

    /// Which files may be chosen, in HTML's words (`image/*,application/pdf`).
    #[must_use]
    pub const fn accept(mut self, types: &'a str) -> Self {
        self.accept = Some(types);
        self
    }

    /// The field.
    pub fn show(&self) -> Markup {
        let control = match self.lines {
            Some(lines) => self.area(lines),
            None => self.line(),
        };
        html! {
            div class=(frame(self.wrong)) {
                label for=(self.id) { (self.label) }
                (notes(self.id, self.hint, self.wrong))
                @if let Some(sign) = self.before {
                    div.prefix { span aria-hidden="true" { (sign) } (control) }
                } @else { (control) }
            }
        }
    }

    fn line(&self) -> Markup {
        // A secret and a file are never sent back.
        let value = (!matches!(self.kind, Kind::Password | Kind::File)).then_some(self.value);
        let class = if self.kind == Kind::Code {
            "input code"
        } else {
            self.width.class()
        };
        html! {
            input class=(class) id=(self.id) name=(self.id) type=(self.kind.input_type())
                value=[value] inputmode=[self.kind.input_mode()] autocomplete=[self.completes()]
                spellcheck=[self.kind.machine_text().then_some("false")]
                autocapitalize=[self.kind.machine_text().then_some("none")]
                accept=[self.accept] aria-describedby=[described(self.id, self.hint, self.wrong)]
                aria-invalid=[self.wrong.map(|_| "true")];
        }
    }

    fn area(&self, lines: u8) -> Markup {
        html! {
            textarea class=(self.width.class()) id=(self.id) name=(self.id) rows=(lines)
                autocomplete=[self.autocomplete] aria-describedby=[described(self.id, self.hint, self.wrong)]
                aria-invalid=[self.wrong.map(|_| "true")] { "\n" (self.value) }
        }
    }

    fn completes(&self) -> Option<&'a str> {
        match self.kind {
            Kind::Code => Some(self.autocomplete.unwrap_or("one-time-code")),
            Kind::Text
            | Kind::Tel
            | Kind::Email
            | Kind::Url
            | Kind::Digits
            | Kind::Decimal
            | Kind::Password
            | Kind::Date
            | Kind::Time
            | Kind::Colour
            | Kind::File => self.autocomplete,
        }
    }
}

pub(super) fn frame(wrong: Option<Wrong<'_>>) -> &'static str {
    if wrong.is_some() {
        "field wrong"
    } else {
        "field"
    }
}

/// Hint and error, with the ids that [`described`] points to.
pub(super) fn notes(id: &str, hint: Option<&str>, wrong: Option<Wrong<'_>>) -> Markup {
    html! {
        @if let Some(hint) = hint { p.hint id=(format!("{id}-hint")) { (hint) } }
        @if let Some(wrong) = wrong {
            p.error id=(format!("{id}-error")) { span { (wrong.prefix) } " " (wrong.message) }
        }
    }
}

/// The value of `aria-describedby` for what [`notes`] shows.
pub(super) fn described(id: &str, hint: Option<&str>, wrong: Option<Wrong<'_>>) -> Option<String> {
    match (hint, wrong) {
        (None, None) => None,
        (Some(_), None) => Some(format!("{id}-hint")),
        (None, Some(_)) => Some(format!("{id}-error")),
        (Some(_), Some(_)) => Some(format!("{id}-hint {id}-error")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRONG: Wrong<'_> = Wrong {
        prefix: "Error:",
        message: "Enter a <phone> number",
    };

    #[test]
    fn a_field_is_labelled_described_and_keeps_what_was_typed() {
        let html = Field::new("phone", "Mobile number")
            .kind(Kind::Tel)
            .autocomplete("tel")
            .hint("We send \"one\" code")
            .wrong(Some(WRONG))
            .value("+49 \"><script>")
            .show()
            .into_string();
        assert!(html.contains("<label for=\"phone\">Mobile number</label>"));
        assert!(html.contains("id=\"phone\" name=\"phone\" type=\"tel\""));
        assert!(html.contains("value=\"+49 &quot;&gt;&lt;script&gt;\""));
        assert!(html.contains("aria-describedby=\"phone-hint phone-error\""));
        assert!(html.contains("<p class=\"hint\" id=\"phone-hint\">"));
        assert!(
            html.contains("id=\"phone-error\"><span>Error:</span> Enter a &lt;phone&gt; number")
        );
        assert!(html.contains("aria-invalid=\"true\"") && html.contains("autocomplete=\"tel\""));
    }

    #[test]
    fn a_plain_field_has_no_empty_wiring() {
        let html = Field::new("name", "Full name").show().into_string();
        assert!(!html.contains("aria-") && !html.contains("autocomplete"));
    }

    #[test]
    fn secrets_do_not_come_back() {
        let html = Field::new("p", "P")
            .kind(Kind::Password)
            .value("hunter2")
            .show()
            .into_string();
        assert!(!html.contains("hunter2"));
    }

    #[test]
    fn a_long_answer_keeps_its_first_line_break() {
        let html = Field::new("n", "N")
            .lines(3)
            .value("\nx</textarea>")
            .show()
            .into_string();
        assert!(html.contains(">\n\nx&lt;/textarea&gt;</textarea>"));
    }

    #[test]
    fn a_code_brings_the_number_keyboard_and_the_message_suggestion() {
        let html = Field::new("code", "Code")
            .kind(Kind::Code)
            .show()
            .into_string();
        assert!(html.contains("inputmode=\"numeric\"") && html.contains("one-time-code"));
    }
}
