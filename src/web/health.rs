//! For machines that ask whether the clinic is open, and for paths that lead nowhere.

use super::ctx::Ctx;
use super::reply::Reply;
use super::respond::{Handled, Trouble};
use crate::domain::refusal::Refused;

/// `GET /healthz`: status, version, schema, and nothing more. It reads the store.
pub fn show(ctx: &Ctx) -> Handled {
    let schema = ctx.clinic.schema()?;
    let body = serde_json::json!({
        "status": if ctx.clinic.read_only().is_none() { "ok" } else { "read-only" },
        "version": env!("CARGO_PKG_VERSION"),
        "schema": schema,
    });
    Ok(Reply::bytes(
        "application/json",
        body.to_string().into_bytes(),
    ))
}

/// There is nothing here.
pub fn missing(_: &Ctx) -> Handled {
    Err(Trouble::Refused(Refused::NotFound))
}
