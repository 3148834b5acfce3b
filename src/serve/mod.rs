//! Listeners, TLS, shutdown, and the control socket.
//!
//! poem routes and answers, but its own server lets a silent client stay for ever and reads
//! bodies of any size. So the accept loop is ours, over hyper, and only the endpoint is poem's:
//!
//! 1. [`Server::run`] accepts. The crowd gives each connection a place, within a cap in all and
//!    one per visitor; when full, the oldest connection without a complete request leaves.
//! 2. The first byte tells TLS from plain HTTP. Plain HTTP never reaches the endpoint: it gets the
//!    authority's certificate, the pages about it, and a redirect to the setting *address*, all
//!    through [`Front`].
//! 3. TLS negotiates HTTP/2 or HTTP/1.1, and that choice is final: a client cannot stay silent in
//!    between, as it could with a server that guesses.
//! 4. Each request becomes a poem request with a counted, timed body; each answer reports whether
//!    the server or the client is to move. A client that leaves its move too long is cut off.
//! 5. When the token is cancelled, the listeners close, running requests finish within
//!    [`Limits::drain`], and the rest is closed. Streams for ever (live boards) hold the token.
//!
//! A reverse proxy that the operator names ([`Proxies`]) is believed about whose request it brings,
//! in HTTP headers or in a PROXY header before the first byte. Nobody else is.
//!
//! The answers that the server gives without the endpoint (408, 413, 500, redirects) carry the
//! same security headers, through [`Front::dress`]. All deadlines and sizes are in [`Limits`].
//!
//! [`authority`] makes the clinic's own certificates, [`acme`] gets public ones (with [`challenge`]
//! for the authority that looks whether a name is ours), [`tls`] serves them and exchanges them
//! while running, and [`keeper`] sees to it that they never end. [`local_name`] tells
//! the network the clinic's name, [`ports`] opens listeners, and [`control`] lets commands ask the
//! running server.

pub mod acme;
pub mod authority;
pub mod challenge;
pub mod control;
pub mod keeper;
pub mod local_name;
pub mod name;
pub mod ports;
pub mod tls;

mod accept;
mod body;
mod connection;
mod crowd;
mod front;
mod limits;
mod proxy;
mod proxy_protocol;
mod pulse;
mod request;

pub use accept::Server;
pub use front::{Front, PlainPage};
pub use limits::{BodyLimit, Limits};
pub use proxy::{Network, Proxies};
