//! The one integration-test crate.

mod access;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod booking_properties;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod golden_rows;
#[cfg(test)]
mod journeys;
mod outbox;
#[cfg(test)]
mod serve_limits;
#[cfg(test)]
mod support;

#[cfg(test)]
mod import;
