//! Other systems' shapes at the edge: FHIR R4, CSV, iCalendar, Apple's profiles,
//! Prometheus.

pub mod apple_profile;
pub mod audit_csv;
pub mod csv_out;
pub mod csv_patients;
pub mod fhir;
pub mod icalendar;
pub mod prometheus;
