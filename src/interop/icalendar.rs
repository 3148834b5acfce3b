//! iCalendar after RFC 5545 and 5546: visits for a patient's own calendar.
//!
//! Times are UTC instants, so no zone tables travel along; the reader's calendar shows them in its
//! own zone. The text of a visit may hold anything a person typed, so nothing reaches the file
//! unescaped, and a line is folded before its 76th octet.

use std::fmt::Write as _;

use jiff::Timestamp;

/// Octets of a line, its line break not counted.
const LINE: usize = 75;

/// What the receiving calendar is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Take note: a download or a feed.
    Publish,
    /// Add or update: a visit booked or moved.
    Request,
    /// Remove.
    Cancel,
}

/// How certain a visit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Asked for and not yet answered.
    Tentative,
    /// Booked.
    Confirmed,
    /// Cancelled.
    Cancelled,
}

/// Somebody with an address for calendar mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Party<'a> {
    /// The name shown.
    pub name: &'a str,
    /// The mail address, without `mailto:`.
    pub mail: &'a str,
}

/// One visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The same for the life of the visit, unique in the world: `apt_…@host`.
    pub uid: &'a str,
    /// 0 at first, one more with every move or cancellation.
    pub sequence: u32,
    /// When this state of the visit was written down.
    pub stamp: Timestamp,
    /// When it starts.
    pub start: Timestamp,
    /// When it ends (exclusive).
    pub end: Timestamp,
    /// How certain it is; a [`Method::Cancel`] always says cancelled.
    pub status: Status,
    /// The title, one line.
    pub summary: &'a str,
    /// Where, if anywhere.
    pub location: Option<&'a str>,
    /// Notes; may have line breaks.
    pub description: Option<&'a str>,
    /// The page of the visit.
    pub url: Option<&'a str>,
    /// The clinic; mail programs act on requests and cancellations only when it is there.
    pub organizer: Option<Party<'a>>,
    /// The patient, for requests and cancellations.
    pub attendee: Option<Party<'a>>,
}

/// The media type to send [`calendar`] with.
pub fn media_type(method: Method) -> String {
    format!("text/calendar; charset=utf-8; method={}", method.as_str())
}

/// A whole iCalendar file with these visits, its lines ending in CRLF.
pub fn calendar(method: Method, events: &[Event<'_>]) -> String {
    let mut file = File::default();
    file.line("BEGIN:VCALENDAR");
    file.line("VERSION:2.0");
    file.line("PRODID:-//Anteroom//Anteroom//EN");
    file.line("CALSCALE:GREGORIAN");
    file.line(&format!("METHOD:{}", method.as_str()));
    for event in events {
        file.event(method, event);
    }
    file.line("END:VCALENDAR");
    file.0
}

impl Method {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "PUBLISH",
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

impl Status {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Tentative => "TENTATIVE",
            Self::Confirmed => "CONFIRMED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// The file as far as it is written.
#[derive(Default)]
struct File(String);

impl File {
    fn event(&mut self, method: Method, event: &Event<'_>) {
        let status = if method == Method::Cancel {
            Status::Cancelled
        } else {
            event.status
        };
        self.line("BEGIN:VEVENT");
        self.text("UID", event.uid);
        self.line(&format!("SEQUENCE:{}", event.sequence));
        self.time("DTSTAMP", event.stamp);
        self.time("DTSTART", event.start);
        // An end that is not after the start is against the rules; without one the event has no length.
        if event.start < event.end {
            self.time("DTEND", event.end);
        }
        self.line(&format!("STATUS:{}", status.as_str()));
        // Shared calendars show others that the time is taken, not what for.
        self.line("CLASS:PRIVATE");
        self.text("SUMMARY", event.summary);
        if let Some(location) = event.location {
            self.text("LOCATION", location);
        }
        if let Some(description) = event.description {
            self.text("DESCRIPTION", description);
        }
        if let Some(url) = event.url {
            self.line(&format!("URL:{}", uri(url)));
        }
        self.party("ORGANIZER", event.organizer);
        self.party("ATTENDEE", event.attendee);
        self.line("END:VEVENT");
    }

    fn time(&mut self, name: &str, at: Timestamp) {
        self.line(&format!("{name}:{}", at.strftime("%Y%m%dT%H%M%SZ")));
    }

    fn text(&mut self, name: &str, value: &str) {
        self.line(&format!("{name}:{}", escape(value)));
    }

    fn party(&mut self, name: &str, party: Option<Party<'_>>) {
        if let Some(party) = party {
            // A quoted parameter knows no escape: what would end it is left out.
            let shown: String = party
                .name
                .chars()
                .filter(|c| *c != '"' && !c.is_control())
                .collect();
            self.line(&format!("{name};CN=\"{shown}\":mailto:{}", uri(party.mail)));
        }
    }

    /// Adds one content line, folded between characters.
    fn line(&mut self, content: &str) {
        let mut used = 0;
        for c in content.chars() {
            if used + c.len_utf8() > LINE {
                self.0.push_str("\r\n ");
                used = 1;
            }
            self.0.push(c);
            used += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// A value of type TEXT: line breaks and signs escaped, a tab as a space, other controls dropped.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    let mut after_return = false;
    for c in text.chars() {
        match c {
            '\n' if after_return => {}
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => escaped.push_str("\\n"),
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '\t' => escaped.push(' '),
            _ if c.is_control() => {}
            _ => escaped.push(c),
        }
        after_return = c == '\r';
    }
    escaped
}

/// A value of type URI: what may not stand in one is dropped (controls) or percent-encoded.
fn uri(address: &str) -> String {
    let mut encoded = String::with_capacity(address.len());
    for c in address.trim().chars().filter(|c| !c.is_control()) {
        if c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c) {
            encoded.push(c);
        } else {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                // Writing to a text cannot fail.
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use icalendar::{Calendar, Component};
    use proptest::prelude::*;

    use super::*;

    fn visit() -> Event<'static> {
        Event {
            uid: "apt_01@clinic.example",
            sequence: 2,
            stamp: "2026-11-23T02:50:00Z".parse().unwrap(),
            start: "2026-12-01T09:00:00Z".parse().unwrap(),
            end: "2026-12-01T09:30:00Z".parse().unwrap(),
            status: Status::Confirmed,
            summary: "Check-up",
            location: Some("1 High Street, Room 2; ground floor"),
            description: Some("Bring:\n- your card"),
            url: Some("https://clinic.example/visits/apt_01"),
            organizer: None,
            attendee: None,
        }
    }

    #[test]
    fn a_visit_is_written_as_the_standard_says() {
        let expected = "BEGIN:VCALENDAR\r\n\
            VERSION:2.0\r\n\
            PRODID:-//Anteroom//Anteroom//EN\r\n\
            CALSCALE:GREGORIAN\r\n\
            METHOD:REQUEST\r\n\
            BEGIN:VEVENT\r\n\
            UID:apt_01@clinic.example\r\n\
            SEQUENCE:2\r\n\
            DTSTAMP:20261123T025000Z\r\n\
            DTSTART:20261201T090000Z\r\n\
            DTEND:20261201T093000Z\r\n\
            STATUS:CONFIRMED\r\n\
            CLASS:PRIVATE\r\n\
            SUMMARY:Check-up\r\n\
            LOCATION:1 High Street\\, Room 2\\; ground floor\r\n\
            DESCRIPTION:Bring:\\n- your card\r\n\
            URL:https://clinic.example/visits/apt_01\r\n\
            ORGANIZER;CN=\"Elm Clinic\":mailto:desk@clinic.example\r\n\
            END:VEVENT\r\n\
            END:VCALENDAR\r\n";
        let organizer = Some(Party {
            name: "Elm \"Clinic\"",
            mail: "desk@clinic.example",
        });
        assert_eq!(
            calendar(
                Method::Request,
                &[Event {
                    organizer,
                    ..visit()
                }]
            ),
            expected
        );
        assert_eq!(
            media_type(Method::Request),
            "text/calendar; charset=utf-8; method=REQUEST"
        );
    }

    #[test]
    fn a_cancellation_says_so() {
        let file = calendar(Method::Cancel, &[visit()]);
        assert!(file.contains("METHOD:CANCEL\r\n"));
        assert!(file.contains("STATUS:CANCELLED\r\n"));
        assert!(!file.contains("CONFIRMED"));
    }

    #[test]
    fn several_visits_and_none() {
        let file = calendar(
            Method::Publish,
            &[
                visit(),
                Event {
                    uid: "b",
                    ..visit()
                },
            ],
        );
        assert_eq!(file.parse::<Calendar>().unwrap().components.len(), 2);
        assert_eq!(calendar(Method::Publish, &[]).matches("VEVENT").count(), 0);
    }

    #[test]
    fn hostile_text_adds_no_line() {
        let hostile =
            "x\r\nEND:VEVENT\nATTACH:http://evil.example\r\u{0}\u{7}\u{85}\u{2028}END:VCALENDAR";
        let party = Some(Party {
            name: hostile,
            mail: hostile,
        });
        let event = Event {
            uid: hostile,
            summary: hostile,
            location: Some(hostile),
            description: Some(hostile),
            url: Some(hostile),
            organizer: party,
            attendee: party,
            ..visit()
        };
        let file = calendar(Method::Publish, &[event]).replace("\r\n ", "");
        let names: Vec<&str> = file
            .lines()
            .filter_map(|line| line.split([':', ';']).next())
            .collect();
        let expected = "BEGIN VERSION PRODID CALSCALE METHOD BEGIN UID SEQUENCE DTSTAMP DTSTART DTEND \
            STATUS CLASS SUMMARY LOCATION DESCRIPTION URL ORGANIZER ATTENDEE END END";
        assert_eq!(names.join(" "), expected);
        assert!(file.lines().all(|line| !line.chars().any(char::is_control)));
    }

    #[test]
    fn addresses_stay_addresses() {
        assert_eq!(
            uri(" https://a.example/ü?q=a b\"\n "),
            "https://a.example/%C3%BC?q=a%20b%22"
        );
    }

    /// Undoes [`escape`] by the book.
    fn unescape(text: &str) -> String {
        let mut chars = text.chars();
        let mut plain = String::new();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some('n' | 'N') => plain.push('\n'),
                    Some(other) => plain.push(other),
                    None => {}
                },
                other => plain.push(other),
            }
        }
        plain
    }

    proptest! {
        /// Lines are short, folded between characters, and unfold to what was meant.
        #[test]
        fn lines_fold_and_unfold(text in "[\\PC\n\\\\;,😀é]{0,300}") {
            let file = calendar(Method::Publish, &[Event { summary: &text, ..visit() }]);
            prop_assert!(file.ends_with("\r\n"));
            for line in file.trim_end().split("\r\n") {
                prop_assert!(line.len() <= LINE);
                prop_assert!(!line.contains(['\r', '\n']));
            }
            let unfolded = file.replace("\r\n ", "");
            let line = unfolded.split("\r\n").find_map(|line| line.strip_prefix("SUMMARY:")).unwrap();
            let meant = text.replace(['\u{2028}', '\u{2029}'], "\n");
            prop_assert_eq!(unescape(line), meant);
        }

        /// A parser that is not ours reads back what we wrote.
        #[test]
        fn an_independent_parser_agrees(text in "[a-zA-Zß日😀 .,;:\\\\\"-]{1,200}", sequence: u16) {
            let text = text.trim();
            let sequence = u32::from(sequence);
            let event = Event { summary: text, description: Some(text), sequence, ..visit() };
            let read: Calendar = calendar(Method::Publish, &[event]).parse().unwrap();
            let read = read.components[0].as_event().unwrap();
            prop_assert_eq!(read.get_uid(), Some(event.uid));
            prop_assert_eq!(read.get_sequence(), Some(sequence));
            prop_assert_eq!(read.property_value("DTSTART"), Some("20261201T090000Z"));
            prop_assert_eq!(read.get_summary(), Some(text));
            prop_assert_eq!(read.get_url(), event.url);
        }
    }
}
