//! Choices as rows: the whole row taps. No drop-downs for patients.

use maud::{Markup, html};

use super::date3::legend;
use super::field::{Wrong, described, frame, notes};

/// One choice.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// What is sent.
    pub value: &'a str,
    /// What is seen.
    pub label: &'a str,
    /// A quiet line below.
    pub detail: Option<&'a str>,
    /// Whether it is chosen.
    pub checked: bool,
}

/// A question with choices. The first choice carries the group's id, so an error link lands on it.
#[derive(Clone, Copy, Debug)]
pub struct ChoiceRows<'a> {
    /// The id of the group and the name that is sent.
    pub id: &'a str,
    /// The question.
    pub legend: &'a str,
    /// Whether the question is the heading of the page.
    pub heading: bool,
    /// How to answer.
    pub hint: Option<&'a str>,
    /// What is wrong.
    pub wrong: Option<Wrong<'a>>,
    /// Whether several may be chosen.
    pub several: bool,
    /// The choices.
    pub choices: &'a [Choice<'a>],
}

impl ChoiceRows<'_> {
    /// The question with its rows.
    pub fn show(&self) -> Markup {
        html! {
            fieldset class=(frame(self.wrong)) aria-describedby=[described(self.id, self.hint, self.wrong)] {
                (legend(self.legend, self.heading))
                (notes(self.id, self.hint, self.wrong))
                div.choices {
                    @for (number, choice) in self.choices.iter().enumerate() {
                        (self.row(number, choice))
                    }
                }
            }
        }
    }

    fn row(&self, number: usize, choice: &Choice<'_>) -> Markup {
        let id = if number == 0 {
            self.id.to_owned()
        } else {
            format!("{}-{number}", self.id)
        };
        let kind = if self.several { "checkbox" } else { "radio" };
        html! {
            label.choice for=(id) {
                input id=(id) type=(kind) name=(self.id) value=(choice.value) checked[choice.checked];
                span {
                    b { bdi { (choice.label) } }
                    @if let Some(detail) = choice.detail { small { (detail) } }
                }
            }
        }
    }
}

/// One box to tick: "I agree".
pub fn tick_box(id: &str, label: &str, checked: bool, wrong: Option<Wrong<'_>>) -> Markup {
    html! {
        div class=(frame(wrong)) {
            (notes(id, None, wrong))
            div.choices {
                label.choice for=(id) {
                    input id=(id) type="checkbox" name=(id) value="yes" checked[checked]
                        aria-describedby=[described(id, None, wrong)] aria-invalid=[wrong.map(|_| "true")];
                    span { b { (label) } }
                }
            }
        }
    }
}

/// Something that is on or off, saved with its form.
pub fn switch(id: &str, label: &str, on: bool) -> Markup {
    html! {
        label.switch for=(id) {
            span { (label) }
            input id=(id) type="checkbox" role="switch" name=(id) value="on" checked[on];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_labelled_and_the_error_link_has_a_target() {
        let choice = |value, checked| Choice {
            value,
            label: "A<b>",
            detail: Some("d"),
            checked,
        };
        let html = ChoiceRows {
            id: "reason",
            legend: "Why?",
            heading: false,
            hint: None,
            wrong: Some(Wrong {
                prefix: "Error:",
                message: "Choose one",
            }),
            several: false,
            choices: &[choice("1", false), choice("2\"", true)],
        }
        .show()
        .into_string();
        assert!(html.contains("aria-describedby=\"reason-error\""));
        assert!(html.contains("<label class=\"choice\" for=\"reason\"><input id=\"reason\""));
        assert!(html.contains("for=\"reason-1\"") && html.contains("value=\"2&quot;\" checked"));
        assert!(html.contains("<bdi>A&lt;b&gt;</bdi>"));
        assert_eq!(html.matches("type=\"radio\"").count(), 2);
    }
}
