//! `anteroom user`: who works here, from the machine itself: for the first days, and for the day on
//! which the owner has lost password and phone.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::control;
use super::progress::Bar;
use super::{Sorry, say};
use crate::app::people::{self, NewPerson, PasswordLink, PersonChange};
use crate::app::{Clinic, Stop};
use crate::domain::account::{Login, LoginState, Role};
use crate::domain::person::Email;
use crate::domain::refusal::Refused;

/// What can be done with accesses of people who work here.
#[derive(clap::Subcommand, Debug)]
#[command(after_help = "\
Examples:
  anteroom user add --name \"Sam Hill\" --email sam@clinic.example --role front-desk --data DIR
  anteroom user reset sam@clinic.example --data DIR
  anteroom user list --data DIR

All may run beside a server.")]
pub enum User {
    /// Let someone work here; prints the link with which they set their password
    Add(AddArgs),
    /// A new link for someone who forgot their password
    Reset(ResetArgs),
    /// Everybody who works or worked here
    List(ListArgs),
}

/// Who is added.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  anteroom user add --name \"Sam Hill\" --email sam@clinic.example --role front-desk --data DIR")]
pub struct AddArgs {
    /// Their name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// What they sign in with
    #[arg(long, value_name = "E-MAIL")]
    email: String,
    /// What they may do
    #[arg(long, value_name = "ROLE",
        value_parser = ["owner", "practitioner", "front-desk", "billing", "read-only"])]
    role: String,
    /// The directory of the clinic
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Whose access is reset.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  anteroom user reset sam@clinic.example --data DIR
  anteroom user reset sam@clinic.example --lost-phone --data DIR

The old password holds until the new one is set.")]
pub struct ResetArgs {
    /// What they sign in with
    #[arg(value_name = "E-MAIL")]
    email: String,
    /// The phone with the codes is gone too: a new one is set up at the next sign-in
    #[arg(long)]
    lost_phone: bool,
    /// The directory of the clinic
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Whose people are listed.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  anteroom user list --data DIR")]
pub struct ListArgs {
    /// The directory of the clinic
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// The verb that adds a person; its parameters are [`Add`].
pub const ADD: &str = "user add";
/// The verb that makes a new link; its parameters are [`Reset`].
pub const RESET: &str = "user reset";
/// The verb that lists people; it has no parameters.
pub const LIST: &str = "user list";

/// Someone who is to work here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Add {
    /// Their name.
    pub name: String,
    /// What they sign in with.
    pub email: String,
    /// The code of their role.
    pub role: String,
}

/// Someone who needs a new link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// What they sign in with.
    pub email: String,
    /// Whether their second factor is gone too.
    pub lost_phone: bool,
}

/// A link that sets a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Link {
    url: String,
    until: String,
}

/// Someone who works or worked here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Person {
    email: String,
    name: String,
    role: String,
    state: String,
}

/// Does what is asked, and says what came of it.
pub async fn run(user: User) -> Result<(), Sorry> {
    let bar = Bar::new("Working");
    match user {
        User::Add(AddArgs {
            name,
            email,
            role,
            data,
        }) => {
            let add = Add { name, email, role };
            tell(&control::ask(&data, ADD, &add, &bar).await?);
        }
        User::Reset(ResetArgs {
            email,
            lost_phone,
            data,
        }) => {
            let reset = Reset { email, lost_phone };
            tell(&control::ask(&data, RESET, &reset, &bar).await?);
        }
        User::List(ListArgs { data }) => {
            let people: Vec<Person> = control::ask(&data, LIST, &(), &bar).await?;
            for Person {
                email,
                name,
                role,
                state,
            } in people
            {
                say(&format!("{role:<13} {state:<9} {email:<32} {name}"));
            }
        }
    }
    Ok(())
}

fn tell(link: &Link) {
    say(&link.url);
    say(&format!(
        "Give this link to nobody else. It sets a password, once, until {}.",
        link.until
    ));
}

/// Lets someone work here.
pub(super) fn add(clinic: &Clinic, add: &Add) -> Result<Value, Sorry> {
    let role = Role::from_code(&add.role).filter(|r| r.is_staff());
    let person = NewPerson {
        name: add.name.trim().to_owned(),
        email: address(&add.email)?,
        role: role.ok_or_else(|| Sorry(format!("there is no role \"{}\"", add.role)))?,
        practitioner: None,
    };
    if person.name.is_empty() {
        return Err(Sorry("a name is needed".to_owned()));
    }
    link(people::invite(
        clinic,
        &people::console("user add"),
        &person,
        false,
    ))
}

/// Makes a new link, and takes the second factor away if it is gone.
pub(super) fn reset(clinic: &Clinic, reset: &Reset) -> Result<Value, Sorry> {
    let caller = people::console("user reset");
    let wanted = address(&reset.email)?.folded();
    let is_theirs = |l: &Login| l.email.as_ref().is_some_and(|e| e.folded() == wanted);
    let known = people::list(clinic, &caller)?.into_iter().find(is_theirs);
    let nobody = || Sorry(format!("nobody here has the e-mail {}", reset.email));
    let id = known.ok_or_else(nobody)?.id;
    let handed_out = people::renew_link(clinic, &caller, id, false);
    if reset.lost_phone && handed_out.is_ok() {
        people::change(clinic, &caller, id, PersonChange::NoSecondFactor)?;
    }
    link(handed_out)
}

/// Everybody who works or worked here.
pub(super) fn list(clinic: &Clinic) -> Result<Value, Sorry> {
    let people = people::list(clinic, &people::console("user list"))?;
    let state = |login: &Login| match login.state {
        LoginState::Pending => "pending",
        LoginState::Active => "active",
        LoginState::Disabled => "disabled",
    };
    let people: Vec<Person> = people
        .iter()
        .map(|login| Person {
            email: login.email.as_ref().map_or("", Email::as_str).to_owned(),
            name: login.name.clone(),
            role: login.role.code().to_owned(),
            state: state(login).to_owned(),
        })
        .collect();
    serde_json::to_value(people).map_err(Sorry::from_display)
}

fn address(written: &str) -> Result<Email, Sorry> {
    Email::try_from(written).map_err(|_| Sorry(format!("\"{written}\" is not an e-mail address")))
}

fn link(handed_out: Result<PasswordLink, Stop>) -> Result<Value, Sorry> {
    let link = match handed_out {
        Ok(PasswordLink {
            url, expires_at, ..
        }) => Link {
            url,
            until: expires_at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        },
        Err(Stop::Refused(Refused::Duplicate)) => {
            return Err(Sorry("somebody has this e-mail already".to_owned()));
        }
        Err(Stop::Refused(Refused::Changed)) => {
            return Err(Sorry(
                "this access is closed; open it in the staff pages".to_owned(),
            ));
        }
        Err(other) => return Err(other.into()),
    };
    serde_json::to_value(link).map_err(Sorry::from_display)
}
