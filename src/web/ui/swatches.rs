//! Colours to choose from, each shown beside its name: never colour alone.

use maud::{Markup, html};

use super::date3::legend;

/// One colour.
#[derive(Clone, Copy, Debug)]
pub struct Swatch<'a> {
    /// What is sent, and what is seen: `#rrggbb`. Anything else is sent and shows no colour.
    pub value: &'a str,
    /// Its name.
    pub label: &'a str,
    /// Whether it is chosen.
    pub checked: bool,
}

/// The question. The first choice carries the id of the group.
pub fn swatches(id: &str, question: &str, colours: &[Swatch<'_>]) -> Markup {
    html! {
        fieldset.field {
            (legend(question, false))
            div.choices.swatches {
                @for (number, colour) in colours.iter().enumerate() {
                    (one(id, number, colour))
                }
            }
        }
    }
}

fn one(name: &str, number: usize, colour: &Swatch<'_>) -> Markup {
    let id = if number == 0 {
        name.to_owned()
    } else {
        format!("{name}-{number}")
    };
    html! {
        label.choice for=(id) {
            input id=(id) type="radio" name=(name) value=(colour.value) checked[colour.checked];
            span {
                @if colour.value.starts_with('#') {
                    // A fill is no style, so the page's policy lets it stand.
                    svg.swatch aria-hidden="true" viewBox="0 0 1 1" { rect width="1" height="1" fill=(colour.value) {} }
                    " "
                }
                (colour.label)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_stands_beside_its_name_and_all_is_escaped() {
        let colours = [
            Swatch {
                value: "#0b7285",
                label: "Teal",
                checked: true,
            },
            Swatch {
                value: "own\"",
                label: "<My own>",
                checked: false,
            },
        ];
        let html = swatches("sample", "Colour", &colours).into_string();
        assert_eq!(html.matches("<svg").count(), 1);
        assert!(html.contains("fill=\"#0b7285\"") && html.contains("id=\"sample-1\""));
        assert!(html.contains("&lt;My own&gt;") && html.contains("value=\"own&quot;\""));
        assert_eq!(html.matches(" checked").count(), 1);
    }
}
