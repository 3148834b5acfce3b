//! For machines that ask whether the clinic is open, and for paths that lead nowhere.

use super::ctx::Ctx;
use super::reply::Reply;
use super::respond::{Handled, Trouble};
use crate::app::{health, status};
use crate::domain::refusal::Refused;
use crate::interop::prometheus;

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

/// `GET /metrics`: figures for a program that watches. It must run on this very machine, or show the
/// token of the health page; for anybody else there is nothing here.
pub fn metrics(ctx: &Ctx) -> Handled {
    let is_here =
        ctx.remote.is_some_and(|ip| ip.to_canonical().is_loopback()) && !ctx.pass.passed_on;
    let shown = ctx.pass.bearer.as_deref();
    if !is_here && !shown.is_some_and(|t| health::is_token(&ctx.clinic, t).unwrap_or(false)) {
        return Err(Trouble::Refused(Refused::NotFound));
    }
    let clinic = &ctx.clinic;
    let figures = status::of(clinic)?;
    let (commits, pages) = (clinic.store.commits(), clinic.pages.counted());
    let text = prometheus::text(&figures, &commits, &pages);
    Ok(Reply::bytes(prometheus::MEDIA_TYPE, text.into_bytes()))
}

/// There is nothing here.
pub fn missing(_: &Ctx) -> Handled {
    Err(Trouble::Refused(Refused::NotFound))
}
