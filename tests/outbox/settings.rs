//! Protection, signing in, and the guided test of the mail settings.

use std::time::Duration;

use anteroom::domain::notice::NoticeState::{Accepted, Queued};
use anteroom::domain::settings::{MailSecurity, MailServer};
use anteroom::outbox::probe::{LikelyCause, Probe, Step};
use anteroom::outbox::smtp::{Patience, Phase, Trust};
use anteroom::text::Text;

use super::peer::{Authority, Peer, server};
use super::world::{World, options};

fn trust(authority: &Authority) -> Trust {
    Trust {
        authorities: vec![authority.pem.clone()],
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_kinds_of_tls_with_signing_in() {
    let authority = Authority::for_name("localhost");
    for (how, security) in [
        ("starttls", MailSecurity::StartTls),
        ("implicit", MailSecurity::Tls),
    ] {
        let peer = authority.peer(how, &["--login", "desk:open sesame"]);
        let login = Some(("desk", "open sesame"));
        let world = World::with_mail(peer.server_by(security, login));
        let id = world.enqueue("ok@mail.example");
        let mut options = options();
        options.trust = trust(&authority);
        let running = world.start_with(options);
        world.until("it is out", |w| w.state(id) == Accepted).await;
        running.end().await;
        let mails = peer.mails();
        assert_eq!(mails.len(), 1);
        assert!(mails[0].tls && mails[0].login, "{how}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_waits_rather_than_going_out_unprotected_or_to_a_stranger() {
    let (here, elsewhere) = (
        Authority::for_name("localhost"),
        Authority::for_name("other.example"),
    );
    let plain = Peer::start();
    let protected = here.peer("starttls", &[]);
    let misnamed = elsewhere.peer("implicit", &[]);
    let locked = Peer::with(&["--login", "desk:open sesame"]);
    let start_tls = MailSecurity::StartTls;
    let cases = [
        (
            "no STARTTLS",
            &plain,
            plain.server_by(start_tls, None),
            &here,
        ),
        (
            "not trusted",
            &protected,
            protected.server_by(start_tls, None),
            &elsewhere,
        ),
        (
            "another name",
            &misnamed,
            misnamed.server_by(MailSecurity::Tls, None),
            &elsewhere,
        ),
        (
            "wrong password",
            &locked,
            locked.server_by(MailSecurity::Plain, Some(("desk", "guess"))),
            &here,
        ),
    ];
    for (case, peer, server, authority) in cases {
        let world = World::with_mail(server);
        let id = world.enqueue("ok@mail.example");
        let mut options = options();
        options.trust = trust(authority);
        let running = world.start_with(options);
        world
            .until("it was tried", |w| w.notice(id).attempts == 1)
            .await;
        running.end().await;
        let notice = world.notice(id);
        assert_eq!(notice.state, Queued, "{case}");
        assert!(!notice.reply.is_empty(), "{case}");
        assert!(peer.mails().is_empty(), "{case}");
    }
}

async fn probe(server: &MailServer, to: &str, trust: &Trust) -> Vec<Step> {
    let world = World::new();
    let current = world.clinic.current();
    let probe = Probe {
        settings: &current.settings,
        server,
        to,
        language: "en",
        random: world.clinic.random(),
        now: world.now(),
        trust,
        patience: Patience {
            connect: Duration::from_millis(700),
            command: Duration::from_millis(700),
            text: Duration::from_secs(2),
        },
    };
    probe.run().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_test_of_the_settings_shows_each_step_in_the_servers_words() {
    let authority = Authority::for_name("localhost");
    let peer = authority.peer("starttls", &["--login", "desk:open sesame"]);
    let server = peer.server_by(MailSecurity::StartTls, Some(("desk", "open sesame")));
    let steps = probe(&server, "ok@mail.example", &trust(&authority)).await;
    let seen: Vec<_> = steps.iter().map(|s| (s.phase, s.cause)).collect();
    let wanted = [
        Phase::Lookup,
        Phase::Connect,
        Phase::Protect,
        Phase::SignIn,
        Phase::Sender,
        Phase::Recipient,
        Phase::Text,
    ];
    assert_eq!(seen, wanted.map(|phase| (phase, None)));
    assert_eq!(steps[3].reply, "235 2.7.0 Authentication successful");
    assert_eq!(steps[5].reply, "250 2.1.5 Recipient ok");
    assert_eq!(steps[6].reply, "250 2.0.0 Taken as 4711");
    assert_eq!(peer.mails().len(), 1);
}

#[allow(clippy::too_many_lines, reason = "a table of cases")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_test_of_the_settings_names_the_likely_cause() {
    let (here, elsewhere) = (
        Authority::for_name("localhost"),
        Authority::for_name("other.example"),
    );
    let none = Trust::default();
    let (us, them) = (trust(&here), trust(&elsewhere));
    let plain = Peer::start();
    let mute = Peer::with(&["--mute"]);
    let locked = Peer::with(&["--login", "desk:open sesame"]);
    let strict = Peer::with(&["--refuse-sender"]);
    let start_tls = here.peer("starttls", &[]);
    let misnamed = elsewhere.peer("implicit", &[]);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = free.local_addr().unwrap().port();
    drop(free);
    let mut unknown = plain.server();
    unknown.host = "no-such-host.test".into();
    let by = MailSecurity::Plain;
    let ok = "ok@mail.example";
    let cases = [
        (unknown, ok, &none, LikelyCause::UnknownHost),
        (
            server(closed, by, None),
            ok,
            &none,
            LikelyCause::NobodyThere,
        ),
        (mute.server(), ok, &none, LikelyCause::TimeOut),
        (
            plain.server_by(MailSecurity::StartTls, None),
            ok,
            &none,
            LikelyCause::NoStartTls,
        ),
        (
            plain.server_by(MailSecurity::Tls, None),
            ok,
            &none,
            LikelyCause::NoTls,
        ),
        (start_tls.server(), ok, &none, LikelyCause::NeedsStartTls),
        (
            start_tls.server_by(MailSecurity::StartTls, None),
            ok,
            &none,
            LikelyCause::NotTrusted,
        ),
        (
            misnamed.server_by(MailSecurity::Tls, None),
            ok,
            &them,
            LikelyCause::OtherName,
        ),
        (
            misnamed.server_by(MailSecurity::Tls, None),
            ok,
            &us,
            LikelyCause::NotTrusted,
        ),
        (locked.server(), ok, &none, LikelyCause::NeedsSignIn),
        (
            locked.server_by(by, Some(("desk", "no"))),
            ok,
            &none,
            LikelyCause::SignInRefused,
        ),
        (strict.server(), ok, &none, LikelyCause::SenderRefused),
        (
            plain.server(),
            "refuse@mail.example",
            &none,
            LikelyCause::RecipientRefused,
        ),
        (
            plain.server(),
            "later@mail.example",
            &none,
            LikelyCause::NotNow,
        ),
        (
            plain.server(),
            "spam@mail.example",
            &none,
            LikelyCause::TextRefused,
        ),
        (
            plain.server(),
            "drop-middle@mail.example",
            &none,
            LikelyCause::Broken,
        ),
        (
            plain.server(),
            "a@b.c\r\nx",
            &none,
            LikelyCause::RecipientRefused,
        ),
    ];
    for (server, to, trust, wanted) in cases {
        let steps = probe(&server, to, trust).await;
        let last = steps.last().unwrap();
        assert_eq!(last.cause, Some(wanted), "{to} {steps:?}");
        assert!(!last.reply.is_empty(), "{wanted:?}");
        assert!(wanted.say(Text::default()).len() > 20);
        assert!(last.phase.say(Text::default()).len() > 3);
    }
    assert!(plain.mails().is_empty());
}
