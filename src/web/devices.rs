//! Where someone is signed in, and the way to sign a device out: the same for patients and for those
//! who work here.

use maud::{Markup, html};

use super::ctx::Ctx;
use super::reply::{Cookie, Reply};
use super::respond::{Handled, Trouble};
use super::ui::button::Button;
use super::ui::row_list::{Row, row_list};
use super::ui::text::theirs;
use crate::app::sessions;
use crate::domain::account::Session;
use crate::domain::id::SessionId;
use crate::t;

/// Every device of the reader, with buttons that go to `action`.
///
/// # Errors
/// When nobody is signed in, or the store fails.
pub fn list(ctx: &Ctx, action: &str) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let here = ctx.known.as_ref().ok_or(Trouble::SignIn)?.session.id;
    let all = sessions::list(&ctx.clinic, &ctx.caller())?;
    let (out, token) = (t!(text, "me-device-out"), ctx.token());
    let rows: Vec<Row<'_>> = all
        .iter()
        .map(|session| {
            let name = name(ctx, session);
            let row = Row::fact(theirs(&name));
            if session.id == here {
                return row.detail(html! { (t!(text, "me-device-here")) });
            }
            let id = session.id.to_string();
            let end = Button::secondary(&out).small().about(&name).post(
                action,
                &token,
                &[("device", &id)],
            );
            let seen = ctx.when().relative_day(session.seen_at, ctx.now);
            row.detail(html! { (t!(text, "me-device-seen", day = seen)) })
                .end(end)
        })
        .collect();
    Ok(html! {
        (row_list(&rows))
        @if all.len() > 1 {
            (Button::secondary(&t!(text, "me-out-everywhere")).post(action, &token, &[]))
        }
    })
}

fn name(ctx: &Ctx, session: &Session) -> String {
    if session.device.is_empty() {
        t!(ctx.text, "me-device-unknown")
    } else {
        session.device.clone()
    }
}

/// Signs the device of the form out, and goes back to its list; without one, signs out everywhere,
/// and goes to the door with the cookie cleared.
///
/// # Errors
/// When the form is not ours, or the device is not the reader's.
pub fn end(ctx: &Ctx, back: &str, door: &str, cleared: &Cookie) -> Handled {
    let form = ctx.only(&["device"])?;
    if form.has("device") {
        let id: SessionId = form.parsed("device").ok_or(Trouble::BadRequest)?;
        sessions::end(&ctx.clinic, &ctx.caller(), id)?;
        return Ok(Reply::see_other(back));
    }
    sessions::end_others(&ctx.clinic, &ctx.caller(), None)?;
    Ok(Reply::see_other(door).with_cookie(cleared))
}
