//! `month-first`, `mixed-date-order`, `unproven-date-order`: which of day and month comes first in a column, by proof.
//!
//! A day such as `25/03/1985` proves that the day comes first, `03/25/1985` that the month does, and `04/07/1975` fits
//! both. Where the calendar proves nothing, the directory may: a birth date that it knows as 4 July 1975 is a proof
//! too.

use chrono::{Datelike, NaiveDate};

use super::bad_date;
use super::notes::Notes;
use super::row_list::RowList;
use super::sheet::Sheet;
use crate::model::{Example, Finding, Language, Place, Rule, Severity, Text, date};
use crate::text;

pub static MONTH_FIRST: Rule = Rule {
    code: "month-first",
    severity: Severity::Error,
    meaning: Text::of(
        "The days of the column are written month first, so that many of them would be taken for other days.",
        "Les dates de la colonne sont écrites le mois en premier, si bien que beaucoup seraient prises pour d'autres \
         dates.",
    ),
    correction: Text::of(
        "Export the column again with the day first, such as `31/12/2026`, or with the year first, `2026-12-31`.",
        "Exportez de nouveau la colonne avec le jour en premier, comme `31/12/2026`, ou l'année en premier, \
         `2026-12-31`.",
    ),
    example: Example {
        wrong: "login;dtBirth\nada;03/25/1985\nbo;04/07/1975",
        right: "login;dtBirth\nada;25/03/1985\nbo;07/04/1975",
    },
};

pub static MIXED: Rule = Rule {
    code: "mixed-date-order",
    severity: Severity::Remark,
    meaning: Text::of(
        "Some days of the column are written day first and others month first; those that fit both orders were read \
         day first, and some may be other days than those that were meant.",
        "Certaines dates de la colonne sont écrites le jour en premier et d'autres le mois en premier ; celles qui se \
         lisent dans les deux sens ont été lues le jour en premier, et certaines ne sont peut-être pas les bonnes.",
    ),
    correction: Text::of(
        "Find out which people or which export wrote the month first, and check the days that fit both orders.",
        "Cherchez qui, ou quel export, a écrit le mois en premier, et vérifiez les dates qui se lisent dans les deux \
         sens.",
    ),
    example: Example {
        wrong: "login;dtBirth\nada;25/03/1985\nbo;12/31/1970",
        right: "login;dtBirth\nada;25/03/1985\nbo;31/12/1970",
    },
};

pub static UNPROVEN: Rule = Rule {
    code: "unproven-date-order",
    severity: Severity::Remark,
    meaning: Text::of(
        "The column holds many days, and all of them would also be days with the month first; that is rarely chance.",
        "La colonne contient beaucoup de dates, et toutes existeraient aussi le mois en premier ; c'est rarement un \
         hasard.",
    ),
    correction: Text::of(
        "Compare a few days with the people's papers; written year first, such as `2026-12-31`, no day can be misread.",
        "Comparez quelques dates avec les dossiers des personnes ; écrite l'année en premier, comme `2026-12-31`, une \
         date ne peut pas être mal lue.",
    ),
    example: Example {
        wrong: "dtBirth\n04/07/1975\n11/02/1980\n02/09/1991\n[…]",
        right: "dtBirth\n1975-07-04\n1980-02-11\n1991-09-02\n[…]",
    },
};

/// From so many days on that fit both orders, it is no chance that none of them proves one. Of all days of a year, two
/// in five fit both; even if three in five did, twenty in a row would be so once in 27,000 columns. The first of a
/// month, on which contracts like to start, does not count.
const MANY: usize = 20;

/// So many days of the directory, with day and month exchanged, are no longer a few mistakes that were corrected.
const CORRECTIONS: usize = 2;

/// What the days of a column tell about their order. Days written year first tell nothing, and neither does
/// `03/03/2026`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Order {
    by_calendar: Proof,
    /// Of the days that fit both orders.
    by_directory: Proof,
    /// Days that fit both orders, but for the first of a month.
    open: usize,
    year_first: usize,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Proof {
    day_first: RowList,
    month_first: RowList,
    both: RowList,
    /// The first cell that proves the month first.
    read: String,
}

impl Order {
    /// Takes down what the cell of a row tells in which nothing is wrong.
    pub fn note(&mut self, row: u32, notes: Notes) {
        if notes.has(Notes::DAY_FIRST) {
            self.by_calendar.day_first.note(row);
        }
        if notes.has(Notes::BOTH_ORDERS) {
            self.by_calendar.both.note(row);
        }
        self.open += usize::from(notes.has(Notes::OPEN));
        self.year_first += usize::from(notes.has(Notes::YEAR_FIRST));
    }

    /// As [`Order::note_known`], where the directory has the very day that the cell says.
    pub fn note_as_known(&mut self, row: u32, notes: Notes) {
        if notes.has(Notes::BOTH_ORDERS) {
            self.by_directory.day_first.note(row);
        }
    }

    pub fn note_fault(&mut self, fault: &Finding) {
        if let (true, Some(row), Some(read)) = (is_month_first(fault), fault.place.row, &fault.read) {
            self.by_calendar.note_month_first(row, read);
        }
    }

    /// Does the calendar prove nothing, so that the directory may?
    pub fn is_open(&self) -> bool {
        self.by_calendar.is_empty() && !self.by_calendar.both.is_empty()
    }

    /// The directory has the day `known` for the person whose cell is `read`.
    pub fn note_known(&mut self, row: u32, read: &str, known: Option<NaiveDate>) {
        match date::day_first(read).filter(|day| fits_both(*day)) {
            None => {}
            Some(day) if known == Some(day) => self.by_directory.day_first.note(row),
            Some(_) if known.is_some() && known == date::month_first(read) => {
                self.by_directory.note_month_first(row, read);
            }
            Some(_) => self.by_directory.both.note(row),
        }
    }

    /// Adds what other rows tell.
    pub fn merge(&mut self, other: Order) {
        self.by_calendar.merge(other.by_calendar);
        self.by_directory.merge(other.by_directory);
        self.open += other.open;
        self.year_first += other.year_first;
    }

    /// What there is to say about the column at `place`.
    pub fn finding(&self, place: Place) -> Option<Finding> {
        let by_directory = self.by_calendar.is_empty();
        let proof = if by_directory { &self.by_directory } else { &self.by_calendar };
        let (day_first, month_first) = (proof.day_first.len(), proof.month_first.len());
        if proof.is_empty() {
            return (self.open >= MANY).then(|| self.unproven(place));
        }
        let is_proven = month_first > day_first && (!by_directory || month_first > CORRECTIONS);
        let in_doubt = !proof.both.is_empty() || self.year_first == 0;
        if is_proven && in_doubt {
            return Some(refusal(place, proof, by_directory));
        }
        (month_first > 0 && (day_first > 0 || by_directory)).then(|| mixed(place, proof, by_directory))
    }

    fn unproven(&self, place: Place) -> Finding {
        let both = &self.by_calendar.both;
        let (count, rows) = (both.len(), both.named());
        let (en, fr) = (rows.is(Language::English), rows.is(Language::French));
        let problem = text!(
            "days that fit both orders: {count} ({en}), only one of them: 0; they were read day first",
            "dates possibles dans les deux sens : {count} ({fr}), dans un seul : 0 ; elles ont été lues le jour en \
             premier"
        );
        UNPROVEN.at(place, problem).expected(bad_date::EXPECTED)
    }
}

fn refusal(place: Place, proof: &Proof, by_directory: bool) -> Finding {
    let (en, fr) = (proof.told(by_directory, Language::English), proof.told(by_directory, Language::French));
    let problem = text!("{en}; no day of this column can be trusted", "{fr} ; aucune date de cette colonne n'est sûre");
    MONTH_FIRST.at(place, problem).expected(bad_date::EXPECTED)
}

fn mixed(place: Place, proof: &Proof, by_directory: bool) -> Finding {
    let (en, fr) = (proof.told(by_directory, Language::English), proof.told(by_directory, Language::French));
    let problem = match proof.both.is_empty() {
        true => Text::new(en, fr),
        false => text!("{en}, which were read day first", "{fr}, lues le jour en premier"),
    };
    MIXED.at(place, problem).expected(bad_date::EXPECTED)
}

impl Proof {
    fn is_empty(&self) -> bool {
        self.day_first.is_empty() && self.month_first.is_empty()
    }

    fn note_month_first(&mut self, row: u32, read: &str) {
        self.month_first.note(row);
        if self.month_first.first() == Some(row) {
            self.read = read.into();
        }
    }

    fn merge(&mut self, other: Proof) {
        self.day_first.merge(&other.day_first);
        self.both.merge(&other.both);
        self.month_first.merge(&other.month_first);
        if self.month_first.first() == other.month_first.first() {
            self.read = other.read;
        }
    }

    /// The three counts, each with its first rows.
    fn told(&self, by_directory: bool, language: Language) -> String {
        let Words { compared, month_first, day_first, both } = match language {
            Language::English => ENGLISH,
            Language::French => FRENCH,
        };
        let compared = if by_directory { compared } else { "" };
        let rows = |list: &RowList, read: String| match list.len() {
            0 => "0".into(),
            count => format!("{count} ({read}{})", list.named().is(language)),
        };
        let [months, days, boths] = [
            rows(&self.month_first, format!("`{}`, ", self.read)),
            rows(&self.day_first, String::new()),
            rows(&self.both, String::new()),
        ];
        format!("{compared}{month_first} {months}, {day_first} {days}, {both} {boths}")
    }
}

/// What stands before each count.
struct Words {
    compared: &'static str,
    month_first: &'static str,
    day_first: &'static str,
    both: &'static str,
}

const ENGLISH: Words = Words {
    compared: "compared with the directory, ",
    month_first: "days that fit only month first:",
    day_first: "only day first:",
    both: "both orders:",
};

const FRENCH: Words = Words {
    compared: "d'après l'annuaire, ",
    month_first: "dates possibles seulement le mois en premier :",
    day_first: "seulement le jour en premier :",
    both: "dans les deux sens :",
};

/// Where the calendar proves nothing about a column, the days that the directory has may.
pub fn ask_directory(sheet: &mut Sheet<'_>) {
    for reader in 0..sheet.readers.len() {
        let slot = sheet.slot(&sheet.readers[reader].field.clone());
        if sheet.readers[reader].remarks.order.is_open() {
            let mut order = std::mem::take(&mut sheet.readers[reader].remarks.order);
            let is_asked = |row: &usize| sheet.standings[*row].readable && !sheet.is_noted_as_known(*row);
            for row in (0..sheet.standings.len()).filter(is_asked) {
                let known = date::iso(sheet.before(row, &slot));
                order.note_known(sheet.number(row), sheet.said(row, &slot), known);
            }
            sheet.readers[reader].remarks.order = order;
        }
    }
}

/// Would the cell be a day, if the month came first, and only then?
pub fn is_month_first(fault: &Finding) -> bool {
    let read = fault.read.as_deref().unwrap_or_default().trim();
    fault.code == bad_date::RULE.code && date::month_first(read).is_some() && date::day_first(read).is_none()
}

/// Is it another day when day and month are exchanged?
fn fits_both(day: NaiveDate) -> bool {
    Notes::day_first(day.day(), day.month()).has(Notes::BOTH_ORDERS)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, delivered, people};
    use super::*;

    fn column(trial: &Trial, rows: &[String]) -> Vec<(String, String)> {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        trial.findings("login;dtBirth", &rows)
    }

    #[test]
    fn a_column_that_only_makes_sense_month_first_is_refused_with_proof() {
        let trial = Trial::default();
        let rows = ["ada;03/25/1985", "bo;01/02/1990", "cy;12/31/1970", "kim1;1990-05-17"];
        let checked = trial.check("login;dtBirth", &rows);
        let errors: Vec<String> =
            checked.findings.iter().filter(|finding| finding.is_error()).map(ToString::to_string).collect();
        assert_eq!(
            errors,
            ["B dtBirth: days that fit only month first: 2 (`03/25/1985`, rows 2, 4), only day first: 0, both \
              orders: 1 (row 3); no day of this column can be trusted; expected a day as `DD/MM/YYYY`, for example \
              `31/12/2026`"]
        );
        assert!(checked.delivered.table.is_empty(), "the file is refused");
    }

    #[test]
    fn where_both_orders_are_proven_the_impossible_rows_are_left_out_and_the_column_is_remarked() {
        let rows = ["ada;03/25/1985", "bo;25/03/1985", "cy;04/07/1975"];
        let checked = Trial::default().check("login;dtBirth", &rows);
        let findings: Vec<&str> = checked.findings.iter().map(|finding| &*finding.code).collect();
        assert_eq!(findings, ["mixed-date-order", "bad-date"]);
        assert_eq!(
            checked.findings[0].sentence(Language::French),
            "B dtBirth : dates possibles seulement le mois en premier : 1 (`03/25/1985`, ligne 2), seulement le jour \
             en premier : 1 (ligne 3), dans les deux sens : 1 (ligne 4), lues le jour en premier ; attendu : un \
             jour au format `JJ/MM/AAAA`, par exemple `31/12/2026`"
        );
        assert_eq!(delivered(&checked), ["bo;1985-03-25", "cy;1975-07-04"]);
    }

    #[test]
    fn a_column_that_is_mostly_month_first_is_refused_whatever_a_few_rows_prove() {
        let rows = ["ada;03/25/1985", "bo;12/31/1970", "cy;25/03/1985", "kim1;04/07/1975"];
        assert_eq!(Trial::default().findings("login;dtBirth", &rows)[0].0, "month-first");
    }

    #[test]
    fn one_slip_among_days_year_first_casts_no_doubt_on_them() {
        let checked = Trial::default().check("login;dtBirth", &["ada;03/25/1985", "bo;1990-05-17"]);
        assert_eq!(delivered(&checked), ["bo;1990-05-17"]);
        let checked = Trial::default().check("login;dtBirth", &["ada;01/02/0207", "bo;05/08/1990"]);
        assert_eq!(delivered(&checked), ["bo;1990-08-05"], "a wrong year proves no order");
    }

    #[test]
    fn many_days_that_prove_nothing_are_remarked_and_a_few_are_not() {
        let trial = Trial { creates: false, ..Trial::default() };
        let rows = |count: usize, day: &str| -> Vec<String> { (0..count).map(|row| format!("p{row};{day}")).collect() };
        let findings = column(&trial, &rows(MANY, "04/07/1975"));
        assert_eq!(findings[0].0, "unproven-date-order");
        assert!(findings[0].1.contains("both orders: 20 (rows 2, 3, 4, 5, 6 and 15 more)"), "{}", findings[0].1);
        assert_eq!(column(&trial, &rows(MANY - 1, "04/07/1975")), []);
        assert_eq!(column(&trial, &rows(200, "01/09/2026")), [], "contracts start on the first of a month");
        assert_eq!(column(&trial, &rows(200, "07/07/1977")), [], "it is the same day in both orders");
        assert_eq!(column(&trial, &[rows(200, "04/07/1975"), rows(1, "25/03/1985")].concat()), []);
    }

    #[test]
    fn where_the_calendar_proves_nothing_the_directory_may() {
        let known = |day: &str| -> Vec<String> { (0..30).map(|person| format!("p{person};{day}")).collect() };
        let trial = |day: &str| {
            let rows = known(day);
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            Trial { known: people("login;birth-date", &rows), ..Trial::default() }
        };
        let rows: Vec<String> = (0..30).map(|person| format!("p{person};04/07/1975")).collect();
        assert_eq!(column(&trial("1975-07-04"), &rows), []);
        let refused = column(&trial("1975-04-07"), &rows);
        assert_eq!(refused[0].0, "month-first");
        assert!(refused[0].1.contains("compared with the directory, days that fit only month first: 30 (`04/07/1975`"));
        assert_eq!(column(&trial("1975-04-07"), &rows[..CORRECTIONS])[0].0, "mixed-date-order");
        assert_eq!(column(&trial("1980-01-01"), &rows)[0].0, "unproven-date-order");
    }

    #[test]
    fn a_row_that_is_looked_at_again_because_of_another_one_is_counted_once() {
        let known = ["p0;1975-07-04", "p1;1975-07-04", "p2;1975-04-07", "p3;1975-07-04"];
        let trial = Trial { known: people("login;birth-date", &known), ..Trial::default() };
        let findings =
            trial.findings("login;dtBirth", &["p0; 04/07/1975", "p1;04/07/1975", "p2;04/07/1975", "P0; 04/07/1975"]);
        let told: Vec<&str> = findings.iter().map(|(_, sentence)| &**sentence).collect();
        let is_told = |part: &str| told.iter().any(|sentence| sentence.contains(part));
        assert!(is_told("(1 more such cell in this column)"), "{told:?}");
        assert!(is_told("only month first: 1 (`04/07/1975`, row 4), only day first: 3 (rows 2, 3, 5)"), "{told:?}");
        assert_eq!(findings.iter().filter(|(code, _)| code == "duplicate-key").count(), 2);
    }
}
