use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn reading(list: &List, country: &str) -> Reading {
    Reading {
        mapping: list.mapping.clone(),
        order: None,
        country: country.to_owned(),
        today: date(2026, 11, 23),
        system: DEFAULT_SYSTEM.to_owned(),
    }
}

fn people(text: &str, country: &str) -> People {
    let list = open(text.as_bytes()).unwrap();
    read(&list, &reading(&list, country)).unwrap()
}

#[test]
fn every_usual_form_gives_the_same_person() {
    let forms = [
        "First name,Surname,Date of birth,Mobile,E-mail,Postcode\nZoë,Müller,09/03/1948,07700 900123,z@mail.example,BA1 1AA\n",
        "\u{feff}Vorname;Nachname;Geb.-Datum;Handy;Email;PLZ\r\n Zoë ;Müller;9.3.1948;07700 900123;z@mail.example;BA1 1AA\r\n;;;;;\r\n",
        "DOB\tName\tTelefon\tMail\tZip\n1948-03-09\t\"Müller, Zoë\"\t07700 900123\tz@mail.example\tBA1 1AA",
        "birth,name,phone,email,zip,Favourite colour\n9 March 1948,Zoë Müller,07700 900123,z@mail.example,BA1 1AA,red\n",
    ];
    for form in forms {
        let read = people(form, "GB");
        assert_eq!(read.refused, [], "{form}");
        let [(2, zoe)] = read.people.as_slice() else {
            panic!("one person on line 2 of {form}")
        };
        assert_eq!(zoe.names[0].sorted(), "Müller, Zoë", "{form}");
        assert_eq!(zoe.birth_date, Some(date(1948, 3, 9)), "{form}");
        assert_eq!(zoe.phones, ["07700 900123"]);
        assert_eq!(zoe.email.as_ref().unwrap().as_str(), "z@mail.example");
        assert_eq!(zoe.address.as_ref().unwrap().postal_code, "BA1 1AA");
    }
}

#[test]
fn old_encodings_are_read() {
    let text = "name,city\nZoë Groß,“Köln”\n";
    let windows: Vec<u8> = text
        .chars()
        .map(|c| match c {
            '“' => 0x93,
            '”' => 0x94,
            other => u8::try_from(u32::from(other)).unwrap(),
        })
        .collect();
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    for bytes in [text.as_bytes().to_vec(), windows, utf16] {
        let list = open(&bytes).unwrap();
        let read = read(&list, &reading(&list, "GB")).unwrap();
        assert_eq!(read.people[0].1.names[0].full(), "Zoë Groß");
        assert_eq!(read.people[0].1.address.as_ref().unwrap().city, "“Köln”");
    }
}

#[test]
fn the_mapping_is_guessed_and_can_be_corrected() {
    let text = "Nr.,Patient,Born,Tel.,Mobile,Remarks\n1,Jo Lee,1.2.1990,1,2,x\n";
    let mut list = open(text.as_bytes()).unwrap();
    let shown: Vec<_> = list
        .mapping
        .columns()
        .map(|(h, f)| (h.to_owned(), f))
        .collect();
    let fields: Vec<_> = shown.iter().map(|(_, f)| *f).collect();
    assert_eq!(
        fields,
        [
            Some(Field::Identifier),
            Some(Field::FullName),
            Some(Field::BirthDate),
            Some(Field::Phone),
            Some(Field::Phone),
            None
        ]
    );
    list.mapping.set("remarks", Some(Field::FullName)).unwrap();
    list.mapping.set("NR.", None).unwrap();
    assert_eq!(list.mapping.set("nothing", None), Err(NoSuchColumn));
    let read = read(&list, &reading(&list, "GB")).unwrap();
    assert_eq!(read.people[0].1.names[0].full(), "x");
    assert_eq!(read.people[0].1.identifiers, []);
    let nameless = open(b"a,b\n1,2\n").unwrap();
    let unusable = super::read(&nameless, &reading(&nameless, "GB")).unwrap_err();
    assert_eq!(unusable, Unusable::NoName);
    assert!(open(b"").is_err());
    assert!(open(b"name\n").is_err());
}

#[test]
fn the_order_of_day_and_month_is_found_out() {
    let born = |dates: &[&str], country: &str| {
        let text = std::iter::once("name,dob".to_owned())
            .chain(dates.iter().map(|d| format!("Jo,{d}")))
            .collect::<Vec<_>>()
            .join("\n");
        let read = people(&text, country);
        (
            read.people
                .iter()
                .map(|(_, p)| p.birth_date.unwrap().to_string())
                .collect::<Vec<_>>(),
            read.refused
                .iter()
                .map(|(line, _)| *line)
                .collect::<Vec<_>>(),
        )
    };
    assert_eq!(born(&["03/04/1980"], "GB").0, ["1980-04-03"]);
    assert_eq!(born(&["03/04/1980"], "US").0, ["1980-03-04"]);
    // One impossible date tells the order of all.
    assert_eq!(
        born(&["03/04/1980", "12/31/1980"], "GB").0,
        ["1980-03-04", "1980-12-31"]
    );
    assert_eq!(
        born(&["03/04/1980", "31/12/1980"], "US").0,
        ["1980-04-03", "1980-12-31"]
    );
    // Both orders in one list: only what has one meaning is taken.
    let (taken, refused) = born(
        &["03/04/1980", "31/12/1980", "12/31/1980", "05/05/1980"],
        "GB",
    );
    assert_eq!(taken, ["1980-12-31", "1980-12-31", "1980-05-05"]);
    assert_eq!(refused, [2]);
}

#[test]
fn dates_are_read_in_common_forms() {
    for form in [
        "1948-03-09",
        "1948/3/9",
        "19480309",
        "9.3.1948",
        "09.03.1948",
        "9/3/1948",
        "9-3-1948",
        "9 March 1948",
        "9th Mar 1948",
        "\"March 9, 1948\"",
        "9. März 1948",
        "9 mars 1948",
        "9 de marzo de 1948",
        "1948-03-09T00:00:00",
        "1948-03-09 00:00",
        "09-Mar-1948",
        "1948-Mar-09",
    ] {
        let read = people(&format!("name,dob\nJo,{form}\n"), "GB");
        assert_eq!(read.refused, [], "{form}");
        assert_eq!(
            read.people[0].1.birth_date,
            Some(date(1948, 3, 9)),
            "{form}"
        );
    }
    for form in [
        "30/02/1980",
        "1.2.80",
        "soon",
        "2027-01-01",
        "1500-01-01",
        "1/2",
        "13/13/1980",
        "9 jui 1948",
        "99999999",
        "1.2.12345",
        "-1-2-1980x",
        "0/0/0000",
    ] {
        let read = people(&format!("name,dob\nJo,{form}\n"), "GB");
        assert_eq!(read.people.len(), 0, "{form}");
        assert_eq!(read.refused.len(), 1, "{form}");
    }
}

#[test]
fn each_refused_row_has_its_line_and_reason() {
    let read = people(
        "name,email,sex\nA B,a@b.example,f\n,x@y.example,m\n\"C\nD\",nonsense,f\nE F,,giraffe\n",
        "GB",
    );
    assert_eq!(read.people.len(), 1);
    let lines: Vec<u64> = read.refused.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [3, 4, 6]);
    assert!(read.refused[1].1.contains("nonsense"));
}

#[test]
fn what_is_left_out_of_a_line_is_said() {
    let long = "x".repeat(MAX_CELL + 1);
    let fits = &long[1..];
    let read = people(
        &format!(
            "name,city,lang\nA B,{fits},en\nC D,{long},Deutsch\nE F,,pt-BR\n,{long},Deutsch\n"
        ),
        "GB",
    );
    assert_eq!(read.people.len(), 3);
    let kept = &read.people[1].1;
    assert_eq!(kept.address.as_ref().unwrap().city, fits);
    assert_eq!(kept.language, None);
    let lines: Vec<u64> = read.remarks.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [3, 3], "{:?}", read.remarks);
    assert!(read.remarks[0].1.contains("Deutsch"));
    assert!(read.remarks[1].1.contains("city"));
}

#[test]
fn what_we_write_we_can_read() {
    use crate::domain::id::{Id, PatientId};
    use crate::domain::patient::Patient;
    let id = PatientId::from_bytes([0; 16]);
    let mut chart = Patient::new(
        id,
        HumanName::from_full("Zoë Müller"),
        jiff::Timestamp::UNIX_EPOCH,
    );
    chart.birth_date = Some(date(1948, 3, 9));
    chart.phones = vec!["+447700900123".into(), "+442079460018".into()];
    chart.gender = Some(Gender::Female);
    let bytes = crate::interop::csv_out::patients([&chart], &jiff::tz::TimeZone::UTC).unwrap();
    let list = open(&bytes).unwrap();
    let read = read(&list, &reading(&list, "US")).unwrap();
    let back = &read.people[0].1;
    assert_eq!(back.names[0].full(), "Zoë Müller");
    assert_eq!(back.birth_date, chart.birth_date);
    assert_eq!(back.phones, chart.phones);
    assert_eq!(back.gender, chart.gender);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(list) = open(&bytes) {
            let _ = read(&list, &reading(&list, "GB"));
        }
    }

    #[test]
    fn no_date_makes_it_panic(cell in "[0-9a-zäé./ ,-]{0,20}|\\PC{0,20}") {
        let text = format!("name,dob\nJo,\"{}\"\n", cell.replace('"', ""));
        if let Ok(list) = open(text.as_bytes()) {
            let _ = read(&list, &reading(&list, "US"));
        }
    }
}
