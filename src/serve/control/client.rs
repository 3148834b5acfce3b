//! A command's side of the control socket.

use std::path::Path;

use serde_json::Value;
use tokio::io::BufReader;
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

use super::{
    ControlProblem, ControlReply, ControlRequest, Line, is_nobody, read_line, refused, socket_path,
    write_line,
};

/// A command's connection to a running server.
#[derive(Debug)]
pub struct ControlClient {
    pub(super) read: BufReader<OwnedReadHalf>,
    pub(super) write: OwnedWriteHalf,
}

impl ControlClient {
    /// The running server of `data_dir`, or `None` when there is none: no socket, or one that a
    /// killed server left behind.
    ///
    /// # Errors
    /// When there is a socket and this account may not use it, or the path is too long.
    pub async fn connect(data_dir: &Path) -> Result<Option<Self>, ControlProblem> {
        let path = socket_path(data_dir)?;
        match UnixStream::connect(&path).await {
            Ok(stream) => {
                let (read, write) = stream.into_split();
                let read = BufReader::new(read);
                Ok(Some(Self { read, write }))
            }
            Err(error) if is_nobody(&error) => Ok(None),
            Err(error) => Err(refused(error, path)),
        }
    }

    /// Asks, and calls `on_progress` for each report until the reply comes.
    ///
    /// # Errors
    /// [`ControlProblem::Gone`] when the server ends first.
    pub async fn call(
        &mut self,
        request: &ControlRequest,
        mut on_progress: impl FnMut(Value),
    ) -> Result<ControlReply, ControlProblem> {
        write_line(&mut self.write, request)
            .await
            .map_err(|_| ControlProblem::Gone)?;
        loop {
            let line = read_line(&mut self.read)
                .await?
                .ok_or(ControlProblem::Gone)?;
            match line {
                Line::Progress(state) => on_progress(state),
                Line::Done(value) => return Ok(ControlReply::Done(value)),
                Line::Refused(sentence) => return Ok(ControlReply::Refused(sentence)),
            }
        }
    }
}
