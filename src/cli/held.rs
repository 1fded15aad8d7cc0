//! What `held` prints: everything that waits for a person, why, and how to decide.

use std::path::Path;

use serde_json::json;

use crate::cli::arguments::Output;
use crate::cli::show::site_option;
use crate::cli::table;
use crate::job::held::Held;
use crate::model::{Language, Text};
use crate::text;

/// Files of one instant that are named.
const SHOWN: usize = 6;

const NOTHING: Text = Text::of("Nothing is held.", "Rien n'est retenu.");

pub fn list(held: &[Held], site: &Path, language: Language, output: Output) -> String {
    match output {
        Output::Json => {
            let all: Vec<_> = held.iter().map(|held| document(held, site)).collect();
            format!("{:#}\n", json!({ "held": all }))
        }
        Output::Text if held.is_empty() => format!("{}\n", NOTHING.is(language)),
        Output::Text => {
            let all: Vec<String> = held.iter().map(|held| lines(held, site, language)).collect();
            all.join("\n")
        }
    }
}

fn document(held: &Held, site: &Path) -> serde_json::Value {
    json!({
        "run": held.run(), "exchange": held.exchange(), "direction": direction(held), "file": held.files()[0], "files": held.files(),
        "since": held.since(), "reasons": held.reasons(),
        "approve": command(held, site, "approve"), "discard": command(held, site, "discard"),
    })
}

fn lines(held: &Held, site: &Path, language: Language) -> String {
    let label = |english: &'static str, french: &'static str| format!("  {}", Text::of(english, french).is(language));
    let since = held.since().format("%Y-%m-%d %H:%M UTC").to_string();
    let mut rows = vec![[label("run", "exécution"), held.run()], [label("since", "depuis"), since]];
    for (index, reason) in held.reasons().iter().enumerate() {
        let label = if index == 0 { label("because", "motif") } else { String::new() };
        rows.push([label, reason.is(language).into()]);
    }
    let heading = format!("{} · {} · {}\n", held.exchange(), direction(held), files(&held.files(), language));
    // Whole lines, to be copied.
    let ways = [
        ("approve", "to let it through:", "pour le laisser passer :"),
        ("discard", "to give it up:", "pour y renoncer :"),
    ];
    let ways: String = ways
        .map(|(verb, english, french)| format!("{}\n    {}\n", label(english, french), command(held, site, verb)))
        .concat();
    heading + &table::write(&rows) + &ways
}

/// By name, as long as a person would read them.
fn files(names: &[&str], language: Language) -> String {
    let shown = names[..names.len().min(SHOWN)].join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} {}", text!("and {more} more", "et {more} autres").is(language)),
    }
}

fn direction(held: &Held) -> &'static str {
    match held {
        Held::Plan(_) => "import",
        Held::Set(_) => "export",
    }
}

fn command(held: &Held, site: &Path, verb: &str) -> String {
    let site = site_option(site);
    format!("passerelle {site}{verb} {} {}", held.run(), held.exchange())
}
