//! A date known by heart, in three small fields. Near dates are lists, never a picker.

use maud::{Markup, html};

use super::field::{Width, Wrong, described, frame, notes};

/// The order in which a country writes a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// 24 November 2026
    DayMonthYear,
    /// November 24, 2026
    MonthDayYear,
    /// 2026-11-24
    YearMonthDay,
}

/// One part of the date: its label and what was typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part<'a> {
    /// "Day"
    pub label: &'a str,
    /// What was typed, as typed.
    pub value: &'a str,
}

/// The question. Sent as `{id}-day`, `{id}-month`, `{id}-year`; the month may be a word.
#[derive(Clone, Copy, Debug)]
pub struct Date3<'a> {
    /// The id of the group and the start of the three names.
    pub id: &'a str,
    /// The question.
    pub legend: &'a str,
    /// Whether the question is the heading of the page.
    pub heading: bool,
    /// An example.
    pub hint: Option<&'a str>,
    /// What is wrong.
    pub wrong: Option<Wrong<'a>>,
    /// The order of the parts.
    pub order: DateOrder,
    /// The day.
    pub day: Part<'a>,
    /// The month.
    pub month: Part<'a>,
    /// The year.
    pub year: Part<'a>,
    /// Whether the browser may fill in the person's own birthday.
    pub own_birthday: bool,
}

impl Date3<'_> {
    /// The three fields.
    pub fn show(&self) -> Markup {
        let (day, month, year) = (
            ("day", self.day, Width::Two, "bday-day"),
            ("month", self.month, Width::Four, "bday-month"),
            ("year", self.year, Width::Four, "bday-year"),
        );
        let parts = match self.order {
            DateOrder::DayMonthYear => [day, month, year],
            DateOrder::MonthDayYear => [month, day, year],
            DateOrder::YearMonthDay => [year, month, day],
        };
        html! {
            fieldset id=(self.id) class=(frame(self.wrong)) tabindex=[self.wrong.map(|_| "-1")]
                aria-describedby=[described(self.id, self.hint, self.wrong)] {
                (legend(self.legend, self.heading))
                (notes(self.id, self.hint, self.wrong))
                div.trio {
                    @for (name, part, width, completes) in parts {
                        (self.part(name, part, width, completes))
                    }
                }
            }
        }
    }

    fn part(&self, name: &str, part: Part<'_>, width: Width, completes: &str) -> Markup {
        let id = format!("{}-{name}", self.id);
        html! {
            div {
                label for=(id) { (part.label) }
                // A month may be a word, which the number keyboard cannot type.
                input class=(width.class()) id=(id) name=(id) type="text" value=(part.value)
                    inputmode=[(name != "month").then_some("numeric")]
                    autocomplete=[self.own_birthday.then_some(completes)]
                    aria-invalid=[self.wrong.map(|_| "true")];
            }
        }
    }
}

/// The question of a group; as the heading of the page it is the `h1`.
pub(super) fn legend(words: &str, heading: bool) -> Markup {
    html! {
        @if heading { legend.question { h1 { (words) } } }
        @else { legend { (words) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn birthday(order: DateOrder) -> String {
        Date3 {
            id: "dob",
            legend: "What is your date of birth?",
            heading: true,
            hint: Some("For example, 27 3 1990"),
            wrong: Some(Wrong {
                prefix: "Error:",
                message: "Enter a year",
            }),
            order,
            day: Part {
                label: "Day",
                value: "27",
            },
            month: Part {
                label: "Month",
                value: "M\"är<",
            },
            year: Part {
                label: "Year",
                value: "",
            },
            own_birthday: true,
        }
        .show()
        .into_string()
    }

    #[test]
    fn three_labelled_fields_in_a_described_group() {
        let html = birthday(DateOrder::DayMonthYear);
        assert!(html.contains("<legend class=\"question\"><h1>"));
        assert!(html.contains("aria-describedby=\"dob-hint dob-error\""));
        for part in ["day", "month", "year"] {
            assert!(html.contains(&format!("<label for=\"dob-{part}\">")));
            assert!(html.contains(&format!("autocomplete=\"bday-{part}\"")));
        }
        assert!(html.contains("value=\"M&quot;är&lt;\""));
        assert_eq!(html.matches("inputmode=\"numeric\"").count(), 2);
    }

    #[test]
    fn the_order_is_the_countrys() {
        let at = |html: &str, part: &str| html.find(&format!("id=\"dob-{part}\"")).unwrap();
        let british = birthday(DateOrder::DayMonthYear);
        assert!(at(&british, "day") < at(&british, "month"));
        let american = birthday(DateOrder::MonthDayYear);
        assert!(at(&american, "month") < at(&american, "day"));
        let iso = birthday(DateOrder::YearMonthDay);
        assert!(at(&iso, "year") < at(&iso, "month"));
    }
}
