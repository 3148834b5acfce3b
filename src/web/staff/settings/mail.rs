//! Settings: the mail server, with a test that shows what it says.

use std::time::Duration;

use maud::{Markup, html};

use super::{Frame, Wrongs, line, number, reply, short};
use crate::app::clinic_settings;
use crate::domain::person::Email;
use crate::domain::settings::{MailSecurity, MailServer};
use crate::outbox::probe::{Probe, Step};
use crate::outbox::smtp::{Patience, Trust};
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, actions};
use crate::web::ui::choice_rows::{Choice, ChoiceRows, tick_box};
use crate::web::ui::field::{Field, Kind, Width};
use crate::web::ui::form::Form;
use crate::web::ui::tag::{Tone, tag};
use crate::web::ui::text::theirs;

/// The path of the page.
pub const PATH: &str = "/staff/settings/mail";

const FIELDS: [&str; 9] = [
    "host", "port", "security", "user", "password", "forget", "from", "to", "do",
];

/// `GET /staff/settings/mail`
pub fn show(ctx: &Ctx) -> Handled {
    let mut pairs = vec![(
        "to",
        ctx.known
            .as_ref()
            .and_then(|k| k.login.email.as_ref())
            .map(|e| e.as_str().to_owned())
            .unwrap_or_default(),
    )];
    match &ctx.current.settings.mail {
        Some(server) => pairs.extend([
            ("host", server.host.clone()),
            ("port", server.port.to_string()),
            ("security", server.security.code().to_owned()),
            (
                "user",
                server
                    .login
                    .as_ref()
                    .map(|l| l.0.clone())
                    .unwrap_or_default(),
            ),
            ("from", server.from.as_str().to_owned()),
        ]),
        None => pairs.extend([
            ("port", "587".to_owned()),
            ("security", MailSecurity::StartTls.code().to_owned()),
        ]),
    }
    let typed = Fields::from_pairs(pairs.into_iter().map(|(n, v)| (n.to_owned(), v)).collect());
    Ok(page(ctx, &typed, &Problems::default(), None))
}

/// `POST /staff/settings/mail`: save, test what is typed, or send no mail at all.
pub fn save(ctx: &Ctx) -> Handled {
    let form = ctx.only(&FIELDS)?;
    let what = form.get("do");
    if what == "none" {
        clinic_settings::set_mail(&ctx.clinic, &ctx.caller(), None)?;
        return Ok(Reply::done(PATH, "saved"));
    }
    let mut problems = Problems::default();
    let server = read(ctx, form, &mut problems)?;
    if what == "test" && Email::try_from(form.get("to")).is_err() {
        problems.add("to", t!(ctx.text, "mailserver-error-to"));
    }
    match server {
        Some(server) if problems.is_empty() && what == "test" => {
            let steps = test(ctx, &server, form.get("to"))?;
            Ok(page(ctx, form, &problems, Some(&steps)))
        }
        Some(server) if problems.is_empty() => {
            clinic_settings::set_mail(&ctx.clinic, &ctx.caller(), Some(server))?;
            Ok(Reply::done(PATH, "saved"))
        }
        _ => Ok(page(ctx, form, &problems, None)),
    }
}

fn read(ctx: &Ctx, form: &Fields, problems: &mut Problems) -> Result<Option<MailServer>, Trouble> {
    let text = ctx.text;
    let missing = Some(t!(text, "mailserver-error-host"));
    let host = line(ctx, form, problems, "host", 253, missing);
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | ':');
    if !host.chars().all(plain) {
        problems.add("host", t!(text, "mailserver-error-host"));
    }
    let port = short(number(ctx, form, problems, "port", (1, 65_535)));
    let security = MailSecurity::from_code(form.get("security")).ok_or(Trouble::BadRequest)?;
    let user = line(ctx, form, problems, "user", 254, None);
    // A password is taken as it is: it may begin with a space.
    let password = form.find("password").unwrap_or("");
    if password.chars().count() > 254 {
        problems.add("password", t!(text, "error-too-long", max = 254));
    }
    let kept = ctx.current.settings.mail.as_ref();
    let same_place = kept.is_some_and(|k| k.host == host && k.port == port);
    let password = if !password.is_empty() {
        password.to_owned()
    } else if form.has("forget") {
        String::new()
    } else {
        // The kept one is for the server that it was typed for, and is told to no other.
        kept.filter(|_| same_place)
            .and_then(|k| k.login.as_ref())
            .map(|l| l.1.clone())
            .unwrap_or_default()
    };
    let login = if user.is_empty() {
        None
    } else {
        if password.is_empty() && !form.has("forget") {
            problems.add("password", t!(text, "mailserver-error-password"));
        }
        Some((user, password))
    };
    if login.is_some() && security == MailSecurity::Plain && !is_here(&host) {
        problems.add("security", t!(text, "mailserver-error-plain"));
    }
    let Ok(from) = Email::try_from(form.get("from")) else {
        problems.add("from", t!(text, "mailserver-error-from"));
        return Ok(None);
    };
    Ok(Some(MailServer {
        host,
        port,
        security,
        login,
        from,
    }))
}

/// Whether a host is this machine, so that nobody listens on the way.
fn is_here(host: &str) -> bool {
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

fn test(ctx: &Ctx, server: &MailServer, to: &str) -> Result<Vec<Step>, Trouble> {
    let settings = &ctx.current.settings;
    let trust = Trust::default();
    let probe = Probe {
        settings,
        server,
        to,
        language: ctx.text.language().tag(),
        random: ctx.clinic.random(),
        now: ctx.now,
        trust: &trust,
        // A person waits in front of the page.
        patience: Patience {
            connect: Duration::from_secs(10),
            command: Duration::from_secs(15),
            text: Duration::from_secs(30),
        },
    };
    // Handlers run on threads where waiting is allowed; the runtime is that of the server.
    let runtime = tokio::runtime::Handle::try_current().map_err(|_| Trouble::BadRequest)?;
    Ok(runtime.block_on(probe.run()))
}

fn page(ctx: &Ctx, typed: &Fields, problems: &Problems, steps: Option<&[Step]>) -> Reply {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    let kept = ctx.current.settings.mail.as_ref();
    let has_password = kept.is_some_and(|k| k.login.is_some());
    let (keep, try_it, none) = (
        t!(text, "settings-save"),
        t!(text, "mailserver-test"),
        t!(text, "mailserver-none"),
    );
    let password_hint = if has_password {
        t!(text, "mailserver-password-kept")
    } else {
        t!(text, "mailserver-password-hint")
    };
    let body = html! {
        div.stack id="mail" {
            @if kept.is_none() { p { (t!(text, "mailserver-off")) } }
            (Form::new(PATH, &ctx.token()).swap("mail").show(&html! {
                div.grid-form {
                    (Field::new("host", &t!(text, "mailserver-host")).hint(&t!(text, "mailserver-host-hint"))
                        .value(typed.get("host")).wrong(wrongs.of("host")).show())
                    (Field::new("port", &t!(text, "mailserver-port")).kind(Kind::Digits).width(Width::Four)
                        .hint(&t!(text, "mailserver-port-hint")).value(typed.get("port")).wrong(wrongs.of("port")).show())
                }
                (securities(ctx, typed.get("security"), &wrongs))
                div.grid-form {
                    (Field::new("user", &t!(text, "mailserver-user")).hint(&t!(text, "mailserver-user-hint"))
                        .autocomplete("off").value(typed.get("user")).wrong(wrongs.of("user")).show())
                    (Field::new("password", &t!(text, "mailserver-password")).kind(Kind::Password)
                        .autocomplete("new-password").hint(&password_hint).wrong(wrongs.of("password")).show())
                }
                @if has_password { (tick_box("forget", &t!(text, "mailserver-forget"), false, None)) }
                (Field::new("from", &t!(text, "mailserver-from")).kind(Kind::Email).hint(&t!(text, "mailserver-from-hint"))
                    .value(typed.get("from")).wrong(wrongs.of("from")).show())
                (Field::new("to", &t!(text, "mailserver-to")).kind(Kind::Email).hint(&t!(text, "mailserver-to-hint"))
                    .value(typed.get("to")).wrong(wrongs.of("to")).show())
                (actions(&html! {
                    (Button::primary(&keep).sends("do", "save").submit())
                    (Button::secondary(&try_it).sends("do", "test").submit())
                    @if kept.is_some() { (Button::danger(&none).sends("do", "none").submit()) }
                }))
            }))
            @if let Some(steps) = steps { (walked(ctx, steps)) }
        }
    };
    let page = Frame::new(t!(text, "mailserver-title"), problems).show(ctx, &body);
    reply(page, problems)
}

fn securities(ctx: &Ctx, chosen: &str, wrongs: &Wrongs<'_>) -> Markup {
    let text = ctx.text;
    let labels = [
        ("starttls", t!(text, "mailserver-starttls")),
        ("tls", t!(text, "mailserver-tls")),
        ("plain", t!(text, "mailserver-plain")),
    ];
    let choices = labels.each_ref().map(|(value, label)| Choice {
        value,
        label,
        detail: None,
        checked: chosen == *value,
    });
    ChoiceRows {
        id: "security",
        legend: &t!(text, "mailserver-security"),
        heading: false,
        hint: None,
        wrong: wrongs.of("security"),
        several: false,
        choices: &choices,
    }
    .show()
}

/// The steps of the test, each with the server's own words.
fn walked(ctx: &Ctx, steps: &[Step]) -> Markup {
    let text = ctx.text;
    let failed = steps.iter().any(|step| step.cause.is_some());
    html! {
        section.stack {
            h2 { @if failed { (t!(text, "mailserver-test-failed")) } @else { (t!(text, "mailserver-test-well")) } }
            ol {
                @for step in steps {
                    li {
                        (step.phase.say(text)) " "
                        @if let Some(cause) = step.cause {
                            (tag(&t!(text, "mailserver-step-failed"), Tone::Bad))
                            p.strong { (cause.say(text)) }
                        } @else {
                            (tag(&t!(text, "mailserver-step-well"), Tone::Ok))
                        }
                        @if !step.reply.is_empty() { p.small.anywhere { (t!(text, "mailserver-says")) " " (theirs(&step.reply)) } }
                    }
                }
            }
        }
    }
}
