//! How much of the server one visitor may take, and for how long.

use std::time::Duration;

/// The largest request body and the longest time it may take to arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimit {
    /// Bytes; one more is answered with 413.
    pub max_bytes: u64,
    /// From the first read to the last byte; longer is answered with 408.
    pub total: Duration,
}

/// All limits of the server. The defaults suit a clinic whose waiting room is one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Open connections in all.
    pub max_connections: usize,
    /// Open connections from one IPv4 address or one IPv6 /64.
    pub max_connections_per_visitor: usize,
    /// From accepting a connection to the end of its TLS handshake.
    pub handshake: Duration,
    /// From accepting a connection to its first complete request head.
    pub first_request: Duration,
    /// How long an HTTP/1.1 connection may wait between requests; the next head must be complete
    /// by then too, so a dripped second request gains nothing.
    pub idle_http1: Duration,
    /// How long an HTTP/2 connection may have no request going on. Pings do not count.
    pub idle_http2: Duration,
    /// How long a client may leave an answer untaken.
    pub stalled: Duration,
    /// Bytes per second that a client must send of a body, or take of an answer.
    pub min_rate: u64,
    /// The span over which `min_rate` is measured for bodies.
    pub rate_window: Duration,
    /// For request bodies without an entry in `body_for`: forms.
    pub body: BodyLimit,
    /// Path prefixes with their own body limit; the longest match wins. A prefix matches whole
    /// path segments: `/a/b` is for `/a/b` and `/a/b/c`, not for `/a/bc`.
    pub body_for: Vec<(String, BodyLimit)>,
    /// Concurrent requests on one HTTP/2 connection.
    pub max_streams: u32,
    /// Bytes of all header fields of a request.
    pub max_head_bytes: u32,
    /// After an answer that ends the connection: how long to go on reading, so that the client
    /// gets to see the answer before the reset.
    pub linger: Duration,
    /// At shutdown: how long running requests may take to finish.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 2_000,
            max_connections_per_visitor: 256,
            handshake: Duration::from_secs(5),
            first_request: Duration::from_secs(10),
            idle_http1: Duration::from_secs(10),
            idle_http2: Duration::from_secs(30),
            stalled: Duration::from_secs(30),
            min_rate: 512,
            rate_window: Duration::from_secs(5),
            body: BodyLimit {
                max_bytes: 64 * 1024,
                total: Duration::from_secs(30),
            },
            body_for: Vec::new(),
            max_streams: 64,
            max_head_bytes: 16 * 1024,
            linger: Duration::from_secs(2),
            drain: Duration::from_secs(10),
        }
    }
}

impl Limits {
    /// The limit for a request to `path`.
    pub fn body_limit(&self, path: &str) -> BodyLimit {
        self.body_for
            .iter()
            .filter(|(prefix, _)| {
                let prefix = prefix.trim_end_matches('/');
                path.strip_prefix(prefix)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
            .max_by_key(|(prefix, _)| prefix.len())
            .map_or(self.body, |(_, limit)| *limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_of_whole_segments_wins() {
        let limit = |max_bytes| BodyLimit {
            max_bytes,
            total: Duration::from_secs(1),
        };
        let limits = Limits {
            body: limit(1),
            body_for: vec![
                ("/staff".to_owned(), limit(2)),
                ("/staff/import/".to_owned(), limit(3)),
            ],
            ..Limits::default()
        };
        for (path, expected) in [
            ("/", 1),
            ("/staffing", 1),
            ("/staff", 2),
            ("/staff/x", 2),
            ("/staff/import", 3),
            ("/staff/import/new", 3),
            ("/staff/imports", 2),
        ] {
            assert_eq!(limits.body_limit(path).max_bytes, expected, "{path}");
        }
    }
}
