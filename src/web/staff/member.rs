//! Someone who works here: what they may do, whose calendar they open, until when, and what to do
//! when a phone or a password is lost.

use jiff::civil::Date;
use maud::{Markup, html};
use poem::http::StatusCode;

use super::people::{can_and_cannot, handed_out, role_rows, role_title, state_of, two_step};
use super::settings::{Frame, Wrongs, hours, reply};
use crate::app::Stop;
use crate::app::people::{self, PersonChange, Place};
use crate::app::practice;
use crate::domain::account::{Login, LoginState, Role};
use crate::domain::id::{LoginId, PractitionerId};
use crate::domain::person::Email;
use crate::domain::refusal::Refused;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble, sentence};
use crate::web::ui::button::{Button, actions};
use crate::web::ui::card::card;
use crate::web::ui::field::{Field, Kind, Width};
use crate::web::ui::form::{Form, hidden};
use crate::web::ui::row_list::{Row, row_list};
use crate::web::ui::select::Select;
use crate::web::ui::summary_list::{Answer, summary_list};
use crate::web::ui::text::theirs;

/// Where all of them are.
const ALL: &str = "/staff/people";

fn path(id: LoginId) -> String {
    format!("{ALL}/{id}")
}

/// `GET /staff/people/{login}`
pub fn show(ctx: &Ctx) -> Handled {
    let login = people::find(&ctx.clinic, &ctx.caller(), ctx.param("login")?)?;
    let typed = typed(Place::of(&login));
    page(ctx, &login, &typed, &Problems::default())
}

/// `POST /staff/people/{login}`: role, calendar and last day.
pub fn save(ctx: &Ctx) -> Handled {
    let id: LoginId = ctx.param("login")?;
    let form = ctx.only(&["role", "calendar", "last-day", "seen"])?;
    let login = people::find(&ctx.clinic, &ctx.caller(), id)?;
    let seen = read_seen(form.get("seen")).ok_or(Trouble::BadRequest)?;
    let mut problems = Problems::default();
    let wanted = Place {
        role: Role::from_code(form.get("role")).ok_or(Trouble::BadRequest)?,
        calendar: read_calendar(form.get("calendar"))?,
        leaves_on: hours::day(ctx, form, &mut problems, "last-day"),
    };
    // A last day that is over may stay; a new one may not be over before it is told.
    let is_new = wanted.leaves_on != seen.leaves_on;
    if is_new && wanted.leaves_on.is_some_and(|day| day < ctx.today()) {
        problems.add("last-day", t!(ctx.text, "people-error-last-day"));
    }
    if !problems.is_empty() {
        return page(ctx, &login, form, &problems);
    }
    match people::place(&ctx.clinic, &ctx.caller(), id, seen, wanted) {
        Ok(_) => Ok(Reply::done(&path(id), "saved")),
        Err(Stop::Refused(Refused::LastOwner)) => {
            let field = if wanted.role == Role::Owner {
                "last-day"
            } else {
                "role"
            };
            problems.add(field, sentence(ctx, &Refused::LastOwner));
            page(ctx, &login, form, &problems)
        }
        Err(Stop::Refused(Refused::Changed)) => {
            // What was typed stays; what is compared with is what the other one made of it.
            problems.add("role", t!(ctx.text, "people-error-changed"));
            Ok(page(ctx, &login, form, &problems)?.with_status(StatusCode::CONFLICT))
        }
        Err(stop) => Err(stop.into()),
    }
}

/// `POST /staff/people/{login}/access`: a new link, a new phone, out, closed, or in again.
pub fn change(ctx: &Ctx) -> Handled {
    let id: LoginId = ctx.param("login")?;
    let form = ctx.only(&["do"])?;
    let what = match form.get("do") {
        "open" => PersonChange::Open(true),
        "close" => PersonChange::Open(false),
        "app" => PersonChange::NoSecondFactor,
        "out" => PersonChange::SignedOut,
        "link" => {
            let link = people::renew_link(&ctx.clinic, &ctx.caller(), id, false)?;
            return Ok(handed_out(ctx, &link, false));
        }
        _ => return Err(Trouble::BadRequest),
    };
    people::change(&ctx.clinic, &ctx.caller(), id, what)?;
    Ok(Reply::done(&path(id), "saved"))
}

/// What the form shows of a place.
fn typed(place: Place) -> Fields {
    let calendar = place.calendar.map(|id| id.to_string());
    let day = place.leaves_on.map(|day| day.to_string());
    Fields::from_pairs(vec![
        ("role".to_owned(), place.role.code().to_owned()),
        ("calendar".to_owned(), calendar.unwrap_or_default()),
        ("last-day".to_owned(), day.unwrap_or_default()),
    ])
}

/// A place as the form carries it along, so that of two owners the second is told.
fn seen(place: Place) -> String {
    let typed = typed(place);
    let (calendar, day) = (typed.get("calendar"), typed.get("last-day"));
    format!("{},{calendar},{day}", typed.get("role"))
}

fn read_seen(text: &str) -> Option<Place> {
    let mut parts = text.split(',');
    let (role, calendar, day) = (parts.next()?, parts.next()?, parts.next()?);
    let leaves_on: Option<Date> = match day {
        "" => None,
        day => Some(day.parse().ok()?),
    };
    Some(Place {
        role: Role::from_code(role)?,
        calendar: read_calendar(calendar).ok()?,
        leaves_on,
    })
}

fn read_calendar(text: &str) -> Result<Option<PractitionerId>, Trouble> {
    if text.is_empty() {
        return Ok(None);
    }
    Ok(Some(text.parse().map_err(|_| Trouble::BadRequest)?))
}

fn page(ctx: &Ctx, login: &Login, typed: &Fields, problems: &Problems) -> Handled {
    let text = ctx.text;
    let role = role_title(ctx, login.role);
    let body = html! {
        (facts(ctx, login))
        div.narrow { (place_form(ctx, login, typed, problems)?) }
        (card(Some(&t!(text, "people-may-title", role = role)), &can_and_cannot(ctx, login.role)))
        h2 { (t!(text, "people-access")) }
        (access(ctx, login))
    };
    let page = Frame::new(login.name.clone(), problems)
        .back(ALL)
        .show(ctx, &body);
    Ok(reply(page, problems))
}

fn facts(ctx: &Ctx, login: &Login) -> Markup {
    let text = ctx.text;
    let (email, state, two, seen) = (
        t!(text, "staff-sign-in-email"),
        t!(text, "people-state"),
        t!(text, "people-two-step"),
        t!(text, "people-seen"),
    );
    let day = login.seen_at.map(|at| ctx.when().relative_day(at, ctx.now));
    let mail = login.email.as_ref().map_or("", Email::as_str);
    summary_list(&[
        Answer::fixed(&email, theirs(mail)),
        Answer::fixed(&state, state_of(ctx, login)),
        Answer::fixed(&two, two_step(ctx, login)),
        Answer::fixed(
            &seen,
            html! { (day.unwrap_or_else(|| t!(text, "people-never"))) },
        ),
    ])
}

fn place_form(
    ctx: &Ctx,
    login: &Login,
    typed: &Fields,
    problems: &Problems,
) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    let chosen = Role::from_code(typed.get("role")).unwrap_or(login.role);
    let mut calendars = vec![(String::new(), t!(text, "people-calendar-all"))];
    for one in practice::practitioners(&ctx.clinic, &ctx.caller())? {
        if one.active || Some(one.id) == login.practitioner {
            calendars.push((one.id.to_string(), one.called()));
        }
    }
    let options: Vec<(&str, &str)> = calendars
        .iter()
        .map(|(v, l)| (v.as_str(), l.as_str()))
        .collect();
    let calendar = Select {
        id: "calendar",
        label: &t!(text, "people-calendar"),
        hint: Some(&t!(text, "people-calendar-hint")),
        wrong: None,
        options: &options,
        chosen: typed.get("calendar"),
        autocomplete: None,
    };
    Ok(Form::new(&path(login.id), &ctx.token()).show(&html! {
        (hidden("seen", &seen(Place::of(login))))
        (role_rows(ctx, chosen, wrongs.of("role")))
        (calendar.show())
        (Field::new("last-day", &t!(text, "people-leaves")).kind(Kind::Date).width(Width::Ten)
            .hint(&t!(text, "people-leaves-hint")).value(typed.get("last-day")).wrong(wrongs.of("last-day")).show())
        (actions(&Button::primary(&t!(text, "me-save")).submit()))
    }))
}

/// What can be done to the access, each with what it does.
fn access(ctx: &Ctx, login: &Login) -> Markup {
    let text = ctx.text;
    let action = format!("{}/access", path(login.id));
    let token = ctx.token();
    let one = |what: &str, label: String, why: String| {
        let button = Button::secondary(&label)
            .small()
            .post(&action, &token, &[("do", what)]);
        Row::fact(html! { (why) }).end(button)
    };
    if login.state == LoginState::Disabled {
        let open = one("open", t!(text, "people-open"), t!(text, "people-open-why"));
        return row_list(&[open]);
    }
    let mut rows = vec![one(
        "link",
        t!(text, "people-new-link"),
        t!(text, "people-new-link-why"),
    )];
    if login.has_totp() {
        rows.push(one(
            "app",
            t!(text, "people-new-app"),
            t!(text, "people-new-app-why"),
        ));
    }
    rows.push(one(
        "out",
        t!(text, "people-sign-out"),
        t!(text, "people-sign-out-why"),
    ));
    rows.push(one(
        "close",
        t!(text, "people-close"),
        t!(text, "people-close-why"),
    ));
    row_list(&rows)
}

#[cfg(test)]
mod tests;
