//! Patients: a list that follows while one types, with filters, and lists to take out.

use form_urlencoded::Serializer;
use maud::{Markup, html};

use super::person::{born, contact, day, name_link, portal_tag};
use crate::app::Failure;
use crate::app::charts::{self, Asked, Filter, Listed, Listing};
use crate::app::exporting;
use crate::domain::policy::Permission;
use crate::interop::csv_out;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, actions};
use crate::web::ui::empty::empty;
use crate::web::ui::field::Field;
use crate::web::ui::form::{hidden, search_form};
use crate::web::ui::icon::Icon;
use crate::web::ui::nav::sub_tabs;
use crate::web::ui::pager::Pager;
use crate::web::ui::table::{Column, Table};

/// The path of the list.
pub const LIST: &str = "/staff/patients";
/// The region that follows while one types.
const REGION: &str = "found";

/// `GET /staff/patients`
pub fn show(ctx: &Ctx) -> Handled {
    let asked = Asked {
        typed: ctx.query.get("q").chars().take(100).collect(),
        filter: Filter::from_code(ctx.query.get("filter")),
        after: ctx.query.parsed("after"),
    };
    let listing = charts::list(&ctx.clinic, &ctx.caller(), ctx.text, &asked)?;
    ctx.saw(listing.rows.iter().map(|r| r.patient.id));
    let mut reply = Reply::page(view(ctx, &asked, &listing));
    // A page that echoes what was typed is not compressed.
    reply.compress = asked.typed.is_empty();
    Ok(reply)
}

fn view(ctx: &Ctx, asked: &Asked, listing: &Listing) -> Markup {
    let text = ctx.text;
    let title = t!(text, "patients-title");
    let new = t!(text, "patients-new");
    let body = html! {
        div.bar {
            h1 { (title) }
            @if ctx.may(Permission::ManagePatients) {
                (Button::primary(&new).icon(Icon::UserPlus).link(&new_path(&asked.typed)))
            }
        }
        (filters(ctx, asked))
        (finder(ctx, asked))
        div.stack id=(REGION) { (found(ctx, asked, listing)) }
        @if ctx.may(Permission::Export) { (exports(ctx)) }
    };
    layout::staff(ctx, Rail::Patients, &title, Extra::default(), body)
}

/// The form for a new patient, with the name that was searched for.
fn new_path(typed: &str) -> String {
    let has_digits = typed.chars().any(|c| c.is_ascii_digit());
    if typed.is_empty() || has_digits {
        return format!("{LIST}/new");
    }
    let query = Serializer::new(String::new())
        .append_pair("name", typed)
        .finish();
    format!("{LIST}/new?{query}")
}

fn list_path(typed: &str, filter: Filter, after: Option<&Listed>) -> String {
    let mut query = Serializer::new(String::new());
    if !typed.is_empty() {
        query.append_pair("q", typed);
    }
    if filter != Filter::All {
        query.append_pair("filter", filter.code());
    }
    if let Some(last) = after {
        query.append_pair("after", &last.patient.id.to_string());
    }
    let query = query.finish();
    if query.is_empty() {
        LIST.to_owned()
    } else {
        format!("{LIST}?{query}")
    }
}

fn filters(ctx: &Ctx, asked: &Asked) -> Markup {
    let text = ctx.text;
    let sections: Vec<(String, String, bool)> = Filter::ALL
        .into_iter()
        .map(|filter| {
            let words = match filter {
                Filter::All => t!(text, "patients-all"),
                Filter::NeverInvited => t!(text, "patients-never-invited"),
                Filter::Invited => t!(text, "patients-invited"),
                Filter::Active => t!(text, "patients-active"),
                Filter::Archived => t!(text, "patients-archived"),
            };
            let path = list_path(&asked.typed, filter, None);
            (path, words, filter == asked.filter)
        })
        .collect();
    let sections: Vec<(&str, &str, bool)> = sections
        .iter()
        .map(|(path, words, current)| (path.as_str(), words.as_str(), *current))
        .collect();
    sub_tabs(&t!(text, "patients-filters"), None, &sections)
}

fn finder(ctx: &Ctx, asked: &Asked) -> Markup {
    let text = ctx.text;
    let label = t!(text, "patients-find");
    let go = t!(text, "patients-find-now");
    let fields = html! {
        (Field::new("q", &label).hint(&t!(text, "patients-find-hint")).value(&asked.typed).autocomplete("off").show())
        @if asked.filter != Filter::All { (hidden("filter", asked.filter.code())) }
        // With scripts the list follows the typing; without, a button asks for it.
        noscript { (Button::secondary(&go).submit()) }
    };
    search_form(
        LIST,
        &t!(text, "patients-find-in-list"),
        Some(REGION),
        &fields,
    )
}

fn found(ctx: &Ctx, asked: &Asked, listing: &Listing) -> Markup {
    let text = ctx.text;
    if listing.rows.is_empty() {
        return nobody(ctx, asked);
    }
    let heads = [
        t!(text, "patients-name"),
        t!(text, "patients-born"),
        t!(text, "patients-contact"),
        t!(text, "patients-last"),
        t!(text, "patients-next"),
        t!(text, "patients-portal"),
    ];
    let columns: Vec<Column<'_>> = heads.iter().map(|h| Column::words(h)).collect();
    let rows: Vec<Vec<Markup>> = listing
        .rows
        .iter()
        .map(|row| {
            vec![
                name_link(&row.patient),
                born(ctx, &row.patient),
                contact(ctx, &row.patient),
                day(ctx, row.last),
                day(ctx, row.next),
                portal_tag(ctx, row.portal),
            ]
        })
        .collect();
    let caption = t!(text, "patients-title");
    html! {
        (Table {
            id: "patients",
            caption: &caption,
            caption_unseen: true,
            columns: &columns,
            rows: &rows,
            sums: None,
        }.show())
        (pages(ctx, asked, listing))
    }
}

fn pages(ctx: &Ctx, asked: &Asked, listing: &Listing) -> Markup {
    let text = ctx.text;
    let (Some(first), Some(last)) = (listing.rows.first(), listing.rows.last()) else {
        return html! {};
    };
    let (start, next) = (
        t!(text, "patients-first-page"),
        t!(text, "patients-next-page"),
    );
    let start_path = list_path(&asked.typed, asked.filter, None);
    let next_path = list_path(&asked.typed, asked.filter, Some(last));
    let here = t!(
        text,
        "patients-from-to",
        first = first.patient.name().sorted(),
        last = last.patient.name().sorted()
    );
    Pager {
        label: &t!(text, "patients-pages"),
        before: asked
            .after
            .is_some()
            .then_some((start_path.as_str(), start.as_str())),
        here: &here,
        after: listing.more.then_some((next_path.as_str(), next.as_str())),
        region: Some(REGION),
    }
    .show()
}

fn nobody(ctx: &Ctx, asked: &Asked) -> Markup {
    let text = ctx.text;
    let new = t!(text, "patients-new");
    let action = html! {
        @if ctx.may(Permission::ManagePatients) && asked.filter == Filter::All {
            (Button::secondary(&new).icon(Icon::UserPlus).link(&new_path(&asked.typed)))
        }
    };
    if asked.typed.is_empty() {
        empty(
            Icon::Users,
            &t!(text, "patients-empty-title"),
            &t!(text, "patients-empty"),
            &action,
        )
    } else {
        empty(
            Icon::Search,
            &t!(text, "patients-not-found-title"),
            &t!(text, "patients-not-found"),
            &action,
        )
    }
}

fn exports(ctx: &Ctx) -> Markup {
    let text = ctx.text;
    let token = ctx.token();
    let (people, visits) = (
        t!(text, "patients-export"),
        t!(text, "patients-export-visits"),
    );
    html! {
        h2.mt-l { (t!(text, "patients-export-title")) }
        p.muted { (t!(text, "patients-export-explain")) }
        (actions(&html! {
            (Button::secondary(&people).icon(Icon::Download).post("/staff/patients/export", &token, &[]))
            (Button::secondary(&visits).icon(Icon::Download).post("/staff/visits/export", &token, &[]))
        }))
    }
}

/// `POST /staff/patients/export`: every patient as CSV.
pub fn export(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    let all = exporting::take_patients(&ctx.clinic, &ctx.caller())?;
    csv(ctx, "patients", csv_out::patients(&all, &ctx.current.zone))
}

/// `POST /staff/visits/export`: every visit as CSV.
pub fn export_visits(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    let all = exporting::take_visits(&ctx.clinic, &ctx.caller())?;
    let lines = all.iter().map(|line| csv_out::Visit {
        visit: &line.visit,
        patient: &line.patient,
        practitioner: &line.practitioner,
        service: &line.service,
    });
    csv(ctx, "visits", csv_out::visits(lines, &ctx.current.zone))
}

fn csv(ctx: &Ctx, name: &str, file: Result<Vec<u8>, csv::Error>) -> Handled {
    let bytes = file.map_err(|e| Trouble::Failed(Failure::Other(e.to_string())))?;
    let name = format!("{name}-{}.csv", ctx.today());
    Ok(Reply::file("text/csv; charset=utf-8", &name, bytes))
}
