//! One visit, and the way by which the reader came to it: signed in, or by a link from a mail. The
//! same pages serve both. A link has less around them: no name, no reason for the visit, and nothing
//! that leads to another visit.

use maud::{Markup, html};

use crate::app::action_link::{self, Pass};
use crate::app::booking::{self, Detailed};
use crate::domain::appointment::{Appointment, Doer, EventKind, Status};
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout::{self, Extra, Tab};
use crate::web::reply::Reply;
use crate::web::respond::Trouble;
use crate::web::ui::button::{Button, Weight};
use crate::web::ui::icon::Icon;
use crate::web::ui::toast::{Toast, Undo};

/// The pages that a link opens.
const BY_LINK: &str = "/v/";

/// One visit, and the way by which the reader came to it.
pub struct OneVisit {
    /// What the reader may do with it.
    pub pass: Pass,
    /// Where it is: `/visits/{visit}` or `/v/{token}`.
    base: String,
    by_link: bool,
}

impl OneVisit {
    /// The visit of the path.
    pub fn of(ctx: &Ctx) -> Result<Self, Trouble> {
        let by_link = ctx.route.starts_with(BY_LINK);
        let (pass, base) = if by_link {
            let token: String = ctx.param("token")?;
            let pass = action_link::open(&ctx.clinic, &token, ctx.request)?;
            (pass, format!("{BY_LINK}{token}"))
        } else {
            let visit = ctx.param("visit")?;
            (Pass::of(ctx.caller(), visit), super::visit_path(visit, ""))
        };
        Ok(Self {
            pass,
            base,
            by_link,
        })
    }

    /// The visit with what hangs on it, written down as shown.
    pub fn look(&self, ctx: &Ctx) -> Result<Detailed, Trouble> {
        let detailed = self.pass.find(&ctx.clinic)?;
        self.pass
            .note_view(&ctx.clinic, ctx.route, detailed.visit.patient);
        Ok(detailed)
    }

    /// A page of the visit.
    pub fn path(&self, rest: &str) -> String {
        if rest.is_empty() {
            self.base.clone()
        } else {
            format!("{}/{rest}", self.base)
        }
    }

    /// On to the visit, which says what was done.
    pub fn did(&self, what: &str) -> Reply {
        Reply::done(&self.base, what)
    }

    /// The way back from the last change, which outlasts the message about it.
    pub fn take_back(&self, ctx: &Ctx, visit: &Appointment) -> Markup {
        let label = t!(ctx.text, "visit-take-back");
        html! {
            @if booking::can_undo(visit, Doer::Patient, ctx.now) {
                (Button::new(&label, Weight::Quiet)
                    .icon(Icon::Undo2)
                    .post(&self.path("undo"), &ctx.token(), &[]))
            }
        }
    }

    /// A page about the visit.
    pub fn page(&self, ctx: &Ctx, title: &str, extra: Extra<'_>, body: Markup) -> Markup {
        if self.by_link {
            let body = html! { (body) (layout::help(ctx)) };
            layout::plain(ctx, title, extra, body)
        } else {
            layout::patient(ctx, Tab::Visits, title, extra, body)
        }
    }
}

/// What was just done with a visit, and the way back from it while there is one.
pub struct Said {
    words: String,
    undo: Option<(String, String, String)>,
    close: String,
}

impl Said {
    /// From what [`OneVisit::did`] told, as long as it is the last thing that happened to the visit.
    pub fn of(ctx: &Ctx, one: &OneVisit, visit: &Appointment) -> Option<Self> {
        let text = ctx.text;
        let did = ctx.flash.did();
        let when = ctx.when().date_time(visit.start);
        let last = &visit.history.last()?.kind;
        let words = match (did, last) {
            ("booked", EventKind::Booked) => t!(text, "toast-booked", when = when),
            ("booked", EventKind::Requested) => t!(text, "toast-requested", when = when),
            ("moved", EventKind::Moved { .. }) if visit.status == Status::Pending => {
                t!(text, "toast-requested", when = when)
            }
            ("moved", EventKind::Moved { .. }) => t!(text, "toast-moved", when = when),
            ("cancelled", EventKind::Became(Status::Cancelled)) => {
                t!(text, "toast-cancelled", when = when)
            }
            ("confirmed", EventKind::Confirmed) => t!(text, "toast-confirmed"),
            ("undone", EventKind::Undone) => t!(text, "toast-undone"),
            _ => return None,
        };
        let can_undo = booking::can_undo(visit, Doer::Patient, ctx.now);
        let undo = || (t!(text, "toast-undo"), one.path("undo"), ctx.token());
        Some(Self {
            words,
            undo: can_undo.then(undo),
            close: t!(text, "toast-close"),
        })
    }

    /// Whether the visit was booked or asked for just now.
    pub fn just_booked(ctx: &Ctx, visit: &Appointment) -> bool {
        let last = visit.history.last().map(|event| &event.kind);
        ctx.flash.did() == "booked"
            && matches!(last, Some(EventKind::Booked | EventKind::Requested))
    }

    /// As the page shows it.
    pub fn toast(&self) -> Toast<'_> {
        Toast {
            words: html! { (self.words) },
            undo: self.undo.as_ref().map(|(label, action, token)| Undo {
                label,
                action,
                token,
                fields: &[],
            }),
            close: &self.close,
        }
    }
}
