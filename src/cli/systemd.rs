//! What systemd hands over, and what it wants to hear: the sockets that it opened, files that only root
//! can read, that a start takes longer, that the clinic is open, that it still answers, that it ends. Anywhere else all of this
//! does nothing.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use listenfd::ListenFd;
use sd_notify::NotifyState;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::{Clinic, Failure};

/// How long a read of the store may take before it does not count as an answer.
const ANSWER: Duration = Duration::from_secs(5);

/// The sockets that systemd opened for us, which may have ports that this account may not open.
///
/// # Errors
/// When one of them is no listening TCP socket.
pub fn sockets() -> io::Result<Vec<TcpListener>> {
    let mut handed = ListenFd::from_env();
    let mut sockets = Vec::new();
    for at in 0..handed.len() {
        if let Some(socket) = handed.take_tcp_listener(at)? {
            socket.set_nonblocking(true)?;
            sockets.push(TcpListener::from_std(socket)?);
        }
    }
    Ok(sockets)
}

/// The names under which systemd hands over a certificate and its key.
const CREDENTIALS: [&str; 2] = ["cert.pem", "key.pem"];

/// The certificate and the key that systemd hands over, if it does: copies that this account can read
/// of files that it cannot.
pub fn certificate() -> Option<(PathBuf, PathBuf)> {
    let directory = std::env::var_os("CREDENTIALS_DIRECTORY")?;
    let (cert, key) = both_in(Path::new(&directory));
    match (cert, key) {
        (Some(cert), Some(key)) => Some((cert, key)),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            let [cert, key] = CREDENTIALS;
            tracing::error!("of {cert} and {key} systemd hands over only one, so it is not used");
            None
        }
    }
}

fn both_in(directory: &Path) -> (Option<PathBuf>, Option<PathBuf>) {
    let [cert, key] = CREDENTIALS.map(|name| Some(directory.join(name)).filter(|f| f.is_file()));
    (cert, key)
}

/// A start that takes its time: the data file may be repaired or brought to a new version first.
/// Until it is dropped, systemd hears every few seconds that it shall wait on.
pub struct Patience {
    over: Option<Sender<()>>,
    teller: Option<JoinHandle<()>>,
}

impl Patience {
    /// Begins to ask for patience.
    pub fn begin() -> Self {
        const EVERY: Duration = Duration::from_secs(10);
        const LONGER_US: u32 = 30_000_000;
        if std::env::var_os("NOTIFY_SOCKET").is_none() {
            return Self {
                over: None,
                teller: None,
            };
        }
        let (over, until) = channel();
        let teller = std::thread::spawn(move || {
            loop {
                tell(&[NotifyState::ExtendTimeoutUsec(LONGER_US)]);
                if until.recv_timeout(EVERY) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        });
        Self {
            over: Some(over),
            teller: Some(teller),
        }
    }
}

impl Drop for Patience {
    fn drop(&mut self) {
        drop(self.over.take());
        if let Some(teller) = self.teller.take() {
            let _ = teller.join();
        }
    }
}

/// The clinic is open at this address.
pub fn ready(address: &str) {
    let status = format!("open at {address}");
    tell(&[NotifyState::Ready, NotifyState::Status(&status)]);
}

/// No more requests are taken.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Feeds the watchdog as long as a read of the store answers: a clinic that can only be read shall
/// not be killed for that, one that hangs shall be.
pub async fn keep_watch(clinic: Arc<Clinic>, stop: CancellationToken) {
    if let Some(limit) = sd_notify::watchdog_enabled() {
        let answers = move || clinic.schema().map(drop);
        feed_while(limit, stop, answers, || tell(&[NotifyState::Watchdog])).await;
    }
}

/// Feeds twice within each limit, but only after an answer that came in time.
async fn feed_while(
    limit: Duration,
    stop: CancellationToken,
    answers: impl Fn() -> Result<(), Failure> + Clone + Send + 'static,
    feed: impl Fn(),
) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(limit / 2) => {}
        }
        let read = tokio::task::spawn_blocking(answers.clone());
        match tokio::time::timeout(ANSWER.min(limit / 2), read).await {
            Ok(Ok(Ok(()))) => feed(),
            Ok(Ok(Err(e))) => tracing::error!("the data did not answer the watchdog: {e}"),
            Ok(Err(_)) | Err(_) => tracing::error!("the data did not answer the watchdog in time"),
        }
    }
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(e) = sd_notify::notify(states) {
        tracing::warn!("systemd was not told: {e}");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{PoisonError, RwLock};

    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_watchdog_starves_while_a_read_hangs_and_while_it_fails() {
        let limit = Duration::from_millis(100);
        let (stop, data) = (CancellationToken::new(), Arc::new(RwLock::new(true)));
        let (meal, mut fed) = unbounded_channel();
        let read = data.clone();
        let answers = move || {
            let is_well = *read.read().unwrap_or_else(PoisonError::into_inner);
            is_well.then_some(()).ok_or(Failure::Stopped)
        };
        let watch = tokio::spawn(feed_while(limit, stop.clone(), answers, move || {
            let _ = meal.send(());
        }));
        for _ in 0..3 {
            fed.recv().await.unwrap();
        }
        // Reads wait for whoever writes, as they would for a disk that does not answer.
        let (held, hangs) = (data.clone(), std::sync::Barrier::new(2));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let hanging = held.write().unwrap();
                hangs.wait();
                hangs.wait();
                drop(hanging);
            });
            hangs.wait();
            std::thread::sleep(limit * 2);
            while fed.try_recv().is_ok() {}
            std::thread::sleep(limit * 8);
            let was_fed = fed.try_recv().is_ok();
            hangs.wait();
            assert!(!was_fed, "fed while a read hangs");
        });
        fed.recv().await.unwrap();
        *data.write().unwrap() = false;
        tokio::time::sleep(limit * 2).await;
        while fed.try_recv().is_ok() {}
        tokio::time::sleep(limit * 10).await;
        assert!(fed.try_recv().is_err(), "fed while a read fails");
        stop.cancel();
        watch.await.unwrap();
        assert!(fed.recv().await.is_none());
    }
}
