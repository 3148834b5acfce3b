//! `anteroom import`: patients from another system.

use std::path::{Path, PathBuf};

use super::control::{self, CsvJob, CsvReport, FhirJob};
use super::progress::Bar;
use super::{Sorry, question, say};
use crate::app::importing::Count;
use crate::interop::csv_patients::{DEFAULT_SYSTEM, Field, Mapping, Order};
use crate::interop::fhir::Report;

/// What can be taken over.
#[derive(clap::Subcommand, Debug)]
#[command(after_help = "\
Examples:
  anteroom import fhir bundles.zip --data /var/lib/anteroom
  anteroom import csv patients.csv --data /var/lib/anteroom --dry-run

Both may run beside a server, which then reads the file itself. Importing twice is importing once.")]
pub enum Import {
    /// Patients, practitioners and past visits from FHIR R4 bundles
    Fhir(FhirArgs),
    /// Patients from a list
    Csv(CsvArgs),
}

/// What can be asked of a FHIR import.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  anteroom import fhir bundle.json --data /var/lib/anteroom
  anteroom import fhir bundles.zip --data /var/lib/anteroom
  anteroom import fhir exported/ --data /var/lib/anteroom

A file is taken as a whole or not at all; a broken one is named and the others are taken. What the
clinic has written itself stays. Practitioners come in inactive.")]
pub struct FhirArgs {
    /// A bundle, a folder of bundles, or a ZIP file of bundles
    #[arg(value_name = "FILE|DIR|ZIP")]
    path: PathBuf,
    /// The directory of the clinic
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// What can be asked of a list.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  anteroom import csv patients.csv --data /var/lib/anteroom --dry-run
  anteroom import csv patients.csv --data /var/lib/anteroom --yes
  anteroom import csv patients.csv --data /var/lib/anteroom --map \"Pat-ID=number\" --map Remarks=-
  anteroom import csv patients.csv --data /var/lib/anteroom --dates month-first --yes

Fields: given family name title birth phone email address city region postcode country language
number gender; - for a column that is not wanted. Several columns may be phone or address.")]
pub struct CsvArgs {
    /// The list: comma, semicolon or tab, with headers
    #[arg(value_name = "FILE")]
    path: PathBuf,
    /// The directory of the clinic
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// What a column holds, where the guess is wrong
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = column)]
    map: Vec<(String, Option<String>)>,
    /// Whether 03/04 is in April (day-first) or in March (month-first)
    #[arg(long, value_name = "ORDER", value_parser = ["day-first", "month-first"])]
    dates: Option<String>,
    /// Who gave the numbers, as a URI
    #[arg(long, value_name = "URI", default_value = DEFAULT_SYSTEM)]
    system: String,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Take the columns as they are shown, without asking
    #[arg(long)]
    yes: bool,
}

fn column(written: &str) -> Result<(String, Option<String>), String> {
    let (header, field) = written.rsplit_once('=').ok_or("write it as COLUMN=FIELD")?;
    if field == "-" {
        return Ok((header.to_owned(), None));
    }
    match Field::from_code(field) {
        Some(field) => Ok((header.to_owned(), Some(field.code().to_owned()))),
        None => Err(format!("there is no field \"{field}\"; see --help")),
    }
}

/// Takes over what is asked for, and says what came of it.
pub async fn run(import: Import) -> Result<(), Sorry> {
    match import {
        Import::Fhir(args) => fhir(args).await,
        Import::Csv(args) => csv(args).await,
    }
}

/// The whole path, which means the same to a server that runs elsewhere.
fn whole(path: &Path) -> Result<PathBuf, Sorry> {
    path.canonicalize()
        .map_err(|e| Sorry(format!("{} cannot be read: {e}", path.display())))
}

async fn fhir(args: FhirArgs) -> Result<(), Sorry> {
    let job = FhirJob {
        path: whole(&args.path)?,
    };
    let bar = Bar::new("Importing");
    let report: Report = control::ask(&args.data, control::IMPORT_FHIR, &job, &bar).await?;
    drop(bar);
    let tally = &report.tally;
    say(&format!(
        "{:<15}{:>9}{:>9}{:>11}",
        "", "new", "changed", "unchanged"
    ));
    line("patients", tally.patients);
    line("practitioners", tally.practitioners);
    line("organisations", tally.organizations);
    line("past visits", tally.encounters);
    if !report.others.is_empty() {
        say("\nNot taken over, by type:");
        for (kind, count) in &report.others {
            say(&format!("{count:>10}  {kind}"));
        }
    }
    if report.skipped > 0 {
        say(&format!("\nFiles that are not .json: {}", report.skipped));
    }
    if !tally.remarks.is_empty() {
        say("\nLeft out, or kept as it was here:");
        tally
            .remarks
            .iter()
            .for_each(|remark| say(&format!("  {remark}")));
    }
    if report.broken.is_empty() {
        return Ok(());
    }
    say("\nFiles of which nothing was taken:");
    for broken in &report.broken {
        say(&format!("  {}: {}", broken.file, broken.reason));
    }
    let all = u64::try_from(report.broken.len()).unwrap_or(u64::MAX) + report.files;
    Err(Sorry(format!(
        "{} of {all} files were not taken",
        report.broken.len()
    )))
}

fn line(kind: &str, count: Count) {
    let Count {
        created,
        updated,
        unchanged,
    } = count;
    say(&format!(
        "{kind:<15}{created:>9}{updated:>9}{unchanged:>11}"
    ));
}

async fn csv(args: CsvArgs) -> Result<(), Sorry> {
    let path = whole(&args.path)?;
    let list = control::open_list(&path, &args.map)?;
    show(&list.mapping);
    if !args.dry_run && !args.yes {
        let no = "nothing was imported: confirm the columns with --yes, or correct them with --map";
        question::confirm("Import these columns?", no)?;
    }
    let job = CsvJob {
        path,
        map: fixed(&list.mapping),
        order: args.dates,
        system: args.system,
        dry_run: args.dry_run,
    };
    let bar = Bar::new("Importing");
    let report: CsvReport = control::ask(&args.data, control::IMPORT_CSV, &job, &bar).await?;
    drop(bar);
    let order = report.order.as_deref().and_then(Order::from_code);
    match order {
        Some(Order::DayFirst) => say("\nDates such as 03/04 were read as 3 April."),
        Some(Order::MonthFirst) => say("\nDates such as 03/04 were read as 4 March."),
        None => say("\nThe dates are written in both orders; doubtful ones were refused."),
    }
    say(&format!(
        "\n{:<15}{:>9}{:>9}{:>11}",
        "", "new", "changed", "unchanged"
    ));
    line("patients", report.roll.patients);
    if !report.roll.remarks.is_empty() {
        say("\nLeft out, or kept as it was here:");
        for (line, what) in &report.roll.remarks {
            say(&format!("  line {line}: {what}"));
        }
    }
    if args.dry_run {
        say("\nThis was a dry run; nothing was written.");
    }
    if report.roll.refused.is_empty() {
        return Ok(());
    }
    say("\nLines that were not taken:");
    for (line, why) in &report.roll.refused {
        say(&format!("  line {line}: {why}"));
    }
    Err(Sorry(match report.roll.refused.len() {
        1 => "1 line was not taken".to_owned(),
        many => format!("{many} lines were not taken"),
    }))
}

fn show(mapping: &Mapping) {
    say("Columns:");
    for (header, field) in mapping.columns() {
        say(&format!(
            "  {header:<28} {}",
            field.map_or("not wanted", Field::code)
        ));
    }
}

/// The mapping that was shown, so that a server cannot guess otherwise.
fn fixed(mapping: &Mapping) -> Vec<(String, Option<String>)> {
    mapping
        .columns()
        .map(|(header, field)| (header.to_owned(), field.map(|f| f.code().to_owned())))
        .collect()
}
