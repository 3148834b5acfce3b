//! What testssl.sh and sslyze find: with a public certificate nothing but praise, with the clinic's
//! own nothing but that nobody was told to trust it. They take minutes, so they have a stage of their
//! own in `tests/all --long`, which sets `ANTEROOM_SCAN`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anteroom::domain::certificate::{Plan, Proof};
use anteroom::serve::keeper::Given;
use serde_json::Value;

use super::house::{HOST, House};
use super::pebble::{self, Asks, Pebble, free_port};

/// Where `tests/all --long` puts sslyze, and testssl.sh with its lists.
const SSLYZE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/sslyze/bin/python");
const TESTSSL: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/target/testssl/usr/bin/testssl"
);
const TESTSSL_LISTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/testssl/etc/testssl");

/// Whether the scan is wanted and can be made; says so where it cannot.
fn may(tool: &str, test: &str) -> bool {
    if std::env::var_os("ANTEROOM_SCAN").is_none() {
        eprintln!("NOT RUN: {test}: it is in tests/all --long");
        return false;
    }
    let here = Path::new(tool).exists();
    if !here {
        eprintln!("NOT RUN: {test}: {tool} is missing");
    }
    here
}

/// One thing that testssl.sh says.
#[derive(Clone, Debug)]
struct Finding {
    id: String,
    severity: String,
    words: String,
}

/// Everything that testssl.sh says about a server. No name is looked up anywhere.
fn testssl(house: &House, roots: Option<&Path>) -> Vec<Finding> {
    let dir = tempfile::tempdir().expect("a directory");
    let json = dir.path().join("found.json");
    let mut scan = Command::new(TESTSSL);
    scan.env("TESTSSL_INSTALL_DIR", TESTSSL_LISTS)
        .args([
            "--quiet",
            "--color",
            "0",
            "--warnings",
            "off",
            "--nodns",
            "none",
        ])
        .args(["--ip", "127.0.0.1", "--jsonfile"])
        .arg(&json);
    if let Some(roots) = roots {
        scan.arg("--add-ca").arg(roots);
    }
    // A page that is there for everybody; the others lead to the set-up of this new clinic.
    scan.arg(format!("{HOST}:{}/trust", house.address.port()));
    let said = scan.output().expect("it runs");
    let text = std::fs::read_to_string(&json).unwrap_or_default();
    let all: Vec<Value> = serde_json::from_str(&text)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&said.stdout)));
    let word = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    let finding = |one: &Value| Finding {
        id: word(one, "id"),
        severity: word(one, "severity"),
        words: word(one, "finding"),
    };
    let all: Vec<Finding> = all.iter().map(finding).collect();
    assert!(all.len() > 100, "it looked at too little: {all:#?}");
    all
}

/// What is not well with the server. A warning says that the tool could not look at something, and
/// the authority of the test has nowhere to ask whether a certificate is revoked.
fn bad(all: &[Finding]) -> Vec<Finding> {
    let fine = ["OK", "INFO", "DEBUG", "WARN"];
    let is_bad = |f: &&Finding| !fine.contains(&f.severity.as_str()) && f.id != "cert_revocation";
    all.iter().filter(is_bad).cloned().collect()
}

fn print(what: &str, all: &[Finding]) {
    eprintln!("testssl.sh, {what}: {} things looked at", all.len());
    for grade in all.iter().filter(|f| f.id == "overall_grade") {
        eprintln!("  grade {}", grade.words);
    }
    let could_not_look = all.iter().filter(|f| f.severity == "WARN").cloned();
    for found in could_not_look.chain(bad(all)) {
        eprintln!("  {} {}: {}", found.severity, found.id, found.words);
    }
}

/// What sslyze says about Mozilla's intermediate recommendation, and whether we keep to it.
fn sslyze(house: &House, roots: &Path) -> (bool, String) {
    let said = Command::new(SSLYZE)
        .args(["-m", "sslyze", "--mozilla_config", "intermediate"])
        .args(["--sni", HOST, "--certinfo_ca_file"])
        .arg(roots)
        .arg(house.address.to_string())
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    let errors = String::from_utf8_lossy(&said.stderr).into_owned();
    (said.status.success(), format!("{text}\n{errors}"))
}

/// Names that say only that nobody was told to trust the clinic, or to insist on TLS.
fn is_about_trust_or_hsts(id: &str) -> bool {
    [
        "cert_chain_of_trust",
        "cert_trust",
        "HSTS",
        "overall_grade",
        "grade_cap",
    ]
    .iter()
    .any(|known| id.starts_with(known))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tools_find_nothing_to_better() {
    if !may(TESTSSL, "testssl.sh") || !pebble::is_here("testssl.sh") {
        return;
    }
    let (port, mut pebble) = (free_port(), Pebble::new());
    let asks = Asks {
        tls: port,
        http: port,
        refused_nonces: 0,
    };
    pebble.start(asks).await;
    let root = pebble.issuing_root().await;
    let given = Given {
        files: None,
        public: pebble.authority(),
    };
    let house = House::open(port, given, Plan::Public(Proof::Visit)).await;
    house.until("issued", |r| r.last.is_some()).await;
    let (house, root, public) = scan(house, Some(root)).await;
    print("a public certificate", &public);
    let grade = public.iter().find(|f| f.id == "overall_grade");
    assert_eq!(grade.expect("a grade").words, "A+");
    let found = bad(&public);
    assert!(found.is_empty(), "{found:#?}");
    let hsts = public.iter().find(|f| f.id == "HSTS_time").expect("HSTS");
    assert_eq!(hsts.severity, "OK", "{hsts:?}");

    if may(SSLYZE, "sslyze") {
        let root = root.expect("a root");
        let (house, fine, said) = tokio::task::spawn_blocking(move || {
            let (fine, said) = sslyze(&house, &root);
            (house, fine, said)
        })
        .await
        .expect("a scan");
        let verdict = said
            .lines()
            .filter(|l| l.to_lowercase().contains("complian"));
        for line in verdict {
            eprintln!("sslyze: {}", line.trim());
        }
        assert!(fine, "{said}");
        house.close().await;
    } else {
        house.close().await;
    }

    let own = House::open(0, Given::default(), Plan::Own).await;
    let (own, _, found) = scan(own, None).await;
    print("the clinic's own certificate", &found);
    let found: Vec<Finding> = bad(&found)
        .into_iter()
        .filter(|f| !is_about_trust_or_hsts(&f.id))
        .collect();
    assert!(found.is_empty(), "{found:#?}");
    own.close().await;
}

/// Runs testssl.sh where waiting is allowed.
async fn scan(house: House, root: Option<PathBuf>) -> (House, Option<PathBuf>, Vec<Finding>) {
    tokio::task::spawn_blocking(move || {
        let found = testssl(&house, root.as_deref());
        (house, root, found)
    })
    .await
    .expect("a scan")
}
