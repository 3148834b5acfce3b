//! What the letters say, and what they must not say.

use anteroom::app::outbox::Material;
use anteroom::domain::appointment::{Appointment, Doer};
use anteroom::domain::notice::NoticeState::Accepted;
use anteroom::domain::notice::{Notice, NoticeKind, NoticeSubject};
use anteroom::domain::person::{Address, HumanName};
use anteroom::domain::practitioner::Practitioner;
use anteroom::outbox::mail::{self, Headers};
use anteroom::outbox::render::{letter, plain};
use anteroom::store::{access, appointments};
use jiff::civil::date;
use sha2::{Digest, Sha256};

use super::peer::Peer;
use super::world::{World, at, service};

fn material(world: &World, notice: &Notice) -> Material {
    let (current, notice) = (world.clinic.current(), notice.clone());
    let found = world
        .clinic
        .store
        .read(|rows| Material::load(rows, current.clone(), notice.clone()));
    let mut material = found.unwrap();
    material.token = Some("TOKEN".into());
    material
}

/// One message of every kind, in a language.
fn one_of_each(world: &World, language: &str) -> Vec<Material> {
    let mut amira = world.patient("amira@mail.example");
    amira.language = Some(language.into());
    world.keep_patient(&amira);
    let visit = world.book(&amira, 20);
    NoticeKind::ALL
        .into_iter()
        .map(|kind| {
            let mut notice = world.plain_notice("amira@mail.example");
            notice.kind = kind;
            notice.language = language.into();
            notice.patient = Some(amira.id);
            notice.code = (kind == NoticeKind::SignIn).then(|| "123456".into());
            if kind.can_be_undone() || kind.is_reminder() {
                notice.subject = NoticeSubject::Visit(visit.id, visit.sequence);
            }
            material(world, &notice)
        })
        .collect()
}

#[test]
fn every_letter_is_whole_in_every_language_and_says_nothing_about_health() {
    let world = World::new();
    world.set(|s| s.reminders.name_the_cost = true);
    for language in ["en", "en-XA", "ar-XB"] {
        for material in one_of_each(&world, language) {
            let kind = material.notice.kind;
            let letter = letter(&material);
            let text = plain(&letter);
            let headers = Headers {
                from: "desk@riverside.example",
                to: "amira@mail.example",
                message_id: "x@riverside.example",
                date: world.now(),
            };
            mail::write(&letter, headers).unwrap();
            assert!(
                !letter.subject.is_empty() && !letter.title.is_empty(),
                "{kind:?}"
            );
            let whole = format!("{}\n{text}", letter.subject);
            for secret in ["Colonoscopy", "Bowel", "Amira", "Haddad", "ABC234"] {
                assert!(!whole.contains(secret), "{kind:?} says {secret}: {whole}");
            }
            let links = whole.matches("https://").count();
            let no_link = matches!(
                kind,
                NoticeKind::ContactChanged | NoticeKind::Welcome | NoticeKind::TurnedAway
            );
            let wanted = usize::from(!no_link);
            assert_eq!(links, wanted, "{kind:?} in {language}: {whole}");
            let cost = kind.is_reminder() && language == "en";
            assert_eq!(whole.contains("costs us money"), cost, "{kind:?}");
            assert_eq!(letter.dir, if language == "ar-XB" { "rtl" } else { "ltr" });
            assert_eq!(letter.lang, language);
        }
    }
}

/// What no mail about a visit says: who comes, how else they are reached, what for, with whom, and
/// what anybody wrote about it.
const CANARIES: [&str; 17] = [
    "Kanarina",
    "Zyxwvutska",
    "1953",
    "4711",
    "447946",
    "7946 0987",
    "Quetzalcoatl",
    "canary-of-the-desk",
    "canary-of-the-visit",
    "canary-inside",
    "canary-why-not",
    "Colonoscopy",
    "Bowel",
    "Kestrelheim",
    "Gastroenterologist",
    "ABC234",
    "pat_",
];

/// A visit about which everything is written down that can be.
fn told_visit(world: &World) -> Appointment {
    let mut kanarina = world.patient("reader@mail.example");
    kanarina.chart = 4711;
    kanarina.names = vec![HumanName::from_full("Kanarina Zyxwvutska")];
    kanarina.birth_date = Some(date(1953, 8, 7));
    kanarina.phones = vec!["+442079460987".into()];
    kanarina.desk_note = "canary-of-the-desk".into();
    kanarina.address = Some(Address {
        lines: vec!["77 Quetzalcoatl Row".into()],
        ..Address::default()
    });
    world.keep_patient(&kanarina);
    let mut visit = world.book(&kanarina, 20);
    let otto = Practitioner {
        id: visit.practitioner,
        name: HumanName::from_full("Otto Kestrelheim"),
        role: "Gastroenterologist".into(),
        hue: 1,
        active: true,
        identifiers: Vec::new(),
    };
    world.write(move |tx| {
        tx.put(&otto)?;
        Ok(tx.put(&service())?)
    });
    visit.patient_note = "canary-of-the-visit".into();
    visit.internal_note = "canary-inside".into();
    world.change_visit(&visit, NoticeKind::Booked);
    visit
}

#[test]
fn no_mail_about_a_visit_says_who_or_what_for() {
    let world = World::new();
    let visit = told_visit(&world);
    let start = at(visit.start.as_second() + 3_600);
    let moved = visit.move_to(start, visit.practitioner, Doer::Patient, world.now());
    let moved = moved.expect("moved");
    let ended = moved.cancel(Doer::Patient, "canary-why-not", false, world.now());
    let stages = [
        (NoticeKind::Booked, visit.clone()),
        (NoticeKind::Reminder7, visit.clone()),
        (NoticeKind::Reminder2, visit),
        (NoticeKind::Moved, moved),
        (NoticeKind::Cancelled, ended.expect("cancelled")),
    ];
    for (kind, visit) in stages {
        let kept = visit.clone();
        world.write(move |tx| Ok(appointments::put(tx, &kept)?));
        for language in ["en", "en-XA", "ar-XB"] {
            let mut notice = world.plain_notice("reader@mail.example");
            notice.kind = kind;
            notice.language = language.into();
            notice.patient = Some(visit.patient);
            notice.subject = NoticeSubject::Visit(visit.id, visit.sequence);
            let material = material(&world, &notice);
            let name = material.patient.as_ref().map(|p| p.name().full());
            assert_eq!(name.as_deref(), Some("Kanarina Zyxwvutska"));
            let letter = letter(&material);
            let headers = Headers {
                from: "desk@riverside.example",
                to: "reader@mail.example",
                message_id: "x@riverside.example",
                date: world.now(),
            };
            let raw = mail::write(&letter, headers).expect("a mail");
            let raw = String::from_utf8(raw).expect("text");
            // As it is read, and as it stands on the wire: subject, both bodies and the calendar.
            let read = decoded(&raw).replace("\r\n ", "");
            let whole = format!("{}\n{raw}\n{read}", letter.subject);
            let whole = whole.to_lowercase();
            for canary in CANARIES {
                let canary = canary.to_lowercase();
                assert!(
                    !whole.contains(&canary),
                    "{kind:?}, {language}: {canary}: {whole}"
                );
            }
            if language == "en" {
                let has_file = letter.calendar.is_some();
                assert_eq!(read.contains("BEGIN:VCALENDAR"), has_file);
                assert!(
                    read.contains("Riverside Clinic"),
                    "the mail was read: {read}"
                );
            }
        }
    }
}

#[test]
fn each_link_leads_to_its_door() {
    let world = World::new();
    let door = |material: &Material| letter(material).link.map(|(_, address)| address);
    for material in one_of_each(&world, "en") {
        let path = match material.notice.kind {
            NoticeKind::Invitation => "i",
            NoticeKind::SignIn => "s",
            NoticeKind::StaffInvitation => "p",
            NoticeKind::ConfirmContact => "c",
            NoticeKind::ContactChanged | NoticeKind::Welcome | NoticeKind::TurnedAway => continue,
            NoticeKind::Booked
            | NoticeKind::Requested
            | NoticeKind::Declined
            | NoticeKind::Moved
            | NoticeKind::Cancelled
            | NoticeKind::Reminder7
            | NoticeKind::Reminder2 => "v",
        };
        let wanted = format!("https://riverside.example:8443/{path}/TOKEN");
        assert_eq!(door(&material), Some(wanted), "{:?}", material.notice.kind);
    }
}

#[test]
fn inside_the_building_the_phone_stands_for_the_link() {
    let world = World::new();
    world.set(|s| s.lan_only = true);
    for mut material in one_of_each(&world, "en") {
        let kind = material.notice.kind;
        if kind.can_be_undone() || kind.is_reminder() {
            material.token = None;
        }
        let text = plain(&letter(&material));
        let needs_link = matches!(
            kind,
            NoticeKind::SignIn | NoticeKind::StaffInvitation | NoticeKind::ConfirmContact
        );
        assert_eq!(text.contains("https://"), needs_link, "{kind:?}");
        assert_eq!(
            text.contains("works only on the clinic's Wi-Fi"),
            needs_link,
            "{kind:?}"
        );
        if !needs_link {
            assert!(text.contains("020 7946 0123"), "{kind:?}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_booked_visit_as_it_arrives() {
    let peer = Peer::start();
    let world = World::with_mail(peer.server());
    let amira = world.patient("ok@mail.example");
    let visit = world.book(&amira, 20);
    world.pass(180);
    let running = world.start();
    world
        .until("it is out", |w| {
            w.one(visit.id, NoticeKind::Booked).state == Accepted
        })
        .await;
    let moved = visit
        .move_to(
            at(visit.start.as_second() + 3_600),
            visit.practitioner,
            Doer::Patient,
            world.now(),
        )
        .unwrap();
    world.change_visit(&moved, NoticeKind::Moved);
    world.pass(180);
    world
        .until("the move is out", |w| {
            w.one(visit.id, NoticeKind::Moved).state == Accepted
        })
        .await;
    let gone = moved.cancel(Doer::Patient, "", false, world.now()).unwrap();
    world.change_visit(&gone, NoticeKind::Cancelled);
    world.pass(180);
    world
        .until("the end is out", |w| {
            w.one(visit.id, NoticeKind::Cancelled).state == Accepted
        })
        .await;
    running.end().await;

    let mails = peer.mails();
    assert_eq!(mails.len(), 3);
    let first = &mails[0];
    assert_eq!(
        first.header("Auto-Submitted").as_deref(),
        Some("auto-generated")
    );
    assert_eq!(first.header("Content-Language").as_deref(), Some("en"));
    assert!(first.header("Date").unwrap().contains("23 Nov 2026"));
    let from = first.header("From").unwrap();
    assert_eq!(from, "\"Riverside Clinic\" <desk@riverside.example>");

    let bodies: Vec<String> = mails.iter().map(|m| decoded(&m.text)).collect();
    for (n, (body, method)) in bodies
        .iter()
        .zip(["REQUEST", "REQUEST", "CANCEL"])
        .enumerate()
    {
        let flat = body.replace("\r\n ", "");
        assert!(flat.contains(&format!("METHOD:{method}")), "{flat}");
        assert!(flat.contains(&format!("SEQUENCE:{n}")), "{flat}");
        assert!(flat.contains(&format!("UID:{}\r\n", visit.id)), "{flat}");
        assert!(flat.contains("SUMMARY:Visit to Riverside Clinic"), "{flat}");
        assert!(!flat.contains("Colonoscopy"));
    }
    assert!(
        bodies[0].contains("Sunday 13 December 2026 at 2pm (London time)"),
        "{}",
        bodies[0]
    );
    assert!(bodies[1].contains("Sunday 13 December 2026 at 3pm (London time)"));

    // The secret stands in the mail and nowhere else; the links of both mails are good.
    let token = |body: &str| {
        let rest = body.split_once("8443/v/").unwrap().1;
        rest.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
            .collect::<String>()
    };
    let tokens = [token(&bodies[0]), token(&bodies[1])];
    assert_eq!(tokens[1].len(), 27, "160 bits");
    let link = |token: &str| {
        let key: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        world
            .clinic
            .store
            .read(|rows| access::link(rows, &key))
            .unwrap()
    };
    for token in &tokens {
        assert_eq!(link(token).unwrap().expires_at, moved.start);
    }
    assert!(
        !bodies[2].contains("/v/"),
        "a cancelled visit has nothing to act on"
    );
}

/// Quoted-printable and base64 parts, read.
fn decoded(mail: &str) -> String {
    let mut whole = String::new();
    for part in mail.split("\r\n--") {
        let Some((head, body)) = part.split_once("\r\n\r\n") else {
            continue;
        };
        if head.contains("base64") {
            let packed: String = body.split_whitespace().collect();
            let packed = packed.trim_end_matches('-');
            let bytes = data_encoding::BASE64.decode(packed.as_bytes()).unwrap();
            whole += &String::from_utf8(bytes).unwrap();
        } else if head.contains("quoted-printable") {
            let joined = body.replace("=\r\n", "");
            let mut bytes = Vec::new();
            let mut rest = joined.as_bytes();
            while let Some((first, after)) = rest.split_first() {
                let hex = after.get(..2).and_then(|h| std::str::from_utf8(h).ok());
                let value = hex.and_then(|h| u8::from_str_radix(h, 16).ok());
                if let (b'=', Some(value)) = (first, value) {
                    bytes.push(value);
                    rest = &after[2..];
                } else {
                    bytes.push(*first);
                    rest = after;
                }
            }
            whole += &String::from_utf8(bytes).unwrap();
        } else {
            whole += body;
        }
    }
    whole
}
