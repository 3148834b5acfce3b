//! A clinic that is up: the store, the certificate, the listeners, the delivery loop and the control
//! socket, started in order and stopped in reverse.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::net::TcpListener;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::app::clock::{SystemClock, SystemRandom};
use crate::app::jobs::Job;
use crate::app::{Change, Clinic, Failure, Stop, Store};
use crate::app::{attempts, backups, people, sessions};
use crate::domain::certificate;
use crate::domain::local_name;
use crate::outbox;
use crate::serve::authority::Authority;
use crate::serve::control::ControlSocket;
use crate::serve::keeper::{Given, Keeper};
use crate::serve::local_name::Announcer;
use crate::serve::name::Name;
use crate::serve::{BodyLimit, Front, Limits, PlainPage, Proxies, Server};
use crate::serve::{ports, tls};
use crate::text::phone;
use crate::web::guard::{self, Shared};
use crate::web::{assets, routes, standalone, trust};

use super::{Sorry, systemd};

/// What the database may keep in memory.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

/// Opens the clinic of a data directory.
pub fn open(data: &Path, address: &str) -> Result<Arc<Clinic>, Failure> {
    let store = Store::open(data, CACHE_BYTES)?;
    Clinic::open(
        store,
        Arc::new(SystemClock),
        Arc::new(SystemRandom),
        address,
    )
}

/// Keeps the certificates of a clinic on these listeners; the clinic's own authority is made on the
/// first start.
pub fn certificates(
    clinic: &Arc<Clinic>,
    given: Given,
    listeners: Vec<SocketAddr>,
) -> Result<Arc<Keeper>, Sorry> {
    let known = clinic.clone();
    let names = Box::new(move |address: &str| {
        let mut names = names(&listeners, address);
        if ports::reach_outside(&listeners) {
            for name in local_names(&known) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    });
    Keeper::open(clinic.clone(), given, names).map_err(Sorry::from_display)
}

/// The names for the clinic's own network: the one that settings want, and the one that it got.
fn local_names(clinic: &Clinic) -> impl Iterator<Item = Name> {
    let wanted = clinic.current().settings.local_label();
    let got = clinic
        .local_name
        .load()
        .as_ref()
        .map(|got| got.label.clone());
    let got = got.filter(|got| wanted.as_ref() != Some(got));
    let hosts = wanted.into_iter().chain(got);
    hosts.filter_map(|label| local_name::host(&label).parse().ok())
}

/// The certificate of the clinic's own authority in the data directory.
pub fn authority_file(data: &Path) -> PathBuf {
    data.join("ca.pem")
}

/// Lays the certificate of the clinic's own authority beside its data, for those who have to trust
/// it. Whoever reads the file finds all of it or none. On a disk that is full it stays as it is, and
/// keeps no server from starting.
pub fn show_authority(data: &Path, authority: &Authority) {
    let (file, new) = (authority_file(data), data.join("ca.pem.new"));
    let pem = authority.kept().ca_cert_pem.as_bytes();
    if std::fs::read(&file).is_ok_and(|there| there == pem) {
        return;
    }
    let written = std::fs::write(&new, pem).and_then(|()| std::fs::rename(new, &file));
    if let Err(e) = written {
        tracing::error!("{} could not be written: {e}", file.display());
    }
}

/// The names under which this machine can be reached, for the certificate.
pub fn names(listeners: &[SocketAddr], address: &str) -> Vec<Name> {
    let mut names = vec![Name::Host("localhost".to_owned())];
    let mut add = |name: Name| {
        if !names.contains(&name) {
            names.push(name);
        }
    };
    for listener in listeners {
        if !listener.ip().is_unspecified() {
            add(Name::from(listener.ip()));
        }
    }
    add(Name::from(IpAddr::from([127, 0, 0, 1])));
    if ports::reach_outside(listeners) {
        names_outside().into_iter().for_each(&mut add);
    }
    if let Some(host) = certificate::host(address)
        && let Ok(name) = host.parse()
    {
        add(name);
    }
    names
}

fn names_outside() -> Vec<Name> {
    let mut names = Vec::new();
    // The first of them is hidden from a service that may see processes only.
    let hosts = ["/proc/sys/kernel/hostname", "/etc/hostname"];
    if let Some(host) = hosts.iter().find_map(|f| std::fs::read_to_string(f).ok()) {
        let host = host.trim().split('.').next().unwrap_or("").to_lowercase();
        names.extend(host.parse().ok());
        names.extend(format!("{host}.local").parse().ok());
    }
    names.extend(own_address().map(Name::from));
    names
}

/// The address with which this machine would talk to others. Nothing is sent: connecting a UDP
/// socket only chooses a route.
pub fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind(("0.0.0.0", 0)).ok()?;
    socket.connect(("192.0.2.1", 9)).ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|ip| !ip.is_unspecified())
}

/// What the server borrows for what it answers by itself.
struct Door {
    clinic: Arc<Clinic>,
    keeper: Arc<Keeper>,
}

impl Front for Door {
    fn address(&self) -> String {
        self.clinic.current().settings.address.clone()
    }

    fn authority_der(&self) -> Option<Bytes> {
        let authority = self.keeper.authority()?;
        Some(Bytes::copy_from_slice(authority.ca_der()))
    }

    fn authority_pem(&self) -> Option<Bytes> {
        let authority = self.keeper.authority()?;
        Some(Bytes::from(authority.kept().ca_cert_pem.clone()))
    }

    fn plain_page(&self, path: &str) -> Option<PlainPage> {
        if let Some(body) = self.keeper.live().challenges().file(path) {
            return Some(PlainPage {
                content_type: "text/plain; charset=utf-8",
                body,
            });
        }
        self.keeper.authority()?;
        match trust::answer(&self.clinic, path, false) {
            Ok(None) => {}
            Ok(Some((content_type, body))) => {
                return Some(PlainPage {
                    content_type,
                    body: body.into(),
                });
            }
            Err(e) => tracing::error!("the page about the certificate could not be read: {e}"),
        }
        let (content_type, body) = assets::plain(path)?;
        Some(PlainPage { content_type, body })
    }

    fn failure_page(&self, status: http::StatusCode) -> String {
        standalone::failure(&self.clinic, status)
    }

    fn dress(&self, headers: &mut http::HeaderMap) {
        guard::dress(headers, false);
    }
}

/// A clinic that is up.
pub struct Running {
    /// The clinic.
    pub clinic: Arc<Clinic>,
    /// Stops everything when it is cancelled.
    pub stop: CancellationToken,
    server: Server,
    keeper: Arc<Keeper>,
    listeners: Vec<TcpListener>,
    control: ControlSocket,
    demo: bool,
}

impl Running {
    /// Puts the parts together; nothing is served yet.
    pub async fn new(
        clinic: Arc<Clinic>,
        keeper: Arc<Keeper>,
        listeners: Vec<TcpListener>,
        data: &Path,
        demo: bool,
    ) -> Result<Self, Sorry> {
        let control = ControlSocket::open(data)
            .await
            .map_err(Sorry::from_display)?;
        let stop = CancellationToken::new();
        let shared = Arc::new(Shared {
            clinic: clinic.clone(),
            demo,
            hsts: keeper.is_public(),
            live: crate::web::live::Streams::until(stop.clone()),
        });
        let door = Door {
            clinic: clinic.clone(),
            keeper: keeper.clone(),
        };
        let config = tls::server_config(keeper.live().clone()).map_err(Sorry::from_display)?;
        let endpoint = routes::endpoint(shared);
        let server = Server::new(endpoint, Arc::new(door), config, limits(&clinic));
        Ok(Self {
            clinic,
            stop,
            server,
            keeper,
            listeners,
            control,
            demo,
        })
    }

    /// With reverse proxies that are believed.
    #[must_use]
    pub fn behind(mut self, proxies: Proxies) -> Self {
        self.server = self.server.behind(proxies);
        self
    }

    /// Serves until told to stop; then finishes what is running and closes the database.
    pub async fn serve(self) {
        let Self {
            clinic,
            stop,
            server,
            keeper,
            listeners,
            control,
            demo,
        } = self;
        let asked = stop.clone();
        let signals = tokio::spawn(async move {
            wait_for_signal().await;
            systemd::stopping();
            asked.cancel();
        });
        let verbs = super::control::verbs(clinic.clone());
        let control = tokio::spawn(control.serve(verbs, stop.clone()));
        let options = outbox::Options {
            deliver: !demo,
            ..outbox::Options::default()
        };
        let mail = outbox::start(clinic.clone(), options, stop.clone());
        let sweeping = tokio::spawn(sweep(clinic.clone(), stop.clone()));
        let backing_up = tokio::spawn(back_up(clinic.clone(), stop.clone()));
        let addresses = listeners.iter().filter_map(|l| l.local_addr().ok());
        let heard = if demo {
            Vec::new()
        } else {
            addresses.collect()
        };
        let announcer = Announcer::new(clinic.clone(), keeper.clone(), heard);
        let announcing = tokio::spawn(announcer.run(stop.clone()));
        let keeping = tokio::spawn(keeper.run(stop.clone()));
        let watching = tokio::spawn(systemd::keep_watch(clinic.clone(), stop.clone()));
        drop(tokio::task::spawn_blocking(phone::warm_up));
        systemd::ready(&clinic.current().settings.address);
        server.run(listeners, stop.clone()).await;
        signals.abort();
        for task in [
            control, mail, sweeping, backing_up, announcing, keeping, watching,
        ] {
            if let Err(e) = task.await {
                tracing::error!("a part of the server did not end well: {e}");
            }
        }
        let closed = tokio::task::spawn_blocking(move || clinic.store.close()).await;
        if let Err(e) = closed {
            tracing::error!("the database was not closed: {e}");
        }
    }
}

/// Once an hour, accesses whose last day is over are closed; devices whose time is over and old
/// counts of wrong answers are forgotten.
async fn sweep(clinic: Arc<Clinic>, stop: CancellationToken) {
    const EVERY: Duration = Duration::from_hours(1);
    clinic.job_begins(Job::Cleaning, EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        let at_work = clinic.clone();
        let swept = tokio::task::spawn_blocking(move || {
            people::close_left(&at_work)?;
            sessions::sweep(&at_work)?;
            attempts::sweep(&at_work)
        });
        let swept = swept.await;
        if let Ok(Err(stop)) = &swept {
            tracing::error!("what is old was not ended: {stop:?}");
        }
        clinic.job_ran(Job::Cleaning, matches!(swept, Ok(Ok(_))), EVERY);
    }
}

/// Makes the backups that are due: looks twice a minute, and at once when somebody decides
/// something about them. One that is being made when the server stops is broken off.
async fn back_up(clinic: Arc<Clinic>, stop: CancellationToken) {
    const LOOK: Duration = Duration::from_secs(30);
    // What came of the last could not be kept, so the next would be made again and again.
    const REST: Duration = Duration::from_hours(1);
    let mut news = clinic.watch();
    let mut wait = LOOK;
    clinic.job_begins(Job::Backups, wait);
    loop {
        let until = Instant::now() + wait;
        loop {
            tokio::select! {
                () = stop.cancelled() => {
                    clinic.backups.stop();
                    return;
                }
                () = tokio::time::sleep_until(until) => break,
                told = news.recv() => match told {
                    Ok(Change::Backups) | Err(RecvError::Lagged(_)) if wait == LOOK => break,
                    Err(RecvError::Closed) => return,
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                },
            }
        }
        let at_work = clinic.clone();
        let mut work = tokio::task::spawn_blocking(move || backups::run_due(&at_work));
        let done = tokio::select! {
            done = &mut work => done,
            () = stop.cancelled() => {
                clinic.backups.stop();
                work.await
            }
        };
        wait = match done {
            Ok(Ok(_)) => LOOK,
            Ok(Err(problem)) => {
                tracing::error!("what came of a backup was not kept: {problem}");
                REST
            }
            Err(e) => {
                tracing::error!("a backup did not end well: {e}");
                REST
            }
        };
        clinic.job_ran(Job::Backups, wait == LOOK, wait);
    }
}

fn limits(clinic: &Clinic) -> Limits {
    let set = &clinic.current().settings.limits;
    let files = BodyLimit {
        max_bytes: 4 * 1024 * 1024,
        total: Duration::from_mins(1),
    };
    Limits {
        max_connections: usize::try_from(set.connections).unwrap_or(usize::MAX),
        max_connections_per_visitor: usize::try_from(set.connections_per_ip).unwrap_or(usize::MAX),
        body_for: ["/staff/settings/look", "/setup/look"]
            .into_iter()
            .map(|path| (path.to_owned(), files))
            .collect(),
        ..Limits::default()
    }
}

async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

impl From<Stop> for Sorry {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(refused) => Self(format!("refused: {refused:?}")),
            Stop::Failed(failure) => Self::from_display(failure),
        }
    }
}
