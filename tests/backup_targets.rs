//! `backup-target` and `status` as an administrator runs them, beside a server and without; and a
//! server that backs up by itself.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anteroom::app::backups;
use anteroom::app::people::console;
use anteroom::app::seed::Plan;
use serde_json::Value;

use crate::support::server::{self, Server};

const BINARY: &str = env!("CARGO_BIN_EXE_anteroom");

fn anteroom(data: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(BINARY)
        .args(arguments)
        .arg("--data")
        .arg(data)
        .env_remove("ANTEROOM_LOG")
        .output()
        .expect("the binary starts");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("text");
    let code = output.status.code().expect("an end of its own");
    (code, text(&output.stdout), text(&output.stderr))
}

#[track_caller]
fn done(answer: (i32, String, String)) -> String {
    assert_eq!(answer.0, 0, "{answer:?}");
    answer.1
}

/// The one sentence of a refusal.
#[track_caller]
fn refused(answer: &(i32, String, String)) -> &str {
    assert_eq!(answer.0, 1, "{answer:?}");
    let sentence = answer.2.strip_prefix("anteroom: ").expect("our sentence");
    assert_eq!(sentence.lines().count(), 1, "{answer:?}");
    sentence
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

fn status(data: &Path) -> Value {
    let json = done(anteroom(data, &["status", "--json"]));
    serde_json::from_str(&json).expect("JSON")
}

#[allow(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_is_added_and_the_server_backs_up_there_by_itself() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("clinic");
    let plan = Plan {
        patients: 30,
        visits: Some(60),
        seed: 7,
    };
    let (clinic, _) = server::seeded(&data, plan);
    let key = backups::recovery_key(&clinic).expect("a key");
    let owner = console("test");
    backups::check_word(&clinic, &owner, &key.test_word()).expect("the word");
    clinic.store.close();
    drop(clinic);

    // Without a server.
    let first = dir.path().join("First Disk");
    let unit = dir.path().join("unit.d/backup.conf");
    let add = [
        "backup-target",
        "add",
        text(&first),
        "--drop-in",
        text(&unit),
    ];
    let told = done(anteroom(&data, &add));
    assert!(
        told.contains("as \"first-disk\"") && told.contains("daemon-reload"),
        "{told}"
    );
    assert!(told.contains("the disk of the clinic itself"), "{told}");
    let mode = fs::metadata(&first).expect("made").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let kept = fs::read_to_string(&unit).expect("a drop-in");
    assert!(
        kept.contains(&format!("ReadWritePaths=\"-{}\"", first.display())),
        "{kept}"
    );
    let again = anteroom(&data, &add);
    assert!(refused(&again).contains("already"), "{again:?}");
    assert!(unit.exists(), "the one that is used stays");
    let other = dir.path().join("other.conf");
    let same = [
        "backup-target",
        "add",
        text(&first),
        "--name",
        "b",
        "--drop-in",
        text(&other),
    ];
    refused(&anteroom(&data, &same));
    assert!(!other.exists(), "nothing is left of a refusal");
    let status_before = status(&data);
    assert_eq!(status_before["uptime_s"], Value::Null);
    assert_eq!(status_before["proven"], Value::Null);
    assert_eq!(status_before["schema"], 1);
    assert!(status_before["database_bytes"].as_u64() > Some(100_000));
    assert!(status_before["free_bytes"].as_u64() > Some(0));
    assert!(status_before["outbox_waiting"].is_u64());

    // Wrong usage and what cannot be.
    assert_eq!(anteroom(&data, &["backup-target", "add"]).0, 2);
    let bad_name = ["backup-target", "add", "/tmp/x", "--name", "../x"];
    assert_eq!(anteroom(&data, &bad_name).0, 2);
    let nowhere = dir.path().join("nowhere");
    let second = dir.path().join("second");
    let bare = ["backup-target", "add", text(&second), "--no-drop-in"];
    assert!(refused(&anteroom(&nowhere, &bare)).contains("there is no clinic"));
    assert!(!second.exists() && !nowhere.exists());
    assert!(refused(&anteroom(&nowhere, &["status"])).contains("there is no clinic"));
    let file = dir.path().join("file");
    fs::write(&file, b"").expect("a file");
    let on_a_file = ["backup-target", "add", text(&file), "--no-drop-in"];
    assert!(refused(&anteroom(&data, &on_a_file)).contains("cannot be used"));
    assert!(
        refused(&anteroom(
            &data,
            &["backup-target", "add", text(&data), "--no-drop-in"]
        ))
        .contains("another directory")
    );

    // Beside one: it is told at once, and both places get their first backup by themselves.
    let running = Server::start(BINARY, &data).await;
    let told = done(anteroom(&data, &bare));
    assert!(
        told.contains("ReadWritePaths=") && !told.contains("daemon-reload"),
        "{told}"
    );
    let since = Instant::now();
    let proven = loop {
        let now = status(&data);
        let all = now["backups"].as_array().expect("places");
        if all.len() == 2 && all.iter().all(|p| p["proven_age_s"].is_u64()) {
            break now;
        }
        assert!(since.elapsed() < Duration::from_secs(90), "{now}");
        tokio::time::sleep(Duration::from_millis(300)).await;
    };
    assert!(
        proven["uptime_s"].is_u64() && proven["proven_age_s"].is_u64(),
        "{proven}"
    );
    let archives = |dir: &Path| {
        let entries = fs::read_dir(dir)
            .expect("a directory")
            .map(|e| e.expect("it"));
        entries
            .filter(|e| e.path().extension().is_some_and(|x| x == "age"))
            .count()
    };
    assert_eq!((archives(&first), archives(&second)), (1, 1));
    let lines = done(anteroom(&data, &["status"]));
    assert!(
        lines.contains("Backup second") && lines.contains("proven 0 min ago"),
        "{lines}"
    );
    for line in [
        "Version",
        "Schema",
        "Uptime",
        "Database",
        "Free disk",
        "Outbox",
    ] {
        assert!(
            lines.lines().any(|l| l.starts_with(line)),
            "{line}: {lines}"
        );
    }
    let list = done(anteroom(&data, &["backup-target", "list"]));
    assert_eq!(list.lines().count(), 2, "{list}");
    assert!(
        list.contains(text(&first)) && list.contains("used"),
        "{list}"
    );

    // By hand beside the server, to a place of it: it counts.
    fs::write(second.join("note.txt"), b"theirs").expect("a file");
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let by_hand = ["backup", "--to", text(&second)];
    assert!(done(anteroom(&data, &by_hand)).contains("Proven"));
    assert_eq!(archives(&second), 2);
    let remove = [
        "backup-target",
        "remove",
        "first-disk",
        "--drop-in",
        text(&unit),
    ];
    let told = done(anteroom(&data, &remove));
    assert!(
        told.contains("The archives there stay") && !unit.exists(),
        "{told}"
    );
    assert_eq!(archives(&first), 1);
    assert!(refused(&anteroom(&data, &remove)).contains("no target"));
    running.kill();
    // After a crash the figures are there as well.
    let after = status(&data);
    assert_eq!(after["uptime_s"], Value::Null);
    assert_eq!(after["backups"].as_array().map(Vec::len), Some(1));
}
