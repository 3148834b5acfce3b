//! What is answered, over which protocol, and what is refused.

use std::time::Duration;

use anteroom::serve::authority::Authority;
use anteroom::serve::{BodyLimit, Limits};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use poem::endpoint::make;
use poem::{Endpoint, Response};
use tokio::io::AsyncWriteExt;

use super::house::{ADDRESS, FAR_TOO_LONG, House, everything, soon};

/// `/len` answers the length of the body, `/panic` panics, all else says who came and how.
fn site() -> impl Endpoint<Output = Response> {
    make(|mut request: poem::Request| async move {
        match request.uri().path() {
            "/panic" => panic!("as asked"),
            "/len" | "/uploads/len" => {
                let body = request.take_body().into_vec().await?;
                Ok(Response::builder().body(body.len().to_string()))
            }
            _ => {
                let remote = request.remote_addr().as_socket_addr().unwrap().ip();
                let scheme = request.scheme().to_string();
                Ok::<_, poem::Error>(
                    Response::builder()
                        .header("server", "secret/1.0")
                        .header("server-timing", "db;dur=53")
                        .body(format!("{:?} {scheme} {remote}", request.version())),
                )
            }
        }
    })
}

async fn open() -> House {
    let limits = Limits {
        body: BodyLimit {
            max_bytes: 1_000,
            ..Limits::default().body
        },
        body_for: vec![(
            "/uploads".to_owned(),
            BodyLimit {
                max_bytes: 100_000,
                ..Limits::default().body
            },
        )],
        ..Limits::default()
    };
    House::open(limits, site()).await
}

fn post(path: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{}",
        "x".repeat(length)
    )
}

fn post_chunked(path: &str, length: usize) -> String {
    let chunk = "x".repeat(100);
    let chunks = format!("64\r\n{chunk}\r\n").repeat(length / 100);
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n{chunks}0\r\n\r\n"
    )
}

async fn fetch2(
    house: &House,
    request: Request<()>,
    body: Option<Bytes>,
) -> (StatusCode, HeaderMap, String) {
    let client = house.http2().await;
    let mut client = client.ready().await.unwrap();
    let (response, mut sending) = client.send_request(request, body.is_none()).unwrap();
    if let Some(body) = body {
        // The server may answer before it has everything; then the rest is not wanted.
        let _refused = sending.send_data(body, true);
    }
    let response = soon("an answer", response).await.unwrap();
    let (parts, mut body) = response.into_parts();
    let mut text = Vec::new();
    while let Some(part) = body.data().await {
        text.extend_from_slice(&part.unwrap());
    }
    let text = String::from_utf8(text).unwrap();
    (parts.status, parts.headers, text)
}

fn get2(path: &str) -> Request<()> {
    Request::get(format!("https://localhost{path}"))
        .body(())
        .unwrap()
}

fn post2(path: &str) -> Request<()> {
    Request::post(format!("https://localhost{path}"))
        .body(())
        .unwrap()
}

#[tokio::test]
async fn both_protocols_reach_the_endpoint_with_the_visitors_address() {
    let house = open().await;
    let said = house
        .http1("GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await;
    assert!(said.starts_with("HTTP/1.1 200 OK\r\n"), "{said}");
    assert!(said.ends_with("\r\n\r\nHTTP/1.1 https 127.0.0.1"), "{said}");
    assert!(!said.to_lowercase().contains("server"), "{said}");

    let (status, headers, body) = fetch2(&house, get2("/"), None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body, "HTTP/2.0 https 127.0.0.1");
    assert!(!headers.contains_key("server") && !headers.contains_key("server-timing"));
    house.stop().await;
}

#[tokio::test]
async fn one_connection_serves_several_requests() {
    let house = open().await;
    let said = house
        .http1(&format!(
            "{}{}",
            "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n",
            "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
        ))
        .await;
    assert_eq!(said.matches("200 OK").count(), 2, "{said}");
    house.stop().await;
}

#[tokio::test]
async fn plain_http_gets_the_certificate_a_page_and_redirects() {
    let house = open().await;
    let certificate = house.plain("GET /ca.pem HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(certificate.starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(certificate.ends_with(&house.authority.kept().ca_cert_pem));
    let certificate = house.plain("GET /ca.crt HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(certificate.contains("application/x-x509-ca-cert"));
    let page = house.plain("GET /trust HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(page.contains("Trust this server"));

    for (request, status, target) in [
        (
            "GET /a?b=c HTTP/1.1\r\nhost: evil.example\r\n\r\n",
            "308",
            "/a?b=c",
        ),
        (
            "GET http://evil.example/a HTTP/1.1\r\nhost: x\r\n\r\n",
            "308",
            "/a",
        ),
        (
            "GET //evil.example HTTP/1.1\r\nhost: x\r\n\r\n",
            "308",
            "//evil.example",
        ),
        ("OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n", "301", "/"),
        (
            "POST /len HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc",
            "301",
            "/len",
        ),
        (
            "POST /trust HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n",
            "301",
            "/trust",
        ),
    ] {
        let said = house.plain(request).await;
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{said}");
        let location = format!("\r\nlocation: {ADDRESS}{target}\r\n");
        assert!(said.contains(&location), "{request} got {said}");
        assert!(said.contains("x-content-type-options: nosniff"), "{said}");
        assert!(said.ends_with("\r\n\r\n"), "a redirect has no page: {said}");
    }
    house.stop().await;
}

#[tokio::test]
async fn large_bodies_are_refused_with_and_without_an_announced_length() {
    let house = open().await;
    for (request, expected) in [
        (post("/len", 1_000), "200"),
        (post("/len", 1_001), "413"),
        (post("/len", 3_000_000), "413"),
        (post_chunked("/len", 1_000), "200"),
        (post_chunked("/len", 1_100), "413"),
        (post("/uploads/len", 100_000), "200"),
        (post_chunked("/uploads/len", 100_100), "413"),
        (post("/uploadslen", 1_001), "413"),
    ] {
        let mut stream = house.tls("http/1.1").await;
        // The server may close its ear before everything is said.
        let _unheard = stream.write_all(request.as_bytes()).await;
        let said = everything(&mut stream).await;
        let line = request.lines().next().unwrap();
        assert!(
            said.starts_with(&format!("HTTP/1.1 {expected} ")),
            "{line}, {} bytes: {said}",
            request.len()
        );
        if expected == "413" {
            assert!(
                said.contains("Calm 413") && said.contains("nosniff"),
                "{said}"
            );
        }
    }
    house.stop().await;
}

/// A reset while the client still sends can wipe out the answer on its way.
#[tokio::test]
async fn the_server_listens_on_for_a_moment_after_a_refusal() {
    let limits = Limits {
        linger: FAR_TOO_LONG,
        ..Limits::default()
    };
    let house = House::open(limits, site()).await;
    let mut stream = house.tls("http/1.1").await;
    let request = post("/len", 100_000);
    let (begin, rest) = request.split_at(200);
    stream.write_all(begin.as_bytes()).await.unwrap();
    let said = everything(&mut stream).await;
    assert!(said.starts_with("HTTP/1.1 413 "), "{said}");
    for part in rest.as_bytes().chunks(20_000) {
        stream.write_all(part).await.unwrap();
        stream.flush().await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(stream);
    house.stop().await;
}

#[tokio::test]
async fn large_bodies_are_refused_over_http2() {
    let house = open().await;
    let long = Bytes::from(vec![b'x'; 1_001]);
    let (status, ..) = fetch2(&house, post2("/len"), Some(long.slice(1..))).await;
    assert_eq!(status, StatusCode::OK);
    let (status, headers, body) = fetch2(&house, post2("/len"), Some(long.clone())).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(body, "<h1>Calm 413</h1>");
    assert!(headers.contains_key("x-content-type-options"));
    let announced = Request::post("https://localhost/len")
        .header("content-length", "1001")
        .body(())
        .unwrap();
    let (status, ..) = fetch2(&house, announced, Some(long)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    house.stop().await;
}

#[tokio::test]
async fn a_panic_is_answered_and_hurts_nobody_else() {
    let house = open().await;
    let client = house.http2().await;
    for path in ["/panic", "/", "/panic", "/"] {
        let mut client = client.clone().ready().await.unwrap();
        let (response, _) = client.send_request(get2(path), true).unwrap();
        let expected = if path == "/" { 200 } else { 500 };
        let response = soon("an answer", response).await.unwrap();
        assert_eq!(response.status(), expected, "{path}");
    }
    let said = house
        .http1("GET /panic HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await;
    assert!(
        said.starts_with("HTTP/1.1 500 ") && said.contains("Calm 500"),
        "{said}"
    );
    assert!(!said.contains("as asked"));
    house.stop().await;
}

#[tokio::test]
async fn the_certificate_holds_for_its_names_and_changes_while_running() {
    let house = open().await;
    house.try_tls("h2", "localhost").await.unwrap();
    house.try_tls("h2", "127.0.0.1").await.unwrap();
    let outside = house.try_tls("h2", "bank.example").await.unwrap_err();
    assert!(outside.to_string().contains("certificate"), "{outside}");

    assert!(house.try_tls("h2", "new.local").await.is_err());
    #[expect(
        clippy::disallowed_methods,
        reason = "TLS clients check against the real clock"
    )]
    let now = jiff::Timestamp::now();
    let names = ["new.local".parse().unwrap()];
    let renewed: Authority = house.authority.reissue(&names, now).unwrap();
    house.certificates.replace(renewed.certified_key().unwrap());
    house.try_tls("h2", "new.local").await.unwrap();
    house.stop().await;
}
