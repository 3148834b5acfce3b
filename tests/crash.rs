//! R2: the real program is killed in the middle of its work, again and again. What it answered is
//! there afterwards, whole; no mail went out twice; and of two hundred who want one time over the network, one gets it.
//!
//! `ANTEROOM_KILLS=1000` is the long mode; `ANTEROOM_SEED` repeats a run.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anteroom::app::availability::{self, Except};
use anteroom::app::seed::Plan;
use anteroom::app::visitor::Visitor;
use anteroom::app::{Clinic, Failure, mail_sign_in};
use anteroom::domain::appointment::Status;
use anteroom::domain::audit::Action;
use anteroom::domain::id::{AppointmentId, HoldId, Id, ServiceId};
use anteroom::domain::notice::{Notice, NoticeKind, NoticeState, NoticeSubject};
use anteroom::domain::person::Email;
use anteroom::domain::service::Service;
use anteroom::store::table::{Read, Rows};
use anteroom::store::{access, appointments, check, notices, schema, settings};
use anteroom::web::cookies;
use jiff::ToSpan;
use rustls::ClientConfig;

use crate::outbox::peer::{Mail, Peer};
use crate::support::https::{Answer, Client};
use crate::support::people;
use crate::support::server::{self, Server};

const BINARY: &str = env!("CARGO_BIN_EXE_anteroom");

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable)
        .ok()
        .and_then(|v| v.parse().ok())
        .unwrap_or(otherwise)
}

/// A small generator, so that a run can be repeated from its seed (xorshift*).
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(drawn).unwrap() % end
    }
}

/// What one patient's phone knows about its visits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// Answered: booked for this time, or moved to it.
    Booked { service: ServiceId, start: i64 },
    /// A move was sent and nothing came back: it is at one of the two times.
    Moving { from: i64, to: i64 },
    /// Answered: cancelled.
    Cancelled,
    /// A cancellation was sent and nothing came back: both are right.
    Asked,
}

/// The start in the value of a time.
fn start_of(value: &str) -> i64 {
    let seconds = value.split('.').next().and_then(|s| s.parse().ok());
    seconds.expect("a time begins with its seconds")
}

/// Sends a move of a visit to another time of its service; `None` when nothing came back.
async fn send_move(
    client: &mut Client,
    visit: AppointmentId,
    (service, from): (ServiceId, i64),
    wishes: &[(ServiceId, String)],
    book: &mut Book,
    dice: &mut Dice,
) -> Option<()> {
    let (of, value) = &wishes[dice.below(wishes.len())];
    if *of != service {
        return Some(());
    }
    let to = start_of(value);
    book.insert(visit, Known::Moving { from, to });
    let path = format!("/visits/{visit}/time");
    let answer = client.post(&path, &[("start", value)]).await.ok()?;
    assert!(answer.status < 500, "{}", answer.head);
    let start = if answer.status == 303 { to } else { from };
    book.insert(visit, Known::Booked { service, start });
    Some(())
}

type Book = BTreeMap<AppointmentId, Known>;

/// What the clinic offers, as forms send it: service and value of the time.
pub fn wishes(clinic: &Clinic) -> Vec<(ServiceId, String)> {
    let (current, now) = (clinic.current(), clinic.now());
    let today = current.date(now);
    let span = (today, today.saturating_add(27.days()));
    let read = clinic.store.read(|rows| {
        let mut found = Vec::new();
        let services: Vec<Service> = rows.all(&schema::SERVICES)?;
        for service in services.iter().filter(|s| s.is_online()) {
            let days =
                availability::offers(rows, &current, service, None, span, now, Except::default())?;
            for offer in days.into_iter().flat_map(|d| d.offers) {
                for who in offer.with {
                    found.push((
                        service.id,
                        format!("{}.{who}", offer.slot.start.as_second()),
                    ));
                }
            }
        }
        Ok::<_, Failure>(found)
    });
    read.expect("a read")
}

pub fn last_part<T: std::str::FromStr>(answer: &Answer) -> Option<T> {
    let path = answer.header("location")?.split('?').next()?;
    path.rsplit('/').next()?.parse().ok()
}

/// One phone that books, moves and cancels until the server is gone.
async fn phone(
    trust: Arc<ClientConfig>,
    server: SocketAddr,
    token: String,
    wishes: Arc<Vec<(ServiceId, String)>>,
    mut dice: Dice,
    mut book: Book,
) -> Book {
    let mut client = Client::patient(&trust, server, &token);
    // An error is the kill: whatever was not answered is not known.
    loop {
        let booked = book.iter().find_map(|(id, known)| match known {
            Known::Booked { service, start } => Some((*id, *service, *start)),
            Known::Moving { .. } | Known::Cancelled | Known::Asked => None,
        });
        let what = dice.below(6);
        if let Some((visit, service, start)) = booked.filter(|_| what < 2) {
            let at = (service, start);
            let sent = send_move(&mut client, visit, at, &wishes, &mut book, &mut dice);
            if sent.await.is_none() {
                return book;
            }
            continue;
        }
        if let Some((visit, service, start)) = booked.filter(|_| what < 3) {
            book.insert(visit, Known::Asked);
            let path = format!("/visits/{visit}/cancellation");
            let Ok(answer) = client.post(&path, &[("reason", "A cold")]).await else {
                return book;
            };
            assert!(answer.status < 500, "{}", answer.head);
            let known = if answer.status == 303 {
                Known::Cancelled
            } else {
                Known::Booked { service, start }
            };
            book.insert(visit, known);
            continue;
        }
        let (service, start) = &wishes[dice.below(wishes.len())];
        let named = service.to_string();
        let form = [("service", named.as_str()), ("start", start.as_str())];
        let Ok(answer) = client.post("/holds", &form).await else {
            return book;
        };
        assert!(answer.status < 500, "{}", answer.head);
        let Some(hold) = last_part::<HoldId>(&answer).filter(|_| answer.status == 303) else {
            continue; // Taken, or as many visits ahead as one may have.
        };
        let path = format!("/holds/{hold}/visit");
        let Ok(answer) = client.post(&path, &[("note", "")]).await else {
            return book;
        };
        assert!(answer.status < 500, "{}", answer.head);
        if answer.status == 303 {
            let visit: AppointmentId = last_part(&answer).expect("the visit's page");
            let (service, start) = (*service, start_of(start));
            book.insert(visit, Known::Booked { service, start });
        }
    }
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    visits: usize,
    moved: usize,
}

/// Everything that was answered is there, and nothing is there by half.
fn inspect(data: &Path, books: &[Book]) -> Seen {
    let clinic = server::open(data);
    let seen = clinic.store.read(|rows| {
        let report = check::check(rows)?;
        assert_eq!(report.problems, Vec::<String>::new());
        let lines = rows.all(&schema::AUDIT)?;
        let in_log: std::collections::BTreeSet<String> = lines
            .into_iter()
            .map(|l: anteroom::domain::audit::AuditEvent| l.object)
            .collect();
        let mut seen = Seen::default();
        for (id, known) in books.iter().flatten() {
            let visit = appointments::find(rows, *id)?;
            let visit = visit.unwrap_or_else(|| panic!("{id} was answered and is gone"));
            match known {
                Known::Booked { start, .. } => {
                    assert_ne!(visit.status, Status::Cancelled, "{id}");
                    assert_eq!(
                        visit.start.as_second(),
                        *start,
                        "{id} is where it was answered"
                    );
                }
                Known::Moving { from, to } => {
                    assert_ne!(visit.status, Status::Cancelled, "{id}");
                    let at = visit.start.as_second();
                    assert!(
                        [from, to].contains(&&at),
                        "{id} is at {at}, not {from} or {to}"
                    );
                }
                Known::Cancelled => assert_eq!(visit.status, Status::Cancelled, "{id}"),
                Known::Asked => {}
            }
            // Whole: its line in the log, its messages, and no hold left where it came from.
            assert!(in_log.contains(&id.to_string()), "{id} is not in the log");
            assert!(appointments::find_hold(rows, HoldId::from_bytes(id.bytes()))?.is_none());
            let told = notices::of_visit(rows, *id)?;
            let first = |k| matches!(k, NoticeKind::Booked | NoticeKind::Requested);
            let to_tell = anteroom::store::patients::find(rows, visit.patient)?
                .is_some_and(|p| p.email.is_some());
            assert_eq!(
                to_tell,
                told.iter().any(|n| first(n.kind)),
                "{id}: {told:?}"
            );
            // The last change came with its message.
            let now = NoticeSubject::Visit(*id, visit.sequence);
            assert_eq!(
                to_tell,
                told.iter().any(|n| n.subject == now),
                "{id}: {told:?}"
            );
            seen.moved += usize::from(visit.last_move().is_some());
            seen.visits += 1;
        }
        Ok::<_, Failure>(seen)
    });
    let seen = seen.expect("a read");
    clinic.store.close();
    seen
}

/// Messages whose time has come, for the next server to hand over. The mail server takes its time
/// with every fifth, so that the kill falls into the middle of it.
fn write_letters(clinic: &Clinic, round: u64) {
    const LETTERS: u64 = 5;
    let now = clinic.now();
    let letters: Vec<Notice> = (0..LETTERS)
        .map(|n| Notice {
            id: clinic.new_id(),
            kind: NoticeKind::ContactChanged,
            subject: NoticeSubject::Stranger,
            patient: None,
            to: match n {
                0 => format!("slow.{round}@example.org"),
                _ => format!("quick.{round}.{n}@example.org"),
            },
            language: "en".to_owned(),
            due: now,
            next_at: now,
            state: NoticeState::Queued,
            attempts: 0,
            reply: String::new(),
            token: None,
            code: None,
            created_at: now,
            changed_at: now,
        })
        .collect();
    let cause = clinic.own_cause("test", Action::Outbox);
    let kept = clinic.store.write(cause, move |tx| {
        for letter in &letters {
            notices::enqueue(tx, letter)?;
        }
        Ok(())
    });
    kept.expect("letters");
}

/// Someone at the door who guesses the code of a mail that went elsewhere.
struct Guesser {
    address: Email,
    /// What their browser keeps, to which the code is bound.
    secret: String,
    from: Ipv4Addr,
}

/// Wrong codes that a mail takes.
const TRIES: u32 = 5;

impl Guesser {
    /// Asks for a mail. Each round has guessers of its own, so that no door is shut before the kill.
    fn new(clinic: &Clinic, round: u64, n: u8) -> Self {
        let address = format!("guess.{round}.{n}@example.org");
        let one = |part: u64| u8::try_from(part % 250).unwrap();
        let guesser = Self {
            address: Email::try_from(address.as_str()).expect("an address"),
            secret: data_encoding::BASE64URL_NOPAD.encode(&clinic.random::<32>()),
            from: Ipv4Addr::new(127, 1 + one(round / 250), one(round), 2 + n),
        };
        let who = Visitor::new(round, guesser.browser(), Some(guesser.from.into()), "");
        mail_sign_in::ask(clinic, &who, &guesser.address, "en").expect("a mail");
        guesser
    }

    fn browser(&self) -> [u8; 32] {
        cookies::digest(&self.secret)
    }

    /// Guesses until the server is gone or the next guess would be the last; how many were answered.
    async fn guess(&self, trust: &Arc<ClientConfig>, server: SocketAddr) -> u32 {
        let cookie = (cookies::VISITOR, self.secret.clone());
        let mut client = Client::with(trust, server, cookie).from(self.from);
        for answered in 0..TRIES - 1 {
            let Ok(answer) = client.post("/sign-in/code", &[("code", "000000")]).await else {
                return answered;
            };
            assert_eq!(answer.status, 422, "{}", answer.head);
        }
        TRIES - 1
    }

    /// Every answered guess is counted, where the mailbox, the network and the mail itself count;
    /// one that was not answered may be.
    fn inspect(&self, rows: &dyn Rows, answered: u32) -> Result<u32, Failure> {
        let by_mailbox = access::attempts(rows, "code", &self.address.folded())?.failures;
        let may_be = answered..=(answered + 1).min(TRIES);
        assert!(
            may_be.contains(&by_mailbox),
            "{by_mailbox} of {answered} wrong codes are counted"
        );
        let link = access::link_of_browser(rows, &self.browser())?.expect("the mail's link");
        assert_eq!(u32::from(link.tries_left) + by_mailbox, TRIES);
        // The network also counts the mail that was asked for.
        let by_network = access::attempts(rows, "network", &self.from.to_string())?.failures;
        assert_eq!(by_network, by_mailbox + 1);
        Ok(answered)
    }
}

/// No mail was taken twice by the mail server, and what the clinic says of each is true.
fn inspect_mail(clinic: &Clinic, mails: &[Mail]) {
    let mut taken = BTreeSet::new();
    for mail in mails {
        let id = mail.header("Message-ID").expect("a message id");
        assert!(
            taken.insert(id.clone()),
            "{id} to {:?} was taken twice",
            mail.to
        );
    }
    let was_taken = |n: &Notice| taken.iter().any(|id| id.contains(&n.id.to_string()));
    let all = clinic.store.read(|rows| rows.all(&schema::NOTICES));
    let all: Vec<Notice> = all.expect("a read");
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let ours = |n: &&Notice| n.to.starts_with("slow.") || n.to.starts_with("quick.");
    for notice in all.iter().filter(ours) {
        *counts.entry(notice.state.code()).or_default() += 1;
        let (state, arrived) = (notice.state, was_taken(notice));
        // An uncertain one may have arrived or not; a person decides.
        if state != NoticeState::Uncertain {
            let accepted = state == NoticeState::Accepted;
            assert_eq!(arrived, accepted, "{} is {state:?}", notice.to);
        }
    }
    eprintln!(
        "{} mails taken once each; the clinic says {counts:?}",
        taken.len()
    );
    let of = |state: NoticeState| counts.get(state.code()).copied().unwrap_or(0);
    assert!(
        of(NoticeState::Accepted) > 0 && of(NoticeState::Uncertain) > 0,
        "too little was handed over to say anything: {counts:?}"
    );
    let left = of(NoticeState::Queued) + of(NoticeState::Sending);
    assert_eq!(left, 0, "what can be sent is sent in the end: {counts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_survives_kill_9() {
    const PHONES: usize = 8;
    const GUESSERS: u8 = 2;
    let kills = number("ANTEROOM_KILLS", 50);
    let seed = number("ANTEROOM_SEED", u64::from(std::process::id()));
    eprintln!("ANTEROOM_SEED={seed} ANTEROOM_KILLS={kills}");
    let mut dice = Dice::new(seed);
    let dir = tempfile::tempdir().expect("a directory");
    let plan = Plan {
        patients: 80,
        visits: Some(200),
        seed: 7,
    };
    let (clinic, _) = server::seeded(dir.path(), plan);
    let phones = people::phones(&clinic, PHONES * 5);
    let post = Peer::start();
    let mut profile = clinic.current().settings.clone();
    profile.mail = Some(post.server());
    let cause = clinic.own_cause("test", Action::SettingsChange);
    let kept = clinic
        .store
        .write(cause, move |tx| Ok(settings::put(tx, &profile)?));
    kept.expect("a mail server");
    clinic.store.close();
    drop(clinic);
    let mut books = vec![Book::new(); phones.len()];
    let (mut most, mut wrong_codes) = (Seen::default(), 0);
    for round in 0..kills {
        let clinic = server::open(dir.path());
        let wishes = Arc::new(wishes(&clinic));
        write_letters(&clinic, round);
        let guessers: Vec<Arc<Guesser>> = (0..GUESSERS)
            .map(|n| Arc::new(Guesser::new(&clinic, round, n)))
            .collect();
        clinic.store.close();
        drop(clinic);
        let server = Server::start(BINARY, dir.path()).await;
        let first = dice.below(phones.len());
        let mut running = Vec::new();
        for n in 0..PHONES {
            let at = (first + n) % phones.len();
            let (trust, address) = (server.trust.clone(), server.address);
            let dice = Dice::new(seed ^ (round * 1000 + u64::try_from(at).unwrap()));
            let book = std::mem::take(&mut books[at]);
            let token = phones[at].1.clone();
            let task = tokio::spawn(phone(trust, address, token, wishes.clone(), dice, book));
            running.push((at, task));
        }
        let mut guessing = Vec::new();
        for guesser in guessers {
            let (trust, address) = (server.trust.clone(), server.address);
            guessing.push(tokio::spawn(async move {
                let answered = guesser.guess(&trust, address).await;
                (guesser, answered)
            }));
        }
        let wait = 50 + u64::try_from(dice.below(350)).unwrap();
        tokio::time::sleep(Duration::from_millis(wait)).await;
        server.kill();
        for (at, task) in running {
            books[at] = task.await.expect("no answer was a failure");
        }
        for task in guessing {
            let (guesser, answered) = task.await.expect("a wrong code is answered as one");
            let clinic = server::open(dir.path());
            let counted = clinic.store.read(|rows| guesser.inspect(rows, answered));
            wrong_codes += counted.expect("a read");
            clinic.store.close();
        }
        let kept = inspect(dir.path(), &books);
        assert!(kept.visits >= most.visits, "fewer visits than before");
        most = kept;
    }
    // One server that nobody kills sends what is left; then nothing is on its way.
    let server = Server::start(BINARY, dir.path()).await;
    let mut before = usize::MAX;
    while before != post.mails().len() {
        before = post.mails().len();
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
    server.kill();
    let clinic = server::open(dir.path());
    inspect_mail(&clinic, &post.mails());
    clinic.store.close();
    let Seen { visits, moved } = most;
    eprintln!(
        "{visits} answered visits, {moved} of them moved, and {wrong_codes} wrong codes after {kills} kills"
    );
    assert!(
        u64::try_from(visits).unwrap() > kills / 2 && moved > 0 && wrong_codes > 0,
        "the phones booked too little to say anything"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hundred_who_want_one_time_one_gets_it() {
    const CLIENTS: usize = 200;
    let dir = tempfile::tempdir().expect("a directory");
    let plan = Plan {
        patients: 300,
        visits: Some(300),
        seed: 7,
    };
    let (clinic, _) = server::seeded(dir.path(), plan);
    let phones = people::phones(&clinic, CLIENTS);
    assert_eq!(phones.len(), CLIENTS);
    let wishes = wishes(&clinic);
    clinic.store.close();
    drop(clinic);
    let server = Server::start(BINARY, dir.path()).await;
    let mut clients = Vec::new();
    for (n, (_, token)) in phones.iter().enumerate() {
        let from = Ipv4Addr::new(127, 0, 0, u8::try_from(2 + n % 8).unwrap());
        let mut client = Client::patient(&server.trust, server.address, token).from(from);
        client.connect().await.expect("a connection");
        clients.push(client);
    }
    for round in 0..number("ANTEROOM_RACES", 2) {
        let at = wishes.len() - 1 - usize::try_from(round).unwrap() * 7;
        let (service, start) = wishes[at].clone();
        let gate = Arc::new(tokio::sync::Barrier::new(CLIENTS));
        let (won, lost) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let tasks: Vec<_> = clients
            .drain(..)
            .map(|mut client| {
                let (gate, won, lost) = (gate.clone(), won.clone(), lost.clone());
                let (service, start) = (service.to_string(), start.clone());
                tokio::spawn(async move {
                    gate.wait().await;
                    let form = [("service", service.as_str()), ("start", start.as_str())];
                    let answer = client.post("/holds", &form).await.expect("an answer");
                    if answer.status == 303 {
                        let hold: HoldId = last_part(&answer).expect("a hold");
                        let path = format!("/holds/{hold}/visit");
                        let answer = client
                            .post(&path, &[("note", "")])
                            .await
                            .expect("an answer");
                        assert_eq!(answer.status, 303, "the winner books");
                        won.fetch_add(1, Ordering::SeqCst);
                    } else {
                        assert_eq!(answer.status, 409, "{}", answer.head);
                        lost.fetch_add(1, Ordering::SeqCst);
                    }
                    client
                })
            })
            .collect();
        for task in tasks {
            clients.push(task.await.expect("a client"));
        }
        let counts = (won.load(Ordering::SeqCst), lost.load(Ordering::SeqCst));
        assert_eq!(
            counts,
            (1, CLIENTS - 1),
            "winners and losers of round {round}"
        );
    }
    server.kill();
    inspect(dir.path(), &[]);
}
