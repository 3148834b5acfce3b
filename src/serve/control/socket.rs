//! The server's side of the control socket.

use std::fs::Permissions;
use std::future::Future;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::Value;
use tokio::io::BufReader;
use tokio::net::unix::OwnedWriteHalf;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{
    ControlProblem, ControlReply, ControlRequest, Line, is_nobody, read_line, refused, socket_path,
    write_line,
};

/// The new socket gets its mode under this name, so that `control.sock` is never open to others.
/// Not longer than the final name: the system limits the whole path.
const UNBORN_NAME: &str = "control.new";

/// Progress that the client has not read yet. More is dropped: only the newest state matters.
const PROGRESS_QUEUE: usize = 64;

/// A client that takes nothing for this long has left.
const CLIENT_PATIENCE: Duration = Duration::from_secs(5);

/// Where a handler reports how far it is.
#[derive(Debug, Clone)]
pub struct Progress(mpsc::Sender<Value>);

impl Progress {
    /// Tells the client, if it still listens and keeps up. Never waits, so blocking code may
    /// call it.
    pub fn report(&self, state: Value) {
        // A full queue or a client that has left: neither may hold up the work.
        let _unheard = self.0.try_send(state);
    }
}

/// What the server can do when asked.
pub trait ControlVerbs: Send + Sync + 'static {
    /// Answers one request. It runs to its end even when the client leaves.
    fn answer(
        &self,
        request: ControlRequest,
        progress: Progress,
    ) -> impl Future<Output = ControlReply> + Send;
}

impl<F, A> ControlVerbs for F
where
    F: Fn(ControlRequest, Progress) -> A + Send + Sync + 'static,
    A: Future<Output = ControlReply> + Send,
{
    fn answer(
        &self,
        request: ControlRequest,
        progress: Progress,
    ) -> impl Future<Output = ControlReply> + Send {
        self(request, progress)
    }
}

/// The open control socket of a server. Dropping it removes the socket file.
#[derive(Debug)]
pub struct ControlSocket {
    listener: UnixListener,
    path: PathBuf,
}

impl ControlSocket {
    /// Opens `control.sock` in `data_dir`, after removing one that a killed server left behind.
    ///
    /// # Errors
    /// [`ControlProblem::AlreadyServed`] when a live server answers there.
    pub async fn open(data_dir: &Path) -> Result<Self, ControlProblem> {
        let path = socket_path(data_dir)?;
        match UnixStream::connect(&path).await {
            Ok(_live) => return Err(ControlProblem::AlreadyServed(path)),
            Err(error) if is_nobody(&error) => {}
            Err(error) => return Err(refused(error, path)),
        }
        let unborn = data_dir.join(UNBORN_NAME);
        remove_if_there(&unborn)?;
        let listener = UnixListener::bind(&unborn)?;
        std::fs::set_permissions(&unborn, Permissions::from_mode(0o600))?;
        // Takes the place of a stale socket, too.
        std::fs::rename(&unborn, &path)?;
        Ok(Self { listener, path })
    }

    /// Answers requests until `stop` is cancelled; what has begun by then runs to its end.
    pub async fn serve(self, verbs: impl ControlVerbs, stop: CancellationToken) {
        let verbs = Arc::new(verbs);
        let tasks = TaskTracker::new();
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => break,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    let (verbs, stop) = (Arc::clone(&verbs), stop.clone());
                    tasks.spawn(async move { converse(stream, verbs.as_ref(), &stop).await });
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept on the control socket");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        tasks.close();
        tasks.wait().await;
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        // A file that stays behind is recognised as stale at the next start.
        let _already_gone = remove_if_there(&self.path);
    }
}

async fn converse(stream: UnixStream, verbs: &impl ControlVerbs, stop: &CancellationToken) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    loop {
        let request = tokio::select! {
            () = stop.cancelled() => return,
            line = read_line::<ControlRequest>(&mut lines) => line,
        };
        let reply = match request {
            Ok(Some(request)) => match work(request, verbs, &mut write).await {
                Some(reply) => reply,
                None => return,
            },
            Ok(None) | Err(ControlProblem::Io(_)) => return,
            Err(problem) => {
                // After a line that cannot be read, nothing that follows can be trusted.
                let sorry = Line::Refused(problem.to_string());
                let _left = write_line(&mut write, &sorry).await;
                return;
            }
        };
        let line = match reply {
            ControlReply::Done(value) => Line::Done(value),
            ControlReply::Refused(sentence) => Line::Refused(sentence),
        };
        let told = timeout(CLIENT_PATIENCE, write_line(&mut write, &line)).await;
        if !told.is_ok_and(|written| written.is_ok()) {
            return;
        }
    }
}

/// The reply, or `None` when the client no longer listens.
async fn work(
    request: ControlRequest,
    verbs: &impl ControlVerbs,
    write: &mut OwnedWriteHalf,
) -> Option<ControlReply> {
    let (sender, mut states) = mpsc::channel(PROGRESS_QUEUE);
    let answer = AssertUnwindSafe(verbs.answer(request, Progress(sender))).catch_unwind();
    let mut answer = std::pin::pin!(answer);
    let mut heard = true;
    let answered = loop {
        tokio::select! {
            biased;
            answered = &mut answer => break answered,
            Some(state) = states.recv() => heard = heard && tell(write, state).await,
        }
    };
    while let Ok(state) = states.try_recv() {
        heard = heard && tell(write, state).await;
    }
    let reply = answered.unwrap_or_else(|_panic| {
        tracing::error!("a control verb panicked");
        ControlReply::Refused("The server failed at this, and its log says more.".to_owned())
    });
    heard.then_some(reply)
}

/// Whether the client took the report. The work waits meanwhile, so only for a moment.
async fn tell(write: &mut OwnedWriteHalf, state: Value) -> bool {
    let line = Line::Progress(state);
    timeout(CLIENT_PATIENCE, write_line(write, &line))
        .await
        .is_ok_and(|written| written.is_ok())
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
