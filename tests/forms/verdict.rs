//! Whether an answer is a good one.

use std::time::Duration;

use super::attacks::{Attack, Expect};
use crate::support::browser::{Browser, select, squeeze, text};
use crate::support::form::{Kind, PageForm, forms};

/// Longer than this, and the form has hurt the server. The machine of the tests may be busy.
const TOO_LONG: Duration = Duration::from_secs(20);

/// Characters that do nothing good on a page: those that control, and those that turn words round.
fn is_unruly(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Mark-up that somebody typed and that became part of the page; characters that break it.
pub fn hurts(browser: &Browser) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, value) in browser.headers() {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        if name == "evil" || value.contains("evil=1") {
            wrong.push(format!("a header from what was typed: {name}: {value}"));
        }
    }
    if !browser.header("content-type").starts_with("text/html") {
        return wrong;
    }
    let html = browser.html();
    for mark in ["<i data-evil", "<script>alert", "\"'><i"] {
        if html.contains(mark) {
            wrong.push(format!("{mark} is in the page"));
        }
    }
    if let Some(c) = html.chars().find(|c| is_unruly(*c)) {
        wrong.push(format!("U+{:04X} is in the page", u32::from(c)));
    }
    wrong
}

/// Fields that do not count as the form stands: a sample of colours is chosen, the row has no
/// name, or the step is put off. What is typed there is not kept by anybody.
const UNUSED: [(&str, &str); 6] = [
    ("/staff/settings/look", "colour"),
    ("/setup/look", "colour"),
    ("/setup/services", "minutes-9"),
    ("/setup/services", "price-9"),
    ("/setup/second-factor", "code"),
    ("/setup/recovery-sheet", "word"),
];

/// What is wrong with an answer.
#[allow(clippy::too_many_lines, reason = "one story, told in order")]
pub fn judge(
    form: &PageForm,
    attack: &Attack,
    browser: &Browser,
    took: Duration,
    at_a_door: bool,
) -> Vec<String> {
    let mut wrong = hurts(browser);
    if took > TOO_LONG {
        wrong.push(format!("took {took:?}"));
    }
    let status = browser.status();
    let good: &[u16] = match attack.expect {
        // Who guesses at a door finds it shut, and a link that was guessed at is no more.
        Expect::Typed | Expect::NotTaken if at_a_door => &[200, 303, 404, 409, 422, 429],
        Expect::Typed | Expect::NotTaken => &[200, 303, 409, 422],
        Expect::Tampered => &[200, 303, 400, 404, 409, 422, 429],
        Expect::Refused => &[400],
        Expect::NotOurs => &[403],
        Expect::TooLarge => &[413, 422, 400],
    };
    if !good.contains(&status) {
        wrong.push(format!("→ {status}"));
    }
    if status == 303 {
        let location = browser.header("location");
        if !location.starts_with('/') || location.starts_with("//") || location.contains('\\') {
            wrong.push(format!("leads to {location}"));
        }
        let field = attack.name.split(':').next().unwrap_or("");
        let unused = UNUSED
            .iter()
            .any(|(action, f)| form.action == *action && field == *f);
        if attack.expect == Expect::NotTaken && !unused {
            wrong.push("is taken".to_owned());
        }
    }
    if status == 422 {
        wrong.extend(not_told(browser));
    }
    let by_hand = matches!(attack.expect, Expect::Typed | Expect::NotTaken);
    if matches!(status, 409 | 422) && by_hand && attack.raw.is_none() {
        wrong.extend(not_kept(form, attack, browser));
    }
    if matches!(status, 400 | 403 | 404 | 409 | 413 | 429) {
        let page = browser.page();
        let words: Vec<String> = page
            .select(&select("main p, main li, main h1, main h2"))
            .map(|e| squeeze(&text(&e)))
            .collect();
        if words.iter().filter(|w| w.split(' ').count() > 2).count() == 0 {
            wrong.push(format!("{status} without a sentence"));
        }
    }
    wrong
}

/// A 422 says what is wrong on top, and each line leads to its field.
fn not_told(browser: &Browser) -> Vec<String> {
    let page = browser.page();
    let mut wrong = Vec::new();
    let mut told = 0;
    for link in page.select(&select(".problems li a")) {
        told += 1;
        let href = link.value().attr("href").unwrap_or("");
        let id = href.strip_prefix('#').unwrap_or("");
        let there = !id.is_empty()
            && page
                .select(&select(&format!("[id=\"{id}\"]")))
                .next()
                .is_some();
        if !there {
            wrong.push(format!("{href} leads nowhere"));
        }
        let words = squeeze(&text(&link));
        if words.split(' ').count() < 2 || !words.ends_with('.') {
            wrong.push(format!("“{words}” is no sentence"));
        }
    }
    if told == 0 {
        wrong.push("422 without a list of what is wrong".to_owned());
    }
    if page
        .select(&select("[aria-invalid=true], .error"))
        .next()
        .is_none()
    {
        wrong.push("no field is marked".to_owned());
    }
    wrong
}

/// As it is compared: a browser changes line ends, and what no page may show is left out.
fn plain(value: &str) -> String {
    let ruly: String = value.chars().filter(|c| !is_unruly(*c)).collect();
    squeeze(&ruly)
}

/// What was typed stands in the form again; secrets do not.
fn not_kept(form: &PageForm, attack: &Attack, browser: &Browser) -> Vec<String> {
    let page = browser.page();
    let shown: Vec<_> = forms(&page).into_iter().flat_map(|f| f.fields).collect();
    let mut wrong = Vec::new();
    for name in form.names(Kind::Text) {
        // There for the browser's own list of passwords; nobody types into it.
        if name == "email" && form.action.starts_with("/p/") {
            continue;
        }
        let typed = attack.pairs.iter().find(|(n, _)| *n == name);
        let Some((_, typed)) = typed.filter(|(_, v)| !v.trim().is_empty()) else {
            continue;
        };
        let kept = shown
            .iter()
            .any(|f| f.name == name && plain(&f.value) == plain(typed));
        if !kept {
            let there = shown.iter().find(|f| f.name == name).map(|f| {
                let start: String = f.value.chars().take(60).collect();
                start
            });
            wrong.push(format!("{name} is not kept: {there:?}"));
        }
    }
    for name in form.names(Kind::Secret) {
        if shown.iter().any(|f| f.name == name && !f.value.is_empty()) {
            wrong.push(format!("{name} comes back"));
        }
    }
    wrong
}
