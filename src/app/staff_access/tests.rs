use super::*;
use crate::app::people::{self, PersonChange};
use crate::app::second_factor::code_at;
use crate::app::stage::{Stage, email, no, visitor};

const PASSWORD: &str = "tulip wagon nine";
const MAIL: &str = "ines@clinic.org";

fn other_browser() -> Visitor {
    Visitor {
        browser: [9; 32],
        ..visitor()
    }
}

fn secret_of(enrolment: &Enrolment) -> Vec<u8> {
    let letters = enrolment.typed.replace(' ', "");
    data_encoding::BASE32_NOPAD
        .decode(letters.as_bytes())
        .unwrap()
}

/// Someone who works here, with password and app; their secret and recovery codes.
fn enrolled(stage: &Stage, role: Role) -> (Login, Vec<u8>, Vec<String>) {
    let clinic = &stage.clinic;
    let mut login = stage.staff("Ines Silva", role, MAIL);
    login.password = Some(password::hash(clinic, PASSWORD).unwrap());
    stage.keep(&login);
    let next = sign_in(clinic, &visitor(), &email(MAIL), PASSWORD).unwrap();
    let Next::SetUp { token } = next else {
        panic!("{next:?}")
    };
    let enrolment = set_up(clinic, &visitor(), &token).unwrap();
    assert_eq!(
        set_up(clinic, &visitor(), &token).unwrap(),
        enrolment,
        "stays the same"
    );
    let secret = secret_of(&enrolment);
    let code = code_at(&secret, clinic.now());
    let (new, recovery) = finish_set_up(clinic, &visitor(), &token, &code).unwrap();
    stage.clock.forward_min(1);
    (new.login, secret, recovery)
}

fn token(next: Next) -> String {
    match next {
        Next::Code { token } => token,
        Next::SetUp { .. } => panic!("has no app"),
    }
}

fn known(stage: &Stage, new: &NewSession) -> Known {
    sessions::resolve(&stage.clinic, &new.token)
        .unwrap()
        .unwrap()
}

fn fully_in(stage: &Stage, secret: &[u8]) -> NewSession {
    let clinic = &stage.clinic;
    let ticket = token(sign_in(clinic, &visitor(), &email(MAIL), PASSWORD).unwrap());
    let code = code_at(secret, clinic.now());
    second_step(clinic, &visitor(), &ticket, &code).unwrap()
}

#[test]
fn the_first_owner_is_made_once_with_the_code_of_the_console() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let owner = Owner {
        name: "Owen Price".to_owned(),
        email: email("owen@clinic.org"),
        password: PASSWORD.to_owned(),
    };
    let old = new_setup_code(clinic).unwrap().unwrap();
    let code = new_setup_code(clinic).unwrap().unwrap();
    for wrong in [old.as_str(), "", "0000-0000-0000"] {
        let answer = first_owner(clinic, &visitor(), wrong, &owner);
        assert_eq!(no(answer), Refused::Wrong { tries_left: None });
    }
    let weak = Owner {
        password: "Owen Price 1".to_owned(),
        ..owner.clone()
    };
    let answer = first_owner(clinic, &visitor(), &code, &weak);
    assert!(matches!(no(answer), Refused::WeakPassword(_)));
    let new = first_owner(clinic, &visitor(), &code.to_lowercase(), &owner).unwrap();
    assert_eq!(known(&stage, &new).actor.role, Role::Owner);
    let again = first_owner(clinic, &visitor(), &code, &owner);
    assert_eq!(no(again), Refused::NotFound);
    assert_eq!(new_setup_code(clinic).unwrap(), None);
    // The second factor is compulsory at the next sign-in.
    let next = sign_in(clinic, &visitor(), &owner.email, PASSWORD).unwrap();
    assert!(matches!(next, Next::SetUp { .. }));
}

#[test]
fn guessing_the_code_of_the_console_shuts_the_door() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let code = new_setup_code(clinic).unwrap().unwrap();
    let owner = Owner {
        name: "Owen".to_owned(),
        email: email("owen@clinic.org"),
        password: PASSWORD.to_owned(),
    };
    for _ in 0..6 {
        no(first_owner(clinic, &visitor(), "AAAA", &owner));
    }
    let right = first_owner(clinic, &visitor(), &code, &owner);
    assert!(matches!(no(right), Refused::Shut { .. }));
}

#[test]
fn password_then_app_and_the_ticket_is_good_once_in_one_browser() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let (login, secret, _) = enrolled(&stage, Role::FrontDesk);
    let ticket = token(sign_in(clinic, &visitor(), &email("INES@clinic.org"), PASSWORD).unwrap());
    let code = code_at(&secret, clinic.now());
    let elsewhere = second_step(clinic, &other_browser(), &ticket, &code);
    assert_eq!(no(elsewhere), Refused::LinkDead);
    assert_eq!(no(set_up(clinic, &visitor(), &ticket)), Refused::LinkDead);
    let wrong = second_step(clinic, &visitor(), &ticket, "000000");
    assert_eq!(no(wrong), Refused::Wrong { tries_left: None });
    let new = second_step(clinic, &visitor(), &ticket, &code).unwrap();
    assert_eq!(known(&stage, &new).login.id, login.id);
    assert_eq!(
        no(second_step(clinic, &visitor(), &ticket, &code)),
        Refused::LinkDead
    );
    // The same step of the app is not good twice.
    let ticket = token(sign_in(clinic, &visitor(), &email(MAIL), PASSWORD).unwrap());
    let again = second_step(clinic, &visitor(), &ticket, &code);
    assert_eq!(no(again), Refused::Wrong { tries_left: None });
    stage.clock.forward_min(SECOND_STEP_MIN);
    let late = second_step(clinic, &visitor(), &ticket, &code_at(&secret, clinic.now()));
    assert_eq!(no(late), Refused::LinkDead);
}

#[test]
fn each_recovery_code_is_good_once() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let (login, _, recovery) = enrolled(&stage, Role::FrontDesk);
    assert_eq!(recovery.len(), 10);
    for (used, code) in recovery.iter().take(2).enumerate() {
        let ticket = token(sign_in(clinic, &visitor(), &email(MAIL), PASSWORD).unwrap());
        second_step(clinic, &visitor(), &ticket, &code.to_lowercase()).unwrap();
        assert_eq!(stage.login(&login).recovery.len(), 9 - used);
        let ticket = token(sign_in(clinic, &visitor(), &email(MAIL), PASSWORD).unwrap());
        let again = second_step(clinic, &visitor(), &ticket, code);
        assert_eq!(no(again), Refused::Wrong { tries_left: None });
    }
}

#[test]
fn known_and_unknown_accounts_are_refused_alike() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    enrolled(&stage, Role::FrontDesk);
    let invited = people::NewPerson {
        name: "New".to_owned(),
        email: email("new@clinic.org"),
        role: Role::Billing,
        practitioner: None,
    };
    people::invite(clinic, &stage.caller(Role::Owner), &invited, false).unwrap();
    for mail in [MAIL, "nobody@clinic.org", "new@clinic.org"] {
        for _ in 0..6 {
            let answer = sign_in(clinic, &visitor(), &email(mail), "wrong horse");
            assert_eq!(no(answer), Refused::Wrong { tries_left: None }, "{mail}");
        }
        let answer = sign_in(clinic, &visitor(), &email(mail), PASSWORD);
        assert!(
            matches!(no(answer), Refused::Shut { until: Some(_) }),
            "{mail}"
        );
    }
}

#[test]
fn guessing_at_once_does_not_outrun_the_count() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    enrolled(&stage, Role::FrontDesk);
    let verdicts: Vec<Refused> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..12)
            .map(|_| scope.spawn(|| no(sign_in(clinic, &visitor(), &email(MAIL), "wrong horse"))))
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let judged = verdicts
        .iter()
        .filter(|v| matches!(v, Refused::Wrong { .. }))
        .count();
    assert!(judged <= 6, "{judged} verdicts");
    let rest = verdicts
        .iter()
        .filter(|v| matches!(v, Refused::Shut { .. } | Refused::Busy));
    assert_eq!(rest.count() + judged, 12);
}

#[test]
fn guessing_the_second_factor_closes_it_until_a_colleague_helps() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let (login, secret, _) = enrolled(&stage, Role::FrontDesk);
    let mut tries = 0;
    loop {
        stage.clock.forward_min(16);
        let ticket = token(sign_in(clinic, &visitor(), &email(MAIL), PASSWORD).unwrap());
        let good = code_at(&secret, clinic.now());
        let bad = if good == "000000" { "000001" } else { "000000" };
        let refused = no(second_step(clinic, &visitor(), &ticket, bad));
        if refused == (Refused::Shut { until: None }) {
            break;
        }
        assert!(matches!(refused, Refused::Wrong { .. }), "{refused:?}");
        tries += 1;
    }
    // Three codes are good at any time.
    assert!(f64::from(tries) * 3e-6 < 1e-4, "{tries} tries");
    let owner = stage.caller(Role::Owner);
    people::change(clinic, &owner, login.id, PersonChange::NoSecondFactor).unwrap();
    people::renew_link(clinic, &owner, login.id, false).unwrap();
    let next = sign_in(clinic, &visitor(), &email(MAIL), PASSWORD).unwrap();
    let Next::SetUp { token } = next else {
        panic!("{next:?}")
    };
    let secret = secret_of(&set_up(clinic, &visitor(), &token).unwrap());
    let code = code_at(&secret, clinic.now());
    finish_set_up(clinic, &visitor(), &token, &code).unwrap();
}

#[test]
fn unlocking_wants_the_password_only_and_counts() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let (_, secret, _) = enrolled(&stage, Role::FrontDesk);
    let new = fully_in(&stage, &secret);
    stage.clock.forward_min(30);
    let locked = known(&stage, &new);
    assert!(locked.is_locked);
    let wrong = unlock(clinic, &visitor(), &locked, "wrong horse");
    assert_eq!(no(wrong), Refused::Wrong { tries_left: None });
    assert!(known(&stage, &new).is_locked);
    unlock(clinic, &visitor(), &locked, PASSWORD).unwrap();
    let open = known(&stage, &new);
    assert!(!open.is_locked && open.is_fresh(clinic.now()));
    for _ in 0..6 {
        no(unlock(clinic, &visitor(), &open, "wrong horse"));
    }
    let shut = unlock(clinic, &visitor(), &open, PASSWORD);
    assert!(matches!(no(shut), Refused::Shut { .. }));
}

#[test]
fn a_new_password_ends_the_other_devices() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let (_, secret, _) = enrolled(&stage, Role::FrontDesk);
    let here = fully_in(&stage, &secret);
    stage.clock.forward_min(1);
    let there = fully_in(&stage, &secret);
    let me = known(&stage, &here);
    let new = "harbour lantern 42";
    let wrong = change_password(clinic, &visitor(), &me, "wrong horse", new);
    assert_eq!(no(wrong), Refused::Wrong { tries_left: None });
    let weak = change_password(clinic, &visitor(), &me, PASSWORD, "password1");
    assert!(matches!(no(weak), Refused::WeakPassword(_)));
    change_password(clinic, &visitor(), &me, PASSWORD, new).unwrap();
    assert!(sessions::resolve(clinic, &there.token).unwrap().is_none());
    assert!(sessions::resolve(clinic, &here.token).unwrap().is_some());
    let old = sign_in(clinic, &visitor(), &email(MAIL), PASSWORD);
    assert_eq!(no(old), Refused::Wrong { tries_left: None });
    sign_in(clinic, &visitor(), &email(MAIL), new).unwrap();
}

#[test]
fn a_new_phone_wants_a_fresh_password_and_replaces_the_old_one() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let (login, old, recovery) = enrolled(&stage, Role::FrontDesk);
    let new = fully_in(&stage, &old);
    for _ in 0..2 {
        stage.clock.forward_min(9);
        known(&stage, &new);
    }
    let me = known(&stage, &new);
    assert_eq!(no(second_factor::set_up(clinic, &me)), Refused::ProveAgain);
    let renewed = second_factor::renew_recovery(clinic, &me, 1);
    assert_eq!(no(renewed), Refused::ProveAgain);
    unlock(clinic, &visitor(), &me, PASSWORD).unwrap();
    let me = known(&stage, &new);
    let secret = secret_of(&second_factor::set_up(clinic, &me).unwrap());
    assert_ne!(secret, old);
    // Until it is confirmed, the old app is the one.
    assert_eq!(stage.login(&login).totp.unwrap().secret, old);
    let wrong = second_factor::confirm(clinic, &visitor(), &me, &code_at(&old, clinic.now()));
    assert_eq!(no(wrong), Refused::Wrong { tries_left: None });
    let code = code_at(&secret, clinic.now());
    let fresh = second_factor::confirm(clinic, &visitor(), &me, &code).unwrap();
    assert!(fresh.iter().all(|c| !recovery.contains(c)));
    assert_eq!(stage.login(&login).totp.unwrap().secret, secret);
}

#[test]
fn the_app_is_told_the_clinic_and_the_person() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let login = stage.staff("Ines", Role::Owner, MAIL);
    let told = second_factor::enrolment(clinic, &login, &[1; 20]).unwrap();
    assert!(
        told.uri
            .starts_with("otpauth://totp/Anteroom:ines%40clinic.org?"),
        "{}",
        told.uri
    );
    assert!(told.uri.contains("issuer=Anteroom"));
}
