//! What the desk's forms share: dates and times as staff type them, and what is wrong with them.

use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};

use crate::domain::practitioner::Practitioner;
use crate::domain::refusal::{InTheWay, Refused};
use crate::domain::schedule::MinuteOfDay;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::respond::{Trouble, sentence};
use crate::web::ui::choice_rows::{Choice, ChoiceRows};
use crate::web::ui::error_summary::error_summary;
use crate::web::ui::field::{Field, Kind, Width, Wrong};
use crate::web::ui::select::Select;

/// The longest note or reason, in characters.
pub const NOTE_MAX: usize = 500;

/// What was typed into a form, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// What was typed, or what is proposed.
    pub fields: Fields,
    /// What is wrong.
    pub problems: Problems,
    /// Whether the time overlaps something, so that a reason is asked for.
    pub overlaps: bool,
}

impl Sheet {
    /// A form as it was sent.
    pub fn sent(form: &Fields) -> Self {
        Self {
            fields: form.clone(),
            overlaps: form.has("overlap"),
            ..Self::default()
        }
    }

    /// A form with these values, not sent yet.
    pub fn proposed(pairs: &[(&str, &str)]) -> Self {
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Self {
            fields: Fields::from_pairs(pairs),
            ..Self::default()
        }
    }

    /// What is wrong with a field.
    pub fn wrong<'a>(&'a self, prefix: &'a str, field: &str) -> Option<Wrong<'a>> {
        let message = self.problems.of(field)?;
        Some(Wrong { prefix, message })
    }

    /// The box on top.
    pub fn summary(&self, ctx: &Ctx) -> Markup {
        let list: Vec<(&str, &str)> = self.problems.iter().collect();
        error_summary(&t!(ctx.text, "error-summary"), &list)
    }

    /// Notes a refusal beside the field that it is about; what is no matter of the form goes on.
    pub fn refuse(
        &mut self,
        ctx: &Ctx,
        field: &'static str,
        trouble: Trouble,
    ) -> Result<(), Trouble> {
        let Trouble::Refused(refused) = trouble else {
            return Err(trouble);
        };
        if refused == Refused::NotFound {
            return Err(refused.into());
        }
        let mut field = field;
        if let Refused::Overlap(there) = &refused {
            (self.overlaps, field) = (true, "overlap");
            if let Some(InTheWay::Visit { patient, .. }) = there.as_deref() {
                ctx.saw([*patient]);
            }
        }
        self.problems.add(field, sentence(ctx, &refused));
        Ok(())
    }

    /// The text of a field, if it is not too long.
    pub fn note(&mut self, ctx: &Ctx, field: &'static str) -> String {
        let text = self.fields.get(field).to_owned();
        if text.chars().count() > NOTE_MAX {
            self.problems
                .add(field, t!(ctx.text, "error-too-long", max = NOTE_MAX));
        }
        text
    }

    /// The reason for an overlap, if one was given.
    pub fn reason(&mut self, ctx: &Ctx) -> Option<String> {
        Some(self.note(ctx, "overlap")).filter(|reason| !reason.is_empty())
    }

    /// The instant that `date` and `time` name on the clinic's wall. `known` is one whose wall time
    /// may stand there unchanged: in the hour that happens twice it stays the same of the two.
    pub fn instant(&mut self, ctx: &Ctx, known: Option<Timestamp>) -> Option<Timestamp> {
        self.instant_of(ctx, ("date", "time"), known)
    }

    /// The instant that two fields name.
    pub fn instant_of(
        &mut self,
        ctx: &Ctx,
        (date, time): (&'static str, &'static str),
        known: Option<Timestamp>,
    ) -> Option<Timestamp> {
        let text = ctx.text;
        let on: Option<Date> = self.fields.parsed(date);
        let at: Option<MinuteOfDay> = self.fields.parsed(time);
        if on.is_none() {
            self.problems.add(date, t!(text, "sheet-error-date"));
        }
        if at.is_none() {
            self.problems.add(time, t!(text, "sheet-error-time"));
        }
        let (on, at) = (on?, at?);
        let found = wall(ctx, on, at);
        if found.is_none() {
            self.problems
                .add(time, t!(text, "sheet-error-no-such-time"));
        }
        let same = |known: &Timestamp| {
            let zone = &ctx.current.zone;
            found.is_some_and(|f| zone.to_datetime(f) == zone.to_datetime(*known))
        };
        known.filter(same).or(found)
    }
}

/// The first instant at which the clinic's wall shows a date and time; `None` where clocks skip it.
pub fn wall(ctx: &Ctx, date: Date, time: MinuteOfDay) -> Option<Timestamp> {
    if time == MinuteOfDay::DAY_END {
        return date.tomorrow().ok().map(|next| ctx.current.midnight(next));
    }
    let hour = i8::try_from(time.hour()).ok()?;
    let minute = i8::try_from(time.minute()).ok()?;
    let shown = date.at(hour, minute, 0, 0);
    let ambiguous = ctx.current.zone.to_ambiguous_timestamp(shown);
    let at = ambiguous.compatible().ok()?;
    (ctx.current.zone.to_datetime(at) == shown).then_some(at)
}

/// Date and time of an instant, as the fields want them.
pub fn on_wall(ctx: &Ctx, at: Timestamp) -> (String, String) {
    let wall = ctx.current.zone.to_datetime(at);
    let time = format!("{:02}:{:02}", wall.hour(), wall.minute());
    (wall.date().to_string(), time)
}

/// The fields for a date and a time.
pub fn when_fields(ctx: &Ctx, sheet: &Sheet) -> Markup {
    let text = ctx.text;
    let prefix = t!(text, "page-error-prefix");
    html! {
        (Field::new("date", &t!(text, "sheet-date"))
            .kind(Kind::Date).width(Width::Ten)
            .value(sheet.fields.get("date"))
            .wrong(sheet.wrong(&prefix, "date"))
            .show())
        (Field::new("time", &t!(text, "sheet-time"))
            .kind(Kind::Time).width(Width::Ten)
            .value(sheet.fields.get("time"))
            .wrong(sheet.wrong(&prefix, "time"))
            .show())
    }
}

/// The choice of a practitioner.
pub fn with_field(ctx: &Ctx, sheet: &Sheet, who: &[Practitioner]) -> Markup {
    let prefix = t!(ctx.text, "page-error-prefix");
    let names: Vec<(String, String)> = who.iter().map(|p| (p.id.to_string(), p.called())).collect();
    let options: Vec<(&str, &str)> = names
        .iter()
        .map(|(id, name)| (id.as_str(), name.as_str()))
        .collect();
    Select {
        id: "with",
        label: &t!(ctx.text, "sheet-with"),
        hint: None,
        wrong: sheet.wrong(&prefix, "with"),
        options: &options,
        chosen: sheet.fields.get("with"),
        autocomplete: None,
    }
    .show()
}

/// The question why a visit may overlap another, where it does.
pub fn overlap_field(ctx: &Ctx, sheet: &Sheet) -> Markup {
    let prefix = t!(ctx.text, "page-error-prefix");
    html! {
        @if sheet.overlaps {
            (Field::new("overlap", &t!(ctx.text, "sheet-overlap"))
                .hint(&t!(ctx.text, "sheet-overlap-hint"))
                .value(sheet.fields.get("overlap"))
                .wrong(sheet.wrong(&prefix, "overlap"))
                .show())
        }
    }
}

/// One box to tick, sent as `yes`.
pub fn tick(id: &str, legend: &str, label: &str, checked: bool) -> Markup {
    ChoiceRows {
        id,
        legend,
        heading: false,
        hint: None,
        wrong: None,
        several: true,
        choices: &[Choice {
            value: "yes",
            label,
            detail: None,
            checked,
        }],
    }
    .show()
}
