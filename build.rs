//! Turns `assets/` into the folder that the binary embeds and serves: sheets and scripts joined, one
//! of each for patients and one for staff, every file named by its hash, text compressed once, at the
//! highest level, so that no request ever waits for it.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

/// What every page needs, in the order of the cascade.
const APP: [&str; 32] = [
    "layers",
    "tokens",
    "fonts",
    "reset",
    "base",
    "shell",
    "icon",
    "button",
    "card",
    "row_list",
    "slot_grid",
    "tag",
    "chip",
    "field",
    "choice",
    "error_summary",
    "summary_list",
    "panel",
    "banner",
    "timeline",
    "help_row",
    "details",
    "drawing",
    "dialog",
    "table",
    "pager",
    "toast",
    "meter",
    "code",
    "wizard",
    "utils",
    "print",
];

/// What staff and printed pages need besides.
const STAFF: [&str; 6] = [
    "combobox",
    "rail",
    "board",
    "calendar",
    "side_panel",
    "letter",
];

/// What every page runs. A script in no list is served by itself, to the pages that name it.
const APP_JS: [&str; 2] = ["swap", "page"];

/// What staff pages run besides.
const STAFF_JS: [&str; 4] = ["live", "board", "combobox", "new_visit"];

/// Five-minute rows of one day, and the longest visit in such rows.
const ROWS: (u16, u16) = (288, 96);

struct File {
    name: String,
    content: Vec<u8>,
}

impl File {
    fn new(name: &str, text: String) -> Self {
        Self {
            name: name.to_owned(),
            content: text.into_bytes(),
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("no manifest directory")?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("no output directory")?);
    let assets = root.join("assets");
    for watched in ["css", "js", "icons", "fonts"] {
        println!("cargo::rerun-if-changed={}", assets.join(watched).display());
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/domain/theme.rs");
    println!("cargo::rerun-if-changed=src/domain/theme/oklch.rs");

    let mut files = Vec::new();
    for (folder, extension) in [("fonts", "woff2"), ("icons", "svg")] {
        files.extend(read(&assets.join(folder), extension)?);
    }
    files.extend(scripts(&assets.join("js"))?);
    let urls: BTreeMap<String, String> = files
        .iter()
        .map(|file| (file.name.clone(), format!("/a/{}", served_as(file))))
        .collect();
    let sheets = Sheets {
        folder: assets.join("css"),
        urls,
    };
    sheets.all_are_used()?;
    let (app, staff) = (sheets.join(&APP)?, sheets.join(&STAFF)?);
    files.push(File::new(
        "staff.css",
        format!("{app}{staff}{}", calendar_rows()),
    ));
    files.push(File::new("app.css", app));

    // Files of an earlier build have other names: they must not be embedded too.
    let folder = out.join("assets");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir(&folder)?;
    for file in &files {
        write(&folder, file)?;
    }

    // The theme file is a function of the colour and of this source, so the source names it.
    let mut theme = fs::read(root.join("src/domain/theme.rs"))?;
    theme.extend(fs::read(root.join("src/domain/theme/oklch.rs"))?);
    println!("cargo::rustc-env=ANTEROOM_THEME_VERSION={}", hash(&theme));
    Ok(())
}

fn read(folder: &Path, extension: &str) -> Result<Vec<File>, Box<dyn Error>> {
    let mut files = Vec::new();
    for item in fs::read_dir(folder)? {
        let path = item?.path();
        if path.extension().is_some_and(|found| found == extension) {
            let name = path
                .file_name()
                .and_then(|n| n.to_str())
                .ok_or("a file name is not text")?;
            files.push(File {
                name: name.to_owned(),
                content: fs::read(&path)?,
            });
        }
    }
    Ok(files)
}

/// One script for patients, one for staff, and those that only some pages name.
fn scripts(folder: &Path) -> Result<Vec<File>, Box<dyn Error>> {
    let mut alone: BTreeMap<String, String> = BTreeMap::new();
    for file in read(folder, "js")? {
        alone.insert(file.name, squeeze_script(&String::from_utf8(file.content)?));
    }
    let mut join = |names: &[&str]| {
        names
            .iter()
            .map(|name| alone.remove(&format!("{name}.js")))
            .collect::<Option<String>>()
            .ok_or("a script of a list in build.rs is not there")
    };
    let (app, staff) = (join(&APP_JS)?, join(&STAFF_JS)?);
    let mut files = vec![File::new("staff.js", format!("{app}{staff}"))];
    files.push(File::new("app.js", app));
    files.extend(
        alone
            .iter()
            .map(|(name, text)| File::new(name, text.clone())),
    );
    Ok(files)
}

/// Drops comments and indentation. Strings in our scripts hold no comment marks, and a `//` comment
/// has a line of its own.
fn squeeze_script(script: &str) -> String {
    let mut squeezed = String::new();
    for line in without_comments(script).lines().map(str::trim) {
        if !line.is_empty() && !line.starts_with("//") {
            squeezed.push_str(line);
            squeezed.push('\n');
        }
    }
    squeezed
}

struct Sheets {
    folder: PathBuf,
    urls: BTreeMap<String, String>,
}

impl Sheets {
    /// A sheet in no list would be dead without anyone noticing.
    fn all_are_used(&self) -> Result<(), Box<dyn Error>> {
        for file in read(&self.folder, "css")? {
            let stem = file.name.trim_end_matches(".css");
            if !APP.contains(&stem) && !STAFF.contains(&stem) {
                return Err(format!("{} is in neither list of build.rs", file.name).into());
            }
        }
        Ok(())
    }

    fn join(&self, names: &[&str]) -> Result<String, Box<dyn Error>> {
        let mut joined = String::new();
        for name in names {
            let path = self.folder.join(format!("{name}.css"));
            let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            joined.push_str(&squeeze(&text));
        }
        while let Some((before, rest)) = joined.split_once("url(asset:") {
            let (name, after) = rest.split_once(')').ok_or("url(asset: is never closed")?;
            let url = self
                .urls
                .get(name)
                .ok_or_else(|| format!("there is no asset {name}"))?;
            joined = format!("{before}url({url}){after}");
        }
        Ok(joined)
    }
}

fn without_comments(source: &str) -> String {
    let mut text = String::new();
    let mut rest = source;
    while let Some((before, comment)) = rest.split_once("/*") {
        text.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text
}

/// Drops comments, indentation and line ends. Strings in our sheets hold no comment marks.
fn squeeze(css: &str) -> String {
    let mut squeezed = String::new();
    for line in without_comments(css)
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        squeezed.push_str(line);
        // A declaration may go on in the next line, where the space counts.
        if !line.ends_with(['{', '}', ';', ',']) {
            squeezed.push(' ');
        }
    }
    let tight = [
        (" {", "{"),
        ("{ ", "{"),
        (" }", "}"),
        ("} ", "}"),
        ("; ", ";"),
        (": ", ":"),
        (", ", ","),
        (";}", "}"),
    ];
    for (loose, firm) in tight {
        squeezed = squeezed.replace(loose, firm);
    }
    squeezed
}

/// Positions in the calendar are classes, because the page allows no inline style.
fn calendar_rows() -> String {
    let mut css = String::from("@layer utils{");
    for row in 1..=ROWS.0 {
        let _ = write!(css, ".r{row}{{grid-row-start:{row}}}");
    }
    for span in 1..=ROWS.1 {
        let _ = write!(css, ".h{span}{{grid-row-end:span {span}}}");
    }
    css.push('}');
    css
}

fn hash(content: &[u8]) -> String {
    let mut digits = HEXLOWER.encode(&Sha256::digest(content));
    digits.truncate(16);
    digits
}

/// `app.css` is served as `app.<hash>.css`.
fn served_as(file: &File) -> String {
    let (stem, extension) = file.name.rsplit_once('.').unwrap_or((&file.name, "bin"));
    format!("{stem}.{}.{extension}", hash(&file.content))
}

/// The file, and beside it what is sent to browsers that take brotli.
fn write(folder: &Path, file: &File) -> Result<(), Box<dyn Error>> {
    let path = folder.join(served_as(file));
    fs::write(&path, &file.content)?;
    // Fonts are compressed already.
    if path
        .extension()
        .is_some_and(|extension| extension == "woff2")
    {
        return Ok(());
    }
    let mut packed = Vec::new();
    let level = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut file.content.as_slice(), &mut packed, &level)?;
    let mut beside = path.into_os_string();
    beside.push(".br");
    fs::write(beside, packed)?;
    Ok(())
}
