//! How it is said: messages, dates, numbers and money in the language of the reader.
//!
//! A page asks for a [`Text`] once and says everything through it: `t!(text, "visit-booked")`.
//! The words are in `assets/locales`; a wrong id or argument does not compile.

mod calendar;
pub mod day;
pub mod hours;
mod language;
pub mod money;
mod number;
pub mod phone;
mod pseudo;
pub mod when;
#[cfg(test)]
mod words;

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent::{FluentArgs, FluentValue};
use i18n_embed::fluent::FluentLanguageLoader;
use i18n_embed::{I18nAssets, LanguageLoader};
use unic_langid::LanguageIdentifier;

pub use language::{Direction, Language};

/// The words, as written. Every other language falls back to them, message by message.
const ENGLISH: &str = include_str!("../../assets/locales/en/anteroom.ftl");

/// The name of the message files: the name of the package, as the compile-time check expects.
const DOMAIN: &str = "anteroom";

/// Says a message: `t!(text, "id")` or `t!(text, "id", name = value, count = 3)`.
///
/// The id and the names of the arguments are checked against the English words when the program is
/// compiled. A number chooses the plural and is shown with the digits and groups of the language;
/// give a year as text. Gives a `String`.
#[macro_export]
macro_rules! t {
    ($text:expr, $id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        ::i18n_embed_fl::fl!($text.loader(), $id $(, $name = ($value))*)
    };
}

/// Everything that is said to one reader, in that reader's language.
///
/// It is a handle: copy it freely. The messages behind it are read once per process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Text {
    language: Language,
}

impl Text {
    /// The words of a language.
    pub const fn new(language: Language) -> Self {
        Self { language }
    }

    /// The language that is spoken.
    pub const fn language(self) -> Language {
        self.language
    }

    /// The messages of the language. For [`t!`](crate::t), which checks what it asks for.
    pub fn loader(self) -> &'static FluentLanguageLoader {
        static ENGLISH: LazyLock<FluentLanguageLoader> = LazyLock::new(|| load(Language::English));
        static LONGER: LazyLock<FluentLanguageLoader> = LazyLock::new(|| load(Language::Longer));
        static RIGHT_TO_LEFT: LazyLock<FluentLanguageLoader> =
            LazyLock::new(|| load(Language::RightToLeft));
        match self.language {
            Language::English => &ENGLISH,
            Language::Longer => &LONGER,
            Language::RightToLeft => &RIGHT_TO_LEFT,
        }
    }

    /// Whether a message exists.
    pub fn has(self, id: &str) -> bool {
        self.loader().has(id)
    }

    /// Says a message whose id is only known while running, such as the reason of a refusal.
    ///
    /// Prefer [`t!`](crate::t), which is checked. An argument is a name and a value; an unknown id
    /// gives a text that names the id and leaves an error in the log.
    pub fn say(self, id: &str, arguments: &[(&str, FluentValue<'_>)]) -> String {
        let arguments: FluentArgs<'_> = arguments
            .iter()
            .map(|(name, value)| (*name, value.clone()))
            .collect();
        self.loader().get_args_fluent(id, Some(&arguments))
    }
}

/// The message files of one language: its own and the English one.
struct Words(Language);

impl I18nAssets for Words {
    fn get_files(&self, file_path: &str) -> Vec<Cow<'_, [u8]>> {
        let (tag, _) = file_path.split_once('/').unwrap_or((file_path, ""));
        if tag == Language::English.tag() {
            vec![Cow::Borrowed(ENGLISH.as_bytes())]
        } else if tag == self.0.tag() {
            vec![Cow::Owned(pseudo::resource(ENGLISH, self.0).into_bytes())]
        } else {
            Vec::new()
        }
    }

    fn filenames_iter(&self) -> Box<dyn Iterator<Item = String> + '_> {
        let tags = [Language::English.tag(), self.0.tag()];
        Box::new(tags.into_iter().map(|tag| format!("{tag}/{DOMAIN}.ftl")))
    }
}

fn load(language: Language) -> FluentLanguageLoader {
    let loader = FluentLanguageLoader::new(DOMAIN, identifier(Language::English));
    let wanted = match language {
        Language::English => vec![identifier(Language::English)],
        Language::Longer | Language::RightToLeft => {
            vec![identifier(language), identifier(Language::English)]
        }
    };
    if let Err(error) = loader.load_languages(&Words(language), &wanted) {
        tracing::error!(language = language.tag(), %error, "the words of a language do not load");
    }
    // The marks that keep a name apart from the text around it would end up in mails and titles;
    // pages use <bdi> instead.
    let shown_number = match language {
        Language::English | Language::Longer | Language::RightToLeft => number::in_english_message,
    };
    loader.with_bundles_mut(|bundle| {
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(shown_number));
    });
    loader
}

fn identifier(language: Language) -> LanguageIdentifier {
    // A tag that does not parse would be "und": no messages, so every test of them fails.
    language.tag().parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_said_in_the_language_of_the_reader() {
        assert_eq!(t!(Text::default(), "app-name"), "Anteroom");
        let longer = t!(Text::new(Language::Longer), "app-name");
        assert!(longer.starts_with('Å'), "{longer}");
        assert!(t!(Text::new(Language::RightToLeft), "app-name").contains('\u{202e}'));
    }

    #[test]
    fn an_unknown_id_is_named_in_what_is_said() {
        assert!(!Text::default().has("no-such-message"));
        assert!(
            Text::default()
                .say("no-such-message", &[])
                .contains("no-such-message")
        );
        assert_eq!(Text::default().say("app-name", &[]), "Anteroom");
    }
}
