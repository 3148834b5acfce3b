//! Settings: the recovery sheet, where backups go, how often, and what came of the last.

use std::collections::BTreeSet;

use jiff::civil::Time;
use maud::{Markup, html};

use super::{Frame, Wrongs, number, reply, short};
use crate::app::Stop;
use crate::app::backups::{self, Overview, Wish};
use crate::domain::backup::Retention;
use crate::domain::backup::plan::{Alarm, Fault, Schedule, Target, time_of_day};
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::layout;
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::staff::lock;
use crate::web::ui::banner::banner;
use crate::web::ui::button::{Button, Weight, actions};
use crate::web::ui::card::card;
use crate::web::ui::choice_rows::{Choice, ChoiceRows};
use crate::web::ui::field::{Field, Kind, Width};
use crate::web::ui::form::Form;
use crate::web::ui::progress::big_code;
use crate::web::ui::qr::qr;
use crate::web::ui::table::{Column, Table};
use crate::web::ui::tag::Tone;
use crate::web::ui::text::theirs;

/// The path of the page.
pub const PATH: &str = "/staff/settings/backups";
const SHEET: &str = "/staff/settings/backups/sheet";
const WORD: &str = "/staff/settings/backups/word";
const NOW: &str = "/staff/settings/backups/now";
/// The region that looks again when something happens.
const REGION: &str = "state";
/// Archives in the list.
const LISTED: usize = 12;
/// The most backups that can be kept of one kind.
const MOST_KEPT: u32 = 999;

/// `GET /staff/settings/backups`
pub fn show(ctx: &Ctx) -> Handled {
    page(ctx, None, &Problems::default())
}

/// `POST /staff/settings/backups`
pub fn save(ctx: &Ctx) -> Handled {
    let form = ctx.only(&[
        "target", "schedule", "time", "hours", "days", "weeks", "months",
    ])?;
    let mut problems = Problems::default();
    let schedule = match form.get("schedule") {
        "off" => Schedule::Off,
        "1" => Schedule::Every(1),
        "6" => Schedule::Every(6),
        "daily" => {
            let time = Time::strptime("%H:%M", form.get("time"));
            if time.is_err() {
                problems.add("time", t!(ctx.text, "backups-error-time"));
            }
            Schedule::Daily(time.map_or(0, minute_of))
        }
        _ => return Err(Trouble::BadRequest),
    };
    let p = &mut problems;
    let mut kept = |field| short(number(ctx, form, p, field, (0, MOST_KEPT)));
    let keep = Retention {
        hours: kept("hours"),
        days: kept("days"),
        weeks: kept("weeks"),
        months: kept("months"),
    };
    if !problems.is_empty() {
        return page(ctx, Some(form), &problems);
    }
    let targets: BTreeSet<String> = form.all("target").map(str::to_owned).collect();
    let wish = Wish {
        schedule,
        keep,
        targets,
    };
    backups::decide(&ctx.clinic, &ctx.caller(), wish)?;
    Ok(Reply::done(PATH, "saved"))
}

fn minute_of(time: Time) -> u16 {
    let part = |n: i8| u16::try_from(n).unwrap_or(0);
    part(time.hour()) * 60 + part(time.minute())
}

/// `POST /staff/settings/backups/now`
pub fn back_up_now(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    backups::ask(&ctx.clinic, &ctx.caller())?;
    Ok(Reply::see_other(PATH))
}

/// `POST /staff/settings/backups/word`: the test word, typed back from the printed sheet.
pub fn check_word(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["word"])?;
    match typed_back(ctx, form)? {
        Ok(()) => Ok(Reply::done(PATH, "saved")),
        Err(problems) => page(ctx, Some(form), &problems),
    }
}

/// Takes the test word of a form, or says that it is another one.
pub fn typed_back(ctx: &Ctx, form: &Fields) -> Result<Result<(), Problems>, Trouble> {
    match backups::check_word(&ctx.clinic, &ctx.caller(), form.get("word")) {
        Ok(()) => Ok(Ok(())),
        Err(Stop::Refused(Refused::Wrong { .. })) => {
            let mut problems = Problems::default();
            problems.add("word", t!(ctx.text, "backups-error-word"));
            Ok(Err(problems))
        }
        Err(stop) => Err(stop.into()),
    }
}

/// The field for the test word.
pub fn word_field(ctx: &Ctx, typed: &str, problems: &Problems) -> Markup {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    Field::new("word", &t!(text, "backups-word"))
        .width(Width::Ten)
        .hint(&t!(text, "backups-word-hint"))
        .value(typed)
        .wrong(wrongs.of("word"))
        .show()
}

/// `POST /staff/settings/backups/sheet`: the sheet itself.
pub fn sheet(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    on_paper(ctx, PATH)
}

/// The sheet, for paper, and the page that leads back. It is an answer to a form, so that the key is
/// behind no address.
pub fn on_paper(ctx: &Ctx, back: &str) -> Handled {
    let person = ctx.known.as_ref().ok_or(Trouble::SignIn)?;
    let key = match backups::sheet(&ctx.clinic, person, ctx.request) {
        Ok(key) => key,
        Err(Stop::Refused(Refused::ProveAgain)) => {
            return Ok(Reply::see_other(&lock::path(back)));
        }
        Err(stop) => return Err(stop.into()),
    };
    let text = ctx.text;
    let (written, word) = (key.text(), key.test_word());
    let letters: Vec<char> = written.chars().collect();
    let parts: Vec<String> = letters.chunks(8).map(|c| c.iter().collect()).collect();
    let name = &ctx.current.settings.profile.name;
    let body = html! {
        article.letter {
            header { h1 { (t!(text, "backups-sheet-title")) } p.strong { (theirs(name)) } }
            p { (t!(text, "backups-sheet-what")) }
            h2 { (t!(text, "backups-sheet-key")) }
            // It may break anywhere, and is copied as one word.
            p { code.strong dir="ltr" { @for part in &parts { (part) wbr; } } }
            (qr(&written, &t!(text, "backups-sheet-qr")))
            h2 { (t!(text, "backups-sheet-word")) }
            (big_code(&word))
            h2 { (t!(text, "backups-sheet-how-title")) }
            p { (t!(text, "backups-sheet-how")) }
            p { code dir="ltr" { "anteroom restore ARCHIVE --data DIR" } }
            p.strong { (t!(text, "backups-sheet-lost")) }
            p { (t!(text, "backups-sheet-keep")) }
        }
    };
    let title = t!(text, "backups-sheet-title");
    // The key must not lie about in a shared cache, nor be guessed from how well it compresses.
    let mut reply = Reply::page(layout::print(ctx, &title, back, body));
    reply.compress = false;
    Ok(reply)
}

/// What the owner should know on every page; nothing when all is well or somebody else reads.
pub fn alarm(ctx: &Ctx) -> Markup {
    if !ctx.may(Permission::ManageSettings) {
        return html! {};
    }
    let text = ctx.text;
    let title = match ctx.clinic.backups.alarm(ctx.now) {
        None => return html! {},
        // This page says it better itself.
        Some(Alarm::Failed(_)) if ctx.path == PATH => return html! {},
        Some(Alarm::Failed(name)) => t!(text, "backups-alarm-failed", target = name),
        Some(Alarm::Old(name, since)) => t!(
            text,
            "backups-alarm-old",
            target = name,
            time = ctx.when().date_time_short(since)
        ),
    };
    let body = html! { p { a href=(PATH) { (t!(text, "backups-alarm-look")) } } };
    banner(Tone::Bad, &title, &body)
}

/// What stands in the form before anything is typed.
fn kept_fields(state: &Overview) -> Fields {
    let plan = &state.known.plan;
    let (schedule, minute) = match plan.schedule {
        Schedule::Off => ("off", 90),
        Schedule::Every(hours) if hours < 6 => ("1", 90),
        Schedule::Every(_) => ("6", 90),
        Schedule::Daily(minute) => ("daily", minute),
    };
    let time = time_of_day(minute).strftime("%H:%M").to_string();
    let keep = plan.keep;
    let mut pairs = vec![
        ("schedule", schedule.to_owned()),
        ("time", time),
        ("hours", keep.hours.to_string()),
        ("days", keep.days.to_string()),
        ("weeks", keep.weeks.to_string()),
        ("months", keep.months.to_string()),
    ];
    let chosen = state.known.targets.iter().filter(|t| t.chosen);
    pairs.extend(chosen.map(|t| ("target", t.name.clone())));
    Fields::from_pairs(pairs.into_iter().map(|(n, v)| (n.to_owned(), v)).collect())
}

fn page(ctx: &Ctx, typed: Option<&Fields>, problems: &Problems) -> Handled {
    let text = ctx.text;
    let state = backups::overview(&ctx.clinic, &ctx.caller(), LISTED)?;
    let kept = kept_fields(&state);
    let has_plan = |f: &&Fields| f.has("schedule");
    let plan = typed.filter(has_plan).unwrap_or(&kept);
    let word = typed.map_or("", |f| f.get("word"));
    let body = html! {
        p { (t!(text, "backups-text")) }
        section.stack id=(REGION) data-live="/staff/live" { (happening(ctx, &state)) }
        (sheet_card(ctx, &state, word, problems))
        h2 { (t!(text, "backups-where-title")) }
        (plan_form(ctx, &state, plan, problems))
        h2 { (t!(text, "backups-last-title")) }
        (last_ones(ctx, &state))
    };
    let frame = Frame::new(t!(text, "backups-title"), problems);
    Ok(reply(frame.show(ctx, &body), problems))
}

/// What is going on, what went wrong, and the button that begins one.
fn happening(ctx: &Ctx, state: &Overview) -> Markup {
    let text = ctx.text;
    let known = &state.known;
    let again = html! { p { a href=(PATH) { (t!(text, "backups-look-again")) } } };
    let waits = known.targets.iter().any(|t| t.asked);
    let ready = known.plan.sheet_checked_at.is_some() && known.targets.iter().any(|t| t.chosen);
    html! {
        @if let Some(work) = &state.at_work {
            (banner(Tone::Info, &t!(text, "backups-runs", target = work.to.clone(), percent = u32::from(work.percent)), &again))
        } @else if waits {
            (banner(Tone::Info, &t!(text, "backups-waits"), &again))
        } @else if ready {
            (Button::secondary(&t!(text, "backups-now")).post(NOW, &ctx.token(), &[]))
        }
        @for target in known.targets.iter().filter(|t| t.chosen) { (went_wrong(ctx, target)) }
    }
}

fn went_wrong(ctx: &Ctx, target: &Target) -> Markup {
    let text = ctx.text;
    let Some(last) = &target.last else {
        return html! {};
    };
    let Some((fault, words)) = &last.fault else {
        return html! {};
    };
    let advice = match fault {
        Fault::Missing => t!(text, "backups-fault-missing"),
        Fault::NotAllowed => t!(text, "backups-fault-not-allowed"),
        Fault::Full => t!(text, "backups-fault-full"),
        Fault::NoRoom => t!(text, "backups-fault-no-room"),
        Fault::NotProven => t!(text, "backups-fault-not-proven"),
        Fault::Other => t!(text, "backups-fault-other"),
    };
    let title = t!(
        text,
        "backups-failed",
        target = target.name.clone(),
        time = ctx.when().date_time_short(last.at)
    );
    let body = html! {
        p { (advice) }
        p.small.anywhere { (t!(text, "backups-says")) " " (theirs(words)) }
    };
    banner(Tone::Bad, &title, &body)
}

fn sheet_card(ctx: &Ctx, state: &Overview, typed: &str, problems: &Problems) -> Markup {
    let text = ctx.text;
    let token = ctx.token();
    let show = Button::new(
        &t!(text, "backups-sheet-show"),
        if state.known.plan.sheet_checked_at.is_some() {
            Weight::Quiet
        } else {
            Weight::Secondary
        },
    )
    .post(SHEET, &token, &[]);
    let inside = html! {
        @if let Some(at) = state.known.plan.sheet_checked_at {
            p { (t!(text, "backups-sheet-checked", date = ctx.when().date(at))) }
            (show)
        } @else {
            p { (t!(text, "backups-sheet-first")) }
            (show)
            (Form::new(WORD, &token).show(&html! {
                (word_field(ctx, typed, problems))
                (actions(&Button::primary(&t!(text, "backups-word-check")).submit()))
            }))
        }
    };
    card(Some(&t!(text, "backups-sheet-title")), &inside)
}

/// How old the newest proven backup is.
fn age(ctx: &Ctx, proven: Option<jiff::Timestamp>) -> String {
    let text = ctx.text;
    match proven {
        None => t!(text, "backups-never"),
        Some(at) => {
            let hours = ctx.now.duration_since(at).as_hours().max(0);
            if hours < 48 {
                t!(text, "backups-age-hours", hours = hours)
            } else {
                t!(text, "backups-age-days", days = hours / 24)
            }
        }
    }
}

fn plan_form(ctx: &Ctx, state: &Overview, typed: &Fields, problems: &Problems) -> Markup {
    let text = ctx.text;
    let targets = &state.known.targets;
    if targets.is_empty() {
        return html! {
            p { (t!(text, "backups-none")) }
            p { code.anywhere dir="ltr" { "anteroom backup-target add /mnt/usb/anteroom --data DIR" } }
            p.hint { (t!(text, "backups-none-hint")) }
        };
    }
    let details: Vec<String> = targets
        .iter()
        .map(|t| {
            let (place, age) = (t.to.shown().to_owned(), age(ctx, t.proven));
            t!(text, "backups-target-detail", place = place, age = age)
        })
        .collect();
    let chosen: Vec<&str> = typed.all("target").collect();
    let choices: Vec<Choice<'_>> = targets
        .iter()
        .zip(&details)
        .map(|(target, detail)| Choice {
            value: &target.name,
            label: &target.name,
            detail: Some(detail),
            checked: chosen.contains(&target.name.as_str()),
        })
        .collect();
    let places = ChoiceRows {
        id: "target",
        legend: &t!(text, "backups-targets"),
        heading: false,
        hint: None,
        wrong: None,
        several: true,
        choices: &choices,
    };
    let wrongs = Wrongs::new(ctx, problems);
    let kept = |id: &'static str, label: String| {
        Field::new(id, &label)
            .kind(Kind::Digits)
            .width(Width::Four)
            .value(typed.get(id))
            .wrong(wrongs.of(id))
            .show()
    };
    let save = t!(text, "settings-save");
    let save = match state.known.plan.sheet_checked_at {
        Some(_) => Button::primary(&save),
        None => Button::secondary(&save),
    };
    Form::new(PATH, &ctx.token()).show(&html! {
        (places.show())
        (often(ctx, typed))
        (Field::new("time", &t!(text, "backups-time")).kind(Kind::Time).width(Width::Ten)
            .value(typed.get("time")).wrong(wrongs.of("time")).show())
        h3 { (t!(text, "backups-keep")) }
        p.hint { (t!(text, "backups-keep-hint")) }
        (kept("hours", t!(text, "backups-keep-hours")))
        (kept("days", t!(text, "backups-keep-days")))
        (kept("weeks", t!(text, "backups-keep-weeks")))
        (kept("months", t!(text, "backups-keep-months")))
        (actions(&save.submit()))
    })
}

fn often(ctx: &Ctx, typed: &Fields) -> Markup {
    let text = ctx.text;
    let labels = [
        ("off", t!(text, "backups-often-off")),
        ("1", t!(text, "backups-often-hour")),
        ("6", t!(text, "backups-often-six")),
        ("daily", t!(text, "backups-often-day")),
    ];
    let choices = labels.each_ref().map(|(value, label)| Choice {
        value,
        label,
        detail: None,
        checked: typed.get("schedule") == *value,
    });
    let rows = ChoiceRows {
        id: "schedule",
        legend: &t!(text, "backups-often"),
        heading: false,
        hint: None,
        wrong: None,
        several: false,
        choices: &choices,
    };
    rows.show()
}

fn last_ones(ctx: &Ctx, state: &Overview) -> Markup {
    let text = ctx.text;
    if state.newest.is_empty() {
        return html! { p { (t!(text, "backups-last-none")) } };
    }
    let (when, size, proven, place) = (
        t!(text, "backups-head-when"),
        t!(text, "backups-head-size"),
        t!(text, "backups-head-proven"),
        t!(text, "backups-head-where"),
    );
    let rows: Vec<Vec<Markup>> = state
        .newest
        .iter()
        .map(|one| {
            let result = html! {
                @if one.proven_at.is_some() { (age(ctx, Some(one.at))) }
                @else { (t!(text, "backups-not-proven")) br; span.small { (theirs(&one.problem)) } }
            };
            vec![
                html! { (ctx.when().date_time_short(one.at)) },
                html! { (text.bytes(one.bytes)) },
                result,
                html! { span.anywhere { (theirs(&one.archive)) } },
            ]
        })
        .collect();
    Table {
        id: "last",
        caption: &t!(text, "backups-last-title"),
        caption_unseen: true,
        columns: &[
            Column::words(&when),
            Column::numbers(&size),
            Column::words(&proven),
            Column::words(&place),
        ],
        rows: &rows,
        sums: None,
    }
    .show()
}
