//! `anteroom backup-target`: the places where backups go. Whoever runs the machine adds them, since a
//! hardened service can write nowhere else; the owner of the clinic chooses among them.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::backup::whole;
use super::control;
use super::progress::Bar;
use super::{Sorry, say};
use crate::app::people::console;
use crate::app::status::{self, Place};
use crate::app::{Clinic, Stop, backups};
use crate::domain::backup::plan::{Destination, is_name};
use crate::domain::refusal::Refused;
use crate::store::{beside, disk};

/// The verb that adds a place; its parameters are [`Add`].
pub const ADD: &str = "backup-target add";
/// The verb that forgets a place; its parameters are [`Named`].
pub const REMOVE: &str = "backup-target remove";
/// The verb that lists places; it has no parameters.
pub const LIST: &str = "backup-target list";

/// Where systemd looks for what an administrator adds to a unit.
const SYSTEMD: &str = "/etc/systemd/system";
/// The first line of every drop-in that is ours to remove.
const DROP_IN_MARK: &str = "# Made by: anteroom backup-target add";

/// What can be done with places for backups.
#[derive(clap::Subcommand, Debug)]
#[command(after_help = "\
Examples:
  anteroom backup-target add /mnt/usb/anteroom --data /var/lib/anteroom
  anteroom backup-target list --data /var/lib/anteroom
  anteroom backup-target remove anteroom --data /var/lib/anteroom

All may run beside a server. The owner chooses among the places in Settings, Backups.")]
pub enum BackupTarget {
    /// Make a directory ready for backups, and offer it to the clinic
    Add(AddArgs),
    /// Every place, and how old the last proven backup there is
    List(ListArgs),
    /// Forget a place; the archives there stay
    Remove(RemoveArgs),
}

/// What is added.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  anteroom backup-target add /mnt/usb/anteroom --data /var/lib/anteroom
  anteroom backup-target add /srv/nas --name nas --data /var/lib/anteroom --no-drop-in

Run it as root beside a service: the directory is given to the account that owns the data, and a
drop-in lets the hardened unit write there. It takes effect when the service starts again.")]
pub struct AddArgs {
    /// The directory for the archives; it is made if it does not exist
    #[arg(value_name = "TARGET")]
    directory: PathBuf,
    /// The directory of the clinic
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// What it is called: small letters, digits, hyphens; else the last part of its path
    #[arg(long, value_name = "NAME", value_parser = name_of)]
    name: Option<String>,
    #[command(flatten)]
    drop_in: DropInArgs,
}

/// Where the drop-in is.
#[derive(clap::Args, Debug)]
pub struct DropInArgs {
    /// The systemd drop-in; else backup-NAME.conf beside the unit, when run as root
    #[arg(long, value_name = "FILE")]
    drop_in: Option<PathBuf>,
    /// Leave systemd alone, and say what it needs
    #[arg(long, conflicts_with = "drop_in")]
    no_drop_in: bool,
}

/// Whose places are listed.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  anteroom backup-target list --data /var/lib/anteroom")]
pub struct ListArgs {
    /// The directory of the clinic
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// What is forgotten.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:\n  anteroom backup-target remove nas --data /var/lib/anteroom")]
pub struct RemoveArgs {
    /// What it is called
    #[arg(value_name = "NAME", value_parser = name_of)]
    name: String,
    /// The directory of the clinic
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    drop_in: DropInArgs,
}

/// A place to be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Add {
    /// Its name.
    pub name: String,
    /// The directory, by its whole path.
    pub directory: String,
    /// Whether the service may write there only from its next start on.
    pub later: bool,
}

/// A place by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its name.
    pub name: String,
}

/// What came of adding.
#[derive(Serialize, Deserialize)]
struct Added {
    /// What the running server says about writing there; none when it can.
    unwritable: Option<String>,
}

fn name_of(word: &str) -> Result<String, String> {
    if is_name(word) {
        Ok(word.to_owned())
    } else {
        Err("use small letters, digits and hyphens".to_owned())
    }
}

/// The last part of a path as a name.
fn name_from(directory: &Path) -> Result<String, Sorry> {
    let last = directory.file_name().and_then(|n| n.to_str()).unwrap_or("");
    let lower = last.to_ascii_lowercase().replace(['_', '.', ' '], "-");
    if is_name(&lower) {
        return Ok(lower);
    }
    Err(Sorry(format!(
        "\"{last}\" makes no name for the target; give one with --name"
    )))
}

impl DropInArgs {
    /// The file, when there is one to write.
    fn file(&self, name: &str) -> Option<PathBuf> {
        if self.no_drop_in {
            return None;
        }
        let usual = || {
            let unit = Path::new(SYSTEMD).join("anteroom.service.d");
            let here = disk::am_root() && Path::new(SYSTEMD).is_dir();
            here.then(|| unit.join(format!("backup-{name}.conf")))
        };
        self.drop_in.clone().or_else(usual)
    }
}

/// What a unit needs to write to a directory. A disk that is not there must not keep it from
/// starting, hence the hyphen.
fn setting(directory: &str) -> String {
    let plain = directory
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('%', "%%");
    format!("[Service]\nReadWritePaths=\"-{plain}\"\n")
}

/// Writes the drop-in; whether anything changed.
fn write_drop_in(file: &Path, directory: &str) -> Result<bool, Sorry> {
    let text = format!("{DROP_IN_MARK}\n{}", setting(directory));
    if fs::read_to_string(file).is_ok_and(|there| there == text) {
        return Ok(false);
    }
    let unwritable = |e| Sorry(format!("{} cannot be written: {e}", file.display()));
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent).map_err(unwritable)?;
    }
    let mut new = file.as_os_str().to_owned();
    new.push(".new");
    fs::write(&new, text).map_err(unwritable)?;
    fs::rename(&new, file).map_err(unwritable)?;
    Ok(true)
}

/// Removes a drop-in that is ours; whether there was one.
fn remove_drop_in(file: &Path) -> bool {
    let ours = fs::read_to_string(file).is_ok_and(|text| text.starts_with(DROP_IN_MARK));
    ours && fs::remove_file(file).is_ok()
}

/// Does what is asked, and says what came of it.
pub async fn run(target: BackupTarget) -> Result<(), Sorry> {
    match target {
        BackupTarget::Add(args) => add_target(args).await,
        BackupTarget::List(ListArgs { data }) => {
            let places: Vec<Place> = control::ask(&data, LIST, &(), &Bar::new("Working")).await?;
            if places.is_empty() {
                say("There is no target yet. Add one: anteroom backup-target add DIR --data DIR");
            }
            for place in places {
                let used = if place.chosen { "used" } else { "rests" };
                let state = super::status::backup_state(&place);
                say(&format!(
                    "{:<16} {used:<6} {}  {state}",
                    place.name, place.to
                ));
            }
            Ok(())
        }
        BackupTarget::Remove(RemoveArgs {
            name,
            data,
            drop_in,
        }) => {
            let named = Named { name };
            let bar = Bar::new("Working");
            let to: String = control::ask(&data, REMOVE, &named, &bar).await?;
            drop(bar);
            let file = drop_in.file(&named.name);
            say(&format!(
                "Backups no longer go to {to}. The archives there stay."
            ));
            if let Some(file) = file.filter(|f| remove_drop_in(f)) {
                say(&format!("Removed {}", file.display()));
            }
            Ok(())
        }
    }
}

async fn add_target(args: AddArgs) -> Result<(), Sorry> {
    let (data, directory) = (whole(&args.data)?, whole(&args.directory)?);
    if !beside::exists(&data) {
        return Err(Sorry(format!("there is no clinic in {}", data.display())));
    }
    if directory == data {
        return Err(Sorry(
            "choose another directory than that of the clinic".to_owned(),
        ));
    }
    let path = directory.to_str().filter(|p| !p.contains(char::is_control));
    let path = path.ok_or_else(|| Sorry("this path cannot be written down".to_owned()))?;
    let name = match args.name {
        Some(name) => name,
        None => name_from(&directory)?,
    };
    let to = Destination::directory(Path::new(path));
    let unusable = |e| Sorry(format!("{path} cannot be used: {e}"));
    backups::prepare(&to, &data).map_err(unusable)?;
    backups::try_out(&to).map_err(unusable)?;
    let file = args.drop_in.file(&name);
    let changed = match &file {
        Some(file) => write_drop_in(file, path)?,
        None => false,
    };
    let add = Add {
        name: name.clone(),
        directory: path.to_owned(),
        later: file.is_some(),
    };
    let bar = Bar::new("Working");
    let answer: Result<Added, Sorry> = control::ask(&data, ADD, &add, &bar).await;
    drop(bar);
    let added = match answer {
        Ok(added) => added,
        Err(sorry) => {
            if let Some(file) = file.filter(|_| changed) {
                remove_drop_in(&file);
            }
            return Err(sorry);
        }
    };
    say(&format!("Backups go to {path} as \"{name}\"."));
    match file {
        Some(file) if changed => {
            say(&format!(
                "Wrote {}. Now let systemd read it:",
                file.display()
            ));
            say("  systemctl daemon-reload && systemctl restart anteroom");
        }
        Some(_) => {}
        None => {
            say("A hardened systemd unit needs this beside it, in a drop-in:");
            say(&setting(path));
        }
    }
    if let Some(why) = added.unwritable {
        say(&format!(
            "The server cannot write there before its restart: {why}"
        ));
    }
    if same_disk(&directory, &data) {
        say("NOTE: this is the disk of the clinic itself. Add a place on another one as well.");
    }
    say("They begin once the test word of the recovery sheet is typed back: Settings, Backups.");
    Ok(())
}

fn same_disk(one: &Path, other: &Path) -> bool {
    let disk = |p: &Path| fs::metadata(p).map(|m| m.dev()).ok();
    disk(one).is_some() && disk(one) == disk(other)
}

/// Does what [`ADD`] asks: the one who will write there tries it.
pub(super) fn add(clinic: &Clinic, add: &Add) -> Result<Value, Sorry> {
    let to = Destination::directory(Path::new(&add.directory));
    let unwritable = backups::try_out(&to).err().map(|e| e.to_string());
    if let Some(why) = unwritable.as_ref().filter(|_| !add.later) {
        let why = format!(
            "the server cannot write to {}: {why}; its unit may need ReadWritePaths=, which a \
             drop-in of this command gives when it is run as root",
            add.directory
        );
        return Err(Sorry(why));
    }
    match backups::add(clinic, &console("backup-target"), &add.name, to) {
        Ok(_) => serde_json::to_value(Added { unwritable }).map_err(Sorry::from_display),
        Err(Stop::Refused(Refused::Duplicate)) => Err(Sorry(format!(
            "there is a target \"{}\" or one with this directory already",
            add.name
        ))),
        Err(other) => Err(other.into()),
    }
}

/// Does what [`REMOVE`] asks.
pub(super) fn remove(clinic: &Clinic, named: &Named) -> Result<Value, Sorry> {
    match backups::remove(clinic, &console("backup-target"), &named.name) {
        Ok(target) => Ok(Value::String(target.to.shown().to_owned())),
        Err(Stop::Refused(Refused::NotFound)) => {
            Err(Sorry(format!("there is no target \"{}\"", named.name)))
        }
        Err(other) => Err(other.into()),
    }
}

/// Does what [`LIST`] asks.
pub(super) fn list(clinic: &Clinic) -> Result<Value, Sorry> {
    let status = status::of(clinic)?;
    serde_json::to_value(status.backups).map_err(Sorry::from_display)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_told_a_path_that_it_reads_as_it_is() {
        let line = setting("/mnt/the \"old\" 50% disk\\x");
        assert_eq!(
            line,
            "[Service]\nReadWritePaths=\"-/mnt/the \\\"old\\\" 50%% disk\\\\x\"\n"
        );
    }

    #[test]
    fn a_directory_gives_a_name_where_it_can() {
        let name = |path: &str| name_from(Path::new(path)).ok();
        assert_eq!(name("/mnt/USB_2").as_deref(), Some("usb-2"));
        assert_eq!(name("/mnt/été"), None);
        assert_eq!(name("/"), None);
    }

    #[test]
    fn only_a_drop_in_of_ours_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("unit.d/backup-usb.conf");
        assert!(write_drop_in(&file, "/mnt/usb").unwrap());
        assert!(
            !write_drop_in(&file, "/mnt/usb").unwrap(),
            "nothing changed"
        );
        assert!(remove_drop_in(&file) && !file.exists());
        fs::write(&file, "[Service]\n").unwrap();
        assert!(!remove_drop_in(&file) && file.exists());
    }
}
