//! The people who work here: who they are, what they may do, and a link for someone new.

use maud::{Markup, html};

use crate::app::people::{self, NewPerson, PasswordLink, PersonChange};
use crate::domain::account::{Login, LoginState, Role};
use crate::domain::id::LoginId;
use crate::domain::person::Email;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::layout::{self, Extra, Rail};
use crate::web::patient::me::role;
use crate::web::question::wrong;
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble, sentence};
use crate::web::ui::button::{Button, actions, back_link};
use crate::web::ui::error_summary::error_summary;
use crate::web::ui::field::{Field, Kind};
use crate::web::ui::form::Form;
use crate::web::ui::select::Select;
use crate::web::ui::table::{Column, Table};
use crate::web::ui::text::theirs;

/// The longest name, in characters.
const NAME_MAX: usize = 120;

/// `GET /staff/people`
pub fn show(ctx: &Ctx) -> Handled {
    Ok(Reply::page(view(ctx, &Problems::default())?))
}

fn view(ctx: &Ctx, problems: &Problems) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let title = t!(text, "people-title");
    let (name, what, seen, state) = (
        t!(text, "people-name"),
        t!(text, "people-role"),
        t!(text, "people-seen"),
        t!(text, "people-state"),
    );
    let columns = [
        Column::words(&name),
        Column::words(&what),
        Column::words(&state),
        Column::words(&seen),
    ];
    let rows: Vec<Vec<Markup>> = people::list(&ctx.clinic, &ctx.caller())?
        .iter()
        .map(|login| {
            let href = format!("/staff/people/{}", login.id);
            let day = login.seen_at.map(|at| ctx.when().relative_day(at, ctx.now));
            vec![
                html! { a href=(href) { (theirs(&login.name)) } },
                html! { (role(ctx, login.role)) },
                html! { (state_of(ctx, login)) },
                html! { (day.unwrap_or_else(|| t!(text, "people-never"))) },
            ]
        })
        .collect();
    let table = Table {
        id: "people",
        caption: &title,
        caption_unseen: true,
        columns: &columns,
        rows: &rows,
        sums: None,
    };
    let summary: Vec<(&str, &str)> = problems.iter().collect();
    let body = html! {
        @if !problems.is_empty() { (error_summary(&t!(text, "error-summary"), &summary)) }
        h1 { (title) }
        (table.show())
        h2 { (t!(text, "people-invite")) }
        (invite_form(ctx, problems))
    };
    let extra = Extra {
        has_problems: !problems.is_empty(),
        ..Extra::default()
    };
    Ok(layout::staff(ctx, Rail::Settings, &title, extra, body))
}

fn state_of(ctx: &Ctx, login: &Login) -> String {
    let text = ctx.text;
    match login.state {
        LoginState::Pending => t!(text, "people-invited"),
        LoginState::Active => t!(text, "people-active"),
        LoginState::Disabled => t!(text, "people-closed"),
    }
}

fn roles(ctx: &Ctx) -> Vec<(&'static str, String)> {
    Role::ALL
        .into_iter()
        .filter(|r| r.is_staff())
        .map(|r| (r.code(), role(ctx, r)))
        .collect()
}

fn role_select(ctx: &Ctx, chosen: Role) -> Markup {
    let roles = roles(ctx);
    let options: Vec<(&str, &str)> = roles.iter().map(|(c, l)| (*c, l.as_str())).collect();
    Select {
        id: "role",
        label: &t!(ctx.text, "people-role"),
        hint: Some(&t!(ctx.text, "people-role-hint")),
        wrong: None,
        options: &options,
        chosen: chosen.code(),
        autocomplete: None,
    }
    .show()
}

fn invite_form(ctx: &Ctx, problems: &Problems) -> Markup {
    let text = ctx.text;
    let prefix = t!(text, "page-error-prefix");
    let chosen = Role::from_code(ctx.form.get("role")).unwrap_or(Role::FrontDesk);
    let (mail, link) = (t!(text, "people-by-mail"), t!(text, "people-by-link"));
    Form::new("/staff/people", &ctx.token()).show(&html! {
        (Field::new("name", &t!(text, "people-name"))
            .value(ctx.form.get("name"))
            .wrong(wrong(problems, "name", &prefix))
            .show())
        (Field::new("email", &t!(text, "staff-sign-in-email"))
            .kind(Kind::Email)
            .value(ctx.form.get("email"))
            .wrong(wrong(problems, "email", &prefix))
            .show())
        (role_select(ctx, chosen))
        (actions(&html! {
            (Button::primary(&mail).sends("by", "mail").submit())
            (Button::secondary(&link).sends("by", "link").submit())
        }))
    })
}

/// `POST /staff/people`
pub fn invite(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let form = ctx.only(&["name", "email", "role", "by"])?;
    let role = Role::from_code(form.get("role")).ok_or(Trouble::BadRequest)?;
    let mut problems = Problems::default();
    let name = form.get("name");
    if name.is_empty() {
        problems.add("name", t!(text, "error-name"));
    } else if name.chars().count() > NAME_MAX {
        problems.add("name", t!(text, "error-too-long", max = NAME_MAX));
    }
    let email = Email::try_from(form.get("email"));
    if email.is_err() {
        problems.add("email", t!(text, "error-email"));
    }
    let Ok(email) = email else {
        return Ok(Reply::problems(view(ctx, &problems)?));
    };
    if !problems.is_empty() {
        return Ok(Reply::problems(view(ctx, &problems)?));
    }
    let person = NewPerson {
        name: name.to_owned(),
        email,
        role,
        practitioner: None,
    };
    let by_mail = form.get("by") == "mail";
    match people::invite(&ctx.clinic, &ctx.caller(), &person, by_mail) {
        Ok(link) => Ok(handed_out(ctx, &link, by_mail)),
        Err(crate::app::Stop::Refused(refused)) => {
            problems.add("email", sentence(ctx, &refused));
            Ok(Reply::problems(view(ctx, &problems)?))
        }
        Err(failed) => Err(failed.into()),
    }
}

/// The link, shown this once.
fn handed_out(ctx: &Ctx, link: &PasswordLink, mailed: bool) -> Reply {
    let text = ctx.text;
    let title = t!(text, "people-link-title", name = link.login.name.clone());
    let until = ctx.when().date(link.expires_at);
    let body = html! {
        (back_link("/staff/people", &t!(text, "page-back")))
        h1 { (title) }
        @if mailed { p { (t!(text, "people-link-mailed")) } }
        p { (t!(text, "people-link-lead", date = until)) }
        p { code { (link.url) } }
    };
    let extra = Extra::default();
    // It shows a secret, so it is not compressed.
    let mut reply = Reply::page(layout::staff(ctx, Rail::Settings, &title, extra, body));
    reply.compress = false;
    reply
}

/// `GET /staff/people/{login}`
pub fn person(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let id: LoginId = ctx.param("login")?;
    let login = people::find(&ctx.clinic, &ctx.caller(), id)?;
    let token = ctx.token();
    let action = format!("/staff/people/{id}");
    let closed = login.state == LoginState::Disabled;
    let button =
        |label: &str, what: &str| Button::secondary(label).post(&action, &token, &[("do", what)]);
    let email = login.email.as_ref().map_or("", Email::as_str);
    let save = t!(text, "me-save");
    let body = html! {
        (back_link("/staff/people", &t!(text, "page-back")))
        h1 { (theirs(&login.name)) }
        p { (theirs(email)) " · " (state_of(ctx, &login)) }
        (Form::new(&action, &token).show(&html! {
            (role_select(ctx, login.role))
            (Button::primary(&save).sends("do", "role").submit())
        }))
        (actions(&html! {
            @if closed {
                (button(&t!(text, "people-open"), "open"))
            } @else {
                (button(&t!(text, "people-new-link"), "link"))
                @if login.has_totp() { (button(&t!(text, "people-new-app"), "app")) }
                (button(&t!(text, "people-sign-out"), "out"))
                (button(&t!(text, "people-close"), "close"))
            }
        }))
    };
    let extra = Extra::default();
    let name = login.name.clone();
    Ok(Reply::page(layout::staff(
        ctx,
        Rail::Settings,
        &name,
        extra,
        body,
    )))
}

/// `POST /staff/people/{login}`
pub fn change(ctx: &Ctx) -> Handled {
    let id: LoginId = ctx.param("login")?;
    let form = ctx.only(&["do", "role"])?;
    let what = match form.get("do") {
        "role" => {
            let role = Role::from_code(form.get("role")).ok_or(Trouble::BadRequest)?;
            PersonChange::Role(role)
        }
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
    Ok(Reply::see_other(&format!("/staff/people/{id}")))
}
