use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::app::importing::record::{Moment, Reference, Standing};
use crate::domain::person::{HumanName, Identifier, NameUse};

fn bundle(entries: &str) -> String {
    format!(r#"{{"resourceType":"Bundle","type":"transaction","entry":[{entries}]}}"#)
}

fn read_entries(entries: &str) -> Result<Bundle, Broken> {
    read(bundle(entries).as_bytes())
}

const ZOE: &str = r#"{"fullUrl":"urn:uuid:1","resource":{"id":"z","resourceType":"Patient",
  "name":[{"use":"maiden","family":"Groß","given":["Zoë"]},
          {"use":"official","family":"Müller","given":["Zoë",null,"Ann"],"prefix":["Dr."]}],
  "identifier":[{"system":"s","value":"1"},{"value":"bare"},{"system":"s","value":"1"}],
  "telecom":[{"system":"phone","value":"2","rank":2},{"system":"phone","value":"1","rank":1},
             {"system":"phone","value":"0","use":"old"},{"system":"email","value":"z@mail.example"}],
  "address":[{"line":["1 Lane"],"city":"Bath","country":"GB"}],
  "communication":[{"language":{"coding":[{"code":"de"}]}},
                   {"preferred":true,"language":{"coding":[{"code":"fr-CH"}]}}],
  "birthDate":"1980-02-29","gender":"female"}}"#;

#[test]
fn a_patient_is_read_with_everything_that_is_kept() {
    let read = read_entries(ZOE).unwrap();
    let [zoe] = read.batch.patients.as_slice() else {
        panic!("one patient")
    };
    let name = HumanName {
        usage: NameUse::Official,
        prefix: "Dr.".into(),
        given: "Zoë Ann".into(),
        family: "Müller".into(),
        suffix: String::new(),
    };
    assert_eq!(zoe.names[0], name);
    assert_eq!(zoe.names[1].usage, NameUse::Maiden);
    assert_eq!(zoe.identifiers.len(), 2);
    assert_eq!(zoe.phones, ["1", "2"]);
    assert_eq!(zoe.email.as_ref().unwrap().as_str(), "z@mail.example");
    assert_eq!(zoe.birth_date, Some(date(1980, 2, 29)));
    assert_eq!(zoe.language.as_deref(), Some("fr-CH"));
    assert_eq!(
        zoe.address.as_ref().unwrap().parts(),
        ["1 Lane", "Bath", "GB"]
    );
    assert_eq!(zoe.standing, Standing::InUse);
    assert_eq!(zoe.label.called, ["urn:uuid:1", "Patient/z"]);
    assert_eq!(read.remarks, [""; 0]);
}

#[test]
fn a_record_on_its_own_and_a_byte_order_mark_are_read() {
    let one =
        "\u{feff}{\"resourceType\":\"Patient\",\"id\":\"1\",\"name\":[{\"text\":\"Jo Lee\"}]}";
    let read = read(one.as_bytes()).unwrap();
    assert_eq!(read.batch.patients[0].names[0].family, "Lee");
    assert_eq!(read.batch.patients[0].identifiers[0].value, "Patient/1");
}

#[test]
fn what_is_not_kept_is_counted_by_type() {
    let read = read_entries(
        r#"{"resource":{"resourceType":"Claim","type":{"text":5},"name":{}}},
           {"resource":{"resourceType":"Claim"}},{"request":{"method":"DELETE"}},
           {"resource":{"resourceType":"Encounter","status":"cancelled"}}"#,
    )
    .unwrap();
    let others: Vec<_> = read.others.iter().map(|(k, n)| (k.as_str(), *n)).collect();
    assert_eq!(others, [("Claim", 2), ("Encounter (cancelled)", 1)]);
}

#[test]
fn visits_point_to_people_in_every_way_that_sources_use() {
    let visit = |url: &str, subject: &str| {
        let one = format!(
            r#"{{"fullUrl":"{url}","resource":{{"resourceType":"Encounter","id":"9",
                "status":"finished","class":{{"code":"AMB"}},"type":[{{"text":"Check up"}}],
                "subject":{subject},"period":{{"start":"2020-02-03T10:00:00+01:00"}}}}}}"#
        );
        read_entries(&one).unwrap().batch.encounters.remove(0)
    };
    let named = |names: &[&str]| Reference::Named(names.iter().map(|n| (*n).to_owned()).collect());
    let by_uuid = visit("urn:uuid:9", r#"{"reference":"urn:uuid:1"}"#);
    assert_eq!(by_uuid.patient, named(&["urn:uuid:1"]));
    assert_eq!(by_uuid.kind, "Check up");
    assert_eq!(
        by_uuid.start,
        Moment::Exact("2020-02-03T09:00:00Z".parse().unwrap())
    );
    assert_eq!(by_uuid.identifier.unwrap().value, "urn:uuid:9");
    let relative = visit(
        "https://a.example/fhir/Encounter/9",
        r#"{"reference":"Patient/1"}"#,
    );
    let both = ["https://a.example/fhir/Patient/1", "Patient/1"];
    assert_eq!(relative.patient, named(&both));
    let identifier = Identifier {
        system: "http://s".into(),
        value: "7 8".into(),
    };
    for subject in [
        r#"{"reference":"Patient?identifier=http%3A%2F%2Fs%7C7%208"}"#,
        r#"{"identifier":{"system":"http://s","value":"7 8"}}"#,
    ] {
        let visit = visit("urn:uuid:9", subject);
        assert_eq!(visit.patient, Reference::Identified(identifier.clone()));
    }
}

#[test]
fn what_is_broken_is_named_with_its_place() {
    let nameless = "{\n \"resourceType\":\"Bundle\",\n \"entry\":[\n  {\"resource\":{\"resourceType\":\"Claim\"}},\n  {\"resource\":\n     {\"resourceType\":\"Patient\"}}]}";
    let broken = read(nameless.as_bytes()).unwrap_err();
    assert_eq!((broken.line, broken.column, broken.entry), (6, 6, Some(1)));
    assert_eq!(
        broken.to_string(),
        "line 6, column 6 (entry 1): the patient has no name"
    );

    let wrong_type = nameless.replace("\"Patient\"", "\"Patient\",\n   \"name\":[5]");
    let broken = read(wrong_type.as_bytes()).unwrap_err();
    assert_eq!((broken.line, broken.entry), (7, Some(1)));

    let cut = &nameless[..nameless.len() - 5];
    let broken = read(cut.as_bytes()).unwrap_err();
    assert_eq!((broken.line, broken.entry), (6, Some(1)));

    let no_such_day = ZOE.replace("1980-02-29", "1981-02-29");
    let broken = read_entries(&no_such_day).unwrap_err();
    assert!(broken.reason.contains("1981-02-29"), "{broken}");
    assert!(read(b"[]").is_err());
    assert!(read(b"").is_err());
}

#[test]
fn partial_dates_are_left_out_and_said() {
    let read = read_entries(&ZOE.replace("1980-02-29", "1980-02")).unwrap();
    assert_eq!(read.batch.patients[0].birth_date, None);
    assert_eq!(read.remarks.len(), 1);
}

#[test]
fn the_dead_are_told_with_and_without_a_day() {
    let dead = |field: &str| {
        let zoe = ZOE.replace(r#""gender":"#, &format!(r#"{field},"gender":"#));
        read_entries(&zoe).unwrap().batch.patients[0].standing
    };
    let on = Some(date(2020, 1, 2));
    assert_eq!(
        dead(r#""deceasedDateTime":"2020-01-02T23:30:00-05:00""#),
        Standing::Deceased { on }
    );
    assert_eq!(
        dead(r#""deceasedDateTime":"2020""#),
        Standing::Deceased { on: None }
    );
    assert_eq!(
        dead(r#""deceasedBoolean":true"#),
        Standing::Deceased { on: None }
    );
    assert_eq!(dead(r#""deceasedBoolean":false"#), Standing::InUse);
}

#[test]
fn nesting_without_end_does_no_harm() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let elsewhere = format!(r#"{{"resource":{{"resourceType":"Claim","x":{deep}}}}}"#);
    assert_eq!(read_entries(&elsewhere).unwrap().others["Claim"], 1);
    let inside = ZOE.replace(r#""gender":"#, &format!(r#""name":{deep},"gender":"#));
    assert!(read_entries(&inside).is_err());
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }

    #[test]
    fn no_damage_makes_it_panic(at in 0usize..1000, with in any::<u8>(), cut in 0usize..1200) {
        let mut bytes = bundle(ZOE).into_bytes();
        let at = at % bytes.len();
        bytes[at] = with;
        bytes.truncate(cut.max(1));
        let _ = read(&bytes);
    }
}
