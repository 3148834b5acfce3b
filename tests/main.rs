//! The one integration-test crate.

#[cfg(test)]
mod serve_limits;

#[cfg(test)]
mod import;
