//! Settings: what is well, what needs a hand, and the token for a program that watches.

use maud::{Markup, html};

use super::{Frame, connection, mail, reply};
use crate::app::Why;
use crate::app::health::{self, Need};
use crate::app::jobs::Job;
use crate::app::status::{self, Status};
use crate::domain::backup::plan::Alarm as BackupAlarm;
use crate::domain::certificate::Alarm as CertificateAlarm;
use crate::domain::policy::Permission;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Problems;
use crate::web::reply::Reply;
use crate::web::respond::Handled;
use crate::web::ui::banner::banner;
use crate::web::ui::button::Button;
use crate::web::ui::card::card;
use crate::web::ui::summary_list::{Answer, summary_list};
use crate::web::ui::table::{Column, Table};
use crate::web::ui::tag::{Tone, tag};
use crate::web::ui::text::theirs;

/// The path of the page.
pub const PATH: &str = "/staff/settings/health";
const TOKEN: &str = "/staff/settings/health/token";
const REMOVAL: &str = "/staff/settings/health/token/removal";
/// Where programs find the figures.
const METRICS: &str = "/metrics";
/// Seconds by which a clock may be set without a word.
const CLOCK_SLACK_S: u64 = 60;

/// `GET /staff/settings/health`
pub fn show(ctx: &Ctx) -> Handled {
    let text = ctx.text;
    let needs = health::needs(&ctx.clinic)?;
    let status = status::of(&ctx.clinic)?;
    let has_token = health::has_token(&ctx.clinic, &ctx.caller())?;
    let body = html! {
        @if needs.is_empty() { p { (t!(text, "health-well")) } }
        @else { p { (t!(text, "health-needs", count = needs.len())) } }
        @for need in &needs { (told(ctx, need)) }
        h2 { (t!(text, "health-figures")) }
        (figures(ctx, &status))
        h2 { (t!(text, "health-jobs")) }
        (jobs(ctx))
        (watcher(ctx, has_token))
    };
    let problems = Problems::default();
    let frame = Frame::new(t!(text, "health-title"), &problems);
    Ok(reply(frame.show(ctx, &body), &problems))
}

/// `POST /staff/settings/health/token`: the token is in the answer to the form and nowhere else.
pub fn new_token(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    let token = health::new_token(&ctx.clinic, &ctx.caller())?;
    let text = ctx.text;
    let back = t!(text, "health-token-back");
    let body = html! {
        p { (t!(text, "health-token-text")) }
        p { code.strong.anywhere dir="ltr" { (token) } }
        p { (t!(text, "health-token-use")) }
        p { code.anywhere dir="ltr" { "Authorization: Bearer " (token) } }
        p { a.btn.two href=(PATH) { (back) } }
    };
    let problems = Problems::default();
    let frame = Frame::new(t!(text, "health-token-title"), &problems).back(PATH);
    let mut reply = Reply::page(frame.show(ctx, &body));
    reply.compress = false;
    Ok(reply)
}

/// `POST /staff/settings/health/token/removal`
pub fn end_token(ctx: &Ctx) -> Handled {
    ctx.only(&[])?;
    health::end_token(&ctx.clinic, &ctx.caller())?;
    Ok(Reply::see_other(PATH))
}

/// What the reader should know on every page: everybody here that nothing can be saved, the owner
/// the rest as well. Backups say so themselves.
pub fn alarm(ctx: &Ctx) -> Markup {
    let text = ctx.text;
    if ctx.path == PATH {
        return html! {};
    }
    if !ctx.may(Permission::ManageSettings) {
        let body = html! { p { (t!(text, "health-read-only-staff")) } };
        let is_read_only = ctx.clinic.read_only().is_some();
        let title = t!(text, "health-read-only");
        return html! { @if is_read_only { (banner(Tone::Bad, &title, &body)) } };
    }
    // A page without its warnings is better than none.
    let needs = health::needs(&ctx.clinic).unwrap_or_default();
    let says_itself = |need: &Need| {
        let (path, _) = way(ctx, need);
        let on_index = ctx.path == super::INDEX && matches!(need, Need::Certificate(_));
        matches!(need, Need::Backup(_)) || path == ctx.path || on_index
    };
    let first = needs
        .iter()
        .find(|need| need.is_urgent() && !says_itself(need));
    match first {
        None => html! {},
        Some(need) => {
            let body = html! { p { a href=(PATH) { (t!(text, "health-alarm-look")) } } };
            banner(tone(need), &title(ctx, need), &body)
        }
    }
}

fn tone(need: &Need) -> Tone {
    match need {
        Need::ReadOnly(_)
        | Need::Backup(_)
        | Need::Certificate(_)
        | Need::ClockBack(_)
        | Need::JobLate(..) => Tone::Bad,
        Need::DiskLow(_) | Need::NoBackups | Need::MailWaits(..) => Tone::Warn,
    }
}

/// What is wrong, in a few words.
fn title(ctx: &Ctx, need: &Need) -> String {
    let text = ctx.text;
    let time = |at| ctx.when().date_time_short(at);
    match need {
        Need::ReadOnly(_) => t!(text, "health-read-only"),
        Need::DiskLow(free) => t!(text, "health-low", free = text.bytes(*free)),
        Need::ClockBack(_) => t!(text, "health-clock"),
        Need::Backup(BackupAlarm::Failed(name)) => {
            t!(text, "health-backup-failed", target = name.clone())
        }
        Need::Backup(BackupAlarm::Old(name, since)) => t!(
            text,
            "health-backup-old",
            target = name.clone(),
            time = time(*since)
        ),
        Need::NoBackups => t!(text, "health-backup-none"),
        Need::Certificate(CertificateAlarm::Ended) => t!(text, "health-certificate-ended"),
        Need::Certificate(CertificateAlarm::EndsIn(days)) => {
            t!(text, "health-certificate-ends", days = *days)
        }
        Need::MailWaits(since, _) => t!(text, "health-mail", time = time(*since)),
        Need::JobLate(job, _) => t!(text, "health-job", job = job_name(ctx, *job)),
    }
}

/// What to do about it.
fn advice(ctx: &Ctx, need: &Need) -> String {
    let text = ctx.text;
    match need {
        Need::ReadOnly(Why::Full) => t!(text, "health-full"),
        Need::ReadOnly(Why::Broken(_)) => t!(text, "health-broken"),
        Need::DiskLow(_) => t!(text, "health-low-text"),
        Need::ClockBack(last) => {
            t!(
                text,
                "health-clock-text",
                time = ctx.when().date_time_short(*last)
            )
        }
        Need::Backup(_) => t!(text, "health-backup-text"),
        Need::NoBackups => t!(text, "health-backup-none-text"),
        Need::Certificate(_) => t!(text, "health-certificate-text"),
        Need::MailWaits(_, true) => t!(text, "health-mail-text"),
        Need::MailWaits(_, false) => t!(text, "health-mail-none-text"),
        Need::JobLate(..) => t!(text, "health-job-text"),
    }
}

/// Where one goes on.
fn way(ctx: &Ctx, need: &Need) -> (&'static str, String) {
    let text = ctx.text;
    match need {
        Need::ReadOnly(_) | Need::DiskLow(_) | Need::ClockBack(_) | Need::JobLate(..) => {
            (PATH, t!(text, "health-to-health"))
        }
        Need::Backup(_) | Need::NoBackups => (super::backups::PATH, t!(text, "health-to-backups")),
        Need::Certificate(_) => (connection::PATH, t!(text, "health-to-connection")),
        Need::MailWaits(_, true) => ("/staff/outbox", t!(text, "health-to-outbox")),
        Need::MailWaits(_, false) => (mail::PATH, t!(text, "health-to-mail")),
    }
}

/// One thing that needs a hand: what it is, what to do, and one link.
fn told(ctx: &Ctx, need: &Need) -> Markup {
    let (path, label) = way(ctx, need);
    let body = html! {
        p { (advice(ctx, need)) }
        @if let Need::ReadOnly(Why::Broken(said)) = need {
            p.small.anywhere { (t!(ctx.text, "health-says")) " " (theirs(said)) }
        }
        p { a href=(path) { (label) } }
    };
    banner(tone(need), &title(ctx, need), &body)
}

/// A time of so many seconds, in its largest unit.
fn span(ctx: &Ctx, seconds: u64) -> String {
    let text = ctx.text;
    match seconds {
        0..7_200 => t!(text, "health-minutes", count = seconds / 60),
        7_200..172_800 => t!(text, "health-hours", count = seconds / 3_600),
        _ => t!(text, "health-days", count = seconds / 86_400),
    }
}

fn figures(ctx: &Ctx, status: &Status) -> Markup {
    let text = ctx.text;
    let unknown = || t!(text, "health-unknown");
    let bytes = |bytes: Option<u64>| bytes.map_or_else(unknown, |b| text.bytes(b));
    let (backups, link, messages, log) = (
        t!(text, "health-to-backups"),
        t!(text, "health-to-connection"),
        t!(text, "health-to-outbox"),
        t!(text, "health-to-audit"),
    );
    let names = [
        t!(text, "health-version"),
        t!(text, "health-disk"),
        t!(text, "health-database"),
        t!(text, "health-backup"),
        t!(text, "health-certificate"),
        t!(text, "health-outbox"),
        t!(text, "health-sign-ins"),
        t!(text, "health-speed"),
        t!(text, "health-clock-name"),
    ];
    let uptime = span(ctx, status.uptime_s.unwrap_or(0));
    let version = t!(
        text,
        "health-version-value",
        version = status.version.clone(),
        time = uptime
    );
    let disk = t!(
        text,
        "health-disk-value",
        free = bytes(status.free_bytes),
        total = bytes(status.disk_bytes)
    );
    let backup = match status.proven_age_s {
        None => t!(text, "health-backup-never"),
        Some(age) => t!(text, "health-backup-age", time = span(ctx, age)),
    };
    let certificate = match status.certificate_days {
        None => unknown(),
        Some(days) => t!(text, "health-certificate-days", days = days.max(0)),
    };
    let waiting = match status.outbox_waiting {
        0 => t!(text, "health-outbox-none"),
        count => text.number(i64::try_from(count).unwrap_or(i64::MAX)),
    };
    let wrong = text.number(i64::try_from(status.failed_sign_ins).unwrap_or(i64::MAX));
    let p95 = |counted: crate::app::Counted| counted.percentile_us(95);
    let pages = p95(ctx.clinic.pages.counted());
    let speed = match (pages, p95(ctx.clinic.store.commits())) {
        (Some(pages), Some(commits)) => {
            let ms = |us: u64| {
                let tenths = i64::try_from(us / 100).unwrap_or(0);
                if tenths % 10 == 0 {
                    text.number(tenths / 10)
                } else {
                    text.decimal(tenths, 1)
                }
            };
            t!(
                text,
                "health-speed-value",
                pages = ms(pages),
                commits = ms(commits)
            )
        }
        _ => t!(text, "health-speed-none"),
    };
    let set = status.clock_set_s.unwrap_or(0);
    let clock = match set.unsigned_abs() {
        by if by <= CLOCK_SLACK_S => t!(text, "health-clock-well"),
        by if set > 0 => t!(text, "health-clock-forward", time = span(ctx, by)),
        by => t!(text, "health-clock-back", time = span(ctx, by)),
    };
    let [
        n_version,
        n_disk,
        n_data,
        n_backup,
        n_cert,
        n_outbox,
        n_wrong,
        n_speed,
        n_clock,
    ] = &names;
    summary_list(&[
        Answer::fixed(n_version, html! { (version) }),
        Answer::fixed(n_disk, html! { (disk) }),
        Answer::fixed(n_data, html! { (bytes(status.database_bytes)) }),
        Answer::fixed(n_backup, html! { (backup) }).change(
            super::backups::PATH,
            &backups,
            n_backup,
        ),
        Answer::fixed(n_cert, html! { (certificate) }).change(connection::PATH, &link, n_cert),
        Answer::fixed(n_outbox, html! { (waiting) }).change("/staff/outbox", &messages, n_outbox),
        Answer::fixed(n_wrong, html! { (wrong) }).change("/staff/settings/audit", &log, n_wrong),
        Answer::fixed(n_speed, html! { (speed) }),
        Answer::fixed(n_clock, html! { (clock) }),
    ])
}

fn job_name(ctx: &Ctx, job: Job) -> String {
    let text = ctx.text;
    match job {
        Job::Delivery => t!(text, "health-job-delivery"),
        Job::Backups => t!(text, "health-job-backups"),
        Job::Certificate => t!(text, "health-job-certificate"),
        Job::Cleaning => t!(text, "health-job-cleaning"),
    }
}

fn jobs(ctx: &Ctx) -> Markup {
    let text = ctx.text;
    let all = ctx.clinic.jobs.all();
    if all.is_empty() {
        return html! { p { (t!(text, "health-jobs-none")) } };
    }
    let time = |at| ctx.when().date_time_short(at);
    let rows: Vec<Vec<Markup>> = all
        .into_iter()
        .map(|(job, run, late)| {
            let state = match (late, run.went_well) {
                (true, _) => tag(&t!(text, "health-job-late"), Tone::Bad),
                (false, false) => tag(&t!(text, "health-job-trouble"), Tone::Warn),
                (false, true) => tag(&t!(text, "health-job-well"), Tone::Ok),
            };
            let last = run
                .last
                .map_or_else(|| t!(text, "health-job-not-yet"), time);
            vec![
                html! { (job_name(ctx, job)) },
                html! { (last) },
                html! { (time(run.next)) },
                state,
            ]
        })
        .collect();
    let (job, last, next, state) = (
        t!(text, "health-head-job"),
        t!(text, "health-head-last"),
        t!(text, "health-head-next"),
        t!(text, "health-head-state"),
    );
    Table {
        id: "jobs",
        caption: &t!(text, "health-jobs"),
        caption_unseen: true,
        columns: &[
            Column::words(&job),
            Column::words(&last),
            Column::words(&next),
            Column::words(&state),
        ],
        rows: &rows,
        sums: None,
    }
    .show()
}

/// The token for a program elsewhere.
fn watcher(ctx: &Ctx, has_token: bool) -> Markup {
    let (text, token) = (ctx.text, ctx.token());
    let inside = html! {
        p { (t!(text, "health-metrics-text", path = METRICS)) }
        @if has_token {
            p { (t!(text, "health-token-there")) }
            (Button::secondary(&t!(text, "health-token-renew")).post(TOKEN, &token, &[]))
            (Button::secondary(&t!(text, "health-token-end")).post(REMOVAL, &token, &[]))
        } @else {
            (Button::secondary(&t!(text, "health-token-new")).post(TOKEN, &token, &[]))
        }
    };
    card(Some(&t!(text, "health-metrics")), &inside)
}
