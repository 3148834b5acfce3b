//! How far something is, for people at a terminal, once it takes longer than a moment.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use super::control::Step;

/// How long work goes on before anything is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar on standard error, when that is a terminal and the work takes longer than a second. It is
/// gone when its last handle is dropped.
#[derive(Clone)]
pub(super) struct Bar {
    bar: ProgressBar,
    _end: Sender<()>,
}

impl Bar {
    /// A bar for work with a name.
    pub(super) fn new(name: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        bar.set_message(name);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        let (end, ended) = channel();
        let shown = bar.clone();
        std::thread::spawn(move || {
            if ended.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            // Hidden by itself where standard error is no terminal.
            shown.set_draw_target(ProgressDrawTarget::stderr());
            shown.enable_steady_tick(Duration::from_millis(100));
            // Ends with an error when the last handle is dropped.
            let _ = ended.recv();
            shown.finish_and_clear();
        });
        Self { bar, _end: end }
    }

    /// Takes a [`Step`] as the server or the work itself reports it.
    pub(super) fn step(&self, step: Value) {
        let Ok(Step { done, of }) = serde_json::from_value(step) else {
            return;
        };
        let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        if self.bar.length() != Some(number(of)) {
            self.bar.set_length(number(of));
            let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {elapsed}");
            if let Ok(style) = style {
                self.bar.set_style(style);
            }
        }
        self.bar.set_position(number(done));
    }
}
