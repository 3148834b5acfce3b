//! What others wrote and we ship: licences that fit ours, one TLS stack, packages from the registry
//! alone. The lists are those of `.deny.toml`.

use std::collections::BTreeSet;
use std::process::Command;

const RULES: &str = include_str!("../.deny.toml");
const LOCK: &str = include_str!("../Cargo.lock");

/// The strings of a list in `.deny.toml`.
fn list(section: &str, key: &str) -> Vec<&'static str> {
    let from = RULES.find(&format!("[{section}]")).expect("the section");
    let from = from
        + RULES[from..]
            .find(&format!("\n{key} = ["))
            .expect("the list");
    let list = &RULES[from..from + RULES[from..].find("\n]").expect("its end")];
    list.split('"').skip(1).step_by(2).collect()
}

/// Whether an SPDX expression can be met by allowed licences alone.
fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let expression = expression
        .trim()
        .replace(" / ", " OR ")
        .replace('/', " OR ");
    if let Some(parts) = split(&expression, " AND ") {
        return parts.iter().all(|part| is_allowed(part, allowed));
    }
    if let Some(parts) = split(&expression, " OR ") {
        return parts.iter().any(|part| is_allowed(part, allowed));
    }
    match expression
        .strip_prefix('(')
        .and_then(|e| e.strip_suffix(')'))
    {
        Some(inner) => is_allowed(inner, allowed),
        None => allowed.contains(&expression.as_str()),
    }
}

/// Splits at a word that stands outside of brackets; none if it does not.
fn split(expression: &str, word: &str) -> Option<Vec<String>> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    let mut rest = expression;
    while let Some(next) = rest.chars().next() {
        if depth == 0 && rest.starts_with(word) {
            parts.push(String::new());
            rest = &rest[word.len()..];
            continue;
        }
        depth += i32::from(next == '(') - i32::from(next == ')');
        parts.last_mut()?.push(next);
        rest = &rest[next.len_utf8()..];
    }
    (parts.len() > 1).then_some(parts)
}

/// Name and licence of all that is built into the binary or builds it, on any machine.
fn packages() -> BTreeSet<(String, String)> {
    let tree = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--target",
            "all",
            "--edges",
            "normal,build",
        ])
        .args(["--prefix", "none", "--format", "{p}|{l}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        tree.status.success(),
        "{}",
        String::from_utf8_lossy(&tree.stderr)
    );
    let text = String::from_utf8(tree.stdout).expect("text");
    text.lines()
        .filter_map(|line| line.trim_end_matches(" (*)").split_once('|'))
        .map(|(package, licence)| {
            let name = package.split(' ').next().unwrap_or(package);
            (name.to_owned(), licence.to_owned())
        })
        .collect()
}

#[test]
fn licences_fit_and_there_is_one_tls_stack() {
    let allowed = list("licenses", "allow");
    let banned = list("bans", "deny");
    let packages = packages();
    assert!(
        packages.len() > 100,
        "the tree has leaves: {}",
        packages.len()
    );
    let wrong: Vec<_> = packages
        .iter()
        .filter(|(name, licence)| !is_allowed(licence, &allowed) || banned.contains(&name.as_str()))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn packages_come_from_the_registry() {
    let sources: BTreeSet<&str> = LOCK
        .lines()
        .filter(|l| l.starts_with("source = "))
        .collect();
    assert_eq!(sources.len(), 1, "{sources:?}");
    assert!(
        sources
            .iter()
            .all(|s| s.starts_with("source = \"registry+")),
        "{sources:?}"
    );
}

#[test]
fn expressions_are_read_as_they_are_meant() {
    let allowed = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"];
    for yes in [
        "MIT",
        "MIT/GPL-3.0",
        "GPL-3.0 OR MIT",
        "ISC AND (GPL-3.0 OR MIT)",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(is_allowed(yes, &allowed), "{yes}");
    }
    for no in [
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "(GPL-3.0 OR LGPL-2.1) AND MIT",
        "",
    ] {
        assert!(!is_allowed(no, &allowed), "{no}");
    }
}
