use super::*;
use crate::app::outbox::Material;
use crate::app::sessions;
use crate::app::stage::{Stage, no};
use crate::domain::account::Link;
use crate::domain::appointment::after;
use crate::domain::audit::Action;
use crate::domain::notice::NoticeKind;
use crate::store::table::Read;

fn opened(stage: &Stage, token: &str) -> Pass {
    open(&stage.clinic, token, 1).unwrap()
}

fn links(stage: &Stage, visit: AppointmentId) -> Vec<Link> {
    let read = |rows: &crate::store::Reader| access::links_for(rows, LinkPurpose::Visit(visit));
    stage.clinic.store.read(read).unwrap()
}

/// Mails a link about a visit once more.
fn mail(stage: &Stage, visit: &Appointment, token: &str) {
    let (now, current) = (stage.clinic.now(), stage.clinic.current());
    let (letter, token) = (stage.letters(NoticeKind::Moved).pop(), token.to_owned());
    let (notice, id) = (letter.unwrap(), visit.id);
    let cause = stage.clinic.own_cause("test", Action::Outbox);
    let write = move |tx: &mut crate::store::Tx<'_>| {
        let mut material = Material::load(tx, current.clone(), notice.clone())?;
        assert_eq!(material.visit.as_ref().map(|v| v.id), Some(id));
        Ok(material.make_visit_link(tx, &token, now)?)
    };
    stage.clinic.store.write(cause, write).unwrap();
}

fn move_on(stage: &Stage, visit: &Appointment, minutes: i64) -> Appointment {
    let moved = visit
        .move_to(
            after(visit.start, minutes),
            visit.practitioner,
            booking::doer(&stage.caller(Role::Patient)),
            stage.clinic.now(),
        )
        .unwrap();
    let (kept, pen) = (moved.clone(), crate::app::notices::Pen::new(&stage.clinic));
    let cause = stage.clinic.own_cause("test", Action::Move);
    let write = move |tx: &mut crate::store::Tx<'_>| {
        appointments::put(tx, &kept)?;
        Ok(pen.visit_changed(tx, &kept, NoticeKind::Moved, true)?)
    };
    stage.clinic.store.write(cause, write).unwrap();
    moved
}

#[test]
fn it_opens_its_visit_until_the_visit_begins() {
    let stage = Stage::new();
    let amira = stage.patient("Amira Haddad", None, None);
    let (visit, token) = stage.visit(amira.id);
    let pass = opened(&stage, &token);
    assert_eq!(pass.find(&stage.clinic).unwrap().visit.id, visit.id);
    pass.confirm(&stage.clinic).unwrap();
    // It can be used again: whoever confirmed may still have to cancel.
    opened(&stage, &token);
    assert_eq!(no(open(&stage.clinic, "other", 1)), Refused::LinkDead);
    stage.clock.forward_min(599);
    opened(&stage, &token);
    stage.clock.forward_min(1);
    assert_eq!(no(open(&stage.clinic, &token, 1)), Refused::LinkDead);
}

#[test]
fn a_slip_is_taken_back_and_what_is_cancelled_stays_so() {
    let stage = Stage::new();
    let amira = stage.patient("Amira Haddad", None, None);
    let (_, token) = stage.visit(amira.id);
    opened(&stage, &token).cancel(&stage.clinic, "").unwrap();
    let back = opened(&stage, &token).undo(&stage.clinic).unwrap();
    assert_eq!(back.status, Status::Booked);
    opened(&stage, &token).cancel(&stage.clinic, "").unwrap();
    stage.clock.forward_min(3);
    let pass = opened(&stage, &token);
    assert_eq!(no(pass.undo(&stage.clinic)), Refused::TooLateToUndo);
    assert_eq!(no(pass.confirm(&stage.clinic)), Refused::VisitNotOpen);
    assert_eq!(no(pass.cancel(&stage.clinic, "")), Refused::VisitNotOpen);
}

#[test]
fn a_visit_of_somebody_else_is_out_of_reach() {
    let stage = Stage::new();
    let amira = stage.patient("Amira Haddad", None, None);
    let omar = stage.patient("Omar Haddad", None, None);
    let (_, token) = stage.visit(amira.id);
    let (foreign, _) = stage.visit(omar.id);
    let held = opened(&stage, &token);
    let led_astray = Pass::of(held.caller, foreign.id);
    assert_eq!(no(led_astray.find(&stage.clinic)), Refused::NotFound);
    assert_eq!(no(led_astray.confirm(&stage.clinic)), Refused::NotFound);
    assert_eq!(no(led_astray.cancel(&stage.clinic, "")), Refused::NotFound);
    assert_eq!(no(led_astray.undo(&stage.clinic)), Refused::NotFound);
    let there = led_astray.move_to(&stage.clinic, after(foreign.start, 60), None);
    assert_eq!(no(there), Refused::NotFound);
}

#[test]
fn links_follow_their_visit_when_it_moves() {
    let stage = Stage::new();
    let amira = stage.patient("Amira Haddad", Some("amira@example.org"), None);
    let (visit, token) = stage.visit(amira.id);
    let later = move_on(&stage, &visit, 60);
    stage.clock.forward_min(630);
    opened(&stage, &token);
    move_on(&stage, &later, -40);
    assert_eq!(no(open(&stage.clinic, &token, 1)), Refused::LinkDead);
}

#[test]
fn old_mails_stay_good_and_none_outlives_the_visit() {
    let stage = Stage::new();
    let amira = stage.patient("Amira Haddad", Some("amira@example.org"), None);
    let (visit, first) = stage.visit(amira.id);
    let visit = move_on(&stage, &visit, 60);
    for nth in 0..3 {
        stage.clock.forward_min(1);
        mail(&stage, &visit, &format!("mail {nth}"));
    }
    for token in [first.as_str(), "mail 0", "mail 1", "mail 2"] {
        opened(&stage, token);
    }
    for nth in 3..40 {
        stage.clock.forward_min(1);
        mail(&stage, &visit, &format!("mail {nth}"));
    }
    assert_eq!(links(&stage, visit.id).len(), 12, "there is an end to it");
    opened(&stage, "mail 39");
    assert_eq!(no(open(&stage.clinic, &first, 1)), Refused::LinkDead);
    // They are swept away a day after the visit began.
    stage.clock.forward_min(660 + 24 * 60);
    assert_eq!(sessions::sweep(&stage.clinic).unwrap(), 12);
    assert!(links(&stage, visit.id).is_empty());
    let rows = |rows: &crate::store::Reader| rows.all(&crate::store::schema::LINKS);
    assert!(stage.clinic.store.read(rows).unwrap().is_empty());
}

#[test]
fn staff_take_every_link_of_a_patient_back() {
    let stage = Stage::new();
    let amira = stage.patient("Amira Haddad", Some("amira@example.org"), None);
    let (visit, first) = stage.visit(amira.id);
    let visit = move_on(&stage, &visit, 60);
    mail(&stage, &visit, "second");
    let desk = stage.caller(Role::FrontDesk);
    crate::app::enrolment::revoke(&stage.clinic, &desk, amira.id, false).unwrap();
    for token in [first.as_str(), "second"] {
        assert_eq!(no(open(&stage.clinic, token, 1)), Refused::LinkDead);
    }
}
