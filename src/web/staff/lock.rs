//! The locked screen. The password opens it; page and drafts stay.

use maud::html;

use crate::app::sessions::{self, Known};
use crate::app::staff_access;
use crate::t;
use crate::web::cookies;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::question::{Question, refusal, wrong};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::Button;
use crate::web::ui::field::{Field, Kind};

/// Where a locked screen leads, and back from there to a page.
pub fn path(from: &str) -> String {
    let from = percent_encoding::utf8_percent_encode(from, percent_encoding::NON_ALPHANUMERIC);
    format!("/staff/lock?to={from}")
}

fn known(ctx: &Ctx) -> Result<&Known, Trouble> {
    ctx.known.as_ref().ok_or(Trouble::SignIn)
}

/// Whether a button takes the place of the password: for the people of the demonstration, who have
/// none.
fn has_no_password(ctx: &Ctx) -> bool {
    ctx.demo
        && ctx
            .known
            .as_ref()
            .is_some_and(|k| k.login.password.is_none())
}

/// The page to go back to: one of ours, or the day.
fn way_back(wanted: &str) -> &str {
    let ours = wanted == "/staff" || wanted.starts_with("/staff/") || wanted.starts_with("/setup/");
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_".contains(c);
    if ours && wanted.chars().all(plain) {
        wanted
    } else {
        "/staff"
    }
}

/// `GET /staff/lock`: the password, or the button that locks.
pub fn show(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    // With a page to go on to, the password is asked for again as a fresh proof.
    if known(ctx)?.is_locked || ctx.query.has("to") {
        return Ok(view(ctx, ctx.query.get("to"), &Problems::default()));
    }
    let title = t!(text, "lock-title");
    let body = html! {
        h1 { (title) }
        (Button::primary(&t!(text, "lock-now")).post("/staff/lock", &ctx.token(), &[]))
        p { a href="/staff" { (t!(text, "lock-not")) } }
    };
    let extra = crate::web::layout::Extra::default();
    Ok(Reply::page(crate::web::layout::plain(
        ctx, &title, extra, body,
    )))
}

/// `POST /staff/lock`
pub fn lock(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    sessions::lock(&ctx.clinic, &ctx.caller(), known(ctx)?.session.id)?;
    Ok(Reply::see_other("/staff/lock"))
}

/// `POST /staff/lock/password`
pub fn unlock(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["to", "email", "password"])?;
    let to = way_back(form.get("to"));
    let password = form.find("password").unwrap_or("");
    let answer = if has_no_password(ctx) {
        staff_access::unlock_demo(&ctx.clinic, ctx.request, known(ctx)?)
    } else {
        staff_access::unlock(&ctx.clinic, &ctx.at_the_door(), known(ctx)?, password)
    };
    match answer {
        Ok(()) => Ok(Reply::see_other(to)),
        Err(stop) => Ok(view(ctx, to, &refusal(ctx, "password", stop)?)),
    }
}

fn view(ctx: &Ctx, to: &str, problems: &Problems) -> Reply {
    let text = ctx.text;
    let prefix = t!(text, "page-error-prefix");
    let name = ctx.known.as_ref().map_or("", |k| k.actor.name.as_str());
    let locked = ctx.known.as_ref().is_some_and(|k| k.is_locked);
    let bare = has_no_password(ctx);
    let title = if locked {
        t!(text, "unlock-title")
    } else {
        t!(text, "unlock-again-title")
    };
    Question {
        title: &title,
        headed: false,
        lead: html! {
            p {
                @if bare { (t!(text, "unlock-demo", name = name.to_owned())) }
                @else { (t!(text, "unlock-lead", name = name.to_owned())) }
            }
        },
        action: "/staff/lock/password",
        fields: html! {
            (crate::web::ui::form::hidden("to", way_back(to)))
            @if !bare {
                (Field::new("password", &t!(text, "staff-sign-in-password"))
                    .kind(Kind::Password)
                    .autocomplete("current-password")
                    .wrong(wrong(problems, "password", &prefix))
                    .show())
            }
        },
        button: &t!(text, "unlock-go"),
        below: html! {
            (Button::secondary(&t!(text, "staff-sign-out"))
                .post("/staff/sign-out", &ctx.token(), &[]))
        },
        back: None,
    }
    .show(ctx, problems)
}

/// `POST /staff/sign-out`
pub fn sign_out(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    sessions::end(&ctx.clinic, &ctx.caller(), known(ctx)?.session.id)?;
    let cleared = cookies::clear(cookies::STAFF);
    let mut reply = Reply::see_other("/staff/sign-in").with_cookie(&cleared);
    reply.set(
        poem::http::HeaderName::from_static("clear-site-data"),
        "\"cache\", \"storage\"",
    );
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_leads_to_pages_of_ours_only() {
        for ours in ["/staff/calendar", "/setup/recovery-sheet"] {
            assert_eq!(way_back(ours), ours);
        }
        for bad in [
            "",
            "//x.org",
            "https://x.org",
            "/staffx",
            "/staff/../x",
            "/staff\r\nX: y",
        ] {
            assert_eq!(way_back(bad), "/staff", "{bad}");
        }
    }
}
