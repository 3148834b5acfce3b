use super::*;
use crate::app::staff_access::{self, Next};
use crate::app::stage::{BORN, Stage, email, no, visitor};

fn person(mail: &str, role: Role) -> NewPerson {
    NewPerson {
        name: "Ines Silva".to_owned(),
        email: email(mail),
        role,
        practitioner: None,
    }
}

fn token(url: &str) -> &str {
    url.rsplit('/').next().unwrap()
}

#[test]
fn an_invitation_sets_a_password_once() {
    let stage = Stage::new();
    let (clinic, owner) = (&stage.clinic, stage.caller(Role::Owner));
    let who = person("ines@clinic.org", Role::FrontDesk);
    let first = invite(clinic, &owner, &who, true).unwrap();
    let letters = stage.letters(NoticeKind::StaffInvitation);
    assert_eq!(letters[0].to, "ines@clinic.org");
    assert_eq!(letters[0].token.as_deref(), Some(token(&first.url)));
    let taken = invite(
        clinic,
        &owner,
        &person("INES@clinic.org", Role::Billing),
        false,
    );
    assert_eq!(no(taken), Refused::Duplicate);
    let second = renew_link(clinic, &owner, first.login.id, false).unwrap();
    assert_eq!(
        no(staff_access::open(clinic, token(&first.url))),
        Refused::LinkDead
    );
    let set =
        |password| staff_access::set_password(clinic, &visitor(), token(&second.url), password);
    assert!(matches!(no(set("ines silva")), Refused::WeakPassword(_)));
    assert!(matches!(
        set("tulip wagon nine").unwrap(),
        Next::SetUp { .. }
    ));
    assert_eq!(no(set("tulip wagon ten")), Refused::LinkDead);
    assert_eq!(stage.login(&first.login).state, LoginState::Active);
}

#[test]
fn a_link_lives_14_days() {
    let stage = Stage::new();
    let (clinic, owner) = (&stage.clinic, stage.caller(Role::Owner));
    let link = invite(
        clinic,
        &owner,
        &person("a@clinic.org", Role::Billing),
        false,
    )
    .unwrap();
    stage.clock.forward_min(INVITED_MIN - 1);
    staff_access::open(clinic, token(&link.url)).unwrap();
    stage.clock.forward_min(1);
    assert_eq!(
        no(staff_access::open(clinic, token(&link.url))),
        Refused::LinkDead
    );
}

#[test]
fn only_owners_manage_people() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let ines = stage.staff("Ines", Role::FrontDesk, "ines@clinic.org");
    for role in Role::ALL.into_iter().filter(|r| *r != Role::Owner) {
        let caller = stage.caller(role);
        assert_eq!(no(list(clinic, &caller)), Refused::NotFound);
        let invited = invite(clinic, &caller, &person("a@clinic.org", Role::Owner), false);
        assert_eq!(no(invited), Refused::NotFound);
        let raised = Place {
            role: Role::Owner,
            ..Place::of(&ines)
        };
        let raised = place(clinic, &caller, ines.id, Place::of(&ines), raised);
        assert_eq!(no(raised), Refused::NotFound);
    }
    let owner = stage.caller(Role::Owner);
    let patient = invite(
        clinic,
        &owner,
        &person("b@clinic.org", Role::Patient),
        false,
    );
    assert_eq!(no(patient), Refused::NotFound);
}

#[test]
fn the_last_owner_stays() {
    let stage = Stage::new();
    let (clinic, owner) = (&stage.clinic, stage.caller(Role::Owner));
    let owen = stage.staff("Owen", Role::Owner, "owen@clinic.org");
    let today = clinic.current().date(clinic.now());
    let seen = Place::of(&owen);
    let no_owner = Place {
        role: Role::FrontDesk,
        ..seen
    };
    let leaves = Place {
        leaves_on: Some(today),
        ..seen
    };
    for wanted in [no_owner, leaves] {
        let placed = place(clinic, &owner, owen.id, seen, wanted);
        assert_eq!(no(placed), Refused::LastOwner);
    }
    let closed = change(clinic, &owner, owen.id, PersonChange::Open(false));
    assert_eq!(no(closed), Refused::LastOwner);
    // Somebody who was only invited does not count.
    let new = invite(
        clinic,
        &owner,
        &person("new@clinic.org", Role::Owner),
        false,
    )
    .unwrap();
    let left = change(clinic, &owner, owen.id, PersonChange::Open(false));
    assert_eq!(no(left), Refused::LastOwner);
    let link = token(&new.url);
    staff_access::set_password(clinic, &visitor(), link, "tulip wagon nine").unwrap();
    change(clinic, &owner, owen.id, PersonChange::Open(false)).unwrap();
}

#[test]
fn changing_a_role_or_closing_signs_out_at_once() {
    let stage = Stage::new();
    let (clinic, owner) = (&stage.clinic, stage.caller(Role::Owner));
    let ines = stage.staff("Ines", Role::FrontDesk, "ines@clinic.org");
    let link = demo_link(clinic, ines.id).unwrap();
    let is_in = |new: &NewSession| sessions::resolve(clinic, &new.token).unwrap().is_some();
    let seen = Place::of(&ines);
    for (role, stays) in [(Role::FrontDesk, true), (Role::Billing, false)] {
        let new = demo_sign_in(clinic, &visitor(), token(&link)).unwrap();
        assert!(is_in(&new));
        place(clinic, &owner, ines.id, seen, Place { role, ..seen }).unwrap();
        assert_eq!(is_in(&new), stays, "{role:?}");
    }
    for what in [
        PersonChange::NoSecondFactor,
        PersonChange::SignedOut,
        PersonChange::Open(false),
    ] {
        let new = demo_sign_in(clinic, &visitor(), token(&link)).unwrap();
        assert!(is_in(&new));
        change(clinic, &owner, ines.id, what).unwrap();
        assert!(!is_in(&new), "{what:?}");
    }
    let reset = renew_link(clinic, &owner, ines.id, false);
    assert_eq!(no(reset), Refused::Changed);
    let back = change(clinic, &owner, ines.id, PersonChange::Open(true)).unwrap();
    assert_eq!(back.state, LoginState::Pending, "no password was ever set");
}

#[test]
fn who_leaves_is_out_the_day_after_and_it_is_written_down() {
    let stage = Stage::new();
    let (clinic, owner) = (&stage.clinic, stage.caller(Role::Owner));
    let ines = stage.staff("Ines", Role::FrontDesk, "ines@clinic.org");
    let link = demo_link(clinic, ines.id).unwrap();
    let today = clinic.current().date(clinic.now());
    let seen = Place::of(&ines);
    let leaves = Place {
        leaves_on: Some(today),
        ..seen
    };
    place(clinic, &owner, ines.id, seen, leaves).unwrap();
    let new = demo_sign_in(clinic, &visitor(), token(&link)).unwrap();
    assert!(sessions::peek(clinic, &new.token).unwrap().is_some());
    assert_eq!(close_left(clinic).unwrap(), 0, "not before the day is over");

    stage.clock.forward_min(24 * 60);
    assert!(
        sessions::peek(clinic, &new.token).unwrap().is_none(),
        "at once, before anything is swept"
    );
    assert_eq!(close_left(clinic).unwrap(), 1);
    assert_eq!(close_left(clinic).unwrap(), 0, "once");
    assert_eq!(stage.login(&ines).state, LoginState::Disabled);
    let id = ines.id.to_string();
    let logged = clinic
        .store
        .read(|rows| crate::store::audit::newest(rows, 0, 9, &|e| e.object == id))
        .unwrap();
    let details: Vec<&str> = logged.iter().map(|e| e.detail.as_str()).collect();
    let set = format!("last day {today}");
    assert!(details.contains(&"closed") && details.contains(&set.as_str()));

    // Whoever comes back stays in.
    let back = change(clinic, &owner, ines.id, PersonChange::Open(true)).unwrap();
    assert_eq!(back.leaves_on, None);
    assert_eq!(close_left(clinic).unwrap(), 0);
}

#[test]
fn of_two_who_change_one_person_the_second_is_told() {
    let stage = Stage::new();
    let (clinic, owner) = (&stage.clinic, stage.caller(Role::Owner));
    let ines = stage.staff("Ines", Role::FrontDesk, "ines@clinic.org");
    let seen = Place::of(&ines);
    let billing = Place {
        role: Role::Billing,
        ..seen
    };
    place(clinic, &owner, ines.id, seen, billing).unwrap();
    let second = Place {
        leaves_on: Some(clinic.current().date(clinic.now())),
        ..seen
    };
    let late = place(clinic, &owner, ines.id, seen, second);
    assert_eq!(no(late), Refused::Changed);
    assert_eq!(stage.login(&ines).role, Role::Billing);
    let nowhere = Place {
        calendar: Some(clinic.new_id()),
        ..billing
    };
    let nobody = place(clinic, &owner, ines.id, billing, nowhere);
    assert_eq!(no(nobody), Refused::NotFound);
}

#[test]
fn the_first_person_of_the_console_opens_set_up_behind_a_sign_in() {
    let clinic = crate::app::practice_world::world();
    assert_eq!(clinic.current().settings.setup, SetupStep::You);
    let who = person("ines@clinic.org", Role::Owner);
    invite(&clinic, &console("user add"), &who, false).unwrap();
    assert_eq!(clinic.current().settings.setup, SetupStep::Clinic);
}

#[test]
fn links_of_the_demonstration_are_reusable_and_no_other_link_is_one() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let ines = stage.staff("Ines", Role::FrontDesk, "ines@clinic.org");
    let link = demo_link(clinic, ines.id).unwrap();
    for _ in 0..3 {
        assert_eq!(demo_person(clinic, token(&link)).unwrap().id, ines.id);
        demo_sign_in(clinic, &visitor(), token(&link)).unwrap();
    }
    let amira = stage.patient("Amira Haddad", None, Some(BORN));
    let desk = stage.caller(Role::FrontDesk);
    let other = super::super::enrolment::invite(clinic, &desk, amira.id, false).unwrap();
    let wrong = demo_sign_in(clinic, &visitor(), token(&other.url));
    assert_eq!(no(wrong), Refused::LinkDead);
}

#[test]
fn the_console_may_do_what_an_owner_may_and_is_logged() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let console = console("user add");
    let new = invite(
        clinic,
        &console,
        &person("ines@clinic.org", Role::Owner),
        false,
    )
    .unwrap();
    assert_eq!(list(clinic, &console).unwrap().len(), 1);
    let logged = clinic
        .store
        .read(|rows| crate::store::audit::newest(rows, 0, 1, &|e| e.actor.name == "user add"));
    assert_eq!(logged.unwrap()[0].object, new.login.id.to_string());
}
