//! Settings: the name that the clinic's own network knows.

use maud::{Markup, html};

use super::{Frame, Wrongs, reply};
use crate::app::clinic_settings;
use crate::domain::certificate;
use crate::domain::local_name::{self, LocalName, MOST_CHARS};
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::banner::banner;
use crate::web::ui::button::{Button, actions};
use crate::web::ui::choice_rows::tick_box;
use crate::web::ui::field::Field;
use crate::web::ui::form::Form;
use crate::web::ui::summary_list::{Answer, summary_list};
use crate::web::ui::tag::Tone;
use crate::web::ui::text::theirs;

/// The page that shows how it stands, and where an address is saved.
const BACK: &str = "/staff/settings/connection";
/// The page where one chooses.
pub const PATH: &str = "/staff/settings/connection/name";

/// `GET /staff/settings/connection/name`
pub fn show(ctx: &Ctx) -> Handled {
    let label = ctx.current.settings.local_label().unwrap_or_default();
    let typed = Fields::from_pairs(vec![("label".to_owned(), label)]);
    Ok(page(ctx, &typed, &Problems::default()))
}

/// `POST /staff/settings/connection/name`
pub fn save(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["label", "sure"])?;
    let mut problems = Problems::default();
    let Some(name) = local_name::typed(form.get("label")) else {
        problems.add("label", t!(ctx.text, "localname-error", most = MOST_CHARS));
        return Ok(page(ctx, form, &problems));
    };
    if is_in_use(ctx, &name) && !form.has("sure") {
        problems.add("sure", t!(ctx.text, "localname-error-sure"));
        return Ok(page(ctx, form, &problems));
    }
    clinic_settings::set_local_name(&ctx.clinic, &ctx.caller(), name)?;
    Ok(Reply::done(BACK, "saved"))
}

/// Whether people come by the name that would be lost.
fn is_in_use(ctx: &Ctx, new: &LocalName) -> bool {
    let settings = &ctx.current.settings;
    let old = settings.local_label();
    let address = certificate::host(&settings.address);
    let is_address = |label: &String| address == Some(local_name::host(label).as_str());
    old.as_ref().is_some_and(is_address) && new.label(&settings.profile.name) != old
}

fn page(ctx: &Ctx, typed: &Fields, problems: &Problems) -> Reply {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    let body = html! {
        p { (t!(text, "localname-why")) }
        (Form::new(PATH, &ctx.token()).show(&html! {
            (Field::new("label", &t!(text, "localname-label")).hint(&t!(text, "localname-hint"))
                .autocomplete("off").value(typed.get("label")).wrong(wrongs.of("label")).show())
            @if wrongs.of("sure").is_some() {
                (banner(Tone::Warn, &t!(text, "localname-lost"), &html! { p { (t!(text, "localname-lost-detail")) } }))
                (tick_box("sure", &t!(text, "localname-sure"), false, wrongs.of("sure")))
            }
            (actions(&Button::primary(&t!(text, "settings-save")).submit()))
        }))
    };
    let frame = Frame::new(t!(text, "localname-choose"), problems).back(BACK);
    reply(frame.show(ctx, &body), problems)
}

/// How the name stands, and what it could be used for.
pub fn standing(ctx: &Ctx) -> Markup {
    let text = ctx.text;
    let settings = &ctx.current.settings;
    let announced = ctx.clinic.local_name.load_full();
    let (wanted, change) = (settings.local_label(), t!(text, "localname-choose"));
    let (key, use_it) = (t!(text, "localname-now"), t!(text, "localname-use"));
    let others = wanted.as_ref().filter(|wanted| {
        let got = announced.as_ref().map(|got| &got.label);
        got.is_some_and(|got| got != *wanted)
    });
    let now = match (&announced, &wanted) {
        (Some(announced), _) => announced.address(),
        (None, Some(_)) => t!(text, "localname-silent"),
        (None, None) => t!(text, "localname-off"),
    };
    // A name of one's own is better, and one that is in use needs no advice.
    let best = local_name::best_address(&settings.address, announced.as_deref());
    let better = (best != settings.address).then_some(best);
    html! {
        section.stack id="localname" {
            h2 { (t!(text, "localname-title")) }
            @if let Some(wanted) = others {
                (banner(Tone::Warn, &t!(text, "localname-taken", name = local_name::host(wanted)), &html! {}))
            }
            (summary_list(&[Answer::fixed(&key, html! { (theirs(&now)) })]))
            (actions(&html! {
                (Button::secondary(&change).link(PATH))
                @if let Some(better) = &better {
                    (Button::secondary(&use_it).post(BACK, &ctx.token(), &[("address", better), ("reach", "lan")]))
                }
            }))
            @if better.is_some() { p.muted { (t!(text, "localname-use-detail")) } }
        }
    }
}
