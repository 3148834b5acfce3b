//! Settings: what the clinic is called, where it is, how it writes.

use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::{Frame, Wrongs, line, reply};
use crate::app::clinic_settings::{self, Facts};
use crate::app::setup;
use crate::domain::country::Country;
use crate::domain::money::Currency;
use crate::domain::settings::ClinicKind;
use crate::t;
use crate::text::{Language, phone};
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, actions};
use crate::web::ui::choice_rows::{Choice, ChoiceRows};
use crate::web::ui::field::{Field, Kind, Width};
use crate::web::ui::form::Form;
use crate::web::ui::select::Select;

/// The path of the page.
const PATH: &str = "/staff/settings/clinic";

/// The fields of the form.
pub const FIELDS: [&str; 10] = [
    "name",
    "kind",
    "country",
    "language",
    "currency",
    "zone",
    "phone",
    "address",
    "emergency",
    "do",
];

/// `GET /staff/settings/clinic`
pub fn show(ctx: &Ctx) -> Handled {
    let typed = typed(&Facts::of(&ctx.current.settings));
    Ok(page(ctx, &typed, &Problems::default()))
}

/// `POST /staff/settings/clinic`: save, or fill in what is usual in the country.
pub fn save(ctx: &Ctx) -> Handled {
    let form = ctx.only(&FIELDS)?;
    if form.get("do") == "country" {
        return Ok(page(ctx, &usual(ctx, form), &Problems::default()));
    }
    match read(ctx, form)? {
        Ok(facts) => {
            clinic_settings::set_facts(&ctx.clinic, &ctx.caller(), facts)?;
            Ok(Reply::done(PATH, "saved"))
        }
        Err(problems) => Ok(page(ctx, form, &problems)),
    }
}

/// What the form shows.
pub fn typed(facts: &Facts) -> Fields {
    let pairs = [
        ("name", facts.name.clone()),
        ("kind", facts.kind.code().to_owned()),
        ("country", facts.country.clone()),
        ("language", facts.language.clone()),
        ("currency", facts.currency.clone()),
        ("zone", facts.zone.clone()),
        (
            "phone",
            facts
                .phone
                .as_deref()
                .map(|number| phone::format(number, &facts.country))
                .unwrap_or_default(),
        ),
        ("address", facts.address.join("\n")),
        ("emergency", facts.emergency.clone()),
    ];
    Fields::from_pairs(pairs.into_iter().map(|(n, v)| (n.to_owned(), v)).collect())
}

/// The form with what is usual in its country.
pub fn usual(ctx: &Ctx, form: &Fields) -> Fields {
    let Ok(country) = Country::try_from(form.get("country")) else {
        return form.clone();
    };
    let facts = setup::facts_of(country, Facts::of(&ctx.current.settings));
    let suggested = typed(&facts);
    let decided = ["country", "language", "currency", "zone", "emergency"];
    let mut pairs: Vec<(String, String)> = form
        .iter()
        .filter(|(name, _)| !decided.contains(name))
        .map(|(n, v)| (n.to_owned(), v.to_owned()))
        .collect();
    pairs.extend(
        decided
            .iter()
            .map(|name| ((*name).to_owned(), suggested.get(name).to_owned())),
    );
    Fields::from_pairs(pairs)
}

/// The typed facts, or what is wrong with them.
pub fn read(ctx: &Ctx, form: &Fields) -> Result<Result<Facts, Problems>, Trouble> {
    let text = ctx.text;
    let mut problems = Problems::default();
    let p = &mut problems;
    let name = line(ctx, form, p, "name", 60, Some(t!(text, "look-error-name")));
    let kind = ClinicKind::from_code(form.get("kind")).ok_or(Trouble::BadRequest)?;
    let country = Country::try_from(form.get("country")).map_err(|_| Trouble::BadRequest)?;
    let language = Language::from_tag(form.get("language")).ok_or(Trouble::BadRequest)?;
    let currency = form.get("currency").to_uppercase();
    if !Country::all().any(|c| c.currency().as_str() == currency)
        || Currency::try_from(currency.as_str()).is_err()
    {
        p.add("currency", t!(text, "clinic-error-currency"));
    }
    let zone = form.get("zone").to_owned();
    if !zone.contains('/') || TimeZone::get(&zone).is_err() {
        p.add("zone", t!(text, "clinic-error-zone"));
    }
    let phone = match form.get("phone") {
        "" => None,
        number => match phone::parse(number, country.code()) {
            Ok(number) => Some(number),
            Err(problem) => {
                p.add("phone", text.phone_problem(problem));
                None
            }
        },
    };
    let address: Vec<String> = form
        .get("address")
        .lines()
        .map(|l| l.chars().filter(|c| !c.is_control()).collect::<String>())
        .map(|l| l.trim().to_owned())
        .filter(|l| !l.is_empty())
        .collect();
    if address.len() > 6 || address.iter().any(|l| l.chars().count() > 80) {
        p.add("address", t!(text, "clinic-error-address"));
    }
    let emergency = line(
        ctx,
        form,
        p,
        "emergency",
        15,
        Some(t!(text, "clinic-error-emergency")),
    );
    if emergency.chars().any(|c| !c.is_ascii_digit() && c != ' ') {
        p.add("emergency", t!(text, "clinic-error-emergency"));
    }
    if !problems.is_empty() {
        return Ok(Err(problems));
    }
    Ok(Ok(Facts {
        name,
        kind,
        country: country.code().to_owned(),
        language: language.tag().to_owned(),
        currency,
        zone,
        phone,
        address,
        emergency,
    }))
}

fn page(ctx: &Ctx, typed: &Fields, problems: &Problems) -> Reply {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    let body = Form::new(PATH, &ctx.token()).show(&html! {
        (first_fields(ctx, typed, &wrongs))
        p { (Button::secondary(&t!(text, "clinic-usual")).small().sends("do", "country").submit()) }
        (place_fields(ctx, typed, &wrongs))
        (Field::new("phone", &t!(text, "clinic-phone")).kind(Kind::Tel).hint(&t!(text, "clinic-phone-hint"))
            .value(typed.get("phone")).wrong(wrongs.of("phone")).show())
        (Field::new("address", &t!(text, "clinic-address")).lines(4).hint(&t!(text, "clinic-address-hint"))
            .value(typed.get("address")).wrong(wrongs.of("address")).show())
        (actions(&Button::primary(&t!(text, "settings-save")).sends("do", "save").submit()))
    });
    let page = Frame::new(t!(text, "clinic-title"), problems).show(ctx, &body);
    reply(page, problems)
}

/// Name, kind, country.
pub fn first_fields(ctx: &Ctx, typed: &Fields, wrongs: &Wrongs<'_>) -> Markup {
    let text = ctx.text;
    let countries: Vec<(&str, &str)> = {
        let mut all: Vec<(&str, &str)> = Country::all().map(|c| (c.code(), c.name())).collect();
        all.sort_by_key(|(_, name)| *name);
        all
    };
    html! {
        (Field::new("name", &t!(text, "look-name")).autocomplete("organization")
            .value(typed.get("name")).wrong(wrongs.of("name")).show())
        (kinds(ctx, typed.get("kind")))
        (Select { id: "country", label: &t!(text, "clinic-country"), hint: Some(&t!(text, "clinic-country-hint")),
            wrong: wrongs.of("country"), options: &countries, chosen: typed.get("country"), autocomplete: Some("country") }.show())
    }
}

fn kinds(ctx: &Ctx, chosen: &str) -> Markup {
    let text = ctx.text;
    let named = ClinicKind::ALL.map(|kind| {
        let label = match kind {
            ClinicKind::General => t!(text, "clinic-kind-general"),
            ClinicKind::Physiotherapy => t!(text, "clinic-kind-physiotherapy"),
            ClinicKind::Dental => t!(text, "clinic-kind-dental"),
            ClinicKind::Psychology => t!(text, "clinic-kind-psychology"),
            ClinicKind::Other => t!(text, "clinic-kind-other"),
        };
        (kind.code(), label)
    });
    let choices = named.each_ref().map(|(value, label)| Choice {
        value,
        label,
        detail: None,
        checked: chosen == *value,
    });
    ChoiceRows {
        id: "kind",
        legend: &t!(text, "clinic-kind"),
        heading: false,
        hint: None,
        wrong: None,
        several: false,
        choices: &choices,
    }
    .show()
}

/// What follows from the country and may still be changed.
pub fn place_fields(ctx: &Ctx, typed: &Fields, wrongs: &Wrongs<'_>) -> Markup {
    let text = ctx.text;
    let languages: Vec<Language> = if ctx.demo {
        Language::ALL.to_vec()
    } else {
        Language::OFFERED.to_vec()
    };
    let languages: Vec<(&str, &str)> = languages.iter().map(|l| (l.tag(), l.own_name())).collect();
    let mut zones: Vec<&str> = Country::try_from(typed.get("country"))
        .map(|country| country.zones().collect())
        .unwrap_or_default();
    let chosen = typed.get("zone");
    // A zone of another country may be meant: it is kept among the choices.
    if !zones.contains(&chosen) && TimeZone::get(chosen).is_ok() {
        zones.push(chosen);
    }
    let zones: Vec<(&str, &str)> = zones.into_iter().map(|zone| (zone, zone)).collect();
    html! {
        div.grid-form {
            (Select { id: "language", label: &t!(text, "clinic-language"), hint: None, wrong: wrongs.of("language"),
                options: &languages, chosen: typed.get("language"), autocomplete: None }.show())
            (Select { id: "zone", label: &t!(text, "clinic-zone"), hint: None, wrong: wrongs.of("zone"),
                options: &zones, chosen, autocomplete: None }.show())
            (Field::new("currency", &t!(text, "clinic-currency")).width(Width::Four).hint(&t!(text, "clinic-currency-hint"))
                .value(typed.get("currency")).wrong(wrongs.of("currency")).show())
            (Field::new("emergency", &t!(text, "clinic-emergency")).kind(Kind::Digits).width(Width::Ten)
                .value(typed.get("emergency")).wrong(wrongs.of("emergency")).show())
        }
    }
}
