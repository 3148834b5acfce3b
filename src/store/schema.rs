//! The data model at a glance: every table and index, one line each. A table's key stands
//! behind `Key:`. An index has no values; its key ends in the identifier of the row.

use super::table::{Index, Table};
use crate::domain::account::{Attempts, Link, Login, Session};
use crate::domain::appointment::{Appointment, Block, Hold};
use crate::domain::audit::AuditEvent;
use crate::domain::backup::Backup;
use crate::domain::backup::plan::{Plan, Target};
use crate::domain::encounter::Encounter;
use crate::domain::merge::MergeRecord;
use crate::domain::notice::Notice;
use crate::domain::patient::Patient;
use crate::domain::practitioner::{Organization, Practitioner};
use crate::domain::request::RegistrationRequest;
use crate::domain::service::Service;
use crate::domain::settings::Settings;

use super::appointments::Taken;
use super::hours::{KeptClosure, KeptException, KeptHours};

/// The version of everything below. A step to the next one is a migration.
pub const VERSION: u32 = 1;

/// Which search terms patients are found by: raised with every change of [`index_terms`], so that
/// data of before gets them too.
///
/// [`index_terms`]: crate::domain::search::index_terms
pub const TERMS: u32 = 1;

/// Facts about the file itself: `schema` → [`VERSION`], `terms` → [`TERMS`]. Key: name.
pub const META: Table<u32> = Table::new("meta");
/// What the clinic has decided about itself; one row. Key: settings.
pub const SETTINGS: Table<Settings> = Table::new("settings");
/// Running numbers, such as the next chart. Key: name.
pub const COUNTERS: Table<u64> = Table::new("counters");
/// Keys and certificates, by name. Key: name.
pub const SECRETS: Table<Vec<u8>> = Table::new("secrets");

/// People cared for. Key: patient.
pub const PATIENTS: Table<Patient> = Table::new("patients");
/// Search terms → last seen, seconds. The number of a chart merged away leads to the one that stays.
/// Key: term 0 patient.
pub const PATIENT_TERMS: Table<i64> = Table::new("patient_terms");
/// Active charts by folded name. Key: name 0 patient.
pub const PATIENTS_BY_NAME: Index = Index::new("patients_by_name");
/// By folded e-mail. Key: e-mail 0 patient.
pub const PATIENTS_BY_EMAIL: Index = Index::new("patients_by_email");
/// By phone in E.164. Key: phone 0 patient.
pub const PATIENTS_BY_PHONE: Index = Index::new("patients_by_phone");
/// By identifiers of other systems. Key: system 0 value 0 patient.
pub const PATIENTS_BY_IDENTIFIER: Index = Index::new("patients_by_identifier");
/// Charts made one, with what is needed to part them. Key: patient merge.
pub const MERGES: Table<MergeRecord> = Table::new("merges");

/// People who care. Key: practitioner.
pub const PRACTITIONERS: Table<Practitioner> = Table::new("practitioners");
/// Organisations of imported records. Key: organization.
pub const ORGANIZATIONS: Table<Organization> = Table::new("organizations");
/// What can be booked. Key: service.
pub const SERVICES: Table<Service> = Table::new("services");
/// Weekly patterns. Key: practitioner hours.
pub const HOURS: Table<KeptHours> = Table::new("hours");
/// Days that differ from the weekly pattern. Key: practitioner date.
pub const EXCEPTIONS: Table<KeptException> = Table::new("exceptions");
/// Days on which the whole clinic is closed. Key: closure.
pub const CLOSURES: Table<KeptClosure> = Table::new("closures");
/// Blocked time. Key: practitioner start block.
pub const BLOCKS: Table<Block> = Table::new("blocks");

/// Visits. Key: appointment.
pub const APPOINTMENTS: Table<Appointment> = Table::new("appointments");
/// What all visits take, by practitioner and start. Key: practitioner start appointment.
pub const APPOINTMENTS_BY_PRACTITIONER: Table<Taken> = Table::new("appointments_by_practitioner");
/// All visits by patient and start. Key: patient start appointment.
pub const APPOINTMENTS_BY_PATIENT: Index = Index::new("appointments_by_patient");
/// Requests that wait for an answer. Key: start appointment.
pub const APPOINTMENTS_PENDING: Index = Index::new("appointments_pending");
/// Visits that nobody has said the end of. Key: start appointment.
pub const APPOINTMENTS_OPEN: Index = Index::new("appointments_open");
/// Times held for a moment. Key: practitioner start hold.
pub const HOLDS: Table<Hold> = Table::new("holds");
/// Visits according to imported records. Key: encounter.
pub const ENCOUNTERS: Table<Encounter> = Table::new("encounters");
/// By patient and start. Key: patient start encounter.
pub const ENCOUNTERS_BY_PATIENT: Index = Index::new("encounters_by_patient");
/// By identifier in the source. Key: system 0 value 0 encounter.
pub const ENCOUNTERS_BY_IDENTIFIER: Index = Index::new("encounters_by_identifier");

/// Accesses. Key: login.
pub const LOGINS: Table<Login> = Table::new("logins");
/// Staff by folded e-mail. Key: e-mail 0 login.
pub const LOGINS_BY_EMAIL: Index = Index::new("logins_by_email");
/// Patients' accesses. Key: patient login.
pub const LOGINS_BY_PATIENT: Index = Index::new("logins_by_patient");
/// Signed-in devices. Key: SHA-256 of the token.
pub const SESSIONS: Table<Session> = Table::new("sessions");
/// By access. Key: login session; value is the key of the session.
pub const SESSIONS_BY_LOGIN: Table<[u8; 32]> = Table::new("sessions_by_login");
/// Links that were handed out. Key: SHA-256 of the token.
pub const LINKS: Table<Link> = Table::new("links");
/// The live link of a purpose. Key: purpose; value is the key of the link.
pub const LINKS_BY_PURPOSE: Table<[u8; 32]> = Table::new("links_by_purpose");
/// Links by the code that may be typed instead. Key: SHA-256 of the code, of the browser; value is the key.
pub const LINKS_BY_CODE: Table<[u8; 32]> = Table::new("links_by_code");
/// Wrong answers. Key: door 0 subject.
pub const ATTEMPTS: Table<Attempts> = Table::new("attempts");
/// Persons not known here who want to be patients. Key: request.
pub const REQUESTS: Table<RegistrationRequest> = Table::new("requests");

/// Messages that leave the building. Key: notice.
pub const NOTICES: Table<Notice> = Table::new("notices");
/// Waiting messages by the time of their next try. Key: next notice.
pub const NOTICES_DUE: Index = Index::new("notices_due");
/// Messages that no longer wait, by the word of their state. Key: state 0 notice.
pub const NOTICES_BY_STATE: Index = Index::new("notices_by_state");
/// Messages about a patient. Key: patient created notice.
pub const NOTICES_BY_PATIENT: Index = Index::new("notices_by_patient");
/// Messages about a visit. Key: appointment notice.
pub const NOTICES_BY_VISIT: Index = Index::new("notices_by_visit");
/// Each subject, kind and due time exists once; the value is the notice. Key: unique key.
pub const NOTICES_UNIQUE: Table<[u8; 16]> = Table::new("notices_unique");

/// The log. Key: seq.
pub const AUDIT: Table<AuditEvent> = Table::new("audit");
/// Where the log ends: position and hash of the last line, written with it. Key: head.
pub const AUDIT_HEAD: Table<(u64, [u8; 32])> = Table::new("audit_head");
/// By patient. Key: patient seq.
pub const AUDIT_BY_PATIENT: Index = Index::new("audit_by_patient");
/// By who did it. Key: login seq.
pub const AUDIT_BY_LOGIN: Index = Index::new("audit_by_login");

/// Archives that were written. Key: time archive.
pub const BACKUPS: Table<Backup> = Table::new("backups");
/// What the clinic has decided about its backups; one row. Key: plan.
pub const BACKUP_PLAN: Table<Plan> = Table::new("backup_plan");
/// Places for archives. Key: name.
pub const BACKUP_TARGETS: Table<Target> = Table::new("backup_targets");

/// Every table and index by name: what `check`, backups and the digest walk over.
pub const NAMES: &[&str] = &[
    META.name(),
    SETTINGS.name(),
    COUNTERS.name(),
    SECRETS.name(),
    PATIENTS.name(),
    PATIENT_TERMS.name(),
    PATIENTS_BY_NAME.name(),
    PATIENTS_BY_EMAIL.name(),
    PATIENTS_BY_PHONE.name(),
    PATIENTS_BY_IDENTIFIER.name(),
    MERGES.name(),
    PRACTITIONERS.name(),
    ORGANIZATIONS.name(),
    SERVICES.name(),
    HOURS.name(),
    EXCEPTIONS.name(),
    CLOSURES.name(),
    BLOCKS.name(),
    APPOINTMENTS.name(),
    APPOINTMENTS_BY_PRACTITIONER.name(),
    APPOINTMENTS_BY_PATIENT.name(),
    APPOINTMENTS_PENDING.name(),
    APPOINTMENTS_OPEN.name(),
    HOLDS.name(),
    ENCOUNTERS.name(),
    ENCOUNTERS_BY_PATIENT.name(),
    ENCOUNTERS_BY_IDENTIFIER.name(),
    LOGINS.name(),
    LOGINS_BY_EMAIL.name(),
    LOGINS_BY_PATIENT.name(),
    SESSIONS.name(),
    SESSIONS_BY_LOGIN.name(),
    LINKS.name(),
    LINKS_BY_PURPOSE.name(),
    LINKS_BY_CODE.name(),
    ATTEMPTS.name(),
    REQUESTS.name(),
    NOTICES.name(),
    NOTICES_DUE.name(),
    NOTICES_BY_STATE.name(),
    NOTICES_BY_PATIENT.name(),
    NOTICES_BY_VISIT.name(),
    NOTICES_UNIQUE.name(),
    AUDIT.name(),
    AUDIT_HEAD.name(),
    AUDIT_BY_PATIENT.name(),
    AUDIT_BY_LOGIN.name(),
    BACKUPS.name(),
    BACKUP_PLAN.name(),
    BACKUP_TARGETS.name(),
];
