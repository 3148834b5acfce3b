//! What is done to a form.

use crate::support::form::{Kind, PageForm};

/// Text that would run, if it were ever taken for mark-up.
pub const SCRIPT: &str = "\"'><i data-evil=1></i><script>alert(1)</script>";

/// How an answer is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// A person can type this: a page again, with a sentence, and with what they typed.
    Typed,
    /// More than anybody types: it is not taken.
    NotTaken,
    /// No page of ours sends this: it may also be called so.
    Tampered,
    /// A field that no page has: the whole form is refused.
    Refused,
    /// The form is not ours.
    NotOurs,
    /// The body is larger than any form.
    TooLarge,
}

/// One way to send a form.
pub struct Attack {
    pub name: String,
    pub expect: Expect,
    pub pairs: Vec<(String, String)>,
    /// Percent-encoded bytes that are sent in place of `RAW`.
    pub raw: Option<&'static str>,
}

/// Stands for bytes that are no text.
pub const RAW: &str = "RAWBYTES";

/// All that is done to a form.
#[allow(clippy::too_many_lines, reason = "one story, told in order")]
pub fn attacks(form: &PageForm) -> Vec<Attack> {
    let mut all = Vec::new();
    let typed = |f: Kind| matches!(f, Kind::Text | Kind::Secret);
    let mut add = |name: String, expect, pairs, raw| {
        all.push(Attack {
            name,
            expect,
            pairs,
            raw,
        });
    };
    let names = |wanted: &dyn Fn(Kind) -> bool| -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for field in form.fields.iter().filter(|f| wanted(f.kind)) {
            if !names.contains(&field.name) {
                names.push(field.name.clone());
            }
        }
        names
    };
    let text = names(&typed);
    let others = names(&|k| matches!(k, Kind::Choice | Kind::Hidden));
    let others: Vec<String> = others.into_iter().filter(|n| n != "csrf").collect();
    // Every text field with one value.
    let filled = |value: &str| -> Vec<(String, String)> {
        let mut pairs = form.pairs();
        for (name, old) in &mut pairs {
            if text.contains(name) {
                value.clone_into(old);
            }
        }
        pairs
    };
    let one = |field: &str, value: &str| -> Vec<(String, String)> {
        let mut pairs = form.pairs();
        let mut found = false;
        for (name, old) in &mut pairs {
            if name == field {
                value.clone_into(old);
                found = true;
            }
        }
        if !found {
            pairs.push((field.to_owned(), value.to_owned()));
        }
        pairs
    };
    let sentence = "word ".repeat(2_000);
    if !text.is_empty() {
        for (name, value) in [
            ("emptied", ""),
            ("spaces", "   "),
            ("letters", "abc"),
            ("a negative number", "-1"),
            ("a number without end", "99999999999999999999999"),
            ("a day that is not there", "2026-02-31"),
            ("a time that is not there", "25:61"),
            ("31", "31"),
            ("control characters", "a\0b\r\n\u{7}\u{1b}[2J\u{b}c\u{9b}"),
            ("words turned round", "a\u{202e}b\u{2066}c\u{2028}d\u{feff}"),
            ("mark-up", SCRIPT),
            ("a path", "../../../../etc/passwd%00"),
            ("a query", "'; DROP TABLE patients; --"),
            ("further headers", "x\r\nSet-Cookie: evil=1\r\n\r\nevil"),
        ] {
            add(name.to_owned(), Expect::Typed, filled(value), None);
        }
        add(
            "no UTF-8".to_owned(),
            Expect::Typed,
            filled(RAW),
            Some("%ff%c0%80%ed%a0%80"),
        );
        for field in &text {
            add(
                format!("{field}: mark-up"),
                Expect::Typed,
                one(field, SCRIPT),
                None,
            );
            add(
                format!("{field}: 10,000 characters"),
                Expect::NotTaken,
                one(field, sentence.trim_end()),
                None,
            );
        }
    }
    let any = text.first().or(others.first()).cloned();
    let field = any.unwrap_or_else(|| "csrf".to_owned());
    add(
        "a megabyte".to_owned(),
        Expect::TooLarge,
        one(&field, &"x".repeat(1_000_000)),
        None,
    );
    for field in &others {
        for (name, value) in [("mark-up", SCRIPT), ("nothing", "")] {
            add(
                format!("{field}: {name}"),
                Expect::Tampered,
                one(field, value),
                None,
            );
        }
    }
    for field in text.iter().chain(&others) {
        let mut pairs = form.pairs();
        pairs.retain(|(n, _)| n != field);
        add(format!("{field}: missing"), Expect::Tampered, pairs, None);
    }
    let mut pairs = form.pairs();
    pairs.extend(
        text.iter()
            .chain(&others)
            .map(|f| (f.clone(), "zz".to_owned())),
    );
    add("everything twice".to_owned(), Expect::Tampered, pairs, None);
    let mut pairs = form.pairs();
    pairs.push(("evil".to_owned(), "1".to_owned()));
    add(
        "a field of no page".to_owned(),
        Expect::Refused,
        pairs,
        None,
    );
    let mut pairs = form.pairs();
    pairs.retain(|(n, _)| n != "csrf");
    add("without its proof".to_owned(), Expect::NotOurs, pairs, None);
    add(
        "another proof".to_owned(),
        Expect::NotOurs,
        one("csrf", "00000000000000000000000000000000"),
        None,
    );
    all
}
