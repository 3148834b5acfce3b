//! A real mail server as a process of its own.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anteroom::domain::person::Email;
use anteroom::domain::settings::{MailSecurity, MailServer};
use tempfile::TempDir;

/// A mail that the server has read to its end.
#[derive(serde::Deserialize)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    pub text: String,
    pub tls: bool,
    pub login: bool,
}

impl Mail {
    /// The value of a header, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let (head, _) = self.text.split_once("\r\n\r\n")?;
        let head = head.replace("\r\n ", " ");
        head.split("\r\n").find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            (key == name).then(|| value.to_owned())
        })
    }
}

pub struct Peer {
    process: Child,
    dir: TempDir,
    pub port: u16,
}

impl Peer {
    pub fn start() -> Self {
        Self::with(&[])
    }

    pub fn with(arguments: &[&str]) -> Self {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/support/smtp_peer.py");
        let dir = TempDir::new().unwrap();
        let mut process = Command::new("/usr/bin/python3")
            .arg(script)
            .arg("--log")
            .arg(dir.path().join("log"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the tests of mail need Debian's python3");
        let mut line = String::new();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let port = line.trim().parse().expect(
            "the mail server for tests did not start: Debian's package python3-aiosmtpd is needed",
        );
        Self { process, dir, port }
    }

    /// Every mail that it has read to its end, in order.
    pub fn mails(&self) -> Vec<Mail> {
        let log = std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default();
        log.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Settings that lead to it, without protection.
    pub fn server(&self) -> MailServer {
        self.server_by(MailSecurity::Plain, None)
    }

    pub fn server_by(&self, security: MailSecurity, login: Option<(&str, &str)>) -> MailServer {
        server(self.port, security, login)
    }
}

/// Settings for a server on this machine.
pub fn server(port: u16, security: MailSecurity, login: Option<(&str, &str)>) -> MailServer {
    MailServer {
        host: "localhost".into(),
        port,
        security,
        login: login.map(|(name, password)| (name.into(), password.into())),
        from: Email::try_from("desk@riverside.example").unwrap(),
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Closing its input ends it; a test that fails must not leave it behind.
        drop(self.process.stdin.take());
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// An authority, and a certificate of its own for a name.
pub struct Authority {
    dir: TempDir,
    pub pem: String,
}

impl Authority {
    pub fn for_name(name: &str) -> Self {
        let dir = TempDir::new().unwrap();
        let mut ca = rcgen::CertificateParams::new(Vec::new()).unwrap();
        ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let ca_key = rcgen::KeyPair::generate().unwrap();
        let ca_cert = ca.self_signed(&ca_key).unwrap();
        let pem = ca_cert.pem();
        let issuer = rcgen::Issuer::new(ca, ca_key);
        let leaf_key = rcgen::KeyPair::generate().unwrap();
        let leaf = rcgen::CertificateParams::new(vec![name.to_owned()])
            .unwrap()
            .signed_by(&leaf_key, &issuer)
            .unwrap();
        std::fs::write(dir.path().join("cert"), leaf.pem()).unwrap();
        std::fs::write(dir.path().join("key"), leaf_key.serialize_pem()).unwrap();
        Self { dir, pem }
    }

    pub fn peer(&self, how: &str, more: &[&str]) -> Peer {
        let path = |name: &str| self.dir.path().join(name).to_str().unwrap().to_owned();
        let (cert, key) = (path("cert"), path("key"));
        let mut arguments = vec!["--tls", how, "--cert", &cert, "--key", &key];
        arguments.extend(more);
        Peer::with(&arguments)
    }
}
