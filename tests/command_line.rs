//! The commands beside a running server, each a process of its own, as an administrator runs them.

use std::path::Path;
use std::process::{Command, Output};

use anteroom::app::seed::Plan;

use crate::support::https::Client;
use crate::support::server::{self, Server};

fn anteroom(data: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_anteroom"))
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

/// The one sentence of a refusal.
#[track_caller]
fn refused(answer: &(i32, String, String)) -> &str {
    assert_eq!(answer.0, 1, "{answer:?}");
    let last = answer.2.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("anteroom: ") && !last.contains("panicked"),
        "{answer:?}"
    );
    last
}

#[allow(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_works_beside_a_server_and_without() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("clinic");
    let plan = Plan {
        patients: 30,
        visits: Some(60),
        seed: 7,
    };
    std::fs::create_dir(&data).expect("a directory");
    let (clinic, _) = server::seeded(&data, plan);
    clinic.store.close();
    drop(clinic);
    let list = dir.path().join("people.csv");
    let people = "Name;Geburtsdatum;Telefon\nNeu Hier;1.2.1990;020 7946 0099\nOhne Datum;;\n";
    std::fs::write(&list, people).expect("a file");
    let list = list.to_str().expect("a path").to_owned();
    for beside in [true, false] {
        let server = if beside {
            Some(Server::start(env!("CARGO_BIN_EXE_anteroom"), &data).await)
        } else {
            None
        };
        let email = if beside {
            "sam@clinic.example"
        } else {
            "kim@clinic.example"
        };
        let add = [
            "user", "add", "--name", "Sam Hill", "--email", email, "--role", "billing",
        ];
        let (code, link, err) = anteroom(&data, &add);
        assert_eq!(code, 0, "{err}");
        let (link, advice) = link.split_once('\n').expect("a link on a line of its own");
        assert!(advice.contains("Give this link to nobody else"), "{advice}");
        assert!(refused(&anteroom(&data, &add)).contains("somebody has this e-mail already"));
        let wrong = [
            "user",
            "add",
            "--name",
            "Sam",
            "--email",
            "no address",
            "--role",
            "billing",
        ];
        refused(&anteroom(&data, &wrong));
        let usage = [
            "user", "add", "--name", "Sam", "--email", email, "--role", "patient",
        ];
        assert_eq!(anteroom(&data, &usage).0, 2);
        let (code, second, _) = anteroom(&data, &["user", "reset", email]);
        assert_eq!(code, 0);
        let second = second.lines().next().expect("a link");
        assert_ne!(link, second);
        refused(&anteroom(
            &data,
            &["user", "reset", "nobody@clinic.example"],
        ));
        let (code, all, _) = anteroom(&data, &["user", "list"]);
        assert_eq!(code, 0);
        let entry = all.lines().find(|l| l.contains(email)).expect("a line");
        assert!(
            entry.contains("billing") && entry.contains("pending"),
            "{entry}"
        );
        // The link opens a page on the server that runs; the one before it does not.
        if let Some(server) = &server {
            let mut browser = Client::patient(&server.trust, server.address, "nobody");
            for (link, status) in [(second, 200), (link, 404)] {
                let path = link.trim().split_once("/p/").expect("a link").1;
                let page = browser.get(&format!("/p/{path}")).await.expect("a page");
                assert_eq!(page.status, status, "{link}");
            }
        }
        let dry = ["import", "csv", &list, "--dry-run"];
        let (code, out, _) = anteroom(&data, &dry);
        assert_eq!(code, 1, "one row is refused: {out}");
        assert!(
            out.contains("line 3") && out.contains("nothing was written"),
            "{out}"
        );
        let (_, again, _) = anteroom(&data, &dry);
        assert_eq!(out, again, "a dry run changes nothing");
        let (code, out, err) = anteroom(&data, &["check"]);
        assert_eq!(code, 0, "{out}{err}");
        assert_eq!(out.contains("A server is running"), beside, "{out}");
        if let Some(server) = server {
            server.kill();
        }
    }
    let nowhere = dir.path().join("nowhere");
    for command in [
        &["check"][..],
        &["user", "list"],
        &["import", "csv", &list, "--dry-run"],
    ] {
        assert!(refused(&anteroom(&nowhere, command)).contains("there is no clinic"));
        assert!(!nowhere.exists(), "a mistyped directory is not made");
    }
    // A second server on the same clinic is told so, and hurts nobody.
    let server = Server::start(env!("CARGO_BIN_EXE_anteroom"), &data).await;
    let second = anteroom(&data, &["serve", "--listen", "127.0.0.1:0"]);
    refused(&second);
    let mut browser = Client::patient(&server.trust, server.address, "nobody");
    assert_eq!(
        browser.get("/healthz").await.expect("an answer").status,
        200
    );
    server.kill();
    assert_eq!(anteroom(&data, &["check"]).0, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn going_back_asks_says_what_is_lost_and_wants_the_server_stopped() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path();
    let plan = Plan {
        patients: 10,
        visits: Some(20),
        seed: 7,
    };
    let (clinic, _) = server::seeded(data, plan);
    clinic.store.close();
    drop(clinic);
    let none = anteroom(data, &["rollback", "--yes"]);
    assert!(refused(&none).contains("nothing to go back to"), "{none:?}");

    // As an upgrade leaves it: the file of before, and changes since.
    let (file, old) = (data.join("clinic.redb"), data.join("clinic.redb.schema-1"));
    std::fs::copy(&file, &old).expect("a copy");
    let added = anteroom(
        data,
        &[
            "user",
            "add",
            "--name",
            "New Here",
            "--email",
            "new@clinic.example",
            "--role",
            "front-desk",
        ],
    );
    assert_eq!(added.0, 0, "{added:?}");
    let server = Server::start(env!("CARGO_BIN_EXE_anteroom"), data).await;
    let running = anteroom(data, &["rollback", "--yes"]);
    assert!(refused(&running).contains("stop it first"), "{running:?}");
    server.kill();

    let unasked = anteroom(data, &["rollback"]);
    assert!(refused(&unasked).contains("--yes"), "{unasked:?}");
    assert!(unasked.1.contains("lost"), "{unasked:?}");
    let people = anteroom(data, &["user", "list"]).1;
    assert!(people.contains("new@clinic.example"), "{people}");

    let back = anteroom(data, &["rollback", "--yes"]);
    assert_eq!(back.0, 0, "{back:?}");
    let people = anteroom(data, &["user", "list"]).1;
    assert!(!people.contains("new@clinic.example"), "{people}");
    assert!(data.join("clinic.redb.newer-1").exists() && !old.exists());
    assert_eq!(anteroom(data, &["check"]).0, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_into_a_new_clinic_is_said_again_and_only_then() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path();
    let none = anteroom(data, &["setup-code"]);
    assert!(refused(&none).contains("start it first"), "{none:?}");
    let server = Server::start(env!("CARGO_BIN_EXE_anteroom"), data).await;
    let code = || {
        let (status, said, err) = anteroom(data, &["setup-code"]);
        assert_eq!(status, 0, "{err}");
        assert!(
            said.contains("/setup\n") && said.contains("SHA-256"),
            "{said}"
        );
        let line = said.lines().find(|l| l.contains("Set-up code"));
        line.expect("a code").to_owned()
    };
    assert_ne!(code(), code(), "each works once, and only the last");
    server.kill();

    let seeded = tempfile::tempdir().expect("a directory");
    let plan = Plan {
        patients: 10,
        visits: Some(20),
        seed: 7,
    };
    server::seeded(seeded.path(), plan).0.store.close();
    let _server = Server::start(env!("CARGO_BIN_EXE_anteroom"), seeded.path()).await;
    let late = anteroom(seeded.path(), &["setup-code"]);
    assert!(refused(&late).contains("set up already"), "{late:?}");
}
