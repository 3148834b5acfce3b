//! The one integration-test crate.

#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod journeys;
mod outbox;
#[cfg(test)]
mod serve_limits;
#[cfg(test)]
mod support;

#[cfg(test)]
mod import;
