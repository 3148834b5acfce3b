//! The one integration-test crate.

#[cfg(test)]
mod outbox;
#[cfg(test)]
mod serve_limits;
