//! Which files of a server an import takes, and when they are whole.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};
use serde::{Deserialize, Deserializer, de};

/// A folder of the server and a pattern for the names in it: `from-skillup/*.csv`.
#[derive(Debug, Clone)]
pub struct Files {
    pattern: String,
    folder: String,
    name: GlobMatcher,
}

impl Files {
    /// Refused when the folder is not one plain folder below the server's own.
    pub fn parse(pattern: &str) -> Result<Files, String> {
        let (folder, name) = pattern.rsplit_once('/').unwrap_or(("", pattern));
        let problem = if name.is_empty() {
            "names no file; add a pattern behind the folder, such as `*.csv`"
        } else if folder.contains(['*', '?', '[', '{']) {
            "has a wildcard in its folder; only the name of the file may have one"
        } else if pattern.starts_with('/') || folder.split('/').any(|part| matches!(part, "." | "..")) {
            "does not stay in the server's folder; write a path below the server's `path`"
        } else {
            let glob = GlobBuilder::new(name).literal_separator(true).build();
            return glob
                .map(|glob| Files { pattern: pattern.into(), folder: folder.into(), name: glob.compile_matcher() })
                .map_err(|error| {
                    format!("`{pattern}` is not a pattern ({}); write one such as `*.csv`", error.kind())
                });
        };
        Err(format!("`{pattern}` {problem}"))
    }

    /// Relative to the server's own; empty for that one itself.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// `name` is a file's name in the folder.
    pub fn matches(&self, name: &str) -> bool {
        self.name.is_match(name)
    }
}

impl PartialEq for Files {
    fn eq(&self, other: &Files) -> bool {
        self.pattern == other.pattern
    }
}

impl fmt::Display for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.pattern)
    }
}

impl<'de> Deserialize<'de> for Files {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Files, D::Error> {
        Files::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// When a file is whole: `{ stable-for = 5 }`, `{ marker = "{name}.done" }` or `{ manifest = "{name}.sha256" }`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ready {
    /// Its size, its time and its bytes stay the same for so many seconds.
    StableFor(u32),
    /// Another file stands beside it.
    Marker(Marker),
    /// Another file beside it announces its digest, and perhaps its size.
    Manifest(Manifest),
}

impl Default for Ready {
    fn default() -> Ready {
        Ready::StableFor(5)
    }
}

/// Where the digests of files are announced: one manifest for each, or one for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manifest {
    /// `{name}.sha256`
    OfEach(Marker),
    /// `MANIFEST.sha256`
    OfAll(String),
}

impl Manifest {
    pub fn parse(pattern: &str) -> Result<Manifest, String> {
        match Marker::parse(pattern) {
            Ok(marker) => Ok(Manifest::OfEach(marker)),
            Err(_) if !pattern.is_empty() && !pattern.contains(['/', '{', '*', '?']) => {
                Ok(Manifest::OfAll(pattern.into()))
            }
            Err(_) => Err(format!(
                "`{pattern}` cannot be a manifest; write `{{name}}.sha256` for one beside each file, or a name such as \
                 `MANIFEST.sha256` for one that lists them all"
            )),
        }
    }

    /// The one in which a file is announced.
    pub fn of(&self, name: &str) -> String {
        match self {
            Manifest::OfEach(marker) => marker.of(name),
            Manifest::OfAll(manifest) => manifest.clone(),
        }
    }

    fn is(&self, name: &str) -> bool {
        match self {
            Manifest::OfEach(marker) => marker.is(name),
            Manifest::OfAll(manifest) => manifest == name,
        }
    }
}

impl fmt::Display for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.of("{name}"))
    }
}

impl<'de> Deserialize<'de> for Manifest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Manifest, D::Error> {
        Manifest::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// The name of the file that says that another one is whole: `{name}.done`, with that one's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    before: String,
    behind: String,
}

impl Marker {
    pub fn parse(pattern: &str) -> Result<Marker, String> {
        match pattern.split_once("{name}") {
            Some((before, behind)) if pattern != "{name}" && !pattern.contains('/') && !behind.contains('{') => {
                Ok(Marker { before: before.into(), behind: behind.into() })
            }
            _ => Err(format!(
                "`{pattern}` cannot mark a file as whole; write `{{name}}` and more, such as `{{name}}.done`"
            )),
        }
    }

    /// The marker of a file.
    pub fn of(&self, name: &str) -> String {
        format!("{}{name}{}", self.before, self.behind)
    }

    fn is(&self, name: &str) -> bool {
        let is_longer = name.len() > self.before.len() + self.behind.len();
        is_longer && name.starts_with(&self.before) && name.ends_with(&self.behind)
    }
}

impl Ready {
    /// Is it a marker, and so never a file to take, even where the pattern matches it?
    pub fn is_marker(&self, name: &str) -> bool {
        match self {
            Ready::StableFor(_) => false,
            Ready::Marker(marker) => marker.is(name),
            Ready::Manifest(manifest) => manifest.is(name),
        }
    }

    /// The file beside that one which goes when that one is set aside; what is about several files stays.
    pub fn beside(&self, name: &str) -> Option<String> {
        match self {
            Ready::StableFor(_) | Ready::Manifest(Manifest::OfAll(_)) => None,
            Ready::Marker(marker) | Ready::Manifest(Manifest::OfEach(marker)) => Some(marker.of(name)),
        }
    }
}

impl fmt::Display for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ready::StableFor(seconds) => write!(f, "unchanged for {seconds} s"),
            Ready::Marker(marker) => write!(f, "marked by {marker}"),
            Ready::Manifest(manifest) => write!(f, "as {manifest} says"),
        }
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.of("{name}"))
    }
}

impl<'de> Deserialize<'de> for Marker {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Marker, D::Error> {
        Marker::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_folder_and_names_in_it() {
        let files = Files::parse("from-skillup/day/users*.csv").expect("a pattern");
        assert_eq!(files.folder(), "from-skillup/day");
        assert!(files.matches("users 1.csv") && !files.matches("users.csv.part") && !files.matches("x/users.csv"));
        assert_eq!(Files::parse("*.csv").expect("a pattern").folder(), "");
    }

    #[test]
    fn a_pattern_that_leaves_the_folder_or_names_no_file_is_refused() {
        for wrong in ["", "in/", "*/users.csv", "/in/*.csv", "../*.csv", "in/../*.csv", "in/[a.csv"] {
            assert!(Files::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_marker_has_the_name_of_its_file_and_is_none_itself() {
        let ready = Ready::Marker(Marker::parse("{name}.done").expect("a marker"));
        assert!(ready.is_marker("users.csv.done") && !ready.is_marker("users.csv") && !ready.is_marker(".done"));
        for wrong in ["", "done", "{name}", "ok/{name}", "{name}{date}"] {
            assert!(Marker::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_manifest_is_beside_each_file_or_lists_them_all() {
        let each = Ready::Manifest(Manifest::parse("{name}.sha256").expect("a manifest"));
        assert!(each.is_marker("users.csv.sha256") && !each.is_marker("users.csv"));
        assert_eq!(each.beside("users.csv").as_deref(), Some("users.csv.sha256"));
        let all = Ready::Manifest(Manifest::parse("MANIFEST.sha256").expect("a manifest"));
        assert!(all.is_marker("MANIFEST.sha256") && !all.is_marker("users.csv.sha256"));
        assert_eq!(all.beside("users.csv"), None);
        for wrong in ["", "{name}", "sums/{name}.sha256", "{name}{date}", "sums/all.sha256", "*.sha256"] {
            assert!(Manifest::parse(wrong).is_err(), "{wrong}");
        }
    }
}
