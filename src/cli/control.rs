//! What a command asks of the clinic: of the running server where there is one, else of the data
//! directory itself. Both are answered by the same [`handle`], so that they cannot differ.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Sorry;
use super::progress::Bar;
use super::{backup, running, setup_code, status, target, user};
use crate::app::Clinic;
use crate::app::importing::people::{Roll, take_people};
use crate::app::people::console;
use crate::interop::csv_patients::{self, Field, Order, Reading};
use crate::interop::fhir::{self, Limits};
use crate::serve::control::{ControlClient, ControlReply, ControlRequest, ControlVerbs, Progress};
use crate::store::beside;

/// The verb that takes over FHIR bundles; its parameters are [`FhirJob`].
pub const IMPORT_FHIR: &str = "import fhir";
/// The verb that takes over a list; its parameters are [`CsvJob`].
pub const IMPORT_CSV: &str = "import csv";

/// FHIR bundles that are to be taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FhirJob {
    /// A file, folder or ZIP file, by its whole path.
    pub path: PathBuf,
}

/// A list that is to be taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CsvJob {
    /// The list, by its whole path.
    pub path: PathBuf,
    /// What differs from the guess: headers, and the codes of their fields (none for nothing).
    pub map: Vec<(String, Option<String>)>,
    /// The order of day and month, as its code; none to find it out.
    pub order: Option<String>,
    /// The system of the numbers.
    pub system: String,
    /// Whether only to say what would be done.
    pub dry_run: bool,
}

/// What came of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CsvReport {
    /// What became of the rows.
    pub roll: Roll,
    /// The order of day and month that was used, as its code; none when the list has both.
    pub order: Option<String>,
}

/// How far a verb is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Parts that are done.
    pub done: usize,
    /// Parts in all.
    pub of: usize,
}

/// Does what a command asks. It blocks; `report` is told how far it is, as [`Step`]s.
pub fn handle(clinic: &Clinic, request: &ControlRequest, report: &dyn Fn(Value)) -> ControlReply {
    let step = |done, of| report(serde_json::to_value(Step { done, of }).unwrap_or_default());
    let params = request.params.clone();
    let answer = match request.verb.as_str() {
        IMPORT_FHIR => job(params).and_then(|job| import_fhir(clinic, &job, &step)),
        IMPORT_CSV => job(params).and_then(|job| import_csv(clinic, &job, &step)),
        user::ADD => job(params).and_then(|add| user::add(clinic, &add)),
        user::RESET => job(params).and_then(|reset| user::reset(clinic, &reset)),
        user::LIST => user::list(clinic),
        backup::BACKUP => job(params).and_then(|job| backup::make(clinic, &job, &step)),
        backup::SHEET => backup::give_sheet(clinic),
        target::ADD => job(params).and_then(|add| target::add(clinic, &add)),
        target::REMOVE => job(params).and_then(|named| target::remove(clinic, &named)),
        target::LIST => target::list(clinic),
        status::STATUS => status::give(clinic),
        setup_code::SETUP_CODE => setup_code::give(clinic),
        other => Err(Sorry(format!("this server cannot do \"{other}\""))),
    };
    match answer {
        Ok(value) => ControlReply::Done(value),
        Err(Sorry(sentence)) => ControlReply::Refused(sentence),
    }
}

/// What a server does with requests of its control socket.
pub fn verbs(clinic: Arc<Clinic>) -> impl ControlVerbs {
    move |request: ControlRequest, progress: Progress| {
        let clinic = clinic.clone();
        async move {
            let work = move || handle(&clinic, &request, &|step| progress.report(step));
            let done = tokio::task::spawn_blocking(work).await;
            done.unwrap_or_else(|_panic| {
                ControlReply::Refused("the server failed at this; its log says more".to_owned())
            })
        }
    }
}

fn request_for(verb: &str, params: &impl Serialize) -> Result<ControlRequest, Sorry> {
    Ok(ControlRequest {
        verb: verb.to_owned(),
        params: serde_json::to_value(params).map_err(Sorry::from_display)?,
    })
}

fn answer<T: DeserializeOwned>(reply: ControlReply) -> Result<T, Sorry> {
    match reply {
        ControlReply::Done(value) => serde_json::from_value(value).map_err(Sorry::from_display),
        ControlReply::Refused(sentence) => Err(Sorry(sentence)),
    }
}

/// Asks the running server of a data directory; none when there is none.
pub(super) async fn ask_server<T: DeserializeOwned>(
    data: &Path,
    verb: &str,
    params: &impl Serialize,
    bar: &Bar,
) -> Result<Option<T>, Sorry> {
    let server = ControlClient::connect(data)
        .await
        .map_err(Sorry::from_display)?;
    let Some(mut server) = server else {
        return Ok(None);
    };
    let request = request_for(verb, params)?;
    let reply = server.call(&request, |step| bar.step(step)).await;
    answer(reply.map_err(Sorry::from_display)?).map(Some)
}

/// Asks the running server of a data directory, or does it here when there is none.
pub(super) async fn ask<T: DeserializeOwned>(
    data: &Path,
    verb: &str,
    params: &impl Serialize,
    bar: &Bar,
) -> Result<T, Sorry> {
    if let Some(answer) = ask_server(data, verb, params, bar).await? {
        return Ok(answer);
    }
    if !beside::exists(data) {
        return Err(Sorry(format!("there is no clinic in {}", data.display())));
    }
    let request = request_for(verb, params)?;
    let clinic = running::open(data, "https://localhost:8443")?;
    let bar = bar.clone();
    let work = move || {
        let reply = handle(&clinic, &request, &|step| bar.step(step));
        clinic.store.close();
        reply
    };
    let done = tokio::task::spawn_blocking(work).await;
    answer(done.map_err(Sorry::from_display)?)
}

fn job<J: DeserializeOwned>(params: Value) -> Result<J, Sorry> {
    let differs = |e| {
        Sorry(format!(
            "the server and this command are of different versions: {e}"
        ))
    };
    serde_json::from_value(params).map_err(differs)
}

fn import_fhir(
    clinic: &Clinic,
    job: &FhirJob,
    step: &dyn Fn(usize, usize),
) -> Result<Value, Sorry> {
    let report = fhir::import(
        clinic,
        &console("import"),
        &job.path,
        Limits::default(),
        step,
    )
    .map_err(Sorry::from_display)?;
    serde_json::to_value(report).map_err(Sorry::from_display)
}

fn import_csv(clinic: &Clinic, job: &CsvJob, step: &dyn Fn(usize, usize)) -> Result<Value, Sorry> {
    let list = open_list(&job.path, &job.map)?;
    let current = clinic.current();
    let reading = Reading {
        mapping: list.mapping.clone(),
        order: job.order.as_deref().and_then(Order::from_code),
        country: current.settings.profile.country.clone(),
        today: current.date(clinic.now()),
        system: job.system.clone(),
    };
    let read = csv_patients::read(&list, &reading).map_err(Sorry::from_display)?;
    let all = read.people.len();
    let told = |done| step(done, all);
    let mut roll = take_people(clinic, &console("import"), &read.people, job.dry_run, &told)?;
    roll.refused.extend(read.refused);
    roll.refused.sort();
    // Of a line that was not taken, the reason is enough.
    let refused: BTreeSet<u64> = roll.refused.iter().map(|(line, _)| *line).collect();
    let remarks = read.remarks.into_iter();
    roll.remarks
        .extend(remarks.filter(|(line, _)| !refused.contains(line)));
    roll.remarks.sort();
    let report = CsvReport {
        roll,
        order: read.order.map(|o| o.code().to_owned()),
    };
    serde_json::to_value(report).map_err(Sorry::from_display)
}

/// Opens a list and corrects the guess of its columns.
pub(super) fn open_list(
    path: &Path,
    map: &[(String, Option<String>)],
) -> Result<csv_patients::List, Sorry> {
    let unreadable = |why: String| Sorry(format!("{} cannot be read: {why}", path.display()));
    let file = File::open(path).map_err(|e| unreadable(e.to_string()))?;
    let mut bytes = Vec::new();
    file.take(csv_patients::MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| unreadable(e.to_string()))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > csv_patients::MAX_BYTES {
        let mib = csv_patients::MAX_BYTES >> 20;
        return Err(unreadable(format!("it is larger than {mib} MiB")));
    }
    let mut list = csv_patients::open(&bytes).map_err(|e| unreadable(e.to_string()))?;
    for (header, code) in map {
        let field = match code {
            None => None,
            Some(code) => Some(
                Field::from_code(code)
                    .ok_or_else(|| Sorry(format!("there is no field \"{code}\"")))?,
            ),
        };
        let set = list.mapping.set(header, field);
        set.map_err(|e| Sorry(format!("\"{header}\": {e}")))?;
    }
    Ok(list)
}
