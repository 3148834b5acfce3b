//! The kit's pages for staff, set-up and paper.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{CLINIC, Look, document};
use crate::web::ui::button::{Button, actions};
use crate::web::ui::card::figure_card;
use crate::web::ui::choice_rows::{Choice, ChoiceRows};
use crate::web::ui::combobox::Combobox;
use crate::web::ui::field::{Field, Kind};
use crate::web::ui::form::{Form, search_form};
use crate::web::ui::icon::{Icon, icon};
use crate::web::ui::nav::{Place, sub_tabs};
use crate::web::ui::pager::Pager;
use crate::web::ui::progress::wizard;
use crate::web::ui::qr::qr;
use crate::web::ui::select::Select;
use crate::web::ui::shell::{Finder, Shell, StaffUser};
use crate::web::ui::table::{Column, Table};
use crate::web::ui::tag::{Chip, Tone, chips, tag};
use crate::web::ui::text::theirs;

const TOKEN: &str = "token";

fn rail(current: usize) -> [Place<'static>; 7] {
    let place = |at: usize, href, label, icon, waiting| Place {
        href,
        label,
        icon,
        current: at == current,
        waiting,
    };
    [
        place(0, "/staff", "Today", Icon::House, None),
        place(1, "/staff/calendar", "Calendar", Icon::CalendarDays, None),
        place(2, "/staff/patients", "Patients", Icon::Users, None),
        place(
            3,
            "/staff/inbox",
            "Inbox",
            Icon::Inbox,
            Some((12, "12 waiting")),
        ),
        place(4, "/staff/billing", "Billing", Icon::ReceiptText, None),
        place(
            5,
            "/staff/engagement",
            "Engagement",
            Icon::ChartColumn,
            None,
        ),
        place(6, "/staff/settings", "Settings", Icon::Settings, None),
    ]
}

pub(super) fn pages(look: Look) -> BTreeMap<&'static str, String> {
    let page = |title: &str, at: usize, body: Markup| {
        let shell = Shell::Staff {
            clinic: CLINIC,
            rail: &rail(at),
            rail_label: "Places",
            finder: Some(Finder {
                action: "/staff/search",
                label: "Find a patient or a page",
                value: "",
                keys: "Ctrl K",
            }),
            new_visit: Some(("/staff/visits/new", "New visit")),
            user: Some(StaffUser {
                name: "Rosa Lind",
                links: &[(Icon::Settings, "/staff/me", "My settings")],
                sign_out: ("/staff/sign-out", "Sign out"),
                token: TOKEN,
            }),
        };
        document(look, title, &shell, None, body)
    };
    let paper = Shell::Print {
        back: ("/staff/settings", "Back"),
        print: "Print",
    };
    BTreeMap::from([
        ("today", page("Today", 0, today())),
        ("week", page("Calendar", 1, week())),
        ("patients", page("Patients", 2, patients())),
        (
            "set-up",
            document(
                look,
                "Set up",
                &Shell::Plain { clinic: None },
                None,
                set_up(),
            ),
        ),
        ("poster", document(look, "Poster", &paper, None, poster())),
    ])
}

fn ticket(
    state: &str,
    time: &str,
    name: &str,
    service: &str,
    flags: &Markup,
    action: &str,
) -> Markup {
    html! {
        li { article class=(format!("ticket {state}")) {
            header { time { (time) } (flags) }
            h3 { a href="/staff/visits/1" { (theirs(name)) } }
            p.muted { (service) }
            (Button::secondary(action).about(name).small().post("/staff/visits/1/step", TOKEN, &[]))
        } }
    }
}

fn today() -> Markup {
    let lane = |title: &str, count: u32, tickets: &Markup| {
        html! { section.lane { h2 { (title) span.count { (count) } } ul { (tickets) } } }
    };
    html! {
        div.bar { h1 { "Monday 23 November" } (Button::secondary("Print day list").icon(Icon::Printer).link("/staff/day")) }
        p.strip { span { b { "18" } " visits" } span { b { "3" } " waiting" } span { "longest " b { "12" } " min" } span { b { "2" } " not confirmed" } }
        section.board id="board" data-live="/staff/events" aria-label="Visits" {
            (lane("Expected", 2, &html! {
                (ticket("", "10:40", "Sara Lind", "New patient, 40 min", &tag("Forms 2 of 3", Tone::Warn), "Arrived"))
                (ticket("late", "10:10", "Jan Nowak", "Follow-up, 20 min", &tag("10 min late", Tone::Bad), "Arrived"))
            }))
            (lane("Arrived", 1, &ticket("arrived", "10:00", "Amira Haddad", "Check-up, 20 min", &tag("Waits 12 min", Tone::Info), "Start")))
            (lane("With clinician", 1, &ticket("now", "9:40", "Ben Okafor", "Blood test, 10 min", &html! {}, "Done")))
            (lane("Done", 1, &ticket("past", "9:10", "Aoife Byrne", "Check-up, 20 min", &tag("Owes €45", Tone::Warn), "Invoice")))
        }
        div.cards { (figure_card("64 %", "of visits booked by patients")) (figure_card("12", "calls saved this week")) }
    }
}

fn appointment(row: u16, span: u16, class: &str, lane: &str, name: &str, what: &[&str]) -> Markup {
    html! {
        li class=(format!("r{row} h{span} {lane}")) {
            a class=(format!("appt {class}")) href="/staff/visits/1" { b { (theirs(name)) } @for line in what { span { (line) } } }
        }
    }
}

fn week() -> Markup {
    let days = ["Mon 23", "Tue 24", "Wed 25", "Thu 26", "Fri 27"];
    html! {
        div.bar {
            h1 { "23 to 27 November 2026" }
            div.group { (Button::secondary("Before").link("?w=-1")) (Button::secondary("Today").link("?w=0")) (Button::secondary("After").link("?w=1")) }
            (chips("Clinicians", None, &[Chip { href: "?", label: "Everyone", hue: None, current: true }, Chip { href: "?p=1", label: "Dr Silva", hue: None, current: false }]))
        }
        div.split {
        div.cal.d5 role="region" aria-label="Week" tabindex="0" {
            div.corner {}
            ol.hours aria-hidden="true" { @for hour in 8..17 { li { span { (hour) ":00" } } } }
            @for (number, day) in days.iter().enumerate() {
                section.date aria-label=(day) { h2 aria-current=[(number == 1).then_some("date")] { (day) } div.day { ul {
                    @if number == 0 {
                        (appointment(7, 6, "k4 arrived", "", "Okafor, Ben", &["8:30 Check-up", "arrived"]))
                        (appointment(19, 12, "k3", "", "Lind, Sara", &["9:30 New patient"]))
                        (appointment(37, 3, "k1 late", "x1 w6", "Nowak, Jan", &["11:00 late"]))
                        (appointment(37, 6, "k2", "x7 w6", "Ito, Mei", &["11:00 Check-up"]))
                    } @else if number == 1 {
                        (appointment(1, 4, "k1 past", "", "Haddad, Amira", &["8:00 Check-up", "done"]))
                        (appointment(25, 9, "k5", "", "Nowak, Jan", &["10:00 Follow-up"]))
                        (appointment(61, 6, "k6", "", "Byrne, Aoife", &["13:00 Video"]))
                    } @else if number == 2 {
                        (appointment(13, 3, "k7", "", "Silva, Rui", &["9:00 Blood test"]))
                        (appointment(20, 4, "held", "", "Held", &["9:35 until 9:45"]))
                        (appointment(30, 6, "k8 gone", "", "Roy, Ana", &["10:25 cancelled"]))
                    } @else if number == 3 { (appointment(34, 12, "k2", "", "Ito, Mei", &["10:45 New patient"])) }
                }
                @if number == 4 { div.closed.r49.h60 {} }
                @if number != 4 { div.closed.r49.h12 {} }
                @if number == 1 { div.now-line.r30 {} }
                } }
            }
        }
        aside.side aria-label="Visit" {
            header { h2 { (theirs("Nowak, Jan")) } a.btn.quiet.small href="?" { (icon(Icon::X)) span.sr { "Close" } } }
            p { "Tuesday 24 November, 10:00" br; "Follow-up with " (theirs("Dr Silva")) }
            p { (tag("Confirmed", Tone::Ok)) }
            (actions(&html! { (Button::primary("Arrived").post("/x", TOKEN, &[])) (Button::secondary("Move").link("/y")) (Button::danger("Cancel visit").link("/z")) }))
            (Form::new("/staff/visits", TOKEN).show(&html! {
                (Combobox { id: "patient", label: "Patient", hint: Some("Name, phone or birthday"), wrong: None, url: "/staff/patients/lookup", value: "", text: "" }.show())
                (Field::new("from", "From").kind(Kind::Time).value("10:00").show())
            }))
        }
        }
    }
}

fn patients() -> Markup {
    let row = |name: &str, born: &str, last: &str, state: Markup, owes: &str| {
        vec![
            html! { a href="/staff/patients/1" { (theirs(name)) } },
            html! { (born) },
            html! { (last) },
            state,
            html! { (owes) },
        ]
    };
    html! {
        div.bar { h1 { "Patients" } (Button::secondary("Import").icon(Icon::Upload).link("/i")) (Button::primary("Invite selected").link("/x")) }
        (sub_tabs("Lists", Some("main"), &[("?", "Everyone", true), ("?f=1", "Never invited", false), ("?f=2", "Recall due", false)]))
        (search_form("/staff/patients", "Find in this list", Some("found"), &Field::new("q", "Find").hint("Name, phone or birthday").show()))
        div.stack id="found" {
            (Table { id: "patients", caption: "Patients", caption_unseen: true,
                columns: &[Column::words("Name"), Column::words("Born"), Column::words("Last visit"), Column::words("Portal"), Column::numbers("Owes")],
                rows: &[
                    row("Haddad, Amira", "4 May 1990", "3 November 2026", tag("Active", Tone::Ok), "€45.00"),
                    row("Nowak, Jan", "12 March 1961", "12 October 2026", tag("Invited", Tone::Info), "€0.00"),
                    row("Ito, Mei", "30 January 2004", "–", tag("Never", Tone::Neutral), "€0.00"),
                ], sums: Some(&[html! { "Total" }, html! {}, html! {}, html! {}, html! { "€45.00" }]) }.show())
            (Pager { label: "Pages", before: Some(("?p=1", "Before")), here: "21 to 40 of 312", after: Some(("?p=3", "Next")), region: Some("found") }.show())
        }
    }
}

fn set_up() -> Markup {
    let tick = |value, label| Choice {
        value,
        label,
        detail: Some("20 minutes – €45"),
        checked: true,
    };
    html! {
        (wizard("Steps", &["You", "Clinic", "Services", "Hours"], 1))
        h1 { "Your clinic" }
        (Form::new("/set-up/clinic", TOKEN).show(&html! {
            (Field::new("clinic", "Name of the clinic").value("Riverside Clinic").show())
            (Select { id: "country", label: "Country", hint: Some("Sets language, money and time."), wrong: None, options: &[("IE", "Ireland"), ("FR", "France")], chosen: "IE", autocomplete: Some("country") }.show())
            (ChoiceRows { id: "services", legend: "What do you offer?", heading: false, hint: None, wrong: None, several: true, choices: &[tick("1", "Check-up"), tick("2", "Blood test")] }.show())
            (Button::primary("Continue").submit())
        }))
    }
}

fn poster() -> Markup {
    html! {
        article.letter.poster {
            h1 { "Your visits and results on your phone" }
            (qr("https://riverside.example/hello", "Riverside Clinic"))
            p.url dir="ltr" { "riverside.example/hello" }
            ol { li { "Open the camera of your phone" } li { "Point it at the square" } li { "Tap the link" } }
        }
    }
}
