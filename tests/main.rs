//! The one integration-test crate.

#[cfg(test)]
mod access;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod backup;
#[cfg(test)]
mod backup_settings;
#[cfg(test)]
mod backup_targets;
#[cfg(test)]
mod booking_properties;
#[cfg(test)]
mod canaries;
#[cfg(test)]
mod certificates;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod command_line;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod disk_full;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod golden_rows;
#[cfg(test)]
mod headers;
#[cfg(test)]
mod health;
#[cfg(test)]
mod import;
#[cfg(test)]
mod journeys;
#[cfg(test)]
mod live_desk;
#[cfg(test)]
mod local_name;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod packaging;
#[cfg(test)]
mod page_views;
#[cfg(test)]
mod serve_limits;
#[cfg(test)]
mod settings_pages;
#[cfg(test)]
mod support;
#[cfg(test)]
mod systemd;
