//! The forms of a page, as a browser would send them.

use scraper::{ElementRef, Html};

use super::browser::{select, text};

/// What kind of field it is, as far as tests treat it differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Words on one line or several.
    Text,
    /// Words that are not shown again.
    Secret,
    /// One of several, or ticked: what a person does not type.
    Choice,
    /// Not seen by the person.
    Hidden,
    File,
}

/// A field of a form and what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    pub name: String,
    pub kind: Kind,
    pub value: String,
    /// Whether it is sent as it stands: a box that is not ticked is not.
    pub sent: bool,
}

/// A form that changes something, with the button that sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageForm {
    pub action: String,
    pub has_file: bool,
    pub fields: Vec<FormField>,
}

impl PageForm {
    /// Name and value of everything as it stands.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let sent = self.fields.iter().filter(|f| f.sent);
        sent.map(|f| (f.name.clone(), f.value.clone())).collect()
    }

    /// The names of a kind of field, each once.
    pub fn names(&self, kind: Kind) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for field in self.fields.iter().filter(|f| f.kind == kind) {
            if !names.contains(&field.name) {
                names.push(field.name.clone());
            }
        }
        names
    }

    /// What makes two forms the same form: its fields and its button.
    pub fn shape(&self) -> String {
        let mut names: Vec<String> = self
            .fields
            .iter()
            .map(|f| match (f.name.as_str(), f.kind) {
                ("do" | "to", Kind::Hidden) => format!("{}={}", f.name, f.value),
                _ => f.name.clone(),
            })
            .collect();
        names.sort();
        names.dedup();
        names.join(" ")
    }
}

/// Every form that is sent by POST, once for each of its buttons.
pub fn forms(page: &Html) -> Vec<PageForm> {
    let mut found = Vec::new();
    for form in page.select(&select("form[method=post]")) {
        let action = form.value().attr("action").unwrap_or("").to_owned();
        let fields: Vec<FormField> = form
            .select(&select("input[name], textarea[name], select[name]"))
            .map(|f| field(&f))
            .collect();
        let mut buttons: Vec<(String, String)> = Vec::new();
        for button in form.select(&select("button[type=submit], button:not([type])")) {
            let pair = (
                button.value().attr("name").unwrap_or("").to_owned(),
                button.value().attr("value").unwrap_or("").to_owned(),
            );
            // Many times on one page are one button, each with its own value.
            if !buttons
                .iter()
                .any(|(n, v)| *n == pair.0 && (n != "do" || *v == pair.1))
            {
                buttons.push(pair);
            }
        }
        if buttons.is_empty() {
            buttons.push((String::new(), String::new()));
        }
        for (name, value) in buttons {
            let mut fields = fields.clone();
            if !name.is_empty() {
                fields.push(FormField {
                    name,
                    kind: Kind::Hidden,
                    value,
                    sent: true,
                });
            }
            found.push(PageForm {
                action: action.clone(),
                has_file: form.value().attr("enctype") == Some("multipart/form-data"),
                fields,
            });
        }
    }
    found
}

fn field(field: &ElementRef<'_>) -> FormField {
    let element = field.value();
    let kind = match (element.name(), element.attr("type").unwrap_or("text")) {
        ("select", _) | ("input", "checkbox" | "radio") => Kind::Choice,
        ("input", "hidden") => Kind::Hidden,
        // A code is good once: whoever mistyped it types it anew.
        _ if element.attr("autocomplete") == Some("one-time-code") => Kind::Secret,
        ("input", "password") => Kind::Secret,
        ("input", "file") => Kind::File,
        _ => Kind::Text,
    };
    let value = match element.name() {
        "textarea" => {
            let typed = text(field);
            typed.strip_prefix('\n').unwrap_or(&typed).to_owned()
        }
        "select" => field
            .select(&select("option[selected]"))
            .next()
            .or_else(|| field.select(&select("option")).next())
            .and_then(|o| o.value().attr("value"))
            .unwrap_or("")
            .to_owned(),
        _ => element.attr("value").unwrap_or("").to_owned(),
    };
    let is_box = matches!(element.attr("type"), Some("checkbox" | "radio"));
    FormField {
        name: element.attr("name").unwrap_or("").to_owned(),
        kind,
        value,
        sent: kind != Kind::File && (!is_box || element.attr("checked").is_some()),
    }
}
