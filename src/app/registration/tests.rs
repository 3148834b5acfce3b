use jiff::civil::date;

use super::*;
use crate::app::charts::{Asked, Filter};
use crate::app::stage::{BORN, Stage, email, no};
use crate::app::{charts, exporting};
use crate::domain::account::Role;
use crate::domain::patient::Likeness;
use crate::text::Text;

fn details(name: &str) -> Details {
    Details {
        name: HumanName::from_full(name),
        phones: vec!["+447700900123".to_owned()],
        ..Details::default()
    }
}

fn registered(answer: Registered) -> Patient {
    match answer {
        Registered::Done(patient) => *patient,
        Registered::Alike(alike) => panic!("alike: {alike:?}"),
    }
}

#[test]
fn a_name_and_a_phone_are_enough_and_charts_are_numbered() {
    let stage = Stage::new();
    let (clinic, desk) = (&stage.clinic, stage.caller(Role::FrontDesk));
    let one = register(clinic, &desk, &details("Jan Nowak"), false).unwrap();
    let mut other = details("Mei Ito");
    other.phones.clear();
    assert_eq!(
        no(register(clinic, &desk, &other, false)),
        Refused::NoContact
    );
    other.email = Some(email("mei@example.org"));
    let two = register(clinic, &desk, &other, false).unwrap();
    let (one, two) = (registered(one), registered(two));
    assert_eq!(two.chart, one.chart + 1);
    assert_eq!(stage.chart(one.id), one);
}

#[test]
fn duplicates_are_shown_before_anything_is_saved() {
    let stage = Stage::new();
    let (clinic, desk) = (&stage.clinic, stage.caller(Role::FrontDesk));
    let known = stage.patient("Zoë Müller", None, Some(BORN));
    let other = stage.patient("Zoe Muller", None, Some(date(1999, 9, 9)));
    let mut new = details("MULLER Zoe");
    new.birth_date = Some(BORN);
    let Registered::Alike(alike) = register(clinic, &desk, &new, false).unwrap() else {
        panic!("saved although a chart is alike")
    };
    assert_eq!(alike.len(), 1, "another birth date is another person");
    assert_eq!(alike[0].patient.id, known.id);
    assert_eq!(alike[0].why, Likeness::SameNameAndBirth);
    assert_ne!(alike[0].patient.id, other.id);
    let saved = registered(register(clinic, &desk, &new, true).unwrap());
    // The next one with that phone is shown the family.
    let Registered::Alike(alike) = register(clinic, &desk, &details("Omar Muller"), false).unwrap()
    else {
        panic!("saved although a phone is shared")
    };
    assert_eq!(alike[0].patient.id, saved.id);
    assert_eq!(alike[0].why, Likeness::SharedContact);
}

#[test]
fn a_change_says_what_changed_and_tells_the_old_address() {
    let stage = Stage::new();
    let (clinic, desk) = (&stage.clinic, stage.caller(Role::FrontDesk));
    let amira = stage.patient("Amira Haddad", Some("old@example.org"), Some(BORN));
    let mut next = Details::of(&amira);
    let seen = next.mark().unwrap();
    assert_eq!(
        change(clinic, &desk, amira.id, &seen, &next).unwrap(),
        amira
    );
    assert!(stage.letters(NoticeKind::ContactChanged).is_empty());
    next.email = Some(email("new@example.org"));
    next.desk_note = "Side door".to_owned();
    let changed = change(clinic, &desk, amira.id, &seen, &next).unwrap();
    assert_eq!(Details::of(&changed), next);
    let told = stage.letters(NoticeKind::ContactChanged);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].to, "old@example.org");
    let line = clinic
        .store
        .read(|rows| crate::store::audit::about(rows, amira.id, 0, 1))
        .unwrap();
    assert_eq!(line[0].detail, "email desk-note");
}

#[test]
fn another_phone_is_told_to_the_address_on_file() {
    let stage = Stage::new();
    let (clinic, desk) = (&stage.clinic, stage.caller(Role::FrontDesk));
    let amira = stage.patient("Amira Haddad", Some("amira@example.org"), Some(BORN));
    let mut next = Details::of(&amira);
    let seen = next.mark().unwrap();
    next.phones = vec!["+447700900123".to_owned()];
    change(clinic, &desk, amira.id, &seen, &next).unwrap();
    let told = stage.letters(NoticeKind::ContactChanged);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].to, "amira@example.org");
    // The phone is the same, so whoever has the address learns nothing of the rest.
    let seen = next.mark().unwrap();
    next.desk_note = "Side door".to_owned();
    change(clinic, &desk, amira.id, &seen, &next).unwrap();
    assert_eq!(stage.letters(NoticeKind::ContactChanged).len(), 1);
}

#[test]
fn of_two_who_change_one_chart_the_second_is_told_and_nothing_is_lost() {
    let stage = Stage::new();
    let (clinic, desk) = (&stage.clinic, stage.caller(Role::FrontDesk));
    let amira = stage.patient("Amira Haddad", None, Some(BORN));
    let seen = Details::of(&amira).mark().unwrap();
    let (mut first, mut second) = (Details::of(&amira), Details::of(&amira));
    first.phones = vec!["+447700900123".to_owned()];
    second.desk_note = "Side door".to_owned();
    change(clinic, &desk, amira.id, &seen, &first).unwrap();
    let late = change(clinic, &desk, amira.id, &seen, &second);
    assert_eq!(no(late), Refused::Changed);
    assert_eq!(Details::of(&stage.chart(amira.id)), first);
    // Having seen what the other one wrote, they may.
    let seen = first.mark().unwrap();
    change(clinic, &desk, amira.id, &seen, &second).unwrap();
    assert_eq!(Details::of(&stage.chart(amira.id)), second);
}

#[test]
fn a_chart_is_put_away_and_taken_back() {
    let stage = Stage::new();
    let (clinic, desk) = (&stage.clinic, stage.caller(Role::FrontDesk));
    let amira = stage.patient("Amira Haddad", None, Some(BORN));
    let list = |filter| {
        let asked = Asked {
            filter,
            ..Asked::default()
        };
        let found = charts::list(clinic, &desk, Text::default(), &asked).unwrap();
        found.rows.len()
    };
    assert_eq!((list(Filter::All), list(Filter::Archived)), (1, 0));
    let why = PutAway::Archived("Moved".to_owned());
    put_away(clinic, &desk, amira.id, why.clone()).unwrap();
    assert_eq!((list(Filter::All), list(Filter::Archived)), (0, 1));
    let twice = put_away(clinic, &desk, amira.id, why);
    assert_eq!(no(twice), Refused::ChartNotActive);
    take_back(clinic, &desk, amira.id).unwrap();
    assert_eq!(no(take_back(clinic, &desk, amira.id)), Refused::Changed);
    let died = put_away(clinic, &desk, amira.id, PutAway::Deceased(None)).unwrap();
    assert!(!died.can_be_reached());
}

#[test]
fn the_list_has_every_chart_once_page_by_page() {
    let stage = Stage::new();
    let (clinic, desk) = (&stage.clinic, stage.caller(Role::ReadOnly));
    let many = charts::PAGE * 2 + 7;
    for n in 0..many {
        let mut patient = Patient::new(
            clinic.new_id(),
            HumanName::from_full(&format!("P{n} Family{}", n % 9)),
            clinic.now(),
        );
        if n % 3 == 0 {
            patient.state = PatientState::Archived {
                reason: String::new(),
            };
        }
        let cause = clinic.own_cause("test", Action::Import);
        clinic
            .store
            .write(cause, move |tx| Ok(tx.put(&patient)?))
            .unwrap();
    }
    for (filter, expected) in [
        (Filter::All, many - many.div_ceil(3)),
        (Filter::NeverInvited, many - many.div_ceil(3)),
        (Filter::Archived, many.div_ceil(3)),
        (Filter::Active, 0),
    ] {
        let mut seen = Vec::new();
        let mut asked = Asked {
            filter,
            ..Asked::default()
        };
        loop {
            let page = charts::list(clinic, &desk, Text::default(), &asked).unwrap();
            asked.after = page.rows.last().map(|r| r.patient.id);
            seen.extend(page.rows.iter().map(|r| r.patient.id));
            if !page.more {
                break;
            }
        }
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!((seen.len(), all), (expected, expected), "{filter:?}");
    }
}

#[test]
fn each_role_does_what_the_table_says() {
    let stage = Stage::new();
    let clinic = &stage.clinic;
    let amira = stage.patient("Amira Haddad", None, Some(BORN));
    for role in Role::ALL {
        let caller = stage.caller(role);
        let may = |p| crate::domain::policy::may(&caller.actor, p);
        let looks = charts::find(clinic, &caller, amira.id).is_ok();
        assert_eq!(looks, may(Permission::ViewPatients), "{role:?}");
        let same = Details::of(&amira);
        let changes = change(clinic, &caller, amira.id, &same.mark().unwrap(), &same).is_ok();
        assert_eq!(changes, may(Permission::ManagePatients), "{role:?}");
        let opens = register(clinic, &caller, &details("Jo Lee"), true).is_ok();
        assert_eq!(opens, may(Permission::ManagePatients), "{role:?}");
        let takes = exporting::take_patients(clinic, &caller).is_ok();
        assert_eq!(takes, may(Permission::Export), "{role:?}");
        assert_eq!(
            exporting::take_visits(clinic, &caller).is_ok(),
            takes,
            "{role:?}"
        );
    }
}

#[test]
fn a_list_taken_out_names_every_patient_in_the_log() {
    let stage = Stage::new();
    let (clinic, desk) = (&stage.clinic, stage.caller(Role::FrontDesk));
    let amira = stage.patient("Amira Haddad", None, Some(BORN));
    let omar = stage.patient("Omar Haddad", None, None);
    assert_eq!(exporting::take_patients(clinic, &desk).unwrap().len(), 2);
    for id in [amira.id, omar.id] {
        let line = clinic
            .store
            .read(|rows| crate::store::audit::about(rows, id, 0, 1))
            .unwrap();
        assert_eq!(line[0].action, Action::Export);
        assert_eq!(line[0].about.len(), 2);
    }
}
