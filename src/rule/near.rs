//! Near: the one person whom a cell probably means that names nobody.

use std::collections::HashMap;

use super::reference::Who;
use super::sheet::{Sheet, Subject};
use crate::model::Field;
use crate::model::fold::fold;

/// For so many different names somebody is looked for. Where more are wrong, the column itself is, and guessing would
/// only take long.
const GUESSES: usize = 32;
/// More mistakes than these make another name.
const MISTAKES: usize = 2;

/// What stands in a cell, and who comes nearest so far.
struct Guess<'a> {
    said: &'a str,
    form: Form,
    found: Option<Found>,
}

struct Found {
    distance: usize,
    who: Who,
    name: String,
    /// Another person is as near.
    in_doubt: bool,
}

/// The login, or first and last name, of the person that each text is near to, where only one is. In one pass over
/// everybody who is known or created.
pub fn people<'a>(sheet: &Sheet<'_>, said: impl Iterator<Item = &'a str>) -> HashMap<&'a str, String> {
    let mut guesses: Vec<Guess<'a>> = Vec::new();
    for said in said.filter(|said| said.contains(char::is_alphabetic)) {
        if guesses.len() < GUESSES && guesses.iter().all(|guess| guess.said != said) {
            guesses.push(Guess { said, form: Form::of(said), found: None });
        }
    }
    if guesses.is_empty() {
        return HashMap::new();
    }
    let Some(everybody) = sheet.around.everybody() else { return HashMap::new() };
    let fields = ["login", "first-name", "last-name"].map(Field::of);
    let columns = fields.each_ref().map(|field| everybody.column(field));
    for person in 0..everybody.len() {
        let names = columns.each_ref().map(|column| everybody.value(person, column));
        compare(&mut guesses, names, Who::Known(person as u32));
    }
    let slots = fields.map(|field| sheet.slot(&field));
    for row in sheet.rows_of(|subject| subject == Subject::New) {
        compare(&mut guesses, slots.each_ref().map(|slot| sheet.after(row, slot)), Who::Row(row as u32));
    }
    let sure = |guess: Guess<'a>| Some((guess.said, guess.found.filter(|found| !found.in_doubt)?.name));
    guesses.into_iter().filter_map(sure).collect()
}

fn compare(guesses: &mut [Guess<'_>], [login, first, last]: [&str; 3], who: Who) {
    for words in [&[login][..], &[first, last]] {
        let look = Look::of(words);
        if guesses.iter().any(|guess| guess.form.look.is_near(&look)) {
            let name = words.join(" ");
            let form = Form::of(&name);
            guesses.iter_mut().for_each(|guess| guess.compare(who, &name, &form));
        }
    }
}

impl Guess<'_> {
    fn compare(&mut self, who: Who, name: &str, form: &Form) {
        let Some(distance) = self.form.distance(form) else { return };
        match &mut self.found {
            Some(found) if found.distance < distance => {}
            Some(found) if found.distance == distance => found.in_doubt |= found.who != who && found.name != name,
            _ => self.found = Some(Found { distance, who, name: name.into(), in_doubt: false }),
        }
    }
}

/// A name in which neither case and accents nor the order of its words make a difference.
struct Form {
    text: String,
    look: Look,
}

/// What a name looks like from afar: by it, far names are told without their forms.
struct Look {
    length: usize,
    /// A bit for each letter and digit that occurs.
    letters: u64,
}

impl Form {
    fn of(name: &str) -> Form {
        let mut words: Vec<String> = name.split([' ', '\u{a0}']).map(fold).collect();
        words.sort_unstable();
        let text = words.concat();
        Form { look: Look::of(&[&text]), text }
    }

    /// The number of mistakes that make one of the other; None where there are too many.
    fn distance(&self, other: &Form) -> Option<usize> {
        if !self.look.is_near(&other.look) {
            return None;
        }
        let distance = strsim::damerau_levenshtein(&self.text, &other.text);
        (distance <= other.look.most_mistakes()).then_some(distance)
    }
}

impl Look {
    fn of(words: &[&str]) -> Look {
        let mut look = Look { length: 0, letters: 0 };
        for word in words {
            match word.is_ascii() {
                // As `fold` does it, without a new text.
                true => {
                    let letters = word.bytes().filter(u8::is_ascii_alphanumeric);
                    letters.for_each(|letter| look.note(letter.to_ascii_lowercase().into()));
                }
                false => fold(word).chars().for_each(|letter| look.note(letter)),
            }
        }
        look
    }

    fn note(&mut self, letter: char) {
        self.length += 1;
        self.letters |= 1 << (u32::from(letter) % 64);
    }

    fn most_mistakes(&self) -> usize {
        (self.length / 3).min(MISTAKES)
    }

    /// Can one be made of the other by few mistakes?
    fn is_near(&self, other: &Look) -> bool {
        let most = other.most_mistakes();
        let strangers = (self.letters ^ other.letters).count_ones() as usize;
        self.length.abs_diff(other.length) <= most && strangers <= 2 * most
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Trial, people};
    use super::*;

    fn guess(said: &str) -> Option<String> {
        let findings = Trial::default().findings("login;manager", &[&format!("bo;{said}")]);
        let (_, sentence) = findings.first()?;
        Some(sentence.split("did you mean `").nth(1)?.split('`').next()?.into())
    }

    #[test]
    fn one_who_is_near_by_login_or_name_is_named() {
        for (said, near) in [
            ("adda", Some("ada")),
            ("Ada Lovelaec", Some("Ada Lovelace")),
            ("LOVELASE Ada", Some("Ada Lovelace")),
            ("Cy Yuong", Some("Cy Young")),
            ("Kim Leee", Some("Kim Lee")),
            ("kim3", None),
            ("Ada Loveday", None),
            ("0009", None),
            ("b", None),
        ] {
            assert_eq!(guess(said).as_deref(), near, "{said}");
        }
    }

    #[test]
    fn a_login_made_of_the_name_is_no_second_person() {
        let known = people("login;first-name;last-name", &["bruno.sorel;Bruno;Sorel", "ada;Ada;Sorel"]);
        let findings = Trial { known, ..Trial::default() }.findings("login;manager", &["ada;bruno.sorrel"]);
        assert!(findings[0].1.contains("did you mean `bruno.sorel`?"), "{findings:?}");
    }

    #[test]
    fn somebody_whom_the_file_creates_may_be_meant() {
        let heading = "login;firstName;lastName;mail;legalEntity;dtContractStart;department;culture;manager";
        let rows = ["nina;Nina;Simone;nina@acme.fr;Paris;01/03/2026;Sales;fr-FR;nina", "bo;;;;;;;;Nina Simon"];
        let findings = Trial::default().findings(heading, &rows);
        assert!(findings[0].1.contains("did you mean `Nina Simone`?"), "{findings:?}");
    }

    #[test]
    fn where_many_are_wrong_only_the_first_are_guessed() {
        let rows: Vec<String> = (0..100).map(|row| format!("p{row};adda{row:03}")).chain(["bo;addda".into()]).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let findings = Trial::default().findings("login;manager", &rows);
        assert!(findings.iter().all(|(_, sentence)| !sentence.contains("did you mean")), "{findings:?}");
    }

    #[test]
    fn two_slips_are_a_mistake_and_three_are_another_name() {
        let distance = |one: &str, other: &str| Form::of(one).distance(&Form::of(other));
        assert_eq!(distance("Éloïse Brée", "eloise bree"), Some(0));
        assert_eq!(distance("Elise Bre", "Eloise Bree"), Some(2));
        assert_eq!(distance("Elise Br", "Eloise Bree"), None);
        assert_eq!(distance("bo", "ba"), None);
    }
}
