//! A new visit: who, then everything else filled in. By keyboard: three letters, Enter, Enter.

use jiff::civil::Date;
use maud::{Markup, html};
use poem::http::StatusCode;
use serde_json::json;

use super::back::{Back, with_query};
use super::hit;
use super::person::alike_cells;
use super::sheet::{self, Sheet};
use super::visit_forms::minutes;
use crate::app::charts::Alike;
use crate::app::desk_booking::{self, Booked, Choices, NewVisit, Newcomer, Whom};
use crate::app::finding::{self, Hit};
use crate::domain::appointment::after;
use crate::domain::id::{AppointmentId, PatientId, PractitionerId, ServiceId};
use crate::domain::person::{Email, HumanName};
use crate::domain::refusal::Refused;
use crate::domain::search::MIN_LETTERS;
use crate::t;
use crate::text::phone;
use crate::web::ctx::Ctx;
use crate::web::fields::Fields;
use crate::web::layout::{self, Extra, Rail};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::banner::banner;
use crate::web::ui::button::{Button, back_link};
use crate::web::ui::combobox::Combobox;
use crate::web::ui::details::details;
use crate::web::ui::field::{Field, Kind, Width};
use crate::web::ui::form::{Form, hidden, search_form};
use crate::web::ui::row_list::{Row, row_list};
use crate::web::ui::select::Select;
use crate::web::ui::table::{Column, Table};
use crate::web::ui::tag::Tone;
use crate::web::ui::text::theirs;

/// The page, without a time.
pub const PATH: &str = "/staff/visits/new";
const REGION: &str = "new-visit";
/// The longest name of someone new, in characters.
const NAME_MAX: usize = 120;
/// What stands in the query besides the patient.
const KEPT: [&str; 5] = ["date", "time", "with", "service", "back"];

/// What the form asks besides for whom the visit is.
const ASKED: [&str; 9] = [
    "service", "with", "date", "time", "minutes", "note", "overlap", "notify", "back",
];

/// Before the name of someone new, in the value of a choice.
const NEW: &str = "new.";

/// For whom the visit is.
enum Person {
    Known(Box<Hit>),
    New,
}

/// `GET /staff/visits/new`
pub fn show(ctx: &Ctx) -> Handled {
    let query = &ctx.query;
    let chosen: Option<PatientId> = query.parsed("patient");
    let newcomer = query.get("new");
    let inside = if let Some(id) = chosen {
        let (hit, last) = finding::chosen(&ctx.clinic, &ctx.caller(), id)?;
        ctx.saw([hit.id]);
        let last = last.map(|id| id.to_string()).unwrap_or_default();
        let sheet = proposed(ctx, &last, "")?;
        form(ctx, &Person::Known(Box::new(hit)), &sheet, &[])?
    } else if newcomer.is_empty() {
        search(ctx)?
    } else {
        let name: String = newcomer.chars().take(NAME_MAX).collect();
        form(ctx, &Person::New, &proposed(ctx, "", &name)?, &[])?
    };
    Ok(Reply::page(page(ctx, query, &inside, false)))
}

fn page(ctx: &Ctx, fields: &Fields, inside: &Markup, has_problems: bool) -> Markup {
    let text = ctx.text;
    let title = t!(text, "new-visit-title");
    let back = Back::of(fields).unwrap_or_else(|| Back::to("/staff"));
    let body = html! {
        (back_link(back.path(), &t!(text, "staff-visit-back")))
        div.stack.narrow id=(REGION) { h1 { (title) } (inside) }
    };
    let extra = Extra {
        has_problems,
        ..Extra::default()
    };
    layout::staff(ctx, Rail::Calendar, &title, extra, body)
}

/// What stands in the form at first: the time that was clicked, or the next that is free; the
/// service of last time.
fn proposed(ctx: &Ctx, last_service: &str, name: &str) -> Result<Sheet, Trouble> {
    let query = &ctx.query;
    let choices = desk_booking::choices(&ctx.clinic, &ctx.caller())?;
    let service = match query.get("service") {
        "" => last_service,
        service => service,
    };
    let service = choices
        .services
        .iter()
        .find(|s| s.id.to_string() == service)
        .or(choices.services.first());
    let own = ctx.known.as_ref().and_then(|k| k.actor.practitioner);
    let with = query.parsed("with").or(own).or_else(|| {
        let offers = |p: &&crate::domain::practitioner::Practitioner| {
            service.is_some_and(|s| s.offered_by(p.id))
        };
        choices.practitioners.iter().find(offers).map(|p| p.id)
    });
    let (date, time) = time(ctx, service.map(|s| s.id).zip(with))?;
    let service = service.map(|s| s.id.to_string()).unwrap_or_default();
    let with = with.map(|id| id.to_string()).unwrap_or_default();
    let once: AppointmentId = ctx.clinic.new_id();
    Ok(Sheet::proposed(&[
        ("once", &once.to_string()),
        ("date", &date),
        ("time", &time),
        ("with", &with),
        ("service", &service),
        ("name", name),
        ("notify", "yes"),
        ("back", query.get("back")),
    ]))
}

/// Date and time as the fields want them: as asked for, else the next time that is free for the
/// service and the practitioner, on the date that was asked for or from now on.
fn time(ctx: &Ctx, what: Option<(ServiceId, PractitionerId)>) -> Result<(String, String), Trouble> {
    const NEXT_MIN: i64 = 15;
    let (query, today) = (&ctx.query, ctx.today());
    let asked: Option<Date> = query.parsed("date");
    if !query.get("time").is_empty() {
        let date = asked.unwrap_or(today).to_string();
        return Ok((date, query.get("time").to_owned()));
    }
    let from = match asked.filter(|date| *date != today) {
        Some(date) => ctx.current.midnight(date),
        None => ctx.now,
    };
    let free = match what {
        Some(what) => desk_booking::next_free(&ctx.clinic, &ctx.caller(), what, from)?,
        None => None,
    };
    let next = after(ctx.now, NEXT_MIN - ctx.now.as_second() / 60 % NEXT_MIN);
    let (date, time) = sheet::on_wall(ctx, free.unwrap_or(next));
    Ok(match asked.map(|asked| asked.to_string()) {
        // Nothing is free on the date that was asked for: which time it is to be must be said.
        Some(asked) if asked != date => (asked, String::new()),
        _ => (date, time),
    })
}

/// The time in the fields, in words.
fn at(ctx: &Ctx, fields: &Fields) -> Option<String> {
    let at = sheet::wall(ctx, fields.parsed("date")?, fields.parsed("time")?)?;
    Some(ctx.when().date_time(at))
}

/// Step one: find the patient.
fn search(ctx: &Ctx) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let typed = ctx.query.get("patient-text");
    let fields = html! {
        @for name in KEPT {
            @if !ctx.query.get(name).is_empty() { (hidden(name, ctx.query.get(name))) }
        }
        (Combobox {
            id: "patient",
            label: &t!(text, "new-visit-patient"),
            hint: Some(&t!(text, "new-visit-patient-hint")),
            wrong: None,
            url: "/staff/visits/find",
            value: "",
            text: typed,
        }
        .show())
        (Button::primary(&t!(text, "new-visit-find")).submit())
    };
    Ok(html! {
        @if let Some(at) = at(ctx, &ctx.query) { p.lead { (at) } }
        div.form { (search_form(PATH, &t!(text, "new-visit-patient"), None, &html! { div.stack { (fields) } })) }
        @if !typed.is_empty() { (hits(ctx, typed)?) }
    })
}

/// Who matches what was typed, for a browser without scripts.
fn hits(ctx: &Ctx, typed: &str) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let found = hit::look(ctx, typed)?;
    let to = |name: &str, value: &str| {
        with_query(
            PATH,
            &ctx.query,
            &["patient", "patient-text", "new"],
            &[(name, value)],
        )
    };
    let links: Vec<(String, &Hit)> = found
        .iter()
        .filter(|h| h.active)
        .map(|hit| (to("patient", &hit.id.to_string()), hit))
        .collect();
    let rows: Vec<Row<'_>> = links
        .iter()
        .map(|(href, hit)| {
            Row::link(href, theirs(&hit.name)).detail(html! { (hit::told_apart(ctx, hit)) })
        })
        .collect();
    Ok(html! {
        h2 { (t!(text, "new-visit-found", count = rows.len())) }
        (row_list(&rows))
        @if ctx.may(crate::domain::policy::Permission::ManagePatients) {
            (Button::secondary(&t!(text, "new-visit-new", name = typed)).link(&to("new", typed)))
        }
    })
}

/// `GET /staff/visits/find`: who matches, for the field that finds while one types.
pub fn find(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let typed = ctx.query.get("q");
    let found = hit::look(ctx, typed)?;
    let mut options: Vec<serde_json::Value> = found
        .iter()
        .filter(|h| h.active)
        .map(|hit| hit::option(ctx, hit))
        .collect();
    let said = t!(text, "new-visit-found", count = options.len());
    let named = typed.chars().any(char::is_alphabetic) && typed.chars().count() >= MIN_LETTERS;
    if named && ctx.may(crate::domain::policy::Permission::ManagePatients) {
        options.push(json!({
            "value": format!("{NEW}{typed}"),
            "label": t!(text, "new-visit-new", name = typed),
        }));
    }
    Ok(hit::answer(&said, &options))
}

/// Step two: everything else. With charts that may be of someone new, these first.
fn form(ctx: &Ctx, person: &Person, sheet: &Sheet, alike: &[Alike]) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let choices = desk_booking::choices(&ctx.clinic, &ctx.caller())?;
    let (token, prefix) = (ctx.token(), t!(text, "page-error-prefix"));
    let fields = &sheet.fields;
    let who = match person {
        Person::Known(hit) => known(ctx, hit, fields),
        Person::New => newcomer(ctx, sheet),
    };
    let more = html! {
        div.stack {
            (Field::new("minutes", &t!(text, "sheet-minutes"))
                .hint(&t!(text, "new-visit-minutes-hint"))
                .kind(Kind::Digits).width(Width::Four)
                .value(fields.get("minutes"))
                .wrong(sheet.wrong(&prefix, "minutes"))
                .show())
            (Field::new("note", &t!(text, "staff-visit-internal"))
                .hint(&t!(text, "staff-visit-note-hint"))
                .lines(2)
                .value(fields.get("note"))
                .wrong(sheet.wrong(&prefix, "note"))
                .show())
            (sheet::tick("notify", &t!(text, "sheet-message"), &t!(text, "sheet-notify"), fields.get("notify") == "yes"))
        }
    };
    let used = ["minutes", "note"]
        .iter()
        .any(|f| !fields.get(f).is_empty());
    let (book, anyway) = (t!(text, "new-visit-book"), t!(text, "new-visit-anyway"));
    Ok(html! {
        (sheet.summary(ctx))
        @if !alike.is_empty() { (likely(ctx, sheet, alike)) }
        (Form::new("/staff/visits", &token).once(fields.get("once")).show(&html! {
            (hidden("back", fields.get("back")))
            (who)
            div.grid-form {
                (service(ctx, sheet, &choices))
                (sheet::with_field(ctx, sheet, &choices.practitioners))
                (sheet::when_fields(ctx, sheet))
            }
            (sheet::overlap_field(ctx, sheet))
            (details(&t!(text, "new-visit-more"), &more, used))
            @if !alike.is_empty() {
                (Button::primary(&anyway).sends("anyway", "yes").submit())
            } @else {
                // Whoever said so once is not asked again because something else is wrong.
                @if fields.has("anyway") { (hidden("anyway", "yes")) }
                (Button::primary(&book).submit())
            }
        }))
    })
}

/// Charts that may be of someone new. One press books for one of them what the form asks for.
fn likely(ctx: &Ctx, sheet: &Sheet, alike: &[Alike]) -> Markup {
    let text = ctx.text;
    let (token, this) = (ctx.token(), t!(text, "new-visit-this"));
    let heads = [
        t!(text, "patients-name"),
        t!(text, "patients-born"),
        t!(text, "patients-contact"),
        t!(text, "alike-why"),
        t!(text, "new-visit-use"),
    ];
    let columns: Vec<Column<'_>> = heads.iter().map(|h| Column::words(h)).collect();
    let asked: Vec<(&str, &str)> = ASKED
        .iter()
        .chain(&["once"])
        .filter_map(|name| sheet.fields.find(name).map(|value| (*name, value)))
        .collect();
    let rows: Vec<Vec<Markup>> = alike
        .iter()
        .map(|one| {
            let chart = one.patient.id.to_string();
            let called = one.patient.name().full();
            let fields: Vec<(&str, &str)> = asked
                .iter()
                .copied()
                .chain([("patient", chart.as_str())])
                .collect();
            let mut cells: Vec<Markup> = alike_cells(ctx, one).into();
            cells.push(html! {
                // A chart that was put away takes no visit before it is taken back.
                @if one.patient.is_active() {
                    (Button::secondary(&this).small().about(&called).post("/staff/visits", &token, &fields))
                }
            });
            cells
        })
        .collect();
    let caption = t!(text, "alike-title");
    html! {
        div id="known" tabindex="-1" {
            (banner(Tone::Warn, &caption, &html! { p { (t!(text, "new-visit-alike")) } }))
        }
        (Table {
            id: "alike",
            caption: &caption,
            caption_unseen: true,
            columns: &columns,
            rows: &rows,
            sums: None,
        }
        .show())
    }
}

fn known(ctx: &Ctx, hit: &Hit, fields: &Fields) -> Markup {
    let text = ctx.text;
    let kept: Vec<(&str, &str)> = KEPT.iter().map(|name| (*name, fields.get(name))).collect();
    let other = with_query(PATH, &Fields::default(), &[], &kept);
    html! {
        (hidden("patient", &hit.id.to_string()))
        p.row-flex {
            span.grow { strong { (theirs(&hit.name)) } br; span.muted { (hit::told_apart(ctx, hit)) } }
            a href=(other) { (t!(text, "new-visit-other")) }
        }
    }
}

fn newcomer(ctx: &Ctx, sheet: &Sheet) -> Markup {
    let text = ctx.text;
    let prefix = t!(text, "page-error-prefix");
    let fields = &sheet.fields;
    html! {
        p.hint { (t!(text, "new-visit-new-hint")) }
        div.grid-form {
            (Field::new("name", &t!(text, "new-visit-name"))
                .value(fields.get("name"))
                .wrong(sheet.wrong(&prefix, "name"))
                .show())
            (Field::new("phone", &t!(text, "staff-visit-phone"))
                .kind(Kind::Tel)
                .value(fields.get("phone"))
                .wrong(sheet.wrong(&prefix, "phone"))
                .show())
            (Field::new("email", &t!(text, "staff-visit-email"))
                .kind(Kind::Email)
                .value(fields.get("email"))
                .wrong(sheet.wrong(&prefix, "email"))
                .show())
        }
    }
}

fn service(ctx: &Ctx, sheet: &Sheet, choices: &Choices) -> Markup {
    let text = ctx.text;
    let prefix = t!(text, "page-error-prefix");
    let labels: Vec<(String, String)> = choices
        .services
        .iter()
        .map(|s| {
            let duration = text.duration(u32::from(s.timing.duration_min));
            let label = t!(
                text,
                "today-what",
                service = s.name.clone(),
                duration = duration
            );
            (s.id.to_string(), label)
        })
        .collect();
    let options: Vec<(&str, &str)> = labels
        .iter()
        .map(|(id, label)| (id.as_str(), label.as_str()))
        .collect();
    Select {
        id: "service",
        label: &t!(text, "new-visit-service"),
        hint: None,
        wrong: sheet.wrong(&prefix, "service"),
        options: &options,
        chosen: sheet.fields.get("service"),
        autocomplete: None,
    }
    .show()
}

/// `POST /staff/visits`
pub fn submit(ctx: &Ctx) -> Handled {
    let whom = ["patient", "name", "phone", "email", "anyway"];
    let sent = ctx.only(&[whom.as_slice(), &ASKED].concat())?;
    let mut sheet = Sheet::sent(sent);
    let person = match sent.parsed::<PatientId>("patient") {
        Some(id) => Person::Known(Box::new(finding::chosen(&ctx.clinic, &ctx.caller(), id)?.0)),
        None => Person::New,
    };
    let whom = match &person {
        Person::Known(hit) => Some(Whom::Known(hit.id)),
        Person::New => register(ctx, &mut sheet).map(Whom::New),
    };
    let start = sheet.instant(ctx, None);
    let duration_min = if sent.get("minutes").is_empty() {
        None
    } else {
        minutes(ctx, &mut sheet)
    };
    let (note, overlap) = (sheet.note(ctx, "note"), sheet.reason(ctx));
    let mut alike = Vec::new();
    if let (Some(whom), Some(start), true) = (whom, start, sheet.problems.is_empty()) {
        let new = NewVisit {
            id: sent.parsed("once").unwrap_or_else(|| ctx.clinic.new_id()),
            whom,
            service: sent.parsed("service").ok_or(Refused::NotFound)?,
            practitioner: sent.parsed("with").ok_or(Refused::NotFound)?,
            start,
            duration_min,
            note,
            overlap,
            notify: sent.get("notify") == "yes",
            anyway: sent.has("anyway"),
        };
        match desk_booking::new_visit(&ctx.clinic, &ctx.caller(), new) {
            Ok(Booked::Done(kept)) => return Ok(booked(ctx, sent, &kept)),
            Ok(Booked::Alike(found)) => {
                ctx.saw(found.iter().map(|a| a.patient.id));
                alike = found;
            }
            Err(stop) => sheet.refuse(ctx, "time", stop.into())?,
        }
    }
    let inside = form(ctx, &person, &sheet, &alike)?;
    let mut reply = Reply::problems(page(ctx, &sheet.fields, &inside, true));
    if sheet.overlaps || !alike.is_empty() {
        reply.status = StatusCode::CONFLICT;
    }
    Ok(reply)
}

fn booked(ctx: &Ctx, sent: &Fields, kept: &desk_booking::Kept) -> Reply {
    let back = Back::of(sent).unwrap_or_else(|| {
        let (date, _) = sheet::on_wall(ctx, kept.visit.start);
        Back::to(&with_query(
            super::calendar::PATH,
            &Fields::default(),
            &[],
            &[("date", &date)],
        ))
    });
    let did = if kept.outside {
        "created-outside"
    } else {
        "created"
    };
    back.done(did, kept.visit.id)
}

/// What the desk asks of someone new, checked.
fn register(ctx: &Ctx, sheet: &mut Sheet) -> Option<Newcomer> {
    let text = ctx.text;
    let fields = sheet.fields.clone();
    let name = HumanName::from_full(fields.get("name"));
    let long = fields.get("name").chars().count() > NAME_MAX;
    if long {
        let sentence = t!(text, "error-too-long", max = NAME_MAX);
        sheet.problems.add("name", sentence);
    } else if name.is_empty() {
        sheet.problems.add("name", t!(text, "new-visit-error-name"));
    }
    let country = &ctx.current.settings.profile.country;
    let (typed_phone, typed_email) = (fields.get("phone"), fields.get("email"));
    let mut phone_number = None;
    let mut email = None;
    if !typed_phone.is_empty() {
        match phone::parse(typed_phone, country) {
            Ok(number) => phone_number = Some(number),
            Err(problem) => sheet.problems.add("phone", text.phone_problem(problem)),
        }
    }
    if !typed_email.is_empty() {
        match Email::try_from(typed_email) {
            Ok(address) => email = Some(address),
            Err(_) => sheet
                .problems
                .add("email", t!(text, "new-visit-error-email")),
        }
    }
    if typed_phone.is_empty() && typed_email.is_empty() {
        sheet
            .problems
            .add("phone", t!(text, "new-visit-error-contact"));
    }
    sheet.problems.is_empty().then_some(Newcomer {
        name,
        phone: phone_number,
        email,
    })
}
