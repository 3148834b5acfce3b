//! The rules of the sheets and scripts themselves.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::web::assets::asset_url;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder with this ending: path and text.
fn files(folder: &Path, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path
            .extension()
            .is_some_and(|extension| extension == ending)
        {
            found.push((
                path.display().to_string(),
                fs::read_to_string(&path).unwrap(),
            ));
        }
    }
    assert!(!found.is_empty());
    found
}

fn sheets() -> Vec<(String, String)> {
    let comment = Regex::new(r"(?s)/\*.*?\*/").unwrap();
    files(&root().join("assets/css"), "css")
        .into_iter()
        .map(|(name, text)| (name, comment.replace_all(&text, "").into_owned()))
        .collect()
}

#[test]
fn sheets_know_start_and_end_but_not_left_and_right() {
    let physical = Regex::new(
        r"\b(left|right)\b|[^-](width|height)\s*:\s*[^)]*;|(margin|padding|border)-(top|bottom)|[{;]\s*(top|bottom)\s*:",
    )
    .unwrap();
    let conditions = Regex::new(r"@(media|container)[^{]*\{").unwrap();
    for (name, text) in sheets() {
        for line in text
            .lines()
            .filter(|line| !line.trim_start().starts_with("@media"))
        {
            let line = conditions.replace_all(line, "{");
            assert!(!physical.is_match(&line), "{name}: {line}");
        }
    }
}

#[test]
fn only_tokens_hold_colours_and_sizes() {
    let colour =
        Regex::new(r"#[0-9a-fA-F]{3,8}\b|\b(rgba?|hsla?|oklch|oklab|color-mix)\(").unwrap();
    let size = Regex::new(r"\b[0-9.]*[1-9][0-9]*(px|rem)\b").unwrap();
    let conditions = Regex::new(r"@(media|container)[^{]*\{").unwrap();
    for (name, text) in sheets()
        .iter()
        .filter(|(name, _)| !name.ends_with("tokens.css"))
    {
        let text = conditions.replace_all(text, "{");
        assert_eq!(colour.find(&text).map(|m| m.as_str()), None, "{name}");
        assert_eq!(size.find(&text).map(|m| m.as_str()), None, "{name}");
    }
}

#[test]
fn every_token_used_is_defined() {
    let tokens = fs::read_to_string(root().join("assets/css/tokens.css")).unwrap();
    let theme = crate::domain::theme::Theme::from_brand(crate::domain::theme::Brand::DEFAULT);
    let known = format!("{tokens}{}", theme.to_css());
    let used = Regex::new(r"var\((--[a-z0-9-]+)\)").unwrap();
    for (name, text) in sheets() {
        for token in used
            .captures_iter(&text)
            .map(|found| found.get(1).unwrap().as_str())
        {
            assert!(known.contains(&format!("{token}:")), "{name}: {token}");
        }
    }
}

#[test]
fn scripts_have_one_door_from_text_to_elements() {
    let risky = Regex::new(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|setAttribute\(.style|\.on[a-z]+ =",
    )
    .unwrap();
    for (name, text) in files(&root().join("assets/js"), "js") {
        assert_eq!(risky.find(&text).map(|m| m.as_str()), None, "{name}");
        assert!(text.starts_with("// @ts-check\n\"use strict\";"), "{name}");
        let doors = text.matches("createPolicy(").count();
        assert_eq!(doors, usize::from(name.ends_with("swap.js")), "{name}");
    }
}

#[test]
fn pages_name_only_assets_that_exist() {
    let named = Regex::new(r#"(?:asset_url|Script)\("([^"]+)"\)"#).unwrap();
    for (file, text) in files(&root().join("src/web"), "rs") {
        for name in named
            .captures_iter(&text)
            .map(|found| found.get(1).unwrap().as_str())
        {
            assert_ne!(asset_url(name), "/a/unknown", "{file}: {name}");
        }
    }
}

#[test]
fn components_escape_everything() {
    let raw = ["Pre", "Escaped("].concat();
    for (name, text) in files(&root().join("src/web/ui"), "rs") {
        assert!(!text.contains(&raw), "{name}");
    }
}
