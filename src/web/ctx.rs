//! One request, as a handler sees it: who asks, for what, in which language, about which clinic.

use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::cookies;
use super::csrf;
use super::fields::Fields;
use super::flash::Flash;
use super::respond::Trouble;
use super::shown::Shown;
use crate::app::sessions::Known;
use crate::app::visitor::Visitor;
use crate::app::{Caller, Clinic, Current};
use crate::domain::account::Actor;
use crate::domain::id::PatientId;
use crate::domain::policy::{Permission, may};
use crate::domain::refusal::Refused;
use crate::text::when::{Clock, When};
use crate::text::{Language, Text};

/// One request.
pub struct Ctx {
    /// The clinic.
    pub clinic: Arc<Clinic>,
    /// Its settings as of this request.
    pub current: Arc<Current>,
    /// Now.
    pub now: Timestamp,
    /// How things are said to this reader.
    pub text: Text,
    /// The language that the reader chose at a door, in the query.
    pub chosen: Option<Language>,
    /// The pattern of the route: what logs may carry, since it holds no identifiers and no tokens.
    pub route: &'static str,
    /// The path as asked for.
    pub path: String,
    /// The query.
    pub query: Fields,
    /// The form.
    pub form: Fields,
    /// What was just done, for this page to say.
    pub flash: Flash,
    /// Files sent with the form.
    pub files: Vec<Upload>,
    /// Who is signed in, if anybody.
    pub known: Option<Known>,
    /// The cookie to which forms are bound.
    pub bound_to: String,
    /// The secret of an anonymous browser, to which sign-in codes are bound.
    pub visitor: Option<String>,
    /// The other end, where it is known.
    pub remote: Option<IpAddr>,
    /// The proxy in front that has secured the connection, so that browsers see its certificate.
    pub front: Option<SecuredInFront>,
    /// What a program that watches has to show.
    pub pass: Pass,
    /// What the browser calls itself.
    pub user_agent: String,
    /// Whether the request comes from a script that replaces one region.
    pub swap: bool,
    /// Whether a screen looks again by itself, with nobody's doing.
    pub quiet: bool,
    /// This request in the logs.
    pub request: u64,
    /// Whether this is the demonstration clinic.
    pub demo: bool,
    pub(super) shown: Shown,
    pub(super) params: Vec<(&'static str, String)>,
}

/// Goes with a request that a proxy which is believed was asked over TLS. The server notes it.
#[derive(Clone, Copy, Debug)]
pub struct SecuredInFront;

/// What a program that watches has to show.
#[derive(Clone, Debug, Default)]
pub struct Pass {
    /// Whether somebody passed the request on, so that the other end is not who asks.
    pub passed_on: bool,
    /// The token that it shows instead of a cookie.
    pub bearer: Option<String>,
}

/// A file sent with a form.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The name of the field.
    pub field: String,
    /// The name of the file, as the browser says.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Ctx {
    /// Whether browsers see the certificate of a proxy in front, and not ours.
    pub fn secured_in_front(&self) -> bool {
        self.front.is_some()
    }

    /// A part of the path. One that does not parse is a thing that does not exist.
    pub fn param<T: FromStr>(&self, name: &str) -> Result<T, Trouble> {
        let text = self
            .params
            .iter()
            .find(|(n, _)| *n == name)
            .map_or("", |(_, v)| v.as_str());
        text.parse()
            .map_err(|_| Trouble::Refused(Refused::NotFound))
    }

    /// Who calls a verb of `app`. Nobody in particular, when nobody is signed in.
    pub fn caller(&self) -> Caller {
        let actor = self.known.as_ref().map_or_else(nobody, |k| k.actor.clone());
        Caller {
            actor,
            request: self.request,
        }
    }

    /// Whether the reader may do something, so that pages show no button that would be refused.
    pub fn may(&self, permission: Permission) -> bool {
        self.known
            .as_ref()
            .is_some_and(|k| may(&k.actor, permission))
    }

    /// The chart of the patient who is signed in.
    pub fn own_chart(&self) -> Result<PatientId, Trouble> {
        Ok(self.caller().own_chart()?)
    }

    /// Today on the clinic's wall.
    pub fn today(&self) -> Date {
        self.current.date(self.now)
    }

    /// How times are said: as the language does, or with 24 hours on staff pages that want it.
    pub fn when(&self) -> When<'_> {
        let when = self.text.when(&self.current.zone);
        let staff = self.known.as_ref().is_some_and(|k| k.actor.role.is_staff());
        if staff && self.current.settings.staff_24h {
            when.with_clock(Clock::TwentyFourHours)
        } else {
            when
        }
    }

    /// The token for the forms of this answer.
    pub fn token(&self) -> String {
        csrf::masked(&self.bound_to, self.clinic.random())
    }

    /// Writes down which patients this page shows.
    pub fn saw(&self, patients: impl IntoIterator<Item = PatientId>) {
        let mut about: Vec<PatientId> = patients.into_iter().collect();
        about.sort();
        about.dedup();
        if let Some(known) = &self.known {
            let screen = (known.session.key, self.route);
            about = self.shown.news(screen, about, self.now, self.quiet);
        }
        if !about.is_empty() {
            self.clinic.note_view(&self.caller(), self.route, about);
        }
    }

    /// The form, if it carries no field but these: one that the page does not have is no typing
    /// mistake.
    pub fn only(&self, names: &[&str]) -> Result<&Fields, Trouble> {
        let known = |name: &str| {
            names.contains(&name) || name == super::ui::form::TOKEN_FIELD || name == "once"
        };
        if self.form.iter().all(|(name, _)| known(name)) {
            Ok(&self.form)
        } else {
            Err(Trouble::BadRequest)
        }
    }

    /// Whoever asks, as someone at a door. Codes are bound to the cookie that forms are bound to.
    pub fn at_the_door(&self) -> Visitor {
        let browser = cookies::digest(&self.bound_to);
        Visitor::new(self.request, browser, self.remote, &self.user_agent)
            .reading(self.chosen.map(Language::tag))
    }

    /// SHA-256 of the visitor's secret, to which codes are bound.
    pub fn browser(&self) -> Option<[u8; 32]> {
        self.visitor.as_deref().map(cookies::digest)
    }
}

/// Someone who is not signed in.
pub fn nobody() -> Actor {
    use crate::domain::account::{LoginState, Role};
    Actor {
        login: None,
        role: Role::Patient,
        state: LoginState::Pending,
        patient: None,
        practitioner: None,
        name: String::new(),
    }
}
