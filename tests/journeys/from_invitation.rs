//! From the invitation to a visit that was moved and cancelled; a request that the clinic accepts;
//! two charts that become one and two again.

use anteroom::app::Caller;
use anteroom::app::{enrolment, sessions};
use anteroom::domain::account::Role;
use anteroom::domain::appointment::{Appointment, Status};
use anteroom::domain::id::PatientId;
use anteroom::store::{Reader, access, appointments, patients};

use crate::access::site::hold;
use crate::forms::stations::send;
use crate::support::browser::Browser;
use crate::support::form::forms;
use crate::support::{ADDRESS, World, people};

/// The visits of a patient that are ahead.
fn ahead(world: &World, patient: PatientId) -> Vec<Appointment> {
    let now = world.in_hours(0);
    let read = |rows: &Reader| appointments::of_patient_from(rows, patient, now, 50);
    world.clinic.store.read(read).expect("a read")
}

/// Sends the form that goes to a path which ends so, as it stands.
async fn send_to(browser: &mut Browser, end: &str) {
    let all = forms(&browser.page());
    let form = all.into_iter().find(|f| f.action.ends_with(end));
    let form = form.unwrap_or_else(|| panic!("no form to {end}: {}", browser.words()));
    browser.post(&form.action, form.pairs()).await;
    assert_eq!(browser.status(), 200, "{end}: {}", browser.words());
}

#[tokio::test]
async fn invited_booked_moved_and_cancelled() {
    let world = World::new();
    let (clinic, seeded) = (&world.clinic, &world.seeded);
    let token = people::sign_in(clinic, seeded.front_desk);
    let known = sessions::peek(clinic, &token)
        .expect("a read")
        .expect("signed in");
    let desk = Caller {
        actor: known.actor,
        request: 1,
    };
    let elder = seeded.elder;
    let chart = clinic.store.read(|rows| patients::find(rows, elder));
    let born = chart
        .expect("a read")
        .expect("a chart")
        .birth_date
        .expect("a birth date");
    let url = enrolment::invite(clinic, &desk, elder, false)
        .expect("invited")
        .url;
    let before = ahead(&world, elder).len();
    let mut phone = world.browser();
    phone
        .visit(url.strip_prefix(ADDRESS).expect("our address"))
        .await;
    let (day, month, year) = (born.day(), born.month(), born.year());
    let (day, month, year) = (day.to_string(), month.to_string(), year.to_string());
    let typed = [
        ("born-day", &*day),
        ("born-month", &*month),
        ("born-year", &*year),
    ];
    send(&mut phone, &typed).await;
    assert_eq!(phone.path(), "/");
    // A time some days ahead: one for today could no longer be moved.
    let read = |rows: &Reader| access::login_of_patient(rows, elder);
    let login = clinic.store.read(read).expect("a read").expect("an access");
    let hold = hold(&world, login.id, 0);
    phone.visit(&format!("/holds/{hold}")).await;
    send(&mut phone, &[("note", "At the window, if I may")]).await;
    let booked = ahead(&world, elder);
    assert_eq!(booked.len(), before + 1);
    let made = booked.iter().find(|v| v.patient_note.contains("window"));
    let made = made.expect("the visit with its note").clone();
    let page = format!("/visits/{}", made.id);
    phone.visit(&format!("{page}/time")).await;
    send_to(&mut phone, "/time").await;
    let moved = ahead(&world, elder).into_iter().find(|v| v.id == made.id);
    let moved = moved.expect("the same visit");
    assert_ne!(
        (moved.start, moved.practitioner),
        (made.start, made.practitioner)
    );
    assert!(moved.status.is_open() && moved.patient_note == made.patient_note);
    phone.visit(&format!("{page}/cancellation")).await;
    send(&mut phone, &[("reason", "I am well again")]).await;
    let gone = clinic.store.read(|rows| appointments::find(rows, made.id));
    let gone = gone.expect("a read").expect("kept");
    assert_eq!(gone.status, Status::Cancelled);
    // The time is free for somebody else, and the desk reads why.
    let mut desk = world.signed_in(Role::FrontDesk).await;
    desk.visit(&format!("/staff/visits/{}", made.id)).await;
    assert!(desk.says("I am well again"), "{}", desk.words());
}

#[tokio::test]
async fn a_request_is_accepted_and_the_patient_sees_it() {
    let world = World::new();
    let mut phone = world.amira().await;
    let before: Vec<_> = ahead(&world, world.seeded.amira)
        .iter()
        .map(|v| v.id)
        .collect();
    phone
        .visit(&format!(
            "/visits/new/{}",
            world.seeded.services.new_patient
        ))
        .await;
    send_to(&mut phone, "/holds").await;
    send(&mut phone, &[("note", "")]).await;
    let asked = ahead(&world, world.seeded.amira);
    let asked = asked
        .into_iter()
        .find(|v| !before.contains(&v.id))
        .expect("a request");
    assert_eq!(asked.status, Status::Pending);
    let mut desk = world.signed_in(Role::FrontDesk).await;
    desk.visit("/staff/requests").await;
    send_to(&mut desk, &format!("/{}/acceptance", asked.id)).await;
    let now = world
        .clinic
        .store
        .read(|rows| appointments::find(rows, asked.id));
    let now = now.expect("a read").expect("kept").status;
    assert!(now.is_open() && now != Status::Pending, "{now:?}");
    phone.visit("/visits").await;
    assert!(
        phone.html().contains(&asked.id.to_string()),
        "{}",
        phone.words()
    );
}

#[tokio::test]
async fn two_charts_become_one_and_two_again() {
    let world = World::new();
    let (amira, elder) = (world.seeded.amira, world.seeded.elder);
    let (hers, others) = (ahead(&world, amira).len(), ahead(&world, elder).len());
    let mut desk = world.signed_in(Role::FrontDesk).await;
    desk.visit(&format!("/staff/patients/{amira}/merge/{elder}"))
        .await;
    send_to(&mut desk, &format!("/merge/{elder}")).await;
    assert_eq!(ahead(&world, amira).len(), hers + others, "nothing is lost");
    desk.visit(&format!("/staff/patients/{elder}")).await;
    assert!(
        desk.html().contains(&amira.to_string()),
        "the old chart leads to the new one"
    );
    desk.visit(&format!("/staff/patients/{amira}/parting"))
        .await;
    send_to(&mut desk, "/parting").await;
    assert_eq!(ahead(&world, amira).len(), hers);
    assert_eq!(ahead(&world, elder).len(), others);
}
