//! What is meant by what somebody types.

use super::{MIN_DIGITS, MIN_LETTERS, chart_number, chart_term, together, words};

/// The most ways in which a query is read.
const MAX_READINGS: usize = 4;

/// How numbers of the clinic's own country are called: pages show them with `prefix`, and they are
/// kept with `code` in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialling<'a> {
    /// What stands before a number inside the country, such as `0`.
    pub prefix: &'a str,
    /// The country code, such as `44`.
    pub code: &'a str,
}

/// What a typed query may mean: in each reading, every term must match. The first reading is what
/// stands there; one takes its digits as the start of a phone number as it is called `at_home`;
/// others read a date in it, whose month may be a word that `month` knows (1 to 12). Empty when
/// nothing is long enough to look up.
pub fn readings(
    typed: &str,
    month: &dyn Fn(&str) -> Option<i8>,
    at_home: Option<Dialling<'_>>,
) -> Vec<Vec<String>> {
    let parts = parts(typed);
    let mut all = vec![terms(&parts)];
    all.extend(at_home.and_then(|dialling| called(&parts, dialling)));
    for (from, until, digits) in dates(&parts, month) {
        let rest = [
            parts.get(..from).unwrap_or_default(),
            parts.get(until..).unwrap_or_default(),
        ];
        let mut reading = terms(&rest.concat());
        reading.push(digits);
        if !all.contains(&reading) {
            all.push(reading);
        }
    }
    all.retain(|terms| !terms.is_empty());
    all.truncate(MAX_READINGS);
    all
}

/// What stands between spaces, dashes, dots, slashes and the like.
fn parts(typed: &str) -> Vec<&str> {
    typed
        .split(|c: char| c.is_whitespace() || "-./,()+".contains(c))
        .filter(|part| !part.is_empty())
        .collect()
}

/// The terms with the digits as they are kept, where they begin as one dials inside the country. Only
/// the start of a number begins so: without the code, every number with the rest in it would be found.
fn called(parts: &[&str], dialling: Dialling<'_>) -> Option<Vec<String>> {
    let (digits, words): (Vec<&str>, Vec<&str>) = parts.iter().partition(|part| is_number(part));
    let digits = digits.concat();
    let rest = digits.strip_prefix(dialling.prefix)?;
    let number = format!("{}{rest}", dialling.code);
    if rest.is_empty() || digits.len() < MIN_DIGITS || number.len() < MIN_DIGITS {
        return None;
    }
    let mut terms = terms(&words);
    terms.push(number);
    Some(terms)
}

/// Each word, and all digits as one run. A number after `#` is that of a chart.
fn terms(parts: &[&str]) -> Vec<String> {
    let mut terms = Vec::new();
    let mut digits = String::new();
    for part in parts {
        if is_number(part) {
            digits.push_str(part);
            continue;
        }
        if let Some(number) = chart_number(part) {
            terms.push(chart_term(number));
            continue;
        }
        // A Latin word has one form; of a word in another script, its own form is enough.
        if let Some(word) = words(part).pop()
            && (word.contains(together) || word.chars().count() >= MIN_LETTERS)
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

fn is_number(part: &str) -> bool {
    part.chars().all(|c| c.is_ascii_digit())
}

/// Dates among the parts: from which part, up to which, and their digits day first, as in the index.
fn dates(parts: &[&str], month: &dyn Fn(&str) -> Option<i8>) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    for (at, part) in parts.iter().copied().enumerate() {
        let next = |n: usize| parts.get(at + n).copied();
        let before = at.checked_sub(1).and_then(|n| parts.get(n)).copied();
        let beside = [before, next(1)].into_iter().flatten().any(is_number);
        if !is_number(part) {
            if beside && let Some(month) = month(part) {
                found.extend(around(at, month, before, [next(1), next(2)]));
            }
        } else if let (Some(second), Some(third)) = (next(1), next(2)) {
            let ways = [
                (part, second, third),
                (second, part, third),
                (third, second, part),
            ];
            for (day, month, year) in ways.map(|(d, m, y)| (day(d), number(m, 12), self::year(y))) {
                if let (Some(day), Some(month), Some(year)) = (day, month, year) {
                    found.push((at, at + 3, format!("{day:02}{month:02}{year}")));
                }
            }
        }
    }
    found
}

/// The date around a month in words: `12 March 1992`, `March 12, 1992`, `1992 March 12`, and either
/// without day or year.
fn around(
    at: usize,
    month: i8,
    before: Option<&str>,
    [first, second]: [Option<&str>; 2],
) -> Option<(usize, usize, String)> {
    let (day_before, year_before) = (before.and_then(day), before.and_then(year));
    let (day_after, year_after) = (first.and_then(day), first.and_then(year));
    let (from, until, day, year) = match (day_before, year_before, day_after, year_after) {
        (Some(day), _, _, Some(year)) | (None, Some(year), Some(day), _) => {
            (at - 1, at + 2, Some(day), Some(year))
        }
        (Some(day), _, _, None) => (at - 1, at + 1, Some(day), None),
        (None, _, Some(day), _) => match second.and_then(self::year) {
            Some(year) => (at, at + 3, Some(day), Some(year)),
            None => (at, at + 2, Some(day), None),
        },
        (None, _, None, Some(year)) => (at, at + 2, None, Some(year)),
        (None, Some(year), None, None) => (at - 1, at + 1, None, Some(year)),
        (None, None, None, None) => return None,
    };
    let day = day.map(|day| format!("{day:02}")).unwrap_or_default();
    Some((
        from,
        until,
        format!("{day}{month:02}{}", year.unwrap_or_default()),
    ))
}

fn number(part: &str, most: u8) -> Option<u8> {
    let number = part.parse().ok().filter(|_| part.len() <= 2)?;
    (1..=most).contains(&number).then_some(number)
}

fn day(part: &str) -> Option<u8> {
    number(part, 31)
}

fn year(part: &str) -> Option<&str> {
    (part.len() == 4 && is_number(part)).then_some(part)
}
