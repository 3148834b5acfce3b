//! A message about a visit that staff deliver themselves: copied as text, or from a phone. Many
//! patients have a phone and no e-mail. The link in it is drawn when it is asked for and kept
//! nowhere, so the page answers the click itself, and the message is written down with it.

use maud::{Markup, html};

use super::outbox::kind_in_words;
use crate::app::desk::{self, Seen};
use crate::app::outbox::{self, ByHand, Material};
use crate::domain::id::{AppointmentId, NoticeId};
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::outbox::render;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, actions, back_link};
use crate::web::ui::field::Field;
use crate::web::ui::icon::Icon;
use crate::web::ui::page::Script;

/// What can be told about a visit, with its buttons: the messages that wait or failed, else how the
/// visit stands.
pub fn offers(ctx: &Ctx, seen: &Seen) -> Markup {
    let visit = &seen.detailed.visit;
    if !ctx.may(Permission::ManageOutbox) || !seen.patient.can_be_reached() {
        return html! {};
    }
    let open = |n: &&crate::domain::notice::Notice| {
        n.kind.is_about_a_visit() && (n.state.is_waiting() || n.state.needs_a_look())
    };
    let mut entries: Vec<(String, String)> = seen
        .notices
        .iter()
        .filter(open)
        .map(|n| {
            (
                kind_in_words(ctx, n.kind),
                format!("/staff/outbox/{}/by-hand", n.id),
            )
        })
        .collect();
    if entries.is_empty()
        && let Some(kind) = outbox::to_tell(visit, &seen.notices, ctx.now)
    {
        let action = format!("/staff/visits/{}/by-hand", visit.id);
        entries.push((kind_in_words(ctx, kind), action));
    }
    let text = ctx.text;
    let (copy, sms) = (t!(text, "invite-copy"), t!(text, "invite-sms"));
    let token = ctx.token();
    html! {
        @for (kind, action) in &entries {
            p.muted { (t!(text, "by-hand-offer", what = kind.as_str())) }
            div.row-flex {
                @if seen.patient.phone().is_some() {
                    (Button::secondary(&sms).about(kind).icon(Icon::Smartphone).small()
                        .post(action, &token, &[("how", ByHand::Sms.code())]))
                }
                (Button::secondary(&copy).about(kind).small()
                    .post(action, &token, &[("how", ByHand::Copied.code())]))
            }
        }
    }
}

fn how(ctx: &Ctx) -> Result<ByHand, Trouble> {
    let how = ByHand::from_code(ctx.only(&["how"])?.get("how"));
    how.ok_or(Trouble::BadRequest)
}

/// `POST /staff/outbox/{notice}/by-hand`: a message that waits or failed.
pub fn instead(ctx: &Ctx) -> Handled {
    let how = how(ctx)?;
    let id: NoticeId = ctx.param("notice")?;
    let material = outbox::record_by_hand(&ctx.clinic, &ctx.caller(), id, how)?;
    shown(ctx, &material)
}

/// `POST /staff/visits/{visit}/by-hand`: how the visit stands, where no message waits.
pub fn tell(ctx: &Ctx) -> Handled {
    let how = how(ctx)?;
    let id: AppointmentId = ctx.param("visit")?;
    let seen = desk::visit(&ctx.clinic, &ctx.caller(), id)?;
    let kind = outbox::to_tell(&seen.detailed.visit, &seen.notices, ctx.now);
    let kind = kind.ok_or(Refused::Changed)?;
    let material = outbox::write_by_hand(&ctx.clinic, &ctx.caller(), id, kind, how)?;
    shown(ctx, &material)
}

/// The words, ready to be sent.
fn shown(ctx: &Ctx, material: &Material) -> Handled {
    let text = ctx.text;
    let (Some(visit), Some(patient)) = (&material.visit, &material.patient) else {
        return Err(Refused::NotFound.into());
    };
    ctx.saw([patient.id]);
    let title = t!(text, "by-hand-title", name = patient.name().full());
    let (copy, open) = (t!(text, "invite-copy"), t!(text, "invite-sms"));
    let words = render::short(material);
    let body = html! {
        (back_link(&super::visit::path(visit.id, None), &t!(text, "by-hand-back")))
        div.stack.narrow {
            h1 { (title) }
            (Field::new("words", &t!(text, "invite-words")).value(&words).lines(4).autocomplete("off").show())
            (actions(&html! {
                @if let Some(number) = patient.phone() {
                    (Button::primary(&open).icon(Icon::Smartphone).link(&render::sms(number, &words)))
                }
                button.btn.two type="button" data-copy="words" hidden { span { (copy) } }
            }))
            p.muted { (t!(text, "by-hand-recorded")) }
        }
    };
    let extra = Extra {
        scripts: &[Script("copy.js")],
        ..Extra::default()
    };
    let mut reply = Reply::page(layout::staff(ctx, Rail::None, &title, extra, body));
    // It shows a secret once.
    reply.compress = false;
    Ok(reply)
}
