//! Settings: where the certificate comes from, how it stands, and what it makes possible.

use maud::{Markup, html};

use super::{Frame, Wrongs, reply};
use crate::app::certificate;
use crate::domain::certificate::{Alarm, Plan, Proof, Report, Source, public_host};
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::guard::HSTS_DAYS;
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::trust;
use crate::web::ui::banner::banner;
use crate::web::ui::button::{Button, actions};
use crate::web::ui::choice_rows::{Choice, ChoiceRows, tick_box};
use crate::web::ui::field::Field;
use crate::web::ui::form::Form;
use crate::web::ui::icon::Icon;
use crate::web::ui::row_list::{Row, row_list};
use crate::web::ui::summary_list::{Answer, summary_list};
use crate::web::ui::tag::{Tone, tag};
use crate::web::ui::text::theirs;

/// The page that shows how it stands.
const BACK: &str = "/staff/settings/connection";
/// The page where one chooses.
pub const PATH: &str = "/staff/settings/connection/certificate";
/// Where one asks for a try.
const ATTEMPT: &str = "/staff/settings/connection/certificate/attempt";
/// Where the public authority keeps its terms.
const TERMS: &str = "https://letsencrypt.org/repository/";
/// The longest path of a file.
const MAX_PATH: usize = 400;

/// `GET /staff/settings/connection/certificate`
pub fn show(ctx: &Ctx) -> Handled {
    let mut pairs = Vec::new();
    let mode = match certificate::plan(&ctx.clinic)? {
        Plan::Own => "own",
        Plan::Public(Proof::Visit) => "visit",
        Plan::Public(Proof::Record) => "record",
        Plan::Files { cert, key } => {
            pairs.push(("cert".to_owned(), cert));
            pairs.push(("key".to_owned(), key));
            "files"
        }
    };
    pairs.push(("mode".to_owned(), mode.to_owned()));
    let typed = Fields::from_pairs(pairs);
    Ok(page(ctx, &typed, &Problems::default()))
}

/// `POST /staff/settings/connection/certificate`
pub fn save(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["mode", "cert", "key", "agree", "sure"])?;
    let mut problems = Problems::default();
    let plan = match form.get("mode") {
        "own" => Plan::Own,
        "visit" => Plan::Public(Proof::Visit),
        "record" => Plan::Public(Proof::Record),
        "files" => Plan::Files {
            cert: path(ctx, form, &mut problems, "cert"),
            key: path(ctx, form, &mut problems, "key"),
        },
        _ => return Err(Trouble::BadRequest),
    };
    if matches!(plan, Plan::Public(_)) {
        if public_host(&ctx.current.settings.address).is_none() {
            problems.add("mode", t!(ctx.text, "certificate-error-name"));
        } else if !form.has("agree") {
            problems.add("agree", t!(ctx.text, "certificate-error-agree"));
        }
    }
    if plan == Plan::Own && is_remembered(ctx)? && !form.has("sure") {
        problems.add("sure", t!(ctx.text, "certificate-error-sure"));
    }
    if !problems.is_empty() {
        return Ok(page(ctx, form, &problems));
    }
    certificate::set_plan(&ctx.clinic, &ctx.caller(), plan)?;
    Ok(Reply::done(BACK, "saved"))
}

/// Whether browsers were told to insist on a certificate that everybody trusts.
fn is_remembered(ctx: &Ctx) -> Result<bool, Trouble> {
    let shown = certificate::report(&ctx.clinic)?.shown;
    Ok(shown.is_some_and(|shown| shown.source == Source::Public))
}

/// An absolute path of a file on this machine.
fn path(ctx: &Ctx, form: &Fields, problems: &mut Problems, field: &'static str) -> String {
    let typed = form.get(field).trim();
    let is_path = typed.starts_with('/')
        && typed.chars().count() <= MAX_PATH
        && !typed.chars().any(char::is_control);
    if !is_path {
        problems.add(field, t!(ctx.text, "certificate-error-path"));
    }
    typed.to_owned()
}

/// `POST /staff/settings/connection/certificate/attempt`
pub fn attempt(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["do"])?;
    match form.get("do") {
        "now" => certificate::try_now(&ctx.clinic, &ctx.caller())?,
        "record" => certificate::record_is_there(&ctx.clinic, &ctx.caller())?,
        _ => return Err(Trouble::BadRequest),
    }
    Ok(Reply::see_other(BACK))
}

fn page(ctx: &Ctx, typed: &Fields, problems: &Problems) -> Reply {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    let labels = [
        (
            "own",
            t!(text, "certificate-own"),
            t!(text, "certificate-own-detail"),
        ),
        (
            "visit",
            t!(text, "certificate-visit"),
            t!(text, "certificate-visit-detail"),
        ),
        (
            "record",
            t!(text, "certificate-record"),
            t!(text, "certificate-record-detail"),
        ),
        (
            "files",
            t!(text, "certificate-files"),
            t!(text, "certificate-files-detail"),
        ),
    ];
    let choices = labels.each_ref().map(|(value, label, detail)| Choice {
        value,
        label,
        detail: Some(detail),
        checked: typed.get("mode") == *value,
    });
    let modes = ChoiceRows {
        id: "mode",
        legend: &t!(text, "certificate-mode"),
        heading: false,
        hint: None,
        wrong: wrongs.of("mode"),
        several: false,
        choices: &choices,
    };
    let body = html! {
        @if ctx.secured_in_front() {
            (banner(Tone::Info, &t!(text, "certificate-front"), &html! {
                p { (t!(text, "certificate-front-choice")) }
            }))
        }
        (Form::new(PATH, &ctx.token()).show(&html! {
            (modes.show())
            @if wrongs.of("sure").is_some() {
                (banner(Tone::Warn, &t!(text, "certificate-remembered"), &html! {
                    p { (t!(text, "certificate-remembered-detail", days = HSTS_DAYS)) }
                }))
                (tick_box("sure", &t!(text, "certificate-sure"), false, wrongs.of("sure")))
            }
            p { a href=(TERMS) rel="noreferrer" { (t!(text, "certificate-terms")) } }
            (tick_box("agree", &t!(text, "certificate-agree"), typed.has("agree"), wrongs.of("agree")))
            (Field::new("cert", &t!(text, "certificate-cert")).hint(&t!(text, "certificate-cert-hint"))
                .autocomplete("off").value(typed.get("cert")).wrong(wrongs.of("cert")).show())
            (Field::new("key", &t!(text, "certificate-key")).hint(&t!(text, "certificate-key-hint"))
                .autocomplete("off").value(typed.get("key")).wrong(wrongs.of("key")).show())
            (actions(&Button::primary(&t!(text, "settings-save")).submit()))
        }))
    };
    let frame = Frame::new(t!(text, "certificate-choose"), problems).back(BACK);
    reply(frame.show(ctx, &body), problems)
}

/// What one has to know about the time left; nothing on most days.
pub fn alarm(ctx: &Ctx, report: &Report) -> Markup {
    let text = ctx.text;
    let title = match report.alarm(ctx.clinic.now()) {
        None => return html! {},
        Some(Alarm::Ended) => t!(text, "certificate-ended"),
        Some(Alarm::EndsIn(days)) => t!(text, "certificate-ends-soon", days = days),
    };
    let body = html! { p { a href=(BACK) { (t!(text, "certificate-alarm-look")) } } };
    banner(Tone::Bad, &title, &body)
}

/// How the certificate stands, and what it makes possible.
pub fn standing(ctx: &Ctx) -> Result<Markup, Trouble> {
    let text = ctx.text;
    let report = certificate::report(&ctx.clinic)?;
    let fixed = report
        .shown
        .as_ref()
        .is_some_and(|shown| shown.source == Source::StartFiles);
    let choose = t!(text, "certificate-choose");
    let try_now = t!(text, "certificate-try");
    let is_own = certificate::plan(&ctx.clinic)? == Plan::Own;
    Ok(html! {
        section.stack id="certificate" {
            h2 { (t!(text, "certificate-title")) }
            @if ctx.secured_in_front() {
                (banner(Tone::Info, &t!(text, "certificate-front"), &html! {
                    p { (t!(text, "certificate-front-detail")) }
                    p { (t!(text, "certificate-front-warns")) }
                }))
                (unlocks(ctx, &report))
                h3 { (t!(text, "certificate-front-ours")) }
                p { (t!(text, "certificate-front-choice")) }
            }
            (alarm(ctx, &report))
            (facts(ctx, &report))
            (record(ctx, &report))
            @if fixed { p { (t!(text, "certificate-fixed")) } }
            @else {
                (actions(&html! {
                    (Button::secondary(&choose).link(PATH))
                    @if !is_own && report.record.is_none() {
                        (Button::secondary(&try_now).post(ATTEMPT, &ctx.token(), &[("do", "now")]))
                    }
                }))
            }
            @if !ctx.secured_in_front() { (unlocks(ctx, &report)) }
        }
    })
}

fn facts(ctx: &Ctx, report: &Report) -> Markup {
    let (text, when) = (ctx.text, ctx.when());
    let keys = [
        t!(text, "certificate-from"),
        t!(text, "certificate-names"),
        t!(text, "certificate-left"),
        t!(text, "certificate-last"),
        t!(text, "certificate-next"),
    ];
    let [from, names, left, last, next] = keys.each_ref().map(String::as_str);
    let mut answers = Vec::new();
    if let Some(shown) = &report.shown {
        let source = match shown.source {
            Source::Own => t!(text, "certificate-source-own"),
            Source::Public => t!(text, "certificate-source-public"),
            Source::Files | Source::StartFiles => t!(text, "certificate-source-files"),
        };
        let days = report.days_left(ctx.clinic.now()).unwrap_or_default();
        answers.push(Answer::fixed(from, html! { (source) }));
        answers.push(Answer::fixed(
            names,
            html! { @for name in &shown.names { (theirs(name)) br; } },
        ));
        answers.push(Answer::fixed(
            left,
            html! { (t!(text, "certificate-days", days = days.max(0), date = when.date(shown.ends))) },
        ));
    }
    if let Some(tried) = &report.last {
        let at = when.date_time_short(tried.at);
        answers.push(Answer::fixed(
            last,
            html! {
                (at) " "
                @if let Some(words) = &tried.trouble {
                    (tag(&t!(text, "certificate-failed"), Tone::Bad))
                    p.small.anywhere { (theirs(words)) }
                } @else { (tag(&t!(text, "certificate-well"), Tone::Ok)) }
            },
        ));
    }
    if let Some(at) = report.next {
        answers.push(Answer::fixed(next, html! { (when.date_time_short(at)) }));
    }
    html! { @if !answers.is_empty() { (summary_list(&answers)) } }
}

/// The record that a person has to put into the zone.
fn record(ctx: &Ctx, report: &Report) -> Markup {
    let text = ctx.text;
    let Some(record) = &report.record else {
        return html! {};
    };
    if record.is_there {
        return banner(
            Tone::Info,
            &t!(text, "certificate-record-looking"),
            &html! {},
        );
    }
    let (name, value) = (
        t!(text, "certificate-record-name"),
        t!(text, "certificate-record-value"),
    );
    let there = t!(text, "certificate-record-there");
    let code = |words: &str| html! { code.anywhere { (words) } };
    html! {
        section.card {
            h3 { (t!(text, "certificate-record-title")) }
            ol {
                li { (t!(text, "certificate-record-open")) }
                li { (t!(text, "certificate-record-add")) }
                li { (t!(text, "certificate-record-wait")) }
            }
            (summary_list(&[
                Answer::fixed(&name, code(&record.name)),
                Answer::fixed(&value, code(&record.value)),
            ]))
            p.muted { (t!(text, "certificate-record-again")) }
            (actions(&Button::primary(&there).post(ATTEMPT, &ctx.token(), &[("do", "record")])))
        }
    }
}

/// What a browser allows with the certificate that it sees, and what is missing for more. A proxy in
/// front has its own, of which we know only that this browser came in by it.
fn unlocks(ctx: &Ctx, report: &Report) -> Markup {
    let text = ctx.text;
    let source = report.shown.as_ref().map_or(Source::Own, |s| s.source);
    let everywhere = ctx.secured_in_front() || source != Source::Own;
    let end = if everywhere {
        tag(&t!(text, "certificate-everywhere"), Tone::Ok)
    } else {
        tag(&t!(text, "certificate-trusting"), Tone::Warn)
    };
    let row = |icon, title: String, detail: String| {
        Row::fact(html! { (title) })
            .icon(icon)
            .detail(html! { (detail) })
            .end(end.clone())
    };
    let rows = [
        row(
            Icon::Smartphone,
            t!(text, "certificate-install"),
            t!(text, "certificate-install-detail"),
        ),
        row(
            Icon::KeyRound,
            t!(text, "certificate-passkeys"),
            t!(text, "certificate-passkeys-detail"),
        ),
        row(
            Icon::Bell,
            t!(text, "certificate-push"),
            t!(text, "certificate-push-detail"),
        ),
        row(
            Icon::QrCode,
            t!(text, "certificate-camera"),
            t!(text, "certificate-camera-detail"),
        ),
    ];
    let has_name = public_host(&ctx.current.settings.address).is_some();
    html! {
        h3 { (t!(text, "certificate-unlocks")) }
        (row_list(&rows))
        @if !everywhere {
            p {
                @if has_name { (t!(text, "certificate-missing-proof")) }
                @else { (t!(text, "certificate-missing-name")) }
            }
            p { a href=(trust::TRUST) { (t!(text, "certificate-trust")) } }
        }
    }
}
