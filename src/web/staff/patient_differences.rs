//! What somebody else wrote about a patient while the form was open.

use super::patient_form::{Typed, gender_from, gender_words, language_name};
use crate::t;
use crate::web::ctx::Ctx;

/// The questions to which `kept` has another answer than was typed, each with that answer.
pub fn differences(ctx: &Ctx, typed: &Typed, kept: &Typed) -> Vec<(String, String)> {
    let text = ctx.text;
    let birth = ["born-day", "born-month", "born-year"];
    let questions: [(String, &[&str]); 15] = [
        (t!(text, "register-given"), &["given"]),
        (t!(text, "register-family"), &["family"]),
        (t!(text, "register-born"), &birth),
        (t!(text, "register-phone"), &["phone"]),
        (t!(text, "register-email"), &["email"]),
        (t!(text, "register-other-phones"), &["other-phones"]),
        (t!(text, "register-gender"), &["gender"]),
        (t!(text, "register-language"), &["language"]),
        (t!(text, "register-address"), &["address-lines"]),
        (t!(text, "register-city"), &["city"]),
        (t!(text, "register-postal-code"), &["postal-code"]),
        (t!(text, "register-region"), &["region"]),
        (t!(text, "register-country"), &["country"]),
        (t!(text, "register-desk-note"), &["desk-note"]),
        (t!(text, "register-no-reminders"), &["no-reminders"]),
    ];
    questions
        .into_iter()
        .filter(|(_, fields)| fields.iter().any(|f| differ(typed.get(f), kept.get(f))))
        .map(|(label, fields)| {
            let answers: Vec<String> = fields.iter().map(|f| shown(ctx, f, kept.get(f))).collect();
            (label, answers.join(" ").trim().to_owned())
        })
        .collect()
}

/// Whether two answers differ in more than how their lines end.
fn differ(one: &str, other: &str) -> bool {
    !one.lines().eq(other.lines())
}

/// An answer as people read it.
fn shown(ctx: &Ctx, field: &str, answer: &str) -> String {
    match field {
        "gender" => gender_words(ctx, gender_from(answer)),
        "no-reminders" if answer.is_empty() => t!(ctx.text, "edit-kept-no"),
        "no-reminders" => t!(ctx.text, "edit-kept-yes"),
        "language" => language_name(answer).to_owned(),
        _ => answer.to_owned(),
    }
}
