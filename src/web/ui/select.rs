//! A drop-down: staff only, and only for more than a dozen choices.

use maud::{Markup, html};

use super::field::{Wrong, described, frame, notes};

/// The drop-down. `id` is also the name that is sent.
#[derive(Clone, Copy, Debug)]
pub struct Select<'a> {
    /// The id and the name.
    pub id: &'a str,
    /// The question.
    pub label: &'a str,
    /// How to answer.
    pub hint: Option<&'a str>,
    /// What is wrong.
    pub wrong: Option<Wrong<'a>>,
    /// Value and label of each choice.
    pub options: &'a [(&'a str, &'a str)],
    /// The value chosen.
    pub chosen: &'a str,
    /// What the browser may fill in.
    pub autocomplete: Option<&'a str>,
}

impl Select<'_> {
    /// The drop-down with its label.
    pub fn show(&self) -> Markup {
        html! {
            div class=(frame(self.wrong)) {
                label for=(self.id) { (self.label) }
                (notes(self.id, self.hint, self.wrong))
                select.input id=(self.id) name=(self.id) autocomplete=[self.autocomplete]
                    aria-describedby=[described(self.id, self.hint, self.wrong)]
                    aria-invalid=[self.wrong.map(|_| "true")] {
                    @for (value, label) in self.options {
                        option value=(value) selected[*value == self.chosen] { (label) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_one_is_selected_and_all_is_escaped() {
        let html = Select {
            id: "zone",
            label: "Time zone",
            hint: Some("h"),
            wrong: None,
            options: &[("a", "A"), ("b\"", "<B>")],
            chosen: "b\"",
            autocomplete: None,
        }
        .show()
        .into_string();
        assert!(html.contains("<option value=\"b&quot;\" selected>&lt;B&gt;</option>"));
        assert_eq!(html.matches(" selected").count(), 1);
        assert!(html.contains("for=\"zone\"") && html.contains("aria-describedby=\"zone-hint\""));
    }
}
