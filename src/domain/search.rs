//! What a search looks for: folded words of names, runs of digits, and chart numbers.

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::patient::Patient;
use super::person::HumanName;

mod query;
pub use query::{Dialling, readings};

/// The fewest letters of a name that are looked up; one in a script that is written [`together`].
pub const MIN_LETTERS: usize = 2;
/// The most places in a run of letters at which a search may begin: the index stays small, whatever
/// stands in a name.
const MAX_STARTS: usize = 16;
/// The fewest digits of a phone number or birth date that are looked up.
pub const MIN_DIGITS: usize = 3;
/// What is typed before a number to say that it is a chart's: then any number of digits is enough.
const CHART_MARK: char = '#';

/// Whether a letter is of a script that is written without spaces between words, or whose names are
/// written together: one letter says much, and nobody knows where the family name ends.
pub fn together(letter: char) -> bool {
    stands_alone(letter)
        || matches!(letter,
            // Thai and Lao, Tibetan, Myanmar, Khmer, and the parts of Hangul.
            '\u{0E00}'..='\u{0FFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}'
            | '\u{1780}'..='\u{17FF}')
}

/// Whether each letter is a syllable or a word, so that a name may begin at any of them.
fn stands_alone(letter: char) -> bool {
    matches!(letter,
        // Kana, Bopomofo and Hangul with the marks of repetition, Han and its further planes.
        '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{318F}' | '\u{31A0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FFDC}' | '\u{20000}'..='\u{3FFFD}')
}

/// The words of a text, as written.
fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || is_combining_mark(c) || c == '\''))
        .filter(|word| !word.is_empty())
}

/// The words of a name without case and accents. A word in another script is given twice: folded
/// in its own script and spelled in Latin letters, so that it is found either way.
pub fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in split(text) {
        add_both(&mut found, word);
    }
    found
}

/// Adds a word folded, and before it in Latin letters where that is another word.
fn add_both(found: &mut Vec<String>, word: &str) {
    let own = fold(word);
    let latin: String = any_ascii::any_ascii(&own)
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    for form in [latin, own] {
        if !form.is_empty() && !found.contains(&form) {
            found.push(form);
        }
    }
}

/// The words of a name that are written [`together`], as one may write them: the family name first,
/// and the given name first. Nothing for a name without such words.
fn written_together(name: &HumanName) -> Vec<Vec<&str>> {
    fn of(text: &str) -> Vec<&str> {
        split(text).filter(|w| w.contains(together)).collect()
    }
    let (family, given) = (of(&name.family), of(&name.given));
    let mut ways = vec![[family.clone(), given.clone()].concat()];
    if !family.is_empty() && !given.is_empty() {
        ways.push([given, family].concat());
    }
    ways.retain(|words| !words.is_empty());
    ways
}

/// The runs of letters under which such a name is looked up: from each place at which a name in it
/// may begin up to its end.
fn tails(words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (n, word) in words.iter().enumerate() {
        let rest = words.get(n + 1..).unwrap_or_default().concat();
        for (at, letter) in word.char_indices() {
            let begins = at == 0 || (stands_alone(letter) && !is_combining_mark(letter));
            if begins && let Some(tail) = word.get(at..) {
                found.push(format!("{tail}{rest}"));
            }
        }
    }
    found.truncate(MAX_STARTS);
    found
}

/// A name written together, folded, in either order: whoever has the same name has one of these as
/// a search term. Empty for a name in scripts with spaces.
pub fn runs(name: &HumanName) -> Vec<String> {
    let ways = written_together(name);
    ways.iter().map(|words| fold(&words.concat())).collect()
}

/// Whether two names are the same but for case, accents and order, and in scripts without spaces
/// also but for where the family name ends.
pub fn same_name(one: &HumanName, other: &HumanName) -> bool {
    let apart = |name: &HumanName| {
        let full = name.full();
        let mut found: Vec<String> = Vec::new();
        for word in split(&full).filter(|w| !w.contains(together)) {
            add_both(&mut found, word);
        }
        found.sort();
        found
    };
    let (ours, theirs) = (runs(one), runs(other));
    let same_run = ours.iter().any(|run| theirs.contains(run));
    let words = apart(one);
    words == apart(other)
        && if ours.is_empty() && theirs.is_empty() {
            !words.is_empty()
        } else {
            same_run
        }
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

/// Every entry of the search index for a patient: folded name words, tails of a name written
/// together, each tail of the digit strings, so that a prefix look-up finds any run of digits, and
/// the chart number.
pub fn index_terms(patient: &Patient) -> Vec<String> {
    let mut terms = Vec::new();
    for name in &patient.names {
        for word in words(&name.full()) {
            if !terms.contains(&word) {
                terms.push(word);
            }
        }
        for words in written_together(name) {
            for tail in tails(&words) {
                add_both(&mut terms, &tail);
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
    terms.extend(chart_terms(patient));
    terms
}

/// The entries for the number of a chart: with its mark, and without it where it is long enough.
/// No other entry has a mark, so they may stand beside those of another chart: a chart that was
/// merged away is found by them and nothing else.
pub fn chart_terms(patient: &Patient) -> Vec<String> {
    let mut terms = Vec::new();
    if patient.chart > 0 {
        let number = patient.chart.to_string();
        terms.push(chart_term(&number));
        if number.len() >= MIN_DIGITS {
            terms.push(format!("{number}{CHART_MARK}"));
        }
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
    use proptest::prelude::*;

    const UK: Option<Dialling<'_>> = Some(Dialling {
        prefix: "0",
        code: "44",
    });

    fn found(patient: &Patient, typed: &str) -> bool {
        let index = index_terms(patient);
        readings(typed, &english, UK).iter().any(|terms| {
            terms
                .iter()
                .all(|t| index.iter().any(|i| i.starts_with(t.as_str())))
        })
    }

    /// Months as one types them in English, from three letters.
    fn english(word: &str) -> Option<i8> {
        const MONTHS: [&str; 12] = [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ];
        let typed = word.to_lowercase();
        let at = MONTHS
            .iter()
            .position(|m| typed.len() >= 3 && m.starts_with(&typed))?;
        i8::try_from(at + 1).ok()
    }

    fn named(family: &str, given: &str) -> HumanName {
        HumanName {
            family: family.to_owned(),
            given: given.to_owned(),
            ..HumanName::default()
        }
    }

    fn of_name(family: &str, given: &str) -> Patient {
        let mut p = patient("");
        p.names = vec![named(family, given)];
        p
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
    fn one_letter_is_enough_where_names_are_written_together() {
        for (family, given, finds) in [
            (
                "张",
                "伟",
                &[
                    "张", "伟", "张伟", "伟张", "张 伟", "伟 张", "zhang", "wei", "zhangwei",
                ][..],
            ),
            (
                "欧阳",
                "修",
                &["欧", "阳", "欧阳", "修", "欧阳修", "修欧阳", "修 欧阳"],
            ),
            (
                "김",
                "민준",
                &["김", "민", "준", "김민준", "민준김", "민준 김"],
            ),
            ("すずき", "はな", &["す", "は", "すずきはな", "はなすずき"]),
            ("スズキ", "ハナ", &["ス", "ハ", "スズキハナ", "ハナ スズキ"]),
            (
                "ใจดี",
                "สมชาย",
                &["ใ", "ส", "สมชาย", "สมชายใจดี", "ใจดีสมชาย", "สมชาย ใจ"],
            ),
            // Nobody said where the family name ends.
            ("", "张伟", &["张", "伟", "张伟", "zhang", "wei"]),
        ] {
            let p = of_name(family, given);
            for typed in finds {
                assert!(found(&p, typed), "{family} {given}: {typed}");
            }
            for typed in ["王", "박", "ん", "ก", "伟大", "z"] {
                assert!(!found(&p, typed), "{family} {given}: {typed}");
            }
        }
        // A word of another script beside it is not glued to it.
        let mixed = of_name("张伟", "David");
        assert!(found(&mixed, "伟 david") && !found(&mixed, "张伟david"));
    }

    #[test]
    fn the_same_name_written_together_is_the_same_name() {
        for other in [named("", "张伟"), named("伟", "张"), named("张伟", "")] {
            assert!(same_name(&named("张", "伟"), &other), "{other:?}");
            let terms = index_terms(&of_name(&other.family, &other.given));
            let known = runs(&named("张", "伟"));
            assert!(known.iter().any(|run| terms.contains(run)), "{other:?}");
        }
        for other in [
            named("张", "伟大"),
            named("Zhang", "伟"),
            named("David", "张伟"),
        ] {
            assert!(!same_name(&named("张", "伟"), &other), "{other:?}");
        }
        assert!(same_name(&named("Müller", "Zoë"), &named("zoe", "MULLER")));
        assert!(!same_name(&named("", ""), &named("", "")));
    }

    #[test]
    fn a_birth_date_is_found_as_people_type_it() {
        let p = patient("Jo Lee");
        for typed in [
            "9 March 1948",
            "09 mar 1948",
            "March 9, 1948",
            "1948 March 9",
            "9 March",
            "march 1948",
            "lee 9 march 1948",
            "9/3/1948",
            "3/9/1948",
            "1948-3-9",
        ] {
            assert!(found(&p, typed), "{typed}");
        }
        for typed in [
            "9 May 1948",
            "9 March 1949",
            "19 March 1948",
            "kim 9 march 1948",
            "march",
        ] {
            assert!(!found(&p, typed), "{typed}");
        }
        // Some people are called like a month.
        let may = patient("May Marchetti");
        for typed in ["may", "may 1948", "march", "marchetti may"] {
            assert!(found(&may, typed), "{typed}");
        }
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
    fn a_phone_number_is_found_from_its_start_as_pages_show_it() {
        let mut p = patient("Jo Lee");
        for typed in ["077", "07700", "07700 9", "lee 0770", "+44 7700"] {
            assert!(found(&p, typed), "{typed}");
        }
        // The rest of it stands further on, where no number of the country begins.
        for typed in ["00 7700", "07 900", "kim 07700", "02 0"] {
            assert!(!found(&p, typed), "{typed}");
        }
        p.phones = vec!["+442079460018".into()];
        for typed in ["020", "020 7946", "(020) 7946 0018"] {
            assert!(found(&p, typed), "{typed}");
        }
        // Where nothing is dialled before a number, there is one reading.
        let plain = readings("07700", &english, None);
        assert_eq!(plain, [["07700"]]);
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

    proptest! {
        /// Wherever one begins to type a name in such a script, and in whichever order, it is found.
        #[test]
        fn a_name_is_found_from_any_of_its_letters(
            family in "[\u{4E00}-\u{9FA5}\u{AC00}-\u{D7A3}\u{3041}-\u{3093}]{1,4}",
            given in "[\u{4E00}-\u{9FA5}\u{AC00}-\u{D7A3}\u{3041}-\u{3093}]{1,4}",
            from in 0usize..8,
        ) {
            let p = of_name(&family, &given);
            for run in [format!("{family}{given}"), format!("{given}{family}")] {
                let letters = run.chars().count();
                let typed: String = run.chars().skip(from % letters).collect();
                prop_assert!(found(&p, &typed), "{} in {}", typed, run);
            }
            let first: String = given.chars().take(1).collect();
            let apart = format!("{family} {first}");
            prop_assert!(found(&p, &first) && found(&p, &apart));
            let together = named("", &format!("{family}{given}"));
            prop_assert!(same_name(p.name(), &together));
        }

        /// A long name does not swell the index.
        #[test]
        fn the_index_of_a_name_is_small(name in "\\PC{0,120}") {
            let mut p = patient("");
            p.names = vec![named("", &name)];
            (p.phones, p.birth_date) = (Vec::new(), None);
            let words = name.split(|c: char| !c.is_alphanumeric()).count();
            prop_assert!(index_terms(&p).len() <= 2 * (words + MAX_STARTS));
        }

        /// Whatever is typed: no term is empty, and there are few readings.
        #[test]
        fn whatever_is_typed_is_read(typed in "\\PC{0,60}") {
            let read = readings(&typed, &english, UK);
            prop_assert!(read.len() <= 4);
            prop_assert!(read.iter().all(|terms| !terms.is_empty() && terms.iter().all(|t| !t.is_empty())));
        }

        /// Any day, said in words or in numbers, finds who was born on it.
        #[test]
        fn any_birth_date_is_found(year in 1900i16..2100, month in 1i8..=12, day in 1i8..=28) {
            const NAMES: [&str; 12] = [
                "Jan", "February", "mar", "April", "May", "june", "July", "Aug", "Sept", "october",
                "nov", "December",
            ];
            let mut p = patient("Jo Lee");
            p.birth_date = Some(date(year, month, day));
            let name = NAMES[usize::try_from(month).unwrap() - 1];
            for typed in [
                format!("{day} {name} {year}"),
                format!("{name} {day}, {year}"),
                format!("{day}/{month}/{year}"),
                format!("{year}-{month}-{day}"),
            ] {
                prop_assert!(found(&p, &typed), "{}", typed);
            }
        }
    }
}
