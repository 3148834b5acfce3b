//! The way through a long list that is read newest first.

use crate::t;
use crate::web::ctx::Ctx;
use crate::web::ui::pager::Pager;
use maud::Markup;

use super::back::with_query;

/// Where a page of such a list stands.
#[derive(Clone, Debug)]
pub struct Newer<'a> {
    /// The path of the list. What its query asks for stays.
    pub path: &'a str,
    /// Whether there is something newer than this page.
    pub is_later: bool,
    /// Where the next older page begins, if there is one.
    pub next: Option<String>,
    /// What this page holds, in words.
    pub here: String,
    /// The part of the page that is replaced.
    pub region: &'a str,
}

impl Newer<'_> {
    /// Links to the newest and to older ones.
    pub fn show(&self, ctx: &Ctx) -> Markup {
        let text = ctx.text;
        let to = |before: &str| with_query(self.path, &ctx.query, &[], &[("before", before)]);
        let (newest, older) = (t!(text, "pages-newest"), t!(text, "pages-older"));
        let (first, next) = (to(""), self.next.as_deref().map(to));
        Pager {
            label: &t!(text, "pages-label"),
            before: self.is_later.then_some((first.as_str(), newest.as_str())),
            here: &self.here,
            after: next.as_deref().map(|href| (href, older.as_str())),
            region: Some(self.region),
        }
        .show()
    }
}
