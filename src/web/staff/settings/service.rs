//! Settings: one service.

use maud::{Markup, html};

use super::services::PATH;
use super::{Frame, NEXT, Wrongs, line, next_times, number, reply, short};
use crate::app::practice::{self, ServiceDraft, Trial};
use crate::domain::id::{PractitionerId, ServiceId};
use crate::domain::money::{Currency, Money, MoneyError};
use crate::domain::practitioner::Practitioner;
use crate::domain::schedule::ServiceTiming;
use crate::domain::service::OnlineBooking;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, actions};
use crate::web::ui::choice_rows::{Choice, ChoiceRows, switch};
use crate::web::ui::field::{Field, Kind, Width};
use crate::web::ui::form::Form;

const FIELDS: [&str; 15] = [
    "name",
    "description",
    "duration",
    "before",
    "after",
    "step",
    "lead",
    "horizon",
    "cancel",
    "move",
    "online",
    "price",
    "who",
    "active",
    "do",
];

/// `GET /staff/settings/services/new`
pub fn new(ctx: &Ctx) -> Handled {
    let mut draft = ServiceDraft::usual("", 20);
    draft.active = true;
    page(ctx, None, &typed(&draft), &Problems::default(), None)
}

/// Whether one only wants to see what would be.
fn is_trial(form: &Fields) -> bool {
    form.get("do") == "preview"
}

/// `POST /staff/settings/services/new`: save, or try.
pub fn add(ctx: &Ctx) -> Handled {
    let form = ctx.only(&FIELDS)?;
    match read(ctx, form)? {
        Ok(draft) if is_trial(form) => page(ctx, None, form, &Problems::default(), Some(&draft)),
        Ok(draft) => {
            let service = practice::add_service(&ctx.clinic, &ctx.caller(), draft)?;
            Ok(Reply::done(&format!("{PATH}/{}", service.id), "saved"))
        }
        Err(problems) => page(ctx, None, form, &problems, None),
    }
}

/// `GET /staff/settings/services/{service}`
pub fn show(ctx: &Ctx) -> Handled {
    let id: ServiceId = ctx.param("service")?;
    let service = practice::service(&ctx.clinic, &ctx.caller(), id)?;
    let typed = typed(&ServiceDraft::of(&service));
    page(ctx, Some(id), &typed, &Problems::default(), None)
}

/// `POST /staff/settings/services/{service}`: save, or try.
pub fn save(ctx: &Ctx) -> Handled {
    let id: ServiceId = ctx.param("service")?;
    let form = ctx.only(&FIELDS)?;
    match read(ctx, form)? {
        Ok(draft) if is_trial(form) => {
            page(ctx, Some(id), form, &Problems::default(), Some(&draft))
        }
        Ok(draft) => {
            practice::change_service(&ctx.clinic, &ctx.caller(), id, draft)?;
            Ok(Reply::done(&format!("{PATH}/{id}"), "saved"))
        }
        Err(problems) => page(ctx, Some(id), form, &problems, None),
    }
}

fn code(online: OnlineBooking) -> &'static str {
    match online {
        OnlineBooking::Off => "off",
        OnlineBooking::Instant => "instant",
        OnlineBooking::Request => "request",
    }
}

/// What the form shows for a draft. Lead time and notice are whole hours.
fn typed(draft: &ServiceDraft) -> Fields {
    let timing = draft.timing;
    let mut pairs: Vec<(&str, String)> = vec![
        ("name", draft.name.clone()),
        ("description", draft.description.clone()),
        ("duration", timing.duration_min.to_string()),
        ("before", timing.before_min.to_string()),
        ("after", timing.after_min.to_string()),
        ("step", timing.step_min.to_string()),
        ("lead", timing.lead_min.div_ceil(60).to_string()),
        ("horizon", timing.horizon_days.to_string()),
        ("cancel", draft.cancel_notice_min.div_ceil(60).to_string()),
        ("move", draft.move_notice_min.div_ceil(60).to_string()),
        ("online", code(draft.online).to_owned()),
        ("price", draft.price.map(Money::plain).unwrap_or_default()),
    ];
    if draft.active {
        pairs.push(("active", "on".to_owned()));
    }
    pairs.extend(draft.practitioners.iter().map(|id| ("who", id.to_string())));
    Fields::from_pairs(pairs.into_iter().map(|(n, v)| (n.to_owned(), v)).collect())
}

fn read(ctx: &Ctx, form: &Fields) -> Result<Result<ServiceDraft, Problems>, Trouble> {
    let text = ctx.text;
    let mut problems = Problems::default();
    let p = &mut problems;
    let missing = Some(t!(text, "service-error-name"));
    let name = line(ctx, form, p, "name", 80, missing);
    let description = line(ctx, form, p, "description", 200, None);
    let timing = ServiceTiming {
        duration_min: short(number(ctx, form, p, "duration", (5, 480))),
        before_min: short(number(ctx, form, p, "before", (0, 120))),
        after_min: short(number(ctx, form, p, "after", (0, 120))),
        step_min: short(number(ctx, form, p, "step", (0, 240))),
        lead_min: number(ctx, form, p, "lead", (0, 720)) * 60,
        horizon_days: short(number(ctx, form, p, "horizon", (1, 730))),
    };
    let cancel_notice_min = number(ctx, form, p, "cancel", (0, 720)) * 60;
    let move_notice_min = number(ctx, form, p, "move", (0, 720)) * 60;
    let online = match form.get("online") {
        "off" => OnlineBooking::Off,
        "instant" => OnlineBooking::Instant,
        "request" => OnlineBooking::Request,
        _ => return Err(Trouble::BadRequest),
    };
    let price = match price(ctx, form.get("price")) {
        Ok(price) => price,
        Err(sentence) => {
            p.add("price", sentence);
            None
        }
    };
    let everyone = practice::practitioners(&ctx.clinic, &ctx.caller())?;
    let mut practitioners: Vec<PractitionerId> = Vec::new();
    for value in form.all("who") {
        let id: PractitionerId = value.parse().map_err(|_| Trouble::BadRequest)?;
        if !everyone.iter().any(|one| one.id == id) {
            return Err(Trouble::BadRequest);
        }
        practitioners.push(id);
    }
    let bookable = everyone.iter().filter(|one| one.active);
    let all =
        bookable.clone().count() > 0 && bookable.clone().all(|one| practitioners.contains(&one.id));
    if all {
        // Everybody: those who come later too.
        practitioners.clear();
    }
    if !problems.is_empty() {
        return Ok(Err(problems));
    }
    Ok(Ok(ServiceDraft {
        name,
        description,
        timing,
        cancel_notice_min,
        move_notice_min,
        online,
        practitioners,
        price,
        active: form.has("active"),
    }))
}

/// A typed price in the clinic's currency; nothing is no price.
pub fn price(ctx: &Ctx, typed: &str) -> Result<Option<Money>, String> {
    let text = ctx.text;
    if typed.is_empty() {
        return Ok(None);
    }
    let currency = Currency::try_from(ctx.current.settings.profile.currency.as_str())
        .map_err(|_| t!(text, "service-error-currency"))?;
    Money::parse(typed, currency)
        .map(Some)
        .map_err(|error| match error {
            MoneyError::TooLarge => t!(text, "service-error-price-large"),
            MoneyError::TooManyDecimals => t!(text, "service-error-price-decimals"),
            MoneyError::NotAPrice | MoneyError::CurrencyDiffers | MoneyError::NotACurrency => {
                t!(text, "service-error-price")
            }
        })
}

fn page(
    ctx: &Ctx,
    id: Option<ServiceId>,
    typed: &Fields,
    problems: &Problems,
    tried: Option<&ServiceDraft>,
) -> Handled {
    let text = ctx.text;
    let title = match id {
        Some(_) => t!(text, "service-title"),
        None => t!(text, "services-add"),
    };
    let everyone = practice::practitioners(&ctx.clinic, &ctx.caller())?;
    let trial = Trial {
        service: tried.map(|draft| (id, draft)),
        ..Trial::default()
    };
    let next = if id.is_some() || tried.is_some() {
        let next = practice::preview(&ctx.clinic, &ctx.caller(), id, None, trial)?;
        next_times(ctx, &next, tried.is_some())
    } else {
        html! { div.next id=(NEXT) {} }
    };
    let action = id.map_or_else(|| format!("{PATH}/new"), |id| format!("{PATH}/{id}"));
    let body = html! {
        div.split id="service" {
            div.stack { (form(ctx, &action, typed, problems, &everyone)) }
            (next)
        }
    };
    let page = Frame::new(title, problems).back(PATH).show(ctx, &body);
    Ok(reply(page, problems))
}

fn form(
    ctx: &Ctx,
    action: &str,
    typed: &Fields,
    problems: &Problems,
    everyone: &[Practitioner],
) -> Markup {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    let field = |id: &'static str, label: String, hint: Option<String>| {
        let mut field = Field::new(id, &label)
            .value(typed.get(id))
            .wrong(wrongs.of(id));
        if !matches!(id, "name" | "description") {
            let kind = if id == "price" {
                Kind::Decimal
            } else {
                Kind::Digits
            };
            field = field.kind(kind).width(Width::Ten);
        }
        match &hint {
            Some(hint) => field.hint(hint).show(),
            None => field.show(),
        }
    };
    let currency = &ctx.current.settings.profile.currency;
    let (minutes, hours) = (
        Some(t!(text, "service-in-minutes")),
        Some(t!(text, "service-in-hours")),
    );
    Form::new(action, &ctx.token()).preview(NEXT).show(&html! {
        (field("name", t!(text, "service-name"), None))
        (field("description", t!(text, "service-description"), Some(t!(text, "service-description-hint"))))
        div.grid-form {
            (field("duration", t!(text, "service-duration"), minutes.clone()))
            (field("price", t!(text, "service-price"), Some(t!(text, "service-price-hint", currency = currency.clone()))))
            (field("before", t!(text, "service-before"), minutes.clone()))
            (field("after", t!(text, "service-after"), minutes.clone()))
            (field("step", t!(text, "service-step"), Some(t!(text, "service-step-hint"))))
            (field("lead", t!(text, "service-lead"), hours.clone()))
            (field("horizon", t!(text, "service-horizon"), Some(t!(text, "service-in-days"))))
            (field("cancel", t!(text, "service-cancel"), hours.clone()))
            (field("move", t!(text, "service-move"), hours))
        }
        (online(ctx, typed))
        (who(ctx, typed, everyone))
        (switch("active", &t!(text, "service-active"), typed.has("active")))
        (actions(&html! {
            (Button::primary(&t!(text, "settings-save")).submit())
            (Button::secondary(&t!(text, "hours-preview")).sends("do", "preview").submit())
        }))
    })
}

fn online(ctx: &Ctx, typed: &Fields) -> Markup {
    let text = ctx.text;
    let labels = [
        (
            "instant",
            t!(text, "service-online-instant"),
            t!(text, "service-online-instant-detail"),
        ),
        (
            "request",
            t!(text, "service-online-request"),
            t!(text, "service-online-request-detail"),
        ),
        (
            "off",
            t!(text, "service-online-off"),
            t!(text, "service-online-off-detail"),
        ),
    ];
    let choices = labels.each_ref().map(|(value, label, detail)| Choice {
        value,
        label,
        detail: Some(detail),
        checked: typed.get("online") == *value,
    });
    ChoiceRows {
        id: "online",
        legend: &t!(text, "service-online"),
        heading: false,
        hint: None,
        wrong: None,
        several: false,
        choices: &choices,
    }
    .show()
}

fn who(ctx: &Ctx, typed: &Fields, everyone: &[Practitioner]) -> Markup {
    let text = ctx.text;
    let chosen: Vec<&str> = typed.all("who").collect();
    let named: Vec<(String, String)> = everyone
        .iter()
        .filter(|one| one.active)
        .map(|one| (one.id.to_string(), one.called()))
        .collect();
    if named.is_empty() {
        return html! {};
    }
    let choices: Vec<Choice<'_>> = named
        .iter()
        .map(|(id, label)| Choice {
            value: id,
            label,
            detail: None,
            checked: chosen.is_empty() || chosen.contains(&id.as_str()),
        })
        .collect();
    ChoiceRows {
        id: "who",
        legend: &t!(text, "service-who"),
        heading: false,
        hint: Some(&t!(text, "service-who-hint")),
        wrong: None,
        several: true,
        choices: &choices,
    }
    .show()
}
