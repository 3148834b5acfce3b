//! Figures for a program that watches: the text format 0.0.4 of Prometheus. No names, no contacts.

use std::fmt::Write as _;

use crate::app::status::Status;
use crate::store::measure::{BOUNDS_US, Counted};

/// The media type of the text.
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The text, line by line.
#[derive(Debug, Default)]
struct Lines(String);

impl Lines {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP anteroom_{name} {help}"));
        self.line(format_args!("# TYPE anteroom_{name} {kind}"));
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing into memory cannot fail.
        let _ = writeln!(self.0, "{line}");
    }

    /// One figure; nothing when it is not known.
    fn gauge<T: std::fmt::Display>(&mut self, name: &str, help: &str, value: Option<T>) {
        if let Some(value) = value {
            self.head(name, "gauge", help);
            self.line(format_args!("anteroom_{name} {value}"));
        }
    }

    fn histogram(&mut self, name: &str, help: &str, counted: &Counted) {
        self.head(name, "histogram", help);
        for (bound, count) in BOUNDS_US.iter().zip(&counted.at_most) {
            let bound = seconds(*bound);
            self.line(format_args!(
                "anteroom_{name}_bucket{{le=\"{bound}\"}} {count}"
            ));
        }
        let count = counted.count;
        self.line(format_args!(
            "anteroom_{name}_bucket{{le=\"+Inf\"}} {count}"
        ));
        self.line(format_args!(
            "anteroom_{name}_sum {}",
            seconds(counted.sum_us)
        ));
        self.line(format_args!("anteroom_{name}_count {count}"));
    }
}

/// Microseconds as seconds.
fn seconds(us: u64) -> String {
    let text = format!("{}.{:06}", us / 1_000_000, us % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The value of a label.
fn label(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\");
    escaped.replace('"', "\\\"").replace('\n', "\\n")
}

/// The figures as text.
pub fn text(status: &Status, commits: &Counted, pages: &Counted) -> String {
    let mut all = Lines::default();
    all.head("build_info", "gauge", "The version that runs.");
    let version = label(&status.version);
    all.line(format_args!(
        "anteroom_build_info{{version=\"{version}\"}} 1"
    ));
    all.gauge(
        "schema_version",
        "The version of the data.",
        Some(status.schema),
    );
    all.gauge(
        "uptime_seconds",
        "Since the server started.",
        status.uptime_s,
    );
    let read_only = u8::from(status.read_only.is_some());
    all.gauge(
        "read_only",
        "1 while nothing can be written.",
        Some(read_only),
    );
    all.gauge(
        "database_bytes",
        "Size of the data file.",
        status.database_bytes,
    );
    all.gauge("disk_free_bytes", "Free on its disk.", status.free_bytes);
    all.gauge("disk_bytes", "Size of its disk.", status.disk_bytes);
    all.gauge(
        "backup_age_seconds",
        "Age of the newest proven backup.",
        status.proven_age_s,
    );
    all.gauge(
        "certificate_days",
        "Whole days until the certificate ends.",
        status.certificate_days,
    );
    all.gauge(
        "outbox_oldest_seconds",
        "How late the message is that should have left first; 0 when none is late.",
        Some(status.outbox_late_s.unwrap_or(0)),
    );
    all.head("outbox_messages", "gauge", "Messages by state.");
    for (state, count) in &status.outbox {
        all.line(format_args!(
            "anteroom_outbox_messages{{state=\"{state}\"}} {count}"
        ));
    }
    all.gauge(
        "failed_sign_ins",
        "Wrong answers at the doors within 24 hours.",
        Some(status.failed_sign_ins),
    );
    all.gauge(
        "clock_set_seconds",
        "By how much the clock was set since the start.",
        status.clock_set_s,
    );
    all.gauge(
        "clock_behind_seconds",
        "How long before the last line of the log the clock stands.",
        Some(status.clock_behind_s),
    );
    all.head(
        "job_last_run_timestamp_seconds",
        "gauge",
        "When a job last ended.",
    );
    for job in &status.jobs {
        if let Some(last) = job.last {
            let (name, at) = (label(&job.name), last.as_second());
            all.line(format_args!(
                "anteroom_job_last_run_timestamp_seconds{{job=\"{name}\"}} {at}"
            ));
        }
    }
    all.head(
        "job_next_run_timestamp_seconds",
        "gauge",
        "When a job runs next.",
    );
    for job in &status.jobs {
        let (name, at) = (label(&job.name), job.next.as_second());
        all.line(format_args!(
            "anteroom_job_next_run_timestamp_seconds{{job=\"{name}\"}} {at}"
        ));
    }
    all.head("job_late", "gauge", "1 when a job should have run by now.");
    for job in &status.jobs {
        let (name, late) = (label(&job.name), u8::from(job.late));
        all.line(format_args!("anteroom_job_late{{job=\"{name}\"}} {late}"));
    }
    all.histogram("commit_seconds", "How long commits took.", commits);
    all.histogram("page_seconds", "How long pages and forms took.", pages);
    all.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::stage::Stage;
    use crate::app::status;
    use std::time::Duration;

    #[test]
    fn every_figure_has_a_type_and_a_value() {
        let stage = Stage::new();
        stage.clinic.pages.note(Duration::from_micros(1_500));
        let clinic = &stage.clinic;
        let status = status::of(clinic).unwrap();
        let text = text(&status, &clinic.store.commits(), &clinic.pages.counted());
        assert!(
            text.contains("anteroom_page_seconds_bucket{le=\"0.001\"} 0\n"),
            "{text}"
        );
        assert!(
            text.contains("anteroom_page_seconds_bucket{le=\"0.0025\"} 1\n"),
            "{text}"
        );
        assert!(
            text.contains("anteroom_page_seconds_sum 0.0015\n"),
            "{text}"
        );
        assert!(text.contains("anteroom_read_only 0\n"), "{text}");
        assert!(
            text.contains("anteroom_outbox_messages{state=\"waiting\"} 0\n"),
            "{text}"
        );
        let mut typed = "";
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                typed = rest.split(' ').next().unwrap();
            } else if !line.starts_with('#') {
                assert!(line.starts_with(typed), "{line} without a type");
                let value = line.rsplit(' ').next().unwrap();
                assert!(value.parse::<f64>().is_ok(), "{line}");
            }
        }
    }

    #[test]
    fn labels_and_seconds_are_written_as_the_format_wants() {
        assert_eq!(label("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
        assert_eq!(
            (seconds(2_500_000), seconds(1_000_000)),
            ("2.5".into(), "1".into())
        );
        assert_eq!((seconds(1), seconds(0)), ("0.000001".into(), "0".into()));
    }
}
