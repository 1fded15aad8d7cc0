//! `cut-cell`: the last cell of a file that ends in it, without a line end, where the directory knows how it goes on.

use super::known::Known;
use super::outer_blanks;
use super::sheet::{Sheet, Slot};
use super::ways::Ways;
use crate::model::{Example, Finding, Rule, Severity, Text};

pub static RULE: Rule = Rule {
    code: "cut-cell",
    severity: Severity::Error,
    meaning: Text::of(
        "The file ends in this cell without a line end, and the directory has the same value with more behind it: the \
         file was cut on the way. It is only a remark where the value is new, and nothing tells whether it is whole.",
        "Le fichier s'arrête dans cette cellule sans fin de ligne, et l'annuaire contient la même valeur avec une suite : \
         le fichier a été coupé en chemin. Ce n'est qu'une remarque si la valeur est nouvelle et que rien ne dit si elle \
         est entière.",
    ),
    correction: Text::of(
        "Send the file again, whole, and end its last row with a line end as the others.",
        "Renvoyez le fichier entier, et terminez sa dernière ligne par une fin de ligne, comme les autres.",
    ),
    example: Example { wrong: "login;lastName\nada;Lovel", right: "login;lastName\nada;Lovelace\n" },
};

/// A cell without an end.
struct Open<'a> {
    row: usize,
    reader: usize,
    slot: Slot,
    text: &'a str,
}

/// What speaks against the cell.
enum Doubt {
    DirectoryHasMore,
    StartsTheClearWord,
    IsNew,
}

/// Leaves the last row out where its last cell is certainly cut. It is no key: those stand in front.
pub fn check(sheet: &mut Sheet<'_>, known: &Known<'_>) {
    let Some(open) = Open::of(sheet) else { return };
    let Some(doubt) = open.doubt(sheet, known) else { return };
    let severity = if matches!(doubt, Doubt::IsNew) { Severity::Remark } else { Severity::Error };
    let problem = match doubt {
        Doubt::DirectoryHasMore => Text::of(
            "was cut: the file ends in it without a line end, and the directory has more of it",
            "a été coupée : le fichier s'y arrête sans fin de ligne, et l'annuaire en contient davantage",
        ),
        Doubt::StartsTheClearWord => Text::of(
            "was cut: the file ends in it without a line end, in the middle of the word that empties a field",
            "a été coupée : le fichier s'y arrête sans fin de ligne, au milieu du mot qui vide un champ",
        ),
        Doubt::IsNew => Text::of(
            "may have been cut: the file ends in it without a line end",
            "a peut-être été coupée : le fichier s'y arrête sans fin de ligne",
        ),
    };
    let expected = Text::of("a line end behind the last row", "une fin de ligne après la dernière ligne");
    let finding = RULE.fault(problem).expected(expected).at(sheet.place(open.row, &open.slot), open.text);
    sheet.tell(open.row, Finding { severity, ..finding });
}

impl<'a> Open<'a> {
    /// None where there is no such cell, nobody reads it, or its row is left out as it is.
    fn of(sheet: &Sheet<'a>) -> Option<Open<'a>> {
        let row = sheet.table.len().checked_sub(1).filter(|_| sheet.table.is_unended())?;
        let cells = sheet.table.row(row);
        let reader = sheet.readers.iter().position(|reader| reader.index + 1 == cells.len())?;
        let is_taken = sheet.standings[row].readable && !sheet.standings[row].out;
        let text = outer_blanks::trim(cells.cell(sheet.readers[reader].index));
        is_taken.then(|| Open { row, reader, slot: sheet.slot(&sheet.readers[reader].field), text })
    }

    fn doubt(&self, sheet: &Sheet<'_>, known: &Known<'_>) -> Option<Doubt> {
        let before = sheet.before(self.row, &self.slot);
        let ways = Ways::to_write(before, &self.slot, sheet, known);
        if self.is_no_news(sheet, before) || ways.hold(self.text) {
            None
        } else if ways.go_on_behind(self.text) {
            Some(Doubt::DirectoryHasMore)
        } else if self.text.is_empty() {
            None
        } else if self.starts_the_clear_word(sheet) {
            Some(Doubt::StartsTheClearWord)
        } else {
            Some(Doubt::IsNew)
        }
    }

    fn is_no_news(&self, sheet: &Sheet<'_>, before: &str) -> bool {
        match sheet.readers[self.reader].again(sheet.table.row(self.row)) {
            Some(value) => value.into_text() == before,
            // A default may stand in for it.
            None => sheet.after(self.row, &self.slot) == before,
        }
    }

    fn starts_the_clear_word(&self, sheet: &Sheet<'_>) -> bool {
        let clear = sheet.readers[self.reader].clear.filter(|clear| clear.word != self.text);
        clear.is_some_and(|clear| clear.word.starts_with(self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Fills;
    use super::super::sample::{Trial, additions, codes, default, delivered, people};
    use super::super::{Additions, Default};
    use crate::model::Otherwise;

    const CUT: Option<bool> = Some(true);
    const MAY_BE_CUT: Option<bool> = Some(false);
    const WHOLE: Option<bool> = None;

    fn trial(additions: Additions) -> Trial {
        let known = people(
            "login;first-name;last-name;mail;establishment;employee-number;department;culture;manager;\
             annual-gross-salary;contract-end;custom-site",
            &[
                "ada;Ada;Lovelace;a.byron@acme.fr;Paris;0012;Computers;fr-FR;bo;35000.55;2030-12-31;Nord",
                "bo;Bo;Derek;bo@acme.fr;Paris;0001;Sales;;;;;",
                "b;Bo;Der;b@acme.fr;Paris;000;Sales;;;;;",
            ],
        );
        Trial { known, additions, is_unended: true, ..Trial::default() }
    }

    /// What is said of the last cell of Ada's row; an error leaves it out, a remark does not.
    fn said(trial: &Trial, heading: &str, cell: &str) -> Option<bool> {
        let checked = trial.check(&format!("login;{heading}"), &["b;", &format!("ada;{cell}")]);
        let others: Vec<_> =
            checked.findings.iter().filter(|finding| finding.is_error() && finding.code != "cut-cell").collect();
        assert!(others.is_empty(), "{others:?}");
        let finding = checked.findings.iter().find(|finding| finding.code == "cut-cell");
        let is_cut = finding.map(|finding| finding.is_error());
        assert_eq!(delivered(&checked).len(), if is_cut == CUT { 1 } else { 2 });
        is_cut
    }

    #[test]
    fn a_last_cell_of_which_the_directory_has_more_is_cut() {
        let trial = trial(additions(Vec::new(), Vec::new()));
        for (heading, cell, expected) in [
            ("lastName", "Lovel", CUT),
            ("lastName", "Lovelace", WHOLE),
            ("lastName", "Byron", MAY_BE_CUT),
            ("lastName", "", WHOLE),
            ("mail", "a.byron@acme.f", CUT),
            ("salary", "35 000,5", CUT),
            ("salary", "35 000,55", WHOLE),
            ("dtContractEnd", "2030-12-3", CUT),
            ("dtContractEnd", "31/12/2030", WHOLE),
            ("department", "IT", WHOLE),
            ("department", "Sales", MAY_BE_CUT),
            ("manager", "b", CUT),
            ("manager", "Bo Der", CUT),
            ("manager", "000", CUT),
            ("manager", "0001", WHOLE),
            ("manager", "Bo Derek", WHOLE),
        ] {
            assert_eq!(said(&trial, heading, cell), expected, "{heading}: {cell}");
        }
    }

    #[test]
    fn what_the_site_adds_is_no_reason_to_trust_it() {
        let meanings = [("N", "Sud"), ("NO", "Nord")];
        let fills = Default { fills: Fills::OverWhatIsKnown, ..default(None, None, &[("culture", "en-GB")]) };
        let added = additions(vec![codes("custom-site", None, None, &meanings, Otherwise::Refuse)], vec![fills]);
        let trial = trial(Additions { clear: Some("#CLEAR".into()), ..added });
        for (heading, cell, expected) in
            [("e_site", "N", CUT), ("e_site", "NO", WHOLE), ("culture", "", CUT), ("lastName", "#CL", CUT)]
        {
            assert_eq!(said(&trial, heading, cell), expected, "{heading}: {cell}");
        }
    }

    #[test]
    fn a_file_that_ends_well_is_not_looked_at() {
        let trial = Trial { is_unended: false, ..trial(additions(Vec::new(), Vec::new())) };
        assert_eq!(said(&trial, "lastName", "Lovel"), WHOLE);
    }
}
