//! `mojibake`: letters that were read in the wrong encoding somewhere on the way, such as `Ã©` for `é`.

use encoding_rs::WINDOWS_1252;

use super::fault::Fault;
use crate::model::{Example, Rule, Severity, Text};

pub static RULE: Rule = Rule {
    code: "mojibake",
    severity: Severity::Error,
    meaning: Text::of(
        "Letters were read in the wrong encoding before the file was written; export again as UTF-8 and do not \
              open the file in between.",
        "",
    ),
    correction: Text::of("", ""),
    example: Example { wrong: "", right: "" },
};

pub fn check(cell: &str) -> Result<(), Fault> {
    if cell.is_ascii() {
        return Ok(());
    }
    if cell.contains('\u{fffd}') {
        let problem = "has lost letters: `\u{fffd}` stands where one was";
        return Err(RULE.fault(problem).expected("a file that is written as UTF-8"));
    }
    match repaired(cell) {
        None => Ok(()),
        Some(meant) => Err(RULE.fault("has letters in the wrong encoding").expected(format!("`{}`", meant.trim()))),
    }
}

/// The text as it was before UTF-8 was taken for Windows-1252, once or several times.
fn repaired(text: &str) -> Option<String> {
    let bytes: Vec<u8> = text.chars().map(byte).collect::<Option<_>>()?;
    let meant = String::from_utf8(bytes).ok()?;
    Some(repaired(&meant).filter(|_| !meant.is_ascii()).unwrap_or(meant))
}

/// The byte that reads as this letter in Windows-1252 or Latin-1.
fn byte(letter: char) -> Option<u8> {
    if let Ok(byte) = u8::try_from(letter) {
        return Some(byte);
    }
    let mut buffer = [0; 4];
    match WINDOWS_1252.encode(letter.encode_utf8(&mut buffer)) {
        (encoded, _, false) => encoded.first().copied(),
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
            ("DÃ\u{89}PÃ\u{94}T", "DÉPÔT"),
        ] {
            let fault = check(read).expect_err(read);
            assert_eq!(fault.expected.map(|text| text.to_string()).as_deref(), Some(&*format!("`{meant}`")));
        }
        assert!(check("Zo\u{fffd}").is_err());
    }

    #[test]
    fn right_letters_are_left_alone() {
        for good in ["Zoé", "Ångström", "São Paulo", "Nuñez", "Łódź", "ÇA VA", "Straße", "naïve œuvre", "« Noël »", "Ã"]
        {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }
}
