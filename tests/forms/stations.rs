//! Clinics to be spoilt: each attack may use one up, so they are copied from a first one. And the
//! people who reach every form there is.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anteroom::app::availability::{self, Except};
use anteroom::app::blocks::{self, NewBlock};
use anteroom::app::booking::{self, Wish};
use anteroom::app::people::{self as staff, NewPerson};
use anteroom::app::practice;
use anteroom::app::registration::{self, PutAway};
use anteroom::app::{
    Caller, Clinic, Store, certificate, enrolment, merging, sessions, staff_access,
};
use anteroom::app::{backups, health};
use anteroom::domain::account::{Role, Session, Totp};
use anteroom::domain::audit::Action;
use anteroom::domain::backup::plan::Destination;
use anteroom::domain::certificate::Plan;
use anteroom::domain::id::{AppointmentId, LoginId};
use anteroom::domain::notice::{Notice, NoticeKind};
use anteroom::domain::person::Email;
use anteroom::domain::schedule::Closure;
use anteroom::store::{Reader, access, appointments, notices, patients};
use anteroom::web::cookies;
use jiff::{SignedDuration, ToSpan};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::support::browser::Browser;
use crate::support::form::forms;
use crate::support::{ADDRESS, Site, World, morning, open, people, site_of};

/// A directory in memory where the machine has one: there is a write for every attack.
fn directory() -> TempDir {
    let shm = Path::new("/dev/shm");
    if shm.is_dir() {
        tempfile::tempdir_in(shm).expect("a directory")
    } else {
        tempfile::tempdir().expect("a directory")
    }
}

/// A clinic as it was.
pub struct Snapshot(TempDir);

impl Snapshot {
    /// The same clinic again.
    pub fn copy(&self) -> Copy {
        let dir = directory();
        for file in std::fs::read_dir(self.0.path()).expect("a directory") {
            let file = file.expect("a file");
            std::fs::copy(file.path(), dir.path().join(file.file_name())).expect("a copy");
        }
        let store = Store::open(dir.path(), 4 << 20).expect("a store");
        let clinic = open(store, &morning());
        Copy {
            site: site_of(&clinic),
            clinic,
            _dir: dir,
        }
    }
}

/// A clinic that may be spoilt.
pub struct Copy {
    pub clinic: Arc<Clinic>,
    pub site: Site,
    _dir: TempDir,
}

impl Copy {
    /// Someone at their screen.
    pub fn browser(&self, person: &Person) -> Browser {
        let mut browser = Browser::new(self.site.clone());
        for (name, value) in &person.cookies {
            browser.take_cookie(name, value);
        }
        browser
    }
}

/// Someone, and where they begin.
pub struct Person {
    pub name: &'static str,
    /// Which clinic they are in.
    pub clinic: usize,
    pub cookies: BTreeMap<String, String>,
    pub starts: Vec<String>,
}

/// Everybody, and the clinics they are in.
pub struct Town {
    pub snapshots: Vec<Snapshot>,
    pub people: Vec<Person>,
}

fn path(url: &str) -> String {
    url.strip_prefix(ADDRESS).unwrap_or(url).to_owned()
}

fn letter(clinic: &Clinic, kind: NoticeKind) -> Notice {
    let read = |rows: &Reader| notices::newest(rows, None, 1, &|n: &Notice| n.kind == kind);
    let found = clinic.store.read(read).expect("a read").pop();
    found.unwrap_or_else(|| panic!("no letter of {kind:?}"))
}

fn known(clinic: &Clinic, login: LoginId) -> (Caller, String) {
    let token = people::sign_in(clinic, login);
    let actor = sessions::peek(clinic, &token)
        .expect("a read")
        .expect("signed in")
        .actor;
    (Caller { actor, request: 1 }, token)
}

/// A device that showed long ago who uses it.
fn stale(clinic: &Clinic, login: LoginId) -> String {
    let token = data_encoding::BASE64URL_NOPAD.encode(&clinic.random::<32>());
    let now = clinic.now();
    let session = Session {
        key: Sha256::digest(token.as_bytes()).into(),
        id: clinic.new_id(),
        login,
        device: "Firefox on Linux".to_owned(),
        created_at: now - SignedDuration::from_hours(48),
        seen_at: now,
        expires_at: now + SignedDuration::from_hours(480),
        proven_at: now - SignedDuration::from_hours(48),
        locked: false,
    };
    let cause = clinic.own_cause("test", Action::SignIn);
    let kept = clinic.store.write(cause, move |tx| Ok(tx.put(&session)?));
    kept.expect("a session");
    token
}

fn with(name: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(name.to_owned(), value.to_owned())])
}

/// Sends the first form of the page that has these fields, with these values.
pub async fn send(browser: &mut Browser, values: &[(&str, &str)]) {
    let found = forms(&browser.page()).into_iter().find(|form| {
        let has = |(name, value): &(&str, &str)| {
            let of_name = form.fields.iter().find(|f| f.name == *name);
            of_name.is_some_and(|f| *name != "do" || f.value == *value)
        };
        values.iter().all(has)
    });
    let form = found.unwrap_or_else(|| panic!("no form with {values:?}: {}", browser.words()));
    let mut pairs = form.pairs();
    for (name, value) in values {
        pairs.retain(|(n, _)| n != name);
        pairs.push(((*name).to_owned(), (*value).to_owned()));
    }
    browser.post(&form.action, pairs).await;
    assert!(browser.status() < 400, "{}", browser.words());
}

/// A link about a visit of Amira's.
fn visit_link(world: &World) -> String {
    let (clinic, amira) = (&world.clinic, world.seeded.amira);
    let now = clinic.now();
    let ahead = |rows: &Reader| appointments::of_patient_from(rows, amira, now, 1);
    let visit = clinic.store.read(ahead).expect("a read").pop();
    let visit = visit.expect("a visit ahead");
    people::visit_link(clinic, &visit, "of-a-booking-mail")
}

/// Someone asks for a visit that the clinic has to accept.
fn request(world: &World) -> AppointmentId {
    let (clinic, seeded) = (&world.clinic, &world.seeded);
    let (caller, _) = known(clinic, seeded.parent_login);
    let service = seeded.services.new_patient;
    let (service, _) = anteroom::app::engagement::reason(clinic, service).expect("a service");
    let today = clinic.current().date(clinic.now());
    let days = availability::next_days(clinic, &service, None, today, 5, Except::default());
    let offer = days.expect("a read").pop().expect("a day").offers.remove(0);
    let wish = Wish {
        service: service.id,
        practitioner: None,
        start: offer.slot.start,
    };
    let hold = booking::hold(clinic, &caller, wish).expect("a hold");
    let visit = booking::book(clinic, &caller, hold.id, "").expect("a request");
    visit.id
}

/// An app shows codes for somebody.
fn give_app(clinic: &Clinic, email: &str) -> LoginId {
    let email = Email::try_from(email).expect("an address");
    let found = clinic
        .store
        .read(|rows| access::staff_by_email(rows, &email));
    let mut login = found.expect("a read").expect("an access");
    login.totp = Some(Totp {
        secret: vec![7; 20],
        last_step: 0,
        confirmed: true,
    });
    let id = login.id;
    let cause = clinic.own_cause("test", Action::LoginChange);
    let kept = clinic.store.write(cause, move |tx| Ok(tx.put(&login)?));
    kept.expect("an app");
    id
}

/// The screen of a session is locked.
fn lock(clinic: &Clinic, token: &str) {
    let key: [u8; 32] = Sha256::digest(token.as_bytes()).into();
    let found = clinic.store.read(|rows| access::session(rows, &key));
    let mut session = found.expect("a read").expect("a session");
    session.locked = true;
    let cause = clinic.own_cause("test", Action::SignIn);
    let kept = clinic.store.write(cause, move |tx| Ok(tx.put(&session)?));
    kept.expect("locked");
}

const PASSWORD: &str = "tulip wagon nine";

/// A clinic in its day, with one of everything that has a form.
#[allow(clippy::too_many_lines, reason = "one story, told in order")]
async fn busy(dir: &Path) -> Vec<Person> {
    let world = World::seeded_in(Store::open(dir, 16 << 20).expect("a store"));
    let (clinic, seeded) = (&world.clinic, &world.seeded);
    let mut people = Vec::new();
    let mut add = |name, cookies, starts: Vec<String>| {
        people.push(Person {
            name,
            clinic: 0,
            cookies,
            starts,
        });
    };
    let (owner, owner_token) = known(clinic, seeded.owner);
    // Things that the seed does not have.
    let now = clinic.now();
    let block = NewBlock {
        practitioner: seeded.practitioners[0],
        start: now + SignedDuration::from_hours(100),
        end: now + SignedDuration::from_hours(101),
        note: "Delivery".to_owned(),
    };
    let block = blocks::block(clinic, &owner, block).expect("a block");
    let day = clinic.current().date(now).saturating_add(30.days());
    let closure = Closure {
        from: day,
        until: day,
        name: "Painting".to_owned(),
    };
    practice::close(clinic, &owner, vec![closure]).expect("a closure");
    // The clinic brings its own certificate, so that one can ask for another try.
    let files = Plan::Files {
        cert: "/none/clinic.pem".to_owned(),
        key: "/none/clinic.key".to_owned(),
    };
    certificate::set_plan(clinic, &owner, files).expect("a plan");
    // The sheet is on paper, and there is a place for backups.
    let test_word = backups::recovery_key(clinic).expect("a key").test_word();
    backups::check_word(clinic, &owner, &test_word).expect("the word");
    health::new_token(clinic, &owner).expect("a token to end");
    let usb = Destination::Directory("/mnt/usb".to_owned());
    backups::add(clinic, &owner, "usb", usb).expect("a place");
    let choices = anteroom::domain::merge::Choices::default();
    merging::merge(
        clinic,
        &owner,
        seeded.long_name,
        seeded.arabic_name,
        choices,
    )
    .expect("one chart of two");
    let away = PutAway::Archived("Moved to Spain".to_owned());
    registration::put_away(clinic, &owner, seeded.child, away).expect("put away");
    // Doors of patients.
    let invitation = enrolment::invite(clinic, &owner, seeded.elder, false).expect("invited");
    let mut door = world.browser();
    door.visit("/sign-in").await;
    send(&mut door, &[("email", "someone.new@example.org")]).await;
    let stranger = letter(clinic, NoticeKind::SignIn).token.expect("a link");
    let code = door.cookies().clone();
    let amiras = clinic.store.read(|rows| patients::find(rows, seeded.amira));
    let amiras = amiras.expect("a read").expect("Amira").email;
    let mut door = world.browser();
    door.visit("/sign-in").await;
    send(
        &mut door,
        &[("email", amiras.expect("an address").as_str())],
    )
    .await;
    let known_link = letter(clinic, NoticeKind::SignIn).token.expect("a link");
    let mut follower = world.browser();
    follower.visit(&format!("/s/{stranger}")).await;
    let amira = known(clinic, seeded.amira_login).1;
    let mut phone = world.browser();
    phone.take_cookie(cookies::PATIENT, &amira);
    phone.visit("/me/email").await;
    send(&mut phone, &[("email", "amira.new@example.org")]).await;
    let confirm = letter(clinic, NoticeKind::ConfirmContact)
        .token
        .expect("a link");
    let visit = visit_link(&world);
    // Doors of those who work here.
    let invite = |name: &str| {
        let person = NewPerson {
            name: name.to_owned(),
            email: Email::try_from(format!("{}@clinic.example", name.to_lowercase()).as_str())
                .expect("an address"),
            role: Role::FrontDesk,
            practitioner: None,
        };
        path(
            &staff::invite(clinic, &owner, &person, false)
                .expect("invited")
                .url,
        )
    };
    let (ines, otto) = (invite("Ines"), invite("Otto"));
    let mut app = world.browser();
    app.visit(&otto).await;
    send(&mut app, &[("password", PASSWORD)]).await;
    let at_app = app.path().to_owned();
    let app = app.cookies().clone();

    // A second week of hours, and somebody with an app.
    let who = seeded.practitioners[0];
    let weeks = practice::weeks(clinic, &owner, who).expect("hours");
    let mut rule = weeks[0].rule.clone();
    rule.effective_from = Some(day);
    practice::set_hours(clinic, &owner, who, None, rule).expect("a second week");
    let mut second = world.browser();
    second.visit(&invite("Pia")).await;
    send(&mut second, &[("password", PASSWORD)]).await;
    let pia = give_app(clinic, "pia@clinic.example");
    second.visit("/staff/sign-in").await;
    let typed = [("email", "pia@clinic.example"), ("password", PASSWORD)];
    send(&mut second, &typed).await;
    let (at_second, second) = (second.path().to_owned(), second.cookies().clone());
    let hold = crate::access::site::hold(&world, seeded.amira_login, 0);
    let nobody = vec![
        "/sign-in".to_owned(),
        "/staff/sign-in".to_owned(),
        world.demo_path(Role::Owner),
        "/i".to_owned(),
        path(&invitation.url),
        format!("/s/{stranger}"),
        format!("/s/{known_link}"),
        format!("/c/{confirm}"),
        visit,
        "/v/of-long-ago".to_owned(),
        ines,
    ];
    add("nobody", BTreeMap::new(), nobody);
    add("nobody with a code", code, vec!["/sign-in/code".to_owned()]);
    add(
        "a stranger",
        follower.cookies().clone(),
        vec![format!("/s/{stranger}/name")],
    );
    add("Otto", app, vec![at_app]);
    add("Pia", second, vec![at_second]);
    let account = vec!["/staff/account/recovery".to_owned()];
    let pia = known(clinic, pia).1;
    add("Pia at work", with(cookies::STAFF, &pia), account);
    let patient = |token: &str| with(cookies::PATIENT, token);
    let at_work = |token: &str| with(cookies::STAFF, token);
    add(
        "Amira",
        patient(&amira),
        vec!["/".to_owned(), format!("/holds/{hold}")],
    );
    let old = stale(clinic, seeded.amira_login);
    let proofs = vec!["/me/proof/email".to_owned(), "/me/proof/phone".to_owned()];
    add("Amira, two days ago", patient(&old), proofs);
    let pending = known(clinic, seeded.stranger_login).1;
    add("pending", patient(&pending), vec!["/".to_owned()]);
    let visit_of = |patient| {
        let ahead = |rows: &Reader| appointments::of_patient_from(rows, patient, now, 1);
        let found = clinic.store.read(ahead).expect("a read").pop();
        found.expect("a visit ahead").id
    };
    let (visit, asked) = (visit_of(seeded.amira), request(&world));
    known(clinic, seeded.owner);
    let staff_starts = vec![
        format!("/staff/settings/hours/{who}"),
        format!("/staff/visits/{visit}?do=move"),
        format!("/staff/visits/{visit}?do=length"),
        format!("/staff/visits/{visit}?do=note"),
        format!("/staff/visits/{visit}?do=cancel"),
        format!("/staff/requests/visits/{asked}/refusal"),
        "/staff/requests".to_owned(),
        format!("/staff/requests/people/{}?q=ha", seeded.stranger),
        "/staff".to_owned(),
        "/staff/lock".to_owned(),
        format!("/staff/blocks/{}", block.id),
        "/staff/blocks/new".to_owned(),
        "/staff/account/app".to_owned(),
        format!("/staff/patients/{}/parting", seeded.long_name),
        format!("/staff/patients/{}", seeded.child),
        format!("/staff/patients/{}", seeded.amira),
        format!("/staff/patients/{}/access", seeded.amira),
        format!("/staff/patients/{}/merge/{}", seeded.amira, seeded.elder),
        format!("/staff/people/{}", seeded.billing),
        "/staff/visits/new?date=2026-11-29&time=10:00&new=Nowak".to_owned(),
        format!(
            "/staff/visits/new?date=2026-11-29&time=10:00&patient={}",
            seeded.amira
        ),
    ];
    add("owner", at_work(&owner_token), staff_starts.clone());
    for (name, login) in [
        ("front desk", seeded.front_desk),
        ("practitioner", seeded.practitioner),
        ("billing", seeded.billing),
        ("read only", seeded.read_only),
    ] {
        let token = known(clinic, login).1;
        add(name, at_work(&token), staff_starts.clone());
    }
    let locked = stale(clinic, seeded.front_desk);
    lock(clinic, &locked);
    let door = vec!["/staff/lock?to=%2Fstaff".to_owned()];
    add("locked", at_work(&locked), door);
    clinic.store.close();
    people
}

/// A clinic that nobody has set up: before the first owner, and after.
async fn new_clinic(dir: &Path, further: bool) -> Person {
    let clinic = open(Store::open(dir, 16 << 20).expect("a store"), &morning());
    let code = staff_access::new_setup_code(&clinic)
        .expect("a write")
        .expect("a code");
    let mut browser = Browser::new(site_of(&clinic));
    browser.visit("/setup").await;
    let mut starts = vec!["/setup".to_owned()];
    if further {
        let you = [
            ("code", code.as_str()),
            ("name", "Rosa Lind"),
            ("email", "rosa@clinic.example"),
            ("password", "seven green bottles hang"),
        ];
        send(&mut browser, &you).await;
        assert_eq!(browser.path(), "/setup/clinic", "{}", browser.words());
        send(&mut browser, &[("name", "Riverside"), ("do", "save")]).await;
        for step in ["services", "hours", "look", "second-factor"] {
            assert_eq!(
                browser.path(),
                format!("/setup/{step}"),
                "{}",
                browser.words()
            );
            let more: &[(&str, &str)] = match step {
                "look" => &[("do", "skip")],
                "second-factor" => &[("do", "later")],
                _ => &[],
            };
            send(&mut browser, more).await;
        }
        starts = [
            "clinic",
            "services",
            "hours",
            "look",
            "second-factor",
            "recovery-sheet",
            "done",
        ]
        .map(|s| format!("/setup/{s}"))
        .to_vec();
        // Here nobody has the sheet on paper yet.
        starts.push("/staff/settings/backups".to_owned());
    }
    let cookies = browser.cookies().clone();
    clinic.store.close();
    Person {
        name: if further {
            "first owner"
        } else {
            "before everybody"
        },
        clinic: if further { 2 } else { 1 },
        cookies,
        starts,
    }
}

/// Everybody.
pub async fn town() -> Town {
    let dirs = [directory(), directory(), directory()];
    let mut people = busy(dirs[0].path()).await;
    people.push(new_clinic(dirs[1].path(), false).await);
    people.push(new_clinic(dirs[2].path(), true).await);
    Town {
        snapshots: dirs.map(Snapshot).into(),
        people,
    }
}
