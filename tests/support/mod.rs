//! A clinic in memory, with a clock that tests set and people who use it through HTTP.

pub mod browser;
pub mod form;
pub mod https;
pub mod people;
pub mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anteroom::app::clock::{Clock, SystemRandom};
use anteroom::app::seed::{self, Plan, Seeded};
use anteroom::app::{Clinic, Store};
use anteroom::domain::account::Role;
use anteroom::web::guard::Shared;
use anteroom::web::live::Streams;
use anteroom::web::routes;
use jiff::{SignedDuration, Timestamp};
use poem::endpoint::BoxEndpoint;
use poem::{Endpoint, EndpointExt, Response};

use browser::Browser;

/// Everything that a clinic answers.
pub type Site = Arc<BoxEndpoint<'static, Response>>;

/// The address of the clinic in tests.
pub const ADDRESS: &str = "https://clinic.test";

/// A clock that stands still until it is told to go on.
pub struct SetClock(AtomicI64);

impl SetClock {
    /// Goes on by minutes.
    pub fn forward_min(&self, minutes: i64) {
        self.0.fetch_add(minutes * 60, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).expect("a time")
    }
}

/// A clinic in a store.
pub fn open(store: Store, clock: &Arc<SetClock>) -> Arc<Clinic> {
    Clinic::open(store, clock.clone(), Arc::new(SystemRandom), ADDRESS).expect("a clinic")
}

/// The whole site of a clinic.
pub fn site_of(clinic: &Arc<Clinic>) -> Site {
    let shared = Arc::new(Shared {
        clinic: clinic.clone(),
        demo: true,
        hsts: std::sync::Arc::default(),
        live: Streams::default(),
    });
    Arc::new(routes::endpoint(shared).map_to_response().boxed())
}

/// A seeded clinic behind its whole site.
pub struct World {
    pub clinic: Arc<Clinic>,
    pub clock: Arc<SetClock>,
    pub seeded: Seeded,
    site: Site,
    links: Vec<(String, Role, String)>,
}

/// Tuesday 24 November 2026, 08:55 in London: five minutes before the clinic opens.
pub fn morning() -> Arc<SetClock> {
    let morning = "2026-11-24T08:55:00Z".parse::<Timestamp>().expect("a time");
    Arc::new(SetClock(AtomicI64::new(morning.as_second())))
}

impl World {
    /// Tuesday 24 November 2026, 08:55 in London, with 40 patients.
    pub fn new() -> Self {
        Self::seeded_in(Store::in_memory().expect("a store"))
    }

    /// The same, in a store.
    pub fn seeded_in(store: Store) -> Self {
        let clock = morning();
        let clinic = open(store, &clock);
        let plan = Plan {
            patients: 40,
            visits: Some(400),
            ..Plan::default()
        };
        let seeded = seed::seed(&clinic, &plan).expect("a seeded clinic");
        let links = seed::demo_links(&clinic, &seeded).expect("links");
        Self::of(clinic, clock, seeded, links)
    }

    fn of(
        clinic: Arc<Clinic>,
        clock: Arc<SetClock>,
        seeded: Seeded,
        links: Vec<(String, Role, String)>,
    ) -> Self {
        Self {
            site: site_of(&clinic),
            clinic,
            clock,
            seeded,
            links,
        }
    }

    /// The path of the ready sign-in link of a role.
    pub fn demo_path(&self, role: Role) -> String {
        let link = self.links.iter().find(|l| l.1 == role);
        format!("/demo/{}", link.expect("a link for the role").2)
    }

    /// A browser on which nobody is signed in.
    pub fn browser(&self) -> Browser {
        Browser::new(self.site.clone())
    }

    /// A browser on which someone of a role has signed in.
    pub async fn signed_in(&self, role: Role) -> Browser {
        let mut browser = self.browser();
        browser.visit(&self.demo_path(role)).await;
        browser.press("Enter").await;
        assert_eq!(browser.status(), 200, "signed in as {role:?}");
        browser
    }

    /// Amira Haddad on her phone.
    pub async fn amira(&self) -> Browser {
        self.signed_in(Role::Patient).await
    }

    /// An instant some hours from now.
    pub fn in_hours(&self, hours: i64) -> Timestamp {
        self.clock.now() + SignedDuration::from_hours(hours)
    }
}

/// Calls a site with a request.
pub async fn call(site: &BoxEndpoint<'static, Response>, request: poem::Request) -> Response {
    site.get_response(request).await
}
