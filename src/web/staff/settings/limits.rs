//! Settings: how much is allowed.

use maud::html;

use super::{Frame, Wrongs, number, reply, short};
use crate::app::clinic_settings;
use crate::domain::settings::Limits;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::button::{Button, actions};
use crate::web::ui::choice_rows::switch;
use crate::web::ui::field::{Field, Kind, Width};
use crate::web::ui::form::Form;

/// The path of the page.
const PATH: &str = "/staff/settings/limits";

/// `GET /staff/settings/limits`
pub fn show(ctx: &Ctx) -> Handled {
    let settings = &ctx.current.settings;
    let limits = &settings.limits;
    let mut pairs = vec![
        ("upcoming", limits.upcoming_per_patient.to_string()),
        ("lock", limits.staff_lock_min.to_string()),
        ("per-address", limits.connections_per_ip.to_string()),
        ("connections", limits.connections.to_string()),
    ];
    if settings.staff_24h {
        pairs.push(("h24", "on".to_owned()));
    }
    let typed = Fields::from_pairs(pairs.into_iter().map(|(n, v)| (n.to_owned(), v)).collect());
    Ok(page(ctx, &typed, &Problems::default()))
}

/// `POST /staff/settings/limits`
pub fn save(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["upcoming", "lock", "per-address", "connections", "h24"])?;
    let mut problems = Problems::default();
    let p = &mut problems;
    let limits = Limits {
        upcoming_per_patient: short(number(ctx, form, p, "upcoming", (1, 50))),
        staff_lock_min: short(number(ctx, form, p, "lock", (1, 240))),
        connections_per_ip: number(ctx, form, p, "per-address", (16, 10_000)),
        connections: number(ctx, form, p, "connections", (64, 100_000)),
    };
    if !problems.is_empty() {
        return Ok(page(ctx, form, &problems));
    }
    clinic_settings::set_limits(&ctx.clinic, &ctx.caller(), limits, form.has("h24"))?;
    Ok(Reply::done(PATH, "saved"))
}

fn page(ctx: &Ctx, typed: &Fields, problems: &Problems) -> Reply {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    let field = |id: &'static str, label: String, hint: Option<String>| {
        let field = Field::new(id, &label)
            .kind(Kind::Digits)
            .width(Width::Ten)
            .value(typed.get(id))
            .wrong(wrongs.of(id));
        match &hint {
            Some(hint) => field.hint(hint).show(),
            None => field.show(),
        }
    };
    let restart = Some(t!(text, "limits-restart"));
    let body = Form::new(PATH, &ctx.token()).show(&html! {
        (field("upcoming", t!(text, "limits-upcoming"), None))
        (field("lock", t!(text, "limits-lock"), Some(t!(text, "service-in-minutes"))))
        (switch("h24", &t!(text, "limits-h24"), typed.has("h24")))
        (field("per-address", t!(text, "limits-per-address"), restart.clone()))
        (field("connections", t!(text, "limits-connections"), restart))
        (actions(&Button::primary(&t!(text, "settings-save")).submit()))
    });
    let page = Frame::new(t!(text, "limits-title"), problems).show(ctx, &body);
    reply(page, problems)
}
