//! Whether the time of an answer tells who is known here (S6): the address that a patient types, and
//! the password of someone who works here. `cargo bench --bench speed -- doors`.
//!
//! Each door is tried 10,000 times, half of them with addresses that are known, in an order drawn by
//! lot. Welch's t compares the two halves (B. L. Welch, The generalization of “Student's” problem,
//! 1947); beyond 4.5 one would speak of a leak, the limit that is usual where timing is judged.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use anteroom::app::seed::Plan;
use anteroom::app::visitor::Visitor;
use anteroom::app::{Caller, Clinic, mail_sign_in, password, people, staff_access};
use anteroom::domain::account::{Actor, LoginState, Role};
use anteroom::domain::audit::Action;
use anteroom::domain::patient::Patient;
use anteroom::domain::person::Email;
use anteroom::store::schema;
use anteroom::store::table::Read as _;

use crate::line;
use crate::support::server;

/// Tries of each half.
const HALF: usize = 5_000;
/// Wrong passwords that an access takes before its door is shut for a while.
const FREE: usize = 4;
/// Beyond this, times tell the halves apart.
const LIMIT: f64 = 4.5;

/// The whole run.
pub fn run() {
    let dir = tempfile::tempdir().expect("a directory");
    let plan = Plan {
        patients: 20_000,
        visits: Some(1_000),
        seed: 1,
    };
    let (clinic, _) = server::seeded(dir.path(), plan);
    compare(
        "an address at the patients' door",
        &clinic,
        &patients(&clinic),
        |who, email| {
            mail_sign_in::ask(&clinic, who, email, "en").expect("it is always answered");
        },
    );
    compare(
        "a wrong password of staff",
        &clinic,
        &staff(&clinic),
        |who, email| {
            let answer = staff_access::sign_in(&clinic, who, email, "not the password 1");
            assert!(answer.is_err());
        },
    );
    clinic.store.close();
}

/// Tries known addresses and others, and prints what the times tell.
fn compare(what: &str, clinic: &Clinic, known: &[Email], attempt: impl Fn(&Visitor, &Email)) {
    let lot = clinic.random::<32>();
    let (mut here, mut nowhere) = (Vec::new(), Vec::new());
    for n in 0..HALF {
        let email = &known[n % known.len()];
        // As often as the known one, and as long.
        let name = email.as_str().replace('@', ".x@");
        let other = Email::try_from(name.as_str()).expect("an address");
        let timed = |email: &Email, times: &mut Vec<f64>, which: usize| {
            let number = u32::try_from(n * 2 + which).expect("a small number");
            let from = IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + number));
            let browser = clinic.random();
            let who = Visitor::new(u64::from(number), browser, Some(from), "Firefox on Linux");
            let since = Instant::now();
            attempt(&who, email);
            times.push(since.elapsed().as_secs_f64() * 1e6);
        };
        if lot[n % 32] >> (n / 32 % 8) & 1 == 0 {
            timed(email, &mut here, 0);
            timed(&other, &mut nowhere, 1);
        } else {
            timed(&other, &mut nowhere, 1);
            timed(email, &mut here, 0);
        }
    }
    let (a, b) = (Half::of(&here), Half::of(&nowhere));
    let t = (a.mean - b.mean) / (a.variance / a.count + b.variance / b.count).sqrt();
    line(
        &format!("{what}, µs known / unknown"),
        &format!("{:.0} / {:.0}", a.mean, b.mean),
        "",
        None,
    );
    let good = Some(t.abs() < LIMIT);
    line(
        "  Welch's t",
        &format!("{t:.2}"),
        "between -4.5 and 4.5",
        good,
    );
}

struct Half {
    count: f64,
    mean: f64,
    variance: f64,
}

impl Half {
    fn of(times: &[f64]) -> Self {
        let count = times.len() as f64;
        let mean = times.iter().sum::<f64>() / count;
        let squares = times.iter().map(|time| (time - mean).powi(2));
        Self {
            count,
            mean,
            variance: squares.sum::<f64>() / (count - 1.0),
        }
    }
}

/// The addresses of patients, each once.
fn patients(clinic: &Clinic) -> Vec<Email> {
    let all = clinic.store.read(|rows| rows.all(&schema::PATIENTS));
    let active = all
        .expect("patients")
        .into_iter()
        .filter(Patient::is_active);
    let mut found: Vec<Email> = active.filter_map(|p| p.email).collect();
    found.sort_by_key(Email::folded);
    found.dedup_by_key(|email| email.folded());
    found
}

/// People who work here and have a password, as many as it takes.
fn staff(clinic: &Clinic) -> Vec<Email> {
    let hash = password::hash(clinic, "heron lantern orchard 7").expect("a hash");
    let owner = Caller {
        actor: Actor {
            login: None,
            role: Role::Owner,
            state: LoginState::Active,
            patient: None,
            practitioner: None,
            name: "bench".to_owned(),
        },
        request: 0,
    };
    let hired = (0..HALF.div_ceil(FREE)).map(|n| {
        let email = Email::try_from(format!("person{n:05}@clinic.example").as_str());
        let person = people::NewPerson {
            name: format!("Person {n}"),
            email: email.expect("an address"),
            role: Role::FrontDesk,
            practitioner: None,
        };
        let mut login = people::invite(clinic, &owner, &person, false)
            .expect("a place")
            .login;
        login.password = Some(hash.clone());
        login.state = LoginState::Active;
        let cause = clinic.own_cause("bench", Action::LoginChange);
        let kept = clinic.store.write(cause, move |tx| Ok(tx.put(&login)?));
        kept.expect("an access");
        person.email
    });
    hired.collect()
}
