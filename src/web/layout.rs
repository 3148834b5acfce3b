//! The pages' frames, filled in for this clinic and this reader.

use maud::{Markup, html};

use super::ctx::Ctx;
use super::session_end::Ending;
use super::ui::help_row::help_row;
use super::ui::icon::Icon;
use super::ui::nav::Place;
use super::ui::page::{Dir, Mode, Page, PageWords, Script};
use super::ui::shell::{ClinicMark, Finder, PersonChip, Shell, StaffUser};
use super::ui::toast::Toast;
use crate::app::sessions::Known;
use crate::domain::account::ThemeMode;
use crate::domain::policy::Permission;
use crate::domain::settings::SetupStep;
use crate::domain::theme::Brand;
use crate::t;
use crate::text::Direction;

/// Where patients sign in.
pub const SIGN_IN: &str = "/sign-in";
/// Where those who work here sign in.
pub const STAFF_SIGN_IN: &str = "/staff/sign-in";
/// Where the first owner sets the clinic up.
pub const SETUP: &str = "/setup";

/// A tab of the patient's pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// What needs me now.
    Home,
    /// My visits.
    Visits,
    /// About me.
    Me,
}

/// An entry of the staff's rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rail {
    /// The day.
    Today,
    /// Day and week.
    Calendar,
    /// Charts.
    Patients,
    /// Requests.
    Requests,
    /// Messages.
    Outbox,
    /// Settings.
    Settings,
    /// None of them: one's own account.
    None,
}

/// What a page adds to its frame.
#[derive(Debug, Default)]
pub struct Extra<'a> {
    /// Whether the page shows a form with problems.
    pub has_problems: bool,
    /// What was just done.
    pub toast: Option<Toast<'a>>,
    /// Scripts beyond the usual.
    pub scripts: &'a [Script],
}

/// Where the reader belongs when a page is not for them.
pub fn home_path(ctx: &Ctx) -> &'static str {
    if is_staff_path(ctx) { "/staff" } else { "/" }
}

/// Where the reader signs in.
pub fn sign_in_path(ctx: &Ctx) -> &'static str {
    if nobody_works_here(ctx) {
        SETUP
    } else if is_staff_path(ctx) {
        STAFF_SIGN_IN
    } else {
        SIGN_IN
    }
}

/// Whether the clinic still waits for its first owner, so that no sign-in leads anywhere.
pub fn nobody_works_here(ctx: &Ctx) -> bool {
    ctx.current.settings.setup == SetupStep::You
}

fn is_staff_path(ctx: &Ctx) -> bool {
    ctx.route == "/staff" || ctx.route.starts_with("/staff/") || ctx.route.starts_with("/setup")
}

/// The clinic's emergency number and phone at the end of a page.
pub fn help(ctx: &Ctx) -> Markup {
    let text = ctx.text;
    let profile = &ctx.current.settings.profile;
    if ctx.known.as_ref().is_some_and(|k| k.actor.role.is_staff()) {
        return html! {};
    }
    let emergency = t!(text, "help-emergency", number = profile.emergency.clone());
    match profile.phone.as_ref().zip(ctx.current.phone()) {
        Some((phone, shown)) => {
            let href = format!("tel:{phone}");
            let label = t!(text, "help-call", phone = shown);
            help_row(
                &t!(text, "help-title"),
                &[(Icon::Phone, &href, &label)],
                Some(&emergency),
            )
        }
        None => help_row(&t!(text, "help-title"), &[], Some(&emergency)),
    }
}

#[allow(
    clippy::needless_pass_by_value,
    clippy::large_types_passed_by_value,
    reason = "a page is made once, of parts that nobody needs afterwards"
)]
fn page(ctx: &Ctx, title: &str, shell: Shell<'_>, extra: Extra<'_>, body: Markup) -> Markup {
    // Paper does not end.
    let ending = Ending::of(ctx).filter(|_| !matches!(shell, Shell::Print { .. }));
    framed(ctx, title, shell, extra, ending.as_ref(), body)
}

#[allow(
    clippy::needless_pass_by_value,
    clippy::large_types_passed_by_value,
    reason = "a page is made once, of parts that nobody needs afterwards"
)]
fn framed(
    ctx: &Ctx,
    title: &str,
    shell: Shell<'_>,
    extra: Extra<'_>,
    ending: Option<&Ending>,
    body: Markup,
) -> Markup {
    let text = ctx.text;
    let mode = ctx
        .known
        .as_ref()
        .map_or(ThemeMode::Auto, |k| k.login.theme);
    let (skip, error_prefix, working, offline) = (
        t!(text, "page-skip"),
        t!(text, "page-error-prefix"),
        t!(text, "page-working"),
        t!(text, "page-offline"),
    );
    Page {
        title,
        site: &ctx.current.settings.profile.name,
        lang: text.language().tag(),
        dir: match text.language().direction() {
            Direction::Ltr => Dir::Ltr,
            Direction::Rtl => Dir::Rtl,
        },
        mode: match mode {
            ThemeMode::Auto => Mode::Auto,
            ThemeMode::Light => Mode::Light,
            ThemeMode::Dark => Mode::Dark,
        },
        theme_url: &super::assets::theme_url(brand(ctx)),
        shell,
        has_problems: extra.has_problems,
        toast: extra.toast,
        session_end: ending.map(Ending::on_page),
        scripts: extra.scripts,
        words: PageWords {
            skip: &skip,
            error_prefix: &error_prefix,
            working: &working,
            offline: &offline,
        },
        body,
    }
    .show()
}

/// The clinic's colour.
pub fn brand(ctx: &Ctx) -> Brand {
    Brand::try_from(ctx.current.settings.profile.brand.as_str()).unwrap_or(Brand::DEFAULT)
}

fn mark<'a>(ctx: &'a Ctx, home: &'a str) -> ClinicMark<'a> {
    let profile = &ctx.current.settings.profile;
    ClinicMark {
        name: &profile.name,
        logo: ctx.current.logo(),
        home,
    }
}

/// A patient's page.
#[allow(
    clippy::needless_pass_by_value,
    reason = "a page is made once, of parts that nobody needs afterwards"
)]
pub fn patient(ctx: &Ctx, tab: Tab, title: &str, extra: Extra<'_>, body: Markup) -> Markup {
    let text = ctx.text;
    let name = ctx.known.as_ref().map(|k| {
        crate::domain::person::HumanName::from_full(&k.actor.name)
            .familiar()
            .to_owned()
    });
    let (home, visits, me) = (
        t!(text, "tab-home"),
        t!(text, "tab-visits"),
        t!(text, "tab-me"),
    );
    let place = |href, label, icon, of| Place {
        href,
        label,
        icon,
        current: tab == of,
        waiting: None,
    };
    let tabs = [
        place("/", &home, Icon::House, Tab::Home),
        place("/visits", &visits, Icon::CalendarDays, Tab::Visits),
        place("/me", &me, Icon::User, Tab::Me),
    ];
    let label = t!(text, "chip-label");
    let shell = Shell::Patient {
        clinic: mark(ctx, "/"),
        person: name.as_deref().map(|name| PersonChip {
            name,
            href: "/me",
            label: &label,
            acted_for: false,
        }),
        tabs: &tabs,
        tabs_label: &t!(text, "tabs-label"),
    };
    let body = html! { (body) (help(ctx)) };
    page(ctx, title, shell, extra, body)
}

/// A page with one question and nothing else.
pub fn plain(ctx: &Ctx, title: &str, extra: Extra<'_>, body: Markup) -> Markup {
    let shell = Shell::Plain {
        clinic: Some(mark(ctx, home_path(ctx))),
    };
    page(ctx, title, shell, extra, body)
}

/// A page for paper.
pub fn print(ctx: &Ctx, title: &str, back: &str, body: Markup) -> Markup {
    let text = ctx.text;
    let shell = Shell::Print {
        back: (back, &t!(text, "print-back")),
        print: &t!(text, "print-now"),
    };
    page(ctx, title, shell, Extra::default(), body)
}

/// The rail: path, words, icon, entry, and who sees it.
const RAIL: [(&str, &str, Icon, Rail, Permission); 6] = [
    (
        "/staff",
        "rail-today",
        Icon::ListChecks,
        Rail::Today,
        Permission::ViewSchedule,
    ),
    (
        "/staff/calendar",
        "rail-calendar",
        Icon::CalendarDays,
        Rail::Calendar,
        Permission::ViewSchedule,
    ),
    (
        "/staff/patients",
        "rail-patients",
        Icon::Users,
        Rail::Patients,
        Permission::ViewPatients,
    ),
    (
        "/staff/requests",
        "rail-requests",
        Icon::Inbox,
        Rail::Requests,
        Permission::ManageRequests,
    ),
    (
        "/staff/outbox",
        "rail-outbox",
        Icon::Mail,
        Rail::Outbox,
        Permission::ViewOutbox,
    ),
    (
        "/staff/settings",
        "rail-settings",
        Icon::Settings,
        Rail::Settings,
        Permission::OwnAccess,
    ),
];

/// A page of those who work here.
#[allow(
    clippy::needless_pass_by_value,
    reason = "a page is made once, of parts that nobody needs afterwards"
)]
pub fn staff(ctx: &Ctx, rail: Rail, title: &str, extra: Extra<'_>, body: Markup) -> Markup {
    let text = ctx.text;
    let label = |id: &str| text.say(id, &[]);
    let all = RAIL;
    let entries: Vec<_> = all
        .into_iter()
        .filter(|(.., permission)| ctx.may(*permission))
        .map(|(href, id, icon, of, _)| (href, label(id), icon, of))
        .collect();
    let counts = super::staff::waiting(ctx);
    let places: Vec<Place<'_>> = entries
        .iter()
        .map(|(href, label, icon, of)| Place {
            href,
            label,
            icon: *icon,
            current: *of == rail,
            waiting: counts
                .iter()
                .find(|c| c.0 == *of)
                .map(|c| (c.1, c.2.as_str())),
        })
        .collect();
    let (find, new) = (t!(text, "staff-find"), t!(text, "staff-new-visit"));
    let (account, out) = (t!(text, "staff-account"), t!(text, "staff-sign-out"));
    let lock = t!(text, "staff-lock");
    let token = ctx.token();
    let name = ctx
        .known
        .as_ref()
        .map(|k| k.actor.name.clone())
        .unwrap_or_default();
    let links = [
        (Icon::User, "/staff/account", account.as_str()),
        (Icon::KeyRound, "/staff/lock", lock.as_str()),
    ];
    let shell = Shell::Staff {
        clinic: mark(ctx, "/staff"),
        rail: &places,
        rail_label: &t!(text, "rail-label"),
        finder: ctx.may(Permission::ViewPatients).then_some(Finder {
            action: "/staff/patients",
            label: &find,
            value: if rail == Rail::Patients {
                ctx.query.get("q")
            } else {
                ""
            },
            keys: "Ctrl K",
        }),
        new_visit: ctx
            .may(Permission::ManageVisits)
            .then_some(("/staff/visits/new", new.as_str())),
        user: Some(StaffUser {
            name: &name,
            links: &links,
            sign_out: ("/staff/sign-out", &out),
            token: &token,
        }),
    };
    let body = html! { (super::staff::settings::health::alarm(ctx)) (super::staff::settings::backups::alarm(ctx)) (body) };
    page(ctx, title, shell, extra, body)
}

/// Whichever frame suits the reader: for apologies. Nothing is typed there, and to a patient it is the
/// same byte for byte whatever it apologises for, so it carries no warning with a token.
pub fn any(ctx: &Ctx, title: &str, body: Markup) -> Markup {
    let at_work = |known: &Known| known.actor.role.is_staff() && !known.is_locked;
    if ctx.known.as_ref().is_some_and(at_work) && is_staff_path(ctx) {
        return staff(ctx, Rail::None, title, Extra::default(), body);
    }
    let shell = Shell::Plain {
        clinic: Some(mark(ctx, home_path(ctx))),
    };
    framed(ctx, title, shell, Extra::default(), None, body)
}
