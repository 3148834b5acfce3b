//! The name in the clinic's own network, heard by another machine: two network namespaces with a
//! cable between them, the real binary in one and a peer in the other. Nothing leaves this machine.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anteroom::app::clinic_settings::set_local_name;
use anteroom::app::seed::Plan;
use anteroom::domain::local_name::LocalName;
use mdns_sd::{
    DaemonEvent, HostnameResolutionEvent, Receiver, ServiceDaemon, ServiceEvent, ServiceInfo,
};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::support::https::trust;
use crate::support::server;

/// Where the test that makes the network tells the one inside it where the clinic is.
const CLINIC: &str = "ANTEROOM_TEST_NAMESPACE";
const INSIDE: &str = "local_name::another_machine_finds_the_clinic";
const OURS: &str = "192.168.77.2";
const TYPE: &str = "_https._tcp.local.";
const PATIENCE: Duration = Duration::from_secs(30);

/// Two machines on one cable; ours is the first, the clinic's the second.
const NETWORK: &str = r#"
ip link set lo up
unshare --net sleep 300 & far=$!
trap 'kill $far' EXIT
until [ "$(readlink /proc/$far/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
ip link add lan0 type veth peer name lan1 netns $far || exit 3
ip addr add 192.168.77.1/24 dev lan0 && ip link set lan0 up || exit 3
nsenter --net=/proc/$far/ns/net sh -c "ip link set lo up; ip addr add 192.168.77.2/24 dev lan1; ip link set lan1 up" || exit 3
ANTEROOM_TEST_NAMESPACE=/proc/$far/ns/net "$0" "$1" --exact --ignored --nocapture
"#;

#[test]
fn the_network_hears_the_name_of_the_clinic() {
    let may = Command::new("unshare")
        .args(["--net", "ip", "link"])
        .output();
    if !may.is_ok_and(|tried| tried.status.success()) {
        eprintln!("NOT RUN: a network of its own needs root, unshare and ip");
        return;
    }
    let test = std::env::current_exe().expect("this program");
    let inside = Command::new("unshare")
        .args(["--net", "sh", "-c", NETWORK])
        .arg(test)
        .arg(INSIDE)
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&inside.stdout);
    let wrong = String::from_utf8_lossy(&inside.stderr);
    assert!(inside.status.success(), "{said}\n{wrong}");
    assert!(said.contains("1 passed"), "{said}\n{wrong}");
}

/// Ends with the test, however that ends.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        // Already gone when the test ended it.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The clinic, up in the other namespace.
fn start(namespace: &str, data: &Path) -> Ends {
    let child = Command::new("nsenter")
        .arg(format!("--net={namespace}"))
        .arg(env!("CARGO_BIN_EXE_anteroom"))
        .args(["serve", "--listen", "0.0.0.0:8443", "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .spawn();
    Ends(child.expect("the binary starts"))
}

/// Ends it as systemd would.
fn stop(mut clinic: Ends) {
    let id = clinic.0.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &id]).status();
    assert!(sent.expect("kill runs").success());
    assert!(clinic.0.wait().expect("it ends").success());
}

/// Waits for an event that is looked for.
fn hear<E, T>(events: &Receiver<E>, what: &str, mut seen: impl FnMut(E) -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        let event = events.recv_deadline(until);
        let event = event.unwrap_or_else(|_| panic!("never heard {what}"));
        if let Some(found) = seen(event) {
            return found;
        }
    }
}

/// Waits until the clinic is found under a host name.
fn finds(peer: &ServiceDaemon, host: &str) {
    let services = peer.browse(TYPE).expect("a look");
    let found = hear(&services, host, |event| {
        let ServiceEvent::ServiceResolved(found) = event else {
            return None;
        };
        (found.get_hostname() == host).then_some(found)
    });
    assert_eq!(found.get_port(), 8443);
    assert_eq!(found.get_fullname(), format!("Riverside Clinic.{TYPE}"));
    peer.stop_browse(TYPE).expect("enough seen");
    let answers = peer.resolve_hostname(host, None).expect("a question");
    let found = hear(&answers, "an address", |event| {
        let HostnameResolutionEvent::AddressesFound(_, found) = event else {
            return None;
        };
        Some(found)
    });
    let found: Vec<String> = found.iter().map(|a| a.to_ip_addr().to_string()).collect();
    assert_eq!(found, [OURS]);
    peer.stop_resolve_hostname(host).expect("enough seen");
}

/// Waits until a device that trusts the clinic's authority gets in by a name: the certificate takes
/// a new name a moment after the network has.
async fn gets_in(ca: &Path, host: &str) {
    let name = ServerName::try_from(host.to_owned()).expect("a name");
    let until = Instant::now() + PATIENCE;
    loop {
        let tcp = TcpStream::connect((OURS, 8443)).await.expect("it listens");
        let connector = TlsConnector::from(trust(ca));
        match connector.connect(name.clone(), tcp).await {
            Ok(_) => return,
            Err(error) => assert!(Instant::now() < until, "{host}: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "runs inside the network that the other test makes"]
async fn another_machine_finds_the_clinic() {
    let Ok(namespace) = std::env::var(CLINIC) else {
        return;
    };
    let dir = tempfile::tempdir().expect("a directory");
    let (clinic, _) = server::seeded(
        dir.path(),
        Plan {
            patients: 5,
            visits: Some(5),
            seed: 3,
        },
    );
    let name = LocalName::Label("river".to_owned());
    set_local_name(&clinic, &crate::certificates::owner(), name).expect("a name");
    clinic.store.close();
    // The directory is free for the binary only now.
    drop(clinic);
    let ca = dir.path().join("ca.pem");
    let peer = ServiceDaemon::new().expect("a peer");

    // Nobody has the name yet.
    let running = start(&namespace, dir.path());
    finds(&peer, "river.local.");
    gets_in(&ca, "river.local").await;
    // It says goodbye, so that nobody looks for it where it is not.
    let services = peer.browse(TYPE).expect("a look");
    hear(&services, "the clinic again", |event| {
        matches!(event, ServiceEvent::ServiceResolved(_)).then_some(())
    });
    stop(running);
    hear(&services, "goodbye", |event| {
        matches!(event, ServiceEvent::ServiceRemoved(..)).then_some(())
    });
    peer.stop_browse(TYPE).expect("enough seen");

    // Somebody else has taken it meanwhile.
    let events = peer.monitor().expect("a look");
    let none: &[(&str, &str)] = &[];
    let other = ServiceInfo::new(
        "_http._tcp.local.",
        "Printer",
        "river.local.",
        "192.168.77.1",
        80,
        none,
    );
    peer.register(other.expect("a service")).expect("announced");
    hear(&events, "the printer", |event| {
        let DaemonEvent::Announce(name, _) = event else {
            return None;
        };
        name.starts_with("Printer").then_some(())
    });
    let running = start(&namespace, dir.path());
    finds(&peer, "river-2.local.");
    gets_in(&ca, "river-2.local").await;
    stop(running);
    peer.shutdown().expect("an end");
}
