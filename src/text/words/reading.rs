//! Whether people can read a message: long sentences, long words and words that we never write.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::{Message, readings};

/// A sentence has at most 15 words; two more pass, because a name may have three.
const MAX_WORDS: usize = 17;
/// School grade that a message may ask for (Flesch and Kincaid): grade 6 is age 11.
const MAX_GRADE: f64 = 6.0;
/// A sentence of fewer words is a label; a grade says nothing about it.
const MIN_WORDS_FOR_GRADE: usize = 5;

/// A comment above a message that starts like this, with a reason, switches off its grade.
const GRADE_IS_FINE: &str = "Reading age:";

/// What we never write, and what we write instead.
const BANNED: [(&str, &str); 20] = [
    ("please", "leave it out"),
    ("oops", "say what happened"),
    ("whoops", "say what happened"),
    ("invalid", "say what to change"),
    ("submit", "name what happens: \"Send\", \"Book this time\""),
    ("submitted", "\"sent\""),
    ("submitting", "\"sending\""),
    (
        "click",
        "\"choose\" or the name of the button; people tap, type and listen",
    ),
    ("appointment", "\"visit\""),
    ("appointments", "\"visits\""),
    ("error code", "say what to do; a reference may stand alone"),
    ("exception", "say what happened"),
    ("null", "say what is missing"),
    ("bad request", "say what to change"),
    ("internal server error", "say what happened"),
    ("unauthorized", "say who may do it"),
    ("unauthorised", "say who may do it"),
    ("forbidden", "say who may do it"),
    ("terminate", "\"end\""),
    ("utilize", "\"use\""),
];

/// Words that are long but that everybody knows from the doctor's: they count as two syllables.
const FAMILIAR: [&str; 34] = [
    "allergies",
    "allergy",
    "anteroom",
    "april",
    "authenticator",
    "august",
    "calendar",
    "december",
    "doctor",
    "document",
    "documents",
    "emergency",
    "family",
    "february",
    "hospital",
    "insurance",
    "january",
    "july",
    "june",
    "measurement",
    "measurements",
    "medicine",
    "medicines",
    "november",
    "october",
    "operation",
    "password",
    "prescription",
    "prescriptions",
    "saturday",
    "september",
    "telephone",
    "vaccination",
    "vaccinations",
];

fn sentences(text: &str) -> Vec<Vec<String>> {
    static ENDS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"[.!?…]+[)”’\x22]*(?:\s+|$)|\n\s*\n").unwrap());
    let is_word = |word: &&str| word.contains(char::is_alphanumeric) && !word.contains("://");
    ENDS.split(text)
        .map(|sentence| {
            sentence
                .split_whitespace()
                .filter(is_word)
                .map(str::to_owned)
                .collect()
        })
        .filter(|words: &Vec<String>| !words.is_empty())
        .collect()
}

fn syllables(word: &str) -> usize {
    let word: String = word
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphabetic() || *c == '-')
        .collect();
    word.split('-').map(syllables_of_part).sum::<usize>().max(1)
}

fn syllables_of_part(word: &str) -> usize {
    // The e in "time", "times" and "used" is silent; in "table", "boxes" and "needed" it is not.
    static SILENT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"[^aeiouyl]e$|[aeiouy]le$|[^aeiouyscgxz]es$|[^aeioutdy]ed$").unwrap()
    });
    static HISSING: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(ch|sh)es$").unwrap());
    if FAMILIAR.contains(&word) {
        return 2;
    }
    let is_vowel = |c: char| "aeiouyáéíóúàèìòùäöüï".contains(c);
    let mut groups = 0;
    let mut before = false;
    for letter in word.chars() {
        if is_vowel(letter) && !before {
            groups += 1;
        }
        before = is_vowel(letter);
    }
    // The e in "time", "times" and "used" is silent; in "table", "boxes" and "needed" it is not.
    if SILENT.is_match(word) && !HISSING.is_match(word) {
        groups -= 1;
    }
    groups.max(usize::from(!word.is_empty()))
}

/// The school grade of the sentences that are long enough to have one.
#[allow(
    clippy::cast_precision_loss,
    clippy::as_conversions,
    reason = "messages are short"
)]
fn grade(sentences: &[Vec<String>]) -> Option<f64> {
    let long: Vec<_> = sentences
        .iter()
        .filter(|s| s.len() >= MIN_WORDS_FOR_GRADE)
        .collect();
    let words: Vec<_> = long.iter().flat_map(|sentence| sentence.iter()).collect();
    let syllables: usize = words.iter().map(|word| syllables(word)).sum();
    let (sentences, words, syllables) = (long.len() as f64, words.len() as f64, syllables as f64);
    (!long.is_empty()).then(|| 0.39 * words / sentences + 11.8 * syllables / words - 15.59)
}

/// What is wrong with the words of one message, in words.
pub(super) fn complaints(message: &Message) -> Vec<String> {
    static NEVER: LazyLock<Regex> = LazyLock::new(|| {
        let words = BANNED.map(|(banned, _)| banned).join("|");
        Regex::new(&format!(r"\b(?:{words})\b")).unwrap()
    });
    let mut found = BTreeSet::new();
    for text in readings(&message.pattern) {
        let lower = text.to_lowercase();
        for found_word in NEVER.find_iter(&lower) {
            let instead = BANNED
                .iter()
                .find(|(banned, _)| *banned == found_word.as_str());
            let instead = instead.map_or("", |(_, instead)| instead);
            found.insert(format!(
                "says \"{}\". Instead: {instead}.",
                found_word.as_str()
            ));
        }
        let id = &message.id;
        if text.contains('!') && (id.contains("error") || id.contains("problem")) {
            found.insert(String::from(
                "has a \"!\" although something went wrong. Use a full stop.",
            ));
        }
        let sentences = sentences(&text);
        for sentence in sentences
            .iter()
            .filter(|sentence| sentence.len() > MAX_WORDS)
        {
            let (count, words) = (sentence.len(), sentence.join(" "));
            found.insert(format!(
                "has a sentence of {count} words (aim at 15). Split it: {words}"
            ));
        }
        let is_fine = message.comment.lines().any(|line| {
            line.strip_prefix(GRADE_IS_FINE)
                .is_some_and(|reason| !reason.trim().is_empty())
        });
        if let Some(grade) = grade(&sentences).filter(|grade| *grade > MAX_GRADE && !is_fine) {
            let long: BTreeSet<_> = sentences
                .iter()
                .flatten()
                .filter(|word| syllables(word) >= 3)
                .map(String::as_str)
                .collect();
            let long = long.into_iter().collect::<Vec<_>>().join(", ");
            found.insert(format!(
                "has reading grade {grade:.1} (at most {MAX_GRADE}). Use shorter words and sentences. \
                 Long words: [{long}]. If a word cannot go, explain it in a comment above the \
                 message: \"# {GRADE_IS_FINE} why\". Text: {text}"
            ));
        }
    }
    found.into_iter().collect()
}

mod tests {
    use super::super::{messages, parse};
    use super::*;

    fn about(source: &str) -> String {
        let all = messages(&parse(source).unwrap());
        all.iter()
            .flat_map(complaints)
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn plain_words_pass() {
        let sources = [
            "a = Book this time",
            "a = Your visit is on { $date }. You do not need to do anything else before your visit.",
            "a-problem = We could not send your message. Nothing was lost. Try again in 10 minutes.",
            "a = No documents yet. When your clinic shares one, you will get a message here.",
            "a = Well done! { $n -> \n [one] One form is left.\n *[other] { $n } forms are left.\n }",
            "# Reading age: the law names the document.\na = Your confidentiality authorisation needs your signature",
            "a = See https://example.org/a-very-long-address?with=questions.",
        ];
        for source in sources {
            assert_eq!(about(source), "", "{source}");
        }
    }

    #[test]
    fn each_fault_is_found_and_explained() {
        let cases = [
            ("a = Please wait", "please"),
            ("a = OOPS, that went wrong", "oops"),
            ("a = Book\n    .label = Submit", "submit"),
            (
                "a = { $n ->\n    [one] Click here\n   *[other] Go on\n }",
                "click",
            ),
            ("a = Your next appointment", "\"visit\""),
            ("card-error = That did not work!", "\"!\""),
            (
                "a = You can ask us to send the file to your home and to the house of any of your friends.",
                "20 words",
            ),
            (
                "a = Administrative authorisation necessitates documentary verification",
                "reading grade",
            ),
            (
                "# Reading age:\na = Administrative authorisation necessitates documentary verification",
                "reading grade",
            ),
        ];
        for (source, expected) in cases {
            let complaints = about(source);
            assert!(complaints.contains(expected), "{source}: {complaints}");
        }
    }

    #[test]
    fn junk_is_found_with_its_line() {
        assert!(
            parse("a = One\n\nb = { $n\n")
                .unwrap_err()
                .contains("line 3")
        );
    }

    #[test]
    fn syllables_are_counted_well_enough() {
        let cases = [
            ("time", 1),
            ("times", 1),
            ("shared", 1),
            ("needed", 2),
            ("table", 2),
            ("boxes", 2),
            ("file", 1),
            ("you", 1),
            ("clinic", 2),
            ("message", 2),
            ("messages", 3),
            ("Sam", 1),
            ("20", 1),
            ("check-in", 2),
            ("information", 4),
            ("medicine", 2),
            ("the", 1),
        ];
        for (word, expected) in cases {
            assert_eq!(syllables(word), expected, "{word}");
        }
    }
}
