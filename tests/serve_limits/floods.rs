//! Clients that want the server's time and give nothing: silent, dripping, hoarding.

use std::time::Duration;

use anteroom::serve::{BodyLimit, Limits};
use bytes::Bytes;
use futures_util::stream;
use poem::endpoint::{make, make_sync};
use poem::{Endpoint, Response};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::house::{House, everything, soon};

/// Shorter than the defaults, so that the test is short; the mechanism is the same.
fn brisk() -> Limits {
    Limits {
        max_connections: 2_000,
        max_connections_per_visitor: 2_000,
        handshake: Duration::from_secs(4),
        first_request: Duration::from_secs(6),
        idle_http1: Duration::from_secs(3),
        idle_http2: Duration::from_secs(3),
        stalled: Duration::from_secs(2),
        linger: Duration::from_millis(500),
        rate_window: Duration::from_secs(1),
        body: BodyLimit {
            max_bytes: 10_000,
            total: Duration::from_secs(4),
        },
        ..Limits::default()
    }
}

fn hello() -> impl Endpoint<Output = Response> {
    make_sync(|_| Response::builder().body("hello"))
}

const GET: &str = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

/// How long it takes the server to end the connection, while drop after drop goes out.
async fn until_cut(mut stream: impl AsyncRead + AsyncWrite + Unpin, drops: &[u8]) -> Duration {
    let began = Instant::now();
    let mut drops = drops.iter().cycle();
    let mut answer = [0_u8; 512];
    let cut = async {
        loop {
            tokio::select! {
                read = stream.read(&mut answer) => match read {
                    Ok(0) | Err(_) => return,
                    Ok(_) => {}
                },
                () = tokio::time::sleep(Duration::from_millis(300)) => {
                    if let Some(drop) = drops.next()
                        && stream.write_all(&[*drop]).await.is_err()
                    {
                        return;
                    }
                }
            }
        }
    };
    soon("the cut", cut).await;
    began.elapsed()
}

/// `count` silent and `count` dripping clients of all kinds.
async fn flood(house: &House, count: usize) -> JoinSet<Duration> {
    let mut guests = JoinSet::new();
    // A TLS record that announces 512 bytes of handshake, which never come.
    let half_hello: &[u8] = &[0x16, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3];
    for _ in 0..count {
        let silent = house.tcp().await;
        guests.spawn(until_cut(silent, b""));
    }
    for number in 0..count {
        match number % 4 {
            0 => {
                let mut stream = house.tcp().await;
                stream.write_all(half_hello).await.unwrap();
                guests.spawn(until_cut(stream, b"\0"));
            }
            1 => drop(guests.spawn(until_cut(house.tcp().await, b"G"))),
            2 => {
                let mut stream = house.tls("http/1.1").await;
                stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
                guests.spawn(until_cut(stream, b"x"));
            }
            _ => {
                // The client's preface, then settings, and from then on half a header frame.
                let mut stream = house.tls("h2").await;
                stream
                    .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                    .await
                    .unwrap();
                stream
                    .write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0])
                    .await
                    .unwrap();
                stream
                    .write_all(&[0, 63, 0, 1, 0, 0, 0, 0, 1])
                    .await
                    .unwrap();
                guests.spawn(until_cut(stream, b"\x82"));
            }
        }
    }
    guests
}

/// Asks for a page again and again until the flood is over; how long each answer took, and how
/// long the most patient of the flood stayed.
async fn others(house: &House, mut guests: JoinSet<Duration>) -> (Vec<Duration>, Duration) {
    let mut waits = Vec::new();
    let mut longest = Duration::ZERO;
    while !guests.is_empty() {
        let began = Instant::now();
        let said = house.http1(GET).await;
        assert!(said.ends_with("hello"), "{said}");
        waits.push(began.elapsed());
        while let Some(cut) = guests.try_join_next() {
            longest = longest.max(cut.unwrap());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    (waits, longest)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_and_dripping_clients_are_cut_while_others_are_served() {
    let house = House::open(brisk(), hello()).await;
    let guests = flood(&house, 200).await;
    let (waits, _) = others(&house, guests).await;
    assert!(waits.len() > 3, "the flood ended before anyone else came");
    house.stop().await;
}

/// The same at full size and with the limits of every day, where each must be gone in 10 s and
/// nobody else should notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs 5,000 descriptors and a quiet machine"]
async fn a_thousand_of_each_are_gone_in_ten_seconds() {
    let limits = Limits {
        max_connections: 4_000,
        max_connections_per_visitor: 4_000,
        ..Limits::default()
    };
    let house = House::open(limits, hello()).await;
    let guests = flood(&house, 1_000).await;
    let (mut waits, longest) = others(&house, guests).await;
    waits.sort();
    let p95 = waits[waits.len() * 95 / 100];
    assert!(
        longest < Duration::from_millis(10_500),
        "one stayed {longest:?}"
    );
    assert!(p95 < Duration::from_millis(500), "p95 of others: {p95:?}");
    house.stop().await;
}

#[tokio::test]
async fn idle_connections_end_on_both_protocols_though_pings_are_answered() {
    let house = House::open(brisk(), hello()).await;
    let mut stream = house.tls("http/1.1").await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\nGET / HT")
        .await
        .unwrap();
    let said = everything(&mut stream).await;
    assert_eq!(said.matches("200 OK").count(), 1, "{said}");

    let (client, mut connection) = h2::client::handshake(house.tls("h2").await).await.unwrap();
    let mut pings = connection.ping_pong().unwrap();
    let connection = tokio::spawn(connection);
    let mut client = client.ready().await.unwrap();
    let request = http::Request::get("https://localhost/").body(()).unwrap();
    let (response, _) = client.send_request(request, true).unwrap();
    assert_eq!(response.await.unwrap().status(), 200);
    let mut answered = 0;
    let ends = async {
        // As fast as they come back: the pongs alone are more than the minimum rate.
        while pings.ping(h2::Ping::opaque()).await.is_ok() {
            answered += 1;
        }
        connection.await
    };
    let _ended = soon("the end of the HTTP/2 connection", ends).await;
    assert!(answered > 100, "only {answered} pings");
    house.stop().await;
}

#[tokio::test]
async fn a_dripped_body_is_answered_408() {
    let reads = make(|mut request: poem::Request| async move {
        let body = request.take_body().into_vec().await?;
        Ok::<_, poem::Error>(Response::builder().body(body.len().to_string()))
    });
    let limits = Limits {
        min_rate: 5,
        ..brisk()
    };
    let house = House::open(limits, reads).await;
    let head = "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5000\r\n\r\n";
    // The first drips below the minimum rate; the second keeps the rate, and the total runs out.
    for bytes in [1, 20] {
        let (mut reading, mut writing) = tokio::io::split(house.tls("http/1.1").await);
        writing.write_all(head.as_bytes()).await.unwrap();
        let dripping = tokio::spawn(async move {
            while writing.write_all(&vec![b'x'; bytes]).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(400)).await;
            }
        });
        let said = everything(&mut reading).await;
        dripping.abort();
        assert!(
            said.starts_with("HTTP/1.1 408 "),
            "{bytes} at a time: {said}"
        );
        assert!(said.contains("Calm 408"), "{said}");
    }
    house.stop().await;
}

#[tokio::test]
async fn an_answer_that_nobody_takes_is_dropped() {
    let (dropping, mut dropped) = mpsc::channel::<()>(1);
    let dropping = std::sync::Mutex::new(vec![dropping.clone(), dropping]);
    let endless = make_sync(move |_| {
        let held_by_the_answer = dropping.lock().unwrap().pop();
        let chunks = std::iter::repeat_with(move || {
            let _held = &held_by_the_answer;
            Ok::<_, std::io::Error>(Bytes::from_static(&[7; 8192]))
        });
        Response::builder().body(poem::Body::from_bytes_stream(stream::iter(chunks)))
    });
    let house = House::open(brisk(), endless).await;

    // HTTP/1.1: the buffers between us fill, then nothing moves.
    let mut untaken = house.tls("http/1.1").await;
    untaken.write_all(GET.as_bytes()).await.unwrap();
    // HTTP/2: settings and pings are answered, but the window for the answer stays closed.
    let mut client = house.http2().await.ready().await.unwrap();
    let request = http::Request::get("https://localhost/").body(()).unwrap();
    let (response, _) = client.send_request(request, true).unwrap();
    let response = response.await.unwrap();

    let nobody_holds = soon("dropping both answers", dropped.recv()).await;
    assert!(nobody_holds.is_none());
    drop((untaken, response));
    house.stop().await;
}

#[tokio::test]
async fn a_full_house_sends_the_silent_away_first() {
    let limits = Limits {
        max_connections: 20,
        max_connections_per_visitor: 20,
        ..Limits::default()
    };
    let house = House::open(limits, hello()).await;
    let mut kept = house.http2().await.ready().await.unwrap();
    let request = || http::Request::get("https://localhost/").body(()).unwrap();
    let (response, _) = kept.send_request(request(), true).unwrap();
    assert_eq!(response.await.unwrap().status(), 200);

    let mut silent = Vec::new();
    for _ in 0..60 {
        silent.push(house.tcp().await);
    }
    let mut first = silent.remove(0);
    let began = Instant::now();
    everything(&mut first).await;
    let handshake = Limits::default().handshake;
    assert!(
        began.elapsed() < handshake,
        "it left in time only, not for others"
    );
    let said = house.http1(GET).await;
    assert!(said.ends_with("hello"), "{said}");
    let (response, _) = kept.send_request(request(), true).unwrap();
    assert_eq!(
        response.await.unwrap().status(),
        200,
        "who asked before stays"
    );
    house.stop().await;
}
