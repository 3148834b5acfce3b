//! From what went wrong to a page. Three kinds of trouble: the answer is no (a sentence for the
//! person), the form is not ours (a sentence too), or the store failed (the operator's business; the
//! person reads a calm page with a number to give on the phone).

use maud::html;
use poem::http::StatusCode;

use super::ctx::Ctx;
use super::layout;
use super::methods::page_of_form;
use super::reply::Reply;
use crate::app::{Failure, Stop};
use crate::domain::password::Weak;
use crate::domain::refusal::{InTheWay, Refused};
use crate::t;

/// What keeps a handler from giving its page.
#[derive(Debug)]
pub enum Trouble {
    /// The answer is no.
    Refused(Refused),
    /// The store failed.
    Failed(Failure),
    /// The request is not one that a page of ours makes.
    BadRequest,
    /// The form's proof is missing or old.
    NotOurs,
    /// Sign in first.
    SignIn,
    /// Another answer altogether.
    Instead(Box<Reply>),
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Stop> for Trouble {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(refused) => Self::Refused(refused),
            Stop::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// What a handler gives.
pub type Handled = Result<Reply, Trouble>;

/// Why the answer is no, in a sentence that says what to do.
pub fn sentence(ctx: &Ctx, refused: &Refused) -> String {
    let text = ctx.text;
    match refused {
        Refused::NotFound => t!(text, "refused-not-found"),
        Refused::SlotTaken => t!(text, "refused-slot-taken"),
        Refused::HoldExpired => t!(text, "refused-hold-expired"),
        Refused::OverlapsOwn => t!(text, "refused-overlaps-own"),
        Refused::TooManyVisits => t!(text, "refused-too-many-visits"),
        Refused::TooLateToMove => t!(text, "refused-too-late-to-move"),
        Refused::VisitNotOpen => t!(text, "refused-visit-not-open"),
        Refused::Overlap(None) => t!(text, "refused-overlap"),
        Refused::Overlap(Some(there)) => overlap(ctx, there),
        Refused::TooLateToUndo => t!(text, "refused-too-late-to-undo"),
        Refused::Changed => t!(text, "refused-changed"),
        Refused::ChartNotActive => t!(text, "refused-chart-not-active"),
        Refused::OneRequestOnly => t!(text, "refused-one-request-only"),
        Refused::LinkDead => t!(text, "refused-link-dead"),
        Refused::Wrong {
            tries_left: Some(left),
        } => {
            t!(text, "refused-wrong-with-tries", left = *left)
        }
        Refused::Wrong { tries_left: None } => t!(text, "refused-wrong"),
        Refused::Shut { until: Some(until) } => {
            t!(text, "refused-shut-until", time = ctx.when().time(*until))
        }
        Refused::Shut { until: None } => t!(text, "refused-shut"),
        Refused::Busy => t!(text, "refused-busy"),
        Refused::NotOpen => t!(text, "refused-not-open"),
        Refused::LastOwner => t!(text, "refused-last-owner"),
        Refused::Duplicate => t!(text, "refused-duplicate"),
        Refused::NoContact => t!(text, "refused-no-contact"),
        Refused::NoBirthDate => t!(text, "refused-no-birth-date"),
        Refused::ProveAgain => t!(text, "refused-prove-again"),
        Refused::WeakPassword(Weak::Short(least)) => {
            t!(text, "refused-password-short", count = *least)
        }
        Refused::WeakPassword(Weak::Long(most)) => {
            t!(text, "refused-password-long", count = *most)
        }
        Refused::WeakPassword(Weak::Common) => t!(text, "refused-password-common"),
        Refused::WeakPassword(Weak::OurWords) => t!(text, "refused-password-our-words"),
    }
}

/// What is in the way, by name and time, and what to do.
fn overlap(ctx: &Ctx, there: &InTheWay) -> String {
    let (text, when) = (ctx.text, ctx.when());
    match there {
        InTheWay::Visit {
            name,
            start,
            end,
            own,
            only_breaks,
            ..
        } => {
            let (name, span) = (name.clone(), when.range(*start, *end));
            match (own, only_breaks) {
                (true, false) => t!(text, "refused-overlap-own", name = name, span = span),
                (_, true) => t!(text, "refused-overlap-break", name = name, span = span),
                (false, false) => t!(text, "refused-overlap-visit", name = name, span = span),
            }
        }
        InTheWay::Block { note, start, end } => {
            let span = when.range(*start, *end);
            if note.is_empty() {
                t!(text, "refused-overlap-block", span = span)
            } else {
                let note = note.clone();
                t!(text, "refused-overlap-block-note", note = note, span = span)
            }
        }
        InTheWay::Hold => t!(text, "refused-overlap-hold"),
    }
}

fn status(refused: &Refused) -> StatusCode {
    match refused {
        Refused::NotFound | Refused::LinkDead => StatusCode::NOT_FOUND,
        Refused::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Refused::Shut { .. } => StatusCode::TOO_MANY_REQUESTS,
        Refused::Wrong { .. } | Refused::WeakPassword(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Refused::SlotTaken
        | Refused::HoldExpired
        | Refused::OverlapsOwn
        | Refused::TooManyVisits
        | Refused::TooLateToMove
        | Refused::VisitNotOpen
        | Refused::Overlap(_)
        | Refused::TooLateToUndo
        | Refused::Changed
        | Refused::ChartNotActive
        | Refused::OneRequestOnly
        | Refused::NotOpen
        | Refused::LastOwner
        | Refused::Duplicate
        | Refused::NoContact
        | Refused::NoBirthDate
        | Refused::ProveAgain => StatusCode::CONFLICT,
    }
}

/// The page for a trouble.
pub fn trouble(ctx: &Ctx, trouble: Trouble) -> Reply {
    let text = ctx.text;
    match trouble {
        Trouble::Instead(reply) => *reply,
        Trouble::SignIn => Reply::see_other(layout::sign_in_path(ctx)),
        Trouble::Refused(Refused::NotFound) => apology(
            ctx,
            &t!(text, "trouble-not-found-title"),
            &t!(text, "refused-not-found"),
            StatusCode::NOT_FOUND,
            false,
        ),
        // The first page would say the same again; the only way on is that of the owner.
        Trouble::Refused(Refused::NotOpen) => {
            let on = layout::STAFF_SIGN_IN.to_owned();
            let on = (on, t!(text, "trouble-staff-door"));
            let title = t!(text, "trouble-not-open-title");
            let what = t!(text, "refused-not-open");
            apology_with(ctx, (&title, &what), StatusCode::CONFLICT, false, &on)
        }
        Trouble::Refused(refused) => {
            if refused == Refused::LinkDead
                && let Some(page) = super::patient::dead_link::page(ctx)
            {
                return page;
            }
            let mut reply = apology(
                ctx,
                &t!(text, "trouble-refused-title"),
                &sentence(ctx, &refused),
                status(&refused),
                false,
            );
            if refused == Refused::Busy {
                reply.set(poem::http::header::RETRY_AFTER, "5");
            }
            reply
        }
        Trouble::BadRequest => apology(
            ctx,
            &t!(text, "trouble-refused-title"),
            &t!(text, "trouble-bad-request"),
            StatusCode::BAD_REQUEST,
            false,
        ),
        Trouble::NotOurs => apology(
            ctx,
            &t!(text, "trouble-stale-title"),
            &t!(text, "trouble-stale"),
            StatusCode::FORBIDDEN,
            false,
        ),
        Trouble::Failed(failure @ (Failure::ReadOnly(_) | Failure::NotSure(_))) => {
            tracing::warn!(request = ctx.request, route = ctx.route, "{failure}");
            let what = if matches!(failure, Failure::ReadOnly(_)) {
                t!(text, "trouble-read-only")
            } else {
                t!(text, "trouble-not-sure")
            };
            let title = t!(text, "trouble-read-only-title");
            let mut reply = apology(ctx, &title, &what, StatusCode::SERVICE_UNAVAILABLE, true);
            reply.set(poem::http::header::RETRY_AFTER, "60");
            reply
        }
        Trouble::Failed(failure) => {
            tracing::error!(request = ctx.request, route = ctx.route, "{failure}");
            apology(
                ctx,
                &t!(text, "trouble-failed-title"),
                &t!(text, "trouble-failed"),
                StatusCode::INTERNAL_SERVER_ERROR,
                true,
            )
        }
    }
}

/// The page for a form that was not read to its end, and for what is no way to call its address.
pub fn unread(ctx: &Ctx, status: StatusCode) -> Reply {
    let text = ctx.text;
    let what = match status {
        StatusCode::PAYLOAD_TOO_LARGE => t!(text, "trouble-too-large"),
        StatusCode::METHOD_NOT_ALLOWED => t!(text, "trouble-wrong-way"),
        _ => t!(text, "trouble-bad-request"),
    };
    let title = t!(text, "trouble-refused-title");
    let back = (page_of_form(ctx), t!(text, "trouble-back"));
    apology_with(ctx, (&title, &what), status, false, &back)
}

/// A calm page: what happened, what to do, whom to call.
fn apology(ctx: &Ctx, title: &str, what: &str, status: StatusCode, code: bool) -> Reply {
    let home = (
        layout::home_path(ctx).to_owned(),
        t!(ctx.text, "trouble-home"),
    );
    apology_with(ctx, (title, what), status, code, &home)
}

/// The same, with a way on other than the first page.
pub(super) fn apology_with(
    ctx: &Ctx,
    (title, what): (&str, &str),
    status: StatusCode,
    code: bool,
    (href, label): &(String, String),
) -> Reply {
    let text = ctx.text;
    let body = html! {
        h1 { (title) }
        p { (what) }
        @if code {
            p.muted { (t!(text, "trouble-code", code = format!("{:x}", ctx.request))) }
        }
        p { a.btn.two href=(href) { (label) } }
        (layout::help(ctx))
    };
    Reply::page(layout::any(ctx, title, body)).with_status(status)
}
