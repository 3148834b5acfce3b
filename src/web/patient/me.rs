//! About me: how I am reached, how pages look, where I am signed in, who looked at my record.

use maud::{Markup, html};

use super::languages::offered;
use crate::app::{contact, me};
use crate::domain::account::{Role, ThemeMode};
use crate::domain::policy::Permission;
use crate::t;
use crate::text::{Language, phone};
use crate::web::cookies;
use crate::web::ctx::Ctx;
use crate::web::devices;
use crate::web::layout::{self, Extra, Tab};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, back_link};
use crate::web::ui::choice_rows::switch;
use crate::web::ui::form::Form;
use crate::web::ui::row_list::{Row, row_list};
use crate::web::ui::select::Select;
use crate::web::ui::summary_list::{Answer, summary_list};
use crate::web::ui::text::theirs;
use crate::web::ui::toast::Toast;

/// `GET /me`
pub fn show(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let title = t!(text, "me-title");
    let body = html! {
        h1 { (title) }
        @if ctx.may(Permission::OwnChart) { (details(ctx)?) }
        h2 { (t!(text, "me-wishes")) }
        (wishes(ctx)?)
        h2 { (t!(text, "me-devices")) }
        (devices(ctx)?)
    };
    let close = t!(text, "toast-close");
    let words = match ctx.flash.did() {
        "phone" => Some(t!(text, "me-phone-changed")),
        "phone-removed" => Some(t!(text, "me-phone-removed")),
        "wishes" => Some(t!(text, "me-wishes-saved")),
        _ => None,
    };
    let extra = Extra {
        toast: words.map(|words| Toast {
            words: html! { (words) },
            undo: None,
            close: &close,
        }),
        ..Extra::default()
    };
    Ok(Reply::page(layout::patient(
        ctx,
        Tab::Me,
        &title,
        extra,
        body,
    )))
}

fn details(ctx: &Ctx) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let chart = me::chart(&ctx.clinic, &ctx.caller())?;
    ctx.saw([chart.id]);
    let waiting = contact::unconfirmed(&ctx.clinic, &ctx.caller())?;
    let none = t!(text, "me-none");
    let country = &ctx.current.settings.profile.country;
    let number = chart.phone().map(|p| phone::format(p, country));
    let (name, mail, tel, change) = (
        t!(text, "me-name"),
        t!(text, "me-email"),
        t!(text, "me-phone"),
        t!(text, "me-change"),
    );
    let address = chart.email.as_ref().map_or(none.as_str(), |e| e.as_str());
    let answers = [
        Answer::fixed(&name, theirs(&chart.name().full())),
        Answer::fixed(
            &mail,
            html! {
                (theirs(address))
                @if let Some(new) = &waiting {
                    p.muted { (t!(text, "me-email-waits", email = new.as_str().to_owned())) }
                }
            },
        )
        .change("/me/email", &change, &mail),
        Answer::fixed(&tel, theirs(number.as_deref().unwrap_or(&none))).change(
            "/me/phone",
            &change,
            &tel,
        ),
    ];
    Ok(html! {
        (summary_list(&answers))
        (row_list(&[Row::link("/me/looks", html! { (t!(text, "me-looks")) })]))
    })
}

fn wishes(ctx: &Ctx) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let Some(known) = &ctx.known else {
        return Err(Trouble::SignIn);
    };
    let languages: Vec<(&str, &str)> = offered(ctx)
        .iter()
        .map(|l| (l.tag(), l.own_name()))
        .collect();
    let (auto, light, dark) = (
        t!(text, "me-theme-auto"),
        t!(text, "me-theme-light"),
        t!(text, "me-theme-dark"),
    );
    let chosen = match known.login.theme {
        ThemeMode::Auto => "auto",
        ThemeMode::Light => "light",
        ThemeMode::Dark => "dark",
    };
    let may = ctx.may(Permission::OwnChart);
    let reminders = may && me::chart(&ctx.clinic, &ctx.caller())?.reminders;
    let fields = html! {
        (Select {
            id: "language",
            label: &t!(text, "me-language"),
            hint: None,
            wrong: None,
            options: &languages,
            chosen: text.language().tag(),
            autocomplete: None,
        }.show())
        (Select {
            id: "theme",
            label: &t!(text, "me-theme"),
            hint: None,
            wrong: None,
            options: &[("auto", &auto), ("light", &light), ("dark", &dark)],
            chosen,
            autocomplete: None,
        }.show())
        @if may { (switch("reminders", &t!(text, "me-reminders"), reminders)) }
        (Button::secondary(&t!(text, "me-save")).submit())
    };
    Ok(Form::new("/me/wishes", &ctx.token()).show(&fields))
}

/// `POST /me/wishes`
pub fn save(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["language", "theme", "reminders"])?;
    let theme = match form.get("theme") {
        "auto" => ThemeMode::Auto,
        "light" => ThemeMode::Light,
        "dark" => ThemeMode::Dark,
        _ => return Err(Trouble::BadRequest),
    };
    let language = Language::from_tag(form.get("language"))
        .filter(|l| ctx.demo || !l.is_test())
        .ok_or(Trouble::BadRequest)?;
    me::set_language(&ctx.clinic, &ctx.caller(), language.tag())?;
    me::set_theme(&ctx.clinic, &ctx.caller(), theme)?;
    if ctx.may(Permission::OwnChart) {
        me::set_reminders(&ctx.clinic, &ctx.caller(), form.has("reminders"))?;
    }
    Ok(Reply::done("/me", "wishes"))
}

fn devices(ctx: &Ctx) -> Result<Markup, Trouble> {
    let out = t!(ctx.text, "me-sign-out");
    Ok(html! {
        (devices::list(ctx, "/me/devices")?)
        (Button::secondary(&out).post("/sign-out", &ctx.token(), &[]))
    })
}

/// `POST /me/devices`: signs one device out, or all of them.
pub fn end_device(ctx: &Ctx) -> Handled {
    let cleared = cookies::clear(cookies::PATIENT);
    devices::end(ctx, "/me", layout::SIGN_IN, &cleared)
}

/// `GET /me/looks`: who looked at my record.
pub fn looks(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let title = t!(text, "me-looks");
    let looks = me::who_looked(&ctx.clinic, &ctx.caller())?;
    let rows: Vec<Row<'_>> = looks
        .iter()
        .map(|look| {
            let day = ctx.when().date(ctx.current.midnight(look.date));
            Row::fact(html! { (theirs(&look.name)) " · " (role(ctx, look.role)) })
                .detail(html! { (day) })
        })
        .collect();
    let body = html! {
        (back_link("/me", &t!(text, "page-back")))
        h1 { (title) }
        p { (t!(text, "me-looks-lead")) }
        @if rows.is_empty() { p { (t!(text, "me-looks-none")) } }
        (row_list(&rows))
    };
    let extra = Extra::default();
    Ok(Reply::page(layout::patient(
        ctx,
        Tab::Me,
        &title,
        extra,
        body,
    )))
}

/// What someone is, in words.
pub fn role(ctx: &Ctx, role: Role) -> String {
    let text = ctx.text;
    match role {
        Role::Owner => t!(text, "role-owner"),
        Role::Practitioner => t!(text, "role-practitioner"),
        Role::FrontDesk => t!(text, "role-front-desk"),
        Role::Billing => t!(text, "role-billing"),
        Role::ReadOnly => t!(text, "role-read-only"),
        Role::Patient => t!(text, "role-patient"),
    }
}
