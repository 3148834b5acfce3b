//! Settings: who did what, and who looked at what.

use maud::{Markup, html};

use super::hours::day;
use super::{Frame, Wrongs, reply};
use crate::app::audit_log::{self, Filter, Lines};
use crate::app::finding::Hit;
use crate::domain::audit::{Action, AuditEvent};
use crate::domain::id::PatientId;
use crate::interop::audit_csv::audit_csv;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::staff::back::with_query;
use crate::web::staff::hit::{look, told_apart};
use crate::web::staff::newer::Newer;
use crate::web::ui::button::{Button, actions};
use crate::web::ui::combobox::Combobox;
use crate::web::ui::empty::empty;
use crate::web::ui::field::{Field, Kind, Width};
use crate::web::ui::form::search_form;
use crate::web::ui::icon::Icon;
use crate::web::ui::row_list::{Row, row_list};
use crate::web::ui::select::Select;
use crate::web::ui::table::{Column, Table};
use crate::web::ui::text::{theirs, time};

/// The path of the page.
const PATH: &str = "/staff/settings/audit";
/// Lines on a page.
const PER_PAGE: usize = 50;
/// The fields of the filter.
const FIELDS: [&str; 5] = ["who", PATIENT, "action", "from", "until"];
/// The patient who was chosen.
const PATIENT: &str = "patient";
/// What was typed to find the patient.
const TYPED: &str = "patient-text";

/// The filter, but for the patient.
fn filter(ctx: &Ctx, asked: &Fields, problems: &mut Problems) -> Result<Filter, Trouble> {
    let chosen = |name: &str| Some(asked.get(name)).filter(|value| !value.is_empty());
    let login = chosen("who").map(str::parse).transpose();
    let action = match chosen("action") {
        Some(code) => {
            let found = Action::ALL.iter().find(|a| a.code() == code);
            Some(*found.ok_or(Trouble::BadRequest)?)
        }
        None => None,
    };
    Ok(Filter {
        login: login.map_err(|_| Trouble::BadRequest)?,
        patient: None,
        action,
        from: day(ctx, asked, problems, "from"),
        until: day(ctx, asked, problems, "until"),
    })
}

/// About whom the lines are to be.
enum Sought {
    Anybody,
    One(PatientId, String),
    /// What was typed fits several, or nobody.
    Some(Vec<Hit>),
}

fn sought(ctx: &Ctx) -> Result<Sought, Trouble> {
    let (query, caller) = (&ctx.query, ctx.caller());
    let typed = query.get(TYPED);
    if let Some(id) = query.parsed::<PatientId>(PATIENT) {
        let name = audit_log::patient_name(&ctx.clinic, &caller, id)?;
        // Without scripts another name may be typed beside somebody chosen before.
        if !query.has(TYPED) || typed == name {
            ctx.saw([id]);
            return Ok(Sought::One(id, name));
        }
    }
    if typed.is_empty() {
        return Ok(Sought::Anybody);
    }
    let hits = look(ctx, typed)?;
    match hits.as_slice() {
        [only] => Ok(Sought::One(only.id, only.name.clone())),
        _ => Ok(Sought::Some(hits)),
    }
}

/// `GET /staff/settings/audit`
pub fn show(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let mut problems = Problems::default();
    let mut filter = filter(ctx, &ctx.query, &mut problems)?;
    let sought = sought(ctx)?;
    match &sought {
        Sought::Anybody => {}
        Sought::One(id, _) => filter.patient = Some(*id),
        Sought::Some(hits) if hits.is_empty() => {
            problems.add(TYPED, t!(text, "audit-error-patient"));
        }
        Sought::Some(_) => problems.add(TYPED, t!(text, "audit-error-which")),
    }
    let body = html! {
        (form(ctx, &sought, &problems)?)
        @if let Sought::Some(hits) = &sought { (which(ctx, hits)) }
        div.stack id="lines" {
            @if problems.is_empty() { (found(ctx, &filter)?) }
        }
    };
    let frame = Frame::new(t!(text, "audit-title"), &problems);
    Ok(reply(frame.show(ctx, &body), &problems))
}

/// Who may be meant; each leads to the lines about them.
fn which(ctx: &Ctx, hits: &[Hit]) -> Markup {
    let links: Vec<(String, &Hit)> = hits
        .iter()
        .map(|hit| {
            let id = hit.id.to_string();
            let put = [(PATIENT, id.as_str())];
            (with_query(PATH, &ctx.query, &[TYPED, "before"], &put), hit)
        })
        .collect();
    let rows: Vec<Row<'_>> = links
        .iter()
        .map(|(href, hit)| {
            Row::link(href, theirs(&hit.name)).detail(html! { (told_apart(ctx, hit)) })
        })
        .collect();
    row_list(&rows)
}

/// The lines, a way to older ones, and the same as a file.
fn found(ctx: &Ctx, filter: &Filter) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let before = ctx.query.parsed("before").unwrap_or(0);
    let lines = audit_log::list(&ctx.clinic, &ctx.caller(), filter, before, PER_PAGE)?;
    ctx.saw(lines.names.keys().copied());
    let take = t!(text, "audit-take-out");
    let patient = filter.patient.map(|id| id.to_string()).unwrap_or_default();
    let fields: Vec<(&str, &str)> = FIELDS
        .iter()
        .map(|name| match *name {
            PATIENT => (PATIENT, patient.as_str()),
            name => (name, ctx.query.get(name)),
        })
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let pager = Newer {
        path: PATH,
        is_later: before > 0,
        next: lines.next.map(|next| next.to_string()),
        here: t!(text, "audit-here", count = lines.events.len()),
        region: "lines",
    };
    let file = format!("{PATH}/file");
    Ok(html! {
        @if lines.events.is_empty() {
            (empty(Icon::History, &t!(text, "audit-none-title"), &t!(text, "audit-none"), &html! {}))
        } @else {
            (table(ctx, &lines))
            (pager.show(ctx))
            (Button::secondary(&take).icon(Icon::Download).post(&file, &ctx.token(), &fields))
        }
    })
}

/// `POST /staff/settings/audit/file`
pub fn file(ctx: &Ctx) -> Handled {
    let form = ctx.only(&FIELDS)?;
    let mut problems = Problems::default();
    let mut filter = filter(ctx, form, &mut problems)?;
    if form.has(PATIENT) {
        filter.patient = Some(form.parsed(PATIENT).ok_or(Trouble::BadRequest)?);
    }
    if !problems.is_empty() {
        return Err(Trouble::BadRequest);
    }
    let lines = audit_log::export(&ctx.clinic, &ctx.caller(), &filter)?;
    let csv = audit_csv(&lines).map_err(|e| {
        tracing::error!("the log as a file: {e}");
        Trouble::BadRequest
    })?;
    let name = format!("log-{}.csv", ctx.today());
    Ok(Reply::file("text/csv; charset=utf-8", &name, csv))
}

fn form(ctx: &Ctx, sought: &Sought, problems: &Problems) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    let asked = &ctx.query;
    let (chosen, name) = match sought {
        Sought::One(id, name) => (id.to_string(), name.as_str()),
        Sought::Anybody | Sought::Some(_) => (String::new(), asked.get(TYPED)),
    };
    let anyone = t!(text, "audit-anyone");
    let people = audit_log::people(&ctx.clinic, &ctx.caller())?;
    let people: Vec<(String, String)> = people
        .into_iter()
        .map(|(id, name)| (id.to_string(), name))
        .collect();
    let mut who: Vec<(&str, &str)> = vec![("", &anyone)];
    who.extend(people.iter().map(|(id, name)| (id.as_str(), name.as_str())));
    let anything = t!(text, "audit-anything");
    let named: Vec<(&str, String)> = Action::ALL
        .iter()
        .map(|action| (action.code(), action_in_words(ctx, *action)))
        .collect();
    let mut deeds: Vec<(&str, &str)> = vec![("", &anything)];
    deeds.extend(named.iter().map(|(code, words)| (*code, words.as_str())));
    let find = t!(text, "audit-find");
    Ok(search_form(
        PATH,
        &find,
        None,
        &html! {
            div.grid-form {
                (Select { id: "who", label: &t!(text, "audit-who"), hint: None, wrong: None, options: &who,
                    chosen: asked.get("who"), autocomplete: None }.show())
                (Select { id: "action", label: &t!(text, "audit-action"), hint: None, wrong: None, options: &deeds,
                    chosen: asked.get("action"), autocomplete: None }.show())
                (Combobox { id: PATIENT, label: &t!(text, "audit-patient"), hint: None, wrong: wrongs.of(TYPED),
                    url: "/staff/patients/find", value: &chosen, text: name }.show())
                (Field::new("from", &t!(text, "audit-from")).kind(Kind::Date).width(Width::Ten)
                    .value(asked.get("from")).wrong(wrongs.of("from")).show())
                (Field::new("until", &t!(text, "audit-until")).kind(Kind::Date).width(Width::Ten)
                    .value(asked.get("until")).wrong(wrongs.of("until")).show())
            }
            (actions(&Button::primary(&find).small().submit()))
        },
    ))
}

fn table(ctx: &Ctx, lines: &Lines) -> Markup {
    let text = ctx.text;
    let heads = [
        t!(text, "audit-head-when"),
        t!(text, "audit-who"),
        t!(text, "audit-action"),
        t!(text, "audit-patient"),
        t!(text, "audit-head-detail"),
    ];
    let columns = heads.each_ref().map(|head| Column::words(head));
    let rows: Vec<Vec<Markup>> = lines
        .events
        .iter()
        .map(|event| row(ctx, lines, event))
        .collect();
    Table {
        id: "audit-lines",
        caption: &t!(text, "audit-title"),
        caption_unseen: true,
        columns: &columns,
        rows: &rows,
        sums: None,
    }
    .show()
}

fn row(ctx: &Ctx, lines: &Lines, event: &AuditEvent) -> Vec<Markup> {
    /// Patients named in one line; the others are counted.
    const NAMED: usize = 3;
    let (text, when) = (ctx.text, ctx.when());
    let more = event.about.len().saturating_sub(NAMED);
    vec![
        time(&when.attribute(event.at), &when.date_time_short(event.at)),
        theirs(&event.actor.name),
        html! { (action_in_words(ctx, event.action)) },
        html! {
            @if !event.about.is_empty() {
                ul.stack-s {
                    @for id in event.about.iter().take(NAMED) {
                        li {
                            @if let Some(name) = lines.names.get(id) {
                                a href=(format!("/staff/patients/{id}")) { (theirs(name)) }
                            } @else { (id) }
                        }
                    }
                    @if more > 0 { li { (t!(text, "audit-more", count = more)) } }
                }
            }
        },
        html! { span.anywhere { (theirs(&event.object)) " " (theirs(&event.detail)) } },
    ]
}

fn action_in_words(ctx: &Ctx, action: Action) -> String {
    let text = ctx.text;
    match action {
        Action::ClinicCreate => t!(text, "audit-action-clinic-create"),
        Action::PageView => t!(text, "audit-action-page-view"),
        Action::Export => t!(text, "audit-action-export"),
        Action::SettingsChange => t!(text, "audit-action-settings-change"),
        Action::PractitionerChange => t!(text, "audit-action-practitioner-change"),
        Action::ServiceChange => t!(text, "audit-action-service-change"),
        Action::HoursChange => t!(text, "audit-action-hours-change"),
        Action::ClosureChange => t!(text, "audit-action-closure-change"),
        Action::BlockChange => t!(text, "audit-action-block-change"),
        Action::PatientRegister => t!(text, "audit-action-patient-register"),
        Action::PatientChange => t!(text, "audit-action-patient-change"),
        Action::PatientArchive => t!(text, "audit-action-patient-archive"),
        Action::PatientMerge => t!(text, "audit-action-patient-merge"),
        Action::Import => t!(text, "audit-action-import"),
        Action::Invite => t!(text, "audit-action-access-invite"),
        Action::LinkUse => t!(text, "audit-action-access-link"),
        Action::SignIn => t!(text, "audit-action-access-sign-in"),
        Action::SignOut => t!(text, "audit-action-access-sign-out"),
        Action::Lock => t!(text, "audit-action-access-lock"),
        Action::LoginChange => t!(text, "audit-action-access-change"),
        Action::Hold => t!(text, "audit-action-visit-hold"),
        Action::Book => t!(text, "audit-action-visit-book"),
        Action::Request => t!(text, "audit-action-visit-request"),
        Action::Answer => t!(text, "audit-action-visit-answer"),
        Action::Move => t!(text, "audit-action-visit-move"),
        Action::Cancel => t!(text, "audit-action-visit-cancel"),
        Action::Confirm => t!(text, "audit-action-visit-confirm"),
        Action::Advance => t!(text, "audit-action-visit-advance"),
        Action::Undo => t!(text, "audit-action-visit-undo"),
        Action::Note => t!(text, "audit-action-visit-note"),
        Action::Registration => t!(text, "audit-action-request-registration"),
        Action::Outbox => t!(text, "audit-action-outbox"),
        Action::Seen => t!(text, "audit-action-access-seen"),
    }
}
