use poem::http::StatusCode;

use crate::app::people;
use crate::app::stage::{BORN, Stage};
use crate::domain::account::Role;
use crate::web::journey::{Browser, Page};

async fn desk(stage: &Stage, name: &str, mail: &str) -> Browser {
    let login = stage.staff(name, Role::FrontDesk, mail);
    let url = people::demo_link(&stage.clinic, login.id).unwrap();
    let path = url.replace("https://clinic.local:8443", "");
    let mut browser = Browser::at_a_demonstration(&stage.clinic);
    browser.get(&path).await;
    browser.post(&path, &[]).await;
    browser
}

fn seen_of(page: &Page) -> String {
    let (_, rest) = page.html.split_once("name=\"seen\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_second_desk_is_told_what_the_first_one_wrote_and_keeps_its_own_words() {
    let stage = Stage::new();
    let amira = stage.patient("Amira Haddad", None, Some(BORN));
    let mut ines = desk(&stage, "Ines", "ines@clinic.example").await;
    let mut omar = desk(&stage, "Omar", "omar@clinic.example").await;
    let path = format!("/staff/patients/{}/details", amira.id);
    let (one, two) = (
        seen_of(&ines.get(&path).await),
        seen_of(&omar.get(&path).await),
    );
    let born = [
        ("born-day", "17"),
        ("born-month", "5"),
        ("born-year", "1984"),
    ];
    let with = |extra: &[(&'static str, &'static str)]| {
        let mut all = vec![
            ("given", "Amira"),
            ("family", "Haddad"),
            ("gender", ""),
            ("language", ""),
        ];
        all.extend(born);
        all.extend_from_slice(extra);
        all
    };
    let address = [
        ("address-lines", "7 Mill Lane\nFlat 2"),
        ("city", "Leeds"),
        ("postal-code", "LS1 4AP"),
    ];
    let mut first = with(&address);
    first.push(("seen", &one));
    let page = ines.post(&path, &first).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
    assert_eq!(
        stage.chart(amira.id).address.unwrap().lines,
        ["7 Mill Lane", "Flat 2"]
    );

    let mut second = with(&[("desk-note", "Side <door>")]);
    second.push(("seen", &two));
    let page = omar.post(&path, &second).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(
        page.html.contains("Side &lt;door&gt;"),
        "what was typed is kept"
    );
    assert!(
        page.html.contains("7 Mill Lane") && page.html.contains("LS1 4AP"),
        "what was written is shown"
    );
    assert!(stage.chart(amira.id).address.is_some() && stage.chart(amira.id).desk_note.is_empty());

    // Now they have seen it.
    let again = seen_of(&page);
    let mut both = with(&[("desk-note", "Side <door>")]);
    both.extend(address);
    both.push(("seen", &again));
    let page = omar.post(&path, &both).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
    let chart = stage.chart(amira.id);
    assert!(chart.address.is_some() && chart.desk_note == "Side <door>");
}

#[tokio::test]
async fn only_what_stands_in_a_list_is_chosen() {
    let stage = Stage::new();
    let amira = stage.patient("Amira Haddad", None, Some(BORN));
    let mut ines = desk(&stage, "Ines", "ines@clinic.example").await;
    let path = format!("/staff/patients/{}/details", amira.id);
    let seen = seen_of(&ines.get(&path).await);
    let person = [
        ("given", "Amira"),
        ("family", "Haddad"),
        ("phone", "020 7946 0987"),
    ];
    for (name, value) in [
        ("language", "xx"),
        ("language", "EN"),
        ("gender", "both"),
        ("no-reminders", "no"),
    ] {
        for to in [path.as_str(), "/staff/patients"] {
            let mut form = person.to_vec();
            form.push((name, value));
            if to == path {
                form.push(("seen", &seen));
            }
            let page = ines.post(to, &form).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{to}: {name} {value}");
        }
    }
    assert_eq!(stage.chart(amira.id).language, None);
    let mut form = person.to_vec();
    form.extend([("language", "uk"), ("gender", "female"), ("seen", &seen)]);
    let page = ines.post(&path, &form).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
    assert_eq!(stage.chart(amira.id).language.as_deref(), Some("uk"));
}
