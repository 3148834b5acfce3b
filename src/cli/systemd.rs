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

use crate::app::Clinic;

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
    let Some(limit) = sd_notify::watchdog_enabled() else {
        return;
    };
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(limit / 2) => {}
        }
        let clinic = clinic.clone();
        let read = tokio::task::spawn_blocking(move || clinic.schema());
        match tokio::time::timeout(ANSWER.min(limit / 2), read).await {
            Ok(Ok(Ok(_))) => tell(&[NotifyState::Watchdog]),
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
