//! Why a file is held, in a sentence for people.

use crate::model::{Language, Text};
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
        }
    }

    /// Nouns stand in the singular and in the plural.
    fn users(&self, english: [&str; 2], french: [&str; 2]) -> Text {
        let Held { affected, total, .. } = self;
        let is_many = *affected > 1;
        let (english, french) = (english[usize::from(is_many)], french[usize::from(is_many)]);
        let limit = self.the_limit();
        let (limit, limite) = (limit.is(Language::English), limit.is(Language::French));
        if *total == 0 {
            return text!(
                "{affected} {english} in a directory without users{limit}",
                "{affected} {french} dans un annuaire sans utilisateur{limite}"
            );
        }
        let percent = percent(*affected, *total);
        let are = if is_many { "are" } else { "is" };
        let (users, utilisateurs) = match total {
            1 => ("1 user".to_string(), "du seul utilisateur".to_string()),
            _ => (format!("{total} users"), format!("des {total} utilisateurs")),
        };
        text!(
            "{affected} {english} {are} {percent}% of {users}{limit}",
            "{affected} {french}, soit {percent} % {utilisateurs}{limite}"
        )
    }

    fn measured(&self, now: usize, unit: [[&str; 2]; 2], way: [&str; 2]) -> Text {
        let [[row, rows], [ligne, lignes]] = unit;
        let (noun, nom) = if now == 1 { (row, ligne) } else { (rows, lignes) };
        let [fewer, de_moins] = way;
        let (percent, total) = (percent(self.affected, self.total), self.total);
        let limit = self.the_limit();
        let (limit, limite) = (limit.is(Language::English), limit.is(Language::French));
        text!(
            "the file has {now} {noun}, {percent}% {fewer} than the {total} of the last good one{limit}",
            "le fichier a {now} {nom}, soit {percent} % {de_moins} que le dernier bon fichier, qui en avait {total}{limite}"
        )
    }

    fn the_limit(&self) -> Text {
        let Some(limit) = self.limit else { return Text::of("", "") };
        let (english, french) = (limit.written(Language::English), limit.written(Language::French));
        match self.is_announced {
            false => text!("; the limit is {english}", " ; la limite est de {french}"),
            true => text!(
                "; the limit announced for this day is {english}",
                " ; la limite annoncée pour ce jour est de {french}"
            ),
        }
    }
}

const ROWS: [[&str; 2]; 2] = [["row", "rows"], ["ligne", "lignes"]];
const BYTES: [[&str; 2]; 2] = [["byte", "bytes"], ["octet", "octets"]];
const FEWER: [&str; 2] = ["fewer", "de moins"];
const MORE: [&str; 2] = ["more", "de plus"];

/// Where no heading is gone and none is new, they stand in another order.
fn headings(change: &Change) -> Text {
    let list = |headings: &[String]| -> (String, usize) {
        let quoted: Vec<String> = headings.iter().map(|heading| format!("`{heading}`")).collect();
        (quoted.join(", "), headings.len())
    };
    let mut parts: Vec<Text> = Vec::new();
    if let (list, count @ 1..) = list(&change.gone) {
        let disparu = if count == 1 { "disparu" } else { "disparus" };
        parts.push(text!("; gone: {list}", " ; {disparu} : {list}"));
    }
    if let (list, count @ 1..) = list(&change.new) {
        let nouveau = if count == 1 { "nouveau" } else { "nouveaux" };
        parts.push(text!("; new: {list}", " ; {nouveau} : {list}"));
    }
    if parts.is_empty() {
        parts.push(Text::of("; its columns stand in another order", " ; ses colonnes sont dans un autre ordre"));
    }
    let whole = |language| parts.iter().map(|part| part.is(language)).collect::<String>();
    let (english, french) = (whole(Language::English), whole(Language::French));
    text!(
        "the heading line is not that of the last good file{english}",
        "la ligne des en-têtes n'est pas celle du dernier bon fichier{french}"
    )
}

/// Rounded up, so that what is over a limit also looks so.
fn percent(affected: usize, total: usize) -> usize {
    (affected * 100).div_ceil(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Field;
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
            "la ligne des en-têtes n'est pas celle du dernier bon fichier ; disparus : `a`, `b` ; nouveau : `c`"
        );
    }
}
