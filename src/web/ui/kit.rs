//! Every component on pages as they will be, checked as documents. With `ANTEROOM_KIT` set to a
//! folder, the pages and their files are written there, to be looked at.

mod patient;
mod sheets;
mod staff;

use std::collections::BTreeMap;

use maud::Markup;
use regex::Regex;

use super::page::{Dir, End, Mode, Page, PageWords, SessionEnd};
use super::shell::{ClinicMark, Shell};
use super::toast::Toast;
use crate::domain::theme::{Brand, Theme};
use crate::web::assets::{asset_url, embedded, theme_asset, theme_url};

const CLINIC: ClinicMark<'_> = ClinicMark {
    name: "Riverside Clinic",
    logo: None,
    home: "/",
};

/// How a page is to be shown.
#[derive(Clone, Copy)]
struct Look {
    dir: Dir,
    mode: Mode,
}

const HOSTILE: &str = "<script>alert('x')</script>\"&'";

fn document(
    look: Look,
    title: &str,
    shell: &Shell<'_>,
    toast: Option<Toast<'_>>,
    body: Markup,
) -> String {
    Page {
        title,
        site: CLINIC.name,
        lang: if look.dir == Dir::Rtl { "ar" } else { "en" },
        dir: look.dir,
        mode: look.mode,
        theme_url: &theme_url(Brand::DEFAULT),
        shell: *shell,
        has_problems: title == "Problems",
        toast,
        session_end: Some(SessionEnd {
            end: End::Locks,
            after_s: 1500,
            path: "/stay",
            token: "token",
            locks: "This screen locks in one minute.",
            signs_out: "You will be signed out in one minute.",
            over: "You are signed out. What you typed is still here.",
            stay: "Stay signed in",
            again: ("/sign-in", "Sign in again"),
        }),
        scripts: &[],
        words: PageWords {
            skip: "Skip to the content",
            error_prefix: "Error:",
            working: "Still working",
            offline: "No connection. Nothing was lost.",
        },
        body,
    }
    .show()
    .into_string()
}

fn pages(look: Look) -> BTreeMap<&'static str, String> {
    let mut pages = patient::pages(look);
    pages.extend(staff::pages(look));
    pages
}

fn all_pages() -> impl Iterator<Item = (String, String)> {
    let looks = [
        (
            "",
            Look {
                dir: Dir::Ltr,
                mode: Mode::Light,
            },
        ),
        (
            "-dark",
            Look {
                dir: Dir::Ltr,
                mode: Mode::Dark,
            },
        ),
        (
            "-rtl",
            Look {
                dir: Dir::Rtl,
                mode: Mode::Light,
            },
        ),
    ];
    looks.into_iter().flat_map(|(suffix, look)| {
        pages(look)
            .into_iter()
            .map(move |(name, html)| (format!("{name}{suffix}"), html))
    })
}

fn captures<'a>(pattern: &str, html: &'a str) -> Vec<&'a str> {
    let pattern = Regex::new(pattern).unwrap();
    pattern
        .captures_iter(html)
        .map(|found| found.get(1).unwrap().as_str())
        .collect()
}

#[test]
fn pages_keep_the_policy() {
    let handler = Regex::new(r"<[^>]*\son[a-z]+=").unwrap();
    let inline_script = Regex::new(r"<script(?:>| [^s])").unwrap();
    for (name, html) in all_pages() {
        assert!(html.starts_with("<!DOCTYPE html><html lang="), "{name}");
        assert!(!html.contains("style="), "{name}");
        assert!(!handler.is_match(&html), "{name}");
        assert!(!inline_script.is_match(&html), "{name}");
        assert!(!html.contains("javascript:"), "{name}");
        for form in html.split("<form ").skip(1) {
            let form = form.split("</form>").next().unwrap();
            let changes = form.starts_with("method=\"post\"");
            assert_eq!(changes, form.contains("name=\"csrf\""), "{name}: {form}");
        }
    }
}

#[test]
fn every_reference_in_a_page_has_its_target() {
    for (name, html) in all_pages() {
        let ids = captures(r#"\sid="([^"]+)""#, &html);
        let mut seen = ids.clone();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(ids.len(), seen.len(), "{name}: an id stands twice: {ids:?}");
        for pattern in [
            r#"\sfor="([^"]+)""#,
            r##"href="#([^"]+)""##,
            r#"aria-labelledby="([^"]+)""#,
            r#"aria-describedby="([^"]+)""#,
            r#"data-dialog="([^"]+)""#,
            r#"data-swap="([^"]+)""#,
        ] {
            for target in captures(pattern, &html)
                .iter()
                .flat_map(|list| list.split(' '))
            {
                assert!(ids.contains(&target), "{name}: nothing has the id {target}");
            }
        }
        let labelled = captures(r#"\sfor="([^"]+)""#, &html);
        for id in captures(r#"<(?:input|select|textarea)[^>]*? id="([^"]+)""#, &html) {
            assert!(labelled.contains(&id), "{name}: {id} has no label");
        }
        assert_eq!(html.matches("<h1").count(), 1, "{name} has one h1");
    }
}

#[test]
fn pages_ask_only_for_files_that_exist() {
    let theme = theme_url(Brand::DEFAULT);
    for (name, html) in all_pages() {
        for url in captures(r##"(?:href|src)="(/a/[^"#]+)"##, &html) {
            assert!(
                url == theme || embedded().any(|(known, _)| known == url),
                "{name}: {url}"
            );
        }
    }
}

#[test]
fn the_title_says_that_there_are_problems() {
    let pages = pages(Look {
        dir: Dir::Ltr,
        mode: Mode::Auto,
    });
    assert!(pages["problems"].contains("<title id=\"title\">Error: Problems – Riverside Clinic"));
    assert!(pages["home"].contains("<title id=\"title\">Home – "));
    assert!(!pages["home"].contains("data-theme"));
}

#[test]
fn what_people_typed_is_escaped_everywhere() {
    for (name, html) in all_pages() {
        assert!(!html.contains("<script>alert"), "{name}");
    }
    let home = &pages(Look {
        dir: Dir::Ltr,
        mode: Mode::Auto,
    })["kit"];
    assert!(home.contains("<bdi>&lt;script&gt;alert('x')&lt;/script&gt;&quot;&amp;'</bdi>"));
}

#[test]
fn pages_can_be_looked_at() {
    let Some(folder) = std::env::var_os("ANTEROOM_KIT").map(std::path::PathBuf::from) else {
        return;
    };
    let write = |name: &str, content: &[u8]| {
        let path = folder.join(name.trim_start_matches('/'));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    };
    for (name, html) in all_pages() {
        write(&format!("{name}.html"), html.as_bytes());
    }
    let (url, css) = theme_asset(&Theme::from_brand(Brand::DEFAULT));
    write(&url, css.as_bytes());
    for asset in embedded() {
        write(asset.0, &asset.1);
    }
    assert!(asset_url("app.css").starts_with("/a/app."));
}
