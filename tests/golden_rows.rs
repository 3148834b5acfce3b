//! The bytes of one example per kind of row are kept, so that no shape changes unnoticed: postcard
//! reads a field or a variant that moved as something else, without a word.

use std::fmt::Debug;
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use anteroom::app::Failure;
use anteroom::domain::account::{Attempts, Link, Login, Session};
use anteroom::domain::appointment::{Appointment, Block, Hold, HoldKind};
use anteroom::domain::audit::{Action, AuditEvent};
use anteroom::domain::backup::Backup;
use anteroom::domain::backup::plan::{Attempt, Destination, Fault, Plan, Schedule, Target};
use anteroom::domain::encounter::Encounter;
use anteroom::domain::id::{EncounterId, HoldId, Id, OrganizationId};
use anteroom::domain::notice::Notice;
use anteroom::domain::patient::Patient;
use anteroom::domain::person::Identifier;
use anteroom::domain::practitioner::{Organization, Practitioner};
use anteroom::domain::request::RegistrationRequest;
use anteroom::domain::service::Service;
use anteroom::domain::settings::Settings;
use anteroom::store::hours::{KeptClosure, KeptException, KeptHours};
use anteroom::store::schema;
use anteroom::store::table::{Rows, Table, decode, encode};
use data_encoding::HEXLOWER;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::support::World;

/// Set to write examples of shapes that have none, or whose example no longer fits.
const WRITE: &str = "ANTEROOM_WRITE_GOLDEN";

fn file(table: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/rows/{table}.txt"))
}

/// Whether the kept example still means what it meant. `None` when there is none.
fn compare<R: Serialize + DeserializeOwned + Debug>(
    table: &'static str,
) -> Option<Result<(), String>> {
    let kept = fs::read_to_string(file(table)).ok()?;
    let (hex, meaning) = kept.split_once("\n\n")?;
    let bytes = HEXLOWER.decode(hex.replace('\n', "").as_bytes()).ok()?;
    let outcome = match decode::<R>(table, &bytes) {
        Err(e) => Err(format!("it cannot be read any more: {e}")),
        Ok(row) if format!("{row:#?}\n") != meaning => {
            Err(format!("it is read as something else:\n{row:#?}"))
        }
        Ok(row) if encode(&row).ok().as_deref() != Some(&bytes) => {
            Err("it is written differently now".to_owned())
        }
        Ok(_) => Ok(()),
    };
    Some(outcome)
}

fn keep<R: Debug + DeserializeOwned>(table: &'static str, bytes: &[u8]) {
    let row: R = decode(table, bytes).expect("an example");
    let hex = HEXLOWER.encode(bytes);
    let lines: Vec<&str> = hex
        .as_bytes()
        .chunks(96)
        .map(|c| std::str::from_utf8(c).expect("hex"))
        .collect();
    let text = format!("{}\n\n{row:#?}\n", lines.join("\n"));
    fs::write(file(table), text).expect("written");
}

/// Compares a table's example; where that was asked for, makes one of the longest row there is.
fn check<R: Serialize + DeserializeOwned + Debug>(world: &World, table: &Table<R>) {
    let name = table.name();
    let outcome = compare::<R>(name);
    if matches!(outcome, Some(Ok(()))) {
        return;
    }
    if std::env::var_os(WRITE).is_none() {
        let why = outcome
            .and_then(Result::err)
            .unwrap_or_else(|| "it has no example".to_owned());
        panic!(
            "rows of `{name}` have another shape than their example in tests/golden/rows: {why}\n\
             After the first release that is a migration (src/store/migrate.rs). Before it, run \
             this test with {WRITE}=1 and look at what changed."
        );
    }
    let longest = world.clinic.store.read(|rows| {
        let mut longest = Vec::new();
        rows.walk(name, &[], None, false, &mut |(_, value)| {
            if value.len() > longest.len() {
                longest = value.to_vec();
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok::<_, Failure>(longest)
    });
    let longest = longest.expect("a read");
    assert!(
        !longest.is_empty(),
        "the clinic has no row of `{name}` to make an example of"
    );
    keep::<R>(name, &longest);
}

/// What the seeded clinic has none of.
fn add(world: &World) {
    let now = world.in_hours(0);
    let identifier = |value: &str| Identifier {
        system: "urn:example".into(),
        value: value.into(),
    };
    let organization = Organization {
        id: OrganizationId::from_bytes([1; 16]),
        name: "Northside Surgery".into(),
        identifiers: vec![identifier("org-1")],
        active: false,
    };
    let encounter = Encounter {
        id: EncounterId::from_bytes([2; 16]),
        patient: world.seeded.amira,
        practitioner: Some(world.seeded.practitioners[0]),
        organization: Some(OrganizationId::from_bytes([1; 16])),
        identifier: identifier("enc-1"),
        start: now,
        end: Some(world.in_hours(1)),
        class: "AMB".into(),
        status: "finished".into(),
        kind: "Encounter for check up".into(),
    };
    let hold = Hold {
        id: HoldId::from_bytes([3; 16]),
        patient: world.seeded.amira,
        practitioner: world.seeded.practitioners[0],
        service: world.seeded.services.check_up,
        start: world.in_hours(48),
        duration_min: 20,
        before_min: 5,
        after_min: 10,
        expires_at: world.in_hours(1),
        kind: HoldKind::Undo(anteroom::domain::id::AppointmentId::from_bytes([4; 16])),
    };
    let backup = Backup {
        at: now,
        archive: "/mnt/usb/anteroom-20261123T090000Z.age".to_owned(),
        bytes: 300_000,
        rows: 70_000,
        audit_seq: 500,
        proven_at: Some(now),
        problem: "none".to_owned(),
    };
    let plan = Plan {
        schedule: Schedule::Daily(90),
        sheet_checked_at: Some(now),
        ..Plan::default()
    };
    let target = Target {
        name: "usb".to_owned(),
        to: Destination::Directory("/mnt/usb".to_owned()),
        added_at: now,
        chosen: true,
        asked: false,
        last: Some(Attempt {
            at: now,
            bytes: 300_000,
            proven_at: Some(now),
            fault: Some((Fault::NotProven, "none".to_owned())),
            failures: 300,
        }),
        proven: Some(now),
    };
    let cause = world.clinic.own_cause("example", Action::Import);
    let added = world.clinic.store.write(cause, move |tx| {
        tx.put(&organization)?;
        tx.put(&encounter)?;
        tx.put(&hold)?;
        tx.put(&backup)?;
        tx.put(&plan)?;
        tx.put(&target)?;
        let attempts = Attempts {
            failures: 300,
            shut_until: Some(now),
        };
        anteroom::store::access::put_attempts(tx, "example", "someone", &attempts)?;
        Ok(())
    });
    added.expect("examples");
}

#[test]
fn no_shape_changes_unnoticed() {
    let world = World::new();
    add(&world);
    check::<Settings>(&world, &schema::SETTINGS);
    check::<Patient>(&world, &schema::PATIENTS);
    check::<Practitioner>(&world, &schema::PRACTITIONERS);
    check::<Organization>(&world, &schema::ORGANIZATIONS);
    check::<Service>(&world, &schema::SERVICES);
    check::<KeptHours>(&world, &schema::HOURS);
    check::<KeptException>(&world, &schema::EXCEPTIONS);
    check::<KeptClosure>(&world, &schema::CLOSURES);
    check::<Block>(&world, &schema::BLOCKS);
    check::<Appointment>(&world, &schema::APPOINTMENTS);
    check::<Hold>(&world, &schema::HOLDS);
    check::<Encounter>(&world, &schema::ENCOUNTERS);
    check::<Login>(&world, &schema::LOGINS);
    check::<Session>(&world, &schema::SESSIONS);
    check::<Link>(&world, &schema::LINKS);
    check::<Attempts>(&world, &schema::ATTEMPTS);
    check::<RegistrationRequest>(&world, &schema::REQUESTS);
    check::<Notice>(&world, &schema::NOTICES);
    check::<AuditEvent>(&world, &schema::AUDIT);
    check::<Backup>(&world, &schema::BACKUPS);
    check::<Plan>(&world, &schema::BACKUP_PLAN);
    check::<Target>(&world, &schema::BACKUP_TARGETS);
}
