//! The log as a file.

use crate::app::audit_log::Lines;
use crate::interop::csv_out;

/// The log as CSV, a line per event: position, time (RFC 3339), who, their role, what, about whom,
/// which thing, which fields, the request.
///
/// # Errors
/// When the file cannot be written; it is in memory, so that does not happen.
pub fn audit_csv(lines: &Lines) -> Result<Vec<u8>, csv::Error> {
    let head = [
        "position", "time", "who", "role", "action", "patients", "object", "detail", "request",
    ];
    let rows = lines.events.iter().map(|event| {
        let about: Vec<String> = event
            .about
            .iter()
            .map(|id| match lines.names.get(id) {
                Some(name) => format!("{name} ({id})"),
                None => id.to_string(),
            })
            .collect();
        [
            event.seq.to_string(),
            event.at.to_string(),
            event.actor.name.clone(),
            event
                .actor
                .role
                .map_or("system", crate::domain::account::Role::code)
                .to_owned(),
            event.action.code().to_owned(),
            about.join("; "),
            event.object.clone(),
            event.detail.clone(),
            format!("{:x}", event.request),
        ]
    });
    csv_out::file(head, rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::{Action, AuditActor, AuditEvent};
    use jiff::Timestamp;

    #[test]
    fn a_name_that_looks_like_a_formula_stays_a_name() {
        let event = AuditEvent {
            seq: 1,
            at: Timestamp::UNIX_EPOCH,
            actor: AuditActor::system("=1+1"),
            action: Action::Book,
            about: Vec::new(),
            object: "a,\"b".to_owned(),
            detail: String::new(),
            request: 255,
            before: [0; 32],
        };
        let lines = Lines {
            events: vec![event],
            ..Lines::default()
        };
        let text = String::from_utf8(audit_csv(&lines).unwrap()).unwrap();
        let mut rows = text.lines();
        assert!(rows.next().unwrap().contains("position,time,who"));
        assert_eq!(
            rows.next().unwrap(),
            "1,1970-01-01T00:00:00Z,'=1+1,system,visit.book,,\"a,\"\"b\",,ff"
        );
    }
}
