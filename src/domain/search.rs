//! What a search looks for: folded words of names, runs of digits, and chart numbers.

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::patient::Patient;

/// The fewest letters of a name that are looked up.
pub const MIN_LETTERS: usize = 2;
/// The fewest digits of a phone number or birth date that are looked up.
pub const MIN_DIGITS: usize = 3;
/// What is typed before a number to say that it is a chart's: then any number of digits is enough.
const CHART_MARK: char = '#';

/// The words of a name without case and accents. A word in another script is given twice: folded
/// in its own script and spelled in Latin letters, so that it is found either way.
pub fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in text.split(|c: char| !(c.is_alphanumeric() || is_combining_mark(c) || c == '\'')) {
        let own = fold(word);
        if own.is_empty() {
            continue;
        }
        let latin: String = any_ascii::any_ascii(&own)
            .to_lowercase()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        if !latin.is_empty() && latin != own && !found.contains(&latin) {
            found.push(latin);
        }
        if !found.contains(&own) {
            found.push(own);
        }
    }
    found
}

/// One word in lower case without accents and apostrophes.
fn fold(word: &str) -> String {
    word.nfkd()
        .filter(|c| !is_combining_mark(*c) && c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The key by which a list of names is sorted: family, then given, folded.
pub fn sort_key(patient: &Patient) -> String {
    let name = patient.name();
    format!("{} {}", fold_line(&name.family), fold_line(&name.given))
        .trim()
        .to_owned()
}

fn fold_line(text: &str) -> String {
    text.split_whitespace()
        .map(fold)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The digit strings under which a patient is found: phone numbers, and the birth date year first
/// and day first.
fn digit_strings(patient: &Patient) -> Vec<String> {
    let mut all: Vec<String> = patient
        .phones
        .iter()
        .map(|p| p.chars().filter(char::is_ascii_digit).collect())
        .collect();
    if let Some(born) = patient.birth_date {
        all.extend(birth_digits(born));
    }
    all
}

fn birth_digits(born: Date) -> [String; 2] {
    let (y, m, d) = (born.year(), born.month(), born.day());
    [format!("{y:04}{m:02}{d:02}"), format!("{d:02}{m:02}{y:04}")]
}

/// The term of a chart number. It ends with the mark too, so that a prefix look-up for chart 4 does
/// not find chart 41.
fn chart_term(number: &str) -> String {
    format!("{CHART_MARK}{number}{CHART_MARK}")
}

/// The chart number that a word gives: `#41` and `#0041` are chart 41.
fn chart_number(word: &str) -> Option<&str> {
    let digits = word.strip_prefix(CHART_MARK)?;
    let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    is_number.then(|| digits.trim_start_matches('0'))
}

/// Every entry of the search index for a patient: folded name words, each tail of the digit strings,
/// so that a prefix look-up finds any run of digits, and the chart number, with its mark and bare.
pub fn index_terms(patient: &Patient) -> Vec<String> {
    let mut terms = Vec::new();
    for name in &patient.names {
        for word in words(&name.full()) {
            if !terms.contains(&word) {
                terms.push(word);
            }
        }
    }
    for digits in digit_strings(patient) {
        for start in 0..digits.len().saturating_sub(MIN_DIGITS - 1) {
            if let Some(tail) = digits.get(start..) {
                let tail = tail.to_owned();
                if !terms.contains(&tail) {
                    terms.push(tail);
                }
            }
        }
    }
    if patient.chart > 0 {
        let number = patient.chart.to_string();
        terms.push(chart_term(&number));
        if number.len() >= MIN_DIGITS && !terms.contains(&number) {
            terms.push(number);
        }
    }
    terms
}

/// What a typed query asks for: each term must match. Runs of digits may be broken by spaces,
/// dashes, dots and slashes. A number after `#` is that of a chart. Empty when nothing is long enough
/// to look up.
pub fn query_terms(typed: &str) -> Vec<String> {
    let mut terms = Vec::new();
    let mut digits = String::new();
    for word in typed.split(|c: char| c.is_whitespace() || "-./,()+".contains(c)) {
        if !word.is_empty() && word.chars().all(|c| c.is_ascii_digit()) {
            digits.push_str(word);
            continue;
        }
        if let Some(number) = chart_number(word) {
            terms.push(chart_term(number));
            continue;
        }
        // A Latin word has one form; of a word in another script, its own form is enough.
        if let Some(word) = words(word).pop()
            && word.chars().count() >= MIN_LETTERS
        {
            terms.push(word);
        }
    }
    // A leading zero is the national prefix, which the stored number does not have.
    let significant = digits.trim_start_matches('0');
    let digits = if significant.len() >= MIN_DIGITS && digits.len() > 8 {
        significant
    } else {
        &digits
    };
    if digits.len() >= MIN_DIGITS {
        terms.push(digits.to_owned());
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{Id, PatientId};
    use crate::domain::person::HumanName;
    use jiff::Timestamp;
    use jiff::civil::date;

    fn found(patient: &Patient, typed: &str) -> bool {
        let index = index_terms(patient);
        let terms = query_terms(typed);
        !terms.is_empty()
            && terms
                .iter()
                .all(|t| index.iter().any(|i| i.starts_with(t.as_str())))
    }

    fn patient(name: &str) -> Patient {
        let mut p = Patient::new(
            PatientId::from_bytes([0; 16]),
            HumanName::from_full(name),
            Timestamp::UNIX_EPOCH,
        );
        p.phones = vec!["+447700900123".into()];
        p.birth_date = Some(date(1948, 3, 9));
        p
    }

    #[test]
    fn names_are_found_by_two_letters_in_any_accent_and_order() {
        let p = patient("Zoë Müller-O'Brien");
        for typed in ["zo", "MU", "müll", "ob", "brien zoe", "obrien", "zoe mul"] {
            assert_eq!(found(&p, typed), typed != "brien zoe", "{typed}");
        }
        assert!(!found(&p, "z"));
        assert!(!found(&p, "xa"));
    }

    #[test]
    fn other_scripts_are_found_in_both() {
        assert!(found(&patient("Олена Шевченко"), "шев"));
        assert!(found(&patient("Олена Шевченко"), "shev"));
        assert!(found(&patient("أميرة حداد"), "حد"));
    }

    #[test]
    fn any_run_of_three_digits_is_found() {
        let p = patient("Jo Lee");
        for typed in [
            "900",
            "0123",
            "07700 900123",
            "+44 7700 900-123",
            "1948",
            "9/03/1948",
            "09.03.48",
        ] {
            assert_eq!(found(&p, typed), typed != "09.03.48", "{typed}");
        }
        assert!(found(&p, "09/03/1948"));
        assert!(!found(&p, "12"));
        assert!(!found(&p, "999"));
    }

    #[test]
    fn a_chart_is_found_by_its_number() {
        let mut p = patient("Jo Lee");
        p.chart = 41;
        for typed in ["#41", "#0041", "lee #41"] {
            assert!(found(&p, typed), "{typed}");
        }
        // Two digits alone are no search, and no number is found by a part of it.
        for typed in ["41", "#4", "#1", "#410", "#", "kim #41"] {
            assert!(!found(&p, typed), "{typed}");
        }
        p.chart = 5187;
        for typed in ["#5187", "5187", "518"] {
            assert!(found(&p, typed), "{typed}");
        }
        for typed in ["#518", "187", "51870"] {
            assert!(!found(&p, typed), "{typed}");
        }
        // Who was only asked for has no number yet.
        p.chart = 0;
        assert!(!found(&p, "#0") && !found(&p, "#00"));
    }
}
