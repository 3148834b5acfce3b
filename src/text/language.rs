//! The languages that Anteroom speaks, and how one is chosen for a reader.

use icu_locale_core::{Locale, locale};

/// Which way a line of text runs. Printed as the value of the HTML attribute `dir`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl Direction {
    /// The value of the HTML attribute `dir`: `ltr` or `rtl`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ltr => "ltr",
            Self::Rtl => "rtl",
        }
    }
}

impl std::fmt::Display for Direction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A language that every page, mail and message exists in.
///
/// Two of them are made from English by rule, so they are always complete: they show a layout that
/// is too tight, or that only works from left to right, before a real translation does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English, the language the words are written in.
    #[default]
    English,
    /// Test language: English with accents, about two fifths longer.
    Longer,
    /// Test language: English that runs from right to left.
    RightToLeft,
}

impl Language {
    /// The languages that readers are offered.
    pub const OFFERED: [Self; 1] = [Self::English];

    /// Every language, with those that exist for the demo and for tests.
    pub const ALL: [Self; 3] = [Self::English, Self::Longer, Self::RightToLeft];

    /// The BCP 47 tag: the value of the HTML attribute `lang`, and what is stored.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Longer => "en-XA",
            Self::RightToLeft => "ar-XB",
        }
    }

    /// The name of the language in that language, for the list a reader picks from.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Longer => "Ëñğļïšĥ, longer (test)",
            Self::RightToLeft => "English, right to left (test)",
        }
    }

    /// Which way its lines run.
    pub const fn direction(self) -> Direction {
        match self {
            Self::English | Self::Longer => Direction::Ltr,
            Self::RightToLeft => Direction::Rtl,
        }
    }

    /// Whether the language is made by rule and exists for the demo and for tests only.
    pub const fn is_test(self) -> bool {
        match self {
            Self::English => false,
            Self::Longer | Self::RightToLeft => true,
        }
    }

    /// The locale whose names and number shapes the language uses.
    ///
    /// British English stands for English: its dates have the day first. The test languages use it
    /// too, and change the words afterwards.
    pub(super) const fn locale(self) -> Locale {
        match self {
            Self::English | Self::Longer | Self::RightToLeft => locale!("en-GB"),
        }
    }

    /// The language that a tag means, or none if we do not speak it.
    ///
    /// Capitals do not matter and `_` is read as `-`. A region or script that we do not know is
    /// left off (`en-AU` is English); the test languages need their full tag.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let tag = tag.trim().replace('_', "-");
        let exact = Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(&tag));
        exact.or_else(|| {
            let primary = tag.split('-').next()?;
            Self::OFFERED
                .into_iter()
                .find(|language| language.tag().eq_ignore_ascii_case(primary))
        })
    }

    /// The language that a tag means, or English if we do not speak it.
    pub fn from_tag_or_english(tag: &str) -> Self {
        Self::from_tag(tag).unwrap_or_default()
    }

    /// The best language for the value of an `Accept-Language` header; English if none fits.
    ///
    /// `with_test_languages` is true in the demo and in tests only.
    pub fn negotiate(accept_language: &str, with_test_languages: bool) -> Self {
        let mut wishes: Vec<(u16, Self)> = accept_language
            .split(',')
            .filter_map(|item| {
                let mut parts = item.split(';');
                let language = Self::from_tag(parts.next()?)?;
                let weight = parts
                    .find_map(|part| part.trim().strip_prefix("q="))
                    .map_or(Some(1000), thousandths)?;
                let usable = weight > 0 && (with_test_languages || !language.is_test());
                usable.then_some((weight, language))
            })
            .collect();
        // The sort is stable: between equal weights the reader's own order decides.
        wishes.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        wishes
            .first()
            .map_or_else(Self::default, |(_, language)| *language)
    }
}

impl std::fmt::Display for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.tag())
    }
}

/// A weight such as `0.8` in thousandths: at most three decimals, at most 1.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, decimals) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: u16 = whole.parse().ok()?;
    let part: u16 = format!("{decimals:0<3}").parse().ok()?;
    let weight = whole.checked_mul(1000)?.checked_add(part)?;
    (weight <= 1000).then_some(weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_names_its_language() {
        for language in Language::ALL {
            assert_eq!(Language::from_tag(language.tag()), Some(language));
        }
        assert_eq!(Language::from_tag("EN_gb"), Some(Language::English));
        assert_eq!(Language::from_tag("en-xa"), Some(Language::Longer));
        assert_eq!(
            Language::from_tag("ar"),
            None,
            "a real Arabic reader does not want the test language"
        );
        assert_eq!(Language::from_tag(""), None);
        assert_eq!(Language::from_tag_or_english("tlh"), Language::English);
    }

    #[test]
    fn the_reader_gets_the_language_with_the_highest_weight() {
        let cases = [
            ("", true, Language::English),
            ("*", true, Language::English),
            ("de-DE,de;q=0.9,en;q=0.8", true, Language::English),
            ("en;q=0.5, ar-XB", true, Language::RightToLeft),
            ("en;q=0.5, ar-XB", false, Language::English),
            ("en-XA;q=0.2,en;q=0.9", true, Language::English),
            ("ar-XB;q=0,en-XA;q=0.1", true, Language::Longer),
            ("en-XA;q=7, ar-XB;q=0.001", true, Language::RightToLeft),
            ("ar-XB, en-XA", true, Language::RightToLeft),
            (";;,,q=1;;", true, Language::English),
        ];
        for (header, with_test_languages, expected) in cases {
            assert_eq!(
                Language::negotiate(header, with_test_languages),
                expected,
                "{header}"
            );
        }
    }

    #[test]
    fn only_the_right_to_left_language_runs_from_right_to_left() {
        let rtl: Vec<_> = Language::ALL
            .into_iter()
            .filter(|l| l.direction() == Direction::Rtl)
            .collect();
        assert_eq!(rtl, [Language::RightToLeft]);
        assert_eq!(Direction::Rtl.to_string(), "rtl");
    }
}
