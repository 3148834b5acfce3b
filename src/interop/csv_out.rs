//! Lists as CSV (RFC 4180), for spreadsheets: UTF-8 with a byte order mark, CRLF, and no cell that
//! a spreadsheet takes for a formula.

use crate::domain::patient::{Patient, PatientState};
use crate::domain::person::Gender;

/// A file of a head and rows.
///
/// # Errors
/// When a row has more or fewer cells than the head.
pub fn file<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<Vec<u8>, csv::Error> {
    // Without the mark, spreadsheets read accents as gibberish.
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(b"\xef\xbb\xbf".to_vec());
    writer.write_record(head)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| safe(cell)))?;
    }
    writer
        .into_inner()
        .map_err(|e| csv::Error::from(e.into_error()))
}

/// A cell that a spreadsheet shows and does not run: what starts like a formula gets an apostrophe.
fn safe(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// The head of a list of patients.
pub const PATIENT_HEAD: [&str; 13] = [
    "chart",
    "family_name",
    "given_name",
    "birth_date",
    "gender",
    "phone",
    "other_phones",
    "email",
    "address",
    "language",
    "state",
    "last_seen",
    "opened",
];

/// A line of a list of patients.
pub fn patient_row(patient: &Patient) -> [String; 13] {
    let name = patient.name();
    let others: Vec<&str> = patient.phones.iter().skip(1).map(String::as_str).collect();
    let gender = match patient.gender {
        Some(Gender::Female) => "female",
        Some(Gender::Male) => "male",
        Some(Gender::Other) => "other",
        Some(Gender::Unknown) => "unknown",
        None => "",
    };
    let state = match patient.state {
        PatientState::Active => "active",
        PatientState::Provisional => "provisional",
        PatientState::Archived { .. } => "archived",
        PatientState::Deceased { .. } => "deceased",
        PatientState::Merged { .. } => "merged",
    };
    [
        patient.chart.to_string(),
        name.family.clone(),
        name.given.clone(),
        patient
            .birth_date
            .map_or_else(String::new, |d| d.to_string()),
        gender.to_owned(),
        patient.phone().unwrap_or_default().to_owned(),
        others.join(" "),
        patient
            .email
            .as_ref()
            .map_or_else(String::new, |e| e.as_str().to_owned()),
        patient
            .address
            .as_ref()
            .map_or_else(String::new, |a| a.parts().join(", ")),
        patient.language.clone().unwrap_or_default(),
        state.to_owned(),
        patient.seen_at.map_or_else(String::new, |t| t.to_string()),
        patient.created_at.to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_every_cell_survives() {
        let hostile = [
            "=1+1",
            "+44 20",
            "-3",
            "@SUM(A1)",
            "\tx",
            "\rx",
            "a\"b,c\r\nd",
            "Zoë",
        ];
        let rows = hostile.map(|cell| [cell.to_owned(), "x".to_owned()]);
        let bytes = file(["cell", "more"], rows).unwrap();
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap();
        let mut reader = csv::Reader::from_reader(text);
        let back: Vec<String> = reader
            .records()
            .map(|r| r.unwrap().get(0).unwrap().to_owned())
            .collect();
        for (cell, read) in hostile.iter().zip(&back) {
            let first = read.chars().next().unwrap();
            assert!(!"=+-@\t\r".contains(first), "{read:?}");
            assert_eq!(read.trim_start_matches('\''), *cell);
        }
    }
}
