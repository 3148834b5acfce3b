//! The server under friendly and unfriendly clients: every limit cuts, and others are served.

mod answers;
mod floods;
mod house;
mod proxies;
mod shutdown;
