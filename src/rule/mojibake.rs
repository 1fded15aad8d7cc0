//! `mojibake`: letters that were read in the wrong encoding somewhere on the way, such as `Ã©` for `é`.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};

use super::fault::Fault;
use crate::model::{Example, Rule, Severity, Text};
use crate::text;

pub static RULE: Rule = Rule {
    code: "mojibake",
    severity: Severity::Error,
    meaning: Text::of(
        "Letters were read in the wrong encoding somewhere before the file was written, such as `Ã©` for `é`, or were \
         lost on the way.",
        "Des lettres ont été lues dans le mauvais encodage avant l'écriture du fichier, comme `Ã©` pour `é`, ou se \
         sont perdues en route.",
    ),
    correction: Text::of(
        "Export again as UTF-8 and do not open the file in between; the text as it was meant is proposed where it can \
         be known.",
        "Exportez de nouveau en UTF-8, sans ouvrir le fichier entre-temps ; le texte voulu est proposé quand il peut \
         être retrouvé.",
    ),
    example: Example { wrong: "login;firstName\nada;AdÃ¨le", right: "login;firstName\nada;Adèle" },
};

const LOST: char = char::REPLACEMENT_CHARACTER;

/// For what UTF-8 is taken by mistake: by Windows, and by a Mac.
const MISTAKEN: [&Encoding; 2] = [WINDOWS_1252, MACINTOSH];

pub fn check(cell: &str) -> Result<(), Fault> {
    if cell.is_ascii() {
        return Ok(());
    }
    let repaired = MISTAKEN.iter().find_map(|encoding| repaired(cell, encoding));
    if repaired.as_deref().unwrap_or(cell).contains(LOST) {
        let problem =
            text!("has lost letters: `{LOST}` stands where one was", "a perdu des lettres : `{LOST}` en tient lieu");
        let expected =
            Text::of("the letters, in a file that is written as UTF-8", "les lettres, dans un fichier écrit en UTF-8");
        return Err(RULE.fault(problem).expected(expected));
    }
    match repaired {
        None => Ok(()),
        Some(meant) => {
            let problem =
                Text::of("has letters in the wrong encoding", "contient des lettres dans le mauvais encodage");
            Err(RULE.fault(problem).expected(Text::same(format!("`{}`", meant.trim()))))
        }
    }
}

/// The text as it was before UTF-8 was taken for `mistaken`, once or several times; None where it never was.
fn repaired(text: &str, mistaken: &'static Encoding) -> Option<String> {
    let mut neighbours = text.chars().zip(text.chars().skip(1));
    if !neighbours.any(|(one, next)| !one.is_ascii() && !next.is_ascii()) {
        return None;
    }
    let letters: Vec<char> = text.chars().collect();
    let mut meant = String::with_capacity(text.len());
    let mut rest = &letters[..];
    while let [letter, behind @ ..] = rest {
        match swallowed(rest, mistaken) {
            Some((letter, taken)) => {
                meant.push(letter);
                rest = &rest[taken..];
            }
            None => {
                meant.push(*letter);
                rest = behind;
            }
        }
    }
    (meant.len() < text.len()).then(|| repaired(&meant, mistaken).unwrap_or(meant))
}

/// The letter whose bytes were taken for the first of these letters, and for how many of them.
fn swallowed(letters: &[char], mistaken: &'static Encoding) -> Option<(char, usize)> {
    let mut bytes = [0; 4];
    for (place, letter) in letters.iter().enumerate().take(bytes.len()) {
        bytes[place] = byte(*letter, mistaken).filter(|byte| !byte.is_ascii())?;
        if let Ok(meant) = str::from_utf8(&bytes[..=place]) {
            return meant.chars().next().filter(|meant| is_likely(*meant)).map(|meant| (meant, place + 1));
        }
    }
    None
}

/// The letters of European names, and what word processors put between them. `QUALITÉ\u{a0}:` would turn into a letter
/// of a phonetic alphabet, which nobody meant.
fn is_likely(letter: char) -> bool {
    let is_letter = matches!(letter, '\u{a0}'..='\u{17f}' | 'Ș'..='ț');
    is_letter || matches!(letter, '\u{2010}'..='\u{203a}' | 'ƒ' | 'ˆ' | '˜' | '€' | '™' | '\u{feff}' | LOST)
}

/// The byte that reads as this letter in `encoding`.
fn byte(letter: char, encoding: &'static Encoding) -> Option<u8> {
    // Some read Windows-1252 as Latin-1, which has control characters where the other has signs.
    if encoding == WINDOWS_1252 && matches!(letter, '\u{80}'..='\u{9f}') {
        return u8::try_from(letter).ok();
    }
    let mut buffer = [0; 4];
    match encoding.encode(letter.encode_utf8(&mut buffer)) {
        (bytes, _, false) if bytes.len() == 1 => Some(bytes[0]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_given_as_it_should_have_been() {
        for (read, meant) in [
            ("ZoÃ©", "Zoé"),
            ("Dâ€™Arc", "D’Arc"),
            ("FranÃ§oise BÅ“uf", "Françoise Bœuf"),
            ("VoilÃ\u{a0}", "Voilà"),
            ("ZoÃƒÂ©", "Zoé"),
            ("ZoÃƒÆ’Ã‚Â©", "Zoé"),
            ("DÃ\u{89}PÃ\u{94}T", "DÉPÔT"),
            ("Hélène ZoÃ©", "Hélène Zoé"),
            ("È˜tefan", "Ștefan"),
            ("15 â‚¬ Â« lâ€™Ã©tÃ© Â»", "15 € «\u{a0}l’été »"),
            ("Zo√©", "Zoé"),
            ("D‚ÄôArc", "D’Arc"),
        ] {
            let fault = check(read).expect_err(read);
            let expected = fault.expected.map(|text| text.to_string()).unwrap_or_default();
            assert_eq!(expected.replace('\u{a0}', " "), format!("`{meant}`").replace('\u{a0}', " "));
        }
    }

    #[test]
    fn letters_that_are_lost_are_told_as_such() {
        for read in ["Zo\u{fffd}", "Zoï¿½"] {
            let sentence = check(read).expect_err(read).sentence(read);
            assert!(sentence.contains("has lost letters: `\u{fffd}` stands where one was"), "{sentence}");
        }
    }

    #[test]
    fn right_letters_are_left_alone() {
        for good in [
            "Zoé",
            "Ångström",
            "São Paulo",
            "Nuñez",
            "Łódź",
            "ÇA VA",
            "Straße",
            "naïve œuvre",
            "« Noël »",
            "Ã",
            "QUALITÉ\u{a0}: chef",
            "RENÉ’S",
            "SOCIÉTÉ™",
            "CAFÉ®",
            "Weiß–Gelb",
            "à « l’été »",
            "Чехов",
            "Σωκράτης",
            "東京",
            "prévu…",
            "LUNEDÌ\u{a0}",
            "ESPAÑA–",
            "Zoé…»",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }
}
