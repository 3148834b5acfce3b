//! The warning before a screen locks or a device is signed out, and the button that puts the lock
//! off. What was typed stays on the page in any case: the way back in opens in another tab.
//!
//! Without scripts nothing warns; the next click leads to the door.

use crate::app::sessions::Known;
use crate::domain::account::Role;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout::{SIGN_IN, home_path};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::page::{End, SessionEnd};

/// Seconds before the end at which a page warns.
const WARN_S: i64 = 60;

/// What ends next, and in how many seconds the page should warn of it; fewer than none when it should
/// have warned already.
fn next_end(ctx: &Ctx, known: &Known) -> (End, i64) {
    let gone = known.session.expires_at;
    let (end, at) = match known.locks_at(&ctx.clinic) {
        Some(locks) if locks < gone => (End::Locks, locks),
        Some(_) | None => (End::SignsOut, gone),
    };
    (end, at.as_second() - ctx.now.as_second() - WARN_S)
}

/// Everything that a page needs to warn in time.
pub struct Ending {
    end: End,
    after_s: i64,
    path: &'static str,
    way_in: &'static str,
    token: String,
    words: [String; 5],
}

impl Ending {
    /// Of the reader's session; none where nobody is signed in, or the screen is locked already.
    pub fn of(ctx: &Ctx) -> Option<Self> {
        let text = ctx.text;
        let known = ctx.known.as_ref().filter(|k| !k.is_locked)?;
        let (end, after_s) = next_end(ctx, known);
        let patient = known.actor.role == Role::Patient;
        let (path, way_in) = if patient {
            ("/stay", SIGN_IN)
        } else {
            ("/staff/stay", "/staff/lock")
        };
        let again = if patient {
            t!(text, "session-sign-in")
        } else {
            t!(text, "session-unlock")
        };
        Some(Self {
            end,
            after_s,
            path,
            way_in,
            token: ctx.token(),
            words: [
                t!(text, "session-locks"),
                t!(text, "session-signs-out"),
                t!(text, "session-over"),
                t!(text, "session-stay"),
                again,
            ],
        })
    }

    /// As the page carries it.
    pub fn on_page(&self) -> SessionEnd<'_> {
        let [locks, signs_out, over, stay, again] = &self.words;
        SessionEnd {
            end: self.end,
            after_s: self.after_s,
            path: self.path,
            token: &self.token,
            locks,
            signs_out,
            over,
            stay,
            again: (self.way_in, again),
        }
    }
}

/// `GET /stay`, `GET /staff/stay`: what ends next and when to warn of it, for a page that asks by
/// itself. `POST`: the same, after a person said that they are still here.
pub fn tell(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    let known = ctx.known.as_ref().ok_or(Trouble::SignIn)?;
    if !ctx.swap && !ctx.quiet {
        return Ok(Reply::see_other(home_path(ctx)));
    }
    let (end, after_s) = next_end(ctx, known);
    let line = format!("{} {after_s}", end.code());
    Ok(Reply::bytes("text/plain; charset=utf-8", line.into_bytes()))
}
