//! What is logged on standard error. On a terminal the levels have colours; in the journal of systemd
//! each line begins with its priority, so that `journalctl -p warning` finds what needs a hand.

use std::fmt;
use std::io::IsTerminal as _;
use std::os::fd::AsFd;

use tracing::{Event, Level, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::{self, Format, Full, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// A level, or levels of single parts: `warn,anteroom::store=debug`. A word that is neither would
/// be taken for the name of a part, and nothing be logged.
pub(super) fn filter(written: &str) -> Result<String, String> {
    let is_level = |word: &str| word.parse::<LevelFilter>().is_ok();
    let sound = written.split(',').all(|part| match part.split_once('=') {
        Some((_, level)) => is_level(level),
        None => is_level(part),
    });
    if sound && written.parse::<EnvFilter>().is_ok() {
        Ok(written.to_owned())
    } else {
        Err("use error, warn, info, debug or trace".to_owned())
    }
}

/// Logs go to standard error, as much of them as `--log` or `ANTEROOM_LOG` asks for.
pub(super) fn start(wanted: Option<String>) {
    let wanted = wanted.or_else(|| std::env::var("ANTEROOM_LOG").ok());
    let wanted = wanted
        .and_then(|w| filter(&w).ok())
        .and_then(|w| w.parse::<EnvFilter>().ok());
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    let log = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal() && !no_color)
        .with_env_filter(wanted.unwrap_or_else(|| EnvFilter::new("warn")));
    let journal = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    if is_stream(&journal, std::io::stderr()) {
        log.event_format(ForJournal::new()).init();
    } else {
        log.init();
    }
}

/// Whether a file is the one that a variable names as `device:inode`. What a program within a service
/// starts inherits the variable, and not always the journal.
fn is_stream(named: &str, file: impl AsFd) -> bool {
    rustix::fs::fstat(file).is_ok_and(|s| format!("{}:{}", s.st_dev, s.st_ino) == named)
}

/// Lines for the journal, which has clocks of its own and shows no colours.
struct ForJournal(Format<Full, ()>);

impl ForJournal {
    fn new() -> Self {
        Self(format::format().without_time().with_ansi(false))
    }
}

impl<S, N> FormatEvent<S, N> for ForJournal
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        write!(writer, "<{}>", priority(*event.metadata().level()))?;
        self.0.format_event(ctx, writer, event)
    }
}

/// The priority of a level, as syslog counts them.
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        Level::DEBUG | Level::TRACE => 7,
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::os::unix::fs::MetadataExt as _;
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_line_in_the_journal_begins_with_its_priority() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let file = Arc::new(File::create(&path).unwrap());
        let log = tracing_subscriber::fmt()
            .with_writer(file.clone())
            .with_max_level(Level::TRACE)
            .event_format(ForJournal::new())
            .finish();
        tracing::subscriber::with_default(log, || {
            tracing::error!("the disk is gone");
            tracing::warn!("low");
            tracing::info!("open");
            tracing::debug!("looks");
        });
        let written = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = written.lines().collect();
        assert_eq!(
            lines[0],
            "<3>ERROR anteroom::cli::log::tests: the disk is gone"
        );
        let begins: Vec<&str> = lines.iter().map(|l| &l[..3]).collect();
        assert_eq!(begins, ["<3>", "<4>", "<6>", "<7>"]);
        assert!(!written.contains('\u{1b}'), "no colours");
        let here = file.metadata().unwrap();
        let named = format!("{}:{}", here.dev(), here.ino());
        assert!(is_stream(&named, &*file));
        assert!(!is_stream("", &*file) && !is_stream("1:2", &*file));
    }
}
