//! Reverse proxies: Debian's haproxy in front, in each way that is offered, and those who only claim
//! to be one.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anteroom::serve::{Limits, Proxies};
use poem::endpoint::make_sync;
use poem::{Endpoint, Response};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

use super::house::{House, everything};

/// Who visits; every proxy here is 127.0.0.1.
const VISITOR: &str = "127.0.0.5";
const LIE: &str = "forwarded: for=6.6.6.6\r\nx-forwarded-for: 6.6.6.6\r\nx-real-ip: 6.6.6.6\r\n";

/// Says whose request it is taken for.
fn echo() -> impl Endpoint<Output = Response> {
    make_sync(|request| {
        let from = request.remote_addr().as_socket_addr().expect("an address");
        Response::builder().body(format!("[{}]", from.ip()))
    })
}

fn proxies(send_header: bool, end_tls: bool) -> Proxies {
    Proxies {
        trusted: vec!["127.0.0.1".parse().unwrap()],
        send_header,
        end_tls,
    }
}

async fn house(proxies: Proxies) -> House {
    House::open_behind(Limits::default(), echo(), proxies).await
}

fn get(more: &str) -> String {
    format!("GET /who HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{more}\r\n")
}

/// A connection from the visitor's own address.
async fn visit(to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket
        .bind(format!("{VISITOR}:0").parse().unwrap())
        .unwrap();
    socket.connect(to).await.unwrap()
}

async fn say(mut stream: TcpStream, text: &str) -> String {
    stream.write_all(text.as_bytes()).await.unwrap();
    everything(&mut stream).await
}

#[tokio::test]
async fn what_anybody_claims_changes_nothing() {
    // Nobody is named, or somebody else is.
    for proxies in [Proxies::default(), proxies(false, false)] {
        let house = house(proxies).await;
        let tls = house.tls_over(visit(house.at).await, "http/1.1").await;
        let mut tls = tls.unwrap();
        tls.write_all(get(LIE).as_bytes()).await.unwrap();
        let said = everything(&mut tls).await;
        assert!(said.ends_with(&format!("[{VISITOR}]")), "{said}");
        // A PROXY header from them is noise, with TLS after it or without.
        let header = "PROXY TCP4 6.6.6.6 127.0.0.1 1 443\r\n";
        let said = say(visit(house.at).await, &format!("{header}{}", get(""))).await;
        assert!(
            !said.contains("6.6.6.6") && !said.contains(" 200 "),
            "{said}"
        );
        let mut stream = visit(house.at).await;
        stream.write_all(header.as_bytes()).await.unwrap();
        assert!(house.tls_over(stream, "http/1.1").await.is_err());
        // Plain HTTP carries no pages, whatever it says about itself.
        let said = say(visit(house.at).await, &get("x-forwarded-proto: https\r\n")).await;
        assert!(said.starts_with("HTTP/1.1 308"), "{said}");
        house.stop().await;
    }
}

#[tokio::test]
async fn a_named_proxy_that_sends_no_header_is_sent_away() {
    let house = house(proxies(true, true)).await;
    assert!(house.try_tls("http/1.1", "localhost").await.is_err());
    let said = house.plain(&get("x-forwarded-proto: https\r\n")).await;
    assert_eq!(said, "");
    house.stop().await;
}

/// A program that ends with the test.
struct Ends(Child);

impl Drop for Ends {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// haproxy between a port of its own and the house; `None` where it is missing.
fn haproxy(test: &str, mode: &str, frontend: &str, house: &str) -> Option<(Ends, SocketAddr)> {
    if !Path::new("/usr/sbin/haproxy").exists() {
        eprintln!("NOT RUN: {test}: the Debian package haproxy is missing");
        return None;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let (file, port) = (dir.path().join("haproxy.cfg"), free_port());
    let config = format!(
        "defaults\n mode {mode}\n timeout connect 5s\n timeout client 20s\n timeout server 20s\n\
         frontend front\n bind 127.0.0.1:{port}\n{frontend} default_backend house\n\
         backend house\n server house {house}\n"
    );
    std::fs::write(&file, config).expect("written");
    let child = Command::new("/usr/sbin/haproxy")
        .args(["-q", "-db", "-f"])
        .arg(&file)
        .stdout(Stdio::null())
        .spawn();
    let ends = Ends(child.expect("it starts"));
    let at: SocketAddr = format!("127.0.0.1:{port}").parse().unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while std::net::TcpStream::connect(at).is_err() {
        assert!(Instant::now() < until, "haproxy does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some((ends, at))
}

#[tokio::test]
async fn haproxy_passes_tls_on_with_either_header() {
    let house = house(proxies(true, false)).await;
    for send in ["send-proxy", "send-proxy-v2"] {
        let to = format!("{} {send}", house.at);
        let Some((_proxy, at)) = haproxy("PROXY headers", "tcp", "", &to) else {
            return;
        };
        for protocol in ["http/1.1", "h2"] {
            let mut tls = house.tls_over(visit(at).await, protocol).await.unwrap();
            let said = if protocol == "h2" {
                over_http2(tls).await
            } else {
                tls.write_all(get(LIE).as_bytes()).await.unwrap();
                everything(&mut tls).await
            };
            assert!(said.ends_with(&format!("[{VISITOR}]")), "{send}: {said}");
        }
    }
    house.stop().await;
}

/// The body of an answer over HTTP/2.
async fn over_http2(tls: tokio_rustls::client::TlsStream<TcpStream>) -> String {
    let (client, connection) = h2::client::handshake(tls).await.unwrap();
    tokio::spawn(connection);
    let mut client = client.ready().await.unwrap();
    let request = http::Request::get("https://localhost/who")
        .body(())
        .unwrap();
    let (answer, _) = client.send_request(request, true).unwrap();
    let mut body = answer.await.unwrap().into_body();
    let mut said = Vec::new();
    while let Some(part) = body.data().await {
        said.extend_from_slice(&part.unwrap());
    }
    String::from_utf8(said).unwrap()
}

#[tokio::test]
async fn haproxy_ends_tls_and_asks_over_tls_again() {
    let house = house(proxies(false, false)).await;
    let to = format!("{} ssl verify none", house.at);
    let Some((_proxy, at)) = haproxy("X-Forwarded-For", "http", " option forwardfor\n", &to) else {
        return;
    };
    let lie = "x-forwarded-for: 6.6.6.6\r\n";
    let said = say(visit(at).await, &get(lie)).await;
    assert!(said.ends_with(&format!("[{VISITOR}]")), "{said}");
    // It hands on a header that it does not write: what both say is not the same, so neither counts.
    let said = say(visit(at).await, &get(LIE)).await;
    assert!(said.ends_with("[127.0.0.1]"), "{said}");
    house.stop().await;
}

#[tokio::test]
async fn haproxy_ends_tls_and_asks_plainly_where_that_is_wanted() {
    let writes = " option forwardfor\n http-request set-header X-Forwarded-Proto https\n";
    let wanted = house(proxies(false, true)).await;
    let to = wanted.at.to_string();
    let Some((_proxy, at)) = haproxy("plain HTTP", "http", writes, &to) else {
        return;
    };
    let said = say(visit(at).await, &get("x-forwarded-for: 6.6.6.6\r\n")).await;
    assert!(said.ends_with(&format!("[{VISITOR}]")), "{said}");
    // Somebody else on this machine is not the proxy.
    let said = say(visit(wanted.at).await, &get("x-forwarded-proto: https\r\n")).await;
    assert!(said.starts_with("HTTP/1.1 308"), "{said}");

    // What the proxy was asked without TLS is led to HTTPS.
    let (_plain, at) = haproxy("plain HTTP", "http", " option forwardfor\n", &to).unwrap();
    let said = say(visit(at).await, &get("")).await;
    assert!(said.starts_with("HTTP/1.1 308"), "{said}");
    wanted.stop().await;

    let unwanted = house(proxies(false, false)).await;
    let to = unwanted.at.to_string();
    let (_proxy, at) = haproxy("plain HTTP", "http", writes, &to).unwrap();
    let said = say(visit(at).await, &get("")).await;
    assert!(said.starts_with("HTTP/1.1 308"), "{said}");
    unwanted.stop().await;
}

#[tokio::test]
async fn wrong_answers_are_counted_for_who_gave_them() {
    use anteroom::domain::certificate::Plan;
    use anteroom::serve::keeper::Given;
    use anteroom::store::access;
    use anteroom::web::{cookies, csrf};
    use rustls::pki_types::ServerName;

    let form = format!(
        "email=nobody%40clinic.example&password=a+wrong+guess&csrf={}",
        csrf::masked("someone", [3; 16])
    );
    let request = format!(
        "POST /staff/sign-in HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         sec-fetch-site: same-origin\r\ncookie: {}=someone\r\nx-forwarded-for: 6.6.6.6\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        cookies::VISITOR,
        form.len()
    );
    for (trusted, counted, other) in [
        (None, VISITOR, "6.6.6.6"),
        (Some("127.0.0.1"), VISITOR, "6.6.6.6"),
        (Some(VISITOR), "6.6.6.6", VISITOR),
    ] {
        let proxies = Proxies {
            trusted: trusted.iter().map(|t| t.parse().unwrap()).collect(),
            ..Proxies::default()
        };
        let given = Given::default();
        let house = crate::certificates::House::open_behind(0, given, Plan::Own, proxies).await;
        let connector =
            tokio_rustls::TlsConnector::from(std::sync::Arc::new(crate::certificates::anyone()));
        let name = ServerName::try_from("localhost").unwrap();
        let mut tls = connector
            .connect(name, visit(house.address).await)
            .await
            .unwrap();
        tls.write_all(request.as_bytes()).await.unwrap();
        let said = everything(&mut tls).await;
        assert!(said.starts_with("HTTP/1.1 4"), "{said}");
        let failures = |network: &str| {
            let count = house
                .clinic
                .store
                .read(|rows| access::attempts(rows, "network", network));
            count.unwrap().failures
        };
        assert_eq!(
            (failures(counted), failures(other)),
            (1, 0),
            "{trusted:?}: {said}"
        );
        house.close().await;
    }
}

/// A clinic behind proxies, and the cookies of its owner.
async fn clinic(proxies: Proxies) -> (House, crate::support::World, String) {
    use anteroom::domain::account::Role;

    let world = crate::support::World::new();
    let owner = world.signed_in(Role::Owner).await;
    let cookies: Vec<String> = owner
        .cookies()
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let site = crate::support::site_of(&world.clinic);
    let house = House::open_behind(Limits::default(), site, proxies).await;
    (house, world, format!("cookie: {}\r\n", cookies.join("; ")))
}

/// What the owner reads about the certificate and the poster, asked for by `ask`.
async fn read_both(cookies: &str, more: &str, ask: impl AsyncFn(String) -> String) -> [String; 3] {
    let mut said = Vec::new();
    for path in [
        "/staff/settings/connection",
        "/staff/settings/connection/certificate",
        "/staff/settings/poster",
    ] {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             accept-language: en\r\n{cookies}{more}\r\n"
        );
        let answer = ask(request).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        said.push(answer);
    }
    said.try_into().expect("three pages")
}

/// Which certificate the pages speak of.
fn speak_of_the_proxy([connection, choice, poster]: &[String; 3]) -> bool {
    let is_front = connection.contains("A proxy in front of us secures the connection");
    assert_eq!(connection.contains("Everywhere"), is_front, "{connection}");
    assert_eq!(connection.contains("Where you are trusted"), !is_front);
    assert_eq!(connection.contains("href=\"/trust\""), !is_front);
    assert_eq!(choice.contains("only for the way from the proxy"), is_front);
    assert_eq!(poster.contains("Phones will warn"), !is_front, "{poster}");
    assert!(!poster.contains("/trust"), "{poster}");
    is_front
}

#[tokio::test]
async fn a_proxy_that_secures_the_connection_is_what_the_owner_reads_about() {
    const SECURED: &str = "x-forwarded-for: 127.0.0.5\r\nx-forwarded-proto: https\r\n";
    let (house, _world, cookies) = clinic(proxies(false, true)).await;
    let plain = read_both(&cookies, SECURED, async |r: String| house.plain(&r).await);
    assert!(speak_of_the_proxy(&plain.await), "without TLS behind it");
    let again = read_both(&cookies, SECURED, async |r: String| house.http1(&r).await);
    assert!(speak_of_the_proxy(&again.await), "over TLS again");
    // It does not say how it was asked, or that it was asked without TLS.
    for more in [
        "x-forwarded-for: 127.0.0.5\r\n",
        "x-forwarded-proto: http\r\n",
    ] {
        let silent = read_both(&cookies, more, async |r: String| house.http1(&r).await);
        assert!(!speak_of_the_proxy(&silent.await), "{more}");
    }
    // Whoever is no proxy may say so for as long as they like.
    let lie = read_both(&cookies, SECURED, async |r: String| {
        let stream = visit(house.at).await;
        say_over_tls(&house, stream, &r).await
    });
    assert!(!speak_of_the_proxy(&lie.await));
    house.stop().await;
}

async fn say_over_tls(house: &House, stream: TcpStream, text: &str) -> String {
    let mut tls = house.tls_over(stream, "http/1.1").await.unwrap();
    tls.write_all(text.as_bytes()).await.unwrap();
    everything(&mut tls).await
}

#[tokio::test]
async fn behind_a_proxy_header_the_visitors_own_word_does_not_count() {
    let (house, _world, cookies) = clinic(proxies(true, true)).await;
    let header = format!("PROXY TCP4 {VISITOR} 127.0.0.1 4711 443\r\n");
    let secured = "x-forwarded-proto: https\r\n";
    // TLS goes through the proxy, and so does what the visitor writes.
    let through = read_both(&cookies, secured, async |r: String| {
        let mut stream = house.tcp().await;
        stream.write_all(header.as_bytes()).await.unwrap();
        say_over_tls(&house, stream, &r).await
    });
    assert!(!speak_of_the_proxy(&through.await));
    // It ends TLS itself.
    let ended = read_both(&cookies, secured, async |r: String| {
        house.plain(&format!("{header}{r}")).await
    });
    assert!(speak_of_the_proxy(&ended.await));
    house.stop().await;
}

#[tokio::test]
async fn haproxy_secures_the_connection_and_the_owner_reads_so() {
    let writes = " option forwardfor\n http-request set-header X-Forwarded-Proto https\n";
    let (house, _world, cookies) = clinic(proxies(false, false)).await;
    let to = format!("{} ssl verify none", house.at);
    let Some((_proxy, at)) = haproxy("the owner's pages", "http", writes, &to) else {
        return;
    };
    let pages = read_both(&cookies, "", async |r: String| {
        say(visit(at).await, &r).await
    });
    assert!(speak_of_the_proxy(&pages.await));
    house.stop().await;
}
