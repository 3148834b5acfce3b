//! What stands around a page's content: four shells for four kinds of reader.

use maud::{Markup, html};

use super::form::{Form, search_form};
use super::icon::{Icon, icon, initials};
use super::nav::{Place, places};

/// The clinic as it shows itself.
#[derive(Clone, Copy, Debug)]
pub struct ClinicMark<'a> {
    /// Its name.
    pub name: &'a str,
    /// What tells its logo from the ones before; without one, a plain sign stands in.
    pub logo: Option<&'a str>,
    /// Where its name leads.
    pub home: &'a str,
}

/// Whose page it is.
#[derive(Clone, Copy, Debug)]
pub struct PersonChip<'a> {
    /// Their name, as on the chip.
    pub name: &'a str,
    /// Where the chip leads: the people one may act for.
    pub href: &'a str,
    /// What is heard before the name: "Your page:".
    pub label: &'a str,
    /// Whether someone else is acting for them: colours the bar.
    pub acted_for: bool,
}

/// Search over everything, in the staff's bar.
#[derive(Clone, Copy, Debug)]
pub struct Finder<'a> {
    /// Where to search.
    pub action: &'a str,
    /// "Find a patient or a page"
    pub label: &'a str,
    /// What was searched for.
    pub value: &'a str,
    /// The keys that come here, as printed on them: "Ctrl K".
    pub keys: &'a str,
}

/// The person at the desk.
#[derive(Clone, Copy, Debug)]
pub struct StaffUser<'a> {
    /// Their name.
    pub name: &'a str,
    /// Links of their menu.
    pub links: &'a [(Icon, &'a str, &'a str)],
    /// Where signing out is sent, and its label.
    pub sign_out: (&'a str, &'a str),
    /// The token of this response.
    pub token: &'a str,
}

/// What stands around the content.
#[derive(Clone, Copy, Debug)]
pub enum Shell<'a> {
    /// For patients: name on top, four tabs.
    Patient {
        /// The clinic.
        clinic: ClinicMark<'a>,
        /// Whose page it is; nobody's before signing in.
        person: Option<PersonChip<'a>>,
        /// The tabs.
        tabs: &'a [Place<'a>],
        /// Names the tabs for screen readers.
        tabs_label: &'a str,
    },
    /// For staff: rail, search, and room.
    Staff {
        /// The clinic.
        clinic: ClinicMark<'a>,
        /// The rail.
        rail: &'a [Place<'a>],
        /// Names the rail for screen readers.
        rail_label: &'a str,
        /// Search.
        finder: Option<Finder<'a>>,
        /// Link and label of "New visit".
        new_visit: Option<(&'a str, &'a str)>,
        /// Who works here.
        user: Option<StaffUser<'a>>,
    },
    /// For one question and nothing else: signing in, set-up, first contact.
    Plain {
        /// The clinic, once it has a name.
        clinic: Option<ClinicMark<'a>>,
    },
    /// For paper: letters, posters, lists.
    Print {
        /// Link and label of the way back.
        back: (&'a str, &'a str),
        /// "Print"
        print: &'a str,
    },
}

impl Shell<'_> {
    pub(super) const fn class(&self) -> &'static str {
        match self {
            Self::Patient { .. } => "pt",
            Self::Staff { .. } => "staff",
            Self::Plain { .. } => "plain",
            Self::Print { .. } => "sheet-page",
        }
    }

    /// Whether those who work here read it, and the scripts of their pages run.
    pub(super) const fn is_staff(&self) -> bool {
        matches!(self, Self::Staff { .. })
    }

    /// Whether it needs the larger style sheet.
    pub(super) const fn is_wide(&self) -> bool {
        matches!(self, Self::Staff { .. } | Self::Print { .. })
    }

    pub(super) fn around(&self, body: &Markup) -> Markup {
        let main = html! {
            // The middle scrolls on a phone; some browsers need a tab stop to scroll it by keys.
            main.content id="main" tabindex="0" { div.page { (body) } }
        };
        match self {
            Self::Patient {
                clinic,
                person,
                tabs,
                tabs_label,
            } => html! {
                header class=(if person.is_some_and(|p| p.acted_for) { "top acting" } else { "top" }) {
                    div.top-in {
                        (mark(*clinic))
                        @if let Some(person) = person { (chip(*person)) }
                    }
                }
                @if !tabs.is_empty() {
                    nav.tabs id="places" aria-label=(tabs_label) { (places(tabs)) }
                }
                (main)
            },
            Self::Staff {
                clinic,
                rail,
                rail_label,
                finder,
                new_visit,
                user,
            } => html! {
                header.tools {
                    @if let Some(finder) = finder { (find(*finder)) }
                    div.push {
                        @if let Some((href, label)) = new_visit {
                            a.btn href=(href) { (icon(Icon::Plus)) span { (label) } }
                        }
                        @if let Some(user) = user { (menu(user)) }
                    }
                }
                nav.rail id="places" aria-label=(rail_label) { (mark(*clinic)) (places(rail)) }
                (main)
            },
            Self::Plain { clinic } => html! {
                header.top { div.top-in { @if let Some(clinic) = clinic { (mark(*clinic)) } } }
                (main)
            },
            Self::Print {
                back: (href, label),
                print,
            } => html! {
                main.page id="main" tabindex="-1" {
                    div.actions.no-print {
                        a.back href=(href) { (icon(Icon::ArrowLeft)) span { (label) } }
                        button.btn.push type="button" data-print hidden { (icon(Icon::Printer)) span { (print) } }
                    }
                    (body)
                }
            },
        }
    }
}

/// Where the clinic's logo is: another one has another address, so that browsers may keep it.
pub fn logo_address(logo: &str) -> String {
    format!("/logo?v={logo}")
}

fn mark(clinic: ClinicMark<'_>) -> Markup {
    html! {
        a.clinic href=(clinic.home) {
            @if let Some(logo) = clinic.logo { img src=(logo_address(logo)) alt=""; }
            @else { span.mark { (icon(Icon::HeartPulse)) } }
            bdi { (clinic.name) }
        }
    }
}

fn chip(person: PersonChip<'_>) -> Markup {
    html! {
        a.chip.who href=(person.href) {
            (icon(if person.acted_for { Icon::Users } else { Icon::User }))
            span.cut { span.sr { (person.label) " " } bdi { (person.name) } }
        }
    }
}

fn find(finder: Finder<'_>) -> Markup {
    search_form(
        finder.action,
        finder.label,
        None,
        &html! {
            div.find {
                (icon(Icon::Search))
                input.input type="search" name="q" value=(finder.value) placeholder=(finder.label)
                    aria-label=(finder.label) autocomplete="off" data-find;
                kbd aria-hidden="true" { (finder.keys) }
            }
        },
    )
}

fn menu(user: &StaffUser<'_>) -> Markup {
    html! {
        details.menu {
            summary.chip { (initials(user.name)) bdi.cut { (user.name) } }
            div.sheet {
                @for (symbol, href, label) in user.links {
                    a href=(href) { (icon(*symbol)) span { (label) } }
                }
                (Form::new(user.sign_out.0, user.token).class("").show(&html! {
                    button type="submit" { (icon(Icon::LogOut)) span { (user.sign_out.1) } }
                }))
            }
        }
    }
}
