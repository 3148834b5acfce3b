//! R10: the disk of the real program fills up, on a small disk in memory. It says that it is read-only,
//! its pages go on, and by itself it saves again when there is room.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anteroom::app::seed::Plan;
use anteroom::domain::id::{AppointmentId, HoldId};
use anteroom::store::{appointments, disk};

use crate::crash::{last_part, wishes};
use crate::support::https::{Answer, Client};
use crate::support::people;
use crate::support::server::{self, Server};

const BINARY: &str = env!("CARGO_BIN_EXE_anteroom");
const MIB: u64 = 1 << 20;

/// A disk in memory, which goes away with it.
struct Mounted(tempfile::TempDir);

impl Mounted {
    /// `None` where this account may not mount.
    fn new(size: &str) -> Option<Self> {
        let dir = tempfile::tempdir().expect("a directory");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]);
        let done = mount.arg(dir.path()).stderr(Stdio::null()).status();
        done.is_ok_and(|s| s.success()).then_some(Self(dir))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills it until so many bytes are free.
    fn fill(&self, leave: u64) {
        let mut ballast = File::options()
            .create(true)
            .append(true)
            .open(self.path().join("ballast"))
            .expect("a file");
        let block = vec![7; 1 << 16];
        while disk::room(self.path()).expect("room").free > leave {
            if ballast.write_all(&block).is_err() {
                return;
            }
        }
    }

    fn make_room(&self) {
        fs::remove_file(self.path().join("ballast")).expect("removed");
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

/// A phone that holds times.
struct Phone {
    client: Client,
    wishes: Vec<(String, String)>,
    next: usize,
}

impl Phone {
    async fn hold(&mut self) -> Answer {
        let (service, start) = &self.wishes[self.next % self.wishes.len()];
        self.next += 1;
        let form = [("service", service.as_str()), ("start", start.as_str())];
        self.client.post("/holds", &form).await.expect("an answer")
    }

    async fn until(&mut self, status: u16) -> Answer {
        let since = Instant::now();
        loop {
            let answer = self.hold().await;
            if answer.status == status {
                return answer;
            }
            assert!([303, 409, 503].contains(&answer.status), "{}", answer.head);
            assert!(since.elapsed() < Duration::from_mins(1), "never {status}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Books a time that it held.
    async fn book(&mut self) -> AppointmentId {
        let held: HoldId = last_part(&self.until(303).await).expect("a hold");
        let path = format!("/holds/{held}/visit");
        let booked = self.client.post(&path, &[("note", "")]).await;
        let booked = booked.expect("an answer");
        assert_eq!(booked.status, 303, "{}", booked.head);
        last_part(&booked).expect("a visit")
    }

    async fn text(&mut self, path: &str) -> String {
        let answer = self.client.get_plain(path).await.expect("an answer");
        assert_eq!(answer.status, 200, "{path}: {}", answer.head);
        String::from_utf8_lossy(&answer.body).into_owned()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_said_and_got_over() {
    let Some(mounted) = Mounted::new("340m") else {
        eprintln!("NOT RUN: this account may not mount a disk");
        return;
    };
    let data = mounted.path().join("data");
    let plan = Plan {
        patients: 40,
        visits: Some(60),
        seed: 7,
    };
    let (clinic, _) = server::seeded(&data, plan);
    let mut tokens = people::phones(&clinic, 2)
        .into_iter()
        .map(|(_, token)| token);
    let (token, other) = (tokens.next().expect("one"), tokens.next().expect("two"));
    let wishes = wishes(&clinic).into_iter().rev();
    let wishes = wishes.map(|(service, start)| (service.to_string(), start));
    let wishes: Vec<_> = wishes.collect();
    clinic.store.close();
    drop(clinic);
    let server = Server::start(BINARY, &data).await;
    let mut phone = Phone {
        client: Client::patient(&server.trust, server.address, &token),
        wishes,
        next: 0,
    };
    let mut booked = vec![phone.book().await];
    // Once to below what is kept free, once to the last byte, once again with a new start.
    for leave in [200 * MIB, 0] {
        mounted.fill(leave);
        let refused = phone.until(503).await;
        assert!(refused.header("retry-after").is_some());
        // An answer to a form is never packed: it may echo what was typed.
        assert_eq!(refused.header("content-encoding"), None);
        let body = String::from_utf8(refused.body).expect("a page");
        assert!(body.contains("Nothing can be saved"), "{body}");
        for page in ["/", "/visits", "/me"] {
            phone.text(page).await;
        }
        assert!(phone.text("/healthz").await.contains("read-only"));
        let figures = phone.text("/metrics").await;
        assert!(figures.contains("anteroom_read_only 1\n"), "{figures}");
        mounted.make_room();
        phone.until(303).await;
        let figures = phone.text("/metrics").await;
        assert!(figures.contains("anteroom_read_only 0\n"), "{figures}");
        booked.push(phone.book().await);
    }
    mounted.fill(0);
    phone.until(503).await;
    server.kill();
    // Starting on a full disk is no problem either.
    let server = Server::start(BINARY, &data).await;
    // Nobody may have more than a few visits ahead, so this is somebody else.
    phone.client = Client::patient(&server.trust, server.address, &other);
    phone.text("/visits").await;
    phone.until(503).await;
    mounted.make_room();
    booked.push(phone.book().await);
    server.kill();
    let mut check = Command::new(BINARY);
    let checked = check.args(["check", "--data"]).arg(&data).output();
    let checked = checked.expect("the check runs");
    assert!(checked.status.success(), "{checked:?}");
    let clinic = server::open(&data);
    for visit in booked {
        let found = clinic.store.read(|rows| appointments::find(rows, visit));
        assert!(found.expect("a read").is_some(), "{visit} was answered");
    }
    clinic.store.close();
}
