//! The verdict as the partner reads it, a plain text beside the file that was set aside.

pub mod json;

use chrono::{DateTime, Utc};

use crate::model::{Digest, Language, Text, Verdict};
use crate::report::Import;
use crate::report::count::{self, counted};
use crate::report::page::{PLAIN, Page, moment};
use crate::report::text::{self, ALREADY_TAKEN, Listing, Meaning};
use crate::text;

/// What a partner is told about a file, and how.
pub struct Notice<'a> {
    pub import: &'a Import,
    /// None where the file was not fetched.
    pub digest: Option<&'a Digest>,
    pub run: &'a str,
    pub at: DateTime<Utc>,
    pub language: Language,
    /// The name of the file of rows to correct, where there is one.
    pub corrections: Option<&'a str>,
    /// The name of the same verdict as JSON.
    pub for_machines: &'a str,
    pub codes: Meaning<'a>,
}

/// Findings of one code that are shown before the rest is only counted.
const SHOWN: usize = 50;

pub fn write(notice: &Notice<'_>) -> String {
    let Notice { import, digest, run, at, .. } = notice;
    let mut page = Page::plain(notice.language);
    page.label(0, PLAIN, &Text::of("File:    ", "Fichier : "), &Text::same(import.file.clone()));
    page.label(0, PLAIN, &Text::of("Size:    ", "Taille :  "), &counted(import.size as usize, &count::BYTES));
    page.label(0, PLAIN, &Text::of("Verdict: ", "Verdict : "), &import.verdict.name());
    page.blank();
    match import.already_taken {
        true => page.say(0, PLAIN, &ALREADY_TAKEN.sentence()),
        false => {
            page.paragraph(&meaning(import));
            page.say(0, PLAIN, &text::counts(import).sentence());
        }
    }
    for returned in &import.returned {
        page.say(0, PLAIN, &returned.sentence().sentence());
    }
    for reason in &import.held {
        page.label(0, PLAIN, &Text::of("Held: ", "Retenu : "), reason);
    }
    for reason in &import.failed {
        page.label(0, PLAIN, &Text::of("Not applied: ", "Non appliqué : "), reason);
    }
    if let Some(corrections) = notice.corrections {
        page.paragraph(&to_correct(corrections));
    }
    if !import.findings.0.is_empty() {
        page.blank();
        let Import { findings, unlisted, .. } = import;
        page.findings(
            0,
            &Listing { findings, unlisted, shown: SHOWN, whole: notice.for_machines, codes: notice.codes },
        );
    }
    page.blank();
    page.label(0, PLAIN, &text!("Run {run}, ", "Exécution {run}, le "), &moment(*at));
    if let Some(digest) = digest {
        page.say(0, PLAIN, &text!("SHA-256 of the file: {digest}", "SHA-256 du fichier : {digest}"));
    }
    page.finish()
}

fn to_correct(corrections: &str) -> Text {
    text!(
        "The rows to correct are in {corrections}, each with its reason in the last column; rows are counted as in your \
         file. Correct them there and drop that file again; the reasons may stay, except where one asks to be emptied.",
        "Les lignes à corriger sont dans {corrections}, chacune avec son motif dans la dernière colonne ; les lignes sont \
         comptées comme dans votre fichier. Corrigez-les dans ce fichier et déposez-le de nouveau ; les motifs peuvent \
         rester, sauf celui qui demande à être vidé.",
    )
}

const DISCARDED: Text = Text::of(
    "Nothing was applied: the file is unusual, for the reason below, and a person at the company decided not to take it.",
    "Rien n'a été appliqué : le fichier sort de l'ordinaire, pour la raison ci-dessous, et une personne de l'entreprise a \
     décidé de ne pas le prendre.",
);

pub fn meaning(import: &Import) -> Text {
    match import.verdict {
        Verdict::Refused if import.discarded => DISCARDED,
        Verdict::Accepted => Text::of("Every row was taken.", "Toutes les lignes ont été prises."),
        Verdict::AcceptedWithRemarks => Text::of(
            "Every row was taken. The remarks below are worth a look before the next file.",
            "Toutes les lignes ont été prises. Les remarques ci-dessous méritent un coup d'œil avant le prochain fichier.",
        ),
        Verdict::TakenInPart => Text::of(
            "The rows without an error were taken. The rows with an error were left out: nothing changed for the people \
             in them.",
            "Les lignes sans erreur ont été prises. Les lignes avec une erreur ont été écartées : rien n'a changé pour \
             les personnes concernées.",
        ),
        Verdict::Held => Text::of(
            "Nothing was applied yet: the file is unusual, for the reason below, and a person at the company must \
             approve it first. There is nothing to drop again.",
            "Rien n'a encore été appliqué : le fichier sort de l'ordinaire, pour la raison ci-dessous, et une personne de \
             l'entreprise doit d'abord l'approuver. Il n'y a rien à déposer de nouveau.",
        ),
        Verdict::Refused => Text::of("Nothing was applied.", "Rien n'a été appliqué."),
    }
}
