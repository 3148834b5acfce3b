//! Lists of links with a line of detail: things to do, records, visits.

use maud::{Markup, html};

use super::icon::{Icon, disc, icon};

/// One row. The whole row is the link.
#[derive(Debug)]
pub struct Row<'a> {
    /// Where it leads; without, the row only tells.
    pub href: Option<&'a str>,
    /// At its start.
    pub icon: Option<Icon>,
    /// What it is, verb first if it is a task.
    pub title: Markup,
    /// A line below, quiet.
    pub detail: Option<Markup>,
    /// At its end: a tag or an amount. Without, a link gets an arrow.
    pub end: Option<Markup>,
    /// Not opened yet. The words are heard, the dot is seen.
    pub unread: Option<&'a str>,
}

impl<'a> Row<'a> {
    /// A row that leads somewhere.
    pub const fn link(href: &'a str, title: Markup) -> Self {
        Self {
            href: Some(href),
            icon: None,
            title,
            detail: None,
            end: None,
            unread: None,
        }
    }

    /// A row that only tells.
    pub const fn fact(title: Markup) -> Self {
        Self {
            href: None,
            icon: None,
            title,
            detail: None,
            end: None,
            unread: None,
        }
    }

    /// With an icon at its start.
    #[must_use]
    pub const fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// With a quiet line below the title.
    #[must_use]
    pub fn detail(mut self, detail: Markup) -> Self {
        self.detail = Some(detail);
        self
    }

    /// With a tag or an amount at its end.
    #[must_use]
    pub fn end(mut self, end: Markup) -> Self {
        self.end = Some(end);
        self
    }

    /// Marked as not opened yet, in these words.
    #[must_use]
    pub const fn unread(mut self, words: &'a str) -> Self {
        self.unread = Some(words);
        self
    }

    fn show(&self) -> Markup {
        let class = format!(
            "row{}{}{}",
            if self.icon.is_some() { "" } else { " bare" },
            if self.end.is_some() { " tagged" } else { "" },
            if self.unread.is_some() { " unread" } else { "" }
        );
        let inside = html! {
            @if let Some(symbol) = self.icon { (disc(symbol)) }
            span {
                b { (self.title) }
                @if let Some(words) = self.unread { span.sr { " " (words) } }
                @if let Some(detail) = &self.detail { small { (detail) } }
            }
            div.end {
                @if let Some(end) = &self.end { (end) }
                @else if self.href.is_some() { (icon(Icon::ChevronRight)) }
            }
        };
        html! {
            @if let Some(href) = self.href { a class=(class) href=(href) { (inside) } }
            @else { div class=(class) { (inside) } }
        }
    }
}

/// The list. Nothing at all when there are no rows: show [`super::empty::empty`] instead.
pub fn row_list(rows: &[Row<'_>]) -> Markup {
    html! {
        @if !rows.is_empty() {
            ul.rows { @for row in rows { li { (row.show()) } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::ui::text::theirs;

    #[test]
    fn rows_escape_what_people_typed() {
        let rows = [
            Row::link("/x?a=1&b=\"2", theirs("<script>alert(1)</script>"))
                .icon(Icon::FileText)
                .unread("not read"),
        ];
        let html = row_list(&rows).into_string();
        assert!(html.contains("<bdi>&lt;script&gt;"));
        assert!(html.contains("href=\"/x?a=1&amp;b=&quot;2\""));
        assert!(html.contains("class=\"row unread\""));
        assert_eq!(row_list(&[]).into_string(), "");
    }
}
