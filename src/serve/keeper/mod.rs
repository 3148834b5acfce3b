//! Sees to it that browsers are shown a certificate that holds: makes the clinic's own, gets and
//! renews a public one, reads the owner's files again when they change.
//!
//! Nothing here keeps the server from starting but files that were named on the command line: the
//! clinic's own certificate, or the old public one, serves until there is a better one.

mod public;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwapOption;
use jiff::Timestamp;
use rustls::sign::CertifiedKey;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

use super::acme::{self, Begun};
use super::authority::{Authority, KeptAuthority};
use super::name::Name;
use super::tls::{self, CertificateProblem, Certificates};
use crate::app::certificate::{self, Part};
use crate::app::jobs::Job;
use crate::app::{Clinic, Failure, Stop};
use crate::domain::certificate::{Failed, Plan, Report, Source, Try, host, patience};
use crate::store::Change;
use public::Opinion;

/// How often files and dates are looked at.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// Certificates are a few kilobytes; a path may name anything.
const MOST_FILE_BYTES: u64 = 256 * 1024;

/// What was said when the server was started.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// A certificate of the operator's own, and its key; then settings change nothing.
    pub files: Option<(PathBuf, PathBuf)>,
    /// The public authority for those who want one.
    pub public: acme::Authority,
}

/// Why the server cannot start with these certificates.
#[derive(Debug)]
pub enum NoCertificate {
    /// A certificate cannot be made or used.
    Problem(CertificateProblem),
    /// The store failed.
    Failed(Failure),
}

impl fmt::Display for NoCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Problem(problem) => problem.fmt(f),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl std::error::Error for NoCertificate {}

impl From<CertificateProblem> for NoCertificate {
    fn from(problem: CertificateProblem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Failure> for NoCertificate {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// The names under which this machine can be reached, given the clinic's address.
pub type Names = Box<dyn Fn(&str) -> Vec<Name> + Send + Sync>;

/// Two files as they were when they were last read.
type Stamp = [Option<(SystemTime, u64)>; 2];

/// Keeps the certificates of a running clinic.
pub struct Keeper {
    clinic: Arc<Clinic>,
    given: Given,
    names: Names,
    live: Arc<Certificates>,
    authority: ArcSwapOption<Authority>,
    files: Mutex<Option<(PathBuf, Stamp)>>,
    opinion: Mutex<Option<Opinion>>,
    is_public: Arc<AtomicBool>,
    woken: Notify,
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper").finish_non_exhaustive()
    }
}

impl Keeper {
    /// Chooses what to show first, from what is kept; asks nobody.
    ///
    /// # Errors
    /// Files that were named on the command line and cannot be used; a store that fails.
    pub fn open(
        clinic: Arc<Clinic>,
        given: Given,
        names: Names,
    ) -> Result<Arc<Self>, NoCertificate> {
        let now = clinic.now();
        let (base, authority) = if let Some((cert, key)) = &given.files {
            (tls::read_files(cert, key, now)?, None)
        } else {
            let address = clinic.current().settings.address.clone();
            let authority = own_authority(&clinic, &names(&address), now)?;
            (authority.certified_key()?, Some(Arc::new(authority)))
        };
        let files = given
            .files
            .as_ref()
            .map(|(cert, key)| (cert.clone(), stamp(cert, key)));
        let keeper = Arc::new(Self {
            clinic,
            given,
            names,
            live: Certificates::new(base.clone()),
            authority: ArcSwapOption::new(authority),
            files: Mutex::new(files),
            opinion: Mutex::new(None),
            is_public: Arc::default(),
            woken: Notify::new(),
        });
        if keeper.given.files.is_some() {
            keeper.report_shown(&base, Source::StartFiles)?;
        } else {
            keeper.choose()?;
        }
        Ok(keeper)
    }

    /// What TLS serves.
    pub fn live(&self) -> &Arc<Certificates> {
        &self.live
    }

    /// Whether browsers that ask for the clinic's address get a public certificate now.
    pub fn is_public(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.is_public)
    }

    /// The clinic's own authority; none when the operator named files on the command line.
    pub fn authority(&self) -> Option<Arc<Authority>> {
        self.authority.load_full()
    }

    /// Looks once a minute, and when settings change, until it is told to stop.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut changes = self.clinic.watch();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.look() => {}
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = settings_change(&mut changes) => {}
                () = self.woken.notified() => {}
            }
        }
    }

    /// Has it look again soon: the machine has another name now.
    pub fn wake(&self) {
        self.woken.notify_one();
    }

    /// Does what is due now. Trouble is reported, never passed on.
    pub async fn look(&self) {
        let looked = self.try_look().await;
        if let Err(failure) = &looked {
            tracing::error!("the certificate could not be looked after: {failure}");
        }
        self.clinic
            .job_ran(Job::Certificate, looked.is_ok(), LOOK_EVERY);
    }

    async fn try_look(&self) -> Result<(), NoCertificate> {
        if let Some((cert, key)) = &self.given.files {
            return self.read_again(cert, key, Source::StartFiles);
        }
        self.renew_own()?;
        match certificate::plan(&self.clinic)? {
            Plan::Own => self.choose(),
            Plan::Files { cert, key } => {
                self.read_again(Path::new(&cert), Path::new(&key), Source::Files)
            }
            Plan::Public(proof) => {
                self.choose()?;
                self.tend_public(proof).await
            }
        }
    }

    /// Serves what the plan asks for, as far as it is at hand.
    fn choose(&self) -> Result<(), NoCertificate> {
        let plan = certificate::plan(&self.clinic)?;
        match plan {
            Plan::Own => self.serve_own(),
            Plan::Files { cert, key } => {
                self.read_again(Path::new(&cert), Path::new(&key), Source::Files)
            }
            Plan::Public(_) => match self.public()? {
                Some((_, pair)) => {
                    self.report_shown(&pair, Source::Public)?;
                    self.live.choose(Some(pair));
                    Ok(())
                }
                None => self.serve_own(),
            },
        }
    }

    fn serve_own(&self) -> Result<(), NoCertificate> {
        self.live.choose(None);
        *self.files.lock().unwrap_or_else(PoisonError::into_inner) = None;
        match self.authority() {
            Some(authority) => self.report_shown(&authority.certified_key()?, Source::Own),
            None => Ok(()),
        }
    }

    /// Renews the clinic's own server certificate when its time or the names ask for it.
    fn renew_own(&self) -> Result<(), NoCertificate> {
        let address = self.clinic.current().settings.address.clone();
        let now = self.clinic.now();
        let Some(authority) = self.authority() else {
            return Ok(());
        };
        let names = covered(&authority, (self.names)(&address));
        if !authority.needs_renewal(&names, now) {
            return Ok(());
        }
        let authority = authority.reissue(&names, now)?;
        keep_authority(&self.clinic, &authority)?;
        self.live.replace(authority.certified_key()?);
        self.authority.store(Some(Arc::new(authority)));
        Ok(())
    }

    /// Reads the owner's files when they changed. Files that cannot be used change nothing.
    fn read_again(&self, cert: &Path, key: &Path, source: Source) -> Result<(), NoCertificate> {
        let now = self.clinic.now();
        let seen = Some((cert.to_owned(), stamp(cert, key)));
        {
            let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
            let report = certificate::report(&self.clinic)?;
            let asked = report.next.is_some_and(|next| next <= now);
            if *files == seen && !asked {
                return Ok(());
            }
            *files = seen;
        }
        let address = self.clinic.current().settings.address.clone();
        let read = small(cert).and_then(|()| small(key));
        let read = read.and_then(|()| tls::read_files(cert, key, now));
        // Whoever starts the server may bring any name; in the settings a slip would go unseen.
        let read = read.and_then(|pair| match host(&address) {
            Some(host) if source == Source::Files && !tls::stands_for(&pair, host) => {
                Err(CertificateProblem::OtherName(host.to_owned()))
            }
            _ => Ok(pair),
        });
        match read {
            Ok(pair) => {
                self.report_shown(&pair, source)?;
                if source == Source::StartFiles {
                    self.live.replace(pair);
                } else {
                    self.live.choose(Some(pair));
                }
                self.well()
            }
            Err(problem) => {
                tracing::warn!(
                    "the certificate in {} stays unused: {problem}",
                    cert.display()
                );
                self.trouble(problem.to_string(), None)
            }
        }
    }

    fn report_shown(&self, pair: &CertifiedKey, source: Source) -> Result<(), NoCertificate> {
        let shown = tls::shown(pair, source)?;
        self.is_public
            .store(source == Source::Public, Ordering::Relaxed);
        let noted = certificate::note(&self.clinic, "certificate shown", move |report| {
            report.shown = Some(shown.clone());
        });
        unless_read_only(noted.map_err(stopped))
    }

    fn well(&self) -> Result<(), NoCertificate> {
        let at = self.clinic.now();
        let noted = certificate::note(&self.clinic, "certificate: well", move |report| {
            *report = Report {
                shown: report.shown.take(),
                last: Some(Try { at, trouble: None }),
                ..Report::default()
            };
        });
        noted.map_err(stopped)
    }

    /// Notes why a try failed. A record that was looked for is asked for anew: the old order is
    /// over.
    fn trouble(&self, words: String, failed: Option<Failed>) -> Result<(), NoCertificate> {
        let at = self.clinic.now();
        let refused = failed == Some(Failed::Refused);
        if refused {
            certificate::keep(&self.clinic, Part::Order, &None::<Begun>, "public order")
                .map_err(stopped)?;
        }
        let noted = certificate::note(&self.clinic, "certificate: trouble", move |report| {
            report.failures = report.failures.saturating_add(1);
            report.next =
                failed.and_then(|failed| at.checked_add(patience(failed, report.failures)).ok());
            report.last = Some(Try {
                at,
                trouble: Some(words.clone()),
            });
            if refused {
                report.record = None;
            }
        });
        noted.map_err(stopped)
    }
}

/// The clinic's own authority with a server certificate for `names`, made on the first start.
fn own_authority(
    clinic: &Clinic,
    names: &[Name],
    now: Timestamp,
) -> Result<Authority, NoCertificate> {
    let kept: Option<KeptAuthority> = certificate::find(clinic, Part::Authority)?;
    let is_new = kept.is_none();
    let kept = match kept {
        Some(kept) => kept,
        None => Authority::create(&clinic.current().settings.profile.name, names, now)?,
    };
    let authority = Authority::open(kept)?;
    let names = covered(&authority, names.to_vec());
    let renewed = authority.needs_renewal(&names, now);
    let authority = if renewed {
        authority.reissue(&names, now)?
    } else {
        authority
    };
    if is_new {
        keep_authority(clinic, &authority)?;
    } else if renewed {
        // It is as good as one that is kept; the next start makes another.
        unless_read_only(keep_authority(clinic, &authority))?;
    }
    Ok(authority)
}

/// The names that the authority may sign for. A later address may lie outside; the settings say so,
/// and the clinic goes on under its other names.
fn covered(authority: &Authority, names: Vec<Name>) -> Vec<Name> {
    names
        .into_iter()
        .filter(|name| authority.covers(name))
        .collect()
}

fn keep_authority(clinic: &Clinic, authority: &Authority) -> Result<(), NoCertificate> {
    certificate::keep(clinic, Part::Authority, authority.kept(), "certificate").map_err(stopped)
}

/// A disk that is full keeps nobody from being served; what could not be kept is said in the log.
fn unless_read_only(kept: Result<(), NoCertificate>) -> Result<(), NoCertificate> {
    match kept {
        Err(NoCertificate::Failed(failure @ Failure::ReadOnly(_))) => {
            tracing::warn!("how the certificate stands was not kept: {failure}");
            Ok(())
        }
        kept => kept,
    }
}

fn stamp(cert: &Path, key: &Path) -> Stamp {
    [cert, key].map(|path| {
        let data = std::fs::metadata(path).ok()?;
        Some((data.modified().ok()?, data.len()))
    })
}

/// Whether a file may be read at all: a device or a huge file is no certificate.
fn small(path: &Path) -> Result<(), CertificateProblem> {
    let problem = |why: String| CertificateProblem::File(path.to_owned(), why);
    let data = std::fs::metadata(path).map_err(|error| problem(error.to_string()))?;
    if !data.is_file() {
        return Err(problem("it is not a file".to_owned()));
    }
    if data.len() > MOST_FILE_BYTES {
        return Err(problem("it is too large".to_owned()));
    }
    Ok(())
}

async fn settings_change(changes: &mut broadcast::Receiver<Change>) {
    loop {
        match changes.recv().await {
            Ok(Change::Settings) | Err(broadcast::error::RecvError::Lagged(_)) => return,
            Ok(_) => {}
            // The clinic is closing; the stop is on its way.
            Err(broadcast::error::RecvError::Closed) => return std::future::pending().await,
        }
    }
}

fn stopped(stop: Stop) -> NoCertificate {
    match stop {
        Stop::Failed(failure) => failure.into(),
        Stop::Refused(refused) => {
            CertificateProblem::Making(format!("the store refused: {refused:?}")).into()
        }
    }
}
