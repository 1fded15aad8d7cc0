//! Why a file is held, in a sentence for people.

use crate::model::Text;
use crate::plan::brake::{Brake, Held};
use crate::plan::heading::Change;
use crate::text;

impl Held {
    /// One sentence: "41 creations are 51% of 80 users; the limit is 10%".
    pub fn text(&self) -> Text {
        let Held { brake, affected, total, .. } = self;
        match brake {
            Brake::Creations => self.users(["creation", "creations"], ["création", "créations"]),
            Brake::Updates => self.users(["update", "updates"], ["mise à jour", "mises à jour"]),
            Brake::Departures => self.users(["departure", "departures"], ["départ", "départs"]),
            Brake::Field(field) => {
                let english = ["change of", "changes of"].map(|noun| format!("{noun} `{field}`"));
                let french = ["modification de", "modifications de"].map(|noun| format!("{noun} `{field}`"));
                self.users([&english[0], &english[1]], [&french[0], &french[1]])
            }
            Brake::Empty if *total == 0 => Text::of("the file has no rows", "le fichier n'a aucune ligne"),
            Brake::Empty => text!(
                "the file has no rows; the last good one had {total}",
                "le fichier n'a aucune ligne ; le dernier bon fichier en avait {total}"
            ),
            Brake::FewerRows => self.measured(total - affected, ROWS, FEWER),
            Brake::MoreRows => self.measured(total + affected, ROWS, MORE),
            Brake::FewerBytes => self.measured(total - affected, BYTES, FEWER),
            Brake::MoreBytes => self.measured(total + affected, BYTES, MORE),
            Brake::Headings(change) => headings(change),
            Brake::NewsForPartner => self.of_given(
                ["row is new or changed", "rows are new or changed"],
                ["ligne est nouvelle ou modifiée", "lignes sont nouvelles ou modifiées"],
            ),
            Brake::LeftForPartner => self.of_given(
                ["person is no longer there", "people are no longer there"],
                ["personne n'est plus là", "personnes ne sont plus là"],
            ),
        }
    }

    /// Nouns stand in the singular and in the plural.
    fn users(&self, english: [&str; 2], french: [&str; 2]) -> Text {
        let Held { affected, total, .. } = self;
        let is_many = *affected > 1;
        let (english, french) = (english[usize::from(is_many)], french[usize::from(is_many)]);
        let are = if is_many { "are" } else { "is" };
        let part = match *total {
            0 => Text::of(" in a directory without users", " dans un annuaire sans utilisateur"),
            1 => text!(" {are} {affected}00% of 1 user", ", soit {affected}00 % du seul utilisateur"),
            total => {
                let percent = percent(*affected, total);
                text!(" {are} {percent}% of {total} users", ", soit {percent} % des {total} utilisateurs")
            }
        };
        text!("{affected} {english}", "{affected} {french}").then(&part).then(&self.the_limit())
    }

    /// Clauses stand in the singular and in the plural.
    fn of_given(&self, english: [&str; 2], french: [&str; 2]) -> Text {
        let Held { affected, total, .. } = self;
        let many = usize::from(*affected > 1);
        let (english, french, percent) = (english[many], french[many], percent(*affected, *total));
        let sentence = text!(
            "{affected} {english}, {percent}% of the {total} that the partner was last given",
            "{affected} {french}, soit {percent} % des {total} dernières données au partenaire"
        );
        sentence.then(&self.the_limit())
    }

    fn measured(&self, now: usize, unit: [[&str; 2]; 2], way: [&str; 2]) -> Text {
        let [[row, rows], [ligne, lignes]] = unit;
        let (noun, nom) = if now == 1 { (row, ligne) } else { (rows, lignes) };
        let [fewer, de_moins] = way;
        let (percent, total) = (percent(self.affected, self.total), self.total);
        let sentence = text!(
            "the file has {now} {noun}, {percent}% {fewer} than the {total} of the last good one",
            "le fichier a {now} {nom}, soit {percent} % {de_moins} que le dernier bon fichier, qui en avait {total}"
        );
        sentence.then(&self.the_limit())
    }

    fn the_limit(&self) -> Text {
        let Some(limit) = self.limit else { return Text::of("", "") };
        let limit = limit.text();
        match self.is_announced {
            false => Text::of("; the limit is ", " ; la limite est de ").then(&limit),
            true => Text::of("; the limit announced for this day is ", " ; la limite annoncée pour ce jour est de ")
                .then(&limit),
        }
    }
}

const ROWS: [[&str; 2]; 2] = [["row", "rows"], ["ligne", "lignes"]];
const BYTES: [[&str; 2]; 2] = [["byte", "bytes"], ["octet", "octets"]];
const FEWER: [&str; 2] = ["fewer", "de moins"];
const MORE: [&str; 2] = ["more", "de plus"];

/// Where no heading is gone and none is new, they stand in another order.
fn headings(change: &Change) -> Text {
    let list = |headings: &[String]| -> String {
        let quoted: Vec<String> = headings.iter().map(|heading| format!("`{heading}`")).collect();
        quoted.join(", ")
    };
    let (gone, new) = (list(&change.gone), list(&change.new));
    let disparu = if change.gone.len() > 1 { "disparus" } else { "disparu" };
    let nouveau = if change.new.len() > 1 { "nouveaux" } else { "nouveau" };
    let sentence = Text::of(
        "the heading line is not that of the last good file",
        "la ligne d'en-têtes n'est pas celle du dernier bon fichier",
    );
    let sentence =
        if gone.is_empty() { sentence } else { sentence.then(&text!("; gone: {gone}", " ; {disparu} : {gone}")) };
    match (gone.is_empty(), new.is_empty()) {
        (_, false) => sentence.then(&text!("; new: {new}", " ; {nouveau} : {new}")),
        (false, true) => sentence,
        (true, true) => {
            sentence.then(&Text::of("; its columns stand in another order", " ; ses colonnes sont dans un autre ordre"))
        }
    }
}

/// Rounded up, so that what is over a limit also looks so.
fn percent(affected: usize, total: usize) -> usize {
    (affected * 100).div_ceil(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Field, Language};
    use crate::plan::limit::Limit;

    fn said(brake: Brake, affected: usize, total: usize) -> [String; 2] {
        let limit = Some(Limit::parse("10%, 3").expect("a limit"));
        let text = Held { brake, affected, total, limit, is_announced: false }.text();
        [Language::English, Language::French].map(|language| text.is(language).to_string())
    }

    #[test]
    fn a_reason_is_said_in_both_languages_and_counts_as_people_do() {
        for (brake, affected, total, english, french) in [
            (
                Brake::Creations,
                1,
                1,
                "1 creation is 100% of 1 user; the limit is 10%, 3",
                "1 création, soit 100 % du seul utilisateur ; la limite est de 10 % ou 3",
            ),
            (
                Brake::Updates,
                4,
                0,
                "4 updates in a directory without users; the limit is 10%, 3",
                "4 mises à jour dans un annuaire sans utilisateur ; la limite est de 10 % ou 3",
            ),
            (
                Brake::Field(Field::of("manager")),
                41,
                80,
                "41 changes of `manager` are 52% of 80 users; the limit is 10%, 3",
                "41 modifications de `manager`, soit 52 % des 80 utilisateurs ; la limite est de 10 % ou 3",
            ),
            (
                Brake::FewerRows,
                99,
                100,
                "the file has 1 row, 99% fewer than the 100 of the last good one; the limit is 10%, 3",
                "le fichier a 1 ligne, soit 99 % de moins que le dernier bon fichier, qui en avait 100 ; la limite est de 10 % ou 3",
            ),
        ] {
            assert_eq!(said(brake, affected, total), [english, french]);
        }
        let gone = Change { gone: vec!["a".into(), "b".into()], new: vec!["c".into()], is_loss: true };
        assert_eq!(
            said(Brake::Headings(gone), 0, 0)[1],
            "la ligne d'en-têtes n'est pas celle du dernier bon fichier ; disparus : `a`, `b` ; nouveau : `c`"
        );
    }
}
