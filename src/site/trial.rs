//! A trial: a site of which nothing is known but a profile, on which a partner tries a file before dropping it.

use std::path::Path;

use super::Site;
use crate::model::Language;
use crate::profile::{Complaints, Document};

impl Site {
    /// One import for each way to tell people apart, called `by-…` after it. Nothing brakes.
    ///
    /// # Errors
    /// There is no such profile, or it tells people apart in none of these ways: ask before.
    pub fn trial(profile: &str, ways: &[&str], language: Language) -> Result<Site, Complaints> {
        let language = match language {
            Language::English => "en",
            Language::French => "fr",
        };
        let import = |way: &&str| {
            format!(
                "[import.by-{way}]\nprofile = \"{profile}\"\npeople = \"nobody\"\nserver = \"here\"\n\
                 files = \"{way}/*\"\nidentify-by = \"{way}\"\nlanguage = \"{language}\"\n\
                 brakes = {{ creations = \"100%\", updates = \"100%\", shrink = \"100%\", floor = 1_000_000_000 }}\n"
            )
        };
        let imports: String = ways.iter().map(import).collect();
        let text = format!(
            "[state]\npath = \"\"\n[server.here.directory]\npath = \".\"\n[people.nobody.directory]\n{imports}"
        );
        let site = Site::read(Document::new("a trial", text), Path::new(""))?;
        Ok(Site { is_trial: true, ..site })
    }
}
