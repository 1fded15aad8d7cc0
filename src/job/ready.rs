//! When a dropped file is whole: nobody writes to it any more, or its marker or its manifest says so.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::job::manifest::Announced;
use crate::job::pickup::{self, Dropped, Drops, Sight};
use crate::job::{Context, Error, gather};
use crate::model::{Bytes, Digest, Text};
use crate::site::files::{Manifest, Marker};
use crate::site::{Exchange, Import, Ready};
use crate::state::Taken;
use crate::text;
use crate::transport::{Kind, inside};

/// What the bytes of a file must be, or it is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pledge {
    None,
    /// What they were before the wait.
    SameAs(Digest),
    Announced {
        manifest: String,
        digest: Digest,
    },
}

/// Why a file is left for the next run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// It will be whole in a while.
    Unfinished(Text),
    /// It is not what the partner says that it is.
    Wrong(Text),
}

/// A larger one is no manifest, and is not fetched to find that out.
const MANIFEST_BYTES_AT_MOST: u64 = 16 << 20;

pub fn sort(
    context: &Context<'_>,
    exchange: &Exchange,
    import: &Import,
    sight: &Sight,
    drops: &mut Drops,
) -> Result<(), Error> {
    match &import.ready {
        Ready::StableFor(0) => {
            drops.whole.extend(sight.candidates.iter().map(|dropped| (dropped.clone(), Pledge::None)));
            Ok(())
        }
        Ready::StableFor(seconds) => by_looking_twice(context, exchange, import, sight, *seconds, drops),
        Ready::Marker(marker) => {
            by_marker(marker, sight, drops);
            Ok(())
        }
        Ready::Manifest(manifest) => by_manifest(context, exchange, import, sight, manifest, drops),
    }
}

/// Size and time are no proof: some copy with the time of the original, and set the room for the whole aside first. So the
/// bytes are compared, too.
fn by_looking_twice(
    context: &Context<'_>,
    exchange: &Exchange,
    import: &Import,
    sight: &Sight,
    seconds: u32,
    drops: &mut Drops,
) -> Result<(), Error> {
    if sight.candidates.is_empty() {
        return Ok(());
    }
    let mut pledges = Vec::new();
    for dropped in &sight.candidates {
        pledges.push(match dropped.size > import.largest.0 {
            true => Pledge::None,
            false => glance(context, exchange, dropped)?,
        });
    }
    if !context.limit.pause(Duration::from_secs(seconds.into())) {
        return Err(context.limit.overrun(format!("wait until {} is whole", import.files)).into());
    }
    let second = pickup::see(context, exchange, import)?;
    for (dropped, pledge) in sight.candidates.iter().zip(pledges) {
        match second.candidates.iter().find(|now| now.place == dropped.place) {
            Some(now) if now == dropped => drops.whole.push((dropped.clone(), pledge)),
            Some(_) => drops.remarks.push(still_written(&dropped.name)),
            None => drops.gone += 1,
        }
    }
    Ok(())
}

/// One that cannot be read now will be met again when it is taken, and told then.
fn glance(context: &Context<'_>, exchange: &Exchange, dropped: &Dropped) -> Result<Pledge, Error> {
    match gather::digest(context, &exchange.server, &dropped.place) {
        Ok(digest) => Ok(Pledge::SameAs(digest)),
        Err(Error::Transport(error)) if is_about_one_file(error.kind) => Ok(Pledge::None),
        Err(error) => Err(error),
    }
}

/// Another file may well be taken.
pub fn is_about_one_file(kind: Kind) -> bool {
    matches!(kind, Kind::Missing | Kind::Denied | Kind::Damaged)
}

fn by_marker(marker: &Marker, sight: &Sight, drops: &mut Drops) {
    for dropped in &sight.candidates {
        match sight.files.iter().any(|file| file.name == marker.of(&dropped.name)) {
            true => drops.whole.push((dropped.clone(), Pledge::None)),
            false => drops.unmarked.push(dropped.clone()),
        }
    }
}

fn by_manifest(
    context: &Context<'_>,
    exchange: &Exchange,
    import: &Import,
    sight: &Sight,
    manifest: &Manifest,
    drops: &mut Drops,
) -> Result<(), Error> {
    let mut read: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for dropped in &sight.candidates {
        let beside = manifest.of(&dropped.name);
        let Some(entry) = sight.files.iter().find(|file| file.name == beside) else {
            drops.unmarked.push(dropped.clone());
            continue;
        };
        if !read.contains_key(&beside) {
            let place = inside(import.files.folder(), &beside);
            let bytes = match entry.size > MANIFEST_BYTES_AT_MOST {
                true => Ok(Vec::new()),
                false => gather::small(context, &exchange.server, &place),
            };
            match bytes {
                Err(Error::Transport(error)) if is_about_one_file(error.kind) => {
                    drops.alerts.push(unread(&error.into()));
                    continue;
                }
                bytes => read.insert(beside.clone(), bytes?),
            };
        }
        let is_its_own = matches!(manifest, Manifest::OfEach(_));
        match announced(&read[&beside], dropped, beside, is_its_own) {
            Ok(pledge) => drops.whole.push((dropped.clone(), pledge)),
            Err(problem) => drops.alerts.push(problem),
        }
    }
    Ok(())
}

fn announced(bytes: &[u8], dropped: &Dropped, manifest: String, is_its_own: bool) -> Result<Pledge, Text> {
    let (name, found) = (&dropped.name, dropped.size);
    match Announced::find(bytes, name, is_its_own) {
        Some(Announced { size: Some(size), .. }) if size != found => Err(text!(
            "{name} is left for the next run: {manifest} announces {size} bytes, and there are {found}",
            "{name} attend la prochaine exécution : {manifest} annonce {size} octets, et il y en a {found}",
        )),
        Some(Announced { digest: Some(digest), .. }) => Ok(Pledge::Announced { manifest, digest }),
        _ => Err(text!(
            "{name} is left for the next run: {manifest} has no SHA-256 digest of it; a line of it should be `DIGEST  {name}`",
            "{name} attend la prochaine exécution : {manifest} n'en donne pas l'empreinte SHA-256 ; il y faut une ligne \
             `EMPREINTE  {name}`",
        )),
    }
}

impl Pledge {
    /// Why the file that was fetched cannot be taken, if it cannot.
    pub fn check(&self, dropped: &Dropped, taken: &Taken) -> Result<(), Left> {
        let (name, digest) = (&dropped.name, taken.digest());
        match self {
            Pledge::Announced { manifest, digest: announced } if digest != announced => Err(Left::Wrong(text!(
                "{name} is left for the next run: {manifest} announces the SHA-256 digest {announced}, and the file has \
                 {digest}",
                "{name} attend la prochaine exécution : {manifest} annonce l'empreinte SHA-256 {announced}, et le fichier a \
                 {digest}",
            ))),
            Pledge::SameAs(before) if digest != before => Err(Left::Unfinished(still_written(name))),
            _ if taken.len() != dropped.size => Err(Left::Unfinished(still_written(name))),
            _ => Ok(()),
        }
    }
}

/// One file that cannot be read keeps no other one back.
pub fn unread(error: &Error) -> Text {
    let chain = error.failure().chain.join(": ");
    text!("could not {chain}", "échec : {chain}")
}

fn still_written(name: &str) -> Text {
    text!(
        "{name} is left for the next run: it is still being written",
        "{name} attend la prochaine exécution : il est encore en cours d'écriture",
    )
}
