//! The house is tidy: arrows go down, every file says what it is for, only `cli` prints, nothing is a drawer for everything.
//!
//! The floors are read from the map in `src/lib.rs`, so that the map cannot grow old. What is checked is the text without
//! comments and string literals; nothing here knows more Rust than that.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The floor of each room, from 0.
type Floors = BTreeMap<String, u8>;

const DRAWERS: [&str; 7] = ["util", "utils", "common", "helper", "helpers", "misc", "types"];
const PRINTING: [&str; 7] = ["println!", "eprintln!", "print!", "eprint!", "dbg!", "io::stdout", "io::stderr"];

#[test]
fn the_house_is_tidy() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let map = fs::read_to_string(root.join("src/lib.rs")).expect("the crate has a lib.rs");
    let sources = read(root, "src", "rs");
    let tests = read(root, "tests", "rs");
    let samples = read(root, "samples", "toml");
    let profiles = read(root, "profiles", "toml");
    assert!(sources.len() > 1, "there are sources to look at");

    let floors = floors(&map);
    let mut faults = rooms_without_floor(&map, &floors);
    let for_tests = test_files(&sources);
    for (path, text) in &sources {
        faults.extend(arrows(path, text, &floors));
        faults.extend(lints(path, text, for_tests.iter().any(|stem| path.starts_with(stem.as_str()))));
    }
    for (path, text) in sources.iter().chain(&tests) {
        faults.extend(header(path, text));
        faults.extend(drawer(path));
    }
    let tests = tests.into_iter().filter(|(path, _)| path != "tests/tidy.rs");
    let witnesses: Vec<String> = tests.chain(samples).map(|(_, text)| text).collect();
    faults.extend(profiles.iter().filter_map(|(path, _)| unproven(path, &witnesses)));
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// The map's lines look like ``//! | 5 | [`cli`] | what it is for |``.
fn floors(map: &str) -> Floors {
    map.lines()
        .filter_map(|line| line.strip_prefix("//! | "))
        .filter_map(|line| {
            let mut cells = line.split(" | ");
            let floor = cells.next()?.parse().ok()?;
            let room = cells.next()?.trim_matches(['[', ']', '`']).trim_start_matches("mod@");
            Some((room.to_string(), floor))
        })
        .chain([("main".to_string(), 7), ("lib".to_string(), 7)])
        .collect()
}

fn rooms_without_floor(map: &str, floors: &Floors) -> Vec<String> {
    map.lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .filter(|room| !floors.contains_key(*room))
        .map(|room| format!("src/lib.rs: `{room}` has no line on the map"))
        .collect()
}

/// Every `crate::room` must be the file's own room, or one on a lower floor.
fn arrows(path: &str, text: &str, floors: &Floors) -> Vec<String> {
    let own = room_of(path);
    let Some(floor) = floors.get(own) else { return vec![format!("{path}: `{own}` has no line on the map")] };
    let code = code_of(text);
    let mut faults: Vec<String> = crate_paths(&code)
        .into_iter()
        .filter(|(_, other)| own != *other && floors.get(*other).is_some_and(|below| below >= floor))
        .map(|(at, other)| {
            let line = line_of(&code, at);
            format!("{path}:{line}: `{own}` (floor {floor}) uses `{other}` (floor {}); arrows go down", floors[other])
        })
        .collect();
    // One module deeper than the file itself, tests may say it once more.
    let (working, _) = without_tests(&code);
    let way_out = "super::".repeat(depth_of(path));
    let outside = words(&working, &way_out).map(|at| line_of(&working, at));
    faults.extend(outside.map(|line| format!("{path}:{line}: say `crate::` where the room is left")));
    faults
}

/// `src/rule/mail.rs` and `src/rule.rs` are in `rule`.
fn room_of(path: &str) -> &str {
    let inside = path.strip_prefix("src/").unwrap_or(path);
    inside.split('/').next().unwrap_or(inside).trim_end_matches(".rs")
}

/// How many modules deep a file is: `src/rule/mod.rs` is one deep, `src/rule/mail.rs` two.
fn depth_of(path: &str) -> usize {
    path.trim_end_matches("/mod.rs").matches('/').count()
}

/// Where the code says `crate::…`, and the first name behind it; one by one for `crate::{a, b::c}`.
fn crate_paths(code: &str) -> Vec<(usize, &str)> {
    code.match_indices("crate::").flat_map(|(at, start)| heads(code, at + start.len())).collect()
}

fn heads(code: &str, from: usize) -> Vec<(usize, &str)> {
    let rest = &code[from..];
    let Some(group) = rest.strip_prefix('{') else { return vec![(from, first_name(rest))] };
    let mut depth = 1;
    let mut starts = vec![from + 1];
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => starts.push(from + 1 + at + 1),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    starts.into_iter().map(|start| (start, first_name(code[start..].trim_start()))).collect()
}

fn first_name(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len());
    &text[..end]
}

fn header(path: &str, text: &str) -> Option<String> {
    let said = text.lines().next().is_some_and(|line| line.starts_with("//! ") && line.len() > 10);
    (!said).then(|| format!("{path}:1: the first line must say with `//!` what the file is for"))
}

fn drawer(path: &str) -> Option<String> {
    let drawer = path.split('/').map(|part| part.trim_end_matches(".rs")).find(|part| DRAWERS.contains(part));
    let errors = (path == "src/errors.rs" || path == "src/error.rs").then_some("errors");
    drawer.or(errors).map(|name| format!("{path}: a file is named after its noun, not `{name}`"))
}

/// What may not stand in a source file; printing and unwrapping are for tests (and printing for `cli`).
fn lints(path: &str, text: &str, for_tests: bool) -> Vec<String> {
    let code = code_of(text);
    let working = if for_tests { String::new() } else { without_tests(&code).0 };
    let fault = |code: &str, at: usize, what: &str| format!("{path}:{}: {what}", line_of(code, at));
    let mut faults = Vec::new();
    if room_of(path) != "cli" {
        let prints = PRINTING.iter().flat_map(|word| words(&working, word));
        faults.extend(prints.map(|at| fault(&working, at, "only `cli` prints")));
    }
    faults.extend(
        words(&working, ".unwrap()")
            .map(|at| fault(&working, at, "`unwrap` is for tests; say why it holds with `expect`")),
    );
    let allowed = ["#[allow(", "#![allow("].into_iter().flat_map(|word| words(&code, word));
    faults.extend(allowed.map(|at| fault(&code, at, "`#[expect(…, reason = …)]` in place of `#[allow]`")));
    let expected =
        words(&code, "#[expect(").filter(|at| !code[*at..].split(']').next().is_some_and(|it| it.contains("reason")));
    faults.extend(expected.map(|at| fault(&code, at, "an `#[expect]` needs its reason")));
    faults
}

/// Where `word` stands in the code, but not as the end of a longer name.
fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let joins = |at: usize| code[..at].ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
    code.match_indices(word).map(|(at, _)| at).filter(move |at| !word.starts_with(char::is_alphabetic) || !joins(*at))
}

/// A profile is proven by a test or a sample that names it, between quotes.
fn unproven(path: &str, witnesses: &[String]) -> Option<String> {
    let name = Path::new(path).file_stem()?.to_str()?;
    let quoted = format!("\"{name}\"");
    let seen = witnesses.iter().any(|text| text.contains(&quoted));
    (!seen).then(|| format!("{path}: no sample and no test names {quoted}"))
}

/// The text with comments, string and character literals blanked out, line for line.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let skipped = literal_or_comment(rest, code.chars().next_back());
        let taken = skipped.unwrap_or(letter.len_utf8());
        match skipped {
            Some(_) => code.extend(rest[..taken].chars().map(|letter| if letter == '\n' { '\n' } else { ' ' })),
            None => code.push(letter),
        }
        rest = &rest[taken..];
    }
    code
}

/// The length of the comment or literal that starts here, if one does.
fn literal_or_comment(rest: &str, before: Option<char>) -> Option<usize> {
    let until = |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    let in_name = before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    let raw = rest.trim_start_matches('b').strip_prefix('r').map(|raw| raw.trim_start_matches('#'));
    if rest.starts_with("//") {
        Some(rest.find('\n').unwrap_or(rest.len()))
    } else if rest.starts_with("/*") {
        Some(until("*/", 2))
    } else if let Some(raw) = raw.filter(|raw| raw.starts_with('"') && !in_name) {
        let opening = rest.len() - raw.len() + 1;
        let hashes = rest[..opening].matches('#').count();
        Some(until(&format!("\"{}", "#".repeat(hashes)), opening))
    } else if rest.starts_with('"') {
        Some(escaped(rest, '"'))
    } else if rest.starts_with("'\\") || rest.starts_with('\'') && rest.chars().nth(2) == Some('\'') {
        Some(escaped(rest, '\''))
    } else {
        None
    }
}

/// The length of a literal in which a backslash takes the next character along.
fn escaped(rest: &str, quote: char) -> usize {
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            _ if letter == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Blanks out what stands under `#[cfg(test)]`; also the names of the modules that are files there.
fn without_tests(code: &str) -> (String, Vec<&str>) {
    let mut working = String::with_capacity(code.len());
    let mut modules = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        let item = &rest[at..];
        let end = item_end(item);
        let module = item[..end].strip_suffix(';').and_then(|item| item.rsplit_once("mod "));
        modules.extend(module.map(|(_, name)| name));
        working.push_str(&rest[..at]);
        working.extend(item[..end].chars().filter(|letter| *letter == '\n'));
        rest = &item[end..];
    }
    working.push_str(rest);
    (working, modules)
}

/// One past the `;` or the closing brace that ends the item.
fn item_end(item: &str) -> usize {
    let mut depth = 0;
    for (at, letter) in item.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 && (letter == ';' || letter == '}') {
            return at + 1;
        }
    }
    item.len()
}

/// Paths, without `.rs`, of the files that are modules for tests only.
fn test_files(sources: &[(String, String)]) -> Vec<String> {
    let declared = sources.iter().flat_map(|(path, text)| {
        let folder =
            path.strip_suffix("/mod.rs").or(path.strip_suffix("/lib.rs")).unwrap_or(path.trim_end_matches(".rs"));
        let code = code_of(text);
        let (_, modules) = without_tests(&code);
        modules.into_iter().map(|module| format!("{folder}/{module}")).collect::<Vec<_>>()
    });
    declared.flat_map(|stem| [format!("{stem}.rs"), format!("{stem}/")]).collect()
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

/// The files with that ending under a folder, with their paths from the root, in order; none where there is no folder.
fn read(root: &Path, folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.expect("the folder can be read").path()) {
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.retain(|path: &PathBuf| path.extension().is_some_and(|found| found == ending));
    files.sort();
    let name = |path: &Path| path.strip_prefix(root).expect("it is under the root").to_string_lossy().into_owned();
    files.into_iter().map(|path| (name(&path), fs::read_to_string(&path).expect("sources are UTF-8"))).collect()
}

const MAP: &str = "\
//! | floor | room | what it is for |
//! |---|---|---|
//! | 2 | [`profile`] | one partner's contract |
//! | 1 | [`mod@format`] | bytes to table and back |
//! | 1 | [`rule`] | one check per file |
//! | 0 | [`model`] | the nouns |

pub mod attic;
pub mod model;
";

#[test]
fn floors_come_from_the_map_and_every_room_must_be_on_it() {
    let floors = floors(MAP);
    assert_eq!((floors["profile"], floors["format"], floors["model"]), (2, 1, 0));
    assert_eq!(rooms_without_floor(MAP, &floors), ["src/lib.rs: `attic` has no line on the map"]);
}

#[test]
fn an_arrow_that_goes_up_or_sideways_is_found() {
    let cases = [
        ("src/rule/mail.rs", "use crate::model::Field;\nuse crate::rule::column::Check;", 0),
        ("src/rule/mail.rs", "use crate::format::Dialect;", 1),
        ("src/model/table.rs", "fn f() -> crate::profile::Profile {}", 1),
        ("src/rule/mail.rs", "use crate::{model::{Field, Table}, format::{self, cell}, profile};", 2),
        ("src/rule/mail.rs", "use crate::{\n    model,\n    format,\n};", 1),
        ("src/rule/mail.rs", "use super::super::format::Dialect;", 1),
        ("src/rule/mod.rs", "use super::format::Dialect;", 1),
        (
            "src/rule/mail.rs",
            "use super::column::Check;\n#[cfg(test)]\nmod tests { use super::super::column::List; }",
            0,
        ),
        (
            "src/rule/mail.rs",
            "// crate::format is not for us\n/// [`crate::format`]\nconst A: &str = \"crate::format\";",
            0,
        ),
        ("src/profile/mod.rs", "use crate::format::Dialect;", 0),
        ("src/main.rs", "fn main() { passerelle::cli::main() }", 0),
        ("src/cellar/mod.rs", "", 1),
    ];
    for (path, text, expected) in cases {
        let faults = arrows(path, text, &floors(MAP));
        assert_eq!(faults.len(), expected, "{path} {text}: {faults:?}");
    }
    let faults = arrows("src/rule/mail.rs", "\n\nuse crate::format::Dialect;", &floors(MAP));
    assert_eq!(faults, ["src/rule/mail.rs:3: `rule` (floor 1) uses `format` (floor 1); arrows go down"]);
}

#[test]
fn a_file_without_a_first_sentence_or_with_a_drawer_for_a_name_is_found() {
    assert!(header("a.rs", "//! Dates as files write them.").is_none());
    for bad in ["", "//!", "// Dates as files write them.", "\n//! Dates as files write them.", "use std::fmt;"] {
        assert!(header("a.rs", bad).is_some(), "{bad}");
    }
    for bad in ["src/utils.rs", "src/rule/helpers.rs", "src/common/mod.rs", "src/errors.rs", "tests/common/mod.rs"] {
        assert!(drawer(bad).is_some(), "{bad}");
    }
    for good in ["src/transport/error.rs", "src/rule/mail.rs", "src/report/mod.rs"] {
        assert!(drawer(good).is_none(), "{good}");
    }
}

#[test]
fn printing_unwrapping_and_allowing_are_found_outside_tests() {
    let inside = "fn f() {}\n#[cfg(test)]\nmod tests {\n    fn g() { println!(\"{}\", h().unwrap()); }\n}\n";
    let cases = [
        ("src/rule/mail.rs", "fn f() { println!(\"a\"); }", 1),
        ("src/rule/mail.rs", "fn f() { eprintln!(\"a\"); dbg!(2); std::io::stdout(); }", 3),
        ("src/cli/mod.rs", "fn f() { println!(\"a\"); }", 0),
        ("src/rule/mail.rs", "fn f() { pretty_print!(\"println!\"); }", 0),
        ("src/rule/mail.rs", "fn f() { g().unwrap(); g().unwrap_or(1); }", 1),
        ("src/rule/mail.rs", inside, 0),
        ("src/rule/mail.rs", "#[cfg(test)]\nmod suite;\nfn f() { g().unwrap() }", 1),
        ("src/rule/mail.rs", "#[allow(dead_code)]\nfn f() {}", 1),
        ("src/rule/mail.rs", "#[expect(dead_code)]\nfn f() {}", 1),
        ("src/rule/mail.rs", "#[expect(dead_code, reason = \"the next door needs it\")]\nfn f() {}", 0),
        ("src/rule/mail.rs", "const Q: char = '\"'; fn f<'a>(x: &'a str) { g(r#\"\"\"#).unwrap() }", 1),
    ];
    for (path, text, expected) in cases {
        let faults = lints(path, text, false);
        assert_eq!(faults.len(), expected, "{path} {text}: {faults:?}");
    }
    assert!(lints("src/rule/suite.rs", "fn f() { g().unwrap() }", true).is_empty());
    let sources = [("src/rule/mod.rs".to_string(), "#[cfg(test)]\npub(crate) mod suite;".to_string())];
    assert_eq!(test_files(&sources), ["src/rule/suite.rs", "src/rule/suite/"]);
}

#[test]
fn a_profile_that_nothing_names_is_found() {
    let witnesses = ["profile = \"skillup\"".to_string()];
    assert_eq!(unproven("profiles/skillup.toml", &witnesses), None);
    assert!(unproven("profiles/skill.toml", &witnesses).is_some());
}
