use jiff::civil::date;

use super::*;
use crate::app::charts::Portal;
use crate::app::stage::{BORN, Stage, email, no};
use crate::app::{charts, merging};
use crate::domain::account::{Login, Role, Session};
use crate::domain::appointment::tests::check_up;
use crate::domain::appointment::{NewAppointment, after};
use crate::domain::id::{Id, LoginId, PractitionerId};
use crate::domain::person::HumanName;
use crate::domain::practitioner::Practitioner;

struct Asking {
    request: RegistrationRequest,
    login: Login,
    visit: Appointment,
}

/// Someone not known here who proved an address and asks for a visit.
fn asking(stage: &Stage, name: &str) -> Asking {
    let clinic = &stage.clinic;
    let now = clinic.now();
    let mut chart = Patient::new(clinic.new_id(), HumanName::from_full(name), now);
    chart.birth_date = Some(BORN);
    chart.email = Some(email("new@example.org"));
    chart.state = PatientState::Provisional;
    let login_id: LoginId = clinic.new_id();
    let mut login = Login::new(login_id, Role::Patient, name, now);
    login.state = LoginState::Pending;
    login.email.clone_from(&chart.email);
    login.patient = Some(chart.id);
    let request = RegistrationRequest {
        id: clinic.new_id(),
        login: login.id,
        name: chart.name().clone(),
        birth_date: BORN,
        email: email("new@example.org"),
        phone: None,
        chart: chart.id,
        visit: None,
        state: RequestState::Open,
        created_at: now,
    };
    let visit = pending(stage, chart.id);
    let session = Session {
        key: [9; 32],
        id: clinic.new_id(),
        login: login.id,
        device: String::new(),
        created_at: now,
        seen_at: now,
        expires_at: after(now, 60),
        proven_at: now,
        locked: false,
    };
    let (kept, who) = (request.clone(), login.clone());
    let cause = clinic.own_cause("test", Action::Registration);
    clinic
        .store
        .write(cause, move |tx| {
            tx.put(&chart)?;
            tx.put(&who)?;
            tx.put(&session)?;
            Ok(requests::put(tx, &kept)?)
        })
        .unwrap();
    Asking {
        request,
        login,
        visit,
    }
}

/// A visit that waits for an answer.
fn pending(stage: &Stage, patient: PatientId) -> Appointment {
    let clinic = &stage.clinic;
    let practitioner = Practitioner {
        id: PractitionerId::from_bytes([5; 16]),
        name: HumanName::from_full("Rui Silva"),
        role: String::new(),
        hue: 1,
        active: true,
        identifiers: Vec::new(),
    };
    let new = NewAppointment {
        id: clinic.new_id(),
        reference: clinic.new_reference(),
        patient,
        practitioner: practitioner.id,
        start: after(clinic.now(), 5 * 24 * 60),
        by: Doer::Patient,
        at: clinic.now(),
        pending: true,
    };
    let visit = Appointment::new(new, &check_up());
    let kept = visit.clone();
    let cause = clinic.own_cause("test", Action::Request);
    clinic
        .store
        .write(cause, move |tx| {
            tx.put(&check_up())?;
            tx.put(&practitioner)?;
            Ok(appointments::put(tx, &kept)?)
        })
        .unwrap();
    visit
}

fn visit_now(stage: &Stage, id: AppointmentId) -> Appointment {
    let read = |rows: &crate::store::Reader| appointments::find(rows, id);
    stage.clinic.store.read(read).unwrap().unwrap()
}

fn devices(stage: &Stage, login: &Login) -> usize {
    let read = |rows: &crate::store::Reader| access::sessions_of(rows, login.id);
    stage.clinic.store.read(read).unwrap().len()
}

#[test]
fn a_match_gives_the_person_their_own_chart_and_books_along() {
    let stage = Stage::new();
    let (clinic, desk) = (&stage.clinic, stage.caller(Role::FrontDesk));
    let known = stage.patient("Amira Haddad", None, Some(BORN));
    let asked = asking(&stage, "amira haddad");
    let open = waiting(clinic, &desk).unwrap();
    assert!(open.visits.is_empty(), "the visit is part of the person");
    let [stranger] = open.strangers.as_slice() else {
        panic!("one person asks")
    };
    assert_eq!(stranger.alike[0].patient.id, known.id);
    assert_eq!(
        no(accept_visit(clinic, &desk, asked.visit.id)),
        Refused::ChartNotActive,
        "nobody has said who it is"
    );

    match_to(clinic, &desk, asked.request.id, known.id, true).unwrap();
    let visit = visit_now(&stage, asked.visit.id);
    assert_eq!((visit.patient, visit.status), (known.id, Status::Booked));
    let login = stage.login(&asked.login);
    assert_eq!(
        (login.patient, login.state),
        (Some(known.id), LoginState::Active)
    );
    assert_eq!(devices(&stage, &login), 1, "they stay signed in");
    assert_eq!(stage.chart(known.id).email, Some(email("new@example.org")));
    assert_eq!(stage.letters(NoticeKind::Welcome).len(), 1);
    assert_eq!(stage.letters(NoticeKind::Booked).len(), 1);
    assert!(waiting(clinic, &desk).unwrap().strangers.is_empty());
    assert_eq!(
        no(match_to(clinic, &desk, asked.request.id, known.id, false)),
        Refused::Changed
    );

    // A wrong match is parted again, and the request is open again.
    merging::part_again(clinic, &desk, known.id).unwrap();
    let login = stage.login(&asked.login);
    assert_eq!(
        (login.patient, login.state),
        (Some(asked.request.chart), LoginState::Pending)
    );
    assert_eq!(stage.chart(known.id).email, None);
    assert_eq!(
        visit_now(&stage, asked.visit.id).patient,
        asked.request.chart
    );
    assert_eq!(waiting(clinic, &desk).unwrap().strangers.len(), 1);
}

#[test]
fn a_match_never_opens_a_second_access_and_tells_the_old_address() {
    let stage = Stage::new();
    let (clinic, desk) = (&stage.clinic, stage.caller(Role::FrontDesk));
    let known = stage.patient("Amira Haddad", Some("old@example.org"), Some(BORN));
    let mut own = Login::new(clinic.new_id(), Role::Patient, "Amira", clinic.now());
    own.patient = Some(known.id);
    stage.keep(&own);
    let asked = asking(&stage, "Amira Haddad");
    match_to(clinic, &desk, asked.request.id, known.id, false).unwrap();
    assert_eq!(stage.login(&asked.login).state, LoginState::Disabled);
    assert_eq!(stage.login_of(known.id).unwrap().id, own.id);
    let told = stage.letters(NoticeKind::ContactChanged);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].to, "old@example.org");
    assert_eq!(visit_now(&stage, asked.visit.id).status, Status::Pending);
    assert_eq!(waiting(clinic, &desk).unwrap().visits.len(), 1);
}

#[test]
fn a_new_person_gets_a_chart_with_a_number() {
    let stage = Stage::new();
    let (clinic, desk) = (&stage.clinic, stage.caller(Role::Practitioner));
    let asked = asking(&stage, "Jan Nowak");
    assert_eq!(
        no(charts::find(clinic, &desk, asked.request.chart)),
        Refused::NotFound,
        "nobody opens a chart that is only asked for"
    );
    let chart = create(clinic, &desk, asked.request.id, true).unwrap();
    assert!(chart.is_active() && chart.chart > 0);
    let shown = charts::find(clinic, &desk, chart.id).unwrap();
    assert!(matches!(shown.portal, Portal::Active { .. }));
    assert_eq!(shown.ahead[0].visit.status, Status::Booked);
    assert_eq!(stage.letters(NoticeKind::Welcome)[0].to, "new@example.org");
}

#[test]
fn a_refusal_closes_everything_and_says_so() {
    let stage = Stage::new();
    let (clinic, desk) = (&stage.clinic, stage.caller(Role::FrontDesk));
    let asked = asking(&stage, "Jan Nowak");
    decline(clinic, &desk, asked.request.id, "We are full").unwrap();
    let visit = visit_now(&stage, asked.visit.id);
    assert_eq!(visit.status, Status::Cancelled);
    assert_eq!(visit.cancellation.unwrap().reason, "We are full");
    assert_eq!(stage.login(&asked.login).state, LoginState::Disabled);
    assert_eq!(devices(&stage, &asked.login), 0);
    assert_eq!(stage.letters(NoticeKind::TurnedAway).len(), 1);
    assert!(stage.letters(NoticeKind::Declined).is_empty(), "told once");
    assert!(waiting(clinic, &desk).unwrap().strangers.is_empty());
}

#[test]
fn a_visit_is_answered_once_and_the_answer_can_be_taken_back() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let login = stage.staff("Rosa Lind", Role::FrontDesk, "rosa@example.org");
    let desk = Stage::as_caller(&login);
    let amira = stage.patient("Amira Haddad", Some("a@example.org"), Some(BORN));
    let visit = pending(&stage, amira.id);
    assert_eq!(
        accept_visit(clinic, &desk, visit.id).unwrap().status,
        Status::Booked
    );
    assert_eq!(
        no(accept_visit(clinic, &desk, visit.id)),
        Refused::VisitNotOpen
    );
    booking::undo(clinic, &desk, visit.id).unwrap();
    assert_eq!(visit_now(&stage, visit.id).status, Status::Pending);
    let gone = decline_visit(clinic, &desk, visit.id, "No room").unwrap();
    assert_eq!(gone.status, Status::Cancelled);
    assert_eq!(stage.letters(NoticeKind::Declined).len(), 1);
    booking::undo(clinic, &desk, visit.id).unwrap();
    assert_eq!(visit_now(&stage, visit.id).status, Status::Pending);
}

#[test]
fn only_those_who_answer_requests_see_them() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let known = stage.patient("Jan Nowak", None, Some(date(1990, 1, 2)));
    let asked = asking(&stage, "Jan Nowak");
    for role in [Role::Billing, Role::ReadOnly, Role::Patient] {
        let caller = stage.caller(role);
        let (request, visit) = (asked.request.id, asked.visit.id);
        assert_eq!(no(waiting(clinic, &caller)), Refused::NotFound);
        assert_eq!(
            no(find_stranger(clinic, &caller, request)),
            Refused::NotFound
        );
        assert_eq!(no(find_visit(clinic, &caller, visit)), Refused::NotFound);
        assert_eq!(no(accept_visit(clinic, &caller, visit)), Refused::NotFound);
        assert_eq!(
            no(decline_visit(clinic, &caller, visit, "x")),
            Refused::NotFound
        );
        let matched = match_to(clinic, &caller, request, known.id, false);
        assert_eq!(no(matched), Refused::NotFound);
        assert_eq!(
            no(create(clinic, &caller, request, false)),
            Refused::NotFound
        );
        assert_eq!(
            no(decline(clinic, &caller, request, "x")),
            Refused::NotFound
        );
    }
}
