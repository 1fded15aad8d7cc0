//! What of a server's traits may spoil a night, said the evening before.

use chrono::{DateTime, TimeDelta, Utc};

use super::shown::{duration, space};
use crate::model::sheet::{Found, IN_TWO_STEPS, Trait};
use crate::model::{Sheet, Text};
use crate::report::page::day;
use crate::text;

/// A new certificate takes its time.
const CERTIFICATE_ENDS_SOON: TimeDelta = TimeDelta::days(30);

/// A clock is not read to the second by anyone.
const CLOCK_IS_WRONG: f64 = 60.0;

/// Files of HR data are small; a partner's disk that is this full is full tomorrow.
const LITTLE_SPACE: f64 = 100.0 * 1024.0 * 1024.0;

/// The gravest first.
pub fn warnings(sheet: &Sheet, now: DateTime<Utc>) -> Vec<Text> {
    let all = [transfers(sheet), certificate(sheet, now), replacing(sheet), names(sheet), surroundings(sheet)];
    all.into_iter().flatten().collect()
}

fn transfers(sheet: &Sheet) -> Vec<Text> {
    let refused = |what, text: Text| (sheet.is(what) == Some(false)).then_some(text);
    let all = [
        refused(
            Trait::Removing,
            Text::of(
                "files cannot be removed there, so neither can what an interrupted delivery leaves",
                "les fichiers ne peuvent pas y être supprimés, ni donc ce que laisse une livraison interrompue",
            ),
        ),
        refused(
            Trait::Sizes,
            Text::of(
                "a file does not have the size that was written: every delivery would fail",
                "un fichier n'a pas la taille qui a été écrite : toute livraison échouerait",
            ),
        ),
        refused(
            Trait::Download,
            Text::of(
                "a file does not come back as it was sent: what is taken in or delivered there would be damaged",
                "un fichier ne revient pas tel qu'il a été envoyé : tout ce qui y passe serait endommagé",
            ),
        ),
    ];
    all.into_iter().flatten().collect()
}

fn certificate(sheet: &Sheet, now: DateTime<Utc>) -> Vec<Text> {
    let Some(end) = sheet.moment(Trait::CertificateEnd) else { return Vec::new() };
    let on = day(end);
    let left = duration((end - now).as_seconds_f64());
    match end {
        _ if end <= now => vec![text!("its certificate ended on {on}", "son certificat a expiré le {on}", on)],
        _ if end - now < CERTIFICATE_ENDS_SOON => vec![text!(
            "its certificate ends on {on}, in {left}: ask its operator for the new one",
            "son certificat expire le {on}, dans {left} : demandez le nouveau à son exploitant",
            on,
            left
        )],
        _ => Vec::new(),
    }
}

fn replacing(sheet: &Sheet) -> Vec<Text> {
    match (sheet.is(Trait::Replacing), sheet.text(Trait::Replacing)) {
        (Some(false), _) => vec![Text::of(
            "a file cannot take the name of another there: a delivery under a name that is taken would fail",
            "un fichier ne peut pas y prendre le nom d'un autre : une livraison sous un nom déjà pris échouerait",
        )],
        (_, Some(IN_TWO_STEPS)) => vec![Text::of(
            "a file is replaced in two steps there: whoever looks in between finds none",
            "un fichier y est remplacé en deux temps : qui regarde entre les deux n'en trouve aucun",
        )],
        _ => Vec::new(),
    }
}

fn names(sheet: &Sheet) -> Vec<Text> {
    let refused = |what| sheet.is(what) == Some(false);
    let told = [
        (Trait::Accents, Text::of("names with accents do not survive there", "les noms accentués n'y survivent pas")),
        (Trait::Blanks, Text::of("names with blanks do not survive there", "les noms avec espaces n'y survivent pas")),
    ];
    told.into_iter().filter(|(what, _)| refused(*what)).map(|(_, text)| text).collect()
}

fn surroundings(sheet: &Sheet) -> Vec<Text> {
    let mut told = Vec::new();
    if let Some(ahead) = sheet.number(Trait::Clock).filter(|ahead| ahead.abs() > CLOCK_IS_WRONG) {
        let by = duration(ahead.abs());
        told.push(text!(
            "its clock and ours are {by} apart, or it tells the times of files in a zone of its own",
            "son horloge et la nôtre diffèrent de {by}, ou il donne l'heure des fichiers dans un autre fuseau",
            by
        ));
    }
    if let Some(free) = sheet.number(Trait::FreeSpace).filter(|free| *free < LITTLE_SPACE) {
        let free = space(free);
        told.push(text!("only {free} are free there", "il n'y reste que {free}", free));
    }
    if matches!(sheet.traits.get(&Trait::NeedsOldTls), Some(Found::Value(_))) {
        told.push(Text::of(
            "it refuses files over TLS 1.3; `tls = \"1.2\"` saves each night an attempt",
            "il refuse les fichiers en TLS 1.3 ; `tls = \"1.2\"` évite une tentative chaque nuit",
        ));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    fn told(traits: &[(Trait, Found)]) -> Vec<String> {
        let now = "2026-11-22T21:00:00Z".parse().expect("a moment");
        let sheet = Sheet { server: "ftp h:21".into(), at: now, traits: traits.iter().cloned().collect() };
        let both = |text: &Text| [text.is(Language::English).to_string(), text.is(Language::French).to_string()];
        let warnings = warnings(&sheet, now);
        assert!(warnings.iter().all(|text| both(text)[0] != both(text)[1]), "{warnings:?}");
        warnings.iter().map(ToString::to_string).collect()
    }

    fn end(text: &str) -> (Trait, Found) {
        (Trait::CertificateEnd, text.parse::<DateTime<Utc>>().expect(text).into())
    }

    #[test]
    fn a_good_server_gives_no_reason_to_worry() {
        let good = [end("2026-12-23T00:00:00Z"), (Trait::Clock, 40.0.into()), (Trait::Replacing, "at-once".into())];
        assert_eq!(told(&good), [""; 0]);
    }

    #[test]
    fn a_certificate_that_ends_within_thirty_days_is_said() {
        let soon = "its certificate ends on 2026-12-01, in 8 days: ask its operator for the new one";
        assert_eq!(told(&[end("2026-12-01T12:00:00Z")]), [soon]);
        assert_eq!(told(&[end("2026-11-20T12:00:00Z")]), ["its certificate ended on 2026-11-20"]);
    }

    #[test]
    fn what_spoils_a_night_is_said() {
        let no = || Found::No(Text::same("550 no"));
        for (what, found, said) in [
            (Trait::Removing, no(), "files cannot be removed there"),
            (Trait::Sizes, no(), "every delivery would fail"),
            (Trait::Download, no(), "would be damaged"),
            (Trait::Replacing, no(), "under a name that is taken would fail"),
            (Trait::Replacing, IN_TWO_STEPS.into(), "in two steps there"),
            (Trait::Accents, no(), "names with accents do not survive"),
            (Trait::Clock, 3600.0.into(), "1 h apart"),
            (Trait::FreeSpace, 5e6.into(), "only 5 MiB are free"),
            (Trait::NeedsOldTls, true.into(), "`tls = \"1.2\"`"),
        ] {
            let told = told(&[(what, found)]);
            assert!(told.len() == 1 && told[0].contains(said), "{what:?}: {told:?}");
        }
    }
}
