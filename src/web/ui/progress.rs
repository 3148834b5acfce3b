//! How far along: questions answered, steps done, a code to read out.

use maud::{Markup, html};

/// "Question 3 of 6" with a bar. The words say it all; the bar only repeats them.
pub fn progress(words: &str, done: u32, of: u32) -> Markup {
    html! {
        div.steps {
            p { (words) }
            progress value=(done) max=(of) aria-hidden="true" {}
        }
    }
}

/// A measure of a known range, labelled.
pub fn meter(id: &str, label: &str, value: u32, max: u32, words: &str) -> Markup {
    html! {
        div.steps {
            p { label for=(id) { (label) } " " span.strong { (words) } }
            meter id=(id) min="0" max=(max) value=(value) { (words) }
        }
    }
}

/// The steps of a set-up; `current` counts from zero.
pub fn wizard(label: &str, steps: &[&str], current: usize) -> Markup {
    html! {
        nav aria-label=(label) {
            ol.wizard {
                @for (number, step) in steps.iter().enumerate() {
                    li class=[(number < current).then_some("past")]
                        aria-current=[(number == current).then_some("step")] { span { (step) } }
                }
            }
        }
    }
}

/// A code to type elsewhere, large.
pub fn big_code(code: &str) -> Markup {
    html! { p { code.bigcode dir="ltr" { (code) } } }
}

/// Codes to write down, in columns.
pub fn code_list(codes: &[&str]) -> Markup {
    html! { ul.codes dir="ltr" { @for code in codes { li { code { (code) } } } } }
}
