//! Lists of patients as CSV: from spreadsheets and old systems, in whatever form they come.
//!
//! [`open`] finds out the encoding, the separator and which column is which; a person confirms
//! that or corrects it with [`Mapping::set`]; [`read`] then gives a record or a refusal per line.

mod columns;
mod dates;
mod decode;

use jiff::civil::Date;

pub use self::columns::{Field, Mapping, NoSuchColumn};
use self::dates::Dates;
pub use self::dates::Order;
use crate::app::importing::record::{Label, PatientRecord};
use crate::domain::person::{Address, Email, Gender, HumanName, Identifier};

/// The system of numbers from a list whose owner gave no better name.
pub const DEFAULT_SYSTEM: &str = "urn:anteroom:list-number";

/// The largest list that is read, in bytes.
pub const MAX_BYTES: u64 = 128 << 20;

/// The longest cell that is kept, in characters.
const MAX_CELL: usize = 200;

/// A list that was opened: its text, its separator and its columns.
#[derive(Clone, Debug)]
pub struct List {
    text: String,
    separator: u8,
    /// Which column is which, as guessed.
    pub mapping: Mapping,
}

/// Why a list cannot be read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// There is no line in it, or only headers.
    Empty,
    /// No column has the names.
    NoName,
}

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Empty => "there are no people in this list",
            Self::NoName => {
                "no column is known to hold names: say which, such as --map Surname=family"
            }
        })
    }
}

impl std::error::Error for Unusable {}

/// How a list is to be understood.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Which column is which.
    pub mapping: Mapping,
    /// The order of day and month; `None` to find out, beginning with what the country does.
    pub order: Option<Order>,
    /// The clinic's country (ISO 3166-1 alpha-2).
    pub country: String,
    /// Today; nobody is born later.
    pub today: Date,
    /// The system of the numbers.
    pub system: String,
}

/// What a list says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// People with their lines.
    pub people: Vec<(u64, PatientRecord)>,
    /// Lines that cannot be understood, and why.
    pub refused: Vec<(u64, String)>,
    /// What is left out of lines that are understood.
    pub remarks: Vec<(u64, String)>,
    /// The order of day and month that was found out.
    pub order: Option<Order>,
}

/// Opens a list and guesses its columns.
///
/// # Errors
/// [`Unusable::Empty`] when there is nothing in it.
pub fn open(bytes: &[u8]) -> Result<List, Unusable> {
    let text = decode::text(bytes);
    let separator = decode::separator(&text);
    let mut reader = reader(&text, separator);
    let headers = reader.headers().map_err(|_| Unusable::Empty)?.clone();
    let is_empty = headers.iter().all(|h| h.trim().is_empty());
    if is_empty || reader.into_records().next().is_none() {
        return Err(Unusable::Empty);
    }
    let mapping = Mapping::guess(headers.iter());
    Ok(List {
        text,
        separator,
        mapping,
    })
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// Reads every line of a list.
///
/// # Errors
/// [`Unusable::NoName`] when no column has the names.
pub fn read(list: &List, reading: &Reading) -> Result<People, Unusable> {
    if !reading.mapping.has_name() {
        return Err(Unusable::NoName);
    }
    let mut people = People::default();
    let mut rows = Vec::new();
    for record in reader(&list.text, list.separator).into_records() {
        match record {
            Ok(record) if record.iter().all(|cell| cell.trim().is_empty()) => {}
            Ok(record) => rows.push((record.position().map_or(0, csv::Position::line), record)),
            Err(e) => {
                let line = e.position().map_or(0, csv::Position::line);
                people
                    .refused
                    .push((line, "this line cannot be read".to_owned()));
            }
        }
    }
    let births = rows
        .iter()
        .map(|(_, row)| reading.mapping.first(row, Field::BirthDate));
    let dates = Dates::of(births, reading);
    people.order = dates.order();
    for (line, row) in &rows {
        match person(*line, row, reading, &dates) {
            Ok(record) => {
                let left_out = lost(row, &reading.mapping, &record);
                let remarks = left_out.into_iter().map(|what| (*line, what));
                people.remarks.extend(remarks);
                people.people.push((*line, record));
            }
            Err(why) => people.refused.push((*line, why)),
        }
    }
    people.refused.sort();
    Ok(people)
}

fn person(
    line: u64,
    row: &csv::StringRecord,
    reading: &Reading,
    dates: &Dates,
) -> Result<PatientRecord, String> {
    let cell = |field| cell(reading.mapping.first(row, field));
    let mut name = HumanName {
        prefix: cell(Field::Title),
        given: cell(Field::Given),
        family: cell(Field::Family),
        ..HumanName::default()
    };
    if name.is_empty() {
        let full = cell(Field::FullName);
        let whole = match full.split_once(',') {
            // "Haddad, Amira": as lists sort.
            Some((family, given)) => HumanName {
                given: given.trim().to_owned(),
                family: family.trim().to_owned(),
                ..HumanName::default()
            },
            None => HumanName::from_full(&full),
        };
        (name.given, name.family) = (whole.given, whole.family);
    }
    if name.is_empty() {
        return Err("there is no name".to_owned());
    }
    let birth_date = match cell(Field::BirthDate) {
        born if born.is_empty() => None,
        born => Some(dates.read(&born)?),
    };
    let email = match cell(Field::Email) {
        mail if mail.is_empty() => None,
        mail => {
            let wrong = format!("\"{mail}\" is not an e-mail address");
            Some(Email::try_from(mail.as_str()).map_err(|_| wrong)?)
        }
    };
    let gender = match cell(Field::Gender) {
        written if written.is_empty() => None,
        written => {
            let unknown = || format!("the gender \"{written}\" is not known");
            Some(gender(&written).ok_or_else(unknown)?)
        }
    };
    let all = |field| {
        let cells = reading.mapping.all(row, field).map(self::cell);
        cells.filter(|c| !c.is_empty()).collect::<Vec<_>>()
    };
    let address = Address {
        lines: all(Field::Line),
        city: cell(Field::City),
        region: cell(Field::Region),
        postal_code: cell(Field::Postcode),
        country: cell(Field::Country),
    };
    let number = cell(Field::Identifier);
    let language = cell(Field::Language);
    Ok(PatientRecord {
        label: Label {
            entry: usize::try_from(line).unwrap_or(usize::MAX),
            called: Vec::new(),
        },
        identifiers: (!number.is_empty())
            .then(|| Identifier {
                system: reading.system.clone(),
                value: number,
            })
            .into_iter()
            .collect(),
        names: vec![name],
        birth_date,
        gender,
        phones: all(Field::Phone),
        email,
        address: (!address.parts().is_empty()).then_some(address),
        language: is_tag(&language).then_some(language),
        ..PatientRecord::default()
    })
}

/// Whether a word has the form of a language tag: "de", "pt-BR", and no "Deutsch".
fn is_tag(word: &str) -> bool {
    let language = word.split('-').next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && word.len() <= 35
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// What a line says that its record does not.
fn lost(row: &csv::StringRecord, mapping: &Mapping, record: &PatientRecord) -> Vec<String> {
    let language = cell(mapping.first(row, Field::Language));
    let unknown = (!language.is_empty() && record.language.is_none()).then(|| {
        format!("the language \"{language}\" is not a tag such as \"en\"; it was left out")
    });
    let long = Field::ALL.iter().filter_map(|field| {
        let mut cells = mapping.all(row, *field);
        let is_cut = cells.any(|written| line(written).chars().nth(MAX_CELL).is_some());
        is_cut.then(|| format!("the {} was cut after {MAX_CELL} characters", field.code()))
    });
    unknown.into_iter().chain(long).collect()
}

/// A cell on one line, as much of it as is kept.
fn cell(written: &str) -> String {
    line(written).chars().take(MAX_CELL).collect()
}

/// A cell on one line. The apostrophe that keeps a spreadsheet from calculating is taken off.
fn line(written: &str) -> String {
    let written = match written.strip_prefix('\'') {
        Some(rest) if super::csv_out::is_formula(rest) => rest,
        _ => written,
    };
    let words: Vec<&str> = written
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect();
    words.join(" ")
}

fn gender(written: &str) -> Option<Gender> {
    Some(match written.to_lowercase().as_str() {
        "f" | "female" | "w" | "weiblich" | "woman" | "femme" | "mujer" => Gender::Female,
        "m" | "male" | "männlich" | "man" | "homme" | "hombre" => Gender::Male,
        "o" | "x" | "d" | "other" | "divers" | "non-binary" | "nonbinary" => Gender::Other,
        "u" | "unknown" | "-" | "?" => Gender::Unknown,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
