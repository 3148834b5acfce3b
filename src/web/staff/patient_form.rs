//! The questions about a patient, for registering and for changing: dense, on one page.

use jiff::civil::Date;
use maud::{Markup, html};

use crate::app::registration::Details;
use crate::domain::person::{Address, Email, Gender, HumanName};
use crate::t;
use crate::text::phone;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::respond::Trouble;
use crate::web::ui::choice_rows::{Choice, ChoiceRows, tick_box};
use crate::web::ui::date3::{Date3, DateOrder, Part};
use crate::web::ui::details::details;
use crate::web::ui::field::{Field, Kind, Wrong};
use crate::web::ui::select::Select;

/// Every field of the form.
pub const FIELDS: [&str; 18] = [
    "given",
    "family",
    "born-day",
    "born-month",
    "born-year",
    "phone",
    "email",
    "other-phones",
    "gender",
    "language",
    "address-lines",
    "city",
    "region",
    "postal-code",
    "country",
    "desk-note",
    "no-reminders",
    "anyway",
];

/// The longest answer on one line, in characters.
const LINE_MAX: usize = 120;
/// The longest answer on several lines, in characters.
const TEXT_MAX: usize = 1_000;

/// Languages to choose from, each in its own words.
const LANGUAGES: [(&str, &str); 32] = [
    ("ar", "العربية"),
    ("bg", "Български"),
    ("bn", "বাংলা"),
    ("cs", "Čeština"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("es", "Español"),
    ("fa", "فارسی"),
    ("fi", "Suomi"),
    ("fr", "Français"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("hu", "Magyar"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("nl", "Nederlands"),
    ("no", "Norsk"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ro", "Română"),
    ("ru", "Русский"),
    ("sv", "Svenska"),
    ("ta", "தமிழ்"),
    ("tl", "Tagalog"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("ur", "اردو"),
    ("vi", "Tiếng Việt"),
    ("zh", "中文"),
];

/// A language in its own words; the tag itself when it is none of ours.
pub fn language_name(tag: &str) -> &str {
    let language = tag.split(['-', '_']).next().unwrap_or(tag);
    LANGUAGES
        .iter()
        .find(|(known, _)| *known == language)
        .map_or(tag, |(_, name)| name)
}

/// What stands in the form: what is known, or what was typed.
#[derive(Clone, Debug, Default)]
pub struct Typed(Vec<(String, String)>);

impl Typed {
    /// As sent.
    pub fn from_form(form: &Fields) -> Self {
        let sent = form.iter().map(|(n, v)| (n.to_owned(), v.to_owned()));
        Self(sent.collect())
    }

    /// As known.
    pub fn from_details(ctx: &Ctx, known: &Details) -> Self {
        let country = &ctx.current.settings.profile.country;
        let shown = |number: &String| phone::format(number, country);
        let others: Vec<String> = known.phones.iter().skip(1).map(shown).collect();
        let address = known.address.clone().unwrap_or_default();
        let born = |f: fn(Date) -> String| known.birth_date.map_or_else(String::new, f);
        let pairs = [
            ("given", known.name.given.clone()),
            ("family", known.name.family.clone()),
            ("born-day", born(|d| d.day().to_string())),
            ("born-month", born(|d| d.month().to_string())),
            ("born-year", born(|d| d.year().to_string())),
            ("phone", known.phones.first().map(shown).unwrap_or_default()),
            ("other-phones", others.join("\n")),
            (
                "email",
                known
                    .email
                    .as_ref()
                    .map_or_else(String::new, |e| e.as_str().to_owned()),
            ),
            ("gender", gender_code(known.gender).to_owned()),
            ("language", known.language.clone().unwrap_or_default()),
            ("address-lines", address.lines.join("\n")),
            ("city", address.city),
            ("region", address.region),
            ("postal-code", address.postal_code),
            ("country", address.country),
            ("desk-note", known.desk_note.clone()),
        ];
        let mut typed: Vec<(String, String)> = pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        if known.no_reminders {
            typed.push(("no-reminders".to_owned(), "yes".to_owned()));
        }
        Self(typed)
    }

    /// With another answer.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(n, _)| n != name);
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// An answer, without space around it.
    pub fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, v)| v.trim())
    }

    /// Every answer that is not empty, to send along.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }
}

fn gender_code(gender: Option<Gender>) -> &'static str {
    match gender {
        Some(Gender::Female) => "female",
        Some(Gender::Male) => "male",
        Some(Gender::Other) => "other",
        Some(Gender::Unknown) => "unknown",
        None => "",
    }
}

/// From its word in the form.
pub fn gender_from(code: &str) -> Option<Gender> {
    [Gender::Female, Gender::Male, Gender::Other, Gender::Unknown]
        .into_iter()
        .find(|g| gender_code(Some(*g)) == code)
}

/// Refuses answers that are none of the choices: no form of ours sends them. `known` are the details
/// before, whose language may have come from an import and stands among the choices then.
///
/// # Errors
/// [`Trouble::BadRequest`].
pub fn check_choices(typed: &Typed, known: &Details) -> Result<(), Trouble> {
    let (gender, language) = (typed.get("gender"), typed.get("language"));
    let is_gender = gender.is_empty() || gender_from(gender).is_some();
    let is_language = language.is_empty()
        || LANGUAGES.iter().any(|(tag, _)| *tag == language)
        || known.language.as_deref() == Some(language);
    let is_tick = |name| matches!(typed.get(name), "" | "yes");
    if is_gender && is_language && is_tick("no-reminders") && is_tick("anyway") {
        Ok(())
    } else {
        Err(Trouble::BadRequest)
    }
}

/// Three fields that make no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADate;

/// A date from its three fields. `Ok(None)` when all are empty.
///
/// # Errors
/// When they are no date.
pub fn parse_date(
    ctx: &Ctx,
    (day, month, year): (&str, &str, &str),
) -> Result<Option<Date>, NotADate> {
    if day.is_empty() && month.is_empty() && year.is_empty() {
        return Ok(None);
    }
    let month = ctx.text.month_from(month).ok_or(NotADate)?;
    let year: i16 = year.parse().map_err(|_| NotADate)?;
    let day: i8 = day.parse().map_err(|_| NotADate)?;
    Date::new(year, month, day).map(Some).map_err(|_| NotADate)
}

/// The details from what was typed. `known` are the details before: a phone number that an import
/// left unreadable may stay as it is. With `new`, there must be a way to reach the person.
pub fn parse(ctx: &Ctx, typed: &Typed, known: &Details, new: bool) -> Result<Details, Problems> {
    let text = ctx.text;
    let mut problems = Problems::default();
    check_lengths(ctx, typed, &mut problems);
    let mut name = HumanName {
        given: typed.get("given").to_owned(),
        family: typed.get("family").to_owned(),
        ..known.name.clone()
    };
    if name.is_empty() {
        problems.add("given", t!(text, "register-problem-name"));
        name = HumanName::default();
    }
    let parts = (
        typed.get("born-day"),
        typed.get("born-month"),
        typed.get("born-year"),
    );
    let birth_date = match parse_date(ctx, parts) {
        Ok(Some(born)) if born > ctx.today() || born.year() < 1880 => {
            problems.add("born", t!(text, "register-problem-birth-range"));
            None
        }
        Ok(born) => born,
        Err(NotADate) => {
            problems.add("born", t!(text, "register-problem-birth"));
            None
        }
    };
    let phones = parse_phones(ctx, typed, known, &mut problems);
    let email = match typed.get("email") {
        "" => None,
        address => {
            let email = Email::try_from(address).ok();
            if email.is_none() {
                problems.add("email", t!(text, "register-problem-email"));
            }
            email
        }
    };
    if new && typed.get("phone").is_empty() && typed.get("email").is_empty() {
        problems.add("phone", t!(text, "register-problem-contact"));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Details {
        name,
        birth_date,
        gender: gender_from(typed.get("gender")),
        phones,
        email,
        address: parse_address(typed),
        language: Some(typed.get("language").to_owned()).filter(|l| !l.is_empty()),
        desk_note: typed.get("desk-note").to_owned(),
        no_reminders: typed.has("no-reminders"),
    })
}

/// A gender as people read it.
pub fn gender_words(ctx: &Ctx, gender: Option<Gender>) -> String {
    let text = ctx.text;
    match gender {
        None => t!(text, "gender-not-said"),
        Some(Gender::Female) => t!(text, "gender-female"),
        Some(Gender::Male) => t!(text, "gender-male"),
        Some(Gender::Other) => t!(text, "gender-other"),
        Some(Gender::Unknown) => t!(text, "gender-unknown"),
    }
}

fn check_lengths(ctx: &Ctx, typed: &Typed, problems: &mut Problems) {
    for field in FIELDS {
        let max = match field {
            "desk-note" | "address-lines" | "other-phones" => TEXT_MAX,
            _ => LINE_MAX,
        };
        // The three parts of a date have a sentence of their own.
        if typed.get(field).chars().count() > max && !field.starts_with("born") {
            problems.add(field, t!(ctx.text, "error-too-long", max = max));
        }
    }
}

fn parse_phones(ctx: &Ctx, typed: &Typed, known: &Details, problems: &mut Problems) -> Vec<String> {
    let country = &ctx.current.settings.profile.country;
    let mut phones: Vec<String> = Vec::new();
    let first = std::iter::once(("phone", typed.get("phone")));
    let others = typed.get("other-phones").lines();
    for (field, line) in first.chain(others.map(|line| ("other-phones", line))) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let number = if known.phones.iter().any(|p| p == line) {
            Ok(line.to_owned())
        } else {
            phone::parse(line, country)
        };
        match number {
            Ok(number) if phones.contains(&number) => {}
            Ok(number) => phones.push(number),
            Err(problem) => {
                if problems.of(field).is_none() {
                    problems.add(field, ctx.text.phone_problem(problem));
                }
            }
        }
    }
    phones
}

fn parse_address(typed: &Typed) -> Option<Address> {
    let lines = typed.get("address-lines").lines();
    let lines = lines.map(str::trim).filter(|l| !l.is_empty());
    let address = Address {
        lines: lines.map(str::to_owned).collect(),
        city: typed.get("city").to_owned(),
        region: typed.get("region").to_owned(),
        postal_code: typed.get("postal-code").to_owned(),
        country: typed.get("country").to_owned(),
    };
    (address != Address::default()).then_some(address)
}

/// The order of day, month and year that the clinic's country writes.
pub fn date_order(ctx: &Ctx) -> DateOrder {
    match ctx.current.settings.profile.country.as_str() {
        "US" => DateOrder::MonthDayYear,
        "CN" | "HU" | "JP" | "KR" | "LT" | "TW" => DateOrder::YearMonthDay,
        _ => DateOrder::DayMonthYear,
    }
}

/// The questions. Those that one can do without are behind a line that opens.
pub fn questions(ctx: &Ctx, typed: &Typed, problems: &Problems, open: bool) -> Markup {
    let text = ctx.text;
    let prefix = t!(text, "page-error-prefix");
    let wrong = |name: &str| {
        problems.of(name).map(|message| Wrong {
            prefix: &prefix,
            message,
        })
    };
    let (given, family) = (t!(text, "register-given"), t!(text, "register-family"));
    let (phone, email) = (t!(text, "register-phone"), t!(text, "register-email"));
    let (born, born_hint) = (t!(text, "register-born"), t!(text, "register-born-hint"));
    let (day, month, year) = (
        t!(text, "date-day"),
        t!(text, "date-month"),
        t!(text, "date-year"),
    );
    let part = |label, name| Part {
        label,
        value: typed.get(name),
    };
    html! {
        div.grid-form {
            (Field::new("given", &given).value(typed.get("given")).wrong(wrong("given")).autocomplete("off").show())
            (Field::new("family", &family).value(typed.get("family")).wrong(wrong("family")).autocomplete("off").show())
            (Field::new("phone", &phone).kind(Kind::Tel).hint(&t!(text, "register-phone-hint"))
                .value(typed.get("phone")).wrong(wrong("phone")).autocomplete("off").show())
            (Field::new("email", &email).kind(Kind::Email).hint(&t!(text, "register-email-hint"))
                .value(typed.get("email")).wrong(wrong("email")).autocomplete("off").show())
        }
        (Date3 {
            id: "born",
            legend: &born,
            heading: false,
            hint: Some(&born_hint),
            wrong: wrong("born"),
            order: date_order(ctx),
            day: part(&day, "born-day"),
            month: part(&month, "born-month"),
            year: part(&year, "born-year"),
            own_birthday: false,
        }.show())
        @if open { (more(ctx, typed, problems)) }
        @else {
            (details(&t!(text, "register-more"), &more(ctx, typed, problems), has_more(problems)))
        }
    }
}

/// Whether a problem is among the questions behind the line that opens.
fn has_more(problems: &Problems) -> bool {
    let first = ["given", "family", "phone", "email", "born"];
    problems.iter().any(|(field, _)| !first.contains(&field))
}

fn more(ctx: &Ctx, typed: &Typed, problems: &Problems) -> Markup {
    let text = ctx.text;
    let prefix = t!(text, "page-error-prefix");
    let wrong = |name: &str| {
        problems.of(name).map(|message| Wrong {
            prefix: &prefix,
            message,
        })
    };
    let line = |name: &'static str, label: &str| {
        Field::new(name, label)
            .value(typed.get(name))
            .wrong(wrong(name))
            .autocomplete("off")
            .show()
    };
    let lines = |name: &'static str, label: &str, hint: &str| {
        Field::new(name, label)
            .hint(hint)
            .value(typed.get(name))
            .wrong(wrong(name))
            .autocomplete("off")
            .lines(2)
            .show()
    };
    let genders = [
        None,
        Some(Gender::Female),
        Some(Gender::Male),
        Some(Gender::Other),
        Some(Gender::Unknown),
    ]
    .map(|gender| (gender_code(gender), gender_words(ctx, gender)));
    let genders: Vec<Choice<'_>> = genders
        .iter()
        .map(|(value, label)| Choice {
            value,
            label,
            detail: None,
            checked: typed.get("gender") == *value,
        })
        .collect();
    let unsaid = t!(text, "register-language-clinic");
    let chosen = typed.get("language");
    let mut languages = vec![("", unsaid.as_str())];
    languages.extend(LANGUAGES);
    if !languages.iter().any(|(tag, _)| *tag == chosen) {
        languages.push((chosen, language_name(chosen)));
    }
    html! {
        (lines("other-phones", &t!(text, "register-other-phones"), &t!(text, "register-one-per-line")))
        (ChoiceRows {
            id: "gender",
            legend: &t!(text, "register-gender"),
            heading: false,
            hint: None,
            wrong: None,
            several: false,
            choices: &genders,
        }.show())
        (Select {
            id: "language",
            label: &t!(text, "register-language"),
            hint: None,
            wrong: wrong("language"),
            options: &languages,
            chosen,
            autocomplete: None,
        }.show())
        (lines("address-lines", &t!(text, "register-address"), &t!(text, "register-address-hint")))
        div.grid-form {
            (line("city", &t!(text, "register-city")))
            (line("postal-code", &t!(text, "register-postal-code")))
            (line("region", &t!(text, "register-region")))
            (line("country", &t!(text, "register-country")))
        }
        (lines("desk-note", &t!(text, "register-desk-note"), &t!(text, "register-desk-note-hint")))
        (tick_box("no-reminders", &t!(text, "register-no-reminders"), typed.has("no-reminders"), None))
    }
}
