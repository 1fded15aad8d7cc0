//! What `rules` prints: all codes that a finding can have, or the page of one.

use serde_json::json;

use crate::cli::arguments::Output;
use crate::cli::{show, table};
use crate::job::{Error, rules};
use crate::model::{Language, Rule, Severity, Text, fold};

const WIDTH: usize = 80;

const HEADINGS: [Text; 3] = [Text::of("code", "code"), Text::of("severity", "gravité"), Text::of("meaning", "sens")];
const ERROR: Text = Text::of(
    "error: its row is left out; where it names no row, the file is refused",
    "erreur : la ligne est écartée ; sans ligne, c'est le fichier qui est refusé",
);
const REMARK: Text =
    Text::of("remark: good to know; nothing is left out", "remarque : bon à savoir ; rien n'est écarté");
const CORRECTION: Text = Text::of("What to do", "Que faire");
const WRONG: Text = Text::of("An example", "Un exemple");
const RIGHT: Text = Text::of("Put right", "Corrigé");

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
    let mut rows = vec![HEADINGS.map(|heading| heading.is(language).to_string())];
    rows.extend(
        rules::all()
            .map(|rule| [rule.code, rule.severity.name().is(language), rule.meaning.is(language)].map(String::from)),
    );
    table::write(&rows)
}

fn one(rule: &Rule, language: Language) -> String {
    let severity = match rule.severity {
        Severity::Error => ERROR,
        Severity::Remark => REMARK,
    };
    let paragraphs = [
        format!("{} · {}", rule.code, severity.is(language)),
        wrapped(&rule.meaning, language),
        titled(CORRECTION, &wrapped(&rule.correction, language), language),
        titled(WRONG, rule.example.wrong, language),
        titled(RIGHT, rule.example.right, language),
    ];
    paragraphs.join("\n\n") + "\n"
}

fn wrapped(text: &Text, language: Language) -> String {
    textwrap::fill(text.is(language), WIDTH - INDENT.len())
}

const INDENT: &str = "    ";

/// The lines of an example are not wrapped: they can be copied.
fn titled(title: Text, text: &str, language: Language) -> String {
    let colon = match language {
        Language::English => ":",
        Language::French => " :",
    };
    format!("{}{colon}\n{}", title.is(language), textwrap::indent(text, INDENT).trim_end())
}
