//! Pages that ask one thing and nothing else: the doors. And the birth date, which several ask for.

use jiff::civil::Date;
use maud::{Markup, html};

use super::ctx::Ctx;
use super::fields::Problems;
use super::layout::{self, Extra};
use super::patient::languages::offered;
use super::reply::Reply;
use super::respond::{Trouble, sentence};
use super::ui::button::{Button, back_link};
use super::ui::date3::{Date3, DateOrder, Part};
use super::ui::error_summary::error_summary;
use super::ui::field::Wrong;
use super::ui::form::Form;
use crate::app::Stop;
use crate::domain::country::{self, Country};
use crate::domain::refusal::Refused;
use crate::t;
use crate::text::Text;

/// The id of the birth date and the start of its three names.
const BIRTH: &str = "born";
/// The names under which a birth date is sent.
pub const BIRTH_FIELDS: [&str; 3] = ["born-day", "born-month", "born-year"];

/// A page with one question.
pub struct Question<'a> {
    /// What the page is called.
    pub title: &'a str,
    /// Whether the form brings the heading itself.
    pub headed: bool,
    /// What stands between the heading and the form.
    pub lead: Markup,
    /// Where the form goes.
    pub action: &'a str,
    /// The fields.
    pub fields: Markup,
    /// What the button says.
    pub button: &'a str,
    /// What stands below the form.
    pub below: Markup,
    /// The way back: path.
    pub back: Option<&'a str>,
}

impl Question<'_> {
    /// The page, with what is wrong on top.
    pub fn show(self, ctx: &Ctx, problems: &Problems) -> Reply {
        let text = ctx.text;
        let summary: Vec<(&str, &str)> = problems.iter().collect();
        let form = Form::new(self.action, &ctx.token()).show(&html! {
            (self.fields)
            (Button::primary(self.button).submit())
        });
        let body = html! {
            @if let Some(back) = self.back { (back_link(back, &t!(text, "page-back"))) }
            @if !problems.is_empty() { (error_summary(&t!(text, "error-summary"), &summary)) }
            @if !self.headed { h1 { (self.title) } }
            (self.lead)
            (form)
            (self.below)
            (layout::help(ctx))
        };
        let extra = Extra {
            has_problems: !problems.is_empty(),
            ..Extra::default()
        };
        let page = layout::plain(ctx, self.title, extra, body);
        if problems.is_empty() {
            Reply::page(page)
        } else {
            Reply::problems(page)
        }
    }
}

/// What is wrong with a field, if anything.
pub fn wrong<'a>(problems: &'a Problems, field: &str, prefix: &'a str) -> Option<Wrong<'a>> {
    problems.of(field).map(|message| Wrong { prefix, message })
}

/// A refusal that belongs to a field becomes its problem; anything else is trouble.
pub fn refusal(ctx: &Ctx, field: &'static str, stop: Stop) -> Result<Problems, Trouble> {
    let Stop::Refused(refused) = stop else {
        return Err(stop.into());
    };
    if !matches!(
        refused,
        Refused::Wrong { .. } | Refused::Shut { .. } | Refused::WeakPassword(_)
    ) {
        return Err(refused.into());
    }
    let mut problems = Problems::default();
    problems.add(field, sentence(ctx, &refused));
    Ok(problems)
}

/// The birth date that was sent, or what to do about it.
pub fn read_birth_date(ctx: &Ctx, problems: &mut Problems) -> Option<Date> {
    let part = |name: &str| ctx.form.get(&format!("{BIRTH}-{name}")).to_owned();
    let month = month(ctx, &part("month"));
    let date = month.and_then(|month| read(&part("day"), month, &part("year")));
    let date = date.filter(|d| *d <= ctx.today() && d.year() > 1880);
    if date.is_none() {
        problems.add(BIRTH, t!(ctx.text, "error-birth-date"));
    }
    date
}

fn read(day: &str, month: i8, year: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, month, day.parse().ok()?).ok()
}

/// A month by its number or by its name, in the language of the page or another of the clinic's: who
/// types their own birth date may do it in their own language.
fn month(ctx: &Ctx, typed: &str) -> Option<i8> {
    let others = offered(ctx).iter().map(|language| Text::new(*language));
    std::iter::once(ctx.text)
        .chain(others)
        .find_map(|text| text.month_from(typed))
}

/// The question for the birth date, with what was typed. As the heading of the page or below one.
pub fn birth_date(ctx: &Ctx, heading: bool, problems: &Problems) -> Markup {
    let text = ctx.text;
    let prefix = t!(text, "page-error-prefix");
    let typed = |name: &str| ctx.form.get(&format!("{BIRTH}-{name}")).to_owned();
    let (d, m, y) = (typed("day"), typed("month"), typed("year"));
    let (day, month, year) = (
        t!(text, "born-day"),
        t!(text, "born-month"),
        t!(text, "born-year"),
    );
    let country = Country::try_from(ctx.current.settings.profile.country.as_str()).ok();
    let order = match country.map(Country::date_order) {
        Some(country::DateOrder::MonthDayYear) => DateOrder::MonthDayYear,
        Some(country::DateOrder::YearMonthDay) => DateOrder::YearMonthDay,
        Some(country::DateOrder::DayMonthYear) | None => DateOrder::DayMonthYear,
    };
    Date3 {
        id: BIRTH,
        legend: &t!(text, "born-question"),
        heading,
        hint: Some(&t!(text, "born-hint")),
        wrong: wrong(problems, BIRTH, &prefix),
        order,
        day: Part {
            label: &day,
            value: &d,
        },
        month: Part {
            label: &month,
            value: &m,
        },
        year: Part {
            label: &year,
            value: &y,
        },
        own_birthday: true,
    }
    .show()
}

/// The field that a refused birth date belongs to.
pub const BIRTH_FIELD: &str = BIRTH;

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_birth_date_is_read_as_typed() {
        assert_eq!(read("9", 3, "1948"), Some(date(1948, 3, 9)));
        for (d, m, y) in [("31", 2, "1990"), ("", 1, "1990"), ("1", 13, "1990")] {
            assert_eq!(read(d, m, y), None);
        }
    }
}
