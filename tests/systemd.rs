//! What systemd hears and hands over, with the real binary and systemd's own tools.

use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anteroom::app::seed::Plan;

use crate::support::https::{Client, trust};
use crate::support::server;

/// The most that a unit may be exposed, by `systemd-analyze security`.
const MOST_EXPOSED: f64 = 1.2;

/// Ends with the test, however that ends.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        // Already gone when the test ended it.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Ends {
    fn told(&self, signal: &str) {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.expect("kill runs").success());
    }
}

fn small_clinic(data: &Path) {
    let plan = Plan {
        patients: 10,
        visits: Some(20),
        seed: 3,
    };
    let (clinic, _) = server::seeded(data, plan);
    clinic.store.close();
}

/// The next message in which a state stands.
fn hears(ear: &UnixDatagram, state: &str) -> String {
    let until = Instant::now() + Duration::from_secs(30);
    let mut buffer = [0; 4096];
    while Instant::now() < until {
        let Ok(length) = ear.recv(&mut buffer) else {
            continue;
        };
        let said = String::from_utf8_lossy(&buffer[..length]).into_owned();
        if said.lines().any(|line| line.starts_with(state)) {
            return said;
        }
    }
    panic!("{state} was not said");
}

#[test]
fn systemd_hears_that_a_start_takes_longer_that_it_is_open_that_it_answers_and_that_it_ends() {
    let dir = tempfile::tempdir().expect("a directory");
    small_clinic(dir.path());
    let socket = dir.path().join("notify");
    let ear = UnixDatagram::bind(&socket).expect("a socket");
    ear.set_read_timeout(Some(Duration::from_secs(1)))
        .expect("a time");
    let mut server = Ends(
        Command::new(env!("CARGO_BIN_EXE_anteroom"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(dir.path())
            .env("NOTIFY_SOCKET", &socket)
            .env("WATCHDOG_USEC", "400000")
            .env_remove("WATCHDOG_PID")
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts"),
    );
    hears(&ear, "EXTEND_TIMEOUT_USEC=30000000");
    let ready = hears(&ear, "READY=1");
    assert!(ready.contains("STATUS=open at https://"), "{ready}");
    hears(&ear, "WATCHDOG=1");
    hears(&ear, "WATCHDOG=1");
    server.told("-TERM");
    hears(&ear, "STOPPING=1");
    assert!(server.0.wait().expect("it ends").success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_serves_on_the_sockets_that_systemd_opened() {
    if !there_is("systemd-socket-activate") {
        return;
    }
    let dir = tempfile::tempdir().expect("a directory");
    small_clinic(dir.path());
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let _server = Ends(
        Command::new("systemd-socket-activate")
            .args(["--listen", &address.to_string()])
            .args([env!("CARGO_BIN_EXE_anteroom"), "serve", "--data"])
            .arg(dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts"),
    );
    // The first connection starts the clinic; whoever comes early waits and is not refused.
    let until = Instant::now() + Duration::from_secs(30);
    listens(address, until).await;
    let ca = dir.path().join("ca.pem");
    while !ca.exists() {
        assert!(Instant::now() < until, "the clinic does not open");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut client = Client::patient(&trust(&ca), address, "nobody");
    let answer = client.get("/healthz").await.expect("an answer");
    assert_eq!(answer.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_shows_the_certificate_that_systemd_hands_over() {
    let dir = tempfile::tempdir().expect("a directory");
    let (data, handed) = (dir.path().join("clinic"), dir.path().join("credentials"));
    for directory in [&data, &handed] {
        std::fs::create_dir(directory).expect("a directory");
    }
    small_clinic(&data);
    let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    let cert = handed.join("cert.pem");
    std::fs::write(&cert, own.cert.pem()).expect("a file");
    std::fs::write(handed.join("key.pem"), own.signing_key.serialize_pem()).expect("a file");
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = free.local_addr().expect("an address");
    drop(free);
    let _server = Ends(
        Command::new(env!("CARGO_BIN_EXE_anteroom"))
            .args(["serve", "--listen", &address.to_string(), "--data"])
            .arg(&data)
            .env("CREDENTIALS_DIRECTORY", &handed)
            .stdout(Stdio::null())
            .spawn()
            .expect("it starts"),
    );
    let until = Instant::now() + Duration::from_secs(30);
    listens(address, until).await;
    let mut client = Client::patient(&trust(&cert), address, "nobody");
    let answer = client.get("/healthz").await.expect("its own certificate");
    assert_eq!(answer.status, 200);
    assert!(!data.join("ca.pem").exists(), "no authority is needed");
}

#[test]
fn a_line_of_the_log_has_its_priority_in_the_journal_and_no_colours_in_a_file() {
    use std::os::unix::fs::MetadataExt as _;

    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("clinic");
    std::fs::create_dir(&data).expect("a directory");
    small_clinic(&data);
    // Half of what should be handed over is worth a line.
    std::fs::write(dir.path().join("cert.pem"), "").expect("a file");
    for in_journal in [true, false] {
        let path = dir.path().join("log");
        let log = std::fs::File::create(&path).expect("a file");
        let here = log.metadata().expect("a file");
        let mut serve = Command::new(env!("CARGO_BIN_EXE_anteroom"));
        if in_journal {
            serve.env("JOURNAL_STREAM", format!("{}:{}", here.dev(), here.ino()));
        } else {
            serve.env_remove("JOURNAL_STREAM");
        }
        let _server = Ends(
            serve
                .args(["serve", "--listen", "127.0.0.1:0", "--data"])
                .arg(&data)
                .env("CREDENTIALS_DIRECTORY", dir.path())
                .env_remove("ANTEROOM_LOG")
                .stdout(Stdio::null())
                .stderr(log)
                .spawn()
                .expect("it starts"),
        );
        let until = Instant::now() + Duration::from_secs(30);
        let said = loop {
            let said = std::fs::read_to_string(&path).expect("a log");
            if said.contains("key.pem") && said.ends_with('\n') {
                break said;
            }
            assert!(Instant::now() < until, "nothing is said: {said}");
            std::thread::sleep(Duration::from_millis(20));
        };
        assert!(!said.contains('\u{1b}'), "{said}");
        assert_eq!(said.starts_with("<3>ERROR "), in_journal, "{said}");
    }
}

#[test]
fn the_unit_gives_the_clinic_few_rights_and_systemd_understands_all_of_it() {
    if !there_is("systemd-analyze") {
        return;
    }
    let unit = concat!(env!("CARGO_MANIFEST_DIR"), "/systemd/anteroom.service");
    let said = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--no-pager", unit])
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    let line = text
        .lines()
        .find(|l| l.contains("Overall exposure level"))
        .expect("a verdict");
    let level: f64 = line
        .split(": ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next())
        .and_then(|number| number.parse().ok())
        .expect("a number");
    assert!(level <= MOST_EXPOSED, "{text}");
    let complaints = String::from_utf8_lossy(&said.stderr).into_owned();
    let about_us: Vec<&str> = complaints
        .lines()
        .filter(|l| l.contains("anteroom.service:"))
        .collect();
    assert_eq!(about_us, Vec::<&str>::new());
}

#[test]
fn every_directive_that_takes_a_right_away_says_why() {
    let unit = include_str!("../systemd/anteroom.service");
    let service = unit.split("[Service]").nth(1).expect("a section");
    let service = service.split("[Install]").next().expect("a section");
    let mut explained = false;
    for line in service.lines().map(str::trim) {
        if line.is_empty() {
            explained = false;
        } else if line.starts_with('#') {
            explained = true;
        } else {
            assert!(explained, "{line} stands without a reason");
        }
    }
}

/// Whether a tool of systemd's is here; a machine without it says that it did not look.
fn there_is(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").output().is_ok();
    if !found {
        eprintln!("NOT RUN: there is no {tool}");
    }
    found
}

/// Waits until somebody listens at an address.
async fn listens(address: std::net::SocketAddr, until: Instant) {
    while tokio::net::TcpStream::connect(address).await.is_err() {
        assert!(Instant::now() < until, "nothing listens");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
