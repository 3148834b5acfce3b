//! What people decide for themselves: language, light or dark, reminders; and who looked at a
//! patient's record.

use jiff::civil::Date;

use super::notices::Pen;
use super::{Answer, Caller, Clinic, Failure};
use crate::domain::account::{Login, Role, ThemeMode};
use crate::domain::audit::Action;
use crate::domain::patient::Patient;
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::store::{access, audit, merges, patients};

/// Lines of the log that are read to say who looked.
const LINES: usize = 2_000;

/// Changes the caller's own access.
fn change_login(
    clinic: &Clinic,
    caller: &Caller,
    what: &'static str,
    set: impl Fn(&mut Login) + Send + 'static,
) -> Answer<()> {
    caller.must(Permission::OwnAccess)?;
    let id = caller.actor.login.ok_or(Refused::NotFound)?;
    let patient = caller.actor.patient;
    let cause = clinic.cause(caller, Action::LoginChange);
    clinic.store.write(cause, move |tx| {
        let mut login = access::login(tx, id)?.ok_or(Refused::NotFound)?;
        set(&mut login);
        tx.object(id);
        tx.detail(what);
        tx.put(&login)?;
        // Mail follows the language of the pages.
        if what == LANGUAGE
            && let Some(patient) = patient
            && let Some(mut chart) = patients::find(tx, patient)?
        {
            chart.language.clone_from(&login.language);
            tx.about(chart.id);
            tx.put(&chart)?;
        }
        Ok(())
    })
}

const LANGUAGE: &str = "language";

/// The language of pages and mail, as a BCP 47 tag.
pub fn set_language(clinic: &Clinic, caller: &Caller, tag: &str) -> Answer<()> {
    let tag = tag.to_owned();
    change_login(clinic, caller, LANGUAGE, move |login| {
        login.language = Some(tag.clone());
    })
}

/// Light, dark, or as the device says.
pub fn set_theme(clinic: &Clinic, caller: &Caller, theme: ThemeMode) -> Answer<()> {
    change_login(clinic, caller, "theme", move |login| login.theme = theme)
}

/// Whether a patient wants reminders.
pub fn set_reminders(clinic: &Clinic, caller: &Caller, on: bool) -> Answer<()> {
    caller.must(Permission::OwnChart)?;
    let (patient, pen) = (caller.own_chart()?, Pen::for_patient(clinic));
    let cause = clinic.cause(caller, Action::PatientChange);
    clinic.store.write(cause, move |tx| {
        let mut chart = patients::find(tx, patient)?.ok_or(Refused::NotFound)?;
        chart.reminders = on;
        tx.about(chart.id);
        tx.object(chart.id);
        tx.detail("reminders");
        tx.put(&chart)?;
        pen.patient_changed(tx, &chart)?;
        Ok(())
    })
}

/// The caller's own chart.
pub fn chart(clinic: &Clinic, caller: &Caller) -> Answer<Patient> {
    caller.must(Permission::OwnRequest)?;
    let patient = caller.own_chart()?;
    clinic
        .store
        .read(|rows| Ok(patients::find(rows, patient)?.ok_or(Refused::NotFound)?))
}

/// Someone who looked at a record or changed something in it on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The day on the clinic's wall.
    pub date: Date,
    /// Who, by the name at the time.
    pub name: String,
    /// What they were.
    pub role: Role,
}

/// Who looked at the caller's record, latest first: each person once a day. The caller and what
/// Anteroom did by itself are left out.
pub fn who_looked(clinic: &Clinic, caller: &Caller) -> Answer<Vec<Look>> {
    caller.must(Permission::OwnChart)?;
    let (patient, current) = (caller.own_chart()?, clinic.current());
    let lines = clinic.store.read(|rows| {
        // What is now one chart was several, and each has lines of its own.
        let mut charts = vec![patient];
        for merged in merges::into_chart(rows, patient)? {
            charts.push(merged.went.id);
            charts.extend(merged.pointers);
        }
        let mut lines = Vec::new();
        for chart in charts {
            lines.extend(audit::about(rows, chart, 0, LINES)?);
        }
        lines.sort_by_key(|line| std::cmp::Reverse(line.seq));
        lines.dedup_by_key(|line| line.seq);
        lines.truncate(LINES);
        Ok::<_, Failure>(lines)
    })?;
    let mut looks = Vec::new();
    for line in lines {
        let Some(role) = line.actor.role.filter(|r| r.is_staff()) else {
            continue;
        };
        let look = Look {
            date: current.date(line.at),
            name: line.actor.name,
            role,
        };
        if !looks.contains(&look) {
            looks.push(look);
        }
    }
    Ok(looks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::stage::{BORN, Stage, no, visitor};
    use crate::app::{enrolment, merging, sessions};
    use crate::domain::merge::Choices;

    #[test]
    fn a_patient_sees_who_looked_and_only_at_their_own_record() {
        let stage = Stage::new();
        let clinic = &stage.clinic;
        let owen = stage.staff("Owen Price", Role::Owner, "owen@clinic.org");
        let ines = stage.staff("Ines Silva", Role::FrontDesk, "ines@clinic.org");
        let amira = stage.patient("Amira Haddad", None, Some(BORN));
        let other = stage.patient("Bo Li", None, Some(BORN));
        let desk = Stage::as_caller(&ines);
        let invitation = enrolment::invite(clinic, &desk, amira.id, false).unwrap();
        let new = enrolment::accept_letter(clinic, &visitor(), &invitation.code, BORN).unwrap();
        let known = sessions::resolve(clinic, &new.token).unwrap().unwrap();
        stage.clock.forward_min(24 * 60);
        for _ in 0..3 {
            clinic.note_view(&desk, "/staff/patients/:patient", vec![amira.id, other.id]);
        }
        clinic.note_view(&Stage::as_caller(&owen), "/staff", vec![other.id]);
        clinic.store.flush_views();
        let looks = who_looked(clinic, &known.caller(1)).unwrap();
        let names: Vec<&str> = looks.iter().map(|l| l.name.as_str()).collect();
        assert_eq!(names, ["Ines Silva", "Ines Silva"], "once a day");
        assert!(looks[0].date > looks[1].date);
        assert_eq!(no(who_looked(clinic, &desk)), Refused::NotFound);
    }

    #[test]
    fn whoever_looked_at_a_chart_before_it_was_merged_is_named_too() {
        let stage = Stage::new();
        let clinic = &stage.clinic;
        let ines = stage.staff("Ines Silva", Role::FrontDesk, "ines@clinic.org");
        let amira = stage.patient("Amira Haddad", None, Some(BORN));
        let (second, third) = (
            stage.patient("Amira Hadad", None, Some(BORN)),
            stage.patient("A Haddad", None, None),
        );
        let owner = stage.caller(Role::Owner);
        for (name, chart) in [("Mara Lind", second.id), ("Jo Lee", third.id)] {
            let looks = stage.staff(name, Role::ReadOnly, "looks@clinic.org");
            clinic.note_view(
                &Stage::as_caller(&looks),
                "/staff/patients/:patient",
                vec![chart],
            );
        }
        clinic.store.flush_views();
        stage.clock.forward_min(24 * 60);
        let choices = Choices::default();
        merging::merge(clinic, &owner, second.id, third.id, choices).unwrap();
        merging::merge(clinic, &owner, amira.id, second.id, choices).unwrap();
        stage.clock.forward_min(24 * 60);
        let desk = Stage::as_caller(&ines);
        let invitation = enrolment::invite(clinic, &desk, amira.id, false).unwrap();
        let new = enrolment::accept_letter(clinic, &visitor(), &invitation.code, BORN).unwrap();
        let known = sessions::resolve(clinic, &new.token).unwrap().unwrap();
        let looks = who_looked(clinic, &known.caller(1)).unwrap();
        let names: Vec<&str> = looks.iter().map(|l| l.name.as_str()).collect();
        // A merge is one line about both, and counts once.
        assert_eq!(names, ["Ines Silva", "Someone", "Jo Lee", "Mara Lind"]);
    }

    #[test]
    fn wishes_are_kept() {
        let stage = Stage::new();
        let clinic = &stage.clinic;
        let amira = stage.patient("Amira Haddad", None, Some(BORN));
        let desk = stage.caller(Role::FrontDesk);
        let invitation = enrolment::invite(clinic, &desk, amira.id, false).unwrap();
        let new = enrolment::accept_letter(clinic, &visitor(), &invitation.code, BORN).unwrap();
        let me = Stage::as_caller(&new.login);
        set_language(clinic, &me, "ar").unwrap();
        set_theme(clinic, &me, ThemeMode::Dark).unwrap();
        set_reminders(clinic, &me, false).unwrap();
        let login = stage.login(&new.login);
        assert_eq!(login.language.as_deref(), Some("ar"));
        assert_eq!(login.theme, ThemeMode::Dark);
        let chart = chart(clinic, &me).unwrap();
        assert_eq!(chart.language.as_deref(), Some("ar"));
        assert!(!chart.reminders);
    }
}
