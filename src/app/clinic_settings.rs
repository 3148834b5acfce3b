//! What a clinic decides about itself: look, facts, connection, mail, reminders, limits.

use serde::{Deserialize, Serialize};

use super::{Answer, Caller, Clinic};
use crate::domain::audit::Action;
use crate::domain::certificate::host;
use crate::domain::local_name::{self, LocalName};
use crate::domain::picture::{NotAPicture, Picture};
use crate::domain::policy::Permission;
use crate::domain::refusal::Refused;
use crate::domain::settings::{ClinicKind, Limits, Logo, MailServer, Reminders, Settings};
use crate::store::settings as kept;
use crate::store::table::{decode, encode};

/// The name under which the look before the last one is kept.
const LOOK_BEFORE: &str = "look-before";

/// Changes settings in one command; `what` names the fields for the log.
pub(super) fn change(
    clinic: &Clinic,
    caller: &Caller,
    what: &'static str,
    change: impl Fn(&mut Settings) + Send + 'static,
) -> Answer<()> {
    caller.must(Permission::ManageSettings)?;
    let cause = clinic.cause(caller, Action::SettingsChange);
    clinic.store.write(cause, move |tx| {
        let mut settings = kept::find(tx)?.ok_or(Refused::NotFound)?;
        change(&mut settings);
        tx.detail(what);
        kept::put(tx, &settings)?;
        Ok(())
    })
}

/// How the clinic looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// What patients call it.
    pub name: String,
    /// One line on the home page; may be empty.
    pub welcome: String,
    /// The one colour, `#rrggbb`.
    pub brand: String,
    /// The logo.
    pub logo: Option<Logo>,
}

impl Look {
    fn of(settings: &Settings) -> Self {
        let profile = &settings.profile;
        Self {
            name: profile.name.clone(),
            welcome: profile.welcome.clone(),
            brand: profile.brand.clone(),
            logo: profile.logo.clone(),
        }
    }

    fn write_to(&self, settings: &mut Settings) {
        settings.rename(&self.name);
        let profile = &mut settings.profile;
        profile.welcome.clone_from(&self.welcome);
        profile.brand.clone_from(&self.brand);
        profile.logo.clone_from(&self.logo);
    }
}

/// The largest logo, in bytes.
pub const MAX_LOGO_BYTES: usize = 500_000;

/// What is wrong with a file that should be a logo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotALogo {
    /// Larger than [`MAX_LOGO_BYTES`].
    TooLarge,
    /// No picture, or not a whole one.
    NotAnImage(NotAPicture),
}

/// A file as a logo: judged by its content, never by its name.
pub fn logo(bytes: Vec<u8>) -> Result<Logo, NotALogo> {
    if bytes.len() > MAX_LOGO_BYTES {
        return Err(NotALogo::TooLarge);
    }
    let picture = Picture::of(&bytes).map_err(NotALogo::NotAnImage)?;
    Ok(Logo {
        media_type: picture.media_type().to_owned(),
        bytes,
    })
}

/// Shows a look to everybody; the one before is kept for [`undo_look`].
pub fn publish_look(clinic: &Clinic, caller: &Caller, look: Look) -> Answer<()> {
    caller.must(Permission::ManageSettings)?;
    let cause = clinic.cause(caller, Action::SettingsChange);
    clinic.store.write(cause, move |tx| {
        let mut settings = kept::find(tx)?.ok_or(Refused::NotFound)?;
        kept::put_secret(tx, LOOK_BEFORE, &encode(&Look::of(&settings))?)?;
        look.write_to(&mut settings);
        tx.detail("look");
        kept::put(tx, &settings)?;
        Ok(())
    })
}

/// Whether there was a look before this one, so that [`undo_look`] leads back to it.
pub fn has_look_before(clinic: &Clinic, caller: &Caller) -> Answer<bool> {
    caller.must(Permission::ManageSettings)?;
    let before = clinic.store.read(|rows| kept::secret(rows, LOOK_BEFORE))?;
    Ok(before.is_some())
}

/// Shows the look before the last one again. Doing it twice changes nothing.
pub fn undo_look(clinic: &Clinic, caller: &Caller) -> Answer<()> {
    caller.must(Permission::ManageSettings)?;
    let cause = clinic.cause(caller, Action::SettingsChange);
    clinic.store.write(cause, move |tx| {
        let mut settings = kept::find(tx)?.ok_or(Refused::NotFound)?;
        let before = kept::secret(tx, LOOK_BEFORE)?.ok_or(Refused::TooLateToUndo)?;
        let before: Look = decode("secrets", &before)?;
        kept::put_secret(tx, LOOK_BEFORE, &encode(&Look::of(&settings))?)?;
        before.write_to(&mut settings);
        tx.detail("look undone");
        kept::put(tx, &settings)?;
        Ok(())
    })
}

/// Where the clinic is and how it writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// What patients call it.
    pub name: String,
    /// What it does.
    pub kind: ClinicKind,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// BCP 47 tag of its first language.
    pub language: String,
    /// ISO 4217.
    pub currency: String,
    /// IANA time zone.
    pub zone: String,
    /// E.164.
    pub phone: Option<String>,
    /// Postal address, one line per element.
    pub address: Vec<String>,
    /// What one calls in an emergency.
    pub emergency: String,
}

impl Facts {
    /// What is kept now.
    pub fn of(settings: &Settings) -> Self {
        let profile = &settings.profile;
        Self {
            name: profile.name.clone(),
            kind: profile.kind,
            country: profile.country.clone(),
            language: profile.language.clone(),
            currency: profile.currency.clone(),
            zone: profile.zone.clone(),
            phone: profile.phone.clone(),
            address: profile.address.clone(),
            emergency: profile.emergency.clone(),
        }
    }

    pub(super) fn write_to(&self, settings: &mut Settings) {
        let profile = &mut settings.profile;
        profile.name.clone_from(&self.name);
        profile.kind = self.kind;
        profile.country.clone_from(&self.country);
        profile.language.clone_from(&self.language);
        profile.currency.clone_from(&self.currency);
        profile.zone.clone_from(&self.zone);
        profile.phone.clone_from(&self.phone);
        profile.address.clone_from(&self.address);
        profile.emergency.clone_from(&self.emergency);
    }
}

/// Changes where the clinic is and how it writes. Visits stay at their instants when the zone
/// changes.
pub fn set_facts(clinic: &Clinic, caller: &Caller, facts: Facts) -> Answer<()> {
    change(clinic, caller, "clinic", move |s| facts.write_to(s))
}

/// Changes the address of every link that leaves the building.
pub fn set_connection(
    clinic: &Clinic,
    caller: &Caller,
    address: &str,
    lan_only: bool,
) -> Answer<()> {
    let address = address.to_owned();
    change(clinic, caller, "connection", move |s| {
        s.address.clone_from(&address);
        s.lan_only = lan_only;
    })
}

/// Changes the name that the clinic's own network knows. An address with the old one gets the new
/// one.
pub fn set_local_name(clinic: &Clinic, caller: &Caller, name: LocalName) -> Answer<()> {
    change(clinic, caller, "local name", move |s| {
        let old = s.local_label();
        s.local_name = name.clone();
        if let Some((old, new)) = old.zip(s.local_label())
            && host(&s.address) == Some(local_name::host(&old).as_str())
        {
            s.address = s
                .address
                .replacen(&local_name::host(&old), &local_name::host(&new), 1);
        }
    })
}

/// Changes which reminders go out. Those that are planned already stay planned.
pub fn set_reminders(clinic: &Clinic, caller: &Caller, reminders: Reminders) -> Answer<()> {
    change(clinic, caller, "reminders", move |s| {
        s.reminders = reminders.clone();
    })
}

/// Changes how much is allowed. Limits of connections hold from the next start on.
pub fn set_limits(clinic: &Clinic, caller: &Caller, limits: Limits, h24: bool) -> Answer<()> {
    change(clinic, caller, "limits", move |s| {
        s.limits = limits.clone();
        s.staff_24h = h24;
    })
}

/// Changes the mail server. `None` keeps mail in the outbox.
pub fn set_mail(clinic: &Clinic, caller: &Caller, mail: Option<MailServer>) -> Answer<()> {
    change(clinic, caller, "mail", move |s| s.mail.clone_from(&mail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::practice_world::{front_desk, owner, world};

    fn look(name: &str) -> Look {
        Look {
            name: name.into(),
            welcome: "Hello".into(),
            brand: "#112233".into(),
            logo: None,
        }
    }

    #[test]
    fn a_look_is_published_and_taken_back() {
        let clinic = world();
        let before = clinic.current().settings.clone();
        assert!(undo_look(&clinic, &owner()).is_err(), "nothing before it");
        publish_look(&clinic, &owner(), look("River")).unwrap();
        let now = clinic.current().settings.profile.clone();
        assert_eq!(
            (now.name.as_str(), now.brand.as_str()),
            ("River", "#112233")
        );
        undo_look(&clinic, &owner()).unwrap();
        assert_eq!(clinic.current().settings, before);
        undo_look(&clinic, &owner()).unwrap();
        assert_eq!(clinic.current().settings.profile.name, "River");
    }

    #[test]
    fn settings_are_the_owners() {
        let clinic = world();
        let before = clinic.current().settings.clone();
        let desk = front_desk();
        assert!(publish_look(&clinic, &desk, look("River")).is_err());
        assert!(set_facts(&clinic, &desk, Facts::of(&before)).is_err());
        assert!(set_connection(&clinic, &desk, "https://x.example", true).is_err());
        assert!(set_mail(&clinic, &desk, None).is_err());
        assert_eq!(clinic.current().settings, before);
    }

    #[test]
    fn a_logo_is_judged_by_its_content() {
        let webp = b"RIFF\x0e\0\0\0WEBPVP8 \x01\0\0\0x\0".to_vec();
        assert_eq!(logo(webp).unwrap().media_type, "image/webp");
        let svg = logo(b"<svg onload=alert(1)>".to_vec());
        assert_eq!(svg, Err(NotALogo::NotAnImage(NotAPicture::Unknown)));
        let torn = logo(b"\x89PNG\r\n\x1a\nrest".to_vec());
        assert_eq!(torn, Err(NotALogo::NotAnImage(NotAPicture::Broken)));
        assert_eq!(
            logo(vec![0xff; MAX_LOGO_BYTES + 1]),
            Err(NotALogo::TooLarge)
        );
    }
}
