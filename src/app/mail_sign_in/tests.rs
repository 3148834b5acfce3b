use super::*;
use crate::app::sessions::Known;
use crate::app::stage::{BORN, Stage, email, no, visitor};
use crate::app::{contact, enrolment, proof, sessions};
use crate::domain::policy::Permission;
use jiff::civil::date;

const OTHER: Date = date(1990, 1, 2);
const MAIL: &str = "amira@example.org";

fn other_browser() -> Visitor {
    Visitor {
        browser: [9; 32],
        ..visitor()
    }
}

/// Asks and reads the mail: its token and its code.
fn asked(stage: &Stage, mail: &str) -> (String, String) {
    ask(&stage.clinic, &visitor(), &email(mail), "en").unwrap();
    let letter = stage.letters(NoticeKind::SignIn).pop().unwrap();
    (letter.token.unwrap(), letter.code.unwrap())
}

/// A patient who has been here before.
fn regular(stage: &Stage) -> Patient {
    let amira = stage.patient("Amira Haddad", Some(MAIL), Some(BORN));
    let desk = stage.caller(Role::FrontDesk);
    let invitation = enrolment::invite(&stage.clinic, &desk, amira.id, false).unwrap();
    enrolment::accept_letter(&stage.clinic, &visitor(), &invitation.code, BORN).unwrap();
    amira
}

fn open_requests(clinic: &Clinic) -> Vec<RegistrationRequest> {
    clinic.store.read(|rows| requests::open(rows)).unwrap()
}

fn signed_in(step: Step) -> NewSession {
    match step {
        Step::SignedIn(new) => *new,
        Step::More { needs, .. } => panic!("asks for {needs:?}"),
    }
}

fn more(step: Step) -> (String, Needs) {
    match step {
        Step::More { token, needs } => (token, needs),
        Step::SignedIn(new) => panic!("signed in: {new:?}"),
    }
}

fn wrong_digits(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

fn someone(name: &str, birth_date: Date) -> Introduction {
    Introduction {
        name: HumanName::from_full(name),
        birth_date,
        phone: None,
        language: None,
    }
}

#[test]
fn a_regular_signs_in_with_the_code_in_the_browser_that_asked() {
    let stage = Stage::new();
    let (clinic, amira) = (&stage.clinic, regular(&stage));
    let (token, code) = asked(&stage, "AMIRA@example.org");
    let letters = stage.letters(NoticeKind::SignIn);
    assert_eq!(
        letters[0].to, MAIL,
        "the address on file, not what was typed"
    );
    let elsewhere = enter_code(clinic, &other_browser(), &code);
    assert_eq!(no(elsewhere), Refused::LinkDead);
    let spaced = format!(" {} {}", &code[..3], &code[3..]);
    let new = signed_in(enter_code(clinic, &visitor(), &spaced).unwrap());
    assert_eq!(new.login.patient, Some(amira.id));
    let known = sessions::resolve(clinic, &new.token).unwrap().unwrap();
    assert!(!known.is_fresh(clinic.now()), "a mailbox alone is weak");
    // Code and link are used up together.
    assert_eq!(no(enter_code(clinic, &visitor(), &code)), Refused::LinkDead);
    assert_eq!(
        no(follow(clinic, &visitor(), &token, None)),
        Refused::LinkDead
    );
    assert_eq!(no(open(clinic, &token)), Refused::LinkDead);
}

#[test]
fn the_link_signs_in_by_its_button_in_any_browser_once() {
    let stage = Stage::new();
    let (clinic, amira) = (&stage.clinic, regular(&stage));
    let (token, _) = asked(&stage, MAIL);
    for _ in 0..5 {
        assert_eq!(open(clinic, &token).unwrap(), Needs::Nothing);
    }
    let new = signed_in(follow(clinic, &other_browser(), &token, None).unwrap());
    assert_eq!(new.login.patient, Some(amira.id));
    assert_eq!(
        no(follow(clinic, &visitor(), &token, None)),
        Refused::LinkDead
    );
}

#[test]
fn it_lives_15_minutes_and_the_newest_replaces_it() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    regular(&stage);
    let (first, old_code) = asked(&stage, MAIL);
    stage.clock.forward_min(1);
    let (second, _) = asked(&stage, MAIL);
    assert_eq!(no(open(clinic, &first)), Refused::LinkDead);
    assert!(matches!(
        no(enter_code(clinic, &visitor(), &old_code)),
        Refused::Wrong { .. }
    ));
    stage.clock.forward_min(GOOD_MIN - 1);
    open(clinic, &second).unwrap();
    stage.clock.forward_min(1);
    assert_eq!(no(open(clinic, &second)), Refused::LinkDead);
    assert_eq!(
        no(follow(clinic, &visitor(), &second, None)),
        Refused::LinkDead
    );
    // Another browser that asks replaces the link too.
    stage.clock.forward_min(60);
    let (third, _) = asked(&stage, MAIL);
    stage.clock.forward_min(1);
    ask(clinic, &other_browser(), &email(MAIL), "en").unwrap();
    assert_eq!(no(open(clinic, &third)), Refused::LinkDead);
}

#[test]
fn five_wrong_codes_make_it_void_and_many_shut_the_door() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    regular(&stage);
    let (token, code) = asked(&stage, MAIL);
    for left in (0..TRIES).rev() {
        let wrong = enter_code(clinic, &visitor(), &wrong_digits(&code));
        assert_eq!(
            no(wrong),
            Refused::Wrong {
                tries_left: Some(left)
            }
        );
    }
    assert_eq!(no(enter_code(clinic, &visitor(), &code)), Refused::LinkDead);
    assert_eq!(no(open(clinic, &token)), Refused::LinkDead);
    // New mails do not give new tries for ever.
    let mut tries = u32::from(TRIES);
    for _ in 0..400 {
        stage.clock.forward_min(16);
        let (_, code) = asked(&stage, MAIL);
        let refused = no(enter_code(clinic, &visitor(), &wrong_digits(&code)));
        if refused == (Refused::Shut { until: None }) {
            break;
        }
        assert!(matches!(refused, Refused::Wrong { .. }), "{refused:?}");
        tries += 1;
    }
    assert_eq!(tries, crate::domain::account::MAX_ATTEMPTS);
    // The link in the mail cannot be guessed, and still works; staff open the door again.
    stage.clock.forward_min(16);
    let (token, _) = asked(&stage, MAIL);
    signed_in(follow(clinic, &visitor(), &token, None).unwrap());
}

#[test]
fn known_and_unknown_addresses_are_answered_and_written_to_alike() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    regular(&stage);
    stage.patient("Old Owl", Some("gone@example.org"), Some(BORN));
    for mail in [MAIL, "gone@example.org", "nobody@example.org"] {
        ask(clinic, &visitor(), &email(mail), "en").unwrap();
        let letters = stage.letters(NoticeKind::SignIn);
        let letter = letters.iter().find(|l| l.to == mail).unwrap();
        assert!(letter.token.is_some() && letter.code.is_some());
        let wrong = wrong_digits(letter.code.as_ref().unwrap());
        let refused = no(enter_code(clinic, &visitor(), &wrong));
        assert_eq!(
            refused,
            Refused::Wrong {
                tries_left: Some(4)
            }
        );
    }
}

#[test]
fn a_mailbox_is_not_flooded_and_the_page_does_not_say_so() {
    let stage = Stage::new();
    regular(&stage);
    for _ in 0..50 {
        ask(&stage.clinic, &visitor(), &email(MAIL), "en").unwrap();
        stage.clock.forward_min(1);
    }
    let sent = stage.letters(NoticeKind::SignIn).len();
    assert!((6..=12).contains(&sent), "{sent} mails in 50 minutes");
}

#[test]
fn a_first_sign_in_wants_the_birth_date() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let amira = stage.patient("Amira Haddad", Some(MAIL), Some(BORN));
    let (_, code) = asked(&stage, MAIL);
    let (token, needs) = more(enter_code(clinic, &visitor(), &code).unwrap());
    assert_eq!(needs, Needs::BirthDate);
    assert_eq!(open(clinic, &token).unwrap(), Needs::BirthDate);
    assert_eq!(
        more(follow(clinic, &visitor(), &token, None).unwrap()).1,
        needs
    );
    let wrong = follow(clinic, &visitor(), &token, Some(OTHER));
    assert_eq!(
        no(wrong),
        Refused::Wrong {
            tries_left: Some(4)
        }
    );
    let new = signed_in(follow(clinic, &visitor(), &token, Some(BORN)).unwrap());
    assert_eq!(new.login.patient, Some(amira.id));
    let known = sessions::resolve(clinic, &new.token).unwrap().unwrap();
    assert!(known.is_fresh(clinic.now()), "mailbox and birth date");
    // Five wrong birth dates make the proof void.
    stage.clock.forward_min(60);
    let omar = stage.patient("Omar Li", Some("omar@example.org"), Some(BORN));
    let (token, _) = asked(&stage, "omar@example.org");
    for _ in 0..TRIES {
        no(follow(clinic, &visitor(), &token, Some(OTHER)));
    }
    let late = follow(clinic, &visitor(), &token, Some(BORN));
    assert_eq!(no(late), Refused::LinkDead);
    assert!(stage.login_of(omar.id).is_none());
}

#[test]
fn the_birth_date_says_who_of_a_family_it_is() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let amira = stage.patient("Amira Haddad", Some(MAIL), Some(BORN));
    let omar = stage.patient("Omar Haddad", Some(MAIL), Some(OTHER));
    for (who, born) in [(&amira, BORN), (&omar, OTHER), (&amira, BORN)] {
        let (token, _) = asked(&stage, MAIL);
        let new = signed_in(follow(clinic, &visitor(), &token, Some(born)).unwrap());
        assert_eq!(new.login.patient, Some(who.id));
        stage.clock.forward_min(20);
    }
    // Twins are told apart by name.
    let twin = stage.patient("Zara Haddad", Some(MAIL), Some(OTHER));
    let (token, _) = asked(&stage, MAIL);
    let (token, needs) = more(follow(clinic, &visitor(), &token, Some(OTHER)).unwrap());
    assert_eq!(needs, Needs::NameAndBirthDate);
    let new = introduce(clinic, &visitor(), &token, someone("zara haddad", OTHER)).unwrap();
    assert_eq!(new.login.patient, Some(twin.id));
    assert!(open_requests(clinic).is_empty());
}

#[test]
fn someone_unknown_becomes_a_request_and_may_ask_for_one_visit() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let (_, code) = asked(&stage, "new@example.org");
    let (token, needs) = more(enter_code(clinic, &visitor(), &code).unwrap());
    assert_eq!(needs, Needs::NameAndBirthDate);
    let new = introduce(clinic, &visitor(), &token, someone("Bo Li", BORN)).unwrap();
    let known = sessions::resolve(clinic, &new.token).unwrap().unwrap();
    let caller = known.caller(1);
    assert!(caller.must(Permission::OwnRequest).is_ok());
    assert!(caller.must(Permission::OwnChart).is_err());
    let chart = stage.chart(caller.own_chart().unwrap());
    assert_eq!(chart.state, PatientState::Provisional);
    let open = open_requests(clinic);
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].chart, open[0].login), (chart.id, known.login.id));
    let again = introduce(clinic, &visitor(), &token, someone("Bo Li", BORN));
    assert_eq!(no(again), Refused::LinkDead);
    // They come back to the same request.
    stage.clock.forward_min(20);
    let (token, _) = asked(&stage, "new@example.org");
    let back = signed_in(follow(clinic, &visitor(), &token, None).unwrap());
    assert_eq!(back.login.id, known.login.id);
    assert_eq!(open_requests(clinic).len(), 1);
}

#[test]
fn an_introduction_never_gives_the_chart_of_another_address() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let amira = stage.patient("Amira Haddad", Some(MAIL), Some(BORN));
    let (token, _) = asked(&stage, "thief@example.org");
    let new = introduce(clinic, &visitor(), &token, someone("Amira Haddad", BORN)).unwrap();
    assert_ne!(new.login.patient, Some(amira.id));
    assert_eq!(new.login.state, LoginState::Pending);
    assert!(stage.login_of(amira.id).is_none());
}

#[test]
fn one_address_cannot_flood_the_requests() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let mut born = BORN;
    // All ask before any of them is known, so that each has a proof of the address.
    let browsers: Vec<Visitor> = (0..4)
        .map(|n| Visitor {
            browser: [100 + n; 32],
            ..visitor()
        })
        .collect();
    let mut tokens = Vec::new();
    for browser in &browsers {
        ask(clinic, browser, &email("many@example.org"), "en").unwrap();
        stage.clock.forward_min(1);
        tokens.push(
            stage
                .letters(NoticeKind::SignIn)
                .pop()
                .unwrap()
                .token
                .unwrap(),
        );
    }
    let mut answers = Vec::new();
    for (browser, token) in browsers.iter().zip(&tokens) {
        born = born.tomorrow().unwrap();
        answers.push(introduce(clinic, browser, token, someone("Bo Li", born)));
    }
    assert_eq!(no(answers.pop().unwrap()), Refused::OneRequestOnly);
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(open_requests(clinic).len(), MOST_REQUESTS);
}

#[test]
fn a_clinic_that_is_not_open_takes_nobody() {
    let stage = Stage::new();
    let mut closed = stage.clinic.current().settings.clone();
    closed.setup = crate::domain::settings::SetupStep::Hours;
    let cause = stage.clinic.own_cause("test", Action::SettingsChange);
    stage
        .clinic
        .store
        .write(cause, move |tx| {
            Ok(crate::store::settings::put(tx, &closed)?)
        })
        .unwrap();
    let answer = ask(&stage.clinic, &visitor(), &email(MAIL), "en");
    assert_eq!(no(answer), Refused::NotOpen);
}

#[test]
fn changes_want_code_and_birth_date_after_a_while() {
    let stage = Stage::new();
    let (clinic, amira) = (&stage.clinic, regular(&stage));
    let (_, code) = asked(&stage, MAIL);
    let new = signed_in(enter_code(clinic, &visitor(), &code).unwrap());
    let known = sessions::resolve(clinic, &new.token).unwrap().unwrap();
    let change = |known: &Known| contact::change_phone(clinic, known, 1, Some("+447700900123"));
    assert_eq!(no(change(&known)), Refused::ProveAgain);
    // The code was shown a moment ago: the birth date completes it.
    assert!(!proof::needs_code(&known, clinic.now()));
    let wrong = proof::prove_again(clinic, &visitor(), &known, "", OTHER);
    assert_eq!(no(wrong), Refused::Wrong { tries_left: None });
    let proven = proof::prove_again(clinic, &visitor(), &known, "", BORN).unwrap();
    assert!(
        sessions::resolve(clinic, &new.token).unwrap().is_none(),
        "a new secret"
    );
    let known = sessions::resolve(clinic, &proven.token).unwrap().unwrap();
    assert_eq!(known.session.expires_at, new.session.expires_at);
    change(&known).unwrap();
    // Later it takes both.
    stage.clock.forward_min(60);
    assert!(proof::needs_code(&known, clinic.now()));
    let without = proof::prove_again(clinic, &visitor(), &known, "", BORN);
    assert_eq!(no(without), Refused::LinkDead);
    proof::ask_again(clinic, &known.caller(1), &visitor()).unwrap();
    let code = stage
        .letters(NoticeKind::SignIn)
        .pop()
        .unwrap()
        .code
        .unwrap();
    let wrong = proof::prove_again(clinic, &visitor(), &known, &wrong_digits(&code), BORN);
    assert_eq!(
        no(wrong),
        Refused::Wrong {
            tries_left: Some(4)
        }
    );
    let born = proof::prove_again(clinic, &visitor(), &known, &code, OTHER);
    assert_eq!(no(born), Refused::Wrong { tries_left: None });
    let proven = proof::prove_again(clinic, &visitor(), &known, &code, BORN).unwrap();
    assert_eq!(proven.login.patient, Some(amira.id));
}

#[test]
fn wrong_birth_dates_of_someone_signed_in_shut_the_door() {
    let stage = Stage::new();
    regular(&stage);
    let (_, code) = asked(&stage, MAIL);
    let new = signed_in(enter_code(&stage.clinic, &visitor(), &code).unwrap());
    let known = sessions::resolve(&stage.clinic, &new.token)
        .unwrap()
        .unwrap();
    let try_one = || {
        no(proof::prove_again(
            &stage.clinic,
            &visitor(),
            &known,
            "",
            OTHER,
        ))
    };
    for _ in 0..6 {
        assert_eq!(try_one(), Refused::Wrong { tries_left: None });
    }
    assert!(matches!(try_one(), Refused::Shut { until: Some(_) }));
    let right = proof::prove_again(&stage.clinic, &visitor(), &known, "", BORN);
    assert!(matches!(no(right), Refused::Shut { .. }));
}
