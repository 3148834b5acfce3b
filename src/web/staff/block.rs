//! Time that is not for visits: block it, and free it again.

use maud::html;

use super::back::Back;
use super::calendar;
use super::sheet::{self, Sheet};
use crate::app::blocks::{self, NewBlock};
use crate::app::desk_booking;
use crate::domain::id::BlockId;
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Fields;
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, back_link};
use crate::web::ui::field::{Field, Kind, Width};
use crate::web::ui::form::Form;
use crate::web::ui::text::theirs;

fn back(fields: &Fields) -> Back {
    Back::of(fields).unwrap_or_else(|| Back::to(calendar::PATH))
}

/// `GET /staff/blocks/new`
pub fn new(ctx: &Ctx) -> Handled {
    let (query, today) = (&ctx.query, ctx.today().to_string());
    let date = match query.get("date") {
        "" => today.as_str(),
        date => date,
    };
    let choices = desk_booking::choices(&ctx.clinic, &ctx.caller())?;
    let first = choices.practitioners.first().map(|p| p.id);
    let with = query.parsed("with").or(first);
    let with = with.map(|id| id.to_string()).unwrap_or_default();
    let sheet = Sheet::proposed(&[
        ("date", date),
        ("time", "12:00"),
        ("until", "13:00"),
        ("with", &with),
        ("back", query.get("back")),
    ]);
    page(ctx, &sheet).map(Reply::page)
}

fn page(ctx: &Ctx, sheet: &Sheet) -> Result<maud::Markup, Trouble> {
    let text = ctx.text;
    let title = t!(text, "block-title");
    let who = desk_booking::choices(&ctx.clinic, &ctx.caller())?.practitioners;
    let (token, prefix) = (ctx.token(), t!(text, "page-error-prefix"));
    let back = back(&sheet.fields);
    let body = html! {
        (back_link(back.path(), &t!(text, "staff-visit-back")))
        (sheet.summary(ctx))
        h1 { (title) }
        p.muted { (t!(text, "block-hint")) }
        (Form::new("/staff/blocks", &token).show(&html! {
            (back.field())
            div.grid-form {
                (sheet::with_field(ctx, sheet, &who))
                (sheet::when_fields(ctx, sheet))
                (Field::new("until", &t!(text, "block-until"))
                    .kind(Kind::Time).width(Width::Ten)
                    .value(sheet.fields.get("until"))
                    .wrong(sheet.wrong(&prefix, "until"))
                    .show())
            }
            (Field::new("note", &t!(text, "block-note"))
                .hint(&t!(text, "block-note-hint"))
                .value(sheet.fields.get("note"))
                .wrong(sheet.wrong(&prefix, "note"))
                .show())
            (Button::primary(&t!(text, "block-now")).submit())
        }))
    };
    let extra = Extra {
        has_problems: !sheet.problems.is_empty(),
        ..Extra::default()
    };
    Ok(layout::staff(ctx, Rail::Calendar, &title, extra, body))
}

/// `POST /staff/blocks`
pub fn submit(ctx: &Ctx) -> Handled {
    let sent = ctx.only(&["date", "time", "until", "with", "note", "back"])?;
    let mut sheet = Sheet::sent(sent);
    let start = sheet.instant(ctx, None);
    let end = sheet.instant_of(ctx, ("date", "until"), None);
    let note = sheet.note(ctx, "note");
    if let (Some(start), Some(end)) = (start, end) {
        if end <= start {
            let sentence = t!(ctx.text, "block-error-until");
            sheet.problems.add("until", sentence);
        } else if sheet.problems.is_empty() {
            let new = NewBlock {
                practitioner: sent.parsed("with").ok_or(Refused::NotFound)?,
                start,
                end,
                note,
            };
            let block = blocks::block(&ctx.clinic, &ctx.caller(), new)?;
            return Ok(back(sent).done("blocked", block.id));
        }
    }
    page(ctx, &sheet).map(Reply::problems)
}

/// `GET /staff/blocks/{block}`
pub fn show(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let id: BlockId = ctx.param("block")?;
    let (block, whose) = blocks::find(&ctx.clinic, &ctx.caller(), id)?;
    let title = t!(text, "calendar-blocked");
    let back = back(&ctx.query);
    let body = html! {
        (back_link(back.path(), &t!(text, "staff-visit-back")))
        h1 { (title) }
        p { (theirs(&whose.called())) br; (ctx.when().date_range(block.start, block.end)) }
        @if !block.note.is_empty() { p dir="auto" { (block.note) } }
        @if ctx.may(Permission::ManageVisits) {
            (Button::primary(&t!(text, "block-free")).post(
                &format!("/staff/blocks/{id}/removal"),
                &ctx.token(),
                &[("back", back.path())],
            ))
        }
    };
    let extra = Extra::default();
    Ok(Reply::page(layout::staff(
        ctx,
        Rail::Calendar,
        &title,
        extra,
        body,
    )))
}

/// `POST /staff/blocks/{block}/removal`
pub fn free(ctx: &Ctx) -> Handled {
    let id: BlockId = ctx.param("block")?;
    let sent = ctx.only(&["back"])?;
    let back = back(sent);
    Ok(match blocks::unblock(&ctx.clinic, &ctx.caller(), id)? {
        Some(freed) => {
            let (start, end) = (freed.start.as_second(), freed.end.as_second());
            back.done("unblocked", format_args!("{start}-{end}"))
        }
        None => Reply::see_other(back.path()),
    })
}
