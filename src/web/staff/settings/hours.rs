//! Settings: who works when. The week of one practitioner, and what patients will see next.

use jiff::civil::{Date, Weekday};
use maud::{Markup, html};

use super::{Frame, NEXT, Wrongs, days, next_times, outside_hours, reply};
use crate::app::practice::{self, KeptHours, Trial};
use crate::domain::id::{HoursId, PractitionerId};
use crate::domain::practitioner::Practitioner;
use crate::domain::schedule::{HoursRule, WeeklyHours};
use crate::t;
use crate::text::hours;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, actions};
use crate::web::ui::empty::empty;
use crate::web::ui::field::{Field, Kind, Width};
use crate::web::ui::form::{Form, hidden};
use crate::web::ui::icon::Icon;
use crate::web::ui::row_list::{Row, row_list};
use crate::web::ui::tag::{Chip, Tone, chips, tag};
use crate::web::ui::text::theirs;

/// The path of the list; a practitioner's page lies below it.
pub const PATH: &str = "/staff/settings/hours";

/// The fields of a week, with their weekdays.
pub const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

const FIELDS: [&str; 11] = [
    "week", "from", "until", "do", "mon", "tue", "wed", "thu", "fri", "sat", "sun",
];

/// `GET /staff/settings/hours`
pub fn list(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let everyone = practice::practitioners(&ctx.clinic, &ctx.caller())?;
    let left = practice::left_outside(&ctx.clinic, &ctx.caller(), None)?;
    let add = t!(text, "practitioner-add");
    let new = Button::primary(&add)
        .icon(Icon::Plus)
        .link("/staff/settings/practitioners/new");
    let paths: Vec<String> = everyone
        .iter()
        .map(|one| format!("{PATH}/{}", one.id))
        .collect();
    let rows: Vec<Row<'_>> = everyone
        .iter()
        .zip(&paths)
        .map(|(one, path)| {
            let row = Row::link(path, theirs(&one.called()))
                .icon(Icon::User)
                .detail(theirs(&one.role));
            if one.active {
                row
            } else {
                row.end(tag(&t!(text, "practitioner-inactive"), Tone::Neutral))
            }
        })
        .collect();
    let body = html! {
        (outside_hours(ctx, &left))
        @if rows.is_empty() {
            (empty(Icon::Users, &t!(text, "hours-nobody-title"), &t!(text, "hours-nobody"), &new))
        } @else {
            (row_list(&rows))
            p { (new) }
        }
    };
    let none = Problems::default();
    let page = Frame::new(t!(text, "hours-title"), &none).show(ctx, &body);
    Ok(Reply::page(page))
}

/// `GET /staff/settings/hours/{practitioner}`
pub fn show(ctx: &Ctx) -> Handled {
    let weeks = practice::weeks(&ctx.clinic, &ctx.caller(), ctx.param("practitioner")?)?;
    let asked = ctx.query.get("week");
    let typed = match weeks
        .iter()
        .find(|kept| kept.id.to_string() == asked)
        .or_else(|| in_force(ctx, &weeks))
    {
        Some(kept) if asked != "new" => typed(Some(kept.id), &kept.rule),
        Some(kept) => Fields::from_pairs(week_pairs(&kept.rule.hours)),
        None => Fields::default(),
    };
    page(ctx, &typed, &Problems::default(), None)
}

/// The pattern that holds today, else the last one.
fn in_force<'a>(ctx: &Ctx, weeks: &'a [KeptHours]) -> Option<&'a KeptHours> {
    let today = ctx.today();
    weeks
        .iter()
        .rfind(|kept| kept.rule.holds_on(today))
        .or_else(|| weeks.last())
}

/// `POST /staff/settings/hours/{practitioner}`: save, try, or copy Monday.
pub fn save(ctx: &Ctx) -> Handled {
    let who: PractitionerId = ctx.param("practitioner")?;
    let form = ctx.only(&FIELDS)?;
    if form.get("do") == "copy" {
        return page(ctx, &with_monday_copied(form), &Problems::default(), None);
    }
    let week = form.get("week");
    let week: Option<HoursId> = if week.is_empty() {
        None
    } else {
        Some(week.parse().map_err(|_| Trouble::BadRequest)?)
    };
    match read(ctx, form) {
        Err(problems) => page(ctx, form, &problems, None),
        Ok(rule) if form.get("do") == "preview" => {
            let trial = Trial {
                week: Some((week, &rule)),
                ..Trial::default()
            };
            page(ctx, form, &Problems::default(), Some(trial))
        }
        Ok(rule) => {
            let id = practice::set_hours(&ctx.clinic, &ctx.caller(), who, week, rule)?;
            Ok(Reply::done(&format!("{PATH}/{who}?week={id}"), "saved"))
        }
    }
}

/// `POST /staff/settings/hours/{practitioner}/removal`: takes a week back.
pub fn remove(ctx: &Ctx) -> Handled {
    let who: PractitionerId = ctx.param("practitioner")?;
    let week = ctx.only(&["week"])?.parsed("week");
    let week: HoursId = week.ok_or(Trouble::BadRequest)?;
    practice::drop_hours(&ctx.clinic, &ctx.caller(), who, week)?;
    Ok(Reply::done(&format!("{PATH}/{who}"), "saved"))
}

/// Monday's hours on Tuesday to Friday, everything else as typed.
fn with_monday_copied(form: &Fields) -> Fields {
    let monday = form.get("mon");
    let copied = |name: &str| matches!(name, "tue" | "wed" | "thu" | "fri");
    let mut pairs: Vec<(String, String)> = form
        .iter()
        .filter(|(name, _)| !copied(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for day in ["tue", "wed", "thu", "fri"] {
        pairs.push((day.to_owned(), monday.to_owned()));
    }
    Fields::from_pairs(pairs)
}

/// The typed week, or what is wrong with each day.
pub fn read_week(ctx: &Ctx, form: &Fields, problems: &mut Problems) -> WeeklyHours {
    let mut week = WeeklyHours::default();
    for (name, day) in DAYS {
        match hours::parse(form.get(name)) {
            Ok(ranges) => week.set(day, ranges),
            Err(problem) => problems.add(name, ctx.text.hours_problem(&problem)),
        }
    }
    week
}

fn read(ctx: &Ctx, form: &Fields) -> Result<HoursRule, Problems> {
    let mut problems = Problems::default();
    let effective_from = day(ctx, form, &mut problems, "from");
    let effective_until = day(ctx, form, &mut problems, "until");
    if let (Some(from), Some(until)) = (effective_from, effective_until)
        && until < from
    {
        problems.add("until", t!(ctx.text, "settings-error-date-order"));
    }
    let hours = read_week(ctx, form, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(HoursRule {
        effective_from,
        effective_until,
        hours,
    })
}

/// A typed date, or none; what is no date is a problem.
pub fn day(ctx: &Ctx, form: &Fields, problems: &mut Problems, field: &'static str) -> Option<Date> {
    let typed = form.get(field);
    if typed.is_empty() {
        return None;
    }
    // Further away than that is a slip of the finger.
    let date = typed
        .parse::<Date>()
        .ok()
        .filter(|date| (2000..2100).contains(&date.year()));
    if date.is_none() {
        problems.add(field, t!(ctx.text, "settings-error-date"));
    }
    date
}

/// What the seven fields show for a week.
pub fn week_pairs(week: &WeeklyHours) -> Vec<(String, String)> {
    DAYS.into_iter()
        .map(|(name, day)| (name.to_owned(), hours::write(week.on(day))))
        .collect()
}

fn typed(id: Option<HoursId>, rule: &HoursRule) -> Fields {
    let date = |date: Option<Date>| date.map(|d| d.to_string()).unwrap_or_default();
    let mut pairs = week_pairs(&rule.hours);
    pairs.push(("from".to_owned(), date(rule.effective_from)));
    pairs.push(("until".to_owned(), date(rule.effective_until)));
    if let Some(id) = id {
        pairs.push(("week".to_owned(), id.to_string()));
    }
    Fields::from_pairs(pairs)
}

/// The page with the form of a week as it was typed.
fn page(ctx: &Ctx, form: &Fields, problems: &Problems, trial: Option<Trial<'_>>) -> Handled {
    whole(ctx, form, &Fields::default(), problems, trial)
}

/// The page with the form about single days as it was typed.
pub fn page_with_days(
    ctx: &Ctx,
    form: &Fields,
    problems: &Problems,
    trial: Option<Trial<'_>>,
) -> Handled {
    let who: PractitionerId = ctx.param("practitioner")?;
    let weeks = practice::weeks(&ctx.clinic, &ctx.caller(), who)?;
    let kept = in_force(ctx, &weeks)
        .map(|kept| typed(Some(kept.id), &kept.rule))
        .unwrap_or_default();
    whole(ctx, &kept, form, problems, trial)
}

fn whole(
    ctx: &Ctx,
    week: &Fields,
    days: &Fields,
    problems: &Problems,
    trial: Option<Trial<'_>>,
) -> Handled {
    let (clinic, caller) = (&ctx.clinic, ctx.caller());
    let who: PractitionerId = ctx.param("practitioner")?;
    let one = practice::practitioner(clinic, &caller, who)?;
    let weeks = practice::weeks(clinic, &caller, who)?;
    let left = practice::left_outside(clinic, &caller, Some(who))?;
    let next = practice::preview(clinic, &caller, None, Some(who), trial.unwrap_or_default())?;
    let edit = t!(ctx.text, "practitioner-edit");
    let body = html! {
        p { (Button::secondary(&edit).small().icon(Icon::Pencil)
            .link(&format!("/staff/settings/practitioners/{who}"))) }
        div.stack id="hours" {
            (outside_hours(ctx, &left))
            (patterns(ctx, &one, &weeks, week.get("week")))
            div.split {
                div.stack {
                    (week_form(ctx, who, week, problems))
                    (days::section(ctx, days, problems)?)
                }
                (next_times(ctx, &next, trial.is_some()))
            }
        }
    };
    let title = t!(ctx.text, "hours-of", name = one.called());
    let page = Frame::new(title, problems).back(PATH).show(ctx, &body);
    Ok(reply(page, problems))
}

fn week_form(ctx: &Ctx, who: PractitionerId, form: &Fields, problems: &Problems) -> Markup {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    let path = format!("{PATH}/{who}");
    let (save, preview, copy) = (
        t!(text, "hours-save"),
        t!(text, "hours-preview"),
        t!(text, "hours-copy"),
    );
    let hint = t!(text, "hours-day-hint");
    let inside = html! {
        (hidden("week", form.get("week")))
        p.hint { (hint) }
        div.grid-form {
            @for (name, weekday) in DAYS {
                (Field::new(name, &text.weekday(weekday)).value(form.get(name)).wrong(wrongs.of(name)).show())
            }
        }
        p { (Button::secondary(&copy).small().sends("do", "copy").submit()) }
        div.grid-form {
            (Field::new("from", &t!(text, "hours-from")).kind(Kind::Date).width(Width::Ten)
                .hint(&t!(text, "hours-from-hint")).value(form.get("from")).wrong(wrongs.of("from")).show())
            (Field::new("until", &t!(text, "hours-until")).kind(Kind::Date).width(Width::Ten)
                .hint(&t!(text, "hours-until-hint")).value(form.get("until")).wrong(wrongs.of("until")).show())
        }
        (actions(&html! {
            (Button::primary(&save).sends("do", "save").submit())
            (Button::secondary(&preview).sends("do", "preview").submit())
        }))
    };
    Form::new(&path, &ctx.token())
        .swap("hours")
        .preview(NEXT)
        .show(&inside)
}

/// The patterns there are, with a way to add one that starts later and to take the shown one back.
fn patterns(ctx: &Ctx, one: &Practitioner, weeks: &[KeptHours], shown: &str) -> Markup {
    let text = ctx.text;
    if weeks.is_empty() {
        return html! {};
    }
    let path = format!("{PATH}/{}", one.id);
    let mut entries: Vec<(String, String, bool)> = weeks
        .iter()
        .map(|kept| {
            let label = match kept.rule.effective_from {
                Some(date) => t!(text, "hours-week-from", date = text.date_short(date)),
                None => t!(text, "hours-week-always"),
            };
            let id = kept.id.to_string();
            (format!("{path}?week={id}"), label, id == shown)
        })
        .collect();
    entries.push((
        format!("{path}?week=new"),
        t!(text, "hours-week-new"),
        shown.is_empty(),
    ));
    let list: Vec<Chip<'_>> = entries
        .iter()
        .map(|(href, label, current)| Chip {
            href,
            label,
            hue: None,
            current: *current,
        })
        .collect();
    let remove = t!(text, "hours-week-remove");
    html! {
        (chips(&t!(text, "hours-weeks"), Some("hours"), &list))
        @if weeks.len() > 1 && !shown.is_empty() {
            (Button::secondary(&remove).small().icon(Icon::Trash2)
                .post(&format!("{path}/removal"), &ctx.token(), &[("week", shown)]))
        }
    }
}
