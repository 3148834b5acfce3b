//! Settings: the address of every link that leaves the building, and the certificate for it.

use maud::html;

use super::{Frame, Wrongs, certificate, local_name, reply};
use crate::app::clinic_settings;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::{Fields, Problems};
use crate::web::reply::Reply;
use crate::web::respond::{Handled, Trouble};
use crate::web::ui::button::{Button, actions};
use crate::web::ui::choice_rows::{Choice, ChoiceRows};
use crate::web::ui::field::{Field, Kind};
use crate::web::ui::form::Form;

/// The path of the page.
pub const PATH: &str = "/staff/settings/connection";

/// `GET /staff/settings/connection`
pub fn show(ctx: &Ctx) -> Handled {
    let settings = &ctx.current.settings;
    let reach = if settings.lan_only { "lan" } else { "home" };
    let typed = Fields::from_pairs(vec![
        ("address".to_owned(), settings.address.clone()),
        ("reach".to_owned(), reach.to_owned()),
    ]);
    page(ctx, &typed, &Problems::default())
}

/// `POST /staff/settings/connection`
pub fn save(ctx: &Ctx) -> Handled {
    let form = ctx.only(&["address", "reach"])?;
    let lan_only = match form.get("reach") {
        "lan" => true,
        "home" => false,
        _ => return Err(Trouble::BadRequest),
    };
    let Some(address) = origin(form.get("address")) else {
        let mut problems = Problems::default();
        problems.add("address", t!(ctx.text, "connection-error-address"));
        return page(ctx, form, &problems);
    };
    clinic_settings::set_connection(&ctx.clinic, &ctx.caller(), &address, lan_only)?;
    Ok(Reply::done(PATH, "saved"))
}

/// An origin as links use it: `https://host[:port]`. A missing scheme is added, a slash at the end
/// and the usual port are dropped; anything else is `None`.
fn origin(typed: &str) -> Option<String> {
    let typed = typed.to_lowercase();
    let rest = match typed.split_once("://") {
        Some(("https", rest)) => rest,
        Some(_) => return None,
        None => typed.as_str(),
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let (host, port) = if let Some(bracketed) = rest.strip_prefix('[') {
        // An IPv6 address stands in brackets.
        let (six, after) = bracketed.split_once(']')?;
        let six: std::net::Ipv6Addr = six.parse().ok()?;
        let port = match after.strip_prefix(':') {
            None if after.is_empty() => None,
            None => return None,
            port => port,
        };
        (format!("[{six}]"), port)
    } else {
        let (host, port) = rest
            .split_once(':')
            .map_or((rest, None), |(host, port)| (host, Some(port)));
        if host.len() > 253 || !host.split('.').all(label) {
            return None;
        }
        (host.to_owned(), port)
    };
    match port {
        None => Some(format!("https://{host}")),
        Some(port) => {
            // A number may be written with a plus sign; a port may not.
            let digits = port.bytes().all(|b| b.is_ascii_digit());
            let port: u16 = port.parse().ok().filter(|port| digits && *port > 0)?;
            Some(match port {
                443 => format!("https://{host}"),
                port => format!("https://{host}:{port}"),
            })
        }
    }
}

fn page(ctx: &Ctx, typed: &Fields, problems: &Problems) -> Handled {
    let text = ctx.text;
    let wrongs = Wrongs::new(ctx, problems);
    let labels = [
        (
            "home",
            t!(text, "connection-home"),
            t!(text, "connection-home-detail"),
        ),
        (
            "lan",
            t!(text, "connection-lan"),
            t!(text, "connection-lan-detail"),
        ),
    ];
    let choices = labels.each_ref().map(|(value, label, detail)| Choice {
        value,
        label,
        detail: Some(detail),
        checked: typed.get("reach") == *value,
    });
    let reach = ChoiceRows {
        id: "reach",
        legend: &t!(text, "connection-reach"),
        heading: false,
        hint: None,
        wrong: None,
        several: false,
        choices: &choices,
    };
    let standing = certificate::standing(ctx)?;
    let form = Form::new(PATH, &ctx.token()).show(&html! {
        (Field::new("address", &t!(text, "connection-address")).kind(Kind::Url)
            .hint(&t!(text, "connection-address-hint")).value(typed.get("address")).wrong(wrongs.of("address")).show())
        (reach.show())
        (actions(&Button::primary(&t!(text, "settings-save")).submit()))
    });
    let body = html! { (form) (local_name::standing(ctx)) (standing) };
    let page = Frame::new(t!(text, "connection-title"), problems).show(ctx, &body);
    Ok(reply(page, problems))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_becomes_an_origin_or_nothing() {
        for (typed, meant) in [
            ("https://River.Example/", Some("https://river.example")),
            ("river.example:8443", Some("https://river.example:8443")),
            ("https://river.example:443", Some("https://river.example")),
            ("https://127.0.0.1:8443", Some("https://127.0.0.1:8443")),
            ("https://[::1]:8443", Some("https://[::1]:8443")),
            ("https://[0:0::1]", Some("https://[::1]")),
            ("river.example:0443", Some("https://river.example")),
            ("http://river.example", None),
            ("https://river.example/portal", None),
            ("https://a@river.example", None),
            ("https://river.example:0", None),
            ("https://river.example:x", None),
            ("https://-x.example", None),
            ("[ᚠ", None),
            ("https://[::1]x", None),
            ("https://[::1]:", None),
            ("https://river.example:+1", None),
            ("javascript:alert(1)", None),
            ("", None),
        ] {
            assert_eq!(origin(typed).as_deref(), meant, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn an_origin_stays_what_it_is(typed in "\\PC{0,40}|(https://)?\\[?[0-9a-f:.\\]ᚠ@-]{0,20}(:[0-9+]{0,6})?/?") {
            if let Some(once) = origin(&typed) {
                prop_assert_eq!(origin(&once), Some(once.clone()));
                prop_assert!(once.is_ascii() && !once.contains(['"', '<', ' ', '@']));
            }
        }
    }
}
