//! Announces `<label>.local` to the clinic's own network, over multicast DNS.
//!
//! Only networks of one's own hear it, and only those whose addresses the clinic listens on. When
//! another machine has the name already, ours gets a number; the page about the connection says so,
//! and the certificate carries both.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use mdns_sd::{DaemonEvent, IfKind, IfPredicate, RRType, Receiver, ServiceDaemon, ServiceInfo};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use super::keeper::Keeper;
use super::ports;
use crate::app::Clinic;
use crate::domain::local_name::{Announced, host, is_at_home};
use crate::store::Change;

/// What browsers of the network look for.
const SERVICE: &str = "_https._tcp.local.";
/// DNS ends a label at 63 bytes; the network may add a number.
const INSTANCE_BYTES: usize = 55;
/// How long saying goodbye may take.
const GOODBYE: Duration = Duration::from_secs(2);
/// How long to wait when the system does not let us.
const REST: Duration = Duration::from_mins(1);

/// Keeps the name of a running clinic announced.
pub struct Announcer {
    clinic: Arc<Clinic>,
    keeper: Arc<Keeper>,
    listeners: Vec<SocketAddr>,
}

impl fmt::Debug for Announcer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Announcer").finish_non_exhaustive()
    }
}

/// What is to be announced.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    label: String,
    instance: String,
    port: u16,
}

impl Announcer {
    /// For a clinic that listens on `listeners`.
    pub fn new(clinic: Arc<Clinic>, keeper: Arc<Keeper>, listeners: Vec<SocketAddr>) -> Self {
        Self {
            clinic,
            keeper,
            listeners,
        }
    }

    /// Announces until it is told to stop, always what settings say at the time.
    pub async fn run(self, stop: CancellationToken) {
        let mut changes = self.clinic.watch();
        while !stop.is_cancelled() {
            let wanted = self.wanted();
            let daemon = wanted.as_ref().and_then(|wanted| self.begin(wanted));
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.differs(wanted.as_ref(), &mut changes) => {}
                () = self.listen(wanted.as_ref(), daemon.as_ref()) => {}
            }
            self.stands(None);
            if let Some((daemon, _)) = daemon {
                goodbye(&daemon).await;
            }
        }
    }

    /// What settings want announced; nothing where no other machine could come in.
    fn wanted(&self) -> Option<Wanted> {
        let port = ports::https(&self.listeners)?.port();
        let current = self.clinic.current();
        let settings = &current.settings;
        let mut instance = settings.profile.name.clone();
        while instance.len() > INSTANCE_BYTES {
            instance.pop();
        }
        ports::reach_outside(&self.listeners).then_some(())?;
        Some(Wanted {
            label: settings.local_label()?,
            instance,
            port,
        })
    }

    /// Returns when settings want something else than `wanted`.
    async fn differs(&self, wanted: Option<&Wanted>, changes: &mut broadcast::Receiver<Change>) {
        loop {
            match changes.recv().await {
                Ok(Change::Settings) | Err(broadcast::error::RecvError::Lagged(_)) => {
                    if self.wanted().as_ref() != wanted {
                        return;
                    }
                }
                Ok(_) => {}
                // The clinic is closing; the stop is on its way.
                Err(broadcast::error::RecvError::Closed) => return std::future::pending().await,
            }
        }
    }

    /// Asks the network for the name. Trouble is logged: the clinic works without.
    fn begin(&self, wanted: &Wanted) -> Option<(ServiceDaemon, Receiver<DaemonEvent>)> {
        let listeners = self.listeners.clone();
        let port = wanted.port;
        let is_ours = move |ip: IpAddr| is_at_home(ip) && ports::hear(&listeners, port, ip);
        let start = || {
            let daemon = ServiceDaemon::new()?;
            let events = daemon.monitor()?;
            daemon.disable_interface(IfKind::All)?;
            daemon.enable_interface(IfKind::Predicate(IfPredicate::new(move |interface| {
                is_ours(interface.ip())
            })))?;
            let (instance, host) = (&wanted.instance, format!("{}.", host(&wanted.label)));
            let nowhere: &[IpAddr] = &[];
            let path: &[(&str, &str)] = &[("path", "/")];
            let service = ServiceInfo::new(SERVICE, instance, &host, nowhere, port, path)?;
            daemon.register(service.enable_addr_auto())?;
            Ok((daemon, events))
        };
        let started: Result<_, mdns_sd::Error> = start();
        started
            .map_err(|e| tracing::warn!("the clinic's name is not announced: {e}"))
            .ok()
    }

    /// Hears what the network makes of the name. Returns when it is time to try again.
    async fn listen(
        &self,
        wanted: Option<&Wanted>,
        daemon: Option<&(ServiceDaemon, Receiver<DaemonEvent>)>,
    ) {
        let Some(Wanted { label, port, .. }) = wanted else {
            return std::future::pending().await;
        };
        if let Some((_, events)) = daemon {
            let (mut label, port) = (label.clone(), *port);
            while let Ok(event) = events.recv_async().await {
                if let DaemonEvent::NameChange(change) = &event
                    && matches!(change.rr_type, RRType::A | RRType::AAAA)
                    && let Some((new, _)) = change.new_name.split_once('.')
                {
                    new.clone_into(&mut label);
                } else if let DaemonEvent::Announce(..) = &event {
                    let label = label.clone();
                    self.stands(Some(Announced { label, port }));
                } else if let DaemonEvent::Error(error) = &event {
                    tracing::warn!("the clinic's name may not be announced: {error}");
                }
            }
        }
        tokio::time::sleep(REST).await;
    }

    /// Says how the name stands now. A certificate without it is no use.
    fn stands(&self, now: Option<Announced>) {
        let before = self.clinic.local_name.load_full();
        if before.as_deref() == now.as_ref() {
            return;
        }
        if let Some(now) = &now {
            tracing::info!("the network knows this clinic as {}", host(&now.label));
        }
        self.clinic.local_name.store(now.map(Arc::new));
        self.keeper.wake();
    }
}

/// Tells the network that the name is free, and ends.
async fn goodbye(daemon: &ServiceDaemon) {
    let Ok(gone) = daemon.shutdown() else {
        // It has ended by itself.
        return;
    };
    // Whether the network heard it or not, we are done with it.
    let _elapsed = tokio::time::timeout(GOODBYE, gone.recv_async()).await;
}
