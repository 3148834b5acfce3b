//! The two test languages, made from English by rule.
//!
//! Only words change. What a message takes in (`{ $name }`), what it chooses by, markup, addresses
//! and digits stay as they are, so a page in a test language works like the English one.

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::{parser, serializer};

use super::Language;

/// Letters that `en-XA` adds, in percent of a word: whole sentences get about two fifths longer.
const LONGER_BY_PERCENT: u32 = 50;

/// Right-to-left mark.
const RLM: char = '\u{200f}';
/// Right-to-left override: the letters up to the next [`PDF`] are drawn backwards.
const RLO: char = '\u{202e}';
/// Pop directional formatting: ends an override.
const PDF: char = '\u{202c}';

/// The English resource with every text changed for a test language.
pub(super) fn resource(english: &str, language: Language) -> String {
    // Junk is a defect of the English file, which its own test names; the good entries still serve.
    let mut resource =
        parser::parse(english.to_owned()).unwrap_or_else(|(resource, _errors)| resource);
    for entry in &mut resource.body {
        match entry {
            Entry::Message(message) => {
                if let Some(value) = &mut message.value {
                    change_pattern(value, language);
                }
                for attribute in &mut message.attributes {
                    change_pattern(&mut attribute.value, language);
                }
            }
            Entry::Term(term) => {
                change_pattern(&mut term.value, language);
                for attribute in &mut term.attributes {
                    change_pattern(&mut attribute.value, language);
                }
            }
            Entry::Comment(_)
            | Entry::GroupComment(_)
            | Entry::ResourceComment(_)
            | Entry::Junk { .. } => {}
        }
    }
    serializer::serialize(&resource)
}

fn change_pattern(pattern: &mut Pattern<String>, language: Language) {
    for element in &mut pattern.elements {
        match element {
            PatternElement::TextElement { value } => *value = text(value, language),
            PatternElement::Placeable { expression } => change_expression(expression, language),
        }
    }
}

fn change_expression(expression: &mut Expression<String>, language: Language) {
    match expression {
        Expression::Select { variants, .. } => {
            for variant in variants {
                change_pattern(&mut variant.value, language);
            }
        }
        Expression::Inline(InlineExpression::Placeable { expression }) => {
            change_expression(expression, language);
        }
        Expression::Inline(_) => {}
    }
}

/// English text as the language shows it; unchanged unless the language is a test language.
pub(super) fn text(english: &str, language: Language) -> String {
    if !language.is_test() {
        return english.to_owned();
    }
    let mut out = String::with_capacity(english.len().saturating_mul(2));
    let mut rest = english;
    while let Some(next) = rest.chars().next() {
        let length = markup_length(rest)
            .or_else(|| address_length(rest))
            .unwrap_or_else(|| word_length(rest).max(next.len_utf8()));
        let (token, after) = rest.split_at(length);
        let is_word = next.is_alphabetic() && !token.contains(['@', '/']);
        match (language, is_word) {
            (Language::Longer, true) => longer(token, &mut out),
            (Language::RightToLeft, true) => out.extend(
                [RLM, RLO]
                    .iter()
                    .copied()
                    .chain(token.chars())
                    .chain([PDF, RLM]),
            ),
            (Language::English, true) | (_, false) => out.push_str(token),
        }
        rest = after;
    }
    out
}

/// Bytes of a tag or character entity at the start of the text.
fn markup_length(text: &str) -> Option<usize> {
    let close = match text.chars().next()? {
        '<' => '>',
        '&' => ';',
        _ => return None,
    };
    let second = text.chars().nth(1)?;
    let end = text.find(close)?;
    let opens = second.is_ascii_alphabetic() || matches!(second, '/' | '#');
    let unbroken = close == '>' || !text.get(..end)?.contains(char::is_whitespace);
    (opens && unbroken).then(|| end.saturating_add(close.len_utf8()))
}

/// Bytes of a web or mail address at the start of the text.
fn address_length(text: &str) -> Option<usize> {
    let end = text
        .find(|c: char| c.is_whitespace() || c == '<')
        .unwrap_or(text.len());
    let token = text.get(..end)?;
    (token.contains("://") || token.contains('@')).then_some(end)
}

/// Bytes of the letters at the start of the text, apostrophes between letters included.
fn word_length(text: &str) -> usize {
    text.find(|c: char| !c.is_alphabetic() && !matches!(c, '\'' | '’'))
        .unwrap_or(text.len())
}

fn longer(word: &str, out: &mut String) {
    let mut owed = 0_u32;
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        let shown = accented(letter);
        out.push(shown);
        owed = owed.saturating_add(LONGER_BY_PERCENT);
        let is_last = letters.peek().is_none();
        if is_last || matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'y') {
            let repeated = shown.to_lowercase().next().unwrap_or(shown);
            while owed >= 100 {
                out.push(repeated);
                owed = owed.saturating_sub(100);
            }
        }
    }
}

const fn accented(letter: char) -> char {
    match letter {
        'a' => 'á',
        'b' => 'ƀ',
        'c' => 'ç',
        'd' => 'đ',
        'e' => 'é',
        'f' => 'ƒ',
        'g' => 'ğ',
        'h' => 'ĥ',
        'i' => 'î',
        'j' => 'ĵ',
        'k' => 'ķ',
        'l' => 'ļ',
        'n' => 'ñ',
        'o' => 'ô',
        'r' => 'ř',
        's' => 'š',
        't' => 'ţ',
        'u' => 'ü',
        'w' => 'ŵ',
        'y' => 'ý',
        'z' => 'ž',
        'A' => 'Å',
        'B' => 'Ɓ',
        'C' => 'Ç',
        'D' => 'Đ',
        'E' => 'É',
        'G' => 'Ğ',
        'H' => 'Ĥ',
        'I' => 'Î',
        'J' => 'Ĵ',
        'K' => 'Ķ',
        'L' => 'Ļ',
        'N' => 'Ñ',
        'O' => 'Ö',
        'R' => 'Ř',
        'S' => 'Š',
        'T' => 'Ţ',
        'U' => 'Û',
        'W' => 'Ŵ',
        'Y' => 'Ý',
        'Z' => 'Ž',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_change_and_everything_else_stays() {
        let english = "Call <a href=\"/help\">the clinic</a> &amp; ask on 2 June: a@b.example.";
        let longer = text(english, Language::Longer);
        for kept in [
            "<a href=\"/help\">",
            "</a>",
            "&amp;",
            " 2 ",
            ": a@b.example.",
        ] {
            assert!(longer.contains(kept), "{kept} in {longer}");
        }
        assert!(!longer.contains("clinic"), "{longer}");
        assert_eq!(
            text("Call me", Language::RightToLeft),
            "\u{200f}\u{202e}Call\u{202c}\u{200f} \u{200f}\u{202e}me\u{202c}\u{200f}"
        );
        assert_eq!(text(english, Language::English), english);
    }

    #[test]
    fn the_longer_language_is_two_fifths_longer() {
        let english = "When the clinic shares a document with you, we send you a message here.";
        let longer = text(english, Language::Longer).chars().count();
        let percent = longer * 100 / english.chars().count();
        assert!((130..=150).contains(&percent), "{percent} %");
    }

    #[test]
    fn what_a_message_takes_in_and_chooses_by_stays() {
        let english = "a = { $n ->\n    [one] { $n } visit with { $who }\n   *[other] { $n } visits { \"b\" }\n }\n    .title = Say { -brand }\n-brand = Room\n";
        let longer = resource(english, Language::Longer);
        for kept in [
            "$n ->",
            "[one] { $n }",
            "{ $who }",
            "*[other]",
            "{ \"b\" }",
            ".title =",
            "{ -brand }",
        ] {
            assert!(longer.contains(kept), "{kept} in {longer}");
        }
        for gone in ["visit", "Room", "Say"] {
            assert!(!longer.contains(gone), "{gone} in {longer}");
        }
    }
}
