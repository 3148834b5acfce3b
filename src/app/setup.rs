//! From an empty folder to the first time that can be booked: one verb per screen. Each keeps what
//! it is given and goes on; going back and saving again never goes backwards.

use super::clinic_settings::Facts;
use super::practice::ServiceDraft;
use super::{Answer, Caller, Clinic};
use crate::domain::audit::Action;
use crate::domain::country::Country;
use crate::domain::id::{PractitionerId, ServiceId};
use crate::domain::person::HumanName;
use crate::domain::policy::Permission;
use crate::domain::practitioner::Practitioner;
use crate::domain::refusal::Refused;
use crate::domain::schedule::{HoursRule, TimeRange, WeeklyHours};
use crate::domain::settings::{ClinicKind, SetupStep};
use crate::store::backup::plan::plan as backup_plan;
use crate::store::hours::{self, KeptHours};
use crate::store::row::Row as _;
use crate::store::{Change, Tx, access, settings as kept};
use crate::t;
use crate::text::Text;

/// A service that is suggested: its name and how many minutes it takes.
pub type Suggested = (String, u16);

/// What clinics of a kind usually offer, in the words of a language.
pub fn suggestions(kind: ClinicKind, text: Text) -> Vec<Suggested> {
    match kind {
        ClinicKind::General => vec![
            (t!(text, "setup-service-check-up"), 20),
            (t!(text, "setup-service-new-patient"), 30),
            (t!(text, "setup-service-follow-up"), 10),
            (t!(text, "setup-service-blood-test"), 10),
            (t!(text, "setup-service-vaccination"), 10),
            (t!(text, "setup-service-phone"), 10),
        ],
        ClinicKind::Physiotherapy => vec![
            (t!(text, "setup-service-first-visit"), 60),
            (t!(text, "setup-service-treatment"), 30),
            (t!(text, "setup-service-long-treatment"), 45),
            (t!(text, "setup-service-massage"), 30),
            (t!(text, "setup-service-exercise"), 30),
        ],
        ClinicKind::Dental => vec![
            (t!(text, "setup-service-dental-check"), 30),
            (t!(text, "setup-service-cleaning"), 45),
            (t!(text, "setup-service-filling"), 45),
            (t!(text, "setup-service-toothache"), 20),
            (t!(text, "setup-service-new-patient"), 45),
        ],
        ClinicKind::Psychology => vec![
            (t!(text, "setup-service-first-talk"), 60),
            (t!(text, "setup-service-session"), 50),
            (t!(text, "setup-service-couple"), 80),
            (t!(text, "setup-service-short-talk"), 25),
            (t!(text, "setup-service-video"), 50),
        ],
        ClinicKind::Other => vec![
            (t!(text, "setup-service-first-visit"), 45),
            (t!(text, "setup-service-visit"), 30),
            (t!(text, "setup-service-short-visit"), 15),
            (t!(text, "setup-service-follow-up"), 20),
            (t!(text, "setup-service-phone"), 15),
        ],
    }
}

/// What a country suggests for a clinic: its language as far as we speak it, currency, zone,
/// emergency number.
pub fn facts_of(country: Country, mut facts: Facts) -> Facts {
    country.code().clone_into(&mut facts.country);
    country.currency().as_str().clone_into(&mut facts.currency);
    country.zone().clone_into(&mut facts.zone);
    let spoken = crate::text::Language::from_tag_or_english(country.language());
    spoken.tag().clone_into(&mut facts.language);
    // 112 is answered on mobile networks nearly everywhere.
    country
        .emergency_number()
        .unwrap_or("112")
        .clone_into(&mut facts.emergency);
    facts
}

fn advance(tx: &mut Tx<'_>, to: SetupStep) -> Answer<()> {
    let mut settings = kept::find(tx)?.ok_or(Refused::NotFound)?;
    if settings.setup < to {
        settings.setup = to;
        kept::put(tx, &settings)?;
    }
    Ok(())
}

/// Screen 2: what the clinic is called and where it is.
pub fn save_clinic(clinic: &Clinic, caller: &Caller, facts: Facts) -> Answer<()> {
    caller.must(Permission::ManageSettings)?;
    let cause = clinic.cause(caller, Action::SettingsChange);
    clinic.store.write(cause, move |tx| {
        let mut settings = kept::find(tx)?.ok_or(Refused::NotFound)?;
        facts.write_to(&mut settings);
        settings.setup = settings.setup.max(SetupStep::Services);
        tx.detail("set-up clinic");
        kept::put(tx, &settings)?;
        Ok(())
    })
}

/// Screen 3: what is offered. Services of the same name are changed, new ones added; those that
/// were ticked before and are not now are no longer offered.
pub fn save_services(clinic: &Clinic, caller: &Caller, drafts: Vec<ServiceDraft>) -> Answer<()> {
    caller.must(Permission::ManageServices)?;
    let mut ids: Vec<ServiceId> = drafts.iter().map(|_| clinic.new_id()).collect();
    // Drawn in one millisecond, they are in no order yet.
    ids.sort();
    let cause = clinic.cause(caller, Action::ServiceChange);
    clinic.store.write(cause, move |tx| {
        let known = hours::services(tx)?;
        for mut gone in known.iter().cloned() {
            if !drafts.iter().any(|d| d.name == gone.name) && gone.active {
                gone.active = false;
                tx.put(&gone)?;
            }
        }
        for (position, (draft, id)) in (0_u16..).zip(drafts.iter().zip(&ids)) {
            let before = known.iter().find(|s| s.name == draft.name);
            let mut draft = draft.clone();
            if let Some(before) = before {
                let (minutes, price) = (draft.timing.duration_min, draft.price);
                draft = ServiceDraft::of(before);
                draft.timing.duration_min = minutes;
                draft.price = price;
                draft.active = true;
            }
            tx.put(&draft.into_service(before.map_or(*id, |s| s.id), position))?;
        }
        tx.detail("set-up");
        tx.changed(Change::Services);
        advance(tx, SetupStep::Hours)
    })
}

/// Monday to Friday, nine to five, an hour for lunch.
pub fn usual_hours() -> WeeklyHours {
    use jiff::civil::Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
    let days = [Monday, Tuesday, Wednesday, Thursday, Friday];
    match (
        TimeRange::minutes(9 * 60, 17 * 60),
        TimeRange::minutes(13 * 60, 14 * 60),
    ) {
        (Ok(open), Ok(lunch)) => WeeklyHours::opening(&days, open, &[lunch]),
        _ => WeeklyHours::default(),
    }
}

/// The practitioner whose hours screen 4 asks for, with their weekly pattern: the caller, else the
/// first one.
pub fn mine(clinic: &Clinic, caller: &Caller) -> Answer<Option<(Practitioner, Option<HoursRule>)>> {
    caller.must(Permission::ManageServices)?;
    let wanted = caller.actor.practitioner;
    clinic.store.read(|rows| {
        let all = hours::practitioners(rows)?;
        let Some(one) = all
            .iter()
            .find(|p| Some(p.id) == wanted)
            .or_else(|| all.iter().find(|p| p.active))
        else {
            return Ok(None);
        };
        let rule = hours::rules(rows, one.id)?.into_iter().next_back();
        Ok(Some((one.clone(), rule.map(|kept| kept.rule))))
    })
}

/// Screen 4: when. With a name the practitioner is made, or renamed, and becomes the caller's own
/// calendar. After this the first time can be booked.
pub fn save_hours(clinic: &Clinic, caller: &Caller, name: &str, hours: WeeklyHours) -> Answer<()> {
    caller.must(Permission::ManageServices)?;
    let (id, week): (PractitionerId, _) = (clinic.new_id(), clinic.new_id());
    let known = mine(clinic, caller)?.map(|(one, _)| one.id);
    let name = HumanName::from_full(name);
    let login = caller.actor.login;
    let cause = clinic.cause(caller, Action::HoursChange);
    clinic.store.write(cause, move |tx| {
        let known = match known {
            Some(known) => hours::practitioner(tx, known)?,
            None => None,
        };
        let mut one = known.unwrap_or_else(|| Practitioner {
            id,
            name: name.clone(),
            role: String::new(),
            hue: 1,
            active: true,
            identifiers: Vec::new(),
        });
        if one.name.full() != name.full() {
            one.name = name.clone();
        }
        tx.put(&one)?;
        for old in hours::rules(tx, one.id)? {
            tx.delete::<KeptHours>(&old.key())?;
        }
        tx.put(&KeptHours {
            id: week,
            practitioner: one.id,
            rule: HoursRule {
                effective_from: None,
                effective_until: None,
                hours: hours.clone(),
            },
        })?;
        if let Some(login) = login
            && let Some(mut login) = access::login(tx, login)?
            && login.practitioner.is_none()
        {
            login.practitioner = Some(one.id);
            tx.put(&login)?;
        }
        tx.object(one.id);
        tx.detail("set-up");
        tx.changed(Change::Services);
        advance(tx, SetupStep::Look)
    })
}

/// Goes past a screen that may be skipped: the look, the second factor, the recovery sheet.
pub fn go_past(clinic: &Clinic, caller: &Caller, step: SetupStep) -> Answer<()> {
    caller.must(Permission::ManageSettings)?;
    let next = match step {
        SetupStep::Look => SetupStep::SecondFactor,
        SetupStep::SecondFactor => SetupStep::RecoverySheet,
        SetupStep::RecoverySheet => SetupStep::Done,
        SetupStep::You
        | SetupStep::Clinic
        | SetupStep::Services
        | SetupStep::Hours
        | SetupStep::Done => return Err(Refused::NotOpen.into()),
    };
    let cause = clinic.cause(caller, Action::SettingsChange);
    clinic.store.write(cause, move |tx| {
        let settings = kept::find(tx)?.ok_or(Refused::NotFound)?;
        if settings.setup < step {
            return Err(Refused::NotOpen.into());
        }
        tx.detail("set-up");
        advance(tx, next)
    })
}

/// What is left to do after the first start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "a list of things that are done or not"
)]
pub struct Checklist {
    /// Patients can book.
    pub open: bool,
    /// The look was chosen or passed over.
    pub look: bool,
    /// The caller has a second factor.
    pub second_factor: bool,
    /// The recovery sheet is on paper.
    pub sheet: bool,
    /// There is a mail server.
    pub mail: bool,
    /// Somebody else works here too.
    pub people: bool,
    /// There is a first patient.
    pub patients: bool,
}

impl Checklist {
    /// How many steps there are.
    pub const STEPS: u32 = 7;

    /// How many of them are done.
    pub fn done(self) -> u32 {
        [
            self.open,
            self.look,
            self.second_factor,
            self.sheet,
            self.mail,
            self.people,
            self.patients,
        ]
        .into_iter()
        .map(u32::from)
        .sum()
    }
}

/// What is left to do; for owners.
pub fn checklist(clinic: &Clinic, caller: &Caller) -> Answer<Checklist> {
    caller.must(Permission::ManageSettings)?;
    let current = clinic.current();
    let settings = &current.settings;
    let login = caller.actor.login;
    clinic.store.read(|rows| {
        let me = match login {
            Some(id) => access::login(rows, id)?,
            None => None,
        };
        Ok(Checklist {
            open: settings.is_open(),
            look: settings.setup > SetupStep::Look,
            second_factor: me.is_some_and(|l| l.has_totp()),
            sheet: backup_plan(rows)?.sheet_checked_at.is_some(),
            mail: settings.mail.is_some(),
            people: access::staff(rows)?.len() > 1,
            patients: crate::store::patients::any(rows)?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::practice::{Trial, preview, services};
    use crate::app::practice_world::{front_desk, owner, world};

    fn facts(clinic: &Clinic) -> Facts {
        let country = Country::try_from("FR").unwrap();
        let mut facts = facts_of(country, Facts::of(&clinic.current().settings));
        facts.name = "Cabinet".into();
        facts
    }

    #[test]
    fn four_screens_make_the_first_time_that_can_be_booked() {
        let clinic = world();
        assert!(!clinic.current().settings.is_open());
        save_clinic(&clinic, &owner(), facts(&clinic)).unwrap();
        let profile = clinic.current().settings.profile.clone();
        assert_eq!(
            (
                profile.currency.as_str(),
                profile.zone.as_str(),
                profile.emergency.as_str()
            ),
            ("EUR", "Europe/Paris", "112")
        );
        let drafts = suggestions(ClinicKind::General, Text::default())
            .into_iter()
            .map(|(name, minutes)| ServiceDraft::usual(&name, minutes))
            .collect();
        save_services(&clinic, &owner(), drafts).unwrap();
        assert!(!clinic.current().settings.is_open());
        save_hours(&clinic, &owner(), "Rosa Lind", usual_hours()).unwrap();
        assert!(clinic.current().settings.is_open());
        let next = preview(&clinic, &owner(), None, None, Trial::default()).unwrap();
        assert_eq!(next.slots.len(), 6);
    }

    #[test]
    fn going_back_changes_and_never_goes_backwards() {
        let clinic = world();
        let named = |names: &[&str]| -> Vec<ServiceDraft> {
            names.iter().map(|n| ServiceDraft::usual(n, 20)).collect()
        };
        save_clinic(&clinic, &owner(), facts(&clinic)).unwrap();
        save_services(&clinic, &owner(), named(&["A", "B"])).unwrap();
        save_hours(&clinic, &owner(), "Rosa Lind", usual_hours()).unwrap();
        save_services(&clinic, &owner(), named(&["B", "C"])).unwrap();
        let all = services(&clinic, &owner()).unwrap();
        let active: Vec<&str> = all
            .iter()
            .filter(|s| s.active)
            .map(|s| s.name.as_str())
            .collect();
        assert_eq!((active, all.len()), (vec!["B", "C"], 3));
        save_clinic(&clinic, &owner(), facts(&clinic)).unwrap();
        assert_eq!(clinic.current().settings.setup, SetupStep::Look);
        save_hours(&clinic, &owner(), "Rosa Maria Lind", usual_hours()).unwrap();
        let (one, _) = mine(&clinic, &owner()).unwrap().unwrap();
        assert_eq!(one.name.full(), "Rosa Maria Lind");
        let everyone = crate::app::practice::practitioners(&clinic, &owner()).unwrap();
        assert_eq!(everyone.len(), 1);
    }

    #[test]
    fn steps_are_not_jumped_and_not_for_everybody() {
        let clinic = world();
        assert!(go_past(&clinic, &owner(), SetupStep::Look).is_err());
        assert!(save_clinic(&clinic, &front_desk(), facts(&clinic)).is_err());
        assert!(save_hours(&clinic, &front_desk(), "X", usual_hours()).is_err());
        save_hours(&clinic, &owner(), "X", usual_hours()).unwrap();
        go_past(&clinic, &owner(), SetupStep::Look).unwrap();
        assert!(go_past(&clinic, &owner(), SetupStep::RecoverySheet).is_err());
        go_past(&clinic, &owner(), SetupStep::SecondFactor).unwrap();
        go_past(&clinic, &owner(), SetupStep::RecoverySheet).unwrap();
        assert_eq!(clinic.current().settings.setup, SetupStep::Done);
    }

    #[test]
    fn every_kind_has_five_or_six_suggestions() {
        for kind in ClinicKind::ALL {
            let found = suggestions(kind, Text::default()).len();
            assert!((5..=6).contains(&found), "{kind:?}");
        }
    }
}
