//! Settings: name, logo, one colour, welcome line, with a preview.

use data_encoding::BASE64;
use maud::{Markup, html};
use poem::http::header;

use super::{Frame, Wrongs, line, reply};
use crate::app::clinic_settings::{self, Look, MAX_LOGO_BYTES, NotALogo};
use crate::domain::picture::NotAPicture;
use crate::domain::refusal::Refused;
use crate::domain::settings::Logo;
use crate::domain::theme::{Brand, Shift, Theme};
use crate::t;
use crate::web::assets::preview_url;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::button::{Button, Weight, actions};
use crate::web::ui::choice_rows::tick_box;
use crate::web::ui::field::{Field, Kind, Width};
use crate::web::ui::form::{Form, hidden};
use crate::web::ui::icon::Icon;
use crate::web::ui::page::Script;
use crate::web::ui::qr::qr;
use crate::web::ui::shell::logo_address;
use crate::web::ui::swatches::{Swatch, swatches};
use crate::web::ui::tag::{Tone, tag};
use crate::web::ui::text::theirs;
use crate::web::ui::toast::{Toast, Undo};

/// The path of the page.
const PATH: &str = "/staff/settings/look";

/// The hidden field with a logo that was chosen and is not published yet. Forms with files know it by
/// its end.
pub const CHOSEN: &str = "logo-chosen";

/// The box that says to use no logo.
pub const NO_LOGO: &str = "no-logo";

/// The part of the page that follows while one chooses.
pub const PREVIEW: &str = "preview";

/// Colours to begin with.
pub const SAMPLES: [&str; 8] = [
    "#0b7285", "#1c5db0", "#5f3dc4", "#a61e4d", "#b33c16", "#7a5900", "#2b7a3d", "#343a40",
];

/// `GET /logo`, for everybody.
pub fn logo(ctx: &Ctx) -> Handled {
    let Some(logo) = &ctx.current.settings.profile.logo else {
        return Err(Refused::NotFound.into());
    };
    // Only what was judged by content is ever sent as an image.
    let kind = match logo.media_type.as_str() {
        "image/png" => "image/png",
        "image/jpeg" => "image/jpeg",
        "image/webp" => "image/webp",
        _ => return Err(Refused::NotFound.into()),
    };
    let mut reply = Reply::bytes(kind, logo.bytes.clone());
    reply.set(header::CACHE_CONTROL, "public, max-age=300");
    Ok(reply)
}

/// `GET /staff/settings/look`
pub fn show(ctx: &Ctx) -> Handled {
    let logo = ctx.current.settings.profile.logo.as_ref();
    page(ctx, &as_it_is(ctx), &Problems::default(), logo)
}

/// What the form shows before anything is sent.
pub fn as_it_is(ctx: &Ctx) -> Fields {
    let profile = &ctx.current.settings.profile;
    let known = [
        ("name", &profile.name),
        ("welcome", &profile.welcome),
        ("colour", &profile.brand),
    ];
    let pairs = known.map(|(name, now)| (name.to_owned(), now.clone()));
    Fields::from_pairs(pairs.to_vec())
}

/// `POST /staff/settings/look`: publish, or only look.
pub fn save(ctx: &Ctx) -> Handled {
    let form = ctx.only(&[
        "name", "welcome", "colour", "sample", NO_LOGO, "logo", CHOSEN, "do",
    ])?;
    let form = &with_sample(form);
    let mut problems = Problems::default();
    let missing = Some(t!(ctx.text, "look-error-name"));
    let name = line(ctx, form, &mut problems, "name", 60, missing);
    let welcome = line(ctx, form, &mut problems, "welcome", 160, None);
    let brand = colour(ctx, form, &mut problems);
    let picture = picture(ctx, form, &mut problems);
    match brand {
        Some(brand) if problems.is_empty() && form.get("do") != "preview" => {
            let look = Look {
                name,
                welcome,
                brand: brand.to_string(),
                logo: picture.filter(|_| !form.has(NO_LOGO)),
            };
            clinic_settings::publish_look(&ctx.clinic, &ctx.caller(), look)?;
            Ok(Reply::done(PATH, "published"))
        }
        _ => page(ctx, form, &problems, picture.as_ref()),
    }
}

/// `POST /staff/settings/look/undo`
pub fn undo(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    clinic_settings::undo_look(&ctx.clinic, &ctx.caller())?;
    Ok(Reply::done(PATH, "saved"))
}

/// A sample that was chosen stands in the field for the colour.
pub fn with_sample(form: &Fields) -> Fields {
    let sample = form.get("sample");
    if sample.is_empty() || sample == "own" {
        return form.clone();
    }
    let pairs = form.iter().map(|(name, value)| {
        let value = if name == "colour" { sample } else { value };
        (name.to_owned(), value.to_owned())
    });
    Fields::from_pairs(pairs.collect())
}

/// The typed colour; `0b7285` and `#0B7285` are the same.
pub fn colour(ctx: &Ctx, form: &Fields, problems: &mut Problems) -> Option<Brand> {
    let typed = form.get("colour");
    let digits = typed.strip_prefix('#').unwrap_or(typed);
    let brand = Brand::try_from(format!("#{digits}").as_str()).ok();
    if brand.is_none() {
        problems.add("colour", t!(ctx.text, "look-error-colour"));
    }
    brand
}

/// The picture of the form: a new file, one that was chosen before, or the one that is there. Whether
/// it is used is another question: [`NO_LOGO`].
pub fn picture(ctx: &Ctx, form: &Fields, problems: &mut Problems) -> Option<Logo> {
    let text = ctx.text;
    let file = ctx.files.iter().find(|f| f.field == "logo");
    if let Some(file) = file {
        match clinic_settings::logo(file.bytes.clone()) {
            Ok(logo) => return Some(logo),
            Err(NotALogo::TooLarge) => {
                problems.add("logo", t!(text, "look-error-large", size = most(ctx)));
            }
            Err(NotALogo::NotAnImage(NotAPicture::Broken)) => {
                problems.add("logo", t!(text, "look-error-damaged"));
            }
            Err(NotALogo::NotAnImage(NotAPicture::Unknown)) => {
                problems.add("logo", t!(text, "look-error-image"));
            }
        }
    }
    let before = BASE64.decode(form.get(CHOSEN).as_bytes()).ok();
    before
        .and_then(|bytes| clinic_settings::logo(bytes).ok())
        .or_else(|| ctx.current.settings.profile.logo.clone())
}

fn page(ctx: &Ctx, typed: &Fields, problems: &Problems, picture: Option<&Logo>) -> Handled {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    let (publish, preview) = (t!(text, "look-publish"), t!(text, "look-preview"));
    let inside = html! {
        (Field::new("name", &t!(text, "look-name")).value(typed.get("name")).wrong(wrongs.of("name")).show())
        (Field::new("welcome", &t!(text, "look-welcome")).hint(&t!(text, "look-welcome-hint"))
            .value(typed.get("welcome")).wrong(wrongs.of("welcome")).show())
        (samples(ctx, typed.get("colour")))
        (Field::new("colour", &t!(text, "look-colour")).width(Width::Ten).hint(&t!(text, "look-colour-hint"))
            .value(typed.get("colour")).wrong(wrongs.of("colour")).show())
        (logo_field(ctx, &wrongs, typed, picture))
        (actions(&html! {
            (Button::primary(&publish).sends("do", "publish").submit())
            (Button::secondary(&preview).sends("do", "preview").submit())
        }))
    };
    let brand = colour(ctx, typed, &mut Problems::default());
    let used = picture.filter(|_| !typed.has(NO_LOGO));
    let (close, back, token) = (t!(text, "toast-close"), t!(text, "toast-undo"), ctx.token());
    let undo_path = format!("{PATH}/undo");
    let before = t!(text, "look-before");
    let has_before = clinic_settings::has_look_before(&ctx.clinic, &ctx.caller())?;
    let body = html! {
        div.stack id="look" {
            (Form::new(PATH, &ctx.token()).swap("look").preview(PREVIEW).with_files().show(&inside))
            @if has_before {
                (Button::new(&before, Weight::Quiet).icon(Icon::Undo2)
                    .post(&undo_path, &token, &[]))
            }
            (preview_region(ctx, brand, typed.get("name"), typed.get("welcome"), used))
        }
    };
    let mut frame = Frame::new(t!(text, "look-title"), problems);
    frame.scripts = &[Script("look.js")];
    if ctx.flash.did() == "published" && problems.is_empty() {
        frame.toast = Some(Toast {
            words: html! { (t!(text, "look-published")) },
            undo: Some(Undo {
                label: &back,
                action: &undo_path,
                token: &token,
                fields: &[],
            }),
            close: &close,
        });
    }
    Ok(reply(frame.show(ctx, &body), problems))
}

/// The largest logo, in words.
fn most(ctx: &Ctx) -> String {
    ctx.text.bytes(u64::try_from(MAX_LOGO_BYTES).unwrap_or(0))
}

/// The field for a file; what was chosen before; and, where there is a logo, the box that takes it
/// away.
pub fn logo_field(
    ctx: &Ctx,
    wrongs: &Wrongs<'_>,
    typed: &Fields,
    picture: Option<&Logo>,
) -> Markup {
    let text = ctx.text;
    let published = ctx.current.settings.profile.logo.as_ref();
    // While one types only the samples are looked at, and the picture is there three times already.
    let new = picture.filter(|_| picture != published && !ctx.quiet);
    html! {
        (Field::new("logo", &t!(text, "look-logo")).kind(Kind::File)
            .accept("image/png,image/jpeg,image/webp").hint(&t!(text, "look-logo-hint", size = most(ctx)))
            .wrong(wrongs.of("logo")).show())
        // Said before it is sent: a photo may be larger than any form.
        p.error role="alert" hidden data-most=(MAX_LOGO_BYTES) { (t!(text, "look-error-large", size = most(ctx))) }
        @if let Some(new) = new {
            (hidden(CHOSEN, &BASE64.encode(&new.bytes)))
            p.row-flex {
                img.sample-logo src=(data_url(new)) alt="";
                (tag(&t!(text, "look-logo-chosen"), Tone::Warn))
            }
        }
        @if picture.is_some() {
            (tick_box(NO_LOGO, &t!(text, "look-no-logo"), typed.has(NO_LOGO), None))
        }
    }
}

/// A picture that has no address yet, in the page itself.
fn data_url(logo: &Logo) -> String {
    format!(
        "data:{};base64,{}",
        logo.media_type,
        BASE64.encode(&logo.bytes)
    )
}

/// Eight colours to choose from, and one's own.
pub fn samples(ctx: &Ctx, chosen: &str) -> Markup {
    let text = ctx.text;
    let names = [
        t!(text, "look-sample-teal"),
        t!(text, "look-sample-blue"),
        t!(text, "look-sample-violet"),
        t!(text, "look-sample-berry"),
        t!(text, "look-sample-rust"),
        t!(text, "look-sample-honey"),
        t!(text, "look-sample-leaf"),
        t!(text, "look-sample-slate"),
    ];
    let own = t!(text, "look-sample-own");
    let known = SAMPLES.contains(&chosen);
    let mut colours: Vec<Swatch<'_>> = SAMPLES
        .iter()
        .zip(&names)
        .map(|(value, label)| Swatch {
            value,
            label,
            checked: chosen == *value,
        })
        .collect();
    colours.push(Swatch {
        value: "own",
        label: &own,
        checked: !known,
    });
    swatches("sample", &t!(text, "look-samples"), &colours)
}

/// What patients would see, where the colour is one.
pub fn preview_region(
    ctx: &Ctx,
    brand: Option<Brand>,
    name: &str,
    welcome: &str,
    logo: Option<&Logo>,
) -> Markup {
    html! {
        div.stack id=(PREVIEW) {
            @if let Some(brand) = brand { (sample_page(ctx, brand, welcome, &mark(ctx, name, logo), name)) }
        }
    }
}

/// What patients see in a colour: their page, light and dark, a mail, and the poster.
fn sample_page(ctx: &Ctx, brand: Brand, welcome: &str, mark: &Markup, name: &str) -> Markup {
    let text = ctx.text;
    let moved = Theme::from_brand(brand)
        .fill_shift()
        .map(|shift| match shift {
            Shift::Darker => t!(text, "look-darker"),
            Shift::Lighter => t!(text, "look-lighter"),
        });
    html! {
        section.stack {
            link rel="stylesheet" href=(preview_url(brand));
            h2 { (t!(text, "look-preview-title")) }
            p { (moved.unwrap_or_else(|| t!(text, "look-readable"))) }
            div.cards {
                (phone(ctx, "light", &t!(text, "look-preview-light"), mark, welcome))
                (phone(ctx, "dark", &t!(text, "look-preview-dark"), mark, welcome))
                (mail(ctx, name))
                (poster(ctx, mark))
            }
        }
    }
}

/// The first page of a patient. Buttons are pictures: pressing them does nothing, so they are none.
fn phone(ctx: &Ctx, mode: &str, title: &str, mark: &Markup, welcome: &str) -> Markup {
    let text = ctx.text;
    html! {
        figure {
            figcaption.small { (title) }
            div.stack data-preview=(mode) {
                (mark)
                @if !welcome.is_empty() { p { (theirs(welcome)) } }
                p { (tag(&t!(text, "visit-state-confirmed"), Tone::Ok)) }
                p { span.btn { (t!(text, "book-this-time")) } }
            }
        }
    }
}

fn mail(ctx: &Ctx, name: &str) -> Markup {
    let text = ctx.text;
    html! {
        figure {
            figcaption.small { (t!(text, "look-preview-mail")) }
            div.stack.sample-mail data-preview="light" {
                p.bar-line { (theirs(name)) }
                p.strong { (t!(text, "mail-booked-title")) }
                p { (t!(text, "mail-booked-text")) }
                p { span.btn { (t!(text, "mail-visit-link")) } }
            }
        }
    }
}

fn poster(ctx: &Ctx, mark: &Markup) -> Markup {
    let text = ctx.text;
    let address = &ctx.current.settings.address;
    html! {
        figure {
            figcaption.small { (t!(text, "look-preview-poster")) }
            div.stack.sample-poster data-preview="light" {
                (mark)
                p.strong { (t!(text, "poster-headline")) }
                (qr(&format!("{address}/"), &t!(text, "look-preview-poster")))
            }
        }
    }
}

/// The clinic's name, beside its logo where it has one.
fn mark(ctx: &Ctx, name: &str, logo: Option<&Logo>) -> Markup {
    let published = ctx.current.settings.profile.logo.as_ref();
    html! {
        p.row-flex.strong {
            @if let Some(logo) = logo {
                @let known = ctx.current.logo().filter(|_| Some(logo) == published);
                @if let Some(known) = known { img.sample-logo src=(logo_address(known)) alt=""; }
                @else { img.sample-logo src=(data_url(logo)) alt=""; }
            }
            (theirs(name))
        }
    }
}
