//! Streams that tell open screens to look again (Server-Sent Events). They say that something
//! changed, never what: the screen asks for its page, and the guard decides about that as always.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Body, Response};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::guard::blocking;
use super::shown::Shown;
use crate::app::{Change, Clinic, sessions};

/// The most streams of one session: a tab has one.
const PER_SESSION: usize = 12;
/// How often a quiet stream shows that it is alive, and asks whether its session is.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Changes that come together are told together.
const GATHER: Duration = Duration::from_millis(100);

const OPENED: &str = "retry: 3000\n\n";
const ALIVE: &str = ":\n\n";
const CHANGED: &str = "data: changed\n\n";
/// The session is over or locked: the screen must not go on showing what it shows.
const OVER: &str = "event: over\ndata: \n\n";

type Open = Arc<Mutex<HashMap<[u8; 32], usize>>>;

/// All open streams.
#[derive(Clone, Debug, Default)]
pub struct Streams {
    stop: CancellationToken,
    open: Open,
    shown: Shown,
}

impl Streams {
    /// Streams that end when the server stops.
    pub fn until(stop: CancellationToken) -> Self {
        Self {
            stop,
            ..Self::default()
        }
    }

    /// What the screens show that are open.
    pub(super) fn shown(&self) -> Shown {
        self.shown.clone()
    }

    fn seat(&self, session: [u8; 32]) -> Option<Seat> {
        let mut open = self.open.lock().ok()?;
        let taken = open.entry(session).or_default();
        if *taken >= PER_SESSION {
            return None;
        }
        *taken += 1;
        Some(Seat {
            session,
            open: self.open.clone(),
        })
    }

    /// A stream for a session, named by its key and by the token of its cookie.
    pub(super) fn open(&self, clinic: Arc<Clinic>, session: [u8; 32], token: String) -> Response {
        let Some(seat) = self.seat(session) else {
            return Response::builder()
                .status(StatusCode::TOO_MANY_REQUESTS)
                .finish();
        };
        let listener = Listener {
            changes: clinic.watch(),
            clinic,
            token,
            stop: self.stop.clone(),
            state: State::New,
            _seat: seat,
        };
        let body = stream::unfold(listener, |mut listener| async move {
            let told = listener.next().await?;
            Some((
                Ok::<_, io::Error>(Bytes::from_static(told.as_bytes())),
                listener,
            ))
        });
        let mut response = Response::builder()
            .content_type("text/event-stream")
            .body(Body::from_bytes_stream(body));
        let no_store = HeaderValue::from_static("no-store");
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, no_store);
        response
    }
}

/// One stream among those of its session.
struct Seat {
    session: [u8; 32],
    open: Open,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Ok(mut open) = self.open.lock() else {
            return;
        };
        let left = open.get(&self.session).map_or(0, |n| n.saturating_sub(1));
        if left == 0 {
            open.remove(&self.session);
        } else {
            open.insert(self.session, left);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Over,
}

struct Listener {
    clinic: Arc<Clinic>,
    token: String,
    changes: Receiver<Change>,
    stop: CancellationToken,
    state: State,
    _seat: Seat,
}

impl Listener {
    /// What to tell next; `None` at the end of the stream.
    async fn next(&mut self) -> Option<&'static str> {
        match self.state {
            State::Over => return None,
            State::New => {
                self.state = State::Open;
                return Some(OPENED);
            }
            State::Open => {}
        }
        let stop = self.stop.clone();
        let told = tokio::select! {
            () = stop.cancelled() => return None,
            told = self.wait() => told?,
        };
        if self.is_alive().await {
            return Some(told);
        }
        self.state = State::Over;
        Some(OVER)
    }

    async fn wait(&mut self) -> Option<&'static str> {
        loop {
            match timeout(HEARTBEAT, self.changes.recv()).await {
                Err(_) => return Some(ALIVE),
                Ok(Err(RecvError::Closed)) => return None,
                Ok(Ok(Change::Settings | Change::Services)) => {}
                Ok(
                    Ok(
                        Change::Visits
                        | Change::Requests
                        | Change::Outbox
                        | Change::Backups
                        | Change::Standing,
                    )
                    | Err(RecvError::Lagged(_)),
                ) => {
                    tokio::time::sleep(GATHER).await;
                    self.changes = self.changes.resubscribe();
                    return Some(CHANGED);
                }
            }
        }
    }

    /// Whether the session is still signed in and not locked. Asking is no activity.
    async fn is_alive(&self) -> bool {
        let (clinic, token) = (self.clinic.clone(), self.token.clone());
        let known = blocking(move || sessions::peek(&clinic, &token)).await;
        matches!(known, Ok(Ok(Some(known))) if !known.is_locked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_has_so_many_streams_and_no_more() {
        let streams = Streams::default();
        let mut seats: Vec<Seat> = (0..PER_SESSION)
            .filter_map(|_| streams.seat([1; 32]))
            .collect();
        assert_eq!(seats.len(), PER_SESSION);
        assert!(streams.seat([1; 32]).is_none());
        assert!(
            streams.seat([2; 32]).is_some(),
            "another session has its own"
        );
        seats.pop();
        assert!(streams.seat([1; 32]).is_some());
        drop(seats);
        assert!(
            streams.open.lock().unwrap().is_empty(),
            "nothing is left behind"
        );
    }
}
