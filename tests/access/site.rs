//! A clinic in which everybody has something, and the paths that lead there.

use anteroom::app::booking::{self, Wish};
use anteroom::app::{Caller, sessions};
use anteroom::domain::account::{LoginState, Role};
use anteroom::domain::id::{AppointmentId, HoldId};
use anteroom::store::appointments;
use anteroom::web::{cookies, routes};
use poem::http::Method;

use super::table::{Billing, FrontDesk, Owner, Patient, Pending, Practitioner, ReadOnly, Who};
use crate::support::browser::Browser;
use crate::support::{World, people};

pub struct Site {
    pub world: World,
    /// A visit and a hold of Amira's, and of the pending patient's the visit.
    pub own_visit: AppointmentId,
    pub own_hold: HoldId,
    pub pending_visit: AppointmentId,
    pub other_visit: AppointmentId,
    pub other_hold: HoldId,
}

impl Site {
    pub fn new() -> Self {
        let world = World::new();
        let seeded = &world.seeded;
        let visit_of = |patient| {
            let now = world.in_hours(0);
            let ahead = |rows: &anteroom::store::Reader| {
                appointments::of_patient_from(rows, patient, now, 1)
            };
            world
                .clinic
                .store
                .read(ahead)
                .unwrap()
                .pop()
                .expect("a visit ahead")
        };
        let own_visit = visit_of(seeded.amira).id;
        let stranger = world
            .clinic
            .store
            .read(|rows| anteroom::store::access::login(rows, seeded.stranger_login));
        let stranger_chart = stranger
            .unwrap()
            .expect("the stranger")
            .patient
            .expect("a chart");
        let pending_visit = visit_of(stranger_chart).id;
        let parent = world.clinic.store.read(|rows| {
            appointments::of_patient_before(rows, seeded.parent, world.in_hours(9000), 1)
        });
        let other_visit = parent.unwrap().pop().expect("a visit of someone else").id;
        let own_hold = hold(&world, seeded.amira_login, 0);
        let other_hold = hold(&world, seeded.parent_login, 1);
        Self {
            world,
            own_visit,
            own_hold,
            pending_visit,
            other_visit,
            other_hold,
        }
    }

    /// A browser on which someone is signed in: the cookie that the guard of a route looks at.
    pub fn browser(&self, who: Who) -> (Browser, String) {
        let (clinic, seeded) = (&self.world.clinic, &self.world.seeded);
        let login = match who {
            Who::Anonymous => None,
            Pending => Some(seeded.stranger_login),
            Patient => Some(seeded.amira_login),
            Owner => Some(seeded.owner),
            Practitioner => Some(seeded.practitioner),
            FrontDesk => Some(seeded.front_desk),
            Billing => Some(seeded.billing),
            ReadOnly => Some(seeded.read_only),
            Who::DisabledStaff => Some(people::access_of(
                clinic,
                Role::Owner,
                LoginState::Disabled,
                None,
            )),
            Who::DisabledPatient => {
                let chart = Some(seeded.child);
                Some(people::access_of(
                    clinic,
                    Role::Patient,
                    LoginState::Disabled,
                    chart,
                ))
            }
        };
        let mut browser = self.world.browser();
        let visitor = data_encoding::HEXLOWER.encode(&clinic.random::<16>());
        browser.take_cookie(cookies::VISITOR, &visitor);
        let Some(login) = login else {
            return (browser, visitor);
        };
        let token = people::sign_in(clinic, login);
        // Whatever someone is, they send their cookie under both names: the guard must not mind.
        browser.take_cookie(cookies::PATIENT, &token);
        browser.take_cookie(cookies::STAFF, &token);
        let known = sessions::peek(clinic, &token).expect("a read").is_some();
        (browser, if known { token } else { visitor })
    }

    /// A path of a pattern, with things that belong to who asks.
    pub fn path(&self, pattern: &str, who: Who) -> String {
        let seeded = &self.world.seeded;
        let pending = who == Pending || pattern.contains("/requests/");
        let visit = if pending {
            self.pending_visit
        } else {
            self.own_visit
        };
        pattern
            .replace(":patient", &seeded.amira.to_string())
            .replace(":other", &seeded.elder.to_string())
            .replace(":login", &seeded.billing.to_string())
            .replace(":practitioner", &seeded.practitioners[0].to_string())
            .replace(":request", &seeded.stranger.to_string())
            .replace(":visit", &visit.to_string())
            .replace(":hold", &self.own_hold.to_string())
            .replace(":service", &self.world.seeded.services.check_up.to_string())
            .replace(":token", "AAAAAAAAAAAAAAAAAAAAAAAAAAA")
    }
}

/// A time that is held for someone.
pub fn hold(world: &World, login: anteroom::domain::id::LoginId, nth: usize) -> HoldId {
    let token = people::sign_in(&world.clinic, login);
    let actor = sessions::peek(&world.clinic, &token)
        .unwrap()
        .expect("signed in")
        .actor;
    let service = world.seeded.services.vaccination;
    let (service, _) = anteroom::app::engagement::reason(&world.clinic, service).unwrap();
    let today = world.clinic.current().date(world.clinic.now());
    let days = anteroom::app::availability::next_days(
        &world.clinic,
        &service,
        None,
        today,
        5,
        anteroom::app::availability::Except::default(),
    );
    let slot = days.unwrap().pop().expect("a day").offers[nth].slot;
    let wish = Wish {
        service: service.id,
        practitioner: None,
        start: slot.start,
    };
    booking::hold(&world.clinic, &Caller { actor, request: 1 }, wish)
        .expect("a hold")
        .id
}

/// Method, pattern and name of every route.
pub fn list() -> Vec<(Method, &'static str, String)> {
    let entries = routes::site().into_iter();
    entries
        .map(|e| (e.method.clone(), e.path, format!("{} {}", e.method, e.path)))
        .collect()
}
