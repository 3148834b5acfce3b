//! The real binary on a data directory, so that it can be killed.

use std::io::{Result, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anteroom::app::clock::{SystemClock, SystemRandom};
use anteroom::app::seed::{self, Plan, Seeded};
use anteroom::app::{Clinic, Store};
use rustls::ClientConfig;

use super::https::{Client, trust};

/// A data directory with a seeded clinic, which nobody has open yet.
pub fn seeded(data: &Path, plan: Plan) -> (Arc<Clinic>, Seeded) {
    let clinic = open(data);
    let seeded = seed::seed(&clinic, &plan).expect("a seeded clinic");
    (clinic, seeded)
}

/// Opens the clinic of a data directory in this process.
pub fn open(data: &Path) -> Arc<Clinic> {
    let store = Store::open(data, 16 << 20).expect("the file opens");
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    Clinic::open(store, clock, random, "https://127.0.0.1:8443").expect("a clinic")
}

/// Runs a command of the binary to its end, with what is typed into it.
pub fn command(binary: &str, arguments: &[&str], typed: &str) -> Output {
    let mut child = Command::new(binary)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut input = child.stdin.take().expect("its input");
    // A command that needs no input may be gone already.
    let _ = input.write_all(typed.as_bytes());
    drop(input);
    child.wait_with_output().expect("it ends")
}

/// A server that is up.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    pub trust: Arc<ClientConfig>,
    /// From the start of the program to its first answer.
    #[allow(dead_code, reason = "the benchmark prints it")]
    pub start: Duration,
}

impl Server {
    /// Starts the binary and waits for its first answer.
    pub async fn start(binary: &str, data: &Path) -> Self {
        // Whoever runs beside this may take the free port first, so there are several tries.
        for _ in 0..4 {
            if let Some(server) = Self::try_start(binary, data, &[], Stdio::inherit()).await {
                return server;
            }
        }
        panic!("the server goes away");
    }

    /// The same in one try, with further options, and what it logs going elsewhere.
    pub async fn start_with(binary: &str, data: &Path, more: &[&str], log: Stdio) -> Self {
        let started = Self::try_start(binary, data, more, log).await;
        started.expect("the server stays")
    }

    /// `None` when the server ends before it answers.
    async fn try_start(binary: &str, data: &Path, more: &[&str], log: Stdio) -> Option<Self> {
        let address = free_port().expect("a free port");
        let since = Instant::now();
        let mut child = Command::new(binary)
            .args(["serve", "--listen", &address.to_string(), "--data"])
            .arg(data)
            .args(more)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the binary starts");
        let ca: PathBuf = data.join("ca.pem");
        let (start, trust) = loop {
            assert!(
                since.elapsed() < Duration::from_secs(30),
                "the server does not answer"
            );
            if child.try_wait().expect("a child").is_some() {
                return None;
            }
            if ca.exists() && std::net::TcpStream::connect(address).is_ok() {
                let trust = trust(&ca);
                let mut client = Client::patient(&trust, address, "nobody");
                if client.get("/healthz").await.is_ok_and(|a| a.status == 200) {
                    break (since.elapsed(), trust);
                }
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        };
        Some(Self {
            child,
            address,
            trust,
            start,
        })
    }

    /// SIGKILL: nothing is finished, nothing is flushed.
    pub fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }

    /// The process.
    #[allow(dead_code, reason = "the benchmark weighs it")]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone after `kill`.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}
