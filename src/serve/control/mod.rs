//! The control socket: how a command finds the server that is running on the same data.
//!
//! One process writes to a data directory. Commands such as `user reset` therefore ask a running
//! server to do the work, over `control.sock` in the data directory; without a server they open
//! the store themselves. The socket is for the account that runs the server (mode 0600).
//!
//! Both sides write one JSON value per line. A client sends a [`ControlRequest`]; the server sends
//! any number of `{"progress": …}` and then one `{"done": …}` or `{"refused": "…"}`. Then the
//! client may ask again.

mod client;
mod socket;

use std::fmt;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

pub use client::ControlClient;
pub use socket::{ControlSocket, ControlVerbs, Progress};

/// The socket's name in the data directory.
pub const SOCKET_NAME: &str = "control.sock";

/// The system's limit for a socket path, without the closing zero byte.
const MAX_PATH_BYTES: usize = 107;

/// Longer lines are refused; large inputs travel as file paths.
const MAX_LINE_BYTES: u64 = 1024 * 1024;

/// What a command asks of the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlRequest {
    /// The verb, as the command line names it: `user reset`.
    pub verb: String,
    /// What the verb needs.
    #[serde(default)]
    pub params: Value,
}

/// How the server answers.
#[derive(Debug, Clone, PartialEq)]
pub enum ControlReply {
    /// It is done; the value is what the verb gives back.
    Done(Value),
    /// It was not done; the sentence says why.
    Refused(String),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    Progress(Value),
    Done(Value),
    Refused(String),
}

/// Why the control socket cannot be used. Each prints as one sentence for the operator.
#[derive(Debug)]
pub enum ControlProblem {
    /// The path of the socket is longer than the system allows.
    PathTooLong(PathBuf),
    /// Another server answers on this socket.
    AlreadyServed(PathBuf),
    /// The socket is there, but this account may not use it.
    NotAllowed(PathBuf),
    /// The server went away before it answered.
    Gone,
    /// The other side does not speak this protocol.
    Garbled,
    /// Anything else that the system says.
    Io(io::Error),
}

impl fmt::Display for ControlProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PathTooLong(path) => write!(
                f,
                "The path {} is too long for a socket, so use a shorter data directory.",
                path.display()
            ),
            Self::AlreadyServed(path) => {
                write!(f, "A server is already running on {}.", path.display())
            }
            Self::NotAllowed(path) => {
                write!(f, "This account may not use {}.", path.display())
            }
            Self::Gone => f.write_str("The server stopped before it answered."),
            Self::Garbled => f.write_str("The server and this command are of different versions."),
            Self::Io(error) => write!(f, "The control socket does not work: {error}."),
        }
    }
}

impl std::error::Error for ControlProblem {}

impl From<io::Error> for ControlProblem {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn socket_path(data_dir: &Path) -> Result<PathBuf, ControlProblem> {
    let path = data_dir.join(SOCKET_NAME);
    if path.as_os_str().as_bytes().len() > MAX_PATH_BYTES {
        return Err(ControlProblem::PathTooLong(path));
    }
    Ok(path)
}

fn is_nobody(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
    )
}

fn refused(error: io::Error, path: PathBuf) -> ControlProblem {
    if error.kind() == io::ErrorKind::PermissionDenied {
        ControlProblem::NotAllowed(path)
    } else {
        ControlProblem::Io(error)
    }
}

async fn write_line(write: &mut OwnedWriteHalf, line: &impl Serialize) -> io::Result<()> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    write.write_all(&bytes).await
}

/// One line; `None` at the end of the conversation.
async fn read_line<T: DeserializeOwned>(
    read: &mut BufReader<OwnedReadHalf>,
) -> Result<Option<T>, ControlProblem> {
    let mut line = Vec::new();
    let count = read
        .take(MAX_LINE_BYTES)
        .read_until(b'\n', &mut line)
        .await?;
    if count == 0 {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') {
        return Err(ControlProblem::Garbled);
    }
    serde_json::from_slice(&line)
        .map(Some)
        .map_err(|_| ControlProblem::Garbled)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    use serde_json::json;
    use tokio::sync::mpsc;
    use tokio_util::sync::CancellationToken;

    use super::*;

    fn request(verb: &str) -> ControlRequest {
        ControlRequest {
            verb: verb.to_owned(),
            params: json!({ "rows": 3 }),
        }
    }

    async fn verbs(request: ControlRequest, progress: Progress) -> ControlReply {
        match request.verb.as_str() {
            "import" => {
                for row in 1..=request.params["rows"].as_u64().unwrap() {
                    progress.report(json!(row));
                }
                ControlReply::Done(json!({ "imported": request.params["rows"] }))
            }
            "break" => panic!("as asked"),
            other => ControlReply::Refused(format!("There is no verb {other}.")),
        }
    }

    async fn client(dir: &Path) -> ControlClient {
        ControlClient::connect(dir).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn a_command_asks_and_hears_of_progress() {
        let dir = tempfile::tempdir().unwrap();
        let stop = CancellationToken::new();
        let socket = ControlSocket::open(dir.path()).await.unwrap();
        let path = dir.path().join(SOCKET_NAME);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let server = tokio::spawn(socket.serve(verbs, stop.clone()));

        let mut client = client(dir.path()).await;
        let mut seen = Vec::new();
        let reply = client
            .call(&request("import"), |state| seen.push(state))
            .await;
        assert_eq!(reply.unwrap(), ControlReply::Done(json!({ "imported": 3 })));
        assert_eq!(seen, [json!(1), json!(2), json!(3)]);
        let reply = client.call(&request("dance"), |_| {}).await.unwrap();
        assert_eq!(
            reply,
            ControlReply::Refused("There is no verb dance.".to_owned())
        );
        let reply = client.call(&request("break"), |_| {}).await.unwrap();
        assert!(matches!(reply, ControlReply::Refused(_)));

        stop.cancel();
        tokio::time::timeout(Duration::from_secs(20), server)
            .await
            .expect("the server ends although a client is connected")
            .unwrap();
        assert!(!path.exists());
        assert!(ControlClient::connect(dir.path()).await.unwrap().is_none());
        let gone = client.call(&request("import"), |_| {}).await.unwrap_err();
        assert!(matches!(gone, ControlProblem::Gone), "{gone:?}");
    }

    #[tokio::test]
    async fn a_stale_socket_is_replaced_and_a_live_one_is_not() {
        let dir = tempfile::tempdir().unwrap();
        // A killed server leaves the file and nobody behind it.
        drop(std::os::unix::net::UnixListener::bind(dir.path().join(SOCKET_NAME)).unwrap());
        assert!(ControlClient::connect(dir.path()).await.unwrap().is_none());
        let socket = ControlSocket::open(dir.path()).await.unwrap();
        let second = ControlSocket::open(dir.path()).await.unwrap_err();
        assert!(matches!(second, ControlProblem::AlreadyServed(_)));
        let stop = CancellationToken::new();
        let server = tokio::spawn(socket.serve(verbs, stop.clone()));
        let reply = client(dir.path())
            .await
            .call(&request("import"), |_| {})
            .await;
        assert!(matches!(reply.unwrap(), ControlReply::Done(_)));
        stop.cancel();
        server.await.unwrap();
    }

    #[tokio::test]
    async fn a_long_path_is_explained() {
        let dir = tempfile::tempdir().unwrap();
        let deep = dir.path().join("d".repeat(100));
        std::fs::create_dir(&deep).unwrap();
        let problem = ControlSocket::open(&deep).await.unwrap_err();
        assert!(problem.to_string().contains("too long for a socket"));
        assert!(ControlClient::connect(&deep).await.is_err());
    }

    #[tokio::test]
    async fn work_goes_on_when_the_client_leaves() {
        let dir = tempfile::tempdir().unwrap();
        let (finished, mut finishing) = mpsc::channel(1);
        let stop = CancellationToken::new();
        let socket = ControlSocket::open(dir.path()).await.unwrap();
        let slow = move |_: ControlRequest, progress: Progress| {
            let finished = finished.clone();
            async move {
                progress.report(json!("begun"));
                tokio::time::sleep(Duration::from_millis(200)).await;
                progress.report(json!("half"));
                finished.send(()).await.unwrap();
                ControlReply::Done(Value::Null)
            }
        };
        let server = tokio::spawn(socket.serve(slow, stop.clone()));
        let mut leaving = client(dir.path()).await;
        write_line(&mut leaving.write, &request("import"))
            .await
            .unwrap();
        drop(leaving);
        tokio::time::timeout(Duration::from_secs(20), finishing.recv())
            .await
            .expect("the work finishes")
            .unwrap();
        stop.cancel();
        server.await.unwrap();
    }

    #[tokio::test]
    async fn a_line_of_another_language_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let stop = CancellationToken::new();
        let socket = ControlSocket::open(dir.path()).await.unwrap();
        let server = tokio::spawn(socket.serve(verbs, stop.clone()));
        let mut client = client(dir.path()).await;
        client.write.write_all(b"GET / HTTP/1.1\n").await.unwrap();
        let line = read_line::<Line>(&mut client.read).await.unwrap().unwrap();
        assert!(matches!(line, Line::Refused(_)));
        stop.cancel();
        server.await.unwrap();
    }
}
