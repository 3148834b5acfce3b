//! People in every role and state, who are signed in without a door: the doors have their own tests.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use anteroom::app::{Clinic, Failure};
use anteroom::domain::account::{Link, LinkPurpose, Login, LoginState, Role, Session};
use anteroom::domain::appointment::{Appointment, after};
use anteroom::domain::audit::Action;
use anteroom::domain::id::{LoginId, PatientId};
use anteroom::domain::patient::Patient;
use anteroom::domain::person::Email;
use anteroom::store::table::{Read, Rows};
use anteroom::store::{access, schema};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// Signs a device of an access in. What its cookie carries.
pub fn sign_in(clinic: &Clinic, login: LoginId) -> String {
    let token = data_encoding::BASE64URL_NOPAD.encode(&clinic.random::<32>());
    let now = clinic.now();
    let session = Session {
        key: Sha256::digest(token.as_bytes()).into(),
        id: clinic.new_id(),
        login,
        device: "Firefox on Linux".to_owned(),
        created_at: now,
        seen_at: now,
        expires_at: after(now, 24 * 60),
        proven_at: now,
        locked: false,
    };
    let cause = clinic.own_cause("test", Action::SignIn);
    clinic
        .store
        .write(cause, move |tx| Ok(tx.put(&session)?))
        .expect("a session");
    token
}

/// An access of a role in a state.
pub fn access_of(
    clinic: &Clinic,
    role: Role,
    state: LoginState,
    patient: Option<PatientId>,
) -> LoginId {
    let mut login = Login::new(clinic.new_id(), role, "Someone Else", clinic.now());
    login.state = state;
    login.patient = patient;
    let id = login.id;
    let cause = clinic.own_cause("test", Action::Invite);
    clinic
        .store
        .write(cause, move |tx| Ok(tx.put(&login)?))
        .expect("an access");
    id
}

/// Keeps the link of a mail about a visit. Where it leads.
pub fn visit_link(clinic: &Clinic, visit: &Appointment, token: &str) -> String {
    keep_link(
        clinic,
        LinkPurpose::Visit(visit.id),
        None,
        visit.start,
        token,
    );
    format!("/v/{token}")
}

/// Keeps a link that a mail carries.
pub fn keep_link(
    clinic: &Clinic,
    purpose: LinkPurpose,
    email: Option<Email>,
    expires_at: Timestamp,
    token: &str,
) {
    let link = Link {
        key: Sha256::digest(token.as_bytes()).into(),
        purpose,
        code: None,
        browser: None,
        email,
        created_at: clinic.now(),
        expires_at,
        used_at: None,
        tries_left: u8::MAX,
    };
    let cause = clinic.own_cause("test", Action::Outbox);
    let kept = clinic
        .store
        .write(cause, move |tx| Ok(access::put_link(tx, &link)?));
    kept.expect("a link");
}

/// Patients who can book, each with the cookie of a signed-in phone. At most `wanted`.
pub fn phones(clinic: &Clinic, wanted: usize) -> Vec<(PatientId, String)> {
    let patients: Vec<Patient> = clinic
        .store
        .read(|rows| rows.all(&schema::PATIENTS))
        .expect("patients");
    let active = patients
        .into_iter()
        .filter(|p| p.is_active() && p.can_be_reached())
        .take(wanted);
    let mut sessions = Vec::new();
    let mut phones = Vec::new();
    for patient in active {
        let login = clinic
            .store
            .read(|rows| access::login_of_patient(rows, patient.id));
        let login = login
            .expect("a read")
            .filter(|l| l.state == LoginState::Active);
        let login = login.unwrap_or_else(|| {
            let name = patient.name().full();
            let mut login = Login::new(clinic.new_id(), Role::Patient, &name, clinic.now());
            login.patient = Some(patient.id);
            login
        });
        let token = data_encoding::BASE64URL_NOPAD.encode(&clinic.random::<32>());
        let now = clinic.now();
        let session = Session {
            key: Sha256::digest(token.as_bytes()).into(),
            id: clinic.new_id(),
            login: login.id,
            device: "Chrome on Android".to_owned(),
            created_at: now,
            seen_at: now,
            expires_at: after(now, 24 * 60),
            proven_at: now,
            locked: false,
        };
        phones.push((patient.id, token));
        sessions.push((login, session));
    }
    let cause = clinic.own_cause("test", Action::SignIn);
    let kept = clinic.store.write(cause, move |tx| {
        for (login, session) in &sessions {
            tx.put(login)?;
            tx.put(session)?;
        }
        Ok(())
    });
    kept.expect("sessions");
    phones
}

/// A digest of every table but the log.
pub fn digest(clinic: &Clinic) -> BTreeMap<&'static str, [u8; 32]> {
    clinic.store.flush_views();
    let log = ["audit", "audit_head", "audit_by_patient", "audit_by_login"];
    let digests = clinic.store.read(|rows| {
        let mut digests = BTreeMap::new();
        for table in schema::NAMES.iter().filter(|t| !log.contains(t)) {
            let mut sum = Sha256::new();
            rows.walk(table, &[], None, false, &mut |(key, value)| {
                sum.update(key.len().to_be_bytes());
                sum.update(key);
                sum.update(value.len().to_be_bytes());
                sum.update(value);
                Ok(ControlFlow::Continue(()))
            })?;
            digests.insert(*table, sum.finalize().into());
        }
        Ok::<_, Failure>(digests)
    });
    digests.expect("a read")
}
