//! Times to choose from. Each is a button that sends its time, so a reload never books.

use maud::{Markup, html};

use super::form::{Form, hidden};

/// One time.
#[derive(Clone, Copy, Debug)]
pub struct Slot<'a> {
    /// What is sent.
    pub value: &'a str,
    /// What is seen: "9:10am".
    pub label: &'a str,
    /// A quiet line below: "Dr Silva".
    pub detail: Option<&'a str>,
    /// What is heard in place of the label: "Wednesday 25 November, 9:10am".
    pub heard: Option<&'a str>,
}

/// The times of one day.
#[derive(Clone, Copy, Debug)]
pub struct SlotGrid<'a> {
    /// Where the chosen time is sent.
    pub action: &'a str,
    /// The token of this response.
    pub token: &'a str,
    /// The name of the field that holds the chosen time.
    pub name: &'a str,
    /// Further hidden fields.
    pub fields: &'a [(&'a str, &'a str)],
    /// The times, earliest first.
    pub slots: &'a [Slot<'a>],
}

impl SlotGrid<'_> {
    /// The grid in its form.
    pub fn show(&self) -> Markup {
        Form::new(self.action, self.token).class("").show(&html! {
            @for (name, value) in self.fields { (hidden(name, value)) }
            ul.slots {
                @for slot in self.slots {
                    li {
                        button.slot type="submit" name=(self.name) value=(slot.value) aria-label=[slot.heard] {
                            (slot.label)
                            @if let Some(detail) = slot.detail { small { bdi { (detail) } } }
                        }
                    }
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_is_a_button_in_a_form_with_the_token() {
        let slot = |value| Slot {
            value,
            label: "9:10am",
            detail: None,
            heard: Some("Wed <1>"),
        };
        let html = SlotGrid {
            action: "/visits/new",
            token: "tok",
            name: "start",
            fields: &[("service", "a\"b")],
            slots: &[slot("1"), slot("2")],
        }
        .show()
        .into_string();
        assert_eq!(
            html.matches("<button class=\"slot\" type=\"submit\" name=\"start\"")
                .count(),
            2
        );
        assert!(html.contains("method=\"post\"") && html.contains("name=\"csrf\" value=\"tok\""));
        assert!(
            html.contains("value=\"a&quot;b\"") && html.contains("aria-label=\"Wed &lt;1&gt;\"")
        );
    }
}
