//! A person's access: who may sign in, in which role, with what proof.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::id::{AppointmentId, LoginId, PatientId, PractitionerId, SessionId};
use super::person::Email;

/// What someone is in the clinic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Runs the clinic: may do everything.
    Owner,
    /// Cares for patients.
    Practitioner,
    /// Runs the day.
    FrontDesk,
    /// Sees whom to bill.
    Billing,
    /// Sees, and changes nothing.
    ReadOnly,
    /// Is cared for.
    Patient,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] = [
        Self::Owner,
        Self::Practitioner,
        Self::FrontDesk,
        Self::Billing,
        Self::ReadOnly,
        Self::Patient,
    ];

    /// The word in URLs, forms, `--json` and the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Practitioner => "practitioner",
            Self::FrontDesk => "front-desk",
            Self::Billing => "billing",
            Self::ReadOnly => "read-only",
            Self::Patient => "patient",
        }
    }

    /// From its word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }

    /// Whether this is someone who works here.
    pub fn is_staff(self) -> bool {
        self != Self::Patient
    }
}

/// Whether an access may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoginState {
    /// Invited, or asked for; not yet proven.
    Pending,
    /// In use.
    Active,
    /// Closed by the clinic.
    Disabled,
}

/// How a person wants pages to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThemeMode {
    /// As the device says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// An authenticator app that was set up (RFC 6238: SHA-1, 6 digits, 30 s).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totp {
    /// The shared secret.
    pub secret: Vec<u8>,
    /// The last step that was used: each is good once.
    pub last_step: u64,
    /// Whether a first code has proven that the app has the secret.
    pub confirmed: bool,
}

/// A person's access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Which access.
    pub id: LoginId,
    /// What the person is here.
    pub role: Role,
    /// Whether it may be used.
    pub state: LoginState,
    /// The person's name; of a patient, as it stood at enrolment.
    pub name: String,
    /// What staff sign in with. Patients are found through their chart.
    pub email: Option<Email>,
    /// The chart of a patient. `None` for staff and for persons not yet matched to a chart.
    pub patient: Option<PatientId>,
    /// Whose calendar opens first.
    pub practitioner: Option<PractitionerId>,
    /// argon2id in PHC string format. Patients have none.
    pub password: Option<String>,
    /// The second factor.
    pub totp: Option<Totp>,
    /// SHA-256 of each recovery code that is left.
    pub recovery: Vec<[u8; 32]>,
    /// BCP 47 tag of the chosen language.
    pub language: Option<String>,
    /// How pages look.
    pub theme: ThemeMode,
    /// The last day of access, for someone who leaves.
    pub leaves_on: Option<Date>,
    /// When the access was made.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub created_at: Timestamp,
    /// When it was last used; written at most once a minute.
    #[serde(with = "jiff::fmt::serde::timestamp::second::optional")]
    pub seen_at: Option<Timestamp>,
}

impl Login {
    /// A new access of a role, nothing set.
    pub fn new(id: LoginId, role: Role, name: &str, created_at: Timestamp) -> Self {
        Self {
            id,
            role,
            state: LoginState::Active,
            name: name.to_owned(),
            email: None,
            patient: None,
            practitioner: None,
            password: None,
            totp: None,
            recovery: Vec::new(),
            language: None,
            theme: ThemeMode::Auto,
            leaves_on: None,
            created_at,
            seen_at: None,
        }
    }

    /// Whether a second factor is in force.
    pub fn has_totp(&self) -> bool {
        self.totp.as_ref().is_some_and(|t| t.confirmed)
    }
}

/// One signed-in device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// SHA-256 of the cookie's token.
    pub key: [u8; 32],
    /// What lists and forms call it.
    pub id: SessionId,
    /// Whose.
    pub login: LoginId,
    /// What the device says it is, in plain words: "Chrome on Android".
    pub device: String,
    /// When it signed in.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub created_at: Timestamp,
    /// When it was last used; written at most once a minute.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub seen_at: Timestamp,
    /// From then on it is nothing.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub expires_at: Timestamp,
    /// When the person last proved who they are.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub proven_at: Timestamp,
    /// Locked by the person; idling locks by the clock.
    pub locked: bool,
}

/// What a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkPurpose {
    /// First sign-in of a patient; wants the birth date.
    Invitation(PatientId),
    /// Sign-in of a known person; also good as a 6-digit code in the browser that asked.
    SignIn(LoginId),
    /// An address not known here: the code proves it, a request follows.
    Register,
    /// Confirm, move or cancel one visit without signing in.
    Visit(AppointmentId),
    /// A staff member sets their first or a new password.
    StaffPassword(LoginId),
    /// A changed contact address is really theirs.
    ConfirmEmail(PatientId),
    /// A person of the demonstration clinic.
    Demo(LoginId),
    /// The password was right; the second factor follows in the same browser.
    SecondStep(LoginId),
}

/// A link that was handed out. The newest of a purpose replaces the older ones; those about a visit
/// live side by side until it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// SHA-256 of the token in the URL.
    pub key: [u8; 32],
    /// What it is good for.
    pub purpose: LinkPurpose,
    /// SHA-256 of what may be typed instead: 6 digits from a mail, 12 characters from a letter.
    pub code: Option<[u8; 32]>,
    /// SHA-256 of the visitor cookie of the browser that asked, where only that one may use the code.
    pub browser: Option<[u8; 32]>,
    /// The address it went to, where it proves that address.
    pub email: Option<Email>,
    /// When it was made.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub created_at: Timestamp,
    /// From then on it is nothing.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub expires_at: Timestamp,
    /// When it was used up.
    #[serde(with = "jiff::fmt::serde::timestamp::second::optional")]
    pub used_at: Option<Timestamp>,
    /// Wrong answers left before it is void.
    pub tries_left: u8,
}

impl Link {
    /// Whether it still opens anything.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at && self.used_at.is_none() && self.tries_left > 0
    }

    /// The browser that asked for the mail which carries it.
    pub fn mail_browser(&self) -> Option<&[u8; 32]> {
        match self.purpose {
            LinkPurpose::SignIn(_) | LinkPurpose::Register => self.browser.as_ref(),
            LinkPurpose::Invitation(_)
            | LinkPurpose::Visit(_)
            | LinkPurpose::StaffPassword(_)
            | LinkPurpose::ConfirmEmail(_)
            | LinkPurpose::Demo(_)
            | LinkPurpose::SecondStep(_) => None,
        }
    }
}

/// The count of wrong answers at one door for one subject.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// Wrong answers in a row.
    pub failures: u32,
    /// Until when the door stays shut; never before the last wrong answer, so that it tells the age.
    #[serde(with = "jiff::fmt::serde::timestamp::second::optional")]
    pub shut_until: Option<Timestamp>,
}

/// Wrong answers that cost nothing.
pub const FREE_ATTEMPTS: u32 = 5;
/// Wrong answers in a row that close the method until staff re-issue it.
pub const MAX_ATTEMPTS: u32 = 100;

impl Attempts {
    /// Whether the door is shut, and until when; `Err(None)` means until staff open it.
    pub fn check(&self, now: Timestamp) -> Result<(), Option<Timestamp>> {
        if self.failures >= MAX_ATTEMPTS {
            return Err(None);
        }
        match self.shut_until {
            Some(until) if now < until => Err(Some(until)),
            _ => Ok(()),
        }
    }

    /// One more wrong answer: after five free ones the door shuts for 1, 2, 4 … at most 15 minutes.
    #[must_use]
    pub fn failed(&self, now: Timestamp) -> Self {
        let failures = self.failures.saturating_add(1);
        let over = failures.saturating_sub(FREE_ATTEMPTS);
        let minutes = match over {
            0 => 0,
            1 => 1,
            2 => 2,
            3 => 4,
            4 => 8,
            _ => 15,
        };
        Self {
            failures,
            shut_until: Some(super::appointment::after(now, minutes)),
        }
    }
}

/// Who is asking: resolved from the session before anything is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Their access. `None` for someone who holds only a link, and for Anteroom itself.
    pub login: Option<LoginId>,
    /// What they are here.
    pub role: Role,
    /// Whether their access may be used.
    pub state: LoginState,
    /// The only chart a patient may touch.
    pub patient: Option<PatientId>,
    /// The calendar of a practitioner.
    pub practitioner: Option<PractitionerId>,
    /// What the log calls them.
    pub name: String,
}

impl Actor {
    /// From an access.
    pub fn of(login: &Login) -> Self {
        Self {
            login: Some(login.id),
            role: login.role,
            state: login.state,
            patient: login.patient,
            practitioner: login.practitioner,
            name: login.name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn guessing_a_code_is_hopeless() {
        // The chance to guess 6 digits with every try that the door allows before it closes.
        let chance = f64::from(MAX_ATTEMPTS) / 1e6;
        assert!(chance <= 1e-4);
    }

    proptest! {
        #[test]
        fn the_door_shuts_longer_and_never_more_than_15_minutes(n in 0u32..120) {
            let now = Timestamp::from_second(1_000_000).unwrap();
            let mut attempts = Attempts::default();
            for _ in 0..n {
                attempts = attempts.failed(now);
            }
            match attempts.check(now) {
                Ok(()) => prop_assert!(n <= FREE_ATTEMPTS),
                Err(Some(until)) => {
                    prop_assert!(n > FREE_ATTEMPTS && n < MAX_ATTEMPTS);
                    let wait = until.as_second() - now.as_second();
                    prop_assert!((60..=900).contains(&wait));
                    prop_assert!(attempts.check(until).is_ok());
                }
                Err(None) => prop_assert!(n >= MAX_ATTEMPTS),
            }
        }
    }
}
