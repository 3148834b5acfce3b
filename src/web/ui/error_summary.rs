//! What is wrong with the form, on top of the page, each line a link to its field.

use maud::{Markup, html};

/// The box. `problems` are pairs of field id and message; without problems there is no box.
///
/// The focus moves here when the page loads, so that nobody has to look for it.
pub fn error_summary(title: &str, problems: &[(&str, &str)]) -> Markup {
    html! {
        @if !problems.is_empty() {
            div.problems role="alert" tabindex="-1" aria-labelledby="problems-title" {
                h2 id="problems-title" { (title) }
                ul { @for (field, message) in problems { li { a href=(format!("#{field}")) { (message) } } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_links_to_its_field() {
        let html = error_summary(
            "There is a problem",
            &[("dob-day", "Enter a <day>"), ("tel", "b")],
        )
        .into_string();
        assert!(html.contains("<a href=\"#dob-day\">Enter a &lt;day&gt;</a>"));
        assert!(html.contains("<a href=\"#tel\">b</a>"));
        assert!(html.contains("aria-labelledby=\"problems-title\""));
        assert_eq!(error_summary("x", &[]).into_string(), "");
    }
}
