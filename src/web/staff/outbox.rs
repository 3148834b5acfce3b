//! The outbox: every message that leaves the building, where it stands, what the server said.

use maud::{Markup, html};

use super::newer::Newer;
use crate::app::Answer;
use crate::app::outbox::{self, Counts, Filter, Page};
use crate::domain::id::NoticeId;
use crate::domain::notice::{Notice, NoticeKind, NoticeState};
use crate::domain::policy::Permission;
use crate::outbox::render;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble, sentence};
use crate::web::ui::banner::banner;
use crate::web::ui::button::{Button, back_link};
use crate::web::ui::empty::empty;
use crate::web::ui::icon::Icon;
use crate::web::ui::page::Script;
use crate::web::ui::summary_list::{Answer as Fact, summary_list};
use crate::web::ui::table::{Column, Table};
use crate::web::ui::tag::{Chip, Tone, chips, tag};
use crate::web::ui::text::{theirs, time};
use crate::web::ui::toast::Toast;

/// The path of the page.
const PATH: &str = "/staff/outbox";
/// Messages on a page.
const PER_PAGE: usize = 50;

/// `GET /staff/outbox`
pub fn show(ctx: &Ctx) -> Handled {
    page(ctx, None)
}

fn asked(ctx: &Ctx) -> Filter {
    let show = ctx.query.get("show");
    Filter {
        state: NoticeState::from_code(show),
        kind: None,
        patient: ctx.query.parsed("patient"),
        needs_a_look: show == "look",
    }
}

fn page(ctx: &Ctx, refused: Option<&str>) -> Handled {
    let text = ctx.text;
    let caller = ctx.caller();
    let before = ctx.query.parsed("before");
    let filter = asked(ctx);
    let counts = outbox::counts(&ctx.clinic, &caller)?;
    let found = outbox::list(&ctx.clinic, &caller, filter, before, PER_PAGE)?;
    ctx.saw(found.notices.iter().filter_map(|n| n.patient));
    let title = t!(text, "rail-outbox");
    let close = t!(text, "toast-close");
    let pager = Newer {
        path: PATH,
        is_later: before.is_some(),
        next: found.next.map(|next| next.to_string()),
        here: t!(text, "outbox-here", count = found.notices.len()),
        region: "messages",
    };
    let toast = match ctx.flash.did() {
        "sent" => Some(t!(text, "outbox-did-send")),
        "stopped" => Some(t!(text, "outbox-did-stop")),
        "retried" => Some(t!(text, "outbox-did-retry")),
        _ => None,
    };
    let body = html! {
        h1 { (title) }
        @if let Some(refused) = refused { (banner(Tone::Warn, &t!(text, "trouble-refused-title"), &html! { p { (refused) } })) }
        (standing(ctx, &counts))
        (filters(ctx))
        div.stack id="messages" {
            @if found.notices.is_empty() {
                (empty(Icon::Mail, &t!(text, "outbox-none-title"), &t!(text, "outbox-none"), &html! {}))
            } @else {
                (table(ctx, &found))
                (pager.show(ctx))
            }
        }
    };
    let extra = Extra {
        scripts: &[Script("countdown.js")],
        toast: toast.map(|words| Toast {
            words: html! { (words) },
            undo: None,
            close: &close,
        }),
        ..Extra::default()
    };
    Ok(Reply::page(layout::staff(
        ctx,
        Rail::Outbox,
        &title,
        extra,
        body,
    )))
}

/// What someone should know before the list.
fn standing(ctx: &Ctx, counts: &Counts) -> Markup {
    let (text, when) = (ctx.text, ctx.when());
    let no_server = ctx.current.settings.mail.is_none();
    html! {
        @if counts.need_a_look > 0 {
            (banner(Tone::Bad, &t!(text, "outbox-look-title", count = counts.need_a_look), &html! {
                p { a href=(format!("{PATH}?show=look")) { (t!(text, "outbox-look-show")) } }
            }))
        }
        @if no_server {
            (banner(Tone::Info, &t!(text, "outbox-no-server-title"), &html! {
                p {
                    (t!(text, "outbox-no-server"))
                    @if ctx.may(Permission::ManageSettings) {
                        " " a href="/staff/settings/mail" { (t!(text, "mailserver-title")) }
                    }
                }
            }))
        } @else if let Some((since, reply)) = &counts.waiting_since {
            (banner(Tone::Warn, &t!(text, "outbox-late-title", count = counts.late, time = when.date_time_short(*since)), &html! {
                @if !reply.is_empty() { p.anywhere { (t!(text, "mailserver-says")) " " (theirs(reply)) } }
            }))
        }
    }
}

fn filters(ctx: &Ctx) -> Markup {
    let text = ctx.text;
    let show = ctx.query.get("show");
    let all = [
        ("", t!(text, "outbox-filter-all")),
        ("look", t!(text, "outbox-filter-look")),
        ("held", t!(text, "outbox-state-held")),
        ("queued", t!(text, "outbox-state-queued")),
        ("accepted", t!(text, "outbox-state-accepted")),
        ("stopped", t!(text, "outbox-state-stopped")),
        ("suppressed", t!(text, "outbox-state-suppressed")),
        ("by-hand", t!(text, "outbox-state-by-hand")),
    ];
    let entries: Vec<(String, &str, bool)> = all
        .iter()
        .map(|(code, label)| {
            let href = if code.is_empty() {
                PATH.to_owned()
            } else {
                format!("{PATH}?show={code}")
            };
            (href, label.as_str(), show == *code)
        })
        .collect();
    let list: Vec<Chip<'_>> = entries
        .iter()
        .map(|(href, label, current)| Chip {
            href,
            label,
            hue: None,
            current: *current,
        })
        .collect();
    chips(&t!(text, "outbox-filter"), None, &list)
}

fn table(ctx: &Ctx, found: &Page) -> Markup {
    let text = ctx.text;
    let heads = [
        t!(text, "outbox-head-what"),
        t!(text, "outbox-head-state"),
        t!(text, "outbox-head-do"),
        t!(text, "outbox-head-when"),
    ];
    let columns = heads.each_ref().map(|head| Column::words(head));
    let token = ctx.token();
    let rows: Vec<Vec<Markup>> = found
        .notices
        .iter()
        .map(|notice| row(ctx, notice, &token))
        .collect();
    Table {
        id: "outbox-list",
        caption: &t!(text, "rail-outbox"),
        caption_unseen: true,
        columns: &columns,
        rows: &rows,
        sums: None,
    }
    .show()
}

fn row(ctx: &Ctx, notice: &Notice, token: &str) -> Vec<Markup> {
    let when = ctx.when();
    let kind = kind_in_words(ctx, notice.kind);
    // What can be done stands before the time, so that a phone shows it without moving sideways.
    vec![
        html! {
            a href=(format!("{PATH}/{}", notice.id)) { (kind) }
            small.anywhere { (theirs(&notice.to)) }
        },
        state(ctx, notice),
        what_to_do(ctx, notice, token),
        time(
            &when.attribute(notice.changed_at),
            &when.date_time_short(notice.changed_at),
        ),
    ]
}

fn state(ctx: &Ctx, notice: &Notice) -> Markup {
    let (text, when) = (ctx.text, ctx.when());
    let (words, tone) = match notice.state {
        NoticeState::Held => (t!(text, "outbox-state-held"), Tone::Info),
        NoticeState::Queued => (t!(text, "outbox-state-queued"), Tone::Info),
        NoticeState::Sending => (t!(text, "outbox-state-sending"), Tone::Info),
        NoticeState::Accepted => (t!(text, "outbox-state-accepted"), Tone::Ok),
        NoticeState::Refused => (t!(text, "outbox-state-refused"), Tone::Bad),
        NoticeState::Uncertain => (t!(text, "outbox-state-uncertain"), Tone::Warn),
        NoticeState::Stopped => (t!(text, "outbox-state-stopped"), Tone::Neutral),
        NoticeState::Suppressed => (t!(text, "outbox-state-suppressed"), Tone::Neutral),
        NoticeState::ByHand => (t!(text, "outbox-state-by-hand"), Tone::Ok),
    };
    let left = notice.next_at.as_second() - ctx.now.as_second();
    html! {
        (tag(&words, tone))
        @if notice.state.is_waiting() && left > 0 {
            p.small {
                @if left < 600 {
                    span data-countdown=(left) data-over=(t!(text, "outbox-sends-soon")) {
                        (t!(text, "outbox-sends-in", left = format!("{}:{:02}", left / 60, left % 60)))
                    }
                }
                @else { (t!(text, "outbox-sends-at", time = when.date_time_short(notice.next_at))) }
            }
        }
        @if notice.attempts > 0 { p.small { (t!(text, "outbox-tries", count = notice.attempts)) } }
        @if !notice.reply.is_empty() { p.small.anywhere { (t!(text, "mailserver-says")) " " (theirs(&notice.reply)) } }
    }
}

fn what_to_do(ctx: &Ctx, notice: &Notice, token: &str) -> Markup {
    let text = ctx.text;
    let is_open = notice.state.is_waiting() || notice.state.needs_a_look();
    if !is_open || !ctx.may(Permission::ManageOutbox) {
        return html! {};
    }
    let (send, stop, retry, twice) = (
        t!(text, "outbox-send-now"),
        t!(text, "outbox-stop"),
        t!(text, "outbox-retry"),
        t!(text, "outbox-retry-twice"),
    );
    let act = |label: &str, what: &str, fields: &[(&str, &str)]| {
        Button::secondary(label).about(&notice.to).small().post(
            &format!("{PATH}/{}/{what}", notice.id),
            token,
            fields,
        )
    };
    html! {
        div.row-flex {
            @if notice.state.is_waiting() {
                (act(&send, "sending", &[]))
                (act(&stop, "stop", &[]))
            } @else if notice.state == NoticeState::Refused {
                (act(&retry, "retry", &[]))
            } @else if notice.state == NoticeState::Uncertain {
                p.small { (t!(text, "outbox-uncertain")) }
                (act(&twice, "retry", &[("twice", "yes")]))
            }
        }
    }
}

/// What a message is about, in words.
pub fn kind_in_words(ctx: &Ctx, kind: NoticeKind) -> String {
    let text = ctx.text;
    match kind {
        NoticeKind::Invitation => t!(text, "outbox-kind-invitation"),
        NoticeKind::SignIn => t!(text, "outbox-kind-sign-in"),
        NoticeKind::Booked => t!(text, "outbox-kind-booked"),
        NoticeKind::Requested => t!(text, "outbox-kind-requested"),
        NoticeKind::Declined => t!(text, "outbox-kind-declined"),
        NoticeKind::Moved => t!(text, "outbox-kind-moved"),
        NoticeKind::Cancelled => t!(text, "outbox-kind-cancelled"),
        NoticeKind::Reminder7 => t!(text, "outbox-kind-week"),
        NoticeKind::Reminder2 => t!(text, "outbox-kind-days"),
        NoticeKind::ConfirmContact => t!(text, "outbox-kind-confirm-contact"),
        NoticeKind::ContactChanged => t!(text, "outbox-kind-contact-changed"),
        NoticeKind::StaffInvitation => t!(text, "outbox-kind-staff-invitation"),
        NoticeKind::Welcome => t!(text, "outbox-kind-welcome"),
        NoticeKind::TurnedAway => t!(text, "outbox-kind-turned-away"),
    }
}

/// What stands in place of a secret.
const MASK: &str = "••••••";

/// `GET /staff/outbox/{notice}`: what a message says. Its link and code are shown in the
/// demonstration alone.
pub fn letter(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let id: NoticeId = ctx.param("notice")?;
    let mask = (!ctx.demo).then_some(MASK);
    let material = outbox::material(&ctx.clinic, &ctx.caller(), id, mask)?;
    let notice = &material.notice;
    let patient = material.patient.as_ref();
    ctx.saw(patient.map(|p| p.id));
    let letter = render::letter(&material);
    let title = kind_in_words(ctx, notice.kind);
    let about = html! {
        @if let Some(patient) = patient {
            a href=(format!("/staff/patients/{}", patient.id)) { (theirs(&patient.name().full())) } " "
        }
        span.anywhere { (theirs(&notice.to)) }
    };
    let has_secret = notice.token.is_some() || notice.code.is_some();
    let body = html! {
        (back_link(PATH, &t!(text, "outbox-letter-back")))
        h1 { (title) }
        div { (state(ctx, notice)) }
        (summary_list(&[
            Fact::fixed(&t!(text, "outbox-letter-to"), about),
            Fact::fixed(&t!(text, "outbox-letter-subject"), html! { span lang=(letter.lang) { (theirs(&letter.subject)) } }),
        ]))
        @if has_secret {
            p.hint { @if ctx.demo { (t!(text, "outbox-letter-demo")) } @else { (t!(text, "outbox-letter-shown")) } }
        }
        section.stack aria-label=(t!(text, "outbox-letter-what")) {
            p.panel.pre.anywhere lang=(letter.lang) dir=(letter.dir) { (render::plain(&letter).trim_end()) }
        }
    };
    Ok(Reply::page(layout::staff(
        ctx,
        Rail::Outbox,
        &title,
        Extra::default(),
        body,
    )))
}

fn after(ctx: &Ctx, did: &str, answer: Answer<Notice>) -> Handled {
    match answer.map_err(Trouble::from) {
        Ok(_) => Ok(Reply::done(PATH, did)),
        // It went on meanwhile: the list shows how it stands now.
        Err(Trouble::Refused(refused)) if refused != crate::domain::refusal::Refused::NotFound => {
            let reply = page(ctx, Some(&sentence(ctx, &refused)))?;
            Ok(reply.with_status(poem::http::StatusCode::CONFLICT))
        }
        Err(other) => Err(other),
    }
}

/// `POST /staff/outbox/{notice}/sending`
pub fn send_now(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    let id: NoticeId = ctx.param("notice")?;
    let answer = outbox::send_now(&ctx.clinic, &ctx.caller(), id);
    after(ctx, "sent", answer)
}

/// `POST /staff/outbox/{notice}/stop`
pub fn stop(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    let id: NoticeId = ctx.param("notice")?;
    let answer = outbox::stop(&ctx.clinic, &ctx.caller(), id);
    after(ctx, "stopped", answer)
}

/// `POST /staff/outbox/{notice}/retry`
pub fn retry(ctx: &Ctx) -> Handled {
    let twice = ctx.only(&["twice"])?.get("twice") == "yes";
    let id: NoticeId = ctx.param("notice")?;
    let answer = outbox::retry(&ctx.clinic, &ctx.caller(), id, twice);
    after(ctx, "retried", answer)
}
