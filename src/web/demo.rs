//! Ready sign-in links of the demonstration clinic: one button, nothing else to prove. Anywhere
//! else there are no such links.

use maud::html;

use crate::app::people;
use crate::domain::account::Role;
use crate::domain::refusal::Refused;
use crate::t;
use crate::web::cookies;
use crate::web::ctx::Ctx;
use crate::web::layout::{self, Extra};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::Button;

/// `GET /demo/{token}`
pub fn show(ctx: &Ctx) -> Handled {
    let token: String = ctx.param("token")?;
    let login = people::demo_person(&ctx.clinic, &token)?;
    let text = ctx.text;
    let title = t!(text, "demo-title", name = login.name.clone());
    let enter = t!(text, "demo-enter");
    let body = html! {
        h1 { (title) }
        p { (t!(text, "demo-role")) }
        (Button::primary(&enter).post(&format!("/demo/{token}"), &ctx.token(), &[]))
    };
    Ok(Reply::page(layout::plain(
        ctx,
        &title,
        Extra::default(),
        body,
    )))
}

/// `POST /demo/{token}`
pub fn enter(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    let token: String = ctx.param("token")?;
    if !ctx.demo {
        return Err(Trouble::Refused(Refused::NotFound));
    }
    let new = people::demo_sign_in(&ctx.clinic, &ctx.at_the_door(), &token)?;
    Ok(if new.login.role == Role::Patient {
        Reply::see_other("/").with_cookie(&cookies::patient(&new.token))
    } else {
        Reply::see_other("/staff").with_cookie(&cookies::staff(&new.token))
    })
}
