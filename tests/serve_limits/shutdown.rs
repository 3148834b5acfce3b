//! Shutdown lets work finish, ends what would not, and never hangs.

use std::time::Duration;

use anteroom::serve::Limits;
use bytes::Bytes;
use futures_util::StreamExt;
use poem::endpoint::make;
use poem::{Body, Endpoint, Response};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::house::{House, everything, soon};

/// `/slow` answers after a second, `/never` never, `/live` is a stream that ends with `stop`.
/// Each says into `begun` that it has begun.
fn site(stop: CancellationToken, begun: mpsc::Sender<()>) -> impl Endpoint<Output = Response> {
    make(move |request: poem::Request| {
        let (stop, begun) = (stop.clone(), begun.clone());
        async move {
            begun.send(()).await.unwrap();
            match request.uri().path() {
                "/slow" => tokio::time::sleep(Duration::from_secs(1)).await,
                "/never" => std::future::pending().await,
                _ => {
                    let first = futures_util::stream::once(async {
                        Ok::<_, std::io::Error>(Bytes::from_static(b"data: first\n\n"))
                    });
                    let end = futures_util::stream::once(async move {
                        stop.cancelled().await;
                        Ok(Bytes::from_static(b"data: bye\n\n"))
                    });
                    let body = Body::from_bytes_stream(first.chain(end));
                    return Ok(Response::builder().body(body));
                }
            }
            Ok::<_, poem::Error>(Response::builder().body("done"))
        }
    })
}

async fn open(limits: Limits) -> (House, mpsc::Receiver<()>) {
    let (begun, beginning) = mpsc::channel(8);
    let stop = CancellationToken::new();
    let house = House::open_with(limits, site(stop.clone(), begun), stop).await;
    (house, beginning)
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")
}

fn get2(path: &str) -> http::Request<()> {
    http::Request::get(format!("https://localhost{path}"))
        .body(())
        .unwrap()
}

#[tokio::test]
async fn running_requests_finish_and_streams_say_goodbye() {
    let (house, mut beginning) = open(Limits::default()).await;
    let mut idle = house.tls("http/1.1").await;
    let mut silent = house.tcp().await;
    let mut slow1 = house.tls("http/1.1").await;
    slow1.write_all(get("/slow").as_bytes()).await.unwrap();
    let mut slow2 = house.http2().await.ready().await.unwrap();
    let (slow2, _) = slow2.send_request(get2("/slow"), true).unwrap();
    let mut live = house.http2().await.ready().await.unwrap();
    let (live, _) = live.send_request(get2("/live"), true).unwrap();
    for _ in 0..3 {
        soon("the beginning", beginning.recv()).await.unwrap();
    }

    let at = house.at;
    house.stop.cancel();
    let said = everything(&mut slow1).await;
    assert!(
        said.starts_with("HTTP/1.1 200 ") && said.ends_with("done"),
        "{said}"
    );
    assert!(said.contains("connection: close"), "{said}");
    assert_eq!(slow2.await.unwrap().status(), 200);
    let mut body = live.await.unwrap().into_body();
    let mut events = Vec::new();
    while let Some(part) = body.data().await {
        events.extend_from_slice(&part.unwrap());
    }
    assert_eq!(events, b"data: first\n\ndata: bye\n\n");
    assert_eq!(everything(&mut idle).await, "");
    assert_eq!(everything(&mut silent).await, "");
    house.stop().await;
    assert!(
        TcpStream::connect(at).await.is_err(),
        "the port is free again"
    );
}

#[tokio::test]
async fn what_does_not_finish_is_closed() {
    let limits = Limits {
        drain: Duration::from_secs(1),
        ..Limits::default()
    };
    let (house, mut beginning) = open(limits).await;
    let mut never = house.tls("http/1.1").await;
    never.write_all(get("/never").as_bytes()).await.unwrap();
    let mut never2 = house.http2().await.ready().await.unwrap();
    let (never2, _) = never2.send_request(get2("/never"), true).unwrap();
    for _ in 0..2 {
        soon("the beginning", beginning.recv()).await.unwrap();
    }
    house.stop().await;
    assert_eq!(everything(&mut never).await, "");
    assert!(soon("the end", never2).await.is_err());
}
