//! What a record adds to a chart.
//!
//! What the clinic has written stays: a file fills what is empty, adds names and identifiers, and
//! says that someone has died. It never replaces a birth date, which proves who someone is, or a
//! contact, which the patient may have changed here. What differs is reported.

use super::record::{PatientRecord, Standing};
use crate::domain::patient::{Patient, PatientState};
use crate::domain::person::HumanName;
use crate::text::phone;

/// What a file gives otherwise than a chart; the chart's was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differs {
    /// The birth date.
    BirthDate,
    /// The phone numbers.
    Phone,
    /// The e-mail address.
    Email,
    /// The postal address.
    Address,
}

impl Differs {
    /// What differs, in the words of the operator's report.
    pub fn noun(self) -> &'static str {
        match self {
            Self::BirthDate => "birth date",
            Self::Phone => "phone number",
            Self::Email => "e-mail address",
            Self::Address => "postal address",
        }
    }
}

/// The numbers of a record as a chart keeps them: in E.164 where a country's rules can read them,
/// else as written, so that nothing is lost and a person can put it right.
fn numbers(record: &PatientRecord, home: &str) -> Vec<String> {
    let country = record.country(home);
    let mut all = Vec::new();
    for written in &record.phones {
        let number = phone::parse(written, country).unwrap_or_else(|_| written.clone());
        if !all.contains(&number) {
            all.push(number);
        }
    }
    all
}

fn same_words(a: &HumanName, b: &HumanName) -> bool {
    a.given == b.given && a.family == b.family
}

/// Adds what a record says to a chart, and names what it says otherwise. `home` is the clinic's
/// country (ISO 3166-1 alpha-2); `put_away` is the reason in a chart that the source had put away.
pub fn fill(
    chart: &mut Patient,
    record: &PatientRecord,
    is_new: bool,
    home: &str,
    put_away: &str,
) -> Vec<Differs> {
    let mut differs = Vec::new();
    for name in &record.names {
        if !chart.names.iter().any(|n| same_words(n, name)) {
            chart.names.push(name.clone());
        }
    }
    for identifier in &record.identifiers {
        if !chart.identifiers.contains(identifier) {
            chart.identifiers.push(identifier.clone());
        }
    }
    keep(
        &mut chart.birth_date,
        record.birth_date,
        Differs::BirthDate,
        &mut differs,
    );
    keep(
        &mut chart.email,
        record.email.clone(),
        Differs::Email,
        &mut differs,
    );
    keep(
        &mut chart.address,
        record.address.clone(),
        Differs::Address,
        &mut differs,
    );
    chart.gender = chart.gender.or(record.gender);
    if chart.language.is_none() {
        chart.language.clone_from(&record.language);
    }
    let phones = numbers(record, home);
    if chart.phones.is_empty() {
        chart.phones = phones;
    } else if phones.iter().any(|p| !chart.phones.contains(p)) {
        differs.push(Differs::Phone);
    }
    match (record.standing, &chart.state) {
        (Standing::Deceased { on }, PatientState::Active | PatientState::Archived { .. }) => {
            chart.state = PatientState::Deceased { on };
        }
        (Standing::Deceased { on: Some(day) }, PatientState::Deceased { on: None }) => {
            chart.state = PatientState::Deceased { on: Some(day) };
        }
        (Standing::PutAway, PatientState::Active) if is_new => {
            chart.state = PatientState::Archived {
                reason: put_away.to_owned(),
            };
        }
        _ => {}
    }
    differs
}

fn keep<T: PartialEq>(
    ours: &mut Option<T>,
    theirs: Option<T>,
    what: Differs,
    differs: &mut Vec<Differs>,
) {
    match (&ours, theirs) {
        (None, theirs) => *ours = theirs,
        (Some(a), Some(b)) if *a != b => differs.push(what),
        (Some(_), _) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{Id, PatientId};
    use crate::domain::person::Email;
    use jiff::Timestamp;
    use jiff::civil::date;

    fn record() -> PatientRecord {
        PatientRecord {
            names: vec![HumanName::from_full("Zoë Müller")],
            birth_date: Some(date(1980, 1, 2)),
            phones: vec!["020 7946 0018".into(), "ask at the farm".into()],
            email: Email::try_from("zoe@mail.example").ok(),
            ..PatientRecord::default()
        }
    }

    fn chart() -> Patient {
        let id = PatientId::from_bytes([1; 16]);
        Patient::new(
            id,
            HumanName::from_full("Zoë Müller"),
            Timestamp::UNIX_EPOCH,
        )
    }

    #[test]
    fn an_empty_chart_is_filled_and_numbers_that_cannot_be_read_stay_as_written() {
        let mut chart = chart();
        assert_eq!(fill(&mut chart, &record(), true, "GB", ""), []);
        assert_eq!(chart.phones, ["+442079460018", "ask at the farm"]);
        assert_eq!(chart.birth_date, Some(date(1980, 1, 2)));
        let before = chart.clone();
        assert_eq!(fill(&mut chart, &record(), false, "GB", ""), []);
        assert_eq!(chart, before, "twice is once");
    }

    #[test]
    fn what_the_clinic_wrote_stays() {
        let mut chart = chart();
        chart.birth_date = Some(date(1981, 1, 2));
        chart.email = Email::try_from("new@mail.example").ok();
        chart.phones = vec!["+442079460099".into()];
        let mut record = record();
        record.names = vec![HumanName::from_full("Zoë Smith")];
        let differs = fill(&mut chart, &record, false, "GB", "");
        assert_eq!(
            differs,
            [Differs::BirthDate, Differs::Email, Differs::Phone]
        );
        assert_eq!(chart.birth_date, Some(date(1981, 1, 2)));
        assert_eq!(chart.phones, ["+442079460099"]);
        assert_eq!(chart.name().full(), "Zoë Müller");
        assert_eq!(chart.names.len(), 2);
    }

    #[test]
    fn death_is_taken_over_and_never_taken_back() {
        let mut chart = chart();
        let mut record = record();
        record.standing = Standing::Deceased {
            on: Some(date(2021, 3, 4)),
        };
        fill(&mut chart, &record, false, "GB", "");
        let dead = PatientState::Deceased {
            on: Some(date(2021, 3, 4)),
        };
        assert_eq!(chart.state, dead);
        record.standing = Standing::InUse;
        fill(&mut chart, &record, false, "GB", "");
        assert_eq!(chart.state, dead);
    }

    #[test]
    fn only_a_new_chart_is_put_away_by_a_file() {
        let mut record = record();
        record.standing = Standing::PutAway;
        let mut known = chart();
        fill(&mut known, &record, false, "GB", "not in use there");
        assert_eq!(known.state, PatientState::Active);
        let mut new = chart();
        fill(&mut new, &record, true, "GB", "not in use there");
        assert!(
            matches!(new.state, PatientState::Archived { reason } if reason == "not in use there")
        );
    }
}
