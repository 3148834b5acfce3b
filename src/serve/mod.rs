//! Listeners, TLS, background jobs and shutdown.
