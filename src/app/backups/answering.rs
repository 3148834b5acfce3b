//! Whether a place answers at all. A network mount whose server is gone lets every call wait, for
//! ever if it likes; it must not keep the other places from their backups.

use std::collections::BTreeSet;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::targets::{ready, try_out};
use crate::domain::backup::plan::Target;
use crate::store::backup::Problem;

/// How long a place may take to be looked at and written to: disks that sleep take seconds.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);
/// How often the one who waits looks whether the program ends.
const LOOK: Duration = Duration::from_millis(200);

/// The places that were asked and have not answered yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked(Arc<Mutex<BTreeSet<String>>>);

impl Asked {
    /// Looks at a place and writes to it, on a thread that may be left waiting. One that still waits
    /// is not joined by another, and nobody waits when the program ends.
    pub(super) fn answers(
        &self,
        target: &Target,
        patience: Duration,
        is_stopping: impl Fn() -> bool,
    ) -> Result<(), Problem> {
        let silent = || Problem::Silent(super::targets::directory(&target.to));
        if !self.lock().insert(target.name.clone()) {
            return Err(silent());
        }
        let (say, hear) = mpsc::channel();
        let (asked, name, to) = (self.clone(), target.name.clone(), target.to.clone());
        let begun = std::thread::Builder::new()
            .name("backup place".to_owned())
            .spawn(move || {
                let answer = ready(&to).and_then(|()| try_out(&to));
                asked.lock().remove(&name);
                // Nobody waits any more for one that took too long.
                let _ = say.send(answer);
            });
        if let Err(error) = begun {
            self.lock().remove(&target.name);
            return Err(error.into());
        }
        let until = Instant::now() + patience;
        while Instant::now() < until {
            if is_stopping() {
                return Err(Problem::Stopped);
            }
            match hear.recv_timeout(LOOK.min(patience)) {
                Ok(answer) => return answer,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        Err(silent())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
