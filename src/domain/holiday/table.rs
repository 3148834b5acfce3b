//! The rules of each country, one line per holiday.

use jiff::civil::Weekday::{Friday, Monday, Saturday, Thursday};

use super::Day::{Easter, FirstFridayOrMonday, Fixed, FixedNotSunday, From, Nth, Set, UpTo};
use super::Weekend::{Nearest, NextWorkingDay, Stays};
use super::{Day, Rule, Weekend};

/// A day that stays where it falls.
const fn on(name: &'static str, day: Day) -> Rule {
    Rule {
        name,
        day,
        weekend: Stays,
        since: i16::MIN,
        every: 1,
    }
}

impl Rule {
    const fn moved(self, weekend: Weekend) -> Self {
        Self { weekend, ..self }
    }

    const fn since(self, since: i16) -> Self {
        Self { since, ..self }
    }

    const fn every(self, every: i16) -> Self {
        Self { every, ..self }
    }
}

const NEW_YEAR: Rule = on("New Year's Day", Fixed(1, 1));
const EPIPHANY: Rule = on("Epiphany", Fixed(1, 6));
const MAUNDY_THURSDAY: Rule = on("Maundy Thursday", Easter(-3));
const GOOD_FRIDAY: Rule = on("Good Friday", Easter(-2));
const EASTER_SUNDAY: Rule = on("Easter Sunday", Easter(0));
const EASTER_MONDAY: Rule = on("Easter Monday", Easter(1));
const LABOUR_DAY: Rule = on("Labour Day", Fixed(5, 1));
const ASCENSION: Rule = on("Ascension Day", Easter(39));
const WHIT_SUNDAY: Rule = on("Whit Sunday", Easter(49));
const WHIT_MONDAY: Rule = on("Whit Monday", Easter(50));
const CORPUS_CHRISTI: Rule = on("Corpus Christi", Easter(60));
const MIDSUMMER_EVE: Rule = on("Midsummer Eve", From(6, 19, Friday));
const MIDSUMMER_DAY: Rule = on("Midsummer Day", From(6, 20, Saturday));
const ASSUMPTION: Rule = on("Assumption Day", Fixed(8, 15));
const ALL_SAINTS: Rule = on("All Saints' Day", Fixed(11, 1));
const ALL_SAINTS_SATURDAY: Rule = on("All Saints' Day", From(10, 31, Saturday));
const IMMACULATE: Rule = on("Immaculate Conception", Fixed(12, 8));
const CHRISTMAS_EVE: Rule = on("Christmas Eve", Fixed(12, 24));
const CHRISTMAS: Rule = on("Christmas Day", Fixed(12, 25));
const SECOND_CHRISTMAS: Rule = on("Second Day of Christmas", Fixed(12, 26));
const SAINT_STEPHEN: Rule = on("St Stephen's Day", Fixed(12, 26));
const BOXING_DAY: Rule = on("Boxing Day", Fixed(12, 26));
const NEW_YEARS_EVE: Rule = on("New Year's Eve", Fixed(12, 31));

/// Matariki follows the moon; the law lists its dates to 2052.
#[rustfmt::skip]
const MATARIKI: &[(i16, i8, i8)] = &[
    (2022, 6, 24), (2023, 7, 14), (2024, 6, 28), (2025, 6, 20), (2026, 7, 10), (2027, 6, 25),
    (2028, 7, 14), (2029, 7, 6), (2030, 6, 21), (2031, 7, 11), (2032, 7, 2), (2033, 6, 24),
    (2034, 7, 7), (2035, 6, 29), (2036, 7, 18), (2037, 7, 10), (2038, 6, 25), (2039, 7, 15),
    (2040, 7, 6), (2041, 7, 19), (2042, 7, 11), (2043, 7, 3), (2044, 6, 24), (2045, 7, 7),
    (2046, 6, 29), (2047, 7, 19), (2048, 7, 3), (2049, 6, 25), (2050, 7, 15), (2051, 6, 30),
    (2052, 6, 21),
];

/// England and Wales.
const GB: &[Rule] = &[
    NEW_YEAR.moved(NextWorkingDay),
    GOOD_FRIDAY,
    EASTER_MONDAY,
    on("Early May bank holiday", Nth(5, Monday, 1)),
    on("Spring bank holiday", Nth(5, Monday, -1)),
    on("Summer bank holiday", Nth(8, Monday, -1)),
    CHRISTMAS.moved(NextWorkingDay),
    BOXING_DAY.moved(NextWorkingDay),
];

const IE: &[Rule] = &[
    NEW_YEAR,
    on("St Brigid's Day", FirstFridayOrMonday(2)).since(2023),
    on("St Patrick's Day", Fixed(3, 17)),
    EASTER_MONDAY,
    on("May bank holiday", Nth(5, Monday, 1)),
    on("June bank holiday", Nth(6, Monday, 1)),
    on("August bank holiday", Nth(8, Monday, 1)),
    on("October bank holiday", Nth(10, Monday, -1)),
    CHRISTMAS,
    SAINT_STEPHEN,
];

/// Federal holidays.
const US: &[Rule] = &[
    NEW_YEAR.moved(Nearest),
    on("Martin Luther King Jr. Day", Nth(1, Monday, 3)),
    on("Washington's Birthday", Nth(2, Monday, 3)),
    on("Memorial Day", Nth(5, Monday, -1)),
    on("Juneteenth", Fixed(6, 19)).moved(Nearest).since(2021),
    on("Independence Day", Fixed(7, 4)).moved(Nearest),
    on("Labor Day", Nth(9, Monday, 1)),
    on("Columbus Day", Nth(10, Monday, 2)),
    on("Veterans Day", Fixed(11, 11)).moved(Nearest),
    on("Thanksgiving Day", Nth(11, Thursday, 4)),
    CHRISTMAS.moved(Nearest),
];

/// Federal holidays.
const CA: &[Rule] = &[
    NEW_YEAR.moved(NextWorkingDay),
    GOOD_FRIDAY,
    on("Victoria Day", UpTo(5, 24, Monday)),
    on("Canada Day", Fixed(7, 1)).moved(NextWorkingDay),
    on("Labour Day", Nth(9, Monday, 1)),
    on("National Day for Truth and Reconciliation", Fixed(9, 30))
        .moved(NextWorkingDay)
        .since(2021),
    on("Thanksgiving Day", Nth(10, Monday, 2)),
    on("Remembrance Day", Fixed(11, 11)).moved(NextWorkingDay),
    CHRISTMAS.moved(NextWorkingDay),
    BOXING_DAY.moved(NextWorkingDay),
];

const AU: &[Rule] = &[
    NEW_YEAR.moved(NextWorkingDay),
    on("Australia Day", Fixed(1, 26)).moved(NextWorkingDay),
    GOOD_FRIDAY,
    EASTER_MONDAY,
    on("Anzac Day", Fixed(4, 25)),
    CHRISTMAS.moved(NextWorkingDay),
    BOXING_DAY.moved(NextWorkingDay),
];

const NZ: &[Rule] = &[
    NEW_YEAR.moved(NextWorkingDay),
    on("Day after New Year's Day", Fixed(1, 2)).moved(NextWorkingDay),
    on("Waitangi Day", Fixed(2, 6)).moved(NextWorkingDay),
    GOOD_FRIDAY,
    EASTER_MONDAY,
    on("Anzac Day", Fixed(4, 25)).moved(NextWorkingDay),
    on("King's Birthday", Nth(6, Monday, 1)),
    on("Matariki", Set(MATARIKI)),
    on("Labour Day", Nth(10, Monday, 4)),
    CHRISTMAS.moved(NextWorkingDay),
    BOXING_DAY.moved(NextWorkingDay),
];

const DE: &[Rule] = &[
    NEW_YEAR,
    GOOD_FRIDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    ASCENSION,
    WHIT_MONDAY,
    on("German Unity Day", Fixed(10, 3)),
    CHRISTMAS,
    SECOND_CHRISTMAS,
];

const FR: &[Rule] = &[
    NEW_YEAR,
    EASTER_MONDAY,
    LABOUR_DAY,
    on("Victory Day", Fixed(5, 8)),
    ASCENSION,
    WHIT_MONDAY,
    on("Bastille Day", Fixed(7, 14)),
    ASSUMPTION,
    ALL_SAINTS,
    on("Armistice Day", Fixed(11, 11)),
    CHRISTMAS,
];

const ES: &[Rule] = &[
    NEW_YEAR,
    EPIPHANY,
    GOOD_FRIDAY,
    LABOUR_DAY,
    ASSUMPTION,
    on("National Day", Fixed(10, 12)),
    ALL_SAINTS,
    on("Constitution Day", Fixed(12, 6)),
    IMMACULATE,
    CHRISTMAS,
];

const IT: &[Rule] = &[
    NEW_YEAR,
    EPIPHANY,
    EASTER_SUNDAY,
    EASTER_MONDAY,
    on("Liberation Day", Fixed(4, 25)),
    LABOUR_DAY,
    on("Republic Day", Fixed(6, 2)),
    ASSUMPTION,
    on("St Francis' Day", Fixed(10, 4)).since(2026),
    ALL_SAINTS,
    IMMACULATE,
    CHRISTMAS,
    SAINT_STEPHEN,
];

const NL: &[Rule] = &[
    NEW_YEAR,
    EASTER_SUNDAY,
    EASTER_MONDAY,
    on("King's Day", FixedNotSunday(4, 27)),
    on("Liberation Day", Fixed(5, 5)).every(5),
    ASCENSION,
    WHIT_SUNDAY,
    WHIT_MONDAY,
    CHRISTMAS,
    SECOND_CHRISTMAS,
];

const BE: &[Rule] = &[
    NEW_YEAR,
    EASTER_MONDAY,
    LABOUR_DAY,
    ASCENSION,
    WHIT_MONDAY,
    on("National Day", Fixed(7, 21)),
    ASSUMPTION,
    ALL_SAINTS,
    on("Armistice Day", Fixed(11, 11)),
    CHRISTMAS,
];

const AT: &[Rule] = &[
    NEW_YEAR,
    EPIPHANY,
    EASTER_MONDAY,
    LABOUR_DAY,
    ASCENSION,
    WHIT_MONDAY,
    CORPUS_CHRISTI,
    ASSUMPTION,
    on("National Day", Fixed(10, 26)),
    ALL_SAINTS,
    IMMACULATE,
    CHRISTMAS,
    SAINT_STEPHEN,
];

/// The four that every canton keeps.
const CH: &[Rule] = &[
    NEW_YEAR,
    ASCENSION,
    on("National Day", Fixed(8, 1)),
    CHRISTMAS,
];

const PT: &[Rule] = &[
    NEW_YEAR,
    GOOD_FRIDAY,
    EASTER_SUNDAY,
    on("Freedom Day", Fixed(4, 25)),
    LABOUR_DAY,
    CORPUS_CHRISTI,
    on("Portugal Day", Fixed(6, 10)),
    ASSUMPTION,
    on("Republic Day", Fixed(10, 5)),
    ALL_SAINTS,
    on("Restoration of Independence", Fixed(12, 1)),
    IMMACULATE,
    CHRISTMAS,
];

const PL: &[Rule] = &[
    NEW_YEAR,
    EPIPHANY,
    EASTER_SUNDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    on("Constitution Day", Fixed(5, 3)),
    WHIT_SUNDAY,
    CORPUS_CHRISTI,
    ASSUMPTION,
    ALL_SAINTS,
    on("Independence Day", Fixed(11, 11)),
    CHRISTMAS_EVE.since(2025),
    CHRISTMAS,
    SECOND_CHRISTMAS,
];

/// With the three eves on which nearly everybody is off.
const SE: &[Rule] = &[
    NEW_YEAR,
    EPIPHANY,
    GOOD_FRIDAY,
    EASTER_SUNDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    ASCENSION,
    WHIT_SUNDAY,
    on("National Day", Fixed(6, 6)),
    MIDSUMMER_EVE,
    MIDSUMMER_DAY,
    ALL_SAINTS_SATURDAY,
    CHRISTMAS_EVE,
    CHRISTMAS,
    SECOND_CHRISTMAS,
    NEW_YEARS_EVE,
];

const NO: &[Rule] = &[
    NEW_YEAR,
    MAUNDY_THURSDAY,
    GOOD_FRIDAY,
    EASTER_SUNDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    ASCENSION,
    on("Constitution Day", Fixed(5, 17)),
    WHIT_SUNDAY,
    WHIT_MONDAY,
    CHRISTMAS,
    SECOND_CHRISTMAS,
];

const DK: &[Rule] = &[
    NEW_YEAR,
    MAUNDY_THURSDAY,
    GOOD_FRIDAY,
    EASTER_SUNDAY,
    EASTER_MONDAY,
    ASCENSION,
    WHIT_SUNDAY,
    WHIT_MONDAY,
    CHRISTMAS,
    SECOND_CHRISTMAS,
];

/// With the two eves on which nearly everybody is off.
const FI: &[Rule] = &[
    NEW_YEAR,
    EPIPHANY,
    GOOD_FRIDAY,
    EASTER_SUNDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    ASCENSION,
    WHIT_SUNDAY,
    MIDSUMMER_EVE,
    MIDSUMMER_DAY,
    ALL_SAINTS_SATURDAY,
    on("Independence Day", Fixed(12, 6)),
    CHRISTMAS_EVE,
    CHRISTMAS,
    SECOND_CHRISTMAS,
];

const LU: &[Rule] = &[
    NEW_YEAR,
    EASTER_MONDAY,
    LABOUR_DAY,
    on("Europe Day", Fixed(5, 9)),
    ASCENSION,
    WHIT_MONDAY,
    on("National Day", Fixed(6, 23)),
    ASSUMPTION,
    ALL_SAINTS,
    CHRISTMAS,
    SAINT_STEPHEN,
];

const CZ: &[Rule] = &[
    NEW_YEAR,
    GOOD_FRIDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    on("Victory Day", Fixed(5, 8)),
    on("Saints Cyril and Methodius", Fixed(7, 5)),
    on("Jan Hus Day", Fixed(7, 6)),
    on("Statehood Day", Fixed(9, 28)),
    on("Independence Day", Fixed(10, 28)),
    on("Freedom and Democracy Day", Fixed(11, 17)),
    CHRISTMAS_EVE,
    CHRISTMAS,
    SECOND_CHRISTMAS,
];

/// The rules of a country by its code; none where we know none.
pub(super) fn rules(code: &str) -> &'static [Rule] {
    match code {
        "AT" => AT,
        "AU" => AU,
        "BE" => BE,
        "CA" => CA,
        "CH" => CH,
        "CZ" => CZ,
        "DE" => DE,
        "DK" => DK,
        "ES" => ES,
        "FI" => FI,
        "FR" => FR,
        "GB" => GB,
        "IE" => IE,
        "IT" => IT,
        "LU" => LU,
        "NL" => NL,
        "NO" => NO,
        "NZ" => NZ,
        "PL" => PL,
        "PT" => PT,
        "SE" => SE,
        "US" => US,
        _ => &[],
    }
}
