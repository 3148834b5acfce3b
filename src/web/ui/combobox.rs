//! Finding one of many while typing: staff choose a patient by name, phone or birthday.
//!
//! Without scripts it is a text field, sent as `{id}-text`, and the server asks back. With scripts
//! it follows the WAI-ARIA combobox pattern and also sends the chosen value as `{id}`.

use maud::{Markup, html};

use super::field::{Wrong, described, frame, notes};

/// The field.
#[derive(Clone, Copy, Debug)]
pub struct Combobox<'a> {
    /// The id of the text field is `{id}-text`.
    pub id: &'a str,
    /// "Patient"
    pub label: &'a str,
    /// How to find someone.
    pub hint: Option<&'a str>,
    /// What is wrong.
    pub wrong: Option<Wrong<'a>>,
    /// Answers `?q=` with JSON: `{"said": "3 patients", "options": [{"value", "label", "detail", "end"}]}`.
    pub url: &'a str,
    /// What is chosen.
    pub value: &'a str,
    /// What stands in the text field.
    pub text: &'a str,
}

impl Combobox<'_> {
    /// The field with its label.
    pub fn show(&self) -> Markup {
        let text = format!("{}-text", self.id);
        html! {
            div class=(frame(self.wrong)) {
                label for=(text) { (self.label) }
                (notes(&text, self.hint, self.wrong))
                ante-combo.combo data-url=(self.url) data-label=(self.label) {
                    input.input id=(text) name=(text) type="text" value=(self.text) autocomplete="off"
                        spellcheck="false" aria-describedby=[described(&text, self.hint, self.wrong)]
                        aria-invalid=[self.wrong.map(|_| "true")];
                    input type="hidden" name=(self.id) value=(self.value);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_labelled_text_field_first() {
        let html = Combobox {
            id: "patient",
            label: "Patient",
            hint: Some("Name, phone or birthday"),
            wrong: None,
            url: "/staff/patients/lookup?a=1&b=2",
            value: "pat_\"1",
            text: "<Haddad>",
        }
        .show()
        .into_string();
        assert!(html.contains("<label for=\"patient-text\">"));
        assert!(html.contains("aria-describedby=\"patient-text-hint\""));
        assert!(html.contains("id=\"patient-text-hint\""));
        assert!(
            html.contains("value=\"&lt;Haddad&gt;\"") && html.contains("value=\"pat_&quot;1\"")
        );
        assert!(html.contains("lookup?a=1&amp;b=2"));
    }
}
