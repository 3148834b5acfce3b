//! A patient signs in by mail: a link and six digits, bound to the browser that asked. Someone not
//! known here proves their address the same way, says who they are, and becomes a request.
//!
//! Nobody learns from the page whether an address is known; the mailbox is told.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;

use super::attempts::{self, Door};
use super::enrolment::login_for;
use super::post::Envelope;
use super::sessions::{Fresh, NewSession};
use super::visitor::Visitor;
use super::{Answer, Clinic, Failure, secret};
use crate::domain::account::{Link, LinkPurpose, Login, LoginState, Role};
use crate::domain::appointment::after;
use crate::domain::audit::Action;
use crate::domain::id::{LoginId, PatientId, RequestId};
use crate::domain::notice::{NoticeKind, NoticeSubject};
use crate::domain::patient::{Likeness, Patient, PatientState, likeness};
use crate::domain::person::{Email, HumanName};
use crate::domain::refusal::Refused;
use crate::domain::request::{RegistrationRequest, RequestState};
use crate::store::table::Rows;
use crate::store::{Tx, access, appointments, notices, patients, requests};

/// Minutes for which a link and its code are good.
pub(super) const GOOD_MIN: i64 = 15;
/// Wrong answers that make a link void.
const TRIES: u8 = 5;
/// Requests that may be open from one address.
const MOST_REQUESTS: usize = 3;

/// Keeps kinds of typed codes apart.
pub(super) const CODE: &str = "mail";

/// What is asked for after the mailbox is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: one button signs in.
    Nothing,
    /// The birth date: it says who of those with this address, or that it is them.
    BirthDate,
    /// Name and birth date: nobody here has this address.
    NameAndBirthDate,
}

/// How far someone came.
#[derive(Clone, Debug)]
pub enum Step {
    /// Signed in.
    SignedIn(Box<NewSession>),
    /// The mailbox is proven; the page under this token asks for the rest.
    More {
        /// What the next page is called by: `/s/<token>`.
        token: String,
        /// What it asks for.
        needs: Needs,
    },
}

/// What someone says about themselves when nobody here knows their address.
#[derive(Clone, Debug)]
pub struct Introduction {
    /// Their full name.
    pub name: HumanName,
    /// Their birth date.
    pub birth_date: Date,
    /// Their phone in E.164, if they gave one.
    pub phone: Option<String>,
    /// BCP 47 tag of the language they read here.
    pub language: Option<String>,
}

/// Asks for a mail with a link and a code. The answer is the same for every address.
pub fn ask(clinic: &Clinic, visitor: &Visitor, email: &Email, language: &str) -> Answer<()> {
    let email = email.clone();
    ask_for(clinic, visitor, language, move |_| Ok(Some(email.clone())))
}

/// Asks for the same mail with a link that opens nothing any more: it goes to the address that the
/// link belongs to, if we still know one. The answer is the same for every link, and whoever asks
/// gains nothing that they would not by typing that address.
pub fn ask_by_link(clinic: &Clinic, visitor: &Visitor, token: &str, language: &str) -> Answer<()> {
    let key = secret::key_of(token);
    ask_for(clinic, visitor, language, move |rows| {
        Ok(match access::link(rows, &key)? {
            Some(link) => address_behind(rows, &link)?,
            None => None,
        })
    })
}

/// The address that a link was about, if it may be written to.
fn address_behind(rows: &dyn Rows, link: &Link) -> Result<Option<Email>, Failure> {
    let patient = match link.purpose {
        LinkPurpose::SignIn(_) | LinkPurpose::Register => return Ok(link.email.clone()),
        LinkPurpose::Invitation(patient) | LinkPurpose::ConfirmEmail(patient) => patient,
        LinkPurpose::Visit(visit) => match appointments::find(rows, visit)? {
            Some(visit) => visit.patient,
            None => return Ok(None),
        },
        LinkPurpose::StaffPassword(_) | LinkPurpose::Demo(_) | LinkPurpose::SecondStep(_) => {
            return Ok(None);
        }
    };
    let chart = patients::follow(rows, patient)?;
    Ok(chart.filter(Patient::can_be_reached).and_then(|c| c.email))
}

fn ask_for(
    clinic: &Clinic,
    visitor: &Visitor,
    language: &str,
    whom: impl Fn(&dyn Rows) -> Result<Option<Email>, Failure> + Send + 'static,
) -> Answer<()> {
    if !clinic.current().settings.is_open() {
        return Err(Refused::NotOpen.into());
    }
    let letter = Letter::new(clinic, visitor, Some(language));
    let cause = visitor.cause(clinic, Action::SignIn);
    let (visitor, now) = (visitor.clone(), clinic.now());
    let command = move |tx: &mut Tx<'_>| {
        tx.detail("asked for mail");
        let Some(email) = whom(tx)? else {
            attempts::wrong_from(tx, &visitor, now)?;
            return Ok(());
        };
        let people = People::at(tx, &email)?;
        let subject = people.one_login(tx)?;
        // A mailbox that was written to too often gets nothing for a while, and the page says what
        // it always says.
        if attempts::check(tx, Door::Mail, &email.folded(), now).is_err() {
            return Ok(());
        }
        count_mail(tx, &email, &visitor, now)?;
        // What is on file is written to, not what was typed: two spellings can look alike.
        let to = people.address().unwrap_or(&email);
        letter.write(tx, subject.as_ref(), to)
    };
    on_the_stroke(|| clinic.store.write(cause, command))
}

/// Between two moments at which is answered who asks for mail: far more than the command takes.
const STROKE: Duration = Duration::from_millis(20);

/// Answers at a multiple of the stroke after it began. For who is known here more is read and written
/// than for others, and the time of the answer must not tell.
fn on_the_stroke<T>(work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    let strokes = began.elapsed().as_micros() / STROKE.as_micros() + 1;
    let until = STROKE.saturating_mul(u32::try_from(strokes).unwrap_or(u32::MAX));
    std::thread::sleep(until.saturating_sub(began.elapsed()));
    done
}

/// One mail more to an address. Whoever asks for many waits for each.
pub(super) fn count_mail(
    tx: &mut Tx<'_>,
    email: &Email,
    visitor: &Visitor,
    now: Timestamp,
) -> Result<(), Failure> {
    attempts::wrong(tx, Door::Mail, &email.folded(), visitor, now)
}

/// What must be drawn before the command that writes a mail with a code.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    token: String,
    code: String,
    browser: [u8; 32],
    envelope: Envelope,
    now: Timestamp,
}

impl Letter {
    pub(super) fn new(clinic: &Clinic, visitor: &Visitor, language: Option<&str>) -> Self {
        Self {
            token: secret::for_link(clinic),
            code: secret::digits(clinic),
            browser: visitor.browser,
            envelope: Envelope::new(clinic).in_language(language),
            now: clinic.now(),
        }
    }

    /// In the language of an access, if it has one.
    pub(super) fn in_language_of(mut self, login: &Login) -> Self {
        self.envelope = self.envelope.in_language(login.language.as_deref());
        self
    }

    /// Writes the mail and the link that it carries.
    pub(super) fn write(&self, tx: &mut Tx<'_>, login: Option<&Login>, to: &Email) -> Answer<()> {
        let (purpose, subject) = match login {
            Some(login) => (
                LinkPurpose::SignIn(login.id),
                NoticeSubject::Login(login.id),
            ),
            None => (LinkPurpose::Register, NoticeSubject::Stranger),
        };
        let patient = login.and_then(|l| l.patient);
        let mut notice = self
            .envelope
            .notice(NoticeKind::SignIn, subject, patient, to);
        notice.token = Some(self.token.clone());
        notice.code = Some(self.code.clone());
        // The same second, the same person: the mail before is the one that counts.
        if !notices::enqueue(tx, &notice)? {
            return Ok(());
        }
        let link = Link {
            key: secret::key_of(&self.token),
            purpose,
            code: Some(secret::hash_of(CODE, &self.browser, &self.code)),
            browser: Some(self.browser),
            email: Some(to.clone()),
            created_at: self.now,
            expires_at: after(self.now, GOOD_MIN),
            used_at: None,
            tries_left: TRIES,
        };
        access::put_link(tx, &link)?;
        Ok(())
    }
}

/// Who has an address: patients, and those who asked to be.
struct People {
    charts: Vec<Patient>,
}

impl People {
    fn at(rows: &dyn Rows, email: &Email) -> Result<Self, Failure> {
        let mut charts = patients::with_email(rows, email)?;
        charts.retain(Patient::can_be_reached);
        for login in access::applicants(rows, email)? {
            if let Some(id) = login.patient {
                let chart = patients::find(rows, id)?;
                charts.extend(chart.filter(|c| c.state == PatientState::Provisional));
            }
        }
        Ok(Self { charts })
    }

    /// The address as it is on file.
    fn address(&self) -> Option<&Email> {
        self.charts.first().and_then(|c| c.email.as_ref())
    }

    /// The access of the only person with the address, if they have been here before.
    fn one_login(&self, rows: &dyn Rows) -> Result<Option<Login>, Failure> {
        let [chart] = self.charts.as_slice() else {
            return Ok(None);
        };
        let login = access::login_of_patient(rows, chart.id)?;
        Ok(login.filter(|l| l.state != LoginState::Disabled))
    }

    fn born(&self, birth_date: Date) -> Vec<&Patient> {
        let born = |c: &&Patient| c.birth_date == Some(birth_date);
        self.charts.iter().filter(born).collect()
    }

    fn needs(&self) -> Needs {
        if self.charts.iter().any(|c| c.birth_date.is_some()) {
            Needs::BirthDate
        } else {
            Needs::NameAndBirthDate
        }
    }
}

/// What the page of a link asks for. Changes nothing.
pub fn open(clinic: &Clinic, token: &str) -> Answer<Needs> {
    let (key, now) = (secret::key_of(token), clinic.now());
    clinic.store.read(|rows| {
        let (link, email) = mailed(access::link(rows, &key)?, now)?;
        needs_of(rows, &link, &email)
    })
}

fn needs_of(rows: &dyn Rows, link: &Link, email: &Email) -> Answer<Needs> {
    match link.purpose {
        LinkPurpose::SignIn(id) => {
            let open = access::login(rows, id)?.filter(|l| l.state != LoginState::Disabled);
            open.map(|_| Needs::Nothing)
                .ok_or_else(|| Refused::LinkDead.into())
        }
        LinkPurpose::Register => Ok(People::at(rows, email)?.needs()),
        LinkPurpose::Invitation(_)
        | LinkPurpose::Visit(_)
        | LinkPurpose::StaffPassword(_)
        | LinkPurpose::ConfirmEmail(_)
        | LinkPurpose::Demo(_)
        | LinkPurpose::SecondStep(_) => Err(Refused::LinkDead.into()),
    }
}

/// A live link of a sign-in mail, and the address that it proves.
pub(super) fn mailed(link: Option<Link>, now: Timestamp) -> Answer<(Link, Email)> {
    let link = link.filter(|l| l.is_live(now) && l.mail_browser().is_some());
    let link = link.ok_or(Refused::LinkDead)?;
    let email = link.email.clone().ok_or(Refused::LinkDead)?;
    Ok((link, email))
}

/// The six digits, typed in the browser that asked.
///
/// # Errors
/// [`Refused::Wrong`] with the tries that are left, [`Refused::Shut`], [`Refused::LinkDead`] when
/// nothing was asked for here.
pub fn enter_code(clinic: &Clinic, visitor: &Visitor, typed: &str) -> Answer<Step> {
    let (now, fresh, next) = (
        clinic.now(),
        Fresh::new(clinic, visitor),
        secret::for_link(clinic),
    );
    let typed = secret::hash_of(CODE, &visitor.browser, &secret::read_digits(typed));
    let cause = visitor.cause(clinic, Action::SignIn);
    let visitor = visitor.clone();
    let verdict = clinic.store.write(cause, move |tx| {
        let link = access::link_of_browser(tx, &visitor.browser)?;
        let (link, email) = mailed(link, now)?;
        if let Err(refused) = check_code(tx, &link, &email, &typed, &visitor, now)? {
            return Ok(Err(refused));
        }
        if let LinkPurpose::SignIn(id) = link.purpose {
            return sign_in(tx, &link, id, &fresh, now).map(Ok);
        }
        // The code cannot be turned back into the link, so the proof gets a link of its own.
        access::remove_link(tx, &link.key)?;
        let proof = Link {
            key: secret::key_of(&next),
            code: None,
            ..link
        };
        access::put_link(tx, &proof)?;
        let needs = needs_of(tx, &proof, &email)?;
        let token = next.clone();
        Ok(Ok(Step::More { token, needs }))
    })?;
    Ok(verdict?)
}

/// Compares a typed code, and counts.
pub(super) fn check_code(
    tx: &mut Tx<'_>,
    link: &Link,
    email: &Email,
    typed: &[u8; 32],
    visitor: &Visitor,
    now: Timestamp,
) -> Answer<Result<(), Refused>> {
    let subject = email.folded();
    attempts::check(tx, Door::Code, &subject, now)?;
    if link.code.is_some_and(|code| secret::same(&code, typed)) {
        attempts::forget(tx, Door::Code, &subject)?;
        attempts::forget(tx, Door::Mail, &subject)?;
        return Ok(Ok(()));
    }
    let mut link = link.clone();
    link.tries_left = link.tries_left.saturating_sub(1);
    let tries_left = Some(link.tries_left);
    tx.detail("wrong code");
    tx.put(&link)?;
    attempts::wrong(tx, Door::Code, &subject, visitor, now)?;
    Ok(Err(Refused::Wrong { tries_left }))
}

/// Signs the known person of a link in. The mailbox alone is a weak proof.
fn sign_in(
    tx: &mut Tx<'_>,
    link: &Link,
    id: LoginId,
    fresh: &Fresh,
    now: Timestamp,
) -> Answer<Step> {
    let login = access::login(tx, id)?.filter(|l| l.state != LoginState::Disabled);
    let login = login.ok_or(Refused::LinkDead)?;
    use_up(tx, link, now)?;
    tx.detail("signed in by mail");
    Ok(Step::SignedIn(Box::new(fresh.begin(tx, &login, false)?)))
}

pub(super) fn use_up(tx: &mut Tx<'_>, link: &Link, now: Timestamp) -> Result<(), Failure> {
    let mut used = link.clone();
    used.used_at = Some(now);
    tx.put(&used)
}

/// The button on the page of a link, with the birth date where it is asked for.
///
/// # Errors
/// [`Refused::Wrong`] with the tries that are left, [`Refused::LinkDead`].
pub fn follow(
    clinic: &Clinic,
    visitor: &Visitor,
    token: &str,
    birth_date: Option<Date>,
) -> Answer<Step> {
    let (now, fresh, login_id) = (
        clinic.now(),
        Fresh::new(clinic, visitor),
        clinic.new_id::<LoginId>(),
    );
    let (key, token) = (secret::key_of(token), token.to_owned());
    let cause = visitor.cause(clinic, Action::SignIn);
    let visitor = visitor.clone();
    let verdict = clinic.store.write(cause, move |tx| {
        let (mut link, email) = mailed(access::link(tx, &key)?, now)?;
        if let LinkPurpose::SignIn(id) = link.purpose {
            attempts::forget(tx, Door::Mail, &email.folded())?;
            return sign_in(tx, &link, id, &fresh, now).map(Ok);
        }
        let people = People::at(tx, &email)?;
        let more = |needs| {
            Ok(Ok(Step::More {
                token: token.clone(),
                needs,
            }))
        };
        let needs = people.needs();
        let Some(birth_date) = birth_date.filter(|_| needs == Needs::BirthDate) else {
            return more(needs);
        };
        match people.born(birth_date).as_slice() {
            [chart] => {
                let Some(login) = login_for(tx, chart, login_id, now)? else {
                    return Ok(Err(Refused::LinkDead));
                };
                use_up(tx, &link, now)?;
                tx.detail("signed in by mail and birth date");
                let new = fresh.begin(tx, &login, true)?;
                Ok(Ok(Step::SignedIn(Box::new(new))))
            }
            [] => {
                link.tries_left = link.tries_left.saturating_sub(1);
                let tries_left = Some(link.tries_left);
                tx.detail("wrong birth date");
                tx.put(&link)?;
                attempts::wrong_from(tx, &visitor, now)?;
                Ok(Err(Refused::Wrong { tries_left }))
            }
            // Twins at one address: the name says who.
            _ => more(Needs::NameAndBirthDate),
        }
    })?;
    Ok(verdict?)
}

/// Someone with a proven address says who they are. Whoever is known here by that address, name and
/// birth date is signed in; anybody else becomes a request, and may ask for one visit.
///
/// # Errors
/// [`Refused::LinkDead`], [`Refused::OneRequestOnly`] when too many are open from this address.
pub fn introduce(
    clinic: &Clinic,
    visitor: &Visitor,
    token: &str,
    who: Introduction,
) -> Answer<NewSession> {
    let (now, fresh) = (clinic.now(), Fresh::new(clinic, visitor));
    let (login_id, patient_id): (LoginId, PatientId) = (clinic.new_id(), clinic.new_id());
    let request_id: RequestId = clinic.new_id();
    let key = secret::key_of(token);
    let cause = visitor.cause(clinic, Action::Registration);
    clinic.store.write(cause, move |tx| {
        let (link, email) = mailed(access::link(tx, &key)?, now)?;
        if link.purpose != LinkPurpose::Register {
            return Err(Refused::LinkDead.into());
        }
        let mut chart = Patient::new(patient_id, who.name.clone(), now);
        chart.birth_date = Some(who.birth_date);
        chart.phones.extend(who.phone.clone());
        chart.email = Some(email.clone());
        chart.language.clone_from(&who.language);
        chart.state = PatientState::Provisional;
        let people = People::at(tx, &email)?;
        let same = |c: &&Patient| likeness(&chart, c) == Some(Likeness::SameNameAndBirth);
        if let Some(known) = people.charts.iter().find(same) {
            let login = login_for(tx, known, login_id, now)?.ok_or(Refused::LinkDead)?;
            use_up(tx, &link, now)?;
            tx.detail("signed in by mail, name and birth date");
            return Ok(fresh.begin(tx, &login, true)?);
        }
        if access::applicants(tx, &email)?.len() >= MOST_REQUESTS {
            return Err(Refused::OneRequestOnly.into());
        }
        let mut login = Login::new(login_id, Role::Patient, &who.name.full(), now);
        login.state = LoginState::Pending;
        login.email = Some(email.clone());
        login.patient = Some(chart.id);
        login.language.clone_from(&who.language);
        let request = RegistrationRequest {
            id: request_id,
            login: login.id,
            name: who.name.clone(),
            birth_date: who.birth_date,
            email,
            phone: who.phone.clone(),
            chart: chart.id,
            visit: None,
            state: RequestState::Open,
            created_at: now,
        };
        tx.put(&chart)?;
        requests::put(tx, &request)?;
        use_up(tx, &link, now)?;
        let new = fresh.begin(tx, &login, true)?;
        tx.object(request.id);
        Ok(new)
    })
}

#[cfg(test)]
mod tests;
