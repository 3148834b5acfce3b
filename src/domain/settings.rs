//! What a clinic has decided about itself. Everything here is changed in the staff pages; start-up
//! settings are elsewhere.

use serde::{Deserialize, Serialize};

use super::local_name::{self, LocalName};
use super::person::Email;

/// The kind of clinic; it decides which services are suggested at set-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClinicKind {
    /// General practice.
    #[default]
    General,
    /// Physiotherapy.
    Physiotherapy,
    /// Dentistry.
    Dental,
    /// Psychology.
    Psychology,
    /// Anything else.
    Other,
}

impl ClinicKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::General,
        Self::Physiotherapy,
        Self::Dental,
        Self::Psychology,
        Self::Other,
    ];

    /// The word in forms.
    pub fn code(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Physiotherapy => "physiotherapy",
            Self::Dental => "dental",
            Self::Psychology => "psychology",
            Self::Other => "other",
        }
    }

    /// From its word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }
}

/// How far set-up has come; a later screen is more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SetupStep {
    /// Nobody has proven to be the owner.
    #[default]
    You,
    /// The clinic has no name yet.
    Clinic,
    /// No services yet.
    Services,
    /// No hours yet.
    Hours,
    /// The first time can be booked; the look is a wish.
    Look,
    /// The owner has no second factor yet.
    SecondFactor,
    /// Done.
    Done,
    /// The recovery sheet is not on paper yet. Kept as the last: a clinic that is done stays so.
    RecoverySheet,
}

impl SetupStep {
    /// In the order of the screens.
    pub const ALL: [Self; 8] = [
        Self::You,
        Self::Clinic,
        Self::Services,
        Self::Hours,
        Self::Look,
        Self::SecondFactor,
        Self::RecoverySheet,
        Self::Done,
    ];

    fn place(self) -> usize {
        let here = Self::ALL.iter().position(|step| *step == self);
        here.unwrap_or(Self::ALL.len())
    }
}

impl Ord for SetupStep {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.place().cmp(&other.place())
    }
}

impl PartialOrd for SetupStep {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Name, place and look of the clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// What patients call it.
    pub name: String,
    /// What it does.
    pub kind: ClinicKind,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// BCP 47 tag of the clinic's first language.
    pub language: String,
    /// ISO 4217.
    pub currency: String,
    /// IANA time zone.
    pub zone: String,
    /// E.164; what "Call us" calls.
    pub phone: Option<String>,
    /// Postal address, one line per element.
    pub address: Vec<String>,
    /// What one calls in an emergency.
    pub emergency: String,
    /// One line on the home page.
    pub welcome: String,
    /// The one colour, `#rrggbb`.
    pub brand: String,
    /// The logo as an image file, with its media type.
    pub logo: Option<Logo>,
}

/// An image that stands for the clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logo {
    /// `image/png`, `image/jpeg` or `image/webp`, by content.
    pub media_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailSecurity {
    /// Begin in the clear, then STARTTLS, which must succeed.
    #[default]
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// Not at all: for a server on the same machine.
    Plain,
}

impl MailSecurity {
    /// The word in forms.
    pub fn code(self) -> &'static str {
        match self {
            Self::StartTls => "starttls",
            Self::Tls => "tls",
            Self::Plain => "plain",
        }
    }

    /// From its word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::StartTls, Self::Tls, Self::Plain]
            .into_iter()
            .find(|s| s.code() == code)
    }
}

/// The clinic's mail server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailServer {
    /// Host name.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection of the connection.
    pub security: MailSecurity,
    /// User name and password, where the server wants them.
    pub login: Option<(String, String)>,
    /// The sender's address.
    pub from: Email,
}

/// Which reminders go out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminders {
    /// 7 days before, for visits booked at least 10 days ahead.
    pub week_before: bool,
    /// 2 days before, with confirm, move and cancel.
    pub two_days_before: bool,
    /// Add the sentence that names what a missed visit costs.
    pub name_the_cost: bool,
}

/// How much is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Visits ahead that a patient may have booked themselves.
    pub upcoming_per_patient: u16,
    /// Minutes of idling after which a staff session locks.
    pub staff_lock_min: u16,
    /// Connections from one address (IPv6: from one /64).
    pub connections_per_ip: u32,
    /// Connections in all.
    pub connections: u32,
}

/// Everything a clinic has decided about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Name, place and look.
    pub profile: Profile,
    /// How far set-up has come.
    pub setup: SetupStep,
    /// The origin of every link that leaves the building: `https://host[:port]`, no slash at the end.
    pub address: String,
    /// Whether that address can be reached only inside the building. Then messages carry the
    /// clinic's phone instead of a link.
    pub lan_only: bool,
    /// The name that the clinic's own network knows.
    pub local_name: LocalName,
    /// The mail server. Without one, mail stays in the outbox.
    pub mail: Option<MailServer>,
    /// Which reminders go out.
    pub reminders: Reminders,
    /// How much is allowed.
    pub limits: Limits,
    /// Whether times are written with 24 hours on staff pages.
    pub staff_24h: bool,
}

impl Settings {
    /// A clinic about which nothing is known but where it listens.
    pub fn unnamed(address: &str) -> Self {
        Self {
            profile: Profile {
                name: "Anteroom".to_owned(),
                kind: ClinicKind::General,
                country: "GB".to_owned(),
                language: "en".to_owned(),
                currency: "GBP".to_owned(),
                zone: "Europe/London".to_owned(),
                phone: None,
                address: Vec::new(),
                emergency: "999".to_owned(),
                welcome: String::new(),
                brand: "#0b7285".to_owned(),
                logo: None,
            },
            setup: SetupStep::You,
            address: address.to_owned(),
            lan_only: false,
            local_name: LocalName::FromClinic,
            mail: None,
            reminders: Reminders {
                week_before: true,
                two_days_before: true,
                name_the_cost: false,
            },
            limits: Limits {
                upcoming_per_patient: 4,
                staff_lock_min: 10,
                connections_per_ip: 256,
                connections: 2_000,
            },
            staff_24h: true,
        }
    }

    /// The label of that name, without `.local`.
    pub fn local_label(&self) -> Option<String> {
        self.local_name.label(&self.profile.name)
    }

    /// Calls the clinic something else. Once patients may know its name in the network, that one
    /// stays.
    pub fn rename(&mut self, name: &str) {
        let is_new = name != self.profile.name;
        if is_new && self.is_open() && self.local_name == LocalName::FromClinic {
            self.local_name = LocalName::Label(local_name::label(&self.profile.name));
        }
        name.clone_into(&mut self.profile.name);
    }

    /// Whether a first time can be booked, so that patients may come.
    pub fn is_open(&self) -> bool {
        self.setup >= SetupStep::Look
    }
}
