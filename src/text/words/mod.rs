//! Checks on the words themselves: that the files hold together and that people can read them.
//!
//! Every failure names the message and says what to do about it. The rules for writing are at the
//! top of `assets/locales/en/anteroom.ftl`.

mod reading;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{
    CallArguments, Comment, Entry, Expression, InlineExpression, Pattern, PatternElement, Resource,
};
use fluent_syntax::parser;
use reading::complaints;
use regex::Regex;

use super::{ENGLISH, Language, pseudo};

/// One message, term or attribute of a file.
struct Message {
    /// `id`, or `id.attribute`.
    id: String,
    comment: String,
    pattern: Pattern<String>,
}

fn parse(source: &str) -> Result<Resource<String>, String> {
    parser::parse(source.to_owned()).map_err(|(_, errors)| {
        let errors: Vec<_> = errors
            .iter()
            .map(|error| {
                let line = source.get(..error.pos.start).unwrap_or("").lines().count();
                format!("line {line}: {error}")
            })
            .collect();
        errors.join("\n")
    })
}

fn messages(resource: &Resource<String>) -> Vec<Message> {
    let mut all = Vec::new();
    for entry in &resource.body {
        let (id, value, attributes, comment) = match entry {
            Entry::Message(m) => (
                m.id.name.clone(),
                m.value.as_ref(),
                &m.attributes,
                &m.comment,
            ),
            Entry::Term(t) => (
                format!("-{}", t.id.name),
                Some(&t.value),
                &t.attributes,
                &t.comment,
            ),
            Entry::Comment(_)
            | Entry::GroupComment(_)
            | Entry::ResourceComment(_)
            | Entry::Junk { .. } => continue,
        };
        let comment = comment.as_ref().map(written).unwrap_or_default();
        if let Some(pattern) = value {
            all.push(Message {
                id: id.clone(),
                comment: comment.clone(),
                pattern: pattern.clone(),
            });
        }
        all.extend(attributes.iter().map(|attribute| Message {
            id: format!("{id}.{}", attribute.id.name),
            comment: comment.clone(),
            pattern: attribute.value.clone(),
        }));
    }
    all
}

fn written(comment: &Comment<String>) -> String {
    comment.content.join("\n")
}

/// Every text that a pattern can become, with a word of one syllable for each value it takes in.
fn readings(pattern: &Pattern<String>) -> Vec<String> {
    let mut readings = vec![String::new()];
    for element in &pattern.elements {
        let choices = match element {
            PatternElement::TextElement { value } => vec![value.clone()],
            PatternElement::Placeable { expression } => expression_readings(expression),
        };
        readings = readings
            .iter()
            .flat_map(|start| choices.iter().map(move |end| format!("{start}{end}")))
            .collect();
    }
    readings
}

fn expression_readings(expression: &Expression<String>) -> Vec<String> {
    match expression {
        Expression::Select { variants, .. } => variants
            .iter()
            .flat_map(|variant| readings(&variant.value))
            .collect(),
        Expression::Inline(InlineExpression::Placeable { expression }) => {
            expression_readings(expression)
        }
        Expression::Inline(InlineExpression::StringLiteral { value }) => vec![value.clone()],
        Expression::Inline(_) => vec![String::from("Sam")],
    }
}

/// The names of the values that a pattern takes in.
fn variables(pattern: &Pattern<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            expression_variables(expression, &mut found);
        }
    }
    found
}

fn expression_variables(expression: &Expression<String>, found: &mut BTreeSet<String>) {
    match expression {
        Expression::Select { selector, variants } => {
            inline_variables(selector, found);
            for variant in variants {
                found.extend(variables(&variant.value));
            }
        }
        Expression::Inline(inline) => inline_variables(inline, found),
    }
}

fn inline_variables(inline: &InlineExpression<String>, found: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.clone());
        }
        InlineExpression::Placeable { expression } => expression_variables(expression, found),
        InlineExpression::FunctionReference { arguments, .. } => {
            argument_variables(arguments, found);
        }
        InlineExpression::TermReference { arguments, .. } => {
            if let Some(arguments) = arguments {
                argument_variables(arguments, found);
            }
        }
        InlineExpression::StringLiteral { .. }
        | InlineExpression::NumberLiteral { .. }
        | InlineExpression::MessageReference { .. } => {}
    }
}

fn argument_variables(arguments: &CallArguments<String>, found: &mut BTreeSet<String>) {
    for argument in &arguments.positional {
        inline_variables(argument, found);
    }
    for argument in &arguments.named {
        inline_variables(&argument.value, found);
    }
}

fn files_under(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_under(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files
}

fn home(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

/// All the Rust that we wrote, in one text.
fn rust() -> String {
    let files = [
        files_under(&home("src"), "rs"),
        files_under(&home("tests"), "rs"),
    ]
    .concat();
    files
        .into_iter()
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect()
}

fn english() -> Vec<Message> {
    messages(&parse(ENGLISH).unwrap())
}

fn none(problems: &[String]) {
    assert!(
        problems.is_empty(),
        "{} to mend:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

#[test]
fn every_file_of_words_parses() {
    let files = files_under(&home("assets/locales"), "ftl");
    assert!(
        files.contains(&home("assets/locales/en/anteroom.ftl")),
        "{files:?}"
    );
    let problems: Vec<_> = files
        .iter()
        .filter_map(|file| {
            let source = std::fs::read_to_string(file).unwrap();
            parse(&source)
                .err()
                .map(|errors| format!("{}: {errors}", file.display()))
        })
        .collect();
    none(&problems);
}

#[test]
fn every_id_is_there_once_and_in_kebab_case() {
    let kebab = Regex::new(r"^-?[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z][a-z0-9-]*)?$").unwrap();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for message in english() {
        *counts.entry(message.id).or_default() += 1;
    }
    let problems: Vec<_> = counts
        .into_iter()
        .filter_map(|(id, count)| match (count, kebab.is_match(&id)) {
            (1, true) => None,
            (1, false) => Some(format!("`{id}` is not kebab-case")),
            (count, _) => Some(format!("`{id}` is there {count} times")),
        })
        .collect();
    none(&problems);
}

#[test]
fn every_message_stands_in_a_group_that_is_there_once() {
    let mut groups = BTreeSet::new();
    let mut problems = Vec::new();
    for entry in parse(ENGLISH).unwrap().body {
        match entry {
            Entry::GroupComment(group) => {
                let name = written(&group);
                if name != name.to_lowercase() || name.contains('\n') {
                    problems.push(format!("`## {name}` is not one line in small letters"));
                }
                if !groups.insert(name.clone()) {
                    problems.push(format!(
                        "`## {name}` is there twice: put its messages together"
                    ));
                }
            }
            Entry::Message(message) if groups.is_empty() => {
                problems.push(format!(
                    "`{}` stands above the first `## group`",
                    message.id.name
                ));
            }
            Entry::Message(_)
            | Entry::Term(_)
            | Entry::Comment(_)
            | Entry::ResourceComment(_)
            | Entry::Junk { .. } => {}
        }
    }
    none(&problems);
}

#[test]
fn english_can_be_read_at_age_eleven() {
    let problems: Vec<_> = english()
        .iter()
        .flat_map(|message| {
            complaints(message)
                .into_iter()
                .map(|complaint| format!("`{}` {complaint}", message.id))
        })
        .collect();
    none(&problems);
}

#[test]
fn the_test_languages_have_every_message_with_the_same_values() {
    let shape = |source: &str| -> BTreeMap<String, BTreeSet<String>> {
        messages(&parse(source).unwrap())
            .into_iter()
            .map(|message| (message.id, variables(&message.pattern)))
            .collect()
    };
    let expected = shape(ENGLISH);
    for language in [Language::Longer, Language::RightToLeft] {
        let changed = pseudo::resource(ENGLISH, language);
        assert_eq!(shape(&changed), expected, "{language}");
        assert_ne!(changed, ENGLISH, "{language}");
    }
}

/// The compile-time check of arguments only looks when at least one is given.
#[test]
fn a_message_that_takes_values_is_given_them() {
    let bare = Regex::new(r#"\bt!\(\s*[^;{}"]*?,\s*"([a-z0-9-]+)"\s*,?\s*\)"#).unwrap();
    let takes: BTreeMap<_, _> = english()
        .into_iter()
        .map(|m| (m.id, variables(&m.pattern)))
        .collect();
    let source = rust();
    let problems: Vec<_> = bare
        .captures_iter(&source)
        .filter_map(|found| {
            let id = &found[1];
            let missing = takes.get(id).filter(|values| !values.is_empty())?;
            Some(format!("`t!(…, \"{id}\")` lacks {missing:?}"))
        })
        .collect();
    none(&problems);
    assert!(
        bare.is_match("t!(page.text, \"app-name\")"),
        "the search finds a call"
    );
}

#[test]
fn every_message_is_said_somewhere() {
    let source = rust();
    let problems: Vec<_> = english()
        .into_iter()
        .filter(|message| !message.id.contains('.') && !message.id.starts_with('-'))
        .filter(|message| !source.contains(&format!("\"{}\"", message.id)))
        .map(|message| format!("`{}` is said nowhere: use it or remove it", message.id))
        .collect();
    none(&problems);
}
