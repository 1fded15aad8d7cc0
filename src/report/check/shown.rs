//! A trait of a server in words: what it is called, and what was found.

use chrono::TimeDelta;

use crate::model::Text;
use crate::model::sheet::{AT_ONCE, Found, Trait, Value};
use crate::report::page::day;
use crate::text;

const MEBIBYTE: f64 = 1024.0 * 1024.0;

pub fn label(what: Trait) -> Text {
    match what {
        Trait::Protocol => Text::of("protocol", "protocole"),
        Trait::Greeting => Text::of("greeting", "message d'accueil"),
        Trait::System => Text::of("system", "système"),
        Trait::HostKey => Text::of("host key", "clé d'hôte"),
        Trait::Tls => Text::same("TLS"),
        Trait::Cipher => Text::of("cipher", "chiffrement"),
        Trait::SessionReuse => Text::of("TLS session reused", "session TLS reprise"),
        Trait::NeedsOldTls => Text::of("needs TLS 1.2", "TLS 1.2 nécessaire"),
        Trait::Certificate => Text::of("certificate", "certificat"),
        Trait::CertificateSubject => Text::of("  issued to", "  délivré à"),
        Trait::CertificateIssuer => Text::of("  issued by", "  délivré par"),
        Trait::CertificateEnd => Text::of("  ends on", "  expire le"),
        Trait::Authentication => Text::of("ways to log in", "modes de connexion"),
        Trait::Features => Text::of("features", "fonctions"),
        Trait::DataConnections => Text::of("connections for files", "connexions de fichiers"),
        Trait::Listing => Text::of("listing", "liste des fichiers"),
        Trait::SizeCommand => Text::same("SIZE"),
        Trait::TimeCommand => Text::same("MDTM"),
        Trait::Folder => Text::of("tried out in", "essayé dans"),
        Trait::Writing => Text::of("writing", "écriture"),
        Trait::Removing => Text::of("removing", "suppression"),
        Trait::Sizes => Text::of("sizes are right", "tailles exactes"),
        Trait::Resume => Text::of("reading from the middle", "lecture depuis le milieu"),
        Trait::Replacing => Text::of("replacing a file", "remplacer un fichier"),
        Trait::Accents => Text::of("names with é and 日本", "noms avec é et 日本"),
        Trait::Blanks => Text::of("names with blanks", "noms avec espaces"),
        Trait::LongNames => Text::of("names of 180 letters", "noms de 180 lettres"),
        Trait::Clock => Text::of("clock", "horloge"),
        Trait::TimePrecision => Text::of("times of files", "heures des fichiers"),
        Trait::FreeSpace => Text::of("free space", "espace libre"),
        Trait::RoundTrip => Text::of("round trip", "aller-retour"),
        Trait::Upload => Text::of("sending 1 MiB", "envoi de 1 Mio"),
        Trait::Download => Text::of("fetching 1 MiB", "réception de 1 Mio"),
    }
}

pub fn found(what: Trait, found: &Found) -> Text {
    match found {
        Found::Value(value) => self::value(what, value),
        Found::No(why) => text!("no: {why}", "non : {why}", why),
        Found::Unknown(why) => text!("not known: {why}", "inconnu : {why}", why),
    }
}

fn value(what: Trait, value: &Value) -> Text {
    match (what, value) {
        (Trait::Replacing, Value::Text(how)) if how == AT_ONCE => Text::of("at once", "d'un seul coup"),
        (Trait::Replacing, Value::Text(_)) => Text::of(
            "in two steps: removed, then renamed; the name is absent for an instant",
            "en deux temps, suppression puis renommage : rien ne porte ce nom pendant un instant",
        ),
        (Trait::Folder, Value::Text(folder)) if folder == "." => Text::of("its own folder", "son propre dossier"),
        (_, Value::Yes(true)) => Text::of("yes", "oui"),
        (_, Value::Yes(false)) => Text::of("no", "non"),
        (Trait::Clock, Value::Number(seconds)) => clock(*seconds),
        (Trait::TimePrecision, Value::Number(seconds)) if *seconds < 60.0 => {
            Text::of("to the second", "à la seconde près")
        }
        (Trait::TimePrecision, Value::Number(_)) => Text::of("to the minute", "à la minute près"),
        (Trait::FreeSpace, Value::Number(bytes)) => space(*bytes),
        (Trait::RoundTrip, Value::Number(milliseconds)) => milliseconds_of(*milliseconds),
        (Trait::Upload | Trait::Download, Value::Number(bytes)) => {
            let speed = decimal(bytes / MEBIBYTE);
            text!("{speed} MiB a second", "{speed} Mio par seconde", speed)
        }
        (_, Value::Number(number)) => decimal(*number),
        (_, Value::Moment(moment)) => day(*moment),
        (_, Value::Text(text)) => Text::same(text.clone()),
        (_, Value::List(list)) if list.is_empty() => Text::of("none", "aucune"),
        (_, Value::List(list)) => Text::same(list.join(", ")),
    }
}

fn clock(ahead: f64) -> Text {
    let by = duration(ahead.abs());
    match ahead {
        ahead if ahead.abs() < 1.0 => Text::of("as ours", "comme la nôtre"),
        ahead if ahead > 0.0 => text!("{by} ahead of ours", "en avance de {by} sur la nôtre", by),
        _ => text!("{by} behind ours", "en retard de {by} sur la nôtre", by),
    }
}

/// As people say it: `59 min`, `2 h`, `1 h 30 min`.
pub fn duration(seconds: f64) -> Text {
    let whole = TimeDelta::seconds(seconds.round() as i64);
    let (days, hours, minutes) = (whole.num_days(), whole.num_hours() % 24, whole.num_minutes() % 60);
    let plural = if days == 1 { "" } else { "s" };
    match (days, hours, minutes) {
        (0, 0, 0) => Text::same(format!("{} s", whole.num_seconds())),
        (0, 0, _) => Text::same(format!("{minutes} min")),
        (0, _, 0) => Text::same(format!("{hours} h")),
        (0, ..) => Text::same(format!("{hours} h {minutes} min")),
        _ => text!("{days} day{plural}", "{days} jour{plural}"),
    }
}

pub fn milliseconds_of(milliseconds: f64) -> Text {
    match milliseconds {
        none if none < 0.1 => Text::of("less than 0.1 ms", "moins de 0,1 ms"),
        short if short < 10.0 => decimal(short).then(&Text::same(" ms")),
        long => Text::same(format!("{long:.0} ms")),
    }
}

pub fn space(bytes: f64) -> Text {
    let (mebibytes, gibibytes) = (bytes / MEBIBYTE, decimal(bytes / MEBIBYTE / 1024.0));
    match mebibytes {
        small if small < 1024.0 => text!("{mebibytes:.0} MiB", "{mebibytes:.0} Mio"),
        _ => text!("{gibibytes} GiB", "{gibibytes} Gio", gibibytes),
    }
}

/// With one digit behind the point, which is a comma in French.
fn decimal(number: f64) -> Text {
    let english = format!("{number:.1}");
    Text::new(english.clone(), english.replace('.', ","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    #[test]
    fn what_was_found_is_said_as_people_say_it() {
        let cases: [(Trait, Found, &str, &str); 9] = [
            (Trait::Clock, 0.4.into(), "as ours", "comme la nôtre"),
            (Trait::Clock, 3599.6.into(), "1 h ahead of ours", "en avance de 1 h sur la nôtre"),
            (Trait::Clock, (-5430.0).into(), "1 h 30 min behind ours", "en retard de 1 h 30 min sur la nôtre"),
            (Trait::RoundTrip, 12.4.into(), "12 ms", "12 ms"),
            (Trait::RoundTrip, 0.24.into(), "0.2 ms", "0,2 ms"),
            (Trait::FreeSpace, 5.5e9.into(), "5.1 GiB", "5,1 Gio"),
            (Trait::Upload, 31_981_568.0.into(), "30.5 MiB a second", "30,5 Mio par seconde"),
            (Trait::Replacing, AT_ONCE.into(), "at once", "d'un seul coup"),
            (Trait::Writing, Found::No(Text::same("550 no")), "no: 550 no", "non : 550 no"),
        ];
        for (what, found, english, french) in cases {
            let shown = super::found(what, &found);
            assert_eq!((shown.is(Language::English), shown.is(Language::French)), (english, french), "{what:?}");
        }
    }
}
