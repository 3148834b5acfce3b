//! The one integration-test crate.

#[cfg(test)]
mod journeys;
#[cfg(test)]
mod serve_limits;
#[cfg(test)]
mod support;
