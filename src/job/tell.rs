//! Tells the partner: the verdict and the rows to correct beside the file, which is set aside in `done/` or `refused/`.

use chrono::Utc;

use crate::job::gather::fetch;
use crate::job::pickup::VERDICT;
use crate::job::{Context, Error, rules};
use crate::model::{Digest, Verdict};
use crate::report::Import;
use crate::report::verdict::{self, Notice};
use crate::site::{self, Exchange, Ready};
use crate::transport::{self, Kind, Session, handover, inside};

/// What the partner is told about which file.
pub struct Telling<'a> {
    pub told: &'a mut Import,
    /// The partner's file, by its name in the folder that the import watches.
    pub name: &'a str,
    pub digest: &'a Digest,
    pub corrections: Option<&'a [u8]>,
}

/// Sets the file aside, with the verdict beside it. The texts come first, so that a file that was set aside always has
/// them; interrupted at any instant, it can be done again.
pub fn set_aside(
    context: &Context<'_>,
    exchange: &Exchange,
    import: &site::Import,
    telling: Telling<'_>,
) -> Result<(), Error> {
    let folder = import.files.folder();
    let path = inside(folder, telling.name);
    match fetch(context, &exchange.server, &path) {
        Ok(bytes) if Digest::of(&bytes) == *telling.digest => {}
        Ok(_) => {
            tracing::warn!(file = path, "another file has the name now; it is left for the next run");
            return Ok(());
        }
        // An interrupted run had set it aside already, or the partner took it back.
        Err(Error::Transport(missing)) if missing.kind == Kind::Missing => return Ok(()),
        Err(error) => return Err(error),
    }
    let aside = inside(folder, if telling.told.verdict == Verdict::Refused { "refused" } else { "done" });
    let run = context.run.to_string();
    let told = telling.told;
    let (place, corrections) = context.with_server(&exchange.server, |session| {
        session.make_folder(&aside)?;
        let name = handover::free_name(session, &aside, telling.name)?;
        let corrections = telling.corrections.map(|rows| (format!("{name}.to-correct.csv"), rows));
        let corrections_name = corrections.as_ref().map(|(name, _)| name.as_str());
        let notice = Notice {
            import: told,
            digest: telling.digest,
            run: &run,
            at: Utc::now(),
            language: exchange.language,
            corrections: corrections_name,
            codes: &rules::of,
        };
        if let Some((name, rows)) = &corrections {
            put(session, &aside, name, rows)?;
        }
        put(session, &aside, &verdict_name(&name), verdict::write(&notice).as_bytes())?;
        session.remove(&held_verdict(import, telling.name))?;
        if let Ready::Marker(marker) = &import.ready {
            session.remove(&inside(folder, &marker.of(telling.name)))?;
        }
        let place = inside(&aside, &name);
        session.rename(&path, &place)?;
        Ok((place, corrections_name.map(|name| inside(&aside, name))))
    })?;
    told.set_aside = Some(place);
    told.corrections = corrections;
    Ok(())
}

/// Leaves the file where it is, and says in `held/` that it waits.
pub fn hold(
    context: &Context<'_>,
    exchange: &Exchange,
    import: &site::Import,
    telling: Telling<'_>,
) -> Result<(), Error> {
    let notice = Notice {
        import: telling.told,
        digest: telling.digest,
        run: &context.run.to_string(),
        at: Utc::now(),
        language: exchange.language,
        corrections: None,
        codes: &rules::of,
    };
    let text = verdict::write(&notice);
    context.with_server(&exchange.server, |session| {
        let held = held_folder(import);
        session.make_folder(&held)?;
        put(session, &held, &verdict_name(telling.name), text.as_bytes())
    })
}

/// Takes back what was said in `held/`: the file is gone.
pub fn withdraw(context: &Context<'_>, exchange: &Exchange, import: &site::Import, name: &str) -> Result<(), Error> {
    context.with_server(&exchange.server, |session| session.remove(&held_verdict(import, name)))
}

fn held_verdict(import: &site::Import, name: &str) -> String {
    inside(&held_folder(import), &verdict_name(name))
}

fn held_folder(import: &site::Import) -> String {
    inside(import.files.folder(), "held")
}

fn verdict_name(name: &str) -> String {
    format!("{name}{VERDICT}")
}

fn put(session: &mut dyn Session, folder: &str, name: &str, content: &[u8]) -> Result<(), transport::Error> {
    handover::upload(session, folder, name, &mut &*content, content.len() as u64)?;
    handover::publish(session, folder, name).map(drop)
}
