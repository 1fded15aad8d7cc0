//! What `rules` prints: all codes that a finding can have, or the page of one.

use serde_json::json;
use textwrap::{Options, WordSeparator, WordSplitter};

use crate::cli::arguments::Output;
use crate::cli::{show, table};
use crate::job::{Error, rules};
use crate::model::{Language, Rule, Severity, Text, fold};
use crate::report::page::words;

const WIDTH: usize = 80;
const INDENT: &str = "    ";

const ERROR: Text = Text::of(
    "The row is left out; where the finding names no row, the whole file is refused.",
    "La ligne est écartée ; si le constat ne nomme aucune ligne, c'est tout le fichier qui est refusé.",
);
const REMARK: Text = Text::of("Nothing is left out because of it.", "Rien n'est écarté pour autant.");
const ONE: Text = Text::of(
    "`passerelle rules CODE` explains one of them, with an example.",
    "`passerelle rules CODE` en explique une, avec un exemple.",
);
const CORRECTION: Text = Text::of("What to do:", "Que faire :");
const WRONG: Text = Text::of("For example, in short:", "Par exemple, en abrégé :");
const RIGHT: Text = Text::of("Put right:", "Une fois corrigé :");

/// All rules in a table, or the page of the one that has the code.
pub fn page(code: Option<&str>, language: Language, output: Output) -> Result<String, Error> {
    let Some(code) = code else { return Ok(list(language, output)) };
    let rule = rules::of(code).ok_or_else(|| unknown(code))?;
    Ok(match output {
        Output::Text => one(rule, language),
        Output::Json => show::document(&serde_json::to_value(rule).expect("a rule is made of plain values")),
    })
}

fn unknown(code: &str) -> Error {
    let help = match fold::nearest(code, rules::all().map(|rule| rule.code)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`passerelle rules` lists them".into(),
    };
    Error::Usage(format!("there is no rule `{code}`; {help}"))
}

fn list(language: Language, output: Output) -> String {
    if output == Output::Json {
        return show::document(&json!({ "rules": rules::all().collect::<Vec<_>>() }));
    }
    let longest = rules::all().map(|rule| rule.code.len()).max().unwrap_or_default();
    let row = |rule: &&Rule| {
        // Spaces make the columns of all groups as wide.
        let code = format!("  {:longest$}", rule.code);
        [code, format!("{:8}", rule.severity.name().is(language)), rule.meaning.is(language).into()]
    };
    let group = |(title, rules): (Text, &'static [&'static Rule])| {
        let rows: Vec<[String; 3]> = rules.iter().map(row).collect();
        format!("{}\n{}", title.is(language), table::write(&rows))
    };
    let groups: Vec<String> = rules::groups().into_iter().map(group).collect();
    format!("{}\n{}\n", groups.join("\n"), ONE.is(language))
}

fn one(rule: &Rule, language: Language) -> String {
    let consequence = match rule.severity {
        Severity::Error => ERROR,
        Severity::Remark => REMARK,
    };
    let meaning = format!("{} {}", rule.meaning.is(language), consequence.is(language));
    let mut paragraphs = vec![
        format!("{} · {}", rule.code, rule.severity.name().is(language)),
        wrapped(&meaning, WIDTH),
        titled(&CORRECTION, &wrapped(rule.correction.is(language), WIDTH - INDENT.len()), language),
    ];
    let examples = [(&WRONG, rule.example.wrong), (&RIGHT, rule.example.right)];
    paragraphs.extend(
        examples.iter().filter(|(_, lines)| !lines.is_empty()).map(|(title, lines)| titled(title, lines, language)),
    );
    paragraphs.join("\n\n") + "\n"
}

fn wrapped(text: &str, width: usize) -> String {
    let options =
        Options::new(width).word_separator(WordSeparator::Custom(words)).word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}

/// The lines of an example are not wrapped: they can be copied.
fn titled(title: &Text, lines: &str, language: Language) -> String {
    format!("{}\n{}", title.is(language), textwrap::indent(lines, INDENT))
}
