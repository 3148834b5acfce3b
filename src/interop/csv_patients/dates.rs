//! Birth dates as people write them. Whether `03/04` is in March or April is found out from the
//! whole column; where that leaves a doubt, the doubtful rows are refused, because the birth date
//! proves who someone is.

use jiff::civil::Date;

use super::Reading;

/// The order of day and month in dates with slashes and dashes. With dots the day is always first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `31/12/1980`.
    DayFirst,
    /// `12/31/1980`.
    MonthFirst,
}

impl Order {
    /// The word on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::DayFirst => "day-first",
            Self::MonthFirst => "month-first",
        }
    }

    /// From its word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::DayFirst, Self::MonthFirst]
            .into_iter()
            .find(|o| o.code() == code)
    }

    /// What a country (ISO 3166-1 alpha-2) does.
    fn of_country(country: &str) -> Self {
        if matches!(country, "US" | "PH" | "FM" | "MH" | "PW") {
            Self::MonthFirst
        } else {
            Self::DayFirst
        }
    }
}

/// Month names in the languages whose spreadsheets we meet, without accents. Three letters or more
/// are enough where they mean one month.
const MONTHS: [&[&str]; 12] = [
    &[
        "january", "januar", "janner", "janvier", "enero", "gennaio", "janeiro", "januari",
    ],
    &[
        "february",
        "februar",
        "feber",
        "fevrier",
        "febrero",
        "febbraio",
        "fevereiro",
        "februari",
    ],
    &[
        "march", "marz", "maerz", "mars", "marzo", "marco", "maart", "mrt",
    ],
    &["april", "avril", "abril", "aprile"],
    &["may", "mai", "mayo", "maggio", "maio", "mei"],
    &["june", "juni", "juin", "junio", "giugno", "junho"],
    &["july", "juli", "juillet", "julio", "luglio", "julho"],
    &["august", "aout", "agosto", "augustus"],
    &[
        "september",
        "septembre",
        "septiembre",
        "settembre",
        "setembro",
        "sept",
    ],
    &[
        "october", "oktober", "octobre", "octubre", "ottobre", "outubro",
    ],
    &["november", "novembre", "noviembre", "novembro"],
    &[
        "december",
        "dezember",
        "decembre",
        "diciembre",
        "dicembre",
        "dezembro",
    ],
];

/// How the dates of a column are read.
pub(super) struct Dates {
    order: Option<Order>,
    today: Date,
}

/// A date in its written parts.
enum Written {
    Whole(i16, i8, i8),
    /// First and second part before the year, with a slash, a dash or a space between.
    TwoWays(i8, i8, i16),
}

impl Dates {
    pub(super) fn of<'a>(column: impl Iterator<Item = &'a str>, reading: &Reading) -> Self {
        let today = reading.today;
        if reading.order.is_some() {
            let order = reading.order;
            return Self { order, today };
        }
        let (mut day_first, mut month_first) = (false, false);
        for cell in column {
            if let Ok(Written::TwoWays(first, second, _)) = parts(&super::cell(cell)) {
                day_first |= first > 12;
                month_first |= second > 12;
            }
        }
        let order = match (day_first, month_first) {
            (true, true) => None,
            (true, false) => Some(Order::DayFirst),
            (false, true) => Some(Order::MonthFirst),
            (false, false) => Some(Order::of_country(&reading.country)),
        };
        Self { order, today }
    }

    pub(super) fn order(&self) -> Option<Order> {
        self.order
    }

    pub(super) fn read(&self, written: &str) -> Result<Date, String> {
        let (year, month, day) = match parts(written)? {
            Written::Whole(year, month, day) => (year, month, day),
            Written::TwoWays(first, second, year) => match self.order {
                Some(Order::DayFirst) => (year, second, first),
                Some(Order::MonthFirst) => (year, first, second),
                None if first > 12 || first == second => (year, second, first),
                None if second > 12 => (year, first, second),
                None => {
                    return Err(format!(
                        "the date \"{written}\" can be read in two ways, and the list has both"
                    ));
                }
            },
        };
        match Date::new(year, month, day) {
            Ok(date) if date > self.today => {
                Err(format!("the date \"{written}\" is in the future"))
            }
            Ok(date) if date.year() < 1850 => {
                Err(format!("the date \"{written}\" is too long ago"))
            }
            Ok(date) => Ok(date),
            Err(_) => Err(format!("there is no day \"{written}\"")),
        }
    }
}

fn parts(written: &str) -> Result<Written, String> {
    let unclear = || format!("\"{written}\" is not a date");
    // A time of day after the date says nothing more.
    let date = match written.split_once(['T', ' ']) {
        Some((date, time))
            if time.contains(':') && time.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            date
        }
        _ => written,
    };
    let words: Vec<&str> = date
        .split(|c: char| c.is_whitespace() || "/-.,".contains(c))
        .filter(|w| !w.is_empty() && !matches!(*w, "de" | "of" | "del"))
        .collect();
    if let [all] = words.as_slice()
        && all.len() == 8
        && all.chars().all(|c| c.is_ascii_digit())
    {
        let number = |from, to| all.get(from..to).and_then(|n| n.parse::<i16>().ok());
        let part = |from, to| number(from, to).and_then(|n| i8::try_from(n).ok());
        let whole = (number(0, 4), part(4, 6), part(6, 8));
        if let (Some(year), Some(month), Some(day)) = whole {
            return Ok(Written::Whole(year, month, day));
        }
    }
    let [a, b, c] = words.as_slice() else {
        return Err(unclear());
    };
    let year = |w: &str| -> Result<i16, String> {
        if !w.chars().all(|c| c.is_ascii_digit()) {
            return Err(unclear());
        }
        match w.len() {
            4 => w.parse().map_err(|_| unclear()),
            2 => Err(format!("write the year of \"{written}\" with four digits")),
            _ => Err(unclear()),
        }
    };
    let number = |w: &str| -> Option<i8> {
        let w = ["st", "nd", "rd", "th", "er", "º"]
            .iter()
            .find_map(|end| w.strip_suffix(end))
            .unwrap_or(w);
        w.parse().ok().filter(|n| (1..=31).contains(n))
    };
    if a.len() == 4 && a.chars().all(|c| c.is_ascii_digit()) {
        let month = number(b).or_else(|| month(b)).ok_or_else(unclear)?;
        return Ok(Written::Whole(
            year(a)?,
            month,
            number(c).ok_or_else(unclear)?,
        ));
    }
    match (number(a), month(a), number(b), month(b)) {
        (Some(day), _, _, Some(month)) | (_, Some(month), Some(day), _) => {
            Ok(Written::Whole(year(c)?, month, day))
        }
        (Some(day), _, Some(month), _) if date.contains('.') => {
            Ok(Written::Whole(year(c)?, month, day))
        }
        (Some(first), _, Some(second), _) => Ok(Written::TwoWays(first, second, year(c)?)),
        _ => Err(unclear()),
    }
}

/// The month that a word begins, when it is only one.
fn month(word: &str) -> Option<i8> {
    use unicode_normalization::UnicodeNormalization;
    let word: String = word
        .nfkd()
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_lowercase)
        .collect();
    if word.len() < 3 {
        return None;
    }
    let mut fitting = (1..)
        .zip(MONTHS)
        .filter(|(_, names)| names.iter().any(|n| n.starts_with(&word)));
    let (month, _) = fitting.next()?;
    fitting.next().is_none().then_some(month)
}
