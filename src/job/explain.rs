//! What is known of a server from the last time that it was examined, said beside its failure.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::model::sheet::{Found, Trait, Value};
use crate::model::{Sheet, Text};
use crate::report::check::shown;
use crate::report::page::day;
use crate::site::Server;
use crate::text;
use crate::transport::{self, Kind};

/// The sheet of this server, if it has one: that of a server that was elsewhere then says nothing.
pub fn sheet_of<'a>(server: &Server, sheets: &'a BTreeMap<String, Sheet>) -> Option<&'a Sheet> {
    sheets.get(&server.name).filter(|sheet| sheet.server == server.options.describe())
}

/// The failure, with what the sheet of the server says to it.
pub fn beside(error: transport::Error, server: &Server, sheet: Option<&Sheet>) -> transport::Error {
    let known = explain(error.kind, &server.name, sheet, Utc::now());
    error.beside(known)
}

/// What helps who reads of such a failure in the morning; None where the sheet cannot.
fn explain(kind: Kind, server: &str, sheet: Option<&Sheet>, now: DateTime<Utc>) -> Option<Text> {
    let is_about_server = !matches!(kind, Kind::Stopped | Kind::Local | Kind::Setup);
    let Some(sheet) = sheet else {
        return is_about_server.then(|| {
            text!(
                "this server has never been checked: `passerelle check --online {server}` tries it out step by step",
                "ce serveur n'a jamais été contrôlé : `passerelle check --online {server}` l'essaie pas à pas"
            )
        });
    };
    let on = day(sheet.at);
    let clauses = match kind {
        Kind::Unreachable | Kind::TimedOut | Kind::Busy => answered(sheet),
        Kind::Identity => showed(sheet, now),
        Kind::Login => let_in(sheet),
        Kind::Denied | Kind::Missing => allowed(sheet),
        Kind::Full => free(sheet),
        Kind::Damaged => sizes(sheet),
        Kind::Protocol => [answered(sheet), spoke(sheet)].concat(),
        Kind::Stopped | Kind::Local | Kind::Setup => Vec::new(),
    };
    let told = and(&clauses)?;
    Some(text!("when it was last checked, on {on}, {told}", "lors du dernier contrôle, le {on}, {told}", on, told))
}

fn answered(sheet: &Sheet) -> Vec<Text> {
    let round_trip = sheet.number(Trait::RoundTrip).map(shown::milliseconds_of);
    let answered = match round_trip {
        Some(time) => text!("it answered in {time}", "il répondait en {time}", time),
        None => Text::of("it answered", "il répondait"),
    };
    let tls = sheet.text(Trait::Tls).map(|tls| text!("took TLS {tls}", "acceptait TLS {tls}"));
    [Some(answered), tls].into_iter().flatten().collect()
}

/// By what it proved who it was.
fn showed(sheet: &Sheet, now: DateTime<Utc>) -> Vec<Text> {
    let shown = [Trait::HostKey, Trait::Certificate].into_iter().find_map(|what| sheet.text(what));
    let shown = shown.map(|proof| text!("it showed {proof}", "il présentait {proof}"));
    let end = sheet.moment(Trait::CertificateEnd).map(|end| {
        let on = day(end);
        match end <= now {
            true => text!(
                "its certificate was to end on {on}, which has passed",
                "son certificat devait expirer le {on}, date passée",
                on
            ),
            false => text!("its certificate was to end on {on}", "son certificat devait expirer le {on}", on),
        }
    });
    [shown, end].into_iter().flatten().collect()
}

fn let_in(sheet: &Sheet) -> Vec<Text> {
    let ways = match sheet.traits.get(&Trait::Authentication) {
        Some(Found::Value(Value::List(ways))) if !ways.is_empty() => {
            let ways = ways.join(", ");
            Some(text!("offered {ways}", "proposait {ways}"))
        }
        _ => None,
    };
    let let_in = Text::of("it let this user in", "il laissait entrer cet utilisateur");
    [Some(let_in), ways].into_iter().flatten().collect()
}

fn allowed(sheet: &Sheet) -> Vec<Text> {
    let folder = sheet.text(Trait::Folder).unwrap_or(".").to_owned();
    let writing = sheet.is(Trait::Writing).map(|worked| match worked {
        true => text!("writing to `{folder}` worked", "l'écriture dans `{folder}` réussissait"),
        false => Text::of("writing was refused already", "l'écriture était déjà refusée"),
    });
    let removing = sheet.is(Trait::Removing).filter(|worked| !worked);
    let removing = removing.map(|_| Text::of("removing was refused already", "la suppression était déjà refusée"));
    let replacing = match (sheet.is(Trait::Replacing), sheet.text(Trait::Replacing)) {
        (Some(false), _) => {
            Some(Text::of("replacing a file was refused already", "le remplacement d'un fichier était déjà refusé"))
        }
        (None, Some(_)) => Some(Text::of("replacing a file worked", "le remplacement d'un fichier réussissait")),
        _ => None,
    };
    [writing, removing, replacing].into_iter().flatten().collect()
}

fn free(sheet: &Sheet) -> Vec<Text> {
    let free = sheet.number(Trait::FreeSpace).map(shown::space);
    free.map(|free| text!("{free} were free", "{free} étaient libres", free)).into_iter().collect()
}

fn sizes(sheet: &Sheet) -> Vec<Text> {
    let sizes = sheet.is(Trait::Sizes).map(|right| match right {
        true => Text::of("files had the sizes that were written", "les fichiers avaient la taille écrite"),
        false => Text::of("sizes were wrong already", "les tailles étaient déjà fausses"),
    });
    sizes.into_iter().collect()
}

fn spoke(sheet: &Sheet) -> Vec<Text> {
    let words = [Trait::DataConnections, Trait::Listing].into_iter().filter_map(|what| sheet.text(what));
    let had = words.map(str::to_owned).collect::<Vec<_>>().join(", ");
    if had.is_empty() { Vec::new() } else { vec![text!("had {had}", "connaissait {had}")] }
}

/// `it answered in 12 ms, took TLS 1.3 and had EPSV`.
fn and(clauses: &[Text]) -> Option<Text> {
    let (last, first) = clauses.split_last()?;
    let Some(first) = first.iter().cloned().reduce(|one, other| one.then(&Text::same(", ")).then(&other)) else {
        return Some(last.clone());
    };
    Some(first.then(&Text::of(" and ", " et ")).then(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    fn known() -> Sheet {
        let at = "2026-11-20T21:00:00Z".parse().expect("a moment");
        let end: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().expect("a moment");
        let traits = [
            (Trait::RoundTrip, 12.3.into()),
            (Trait::Tls, "1.3".into()),
            (Trait::Certificate, "SHA256:ab12".into()),
            (Trait::CertificateEnd, end.into()),
            (Trait::DataConnections, "EPSV".into()),
            (Trait::Listing, "MLSD".into()),
            (Trait::Folder, "out".into()),
            (Trait::Writing, true.into()),
            (Trait::Replacing, "at-once".into()),
            (Trait::FreeSpace, 5e6.into()),
            (Trait::Sizes, true.into()),
        ];
        Sheet { server: "ftps h:21".into(), at, traits: traits.into() }
    }

    fn told(kind: Kind, sheet: Option<&Sheet>) -> Option<[String; 2]> {
        let now = "2026-11-23T07:00:00Z".parse().expect("a moment");
        let text = explain(kind, "skillup", sheet, now)?;
        Some([text.is(Language::English).to_string(), text.is(Language::French).to_string()])
    }

    #[test]
    fn each_failure_is_told_with_what_helps_to_understand_it() {
        for (kind, english, french) in [
            (Kind::Unreachable, "it answered in 12 ms and took TLS 1.3", "il répondait en 12 ms et acceptait TLS 1.3"),
            (
                Kind::Identity,
                "it showed SHA256:ab12 and its certificate was to end on 2026-11-22, which has passed",
                "il présentait SHA256:ab12 et son certificat devait expirer le 22/11/2026, date passée",
            ),
            (Kind::Login, "it let this user in", "il laissait entrer cet utilisateur"),
            (
                Kind::Denied,
                "writing to `out` worked and replacing a file worked",
                "l'écriture dans `out` réussissait et le remplacement d'un fichier réussissait",
            ),
            (Kind::Full, "5 MiB were free", "5 Mio étaient libres"),
            (Kind::Damaged, "files had the sizes that were written", "les fichiers avaient la taille écrite"),
            (
                Kind::Protocol,
                "it answered in 12 ms, took TLS 1.3 and had EPSV, MLSD",
                "il répondait en 12 ms, acceptait TLS 1.3 et connaissait EPSV, MLSD",
            ),
        ] {
            let expected = [
                format!("when it was last checked, on 2026-11-20, {english}"),
                format!("lors du dernier contrôle, le 20/11/2026, {french}"),
            ];
            assert_eq!(told(kind, Some(&known())), Some(expected), "{kind:?}");
        }
    }

    #[test]
    fn a_server_that_was_never_checked_is_said_to_be_so_unless_the_failure_is_ours() {
        let [english, french] = told(Kind::TimedOut, None).expect("it helps");
        assert!(english.contains("`passerelle check --online skillup`"), "{english}");
        assert!(french.contains("`passerelle check --online skillup`"), "{french}");
        for kind in [Kind::Local, Kind::Setup, Kind::Stopped] {
            assert_eq!((told(kind, None), told(kind, Some(&known()))), (None, None), "{kind:?}");
        }
    }
}
