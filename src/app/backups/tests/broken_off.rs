//! Backups that are broken off: by a kill, by the end of the program, for want of room.

use super::*;

fn place(it: &Setting) -> Place {
    Place {
        to: it.dir.path().join("usb"),
        scratch: it.dir.path().join("data"),
    }
}

/// The names in a directory that end so.
fn names(directory: &Path, end: &str) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|n| n.ends_with(end)).collect();
    names.sort();
    names
}

#[test]
fn one_that_ends_and_cannot_be_removed_is_known_and_is_no_failure() {
    let it = Setting::new();
    it.add("usb");
    it.check_sheet();
    let (clinic, place) = (&it.stage.clinic, place(&it));
    let ended = back_up(clinic, &place, &|done, all| {
        if done * 2 <= all {
            return Ok(());
        }
        // What cannot be removed as a file is.
        let archive = place.to.join(names(&place.to, ".age").pop().unwrap());
        fs::remove_file(&archive).unwrap();
        fs::create_dir(&archive).unwrap();
        Err(Problem::Stopped)
    });
    assert!(matches!(ended, Err(Problem::Stopped)), "{ended:?}");
    assert_eq!(it.target("usb").last, None, "no failure of the place");
    let all = clinic.store.read(|rows| backup::all(rows)).unwrap();
    assert_eq!(all.len(), 1);
    assert!(all[0].proven_at.is_none() && !all[0].problem.is_empty());
}
