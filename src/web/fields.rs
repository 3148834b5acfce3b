//! What a form or a query carries: names and values, as they were typed.

use std::str::FromStr;

/// Names and values in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// From `application/x-www-form-urlencoded` bytes. What is no UTF-8 is replaced, never refused.
    pub fn parse(bytes: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(bytes).into_owned();
        Self(pairs.map(|(n, v)| (readable(n), readable(v))).collect())
    }

    /// From pairs.
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value of a name, without space around it; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or("").trim()
    }

    /// The first value of a name, as typed.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// Whether a name was sent at all, as a ticked box is.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Every value of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, v)| v.trim())
    }

    /// The first value of a name as something else; `None` when it is missing or does not parse.
    pub fn parsed<T: FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).parse().ok()
    }

    /// Every name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }
}

/// Without what nobody types on purpose and no page may show: characters that control a terminal or
/// a mail, and those that turn the words around them round, with which a name can pose as another.
/// They come along when text is copied, so they are left out rather than complained about.
pub fn readable(text: String) -> String {
    let unruly = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if text.contains(unruly) {
        text.replace(unruly, "")
    } else {
        text
    }
}

/// What is wrong with a form: a sentence per field, in the order of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<(&'static str, String)>);

impl Problems {
    /// Notes a problem of a field.
    pub fn add(&mut self, field: &'static str, sentence: String) {
        self.0.push((field, sentence));
    }

    /// The sentence of a field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(f, _)| *f == field)
            .map(|(_, s)| s.as_str())
    }

    /// Whether all is well.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every field with its sentence, for the summary on top.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(f, s)| (*f, s.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_trimmed_and_found_by_name() {
        let fields = Fields::parse(b"a=+x+&b=1&b=2&c");
        assert_eq!((fields.get("a"), fields.find("a")), ("x", Some(" x ")));
        assert_eq!(fields.all("b").collect::<Vec<_>>(), ["1", "2"]);
        assert!(fields.has("c") && !fields.has("d"));
        assert_eq!(fields.parsed::<u8>("b"), Some(1));
    }

    #[test]
    fn what_nobody_types_is_left_out() {
        let fields =
            Fields::parse("a=x%00y%1b%c2%9bz%e2%80%ae%0d%0a%09w&b=\u{5d0}\u{200f}!".as_bytes());
        assert_eq!(fields.find("a"), Some("xyz\r\n\tw"));
        assert_eq!(
            fields.get("b"),
            "\u{5d0}\u{200f}!",
            "marks that order words stay"
        );
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = Fields::parse(&bytes);
        }
    }
}
