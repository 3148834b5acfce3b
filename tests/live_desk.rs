//! Two desks at once, over the network: what one changes, the other's screen is told within a
//! second; and it is told when it may not go on showing what it shows.

use std::sync::Arc;
use std::time::Duration;

use anteroom::app::seed::Plan;
use anteroom::web::cookies;
use rustls::ClientConfig;

use crate::support::form::forms;
use crate::support::https::{Client, Listening};
use crate::support::people;
use crate::support::server::{self, Server};

const CHANGED: &str = "data: changed\n\n";
const OVER: &str = "event: over\n";
const SOON: Duration = Duration::from_secs(1);

fn client(trust: &Arc<ClientConfig>, server: &Server, token: &str) -> Client {
    Client::with(trust, server.address, (cookies::STAFF, token.to_owned()))
}

async fn open(server: &Server, token: &str) -> Listening {
    let client = client(&server.trust, server, token);
    let mut stream = client.listen("/staff/live").await.expect("a stream");
    assert_eq!(stream.status, 200, "{}", stream.head);
    let greeted = stream.hear("retry: 3000\n\n", SOON * 5).await;
    assert!(greeted.is_some(), "a browser is told how soon to come back");
    stream
}

/// A page's form, sent as it stands but for some fields.
pub async fn send(desk: &mut Client, page: &str, action: &str, more: &[(&str, &str)]) -> u16 {
    let answer = desk.get_plain(page).await.expect("a page");
    let html = String::from_utf8(answer.body).expect("text");
    let all = forms(&scraper::Html::parse_document(&html));
    let form = all.into_iter().find(|f| f.action == action);
    let form = form.unwrap_or_else(|| panic!("no form for {action} on {page}: {html}"));
    let mut pairs = form.pairs();
    pairs.retain(|(n, _)| n != "csrf" && !more.iter().any(|(m, _)| m == n));
    let pairs = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str()));
    let pairs: Vec<(&str, &str)> = pairs.chain(more.iter().copied()).collect();
    desk.post(action, &pairs).await.expect("an answer").status
}

/// Anything that changes the calendar.
async fn change(desk: &mut Client, time: &str) {
    let page = format!("/staff/blocks/new?date=2027-01-04&time={time}");
    let status = send(desk, &page, "/staff/blocks", &[("note", "Delivery")]).await;
    assert_eq!(status, 303, "time is blocked");
}

#[allow(clippy::too_many_lines, reason = "one story, told in order")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_desk_changes_the_other_is_told() {
    let dir = tempfile::tempdir().expect("a directory");
    let plan = Plan {
        patients: 30,
        visits: Some(60),
        seed: 7,
    };
    let (clinic, seeded) = server::seeded(dir.path(), plan);
    let mut tokens = Vec::new();
    for login in [
        seeded.front_desk,
        seeded.owner,
        seeded.practitioner,
        seeded.billing,
        seeded.read_only,
    ] {
        tokens.push(people::sign_in(&clinic, login));
    }
    clinic.store.close();
    drop(clinic);
    let server = Server::start(env!("CARGO_BIN_EXE_anteroom"), dir.path()).await;
    let mut desk = client(&server.trust, &server, &tokens[0]);
    let mut told = open(&server, &tokens[1]).await;
    let head = told.head.to_lowercase();
    for line in [
        "content-type: text/event-stream",
        "cache-control: no-store",
        "x-content-type-options: nosniff",
        "content-security-policy: default-src 'none'",
        "referrer-policy: no-referrer",
        "cross-origin-resource-policy: same-origin",
    ] {
        assert!(head.contains(line), "{line}: {head}");
    }
    for time in ["09:00", "10:00", "11:00"] {
        change(&mut desk, time).await;
        let took = told.hear(CHANGED, SOON).await;
        assert!(took.is_some(), "not told within a second");
    }
    // Signed out: told at the next change, and by itself when nothing changes.
    let mut gone = open(&server, &tokens[2]).await;
    let mut quiet = open(&server, &tokens[4]).await;
    for token in [&tokens[2], &tokens[4]] {
        let mut own = client(&server.trust, &server, token);
        let answer = own.post("/staff/sign-out", &[]).await.expect("an answer");
        assert_eq!(answer.status, 303);
    }
    let mut closed = open(&server, &tokens[3]).await;
    let mut owner = client(&server.trust, &server, &tokens[1]);
    let page = format!("/staff/people/{}/access", seeded.billing);
    let answer = owner
        .post(&page, &[("do", "close")])
        .await
        .expect("an answer");
    assert_eq!(answer.status, 303, "{}", answer.head);
    change(&mut desk, "13:00").await;
    for (what, stream) in [("signed out", &mut gone), ("closed", &mut closed)] {
        assert!(stream.hear(OVER, SOON).await.is_some(), "{what}");
        assert!(stream.ends(SOON).await, "{what}: it goes on");
        assert!(stream.hear(CHANGED, SOON / 4).await.is_none(), "{what}");
    }
    assert!(told.hear(CHANGED, SOON).await.is_some(), "others go on");
    assert!(quiet.hear(OVER, SOON * 20).await.is_some() || quiet.ends(SOON).await);
    for token in [&tokens[2], &tokens[3], "nobody"] {
        let stream = client(&server.trust, &server, token)
            .listen("/staff/live")
            .await;
        assert_eq!(stream.expect("an answer").status, 303, "to the door");
    }
    // The server comes back; so does the screen, with the cookie that it has.
    server.kill();
    assert!(told.ends(SOON * 5).await);
    let server = Server::start(env!("CARGO_BIN_EXE_anteroom"), dir.path()).await;
    let mut told = open(&server, &tokens[1]).await;
    let mut desk = client(&server.trust, &server, &tokens[0]);
    change(&mut desk, "14:00").await;
    assert!(told.hear(CHANGED, SOON).await.is_some());
}
