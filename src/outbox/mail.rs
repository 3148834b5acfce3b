//! A letter as an e-mail: text and HTML side by side, the visit for the reader's calendar with it,
//! and headers in which nothing can be hidden.

use std::time::SystemTime;

use jiff::Timestamp;
use lettre::Message;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};

use super::html;
use super::render::{Letter, plain};
use super::smtp::{self, Phase, Trouble};

/// Why a letter cannot be an e-mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CannotWrite(pub String);

impl From<Trouble> for CannotWrite {
    fn from(trouble: Trouble) -> Self {
        Self(trouble.reply)
    }
}

/// What stands on the envelope and in the headers.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    /// The sender's address; the clinic's name stands before it.
    pub from: &'a str,
    /// Where it goes.
    pub to: &'a str,
    /// The same for every try of the same message: `ntc_…@host`.
    pub message_id: &'a str,
    /// When it is written.
    pub date: Timestamp,
}

/// A header's value, or no mail: a line break would begin another header.
fn one_line<'t>(name: &str, value: &'t str) -> Result<&'t str, CannotWrite> {
    if value.chars().any(char::is_control) {
        Err(CannotWrite(format!(
            "the header {name} would hold a control character"
        )))
    } else {
        Ok(value)
    }
}

fn header(name: &'static str, value: &str) -> Result<HeaderValue, CannotWrite> {
    let value = one_line(name, value)?.to_owned();
    let name = HeaderName::new_from_ascii(name.to_owned())
        .map_err(|_| CannotWrite(format!("no header can be called {name}")))?;
    Ok(HeaderValue::new(name, value))
}

/// The whole mail as it is handed to a server.
pub fn write(letter: &Letter, headers: Headers<'_>) -> Result<Vec<u8>, CannotWrite> {
    let from = smtp::address(Phase::Sender, one_line("From", headers.from)?)?;
    let to = smtp::address(Phase::Recipient, one_line("To", headers.to)?)?;
    let clinic = one_line("From", &letter.clinic)?.trim();
    let clinic = Some(clinic.to_owned()).filter(|name| !name.is_empty());
    let message_id = one_line("Message-ID", headers.message_id)?;
    let builder = Message::builder()
        .from(Mailbox::new(clinic, from))
        .to(Mailbox::new(None, to))
        .subject(one_line("Subject", &letter.subject)?)
        .message_id(Some(format!("<{message_id}>")))
        .date(SystemTime::from(headers.date))
        .raw_header(header("Auto-Submitted", "auto-generated")?)
        .raw_header(header("Content-Language", &letter.lang)?);
    let both = MultiPart::alternative()
        .singlepart(SinglePart::plain(plain(letter)))
        .singlepart(SinglePart::html(html::page(letter)));
    let body = match &letter.calendar {
        None => both,
        Some(calendar) => {
            let media_type =
                ContentType::parse(&calendar.media_type).map_err(|e| CannotWrite(e.to_string()))?;
            let file = Attachment::new("visit.ics".to_owned());
            MultiPart::mixed()
                .multipart(both)
                .singlepart(file.body(calendar.file.clone(), media_type))
        }
    };
    let message = builder
        .multipart(body)
        .map_err(|e| CannotWrite(e.to_string()))?;
    Ok(message.formatted())
}
