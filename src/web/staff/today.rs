//! Today: the day in four columns.

use maud::html;

use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::Handled;

/// `GET /staff`
pub fn show(ctx: &Ctx) -> Handled {
    let title = t!(ctx.text, "rail-today");
    let body = html! { h1 { (title) } };
    Ok(Reply::page(layout::staff(
        ctx,
        Rail::Today,
        &title,
        Extra::default(),
        body,
    )))
}
