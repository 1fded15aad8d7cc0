//! Manual pages and completions for shells, made of the words of the command line and of the README.

mod markdown;

use std::fs;
use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_complete::Shell;
use clap_mangen::roff::{Roff, roman};

use super::arguments::Arguments;
use crate::job::Error;

const README: &str = include_str!("../../README.md");

/// What of the README is the page of the site file.
const SITE_FILE: &str = "\n## Configuring a site\n";

/// `passerelle(1)`, a page for each verb, `passerelle.toml(5)`, and what bash, fish and zsh complete by.
pub fn write(folder: &Path) -> Result<(), Error> {
    let failed = |cause| Error::disk("write manual pages into", folder, cause);
    fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Arguments::command(), folder).map_err(failed)?;
    fs::write(folder.join("passerelle.toml.5"), site_file()).map_err(failed)?;
    for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
        clap_complete::generate_to(shell, &mut shown(), "passerelle", folder).map_err(failed)?;
    }
    Ok(())
}

/// Without the verbs that are hidden, which shells would complete.
fn shown() -> Command {
    let all = Arguments::command();
    let verbs = all.get_subcommands().filter(|verb| !verb.is_hide_set()).cloned();
    let named = Command::new("passerelle").version(env!("CARGO_PKG_VERSION"));
    named.args(all.get_arguments().cloned()).subcommands(verbs)
}

fn site_file() -> String {
    let (_, section) = README.split_once(SITE_FILE).expect("the README says how a site is configured");
    let section = section.split("\n## ").next().unwrap_or_default();
    let mut page = Roff::new();
    page.control("TH", ["passerelle.toml", "5", "", concat!("passerelle ", env!("CARGO_PKG_VERSION"))]);
    page.control("SH", ["NAME"]).text([roman("passerelle.toml - the exchanges of HR files of one company")]);
    page.control("SH", ["DESCRIPTION"]);
    markdown::put(&mut page, section);
    page.control("SH", ["SEE ALSO"]).text([roman("passerelle(1), passerelle-check(1), passerelle-profiles(1)")]);
    page.render()
}

#[cfg(test)]
mod tests {
    use super::{site_file, write};

    #[test]
    fn there_is_a_page_for_each_verb_that_is_not_hidden_and_no_shell_completes_the_others() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path()).unwrap();
        let read = |name| std::fs::read_to_string(folder.path().join(name));
        assert!(read("passerelle-run.1").unwrap().contains("\\-\\-sample"));
        assert!(read("passerelle-read-workbook.1").is_err() && read("passerelle-manual.1").is_err());
        for name in ["passerelle.bash", "passerelle.fish", "_passerelle"] {
            let words = read(name).unwrap();
            assert!(words.contains("profiles") && !words.contains("workbook") && !words.contains("manual"), "{name}");
        }
    }

    #[test]
    fn the_page_of_the_site_file_has_every_kind_of_section_and_no_mark_of_the_readme() {
        let page = site_file();
        for section in ["[server.skillup.sftp]", "[people.users.directory]", "[import.from\\-skillup.brakes]"] {
            assert!(page.contains(section), "{section}");
        }
        for mark in ["```", "**", "](", "\n| "] {
            assert!(!page.contains(mark), "{mark}");
        }
    }
}
