//! A template and a sample of the file that an import profile takes: what a partner begins with.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::job::Error;
use crate::profile::{Contract, Import, Profile};
use crate::rule::Column;

/// What a profile's columns have examples of: a heading line, one row to be overwritten, and people to look at.
pub struct Template {
    /// `lucca-users.template.csv` and `lucca-users.sample.csv`, and what is in them.
    files: [(String, Vec<u8>); 2],
}

/// # Errors
/// The profile is not for imports, or gives no examples.
pub fn template(profile: &Profile) -> Result<Template, Error> {
    let no_template = |why: &str| Err(Error::Usage(format!("`{}` has no template: {why}", profile.name)));
    let Contract::Import(import) = &profile.contract else {
        return no_template("it describes no file that a partner drops; `passerelle profiles` says which ones do");
    };
    let columns: Vec<&Column> = import.columns.iter().filter(|column| !column.examples.is_empty()).collect();
    let Some(people) = columns.first().map(|column| column.examples.len()) else {
        return no_template("no column of the profile has `examples`");
    };
    let files = [("template", 0..1), ("sample", 1..people)]
        .map(|(part, people)| (format!("{}.{part}.csv", profile.name), write(import, &columns, people)));
    Ok(Template { files })
}

/// UTF-8 with a byte order mark and CRLF: what spreadsheets open as it is.
fn write(import: &Import, columns: &[&Column], people: std::ops::Range<usize>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(import.separator as u8)
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    let mut record = |cells: Vec<&str>| writer.write_record(cells).expect("memory takes all");
    record(columns.iter().map(|column| column.heading.as_str()).collect());
    people.for_each(|person| record(columns.iter().map(|column| column.examples[person].as_str()).collect()));
    writer.into_inner().expect("memory takes all")
}

impl Template {
    /// Writes both files into a folder, over nothing that is there; returns their paths.
    pub fn save(&self, folder: &Path) -> Result<Vec<PathBuf>, Error> {
        self.files.iter().map(|(name, content)| save_new(&folder.join(name), content)).collect()
    }

    /// Their paths, for a dry run.
    pub fn paths(&self, folder: &Path) -> Vec<PathBuf> {
        self.files.iter().map(|(name, _)| folder.join(name)).collect()
    }
}

fn save_new(path: &Path, content: &[u8]) -> Result<PathBuf, Error> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    match file.and_then(|mut file| file.write_all(content)) {
        Ok(()) => Ok(path.into()),
        Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(Error::Usage(format!("{} is there already, and is not overwritten", path.display())))
        }
        Err(cause) => Err(Error::disk("write", path, cause)),
    }
}
