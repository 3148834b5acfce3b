//! The one integration-test crate.

#[cfg(test)]
mod access;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod booking_properties;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod golden_rows;
#[cfg(test)]
mod import;
#[cfg(test)]
mod journeys;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod serve_limits;
#[cfg(test)]
mod support;
