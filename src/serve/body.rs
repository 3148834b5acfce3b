//! Bodies under watch: requests are counted and timed while they stream, answers report whose
//! turn it is.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};

use super::limits::{BodyLimit, Limits};
use super::pulse::Turn;

/// How a request body ended. The handler only sees a broken stream, so the server looks here to
/// give the honest answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Complete, or still coming.
    Fine,
    /// More bytes than allowed.
    TooBig,
    /// Slower than allowed.
    TooSlow,
}

/// The fate of one body, shared between the body and the server.
#[derive(Debug, Default)]
pub(super) struct Verdict(AtomicU8);

impl Verdict {
    pub(super) fn fate(&self) -> Fate {
        match self.0.load(Ordering::Acquire) {
            0 => Fate::Fine,
            1 => Fate::TooBig,
            _ => Fate::TooSlow,
        }
    }

    fn set(&self, fate: Fate) {
        let code = match fate {
            Fate::Fine => 0,
            Fate::TooBig => 1,
            Fate::TooSlow => 2,
        };
        self.0.store(code, Ordering::Release);
    }
}

/// A request body that breaks off when it is too big, too long under way or dripped.
pub(super) struct Metered {
    inner: Incoming,
    verdict: Arc<Verdict>,
    left: u64,
    ends: Instant,
    window: Duration,
    window_needs: u64,
    window_got: u64,
    alarm: Pin<Box<Sleep>>,
}

impl Metered {
    pub(super) fn new(
        inner: Incoming,
        limit: BodyLimit,
        limits: &Limits,
        verdict: Arc<Verdict>,
    ) -> Self {
        let now = Instant::now();
        let ends = now + limit.total;
        Self {
            inner,
            verdict,
            left: limit.max_bytes,
            ends,
            window: limits.rate_window,
            window_needs: limits
                .min_rate
                .saturating_mul(limits.rate_window.as_secs().max(1)),
            window_got: 0,
            alarm: Box::pin(tokio::time::sleep_until(ends.min(now + limits.rate_window))),
        }
    }

    fn broken(&self, fate: Fate) -> io::Error {
        self.verdict.set(fate);
        io::Error::other("the request body broke a limit")
    }
}

impl Body for Metered {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        loop {
            if Instant::now() >= this.ends && !this.inner.is_end_stream() {
                return Poll::Ready(Some(Err(this.broken(Fate::TooSlow))));
            }
            match Pin::new(&mut this.inner).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => {
                    let bytes = frame.data_ref().map_or(0, Bytes::len);
                    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
                    this.window_got = this.window_got.saturating_add(bytes);
                    let Some(left) = this.left.checked_sub(bytes) else {
                        return Poll::Ready(Some(Err(this.broken(Fate::TooBig))));
                    };
                    this.left = left;
                    return Poll::Ready(Some(Ok(frame)));
                }
                Poll::Ready(Some(Err(error))) => {
                    return Poll::Ready(Some(Err(io::Error::other(error))));
                }
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => {
                    std::task::ready!(this.alarm.as_mut().poll(cx));
                    if this.window_got < this.window_needs {
                        return Poll::Ready(Some(Err(this.broken(Fate::TooSlow))));
                    }
                    this.window_got = 0;
                    let next = this.ends.min(Instant::now() + this.window);
                    this.alarm.as_mut().reset(next);
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// An answer's body that tells the connection's pulse whose turn it is.
pub(super) struct Answering {
    inner: BoxBody<Bytes, io::Error>,
    turn: Turn,
}

impl Answering {
    pub(super) fn new(inner: BoxBody<Bytes, io::Error>, turn: Turn) -> Self {
        Self { inner, turn }
    }
}

impl Body for Answering {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.inner).poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            this.turn.handed(frame.data_ref().map_or(0, Bytes::len));
        }
        this.turn.ours(polled.is_pending());
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
