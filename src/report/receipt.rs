//! The receipt: what a partner reads at once, while the file is still being checked.

use chrono::{DateTime, Utc};

use crate::model::{Digest, Language, Text};
use crate::report::count::{self, counted};
use crate::report::page::{PLAIN, Page, moment};
use crate::text;

/// A file that was taken in whole.
pub struct Receipt<'a> {
    /// Its name, as it was dropped.
    pub file: &'a str,
    /// Bytes.
    pub size: u64,
    pub digest: &'a Digest,
    pub run: &'a str,
    pub at: DateTime<Utc>,
    pub language: Language,
}

pub fn write(receipt: &Receipt<'_>) -> String {
    let Receipt { file, size, digest, run, at, language } = receipt;
    let mut page = Page::plain(*language);
    let size = counted(*size as usize, &count::BYTES);
    page.label(0, PLAIN, &Text::of("File:    ", "Fichier : "), &Text::same(file.to_string()));
    page.label(0, PLAIN, &Text::of("Size:    ", "Taille :  "), &size);
    page.label(0, PLAIN, &Text::of("Arrived: ", "Arrivé :  "), &moment(*at));
    page.blank();
    page.paragraph(&NEXT);
    page.blank();
    page.say(0, PLAIN, &text!("Run {run}", "Exécution {run}"));
    page.say(0, PLAIN, &text!("SHA-256 of the file: {digest}", "SHA-256 du fichier : {digest}"));
    page.finish()
}

const NEXT: Text = Text::of(
    "The file arrived whole and is being checked. A verdict takes the place of this receipt: in `done`, `refused` or \
     `held`, beside this file's name. If there is none by the next day, ask the company and name the run.",
    "Le fichier est arrivé entier et il est en cours de vérification. Un verdict remplacera cet accusé de réception : dans \
     `done`, `refused` ou `held`, sous le nom du fichier. S'il n'y en a pas le lendemain, adressez-vous à l'entreprise en \
     citant l'exécution.",
);
