//! Those who ask are answered: visits that want a yes, and persons not known here.

use super::booking::{self, Detailed, doer};
use super::charts::Alike;
use super::merging::Merging;
use super::notices::Pen;
use super::{Answer, Caller, Clinic, Failure, registration};
use crate::domain::account::LoginState;
use crate::domain::appointment::{Appointment, Doer, Status};
use crate::domain::audit::Action;
use crate::domain::id::{AppointmentId, NoticeId, PatientId, RequestId};
use crate::domain::merge::{Choices, Side};
use crate::domain::notice::{NoticeKind, NoticeSubject};
use crate::domain::patient::{Patient, PatientState};
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::domain::request::{RegistrationRequest, RequestState};
use crate::store::table::Rows;
use crate::store::{Tx, access, appointments, notices, patients, requests};

/// Someone known here who asks for a visit.
#[derive(Clone, Debug)]
pub struct VisitRequest {
    /// Who asks.
    pub patient: Patient,
    /// What they ask for.
    pub wanted: Detailed,
}

/// Someone not known here.
#[derive(Clone, Debug)]
pub struct Stranger {
    /// What they said about themselves.
    pub request: RegistrationRequest,
    /// The chart made for them.
    pub chart: Patient,
    /// The visit they ask for, if they do.
    pub wanted: Option<Detailed>,
    /// Charts that may be theirs, the likeliest first.
    pub alike: Vec<Alike>,
}

/// Everything that waits for an answer.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Visits, the earliest first.
    pub visits: Vec<VisitRequest>,
    /// Persons, who asked first first.
    pub strangers: Vec<Stranger>,
}

/// Everything that waits for an answer.
pub fn waiting(clinic: &Clinic, caller: &Caller) -> Answer<Waiting> {
    caller.must(Permission::ManageRequests)?;
    clinic.store.read(|rows| {
        let mut strangers = Vec::new();
        for request in requests::open(rows)? {
            strangers.push(stranger(rows, request)?);
        }
        let mut visits = Vec::new();
        for visit in appointments::pending(rows)? {
            let Some(patient) = patients::follow(rows, visit.patient)? else {
                continue;
            };
            // A stranger's visit is part of the stranger's request.
            if patient.state != PatientState::Provisional {
                let wanted = booking::detail(rows, visit)?;
                visits.push(VisitRequest { patient, wanted });
            }
        }
        Ok(Waiting { visits, strangers })
    })
}

/// Someone not known here whose request is open.
pub fn find_stranger(clinic: &Clinic, caller: &Caller, id: RequestId) -> Answer<Stranger> {
    caller.must(Permission::ManageRequests)?;
    clinic.store.read(|rows| {
        let request = open_request(rows, id)?;
        stranger(rows, request)
    })
}

/// Someone whose request was declined, to say so by name.
pub fn declined(clinic: &Clinic, caller: &Caller, id: RequestId) -> Answer<Patient> {
    caller.must(Permission::ManageRequests)?;
    clinic.store.read(|rows| {
        let request = requests::find(rows, id)?
            .filter(|r| matches!(r.state, RequestState::Declined { .. }))
            .ok_or(Refused::NotFound)?;
        Ok(patients::find(rows, request.chart)?.ok_or(Refused::NotFound)?)
    })
}

fn stranger(rows: &dyn Rows, request: RegistrationRequest) -> Answer<Stranger> {
    let chart = patients::find(rows, request.chart)?.ok_or(Refused::NotFound)?;
    let wanted = wanted_by(rows, chart.id)?;
    Ok(Stranger {
        wanted: wanted.map(|v| booking::detail(rows, v)).transpose()?,
        alike: registration::alike_in(rows, &chart)?,
        chart,
        request,
    })
}

/// The visit that a person asks for: a person not known here can ask for one.
fn wanted_by(rows: &dyn Rows, chart: PatientId) -> Result<Option<Appointment>, Failure> {
    Ok(appointments::all_of_patient(rows, chart)?
        .into_iter()
        .find(|v| v.status == Status::Pending))
}

fn open_request(rows: &dyn Rows, id: RequestId) -> Answer<RegistrationRequest> {
    let request = requests::find(rows, id)?.ok_or(Refused::NotFound)?;
    if request.state == RequestState::Open {
        Ok(request)
    } else {
        Err(Refused::Changed.into())
    }
}

/// Says yes to a visit. The patient is told after the undo window.
///
/// # Errors
/// [`Refused::VisitNotOpen`] when it was answered already, [`Refused::ChartNotActive`] while nobody
/// has said who the person is.
pub fn accept_visit(clinic: &Clinic, caller: &Caller, id: AppointmentId) -> Answer<Appointment> {
    caller.must(Permission::ManageRequests)?;
    let (pen, by, now) = (Pen::new(clinic), doer(caller), clinic.now());
    let cause = clinic.cause(caller, Action::Answer);
    clinic.store.write(cause, move |tx| {
        let visit = asked_for(tx, id)?;
        let chart = patients::follow(tx, visit.patient)?.ok_or(Refused::NotFound)?;
        if !chart.is_active() {
            return Err(Refused::ChartNotActive.into());
        }
        let booked = visit.accept(by, now)?;
        appointments::put(tx, &booked)?;
        tx.detail("accepted");
        pen.visit_changed(tx, &booked, NoticeKind::Booked, true)?;
        Ok(booked)
    })
}

/// Says no to a visit, with a reason that the patient reads on their page.
///
/// # Errors
/// [`Refused::VisitNotOpen`] when it was answered already.
pub fn decline_visit(
    clinic: &Clinic,
    caller: &Caller,
    id: AppointmentId,
    reason: &str,
) -> Answer<Appointment> {
    caller.must(Permission::ManageRequests)?;
    let (pen, by, now) = (Pen::new(clinic), doer(caller), clinic.now());
    let reason = reason.to_owned();
    let cause = clinic.cause(caller, Action::Answer);
    clinic.store.write(cause, move |tx| {
        let visit = asked_for(tx, id)?;
        let gone = visit.cancel(by, &reason, false, now)?;
        appointments::put(tx, &gone)?;
        tx.detail("declined");
        pen.visit_changed(tx, &gone, NoticeKind::Declined, true)?;
        Ok(gone)
    })
}

/// A visit that waits for an answer, with who asks for it and what for.
pub fn find_visit(clinic: &Clinic, caller: &Caller, id: AppointmentId) -> Answer<VisitRequest> {
    caller.must(Permission::ManageRequests)?;
    clinic.store.read(|rows| {
        let visit = asked_for(rows, id)?;
        let patient = patients::follow(rows, visit.patient)?.ok_or(Refused::NotFound)?;
        let wanted = booking::detail(rows, visit)?;
        Ok(VisitRequest { patient, wanted })
    })
}

fn asked_for(rows: &dyn Rows, id: AppointmentId) -> Answer<Appointment> {
    let visit = appointments::find(rows, id)?.ok_or(Refused::NotFound)?;
    if visit.status == Status::Pending {
        Ok(visit)
    } else {
        Err(Refused::VisitNotOpen.into())
    }
}

/// What is drawn before a person is answered.
#[derive(Clone, Debug)]
struct Answering {
    pen: Pen,
    by: Doer,
    merging: Merging,
    letters: [NoticeId; 2],
    book: bool,
}

impl Answering {
    fn new(clinic: &Clinic, caller: &Caller, request: RequestId, book: bool) -> Self {
        let mut merging = Merging::new(clinic);
        merging.request = Some(request);
        // The address that the person has just proven is the one under which they come back.
        merging.choices = Choices {
            email: Side::Goes,
            ..Choices::default()
        };
        Self {
            pen: Pen::new(clinic),
            by: doer(caller),
            merging,
            letters: [clinic.new_id(), clinic.new_id()],
            book,
        }
    }

    /// The person is told that they are known now, and their visit is booked if that was said.
    fn welcome(&self, tx: &mut Tx<'_>, chart: &Patient) -> Answer<()> {
        let [first, _] = self.letters;
        self.write(tx, first, NoticeKind::Welcome, chart)?;
        if self.book
            && let Some(visit) = wanted_by(tx, chart.id)?
        {
            let booked = visit.accept(self.by, self.merging.at)?;
            appointments::put(tx, &booked)?;
            self.pen
                .visit_changed(tx, &booked, NoticeKind::Booked, true)?;
        }
        Ok(())
    }

    fn write(
        &self,
        tx: &mut Tx<'_>,
        id: NoticeId,
        kind: NoticeKind,
        chart: &Patient,
    ) -> Result<(), Failure> {
        let subject = NoticeSubject::Patient(chart.id);
        if let Some(notice) = self
            .pen
            .to_patient(id, kind, subject, chart, self.merging.at)
        {
            notices::enqueue(tx, &notice)?;
        }
        Ok(())
    }
}

/// The person is this patient: the chart made for them becomes part of the patient's own, and
/// their access opens. With `book`, the visit they ask for is booked along. Can be undone by
/// parting the two charts again.
///
/// # Errors
/// [`Refused::Changed`] when someone answered already, [`Refused::ChartNotActive`].
pub fn match_to(
    clinic: &Clinic,
    caller: &Caller,
    id: RequestId,
    patient: PatientId,
    book: bool,
) -> Answer<Patient> {
    caller.must(Permission::ManageRequests)?;
    let answering = Answering::new(clinic, caller, id, book);
    let cause = clinic.cause(caller, Action::Registration);
    clinic.store.write(cause, move |tx| {
        let mut request = open_request(tx, id)?;
        let known = patients::follow(tx, patient)?.ok_or(Refused::NotFound)?;
        if !known.is_active() {
            return Err(Refused::ChartNotActive.into());
        }
        let made = patients::find(tx, request.chart)?.ok_or(Refused::NotFound)?;
        let record = answering.merging.run(tx, &known, &made)?;
        request.state = RequestState::Matched(known.id);
        requests::put(tx, &request)?;
        if known.email.is_some() && record.combined.email != known.email {
            let [_, second] = answering.letters;
            answering.write(tx, second, NoticeKind::ContactChanged, &known)?;
        }
        answering.welcome(tx, &record.combined)?;
        tx.about(known.id);
        tx.about(made.id);
        tx.object(id);
        tx.detail("matched");
        Ok(record.combined)
    })
}

/// The person is new: the chart made for them becomes a real one, and their access opens. With
/// `book`, the visit they ask for is booked along.
///
/// # Errors
/// [`Refused::Changed`] when someone answered already.
pub fn create(clinic: &Clinic, caller: &Caller, id: RequestId, book: bool) -> Answer<Patient> {
    caller.must(Permission::ManageRequests)?;
    let answering = Answering::new(clinic, caller, id, book);
    let cause = clinic.cause(caller, Action::Registration);
    clinic.store.write(cause, move |tx| {
        let mut request = open_request(tx, id)?;
        let mut chart = patients::find(tx, request.chart)?.ok_or(Refused::NotFound)?;
        chart.state = PatientState::Active;
        chart.chart = patients::next_chart(tx)?;
        tx.put(&chart)?;
        if let Some(mut login) = access::login(tx, request.login)? {
            if login.state == LoginState::Pending {
                login.state = LoginState::Active;
            }
            tx.put(&login)?;
        }
        request.state = RequestState::Matched(chart.id);
        requests::put(tx, &request)?;
        answering.welcome(tx, &chart)?;
        tx.about(chart.id);
        tx.object(id);
        tx.detail("new chart");
        Ok(chart)
    })
}

/// The clinic cannot take the person. The visit they ask for is declined along, their access is
/// closed, and they are told.
///
/// # Errors
/// [`Refused::Changed`] when someone answered already.
pub fn decline(
    clinic: &Clinic,
    caller: &Caller,
    id: RequestId,
    reason: &str,
) -> Answer<RegistrationRequest> {
    caller.must(Permission::ManageRequests)?;
    let answering = Answering::new(clinic, caller, id, false);
    let reason = reason.to_owned();
    let cause = clinic.cause(caller, Action::Registration);
    clinic.store.write(cause, move |tx| {
        let mut request = open_request(tx, id)?;
        let chart = patients::find(tx, request.chart)?.ok_or(Refused::NotFound)?;
        if let Some(visit) = wanted_by(tx, chart.id)? {
            let gone = visit.cancel(answering.by, &reason, false, answering.merging.at)?;
            appointments::put(tx, &gone)?;
            answering
                .pen
                .visit_changed(tx, &gone, NoticeKind::Declined, false)?;
        }
        let [first, _] = answering.letters;
        answering.write(tx, first, NoticeKind::TurnedAway, &chart)?;
        if let Some(mut login) = access::login(tx, request.login)? {
            login.state = LoginState::Disabled;
            tx.put(&login)?;
            for session in access::sessions_of(tx, login.id)? {
                access::end_session(tx, &session.key)?;
            }
        }
        request.state = RequestState::Declined {
            reason: reason.clone(),
        };
        requests::put(tx, &request)?;
        tx.about(chart.id);
        tx.object(id);
        tx.detail("declined");
        Ok(request)
    })
}

#[cfg(test)]
mod tests;
