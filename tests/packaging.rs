//! What is handed out beside the binary: the list of its parts, and their licences.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const TARGET: &str = "x86_64-unknown-linux-musl";

/// The list of parts and the licences, as `packaging/build` makes them.
fn parts(folder: &Path) -> (String, String) {
    let made = Command::new("/usr/bin/python3")
        .args(["packaging/parts.py", TARGET])
        .arg(folder)
        .env("SOURCE_DATE_EPOCH", "1800000000")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("Python runs");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let read = |name| std::fs::read_to_string(folder.join(name)).expect("a file");
    (read("anteroom.cdx.json"), read("LICENCES"))
}

/// Name and version of every crate in the binary itself.
fn crates() -> BTreeSet<(String, String)> {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--target", TARGET, "--edges", "normal"])
        .args(["--prefix", "none", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let text = String::from_utf8(tree.stdout).expect("text");
    let named = text.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let (name, version) = (words.next()?, words.next()?);
        Some((name.to_owned(), version.trim_start_matches('v').to_owned()))
    });
    named.filter(|(name, _)| name != "anteroom").collect()
}

#[test]
fn every_part_is_listed_once_with_its_licence_and_the_same_lock_gives_the_same_bytes() {
    let python = Command::new("/usr/bin/python3")
        .args(["-c", "import tomllib"])
        .status();
    if !python.is_ok_and(|status| status.success()) {
        eprintln!("NOT RUN: there is no Python with tomllib");
        return;
    }
    let folder = || tempfile::tempdir().expect("a directory");
    let (one, other) = (folder(), folder());
    let (list, licences) = parts(one.path());
    let same = parts(other.path()) == (list.clone(), licences.clone());
    assert!(same, "the second time is not like the first");
    let bill: Value = serde_json::from_str(&list).expect("JSON");
    assert_eq!(bill["bomFormat"], "CycloneDX");

    let components = bill["components"].as_array().expect("components");
    let mut listed = BTreeSet::new();
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for part in components {
        let word = |name: &str| part[name].as_str().expect("text");
        assert!(part["licenses"][0]["expression"].is_string(), "{part}");
        assert!(named.insert(word("bom-ref")), "twice: {part}");
        listed.insert((word("name").to_owned(), word("version").to_owned()));
    }
    let missing: Vec<_> = crates().difference(&listed).cloned().collect();
    assert_eq!(missing, Vec::new());
    for (name, version) in listed.iter().filter(|(name, _)| name != "rust-std") {
        let who = format!("  {name} {version} (");
        assert!(licences.contains(&who), "{who}");
    }

    named.extend(bill["metadata"]["component"]["bom-ref"].as_str());
    for edge in bill["dependencies"].as_array().expect("edges") {
        let to = edge["dependsOn"].as_array().expect("a list");
        let mut ends = to.iter().chain([&edge["ref"]]);
        let known = ends.all(|end| end.as_str().is_some_and(|end| named.contains(end)));
        assert!(known, "{edge}");
    }
}
