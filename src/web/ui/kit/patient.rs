//! The kit's pages for patients.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::{CLINIC, HOSTILE, Look, document};
use crate::web::ui::banner::banner;
use crate::web::ui::button::{Button, actions, back_link};
use crate::web::ui::card::{Hero, card, facts};
use crate::web::ui::choice_rows::{Choice, ChoiceRows, switch, tick_box};
use crate::web::ui::date3::{Date3, DateOrder, Part};
use crate::web::ui::details::details;
use crate::web::ui::dialog::{dialog, dialog_link};
use crate::web::ui::empty::empty;
use crate::web::ui::error_summary::error_summary;
use crate::web::ui::field::{Field, Kind, Width, Wrong};
use crate::web::ui::form::Form;
use crate::web::ui::help_row::help_row;
use crate::web::ui::icon::Icon;
use crate::web::ui::nav::Place;
use crate::web::ui::panel::{interruption, panel_done};
use crate::web::ui::progress::{big_code, code_list, meter, progress};
use crate::web::ui::qr::qr;
use crate::web::ui::row_list::{Row, row_list};
use crate::web::ui::shell::{PersonChip, Shell};
use crate::web::ui::slot_grid::{Slot, SlotGrid};
use crate::web::ui::summary_list::{Answer, summary_list};
use crate::web::ui::tag::{Chip, Tone, chips, tag};
use crate::web::ui::text::{ours, theirs};
use crate::web::ui::timeline::{Moment, timeline};
use crate::web::ui::toast::{Toast, Undo};

const TOKEN: &str = "token";

fn shell<'a>(tabs: &'a [Place<'a>], acted_for: bool) -> Shell<'a> {
    let name = if acted_for { "For Yusuf" } else { "Amira" };
    Shell::Patient {
        clinic: CLINIC,
        person: Some(PersonChip {
            name,
            href: "/people",
            label: "Your page:",
            acted_for,
        }),
        tabs,
        tabs_label: "Your pages",
    }
}

fn tabs(current: usize) -> [Place<'static>; 4] {
    let place = |at: usize, href, label, icon, waiting| Place {
        href,
        label,
        icon,
        current: at == current,
        waiting,
    };
    [
        place(0, "/", "Home", Icon::House, None),
        place(1, "/visits", "Visits", Icon::CalendarDays, None),
        place(
            2,
            "/messages",
            "Messages",
            Icon::MessageCircle,
            Some((1, "1 unread message")),
        ),
        place(3, "/records", "Records", Icon::HeartPulse, None),
    ]
}

fn help() -> Markup {
    help_row(
        "Talk to us",
        &[
            (Icon::Phone, "tel:+35312345678", "Call 01 234 5678"),
            (Icon::MessageCircle, "/messages/new", "Send a message"),
        ],
        Some("We answer until 5pm today."),
    )
}

pub(super) fn pages(look: Look) -> BTreeMap<&'static str, String> {
    let page = |title: &str, tab: usize, body: Markup| {
        document(look, title, &shell(&tabs(tab), false), None, body)
    };
    let undo = Undo {
        label: "Undo",
        action: "/visits/1/undo",
        token: TOKEN,
        fields: &[("of", "7")],
    };
    let moved = Toast {
        words: ours("Moved to Tuesday 24 November, 8:45am"),
        undo: Some(undo),
        close: "Close",
    };
    BTreeMap::from([
        ("home", page("Home", 0, home())),
        ("book", page("Choose a time", 1, book())),
        ("problems", page("Problems", 3, problems())),
        ("booked", page("You are booked", 1, booked())),
        (
            "kit",
            document(look, "Parts", &shell(&tabs(0), true), Some(moved), parts()),
        ),
        (
            "first",
            document(
                look,
                "Hello",
                &Shell::Plain {
                    clinic: Some(CLINIC),
                },
                None,
                first(),
            ),
        ),
        ("stop", page("Cancel", 1, stop())),
    ])
}

fn home() -> Markup {
    let hero = Hero {
        eyebrow: html! { span { "Next visit" } (tag("in 2 days", Tone::Info)) },
        title: html! { time datetime="2026-11-24T14:30" { "Tuesday 24 November, 2:30pm" } },
        body: facts(&[
            (
                Icon::Stethoscope,
                html! { "Check-up with " (theirs("Dr Silva")) ", 20 minutes" },
            ),
            (
                Icon::MapPin,
                html! { a href="/map" { (theirs("12 Mill Lane")) " – directions" } },
            ),
        ]),
        action: Button::primary("See visit and get ready").link("/visits/1"),
    };
    let slot = |label, day| Slot {
        value: "1",
        label,
        detail: Some(day),
        heard: None,
    };
    html! {
        h1 { "Hello " (theirs("Amira")) }
        (hero.show())
        h2 { "3 things to do" }
        (row_list(&[
            Row::link("/forms/1", ours("Answer 6 questions before your visit")).icon(Icon::FilePen)
                .detail(ours("About 2 minutes – by Monday")),
            Row::link("/bills/1", ours("Pay €45 for your visit on 3 November")).icon(Icon::ReceiptText)
                .detail(ours("Invoice 2026-118")).end(tag("Due Friday", Tone::Warn)),
            Row::link("/results/1", ours("Read your blood test results")).icon(Icon::FlaskConical)
                .detail(html! { (theirs("Dr Silva")) " added a note" }).end(tag("New", Tone::Ok)),
        ]))
        h2 { "Book a follow-up with " (theirs("Dr Silva")) }
        (SlotGrid { action: "/visits/new", token: TOKEN, name: "start", fields: &[],
            slots: &[slot("9:10am", "Wed 25 Nov"), slot("4pm", "Wed 25 Nov"), slot("11:20am", "Thu 26 Nov")] }.show())
        (Button::secondary("Book something else").icon(Icon::CalendarPlus).link("/visits/new"))
        h2 { "Everything else" }
        (row_list(&[
            Row::link("/records", ours("Test results")).icon(Icon::FlaskConical),
            Row::link("/documents", ours("Documents")).icon(Icon::FileText),
            Row::link("/family", ours("Family")).icon(Icon::Users),
        ]))
        (help())
    }
}

fn book() -> Markup {
    let slot = |label| Slot {
        value: "1",
        label,
        detail: None,
        heard: Some(label),
    };
    let day = |slots: &[Slot<'_>]| {
        SlotGrid {
            action: "/visits/new",
            token: TOKEN,
            name: "start",
            fields: &[],
            slots,
        }
        .show()
    };
    html! {
        (back_link("/", "Back"))
        h1 { "Choose a time" }
        p { "Check-up, 20 minutes. " a href="/visits/new" { "Change" } }
        (chips("Who", Some("main"), &[
            Chip { href: "?who=", label: "Anyone", hue: None, current: true },
            Chip { href: "?who=1", label: "Dr Silva", hue: None, current: false },
            Chip { href: "?who=2", label: "Dr Roy", hue: None, current: false },
        ]))
        h2 { "Wednesday 25 November" }
        (day(&[slot("9:10am"), slot("9:30am"), slot("11am"), slot("2:20pm"), slot("4pm")]))
        h2 { "Thursday 26 November" }
        (day(&[slot("8:40am"), slot("11:20am"), slot("3pm")]))
        (Button::secondary("Show more days").link("?more=1"))
        (details("No time that suits you?", &html! { p { "We can tell you when a time is free." } (Button::secondary("Join the waiting list").small().link("/waiting")) }, false))
        (help())
    }
}

fn booked() -> Markup {
    let moment = |title, detail, past| Moment {
        title: ours(title),
        detail: ours(detail),
        past,
    };
    html! {
        (panel_done("You are booked", &html! { "Tuesday 24 November, 2:30pm" br; "Check-up with " (theirs("Dr Silva")) }))
        p { "You do not need to do anything else today." }
        h2 { "What happens next" }
        (timeline(&[
            moment("Booked", "Today", true),
            moment("We remind you", "Monday 23 November", false),
            moment("You check in", "From 2pm on the day", false),
        ]))
        (summary_list(&[
            Answer::fixed("Who", theirs("Amira Haddad")).change("/me", "Change", "who comes"),
            Answer::fixed("Where", theirs("12 Mill Lane, Riverside")),
            Answer::fixed("Price", ours("Nothing to pay")).change("/price", "Change", "price"),
        ]))
        (actions(&html! { (Button::primary("Add to calendar").icon(Icon::CalendarPlus).link("/visits/1.ics")) (Button::secondary("See my visits").link("/visits")) }))
        (help())
    }
}

fn wrong(message: &str) -> Wrong<'_> {
    Wrong {
        prefix: "Error:",
        message,
    }
}

fn dob(wrong: Option<Wrong<'_>>, heading: bool) -> Markup {
    Date3 {
        id: "dob",
        legend: "What is your date of birth?",
        heading,
        hint: Some("For example, 27 3 1990"),
        wrong,
        order: DateOrder::DayMonthYear,
        day: Part {
            label: "Day",
            value: "27",
        },
        month: Part {
            label: "Month",
            value: "",
        },
        year: Part {
            label: "Year",
            value: "19",
        },
        own_birthday: true,
    }
    .show()
}

fn problems() -> Markup {
    let choice = |value, label, detail, checked| Choice {
        value,
        label,
        detail,
        checked,
    };
    html! {
        (back_link("/", "Back"))
        (error_summary("There is a problem", &[("dob", "Enter a month and a year"), ("phone", "Enter a phone number"), ("reason", "Choose a reason")]))
        h1 { "Your details" }
        (Form::new("/me", TOKEN).once("k").swap("main").show(&html! {
            (dob(Some(wrong("Enter a month and a year")), false))
            (Field::new("name", "Full name").autocomplete("name").value(HOSTILE).show())
            (Field::new("phone", "Mobile number").kind(Kind::Tel).autocomplete("tel").hint("We send a reminder the day before.").wrong(Some(wrong("Enter a phone number"))).value("12").show())
            (Field::new("code", "Code").kind(Kind::Code).hint("6 digits").show())
            (Field::new("amount", "Amount").kind(Kind::Decimal).before("€").width(Width::Ten).value("45.00").show())
            (ChoiceRows { id: "reason", legend: "Why are you coming?", heading: false, hint: None, wrong: Some(wrong("Choose a reason")), several: false, choices: &[
                choice("1", "Check-up", Some("20 minutes – €45"), true),
                choice("2", "Blood test", Some("10 minutes – nothing to pay"), false),
            ] }.show())
            (Field::new("note", "Anything we should know?").hint("You can leave this empty.").lines(3).show())
            (tick_box("agree", "I agree", false, None))
            (actions(&html! { (Button::primary("Save my details").submit()) (Button::secondary("Back").link("/")) }))
        }))
        (help())
    }
}

fn first() -> Markup {
    html! {
        h1 { "Hello from " (theirs("Riverside Clinic")) }
        p.lead { (theirs("Dr Silva")) "’s team made you a private page. No app, no password." }
        (Form::new("/i/x", TOKEN).show(&html! { (dob(None, false)) (Button::primary("Open my page").submit()) }))
        (details("This is not for me", &html! { p { a href="tel:+35312345678" { "Call us" } } }, false))
    }
}

fn stop() -> Markup {
    interruption(
        "Cancel this visit?",
        &ours("It is less than 24 hours away, so it costs €20."),
        &html! { (Button::danger("Cancel visit and pay €20").post("/visits/1/cancellation", TOKEN, &[])) (Button::secondary("Keep my visit").link("/visits/1")) },
    )
}

fn parts() -> Markup {
    html! {
        h1 { "Parts" }
        (banner(Tone::Info, "We close at 1pm on Friday", &html! { p { "Call 112 in an emergency." } }))
        (banner(Tone::Ok, "Saved", &html! { p { "You can come back later." } }))
        (banner(Tone::Warn, "Your form is due on Monday", &html! { p { a href="/forms/1" { "Answer it now" } } }))
        (banner(Tone::Bad, "The payment did not go through", &html! { p { "Try again or call us." } }))
        p.row-flex { (tag("Draft", Tone::Neutral)) (tag("Paid", Tone::Ok)) (tag("Due Friday", Tone::Warn)) (tag("Overdue", Tone::Bad)) (tag("Sent", Tone::Info)) }
        (row_list(&[
            Row::link("/m/1", theirs(HOSTILE)).detail(theirs("Thank you, see you then")).end(html! { small { "9:10am" } }).unread("not read"),
            Row::fact(ours("Signed in on this phone")).icon(Icon::Smartphone).end(tag("Now", Tone::Ok)),
        ]))
        (card(Some("Tell me about"), &html! { (switch("s1", "Visits by text message", true)) (switch("s2", "News", false)) }))
        (empty(Icon::FileText, "No documents yet", "When your clinic shares one, you will get a message here.", &Button::secondary("Ask for a document").link("/x")))
        (progress("Question 3 of 6", 3, 6))
        (meter("prep", "Ready for your visit", 2, 3, "2 of 3"))
        (big_code("7F3K-92QD"))
        (code_list(&["1a2b-3c4d", "5e6f-7a8b", "9c0d-1e2f", "3a4b-5c6d"]))
        (qr("https://riverside.example/i/9K3FA7Q2M4XW8YZ", "Open my page"))
        (dialog_link("leave", "/leave", "Leave this page"))
        (dialog("leave", "Leave this page?", &html! { p { "Your answers are saved." } }, "Stay here"))
        (help())
    }
}
