//! Where a form of the desk goes back to, and what it says there.

use maud::Markup;

use crate::app::booking;
use crate::domain::id::AppointmentId;
use crate::t;
use crate::web::ctx::Ctx;
use crate::web::fields::Fields;
use crate::web::ui::form::hidden;
use crate::web::ui::toast::{Toast, Undo};

/// The name of the hidden field.
pub const FIELD: &str = "back";

/// A page of the staff's to go back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Back(String);

impl Back {
    /// This path with its query.
    pub fn to(path: &str) -> Self {
        Self(path.to_owned())
    }

    /// As a form or a link carried it, if it is one of our own.
    pub fn of(fields: &Fields) -> Option<Self> {
        const LONGEST: usize = 400;
        let path = fields.get(FIELD);
        let rest = path.strip_prefix("/staff")?;
        let ours = rest.is_empty() || rest.starts_with(['/', '?']);
        let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        (ours && plain && path.len() <= LONGEST && !path.contains("//")).then(|| Self(path.into()))
    }

    /// The path.
    pub fn path(&self) -> &str {
        &self.0
    }

    /// The part of the path before the query.
    pub fn place(&self) -> &str {
        self.0.split_once('?').map_or(&self.0, |(path, _)| path)
    }

    /// The query.
    pub fn query(&self) -> Fields {
        let query = self.0.split_once('?').map_or("", |(_, query)| query);
        Fields::parse(query.as_bytes())
    }

    /// The path with what was done there, and to which visit.
    pub fn having(&self, did: &str, on: Option<AppointmentId>) -> String {
        let on = on.map(|id| id.to_string()).unwrap_or_default();
        let done = [("did", did), ("on", on.as_str())];
        with_query(self.place(), &self.query(), &["did", "on", "do"], &done)
    }

    /// The hidden field.
    pub fn field(&self) -> Markup {
        hidden(FIELD, &self.0)
    }
}

/// A path with the fields of a query, some left out and some put in. Empty values are left out.
pub fn with_query(path: &str, query: &Fields, without: &[&str], put: &[(&str, &str)]) -> String {
    let mut text = form_urlencoded::Serializer::new(String::new());
    for (name, value) in query.iter() {
        let replaced = without.contains(&name) || put.iter().any(|(n, _)| *n == name);
        if !replaced && !value.is_empty() {
            text.append_pair(name, value);
        }
    }
    for (name, value) in put {
        if !value.is_empty() {
            text.append_pair(name, value);
        }
    }
    let text = text.finish();
    if text.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{text}")
    }
}

/// What was just done, as the query of the page says, with the way back while there is one.
#[derive(Debug)]
pub struct Done {
    words: String,
    undo: Option<String>,
    undo_label: String,
    close: String,
    token: String,
    back: String,
}

impl Done {
    /// What the query of this page says. `here` is where undoing leads back to.
    pub fn of(ctx: &Ctx, here: &Back, token: &str) -> Option<Self> {
        let text = ctx.text;
        let did = ctx.query.get("did");
        let words = said(ctx, did)?;
        let undo = ctx
            .query
            .parsed::<AppointmentId>("on")
            .filter(|_| did != "undone" && did != "note")
            .and_then(|id| booking::find(&ctx.clinic, &ctx.caller(), id).ok())
            .filter(|visit| booking::can_undo(visit, booking::doer(&ctx.caller()), ctx.now))
            .map(|visit| format!("/staff/visits/{}/undo", visit.id));
        Some(Self {
            words,
            undo,
            undo_label: t!(text, "toast-undo"),
            close: t!(text, "toast-close"),
            token: token.to_owned(),
            back: here.path().to_owned(),
        })
    }

    /// The toast.
    pub fn show<R>(this: Option<&Self>, page: impl FnOnce(Option<Toast<'_>>) -> R) -> R {
        let Some(done) = this else { return page(None) };
        let fields = [(FIELD, done.back.as_str())];
        page(Some(Toast {
            words: maud::html! { (done.words) },
            undo: done.undo.as_deref().map(|action| Undo {
                label: &done.undo_label,
                action,
                token: &done.token,
                fields: &fields,
            }),
            close: &done.close,
        }))
    }
}

fn said(ctx: &Ctx, did: &str) -> Option<String> {
    let text = ctx.text;
    Some(match did {
        "arrived" => t!(text, "did-arrived"),
        "checked-in" => t!(text, "did-checked-in"),
        "fulfilled" => t!(text, "did-fulfilled"),
        "noshow" => t!(text, "did-noshow"),
        "booked" => t!(text, "did-booked-again"),
        "moved" => t!(text, "did-moved"),
        "resized" => t!(text, "did-resized"),
        "cancelled" => t!(text, "did-cancelled"),
        "created" => t!(text, "did-created"),
        "note" => t!(text, "did-note"),
        "undone" => t!(text, "did-undone"),
        "blocked" => t!(text, "did-blocked"),
        "unblocked" => t!(text, "did-unblocked"),
        "moved-outside" => t!(text, "did-moved-outside"),
        "created-outside" => t!(text, "did-created-outside"),
        "resized-outside" => t!(text, "did-resized-outside"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(path: &str) -> Option<Back> {
        Back::of(&Fields::from_pairs(vec![(
            FIELD.to_owned(),
            path.to_owned(),
        )]))
    }

    #[test]
    fn only_our_own_pages_are_gone_back_to() {
        for good in [
            "/staff",
            "/staff?date=2026-11-23",
            "/staff/calendar?view=day",
        ] {
            assert_eq!(sent(good), Some(Back::to(good)));
        }
        for bad in [
            "",
            "/",
            "/staffx",
            "https://staff",
            "//staff",
            "/staff//x.example",
            "/staff/\\x",
            "/staff\r\nset-cookie: a=b",
        ] {
            assert_eq!(sent(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_was_done_is_said_once() {
        let back = Back::to("/staff?date=2026-11-23&did=arrived&on=x");
        assert_eq!(
            back.having("moved", None),
            "/staff?date=2026-11-23&did=moved"
        );
    }
}
