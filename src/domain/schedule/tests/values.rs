//! The types as forms and files write them.

use super::*;

#[test]
fn times_are_read_as_forms_write_them() {
    let read = |text: &str| text.parse::<MinuteOfDay>().map(MinuteOfDay::minutes);
    assert_eq!(read("9:05"), Ok(545));
    assert_eq!(read("09:05:00"), Ok(545));
    assert_eq!(read("24:00"), Ok(1440));
    for bad in [
        "",
        "24:01",
        "9",
        "09:60",
        "-1:00",
        "+9:00",
        "09:05:30",
        "09:05:00:00",
        "٠٩:٠٠",
    ] {
        assert_eq!(read(bad), Err(HoursError::NotATime), "{bad}");
    }
    assert_eq!(TimeRange::minutes(540, 540), Err(HoursError::EmptyRange));
    assert_eq!(TimeRange::minutes(1440, 60), Err(HoursError::EmptyRange));
}

#[test]
fn everything_kept_survives_postcard() {
    let exception = DateException {
        date: DAY,
        windows: ranges("22:00-02:00"),
        note: "é".into(),
    };
    let rule = HoursRule {
        effective_from: Some(DAY),
        ..daily("09:00-24:00").remove(0)
    };
    let closure = Closure {
        from: DAY,
        until: DAY,
        name: "x".into(),
    };
    let busy = visit("2026-06-03T10:00:00Z", "2026-06-03T10:30:00Z");
    let all = (exception, rule, closure, busy, timing(30, 15));
    let bytes = postcard::to_stdvec(&all).unwrap();
    assert_eq!(
        postcard::from_bytes::<(DateException, HoursRule, Closure, Occupied, ServiceTiming)>(
            &bytes
        ),
        Ok(all)
    );
    // A range without length does not come in through the back door.
    let bad = postcard::to_stdvec(&(540_u16, 540_u16)).unwrap();
    assert!(postcard::from_bytes::<TimeRange>(&bad).is_err());
}
