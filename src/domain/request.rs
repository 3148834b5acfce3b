//! Someone not yet known here who wants to be a patient.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::id::{AppointmentId, LoginId, PatientId, RequestId};
use super::person::{Email, HumanName};

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestState {
    /// Nobody has looked at it.
    Open,
    /// It is this patient.
    Matched(PatientId),
    /// The clinic said no, with the reason it gave.
    Declined {
        /// In the words of who declined.
        reason: String,
    },
}

/// Someone not yet known here who wants to be a patient. They have proven their e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationRequest {
    /// Which request.
    pub id: RequestId,
    /// Their access; it is pending until staff match it.
    pub login: LoginId,
    /// Their name, as typed.
    pub name: HumanName,
    /// Their birth date, as typed.
    pub birth_date: Date,
    /// The proven address.
    pub email: Email,
    /// Their phone in E.164, if they gave one.
    pub phone: Option<String>,
    /// The chart made for them so that they can ask for a visit; nobody else's data is in it.
    pub chart: PatientId,
    /// The visit they asked for, if they did.
    pub visit: Option<AppointmentId>,
    /// What became of it.
    pub state: RequestState,
    /// When they asked.
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    pub created_at: Timestamp,
}
