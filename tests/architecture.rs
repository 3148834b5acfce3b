//! The plan of the house is kept: a room uses only the rooms before it, and what only one room may
//! know is named nowhere else. Read from the sources, because one package has no crate walls.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Which rooms each room may use; `src/lib.rs` says why.
const ROOMS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("text", &["domain"]),
    ("store", &["domain"]),
    ("app", &["domain", "text", "store"]),
    ("interop", &["domain", "text", "store", "app"]),
    ("outbox", &["domain", "text", "store", "app", "interop"]),
    // Never `store`: a page says what it wants to a verb of `app`.
    ("web", &["domain", "text", "app", "interop", "outbox"]),
    (
        "serve",
        &["domain", "text", "store", "app", "interop", "outbox", "web"],
    ),
    (
        "cli",
        &[
            "domain", "text", "store", "app", "interop", "outbox", "web", "serve",
        ],
    ),
];

/// Crates that only some rooms may name: the crate, and where.
const KNOWN_TO: &[(&str, &[&str])] = &[
    ("redb", &["store/"]),
    ("postcard", &["store/"]),
    ("age", &["store/backup/"]),
    // Letters are HTML too.
    ("maud", &["web/", "outbox/html.rs"]),
    ("poem", &["web/", "serve/"]),
    ("hyper", &["serve/"]),
    ("rustls", &["serve/", "outbox/"]),
    ("instant_acme", &["serve/acme/"]),
    ("lettre", &["outbox/"]),
];

/// Who opens a connection to another machine, with what the owner's page about it calls them; or why it
/// needs no line there.
const SPEAKERS: &[(&str, &str)] = &[
    ("outbox/smtp.rs", "Outside::Mail"),
    ("serve/acme/client.rs", "Outside::Authority"),
    ("serve/local_name.rs", "Outside::Neighbours"),
    (
        "cli/running.rs",
        "asks the kernel which address it has; sends nothing",
    ),
];
/// What opens a connection.
const OPENS: &[&str] = &[
    "TcpStream::connect",
    "TcpSocket",
    "UdpSocket",
    "SmtpConnection::connect",
    "ServiceDaemon::new",
];

/// Lines after which a file should be split by noun.
const LONGEST: usize = 600;
/// Files that may be longer, each with its reason.
const LONGER: &[(&str, &str)] = &[];

struct Source {
    /// Below `src/`, with slashes.
    path: String,
    room: String,
    lines: usize,
    /// Without comments and tests.
    code: String,
}

fn sources() -> Vec<Source> {
    fn is_test(path: &Path) -> bool {
        path.components()
            .any(|c| matches!(c.as_os_str().to_str(), Some("tests" | "tests.rs")))
    }
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    let shipped = paths
        .into_iter()
        .filter(|p| !is_test(p.strip_prefix(&root).unwrap_or(p)));
    shipped.map(|path| source(&root, &path)).collect()
}

fn source(src: &Path, file: &Path) -> Source {
    let text = fs::read_to_string(file).expect("a source file");
    let path = file
        .strip_prefix(src)
        .expect("below src")
        .to_string_lossy()
        .into_owned();
    let room = path
        .split('/')
        .next()
        .unwrap_or("")
        .trim_end_matches(".rs")
        .to_owned();
    // What tests at the foot of a file use is not what the room uses.
    let shipped = text
        .split("\n#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or("");
    let code: Vec<&str> = shipped
        .lines()
        .map(|line| line.split_once("//").map_or(line, |(code, _)| code))
        .collect();
    Source {
        path,
        room,
        lines: text.lines().count(),
        code: code.join("\n"),
    }
}

/// The rooms that a piece of code names, by `crate::room` or `use crate::{room, …}`.
fn rooms_named(code: &str) -> Vec<String> {
    let direct = Regex::new(r"\bcrate::([a-z_]+)\b").expect("a pattern");
    let grouped = Regex::new(r"\buse crate::\{([^;]*)\};").expect("a pattern");
    let mut named: Vec<String> = direct
        .captures_iter(code)
        .map(|c| c[1].to_owned())
        .collect();
    for group in grouped.captures_iter(code) {
        let mut depth = 0_i32;
        let mut first = String::new();
        for letter in group[1].chars().chain([',']) {
            match letter {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    named.push(first.trim().split("::").next().unwrap_or("").to_owned());
                    first.clear();
                    continue;
                }
                _ => {}
            }
            first.push(letter);
        }
    }
    named
}

/// What breaks the order in one file.
fn breaks_order(source: &Source) -> Vec<String> {
    let Some((_, may)) = ROOMS.iter().find(|(room, _)| *room == source.room) else {
        return Vec::new();
    };
    let is_room = |name: &str| ROOMS.iter().any(|(room, _)| *room == name);
    rooms_named(&source.code)
        .into_iter()
        .filter(|name| is_room(name) && *name != source.room && !may.contains(&name.as_str()))
        .map(|name| format!("src/{} uses `{name}`", source.path))
        .collect()
}

/// What names a crate that another room keeps to itself.
fn breaks_walls(source: &Source) -> Vec<String> {
    let mut broken = Vec::new();
    for (name, places) in KNOWN_TO {
        let named = Regex::new(&format!(r"(^|[^A-Za-z0-9_:.]){name}::")).expect("a pattern");
        let inside = places.iter().any(|p| source.path.starts_with(p));
        if !inside && named.is_match(&source.code) {
            broken.push(format!("src/{} names `{name}`", source.path));
        }
    }
    broken
}

#[test]
fn a_room_uses_only_the_rooms_before_it() {
    let broken: Vec<String> = sources().iter().flat_map(breaks_order).collect();
    assert!(
        broken.is_empty(),
        "see the order in src/lib.rs:\n{}",
        broken.join("\n")
    );
}

#[test]
fn what_one_room_knows_no_other_names() {
    let broken: Vec<String> = sources().iter().flat_map(breaks_walls).collect();
    assert!(
        broken.is_empty(),
        "see the rooms in src/lib.rs:\n{}",
        broken.join("\n")
    );
}

#[test]
fn every_room_is_in_the_plan() {
    let unknown: Vec<String> = sources()
        .into_iter()
        .filter(|s| !matches!(s.path.as_str(), "lib.rs" | "main.rs" | "settings.rs"))
        .filter(|s| !ROOMS.iter().any(|(room, _)| *room == s.room))
        .map(|s| s.path)
        .collect();
    assert!(unknown.is_empty(), "no room of src/lib.rs: {unknown:?}");
}

#[test]
fn who_speaks_with_others_is_on_the_page_about_it() {
    let all = sources();
    let found: Vec<&str> = all
        .iter()
        .filter(|s| OPENS.iter().any(|opens| s.code.contains(opens)))
        .map(|s| s.path.as_str())
        .collect();
    let mut known: Vec<&str> = SPEAKERS.iter().map(|(path, _)| *path).collect();
    known.sort_unstable();
    assert_eq!(found, known, "put it into app/outside.rs, and here");
    let page = all
        .iter()
        .find(|s| s.path == "web/staff/settings/outside.rs");
    let page = page.expect("the page");
    for (path, name) in SPEAKERS.iter().filter(|(_, name)| name.contains("::")) {
        assert!(page.code.contains(name), "{path} is not on the page");
    }
}

#[test]
fn a_file_is_short_enough_to_read() {
    let all = sources();
    let allowed = |path: &str| LONGER.iter().any(|(p, _)| *p == path);
    let long: Vec<String> = all
        .iter()
        .filter(|s| s.lines > LONGEST && !allowed(&s.path))
        .map(|s| format!("src/{} has {} lines", s.path, s.lines))
        .collect();
    assert!(
        long.is_empty(),
        "split by noun, or give a reason in LONGER:\n{}",
        long.join("\n")
    );
    for (path, reason) in LONGER {
        let still = all.iter().any(|s| s.path == *path && s.lines > LONGEST);
        assert!(
            still && !reason.is_empty(),
            "src/{path} needs no exception any more"
        );
    }
}

/// The eyes of the tests above see what they should.
#[test]
fn a_break_is_seen() {
    let source = |path: &str, code: &str| Source {
        path: path.to_owned(),
        room: path.split('/').next().unwrap_or("").to_owned(),
        lines: 1,
        code: code.to_owned(),
    };
    for code in [
        "use crate::store::Store;",
        "use crate::{app::Clinic, store};",
        "use crate::{\n    app::{Clinic, x},\n    store::{Store, key},\n};",
        "fn f() { let _ = crate::store::key::Key::new(); }",
    ] {
        assert_eq!(
            breaks_order(&source("web/page.rs", code)).len(),
            1,
            "{code}"
        );
        assert!(
            breaks_order(&source("app/page.rs", code)).len() < 2,
            "{code}"
        );
    }
    assert!(breaks_order(&source("web/page.rs", "use crate::app::Store;")).is_empty());
    assert_eq!(
        breaks_walls(&source("app/x.rs", "use redb::Database;")).len(),
        1
    );
    assert!(breaks_walls(&source("store/x.rs", "use redb::Database;")).is_empty());
    assert!(breaks_walls(&source("app/x.rs", "use crate::poem::x;")).is_empty());
}
