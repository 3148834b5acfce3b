//! What each message says, in the language of who reads it. Nothing about health: the clinic, day,
//! time, place, and one link on the clinic's own address.

use jiff::Timestamp;

use super::words;
use crate::app::outbox::Material;
use crate::domain::appointment::{Appointment, Status};
use crate::domain::notice::NoticeKind;
use crate::domain::settings::Settings;
use crate::interop::icalendar;
use crate::t;
use crate::text::{Language, Text, phone};

/// A letter before it is made into text and HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// BCP 47 tag of its language.
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: String,
    /// What the clinic is called.
    pub clinic: String,
    /// The clinic's colour, as it stands in the settings.
    pub brand: String,
    /// The subject.
    pub subject: String,
    /// The heading.
    pub title: String,
    /// What it says.
    pub paragraphs: Vec<String>,
    /// Labels and values.
    pub facts: Vec<(String, String)>,
    /// What is typed, with its label.
    pub code: Option<(String, String)>,
    /// The one link: its words and its address.
    pub link: Option<(String, String)>,
    /// What is said below, in small print.
    pub small: Vec<String>,
    /// The visit for the reader's own calendar.
    pub calendar: Option<Calendar>,
}

/// A calendar file that goes with a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Its media type, which says what is asked of the reader's calendar.
    pub media_type: String,
    /// The file.
    pub file: String,
}

/// The host in the clinic's address, for names that are unique in the world.
pub fn host(settings: &Settings) -> &str {
    let rest = settings
        .address
        .split_once("://")
        .map_or(settings.address.as_str(), |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    match authority.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or(six),
        None => authority.split(':').next().unwrap_or(authority),
    }
}

/// The letter in plain text.
pub fn plain(letter: &Letter) -> String {
    let mut parts = vec![letter.title.clone()];
    parts.extend(letter.paragraphs.iter().cloned());
    let facts: Vec<String> = letter
        .facts
        .iter()
        .map(|(label, value)| format!("{label}: {value}"))
        .collect();
    if !facts.is_empty() {
        parts.push(facts.join("\n"));
    }
    if let Some((label, code)) = &letter.code {
        parts.push(format!("{label}: {code}"));
    }
    if let Some((label, address)) = &letter.link {
        parts.push(format!("{label}:\n{address}"));
    }
    parts.extend(letter.small.iter().cloned());
    parts.push(letter.clinic.clone());
    parts.join("\n\n") + "\n"
}

/// What is needed to write: the words, the clinic, the message.
struct Writer<'a> {
    text: Text,
    material: &'a Material,
    settings: &'a Settings,
}

/// Writes the letter of a message.
pub fn letter(material: &Material) -> Letter {
    let language = Language::from_tag_or_english(&material.notice.language);
    let settings = &material.current.settings;
    let writer = Writer {
        text: Text::new(language),
        material,
        settings,
    };
    let visit = material.visit.as_ref();
    let date = visit.map(|v| writer.text.when(&material.current.zone).date(v.start));
    let [subject, title, first] = words::beginning(
        writer.text,
        material.notice.kind,
        &settings.profile.name,
        &date.unwrap_or_default(),
    );
    let mut letter = Letter {
        subject,
        title,
        paragraphs: vec![first],
        ..blank(language, settings)
    };
    match visit {
        Some(visit) => writer.about_visit(&mut letter, visit),
        None => writer.about_access(&mut letter),
    }
    letter
}

fn blank(language: Language, settings: &Settings) -> Letter {
    Letter {
        lang: language.tag().to_owned(),
        dir: language.direction().to_string(),
        clinic: settings.profile.name.clone(),
        brand: settings.profile.brand.clone(),
        ..Letter::default()
    }
}

/// The letter that only shows that mail goes out.
pub fn test_letter(settings: &Settings, language: &str) -> Letter {
    let language = Language::from_tag_or_english(language);
    let text = Text::new(language);
    Letter {
        subject: t!(
            text,
            "mail-test-subject",
            clinic = settings.profile.name.clone()
        ),
        title: t!(text, "mail-test-title"),
        paragraphs: vec![t!(text, "mail-test-text")],
        ..blank(language, settings)
    }
}

impl Writer<'_> {
    fn phone(&self) -> Option<String> {
        let number = self.settings.profile.phone.as_deref()?;
        Some(phone::format(number, &self.settings.profile.country))
    }

    /// The words on the link and its address, where the message has a secret to carry.
    fn link(&self) -> Option<(String, String)> {
        let (path, words) = words::door(self.text, self.material.notice.kind)?;
        let token = self.material.token.as_deref()?;
        Some((words, format!("{}/{path}/{token}", self.settings.address)))
    }

    fn moment(&self, at: Timestamp) -> String {
        let when = self.text.when(&self.material.current.zone);
        t!(
            self.text,
            "mail-when-in-zone",
            moment = when.date_time(at),
            zone = when.zone_label()
        )
    }

    fn place_and_phone(&self, letter: &mut Letter) {
        let place = &self.settings.profile.address;
        if !place.is_empty() {
            letter
                .facts
                .push((t!(self.text, "mail-where"), place.join(", ")));
        }
        if let Some(phone) = self.phone() {
            letter.facts.push((t!(self.text, "mail-phone"), phone));
        }
    }

    fn about_access(&self, letter: &mut Letter) {
        let text = self.text;
        let lan_only = self.settings.lan_only;
        letter.link = self.link();
        match self.material.notice.kind {
            NoticeKind::Invitation => {
                if lan_only {
                    letter.link = None;
                    letter.paragraphs.push(t!(text, "mail-invitation-call"));
                } else {
                    letter.paragraphs.push(t!(text, "mail-invitation-how"));
                }
                self.place_and_phone(letter);
            }
            NoticeKind::SignIn => {
                if letter.link.is_none() {
                    letter.paragraphs = vec![t!(text, "mail-sign-in-code-text")];
                }
                let code = self.material.notice.code.clone();
                letter.code = code.map(|code| (t!(text, "mail-code"), code));
                letter.small.push(t!(text, "mail-sign-in-other"));
            }
            NoticeKind::ConfirmContact => {
                letter.small.push(t!(text, "mail-confirm-contact-other"));
            }
            NoticeKind::ContactChanged => letter.paragraphs.push(match self.phone() {
                Some(phone) => t!(text, "mail-contact-changed-call", phone = phone),
                None => t!(text, "mail-contact-changed-call-us"),
            }),
            NoticeKind::Welcome | NoticeKind::TurnedAway => self.place_and_phone(letter),
            NoticeKind::StaffInvitation
            | NoticeKind::Booked
            | NoticeKind::Requested
            | NoticeKind::Declined
            | NoticeKind::Moved
            | NoticeKind::Cancelled
            | NoticeKind::Reminder7
            | NoticeKind::Reminder2 => {}
        }
        if lan_only && letter.link.is_some() {
            letter.small.insert(0, t!(text, "mail-on-wifi"));
        }
    }

    fn about_visit(&self, letter: &mut Letter, visit: &Appointment) {
        let text = self.text;
        if self.material.notice.kind.is_reminder() && self.settings.reminders.name_the_cost {
            letter.paragraphs.push(t!(text, "mail-reminder-cost"));
        }
        letter
            .facts
            .push((t!(text, "mail-when"), self.moment(visit.start)));
        self.place_and_phone(letter);
        if visit.status.is_open() {
            letter.link = self.link();
            if letter.link.is_none() {
                letter.paragraphs.push(match self.phone() {
                    Some(phone) => t!(text, "mail-visit-call", phone = phone),
                    None => t!(text, "mail-visit-call-us"),
                });
            }
        }
        letter.calendar = self.calendar(visit);
    }

    /// A request that was never booked has no calendar entry to add or to take away.
    fn calendar(&self, visit: &Appointment) -> Option<Calendar> {
        let method = match self.material.notice.kind {
            NoticeKind::Booked
            | NoticeKind::Moved
            | NoticeKind::Reminder7
            | NoticeKind::Reminder2 => icalendar::Method::Request,
            NoticeKind::Cancelled => icalendar::Method::Cancel,
            NoticeKind::Invitation
            | NoticeKind::SignIn
            | NoticeKind::Requested
            | NoticeKind::Declined
            | NoticeKind::ConfirmContact
            | NoticeKind::ContactChanged
            | NoticeKind::StaffInvitation
            | NoticeKind::Welcome
            | NoticeKind::TurnedAway => return None,
        };
        if method == icalendar::Method::Request && visit.status != Status::Booked {
            return None;
        }
        let uid = visit.calendar_uid();
        let summary = t!(
            self.text,
            "mail-calendar-title",
            clinic = self.settings.profile.name.as_str()
        );
        let place = self.settings.profile.address.join(", ");
        let from = self
            .settings
            .mail
            .as_ref()
            .map(|m| m.from.as_str().to_owned());
        let to = &self.material.notice.to;
        let event = icalendar::Event {
            uid: &uid,
            sequence: visit.sequence,
            stamp: visit.history.last().map_or(visit.start, |e| e.at),
            start: visit.start,
            end: visit.end(),
            status: icalendar::Status::Confirmed,
            summary: &summary,
            location: Some(place.as_str()).filter(|p| !p.is_empty()),
            description: None,
            url: None,
            organizer: from.as_deref().map(|mail| icalendar::Party {
                name: &self.settings.profile.name,
                mail,
            }),
            attendee: Some(icalendar::Party { name: to, mail: to }).filter(|_| !to.is_empty()),
        };
        Some(Calendar {
            media_type: icalendar::media_type(method),
            file: icalendar::calendar(method, &[event]),
        })
    }

    /// A few lines for a phone.
    fn short(&self) -> String {
        let (text, kind) = (self.text, self.material.notice.kind);
        let visit = self.material.visit.as_ref();
        let when = text.when(&self.material.current.zone);
        let moment = visit.map(|v| when.date_time_short(v.start));
        let clinic = &self.settings.profile.name;
        let Some(first) = words::short(text, kind, clinic, &moment.unwrap_or_default()) else {
            return plain(&letter(self.material));
        };
        let link = match (self.link(), visit) {
            (Some((_, link)), Some(visit)) if visit.status.is_open() => {
                Some(t!(text, "mail-short-change", link = link))
            }
            (Some((_, link)), None) if !self.settings.lan_only => {
                Some(t!(text, "mail-short-open", link = link))
            }
            _ => None,
        };
        let call = || Some(t!(text, "mail-short-call", phone = self.phone()?));
        match link.or_else(call) {
            Some(second) => format!("{first}\n{second}"),
            None => first,
        }
    }
}

/// The message as a few lines that staff copy or send from a phone.
pub fn short(material: &Material) -> String {
    let language = Language::from_tag_or_english(&material.notice.language);
    Writer {
        text: Text::new(language),
        material,
        settings: &material.current.settings,
    }
    .short()
}

/// What opens a phone's own message with this text, to a number in E.164.
pub fn sms(phone: &str, text: &str) -> String {
    let body = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
    let number: String = phone
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '+')
        .collect();
    format!("sms:{number}?body={body}")
}
