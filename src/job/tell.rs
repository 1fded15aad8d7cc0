//! Tells the partner, beside the file: first a receipt, in the end a verdict and the rows to correct.
//!
//! For `in/users.csv`, all of them named after it:
//!
//! | file | where | when |
//! |---|---|---|
//! | `users.csv.receipt.txt` | `in/` | as soon as the file was fetched; it goes when a verdict stands |
//! | `users.csv.verdict.txt`, `users.csv.verdict.json` | `in/done/`, `in/refused/`, or `in/held/` while it is held | in the end |
//! | `users.csv.to-correct.csv` | beside those | where rows were left out |
//! | `users.csv` itself | beside those, but while it is held where it was | last |
//!
//! A file has its receipt or its verdict at every instant from then on, and one that was set aside has its verdict.
//! Interrupted anywhere, all of it can be done again: each file appears whole under its name, in place of the one before.

use std::borrow::Cow;
use std::mem;

use chrono::Utc;

use crate::job::content::Content;
use crate::job::pickup::{RECEIPT, VERDICT, VERDICT_FOR_MACHINES};
use crate::job::{Context, Error, claim, gather, rules};
use crate::model::{Bytes, Digest, Verdict};
use crate::report::Import;
use crate::report::receipt::{self, Receipt};
use crate::report::verdict::{self, Notice};
use crate::site::{self, Exchange};
use crate::transport::{self, Kind, Session, handover, inside};

/// Folders that a run makes in the folder that an import watches.
pub const SET_ASIDE: [&str; 3] = ["done", "refused", "held"];

/// What the partner is told about which file.
pub struct Telling<'a> {
    pub told: &'a mut Import,
    /// The partner's file, by its name in the folder that the import watches.
    pub name: &'a str,
    /// None where it is too large to be fetched.
    pub digest: Option<&'a Digest>,
    pub corrections: Option<&'a [u8]>,
}

/// Says that the file is here, before it is known what is in it.
pub fn receive(
    context: &Context<'_>,
    exchange: &Exchange,
    import: &site::Import,
    name: &str,
    content: &Content,
) -> Result<(), Error> {
    let folder = import.files.folder();
    let text = receipt::write(&Receipt {
        file: &inside(folder, name),
        size: content.len(),
        digest: &content.digest,
        run: &context.run.to_string(),
        at: Utc::now(),
        language: exchange.language,
    });
    context.with_server(&exchange.server, |session| put(session, folder, &named(name, RECEIPT), text.as_bytes()))
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
    let path = claim::place(context, exchange, import, telling.name)?;
    match is_still_there(context, exchange, &path, &telling)? {
        There::Same => {}
        There::Another => {
            tracing::warn!(file = path, "another file has the name now; it is left for the next run");
            return take_back_receipt(context, exchange, import, telling.name);
        }
        // An interrupted run had set it aside already, or the partner took it back.
        There::Nothing => return take_back_receipt(context, exchange, import, telling.name),
    }
    let rows = answer(import, telling.corrections)?;
    let aside = inside(folder, if telling.told.verdict == Verdict::Refused { "refused" } else { "done" });
    // Chosen once: tried again after the renaming had happened, the name would be taken by the file itself.
    let name = context.with_server(&exchange.server, |session| {
        session.make_folder(&aside)?;
        handover::free_name(session, &aside, telling.name)
    })?;
    let corrections = named(&name, import.corrections_ending());
    let verdicts = verdicts(context, exchange, import, &name, &telling, rows.as_ref().map(|_| corrections.as_str()));
    context.with_server(&exchange.server, |session| {
        // Those of an earlier file of this name are not to be mistaken for this one's.
        match rows.as_deref() {
            Some(rows) => put(session, &aside, &corrections, rows)?,
            None => session.remove(&inside(&aside, &corrections))?,
        }
        put_all(session, &aside, &verdicts)?;
        take_back_held(session, import, telling.name)?;
        take_back(session, folder, &named(telling.name, RECEIPT))?;
        if let Some(beside) = import.ready.beside(telling.name)
            && !is_of_a_newer_file(session, folder, &path, telling.name)?
        {
            session.remove(&inside(folder, &beside))?;
        }
        Ok(())
    })?;
    let place = inside(&aside, &name);
    move_once(context, exchange, &path, &place)?;
    let corrections = rows.map(|_| inside(&aside, &corrections));
    telling.told.set_aside = Some(place);
    telling.told.corrections = corrections;
    Ok(())
}

/// Gives a file a name that was free. Tried again, it looks first whether it happened: the partner may have dropped
/// another file by then, which nobody has read.
fn move_once(context: &Context<'_>, exchange: &Exchange, from: &str, to: &str) -> Result<(), Error> {
    let mut is_again = false;
    context.with_server(&exchange.server, |session| {
        let is_again = mem::replace(&mut is_again, true);
        if is_again && session.size(to)?.is_some() {
            return Ok(());
        }
        match session.rename(from, to) {
            // The server did, late, what it was asked for before.
            Err(missing) if is_again && missing.kind == Kind::Missing && session.size(to)?.is_some() => Ok(()),
            renamed => renamed.map(drop),
        }
    })
}

enum There {
    Same,
    Another,
    Nothing,
}

/// What is at the place now. Of a file that was not fetched, only the size is known.
fn is_still_there(
    context: &Context<'_>,
    exchange: &Exchange,
    path: &str,
    telling: &Telling<'_>,
) -> Result<There, Error> {
    let is_same = match telling.digest {
        Some(digest) => gather::digest(context, &exchange.server, path).map(|there| Some(there == *digest)),
        None => {
            let size = context.with_server(&exchange.server, |session| session.size(path));
            size.map(|size| size.map(|size| size == telling.told.size))
        }
    };
    match is_same {
        Ok(Some(true)) => Ok(There::Same),
        Ok(Some(false)) => Ok(There::Another),
        Ok(None) => Ok(There::Nothing),
        Err(Error::Transport(missing)) if missing.kind == Kind::Missing => Ok(There::Nothing),
        Err(error) => Err(error),
    }
}

/// A file that we claimed has left its name to the next one, whose marker stands there then.
fn is_of_a_newer_file(
    session: &mut dyn Session,
    folder: &str,
    path: &str,
    name: &str,
) -> Result<bool, transport::Error> {
    let dropped = inside(folder, name);
    Ok(dropped != path && session.size(&dropped)?.is_some())
}

/// Leaves the file where it is, and says in `held/` that it waits.
pub fn hold(
    context: &Context<'_>,
    exchange: &Exchange,
    import: &site::Import,
    telling: Telling<'_>,
) -> Result<(), Error> {
    let verdicts = verdicts(context, exchange, import, telling.name, &telling, None);
    context.with_server(&exchange.server, |session| {
        let held = held_folder(import);
        session.make_folder(&held)?;
        put_all(session, &held, &verdicts)?;
        take_back(session, import.files.folder(), &named(telling.name, RECEIPT))
    })
}

/// The rows to correct as the partner gets them: of a file that came sealed, sealed for the partner, or not at all.
fn answer<'a>(import: &site::Import, corrections: Option<&'a [u8]>) -> Result<Option<Cow<'a, [u8]>>, Error> {
    match (corrections, &import.openpgp) {
        (Some(rows), Some(openpgp)) => Ok(openpgp.seal_answer(rows)?.map(Cow::Owned)),
        (rows, _) => Ok(rows.map(Cow::Borrowed)),
    }
}

/// Takes back what was said in `held/`: the file is gone.
pub fn withdraw(context: &Context<'_>, exchange: &Exchange, import: &site::Import, name: &str) -> Result<(), Error> {
    context.with_server(&exchange.server, |session| take_back_held(session, import, name))
}

/// For machines and for people, each with its name: `name` is the one that the file has, or gets.
fn verdicts(
    context: &Context<'_>,
    exchange: &Exchange,
    import: &site::Import,
    name: &str,
    telling: &Telling<'_>,
    corrections: Option<&str>,
) -> [(String, String); 2] {
    let for_machines = named(name, VERDICT_FOR_MACHINES);
    let told = match import.openpgp {
        Some(_) => Cow::Owned(telling.told.discreet()),
        None => Cow::Borrowed(&*telling.told),
    };
    let notice = Notice {
        import: &told,
        digest: telling.digest,
        run: &context.run.to_string(),
        at: Utc::now(),
        language: exchange.language,
        corrections,
        for_machines: &for_machines,
        codes: &rules::of,
    };
    let (machine, person) = (verdict::json::write(&notice), verdict::write(&notice));
    [(for_machines, machine), (named(name, VERDICT), person)]
}

fn put_all(session: &mut dyn Session, folder: &str, texts: &[(String, String)]) -> Result<(), transport::Error> {
    texts.iter().try_for_each(|(name, text)| put(session, folder, name, text.as_bytes()))
}

fn take_back_receipt(
    context: &Context<'_>,
    exchange: &Exchange,
    import: &site::Import,
    name: &str,
) -> Result<(), Error> {
    let receipt = named(name, RECEIPT);
    context.with_server(&exchange.server, |session| take_back(session, import.files.folder(), &receipt))
}

fn take_back_held(session: &mut dyn Session, import: &site::Import, name: &str) -> Result<(), transport::Error> {
    let held = held_folder(import);
    take_back(session, &held, &named(name, VERDICT))?;
    take_back(session, &held, &named(name, VERDICT_FOR_MACHINES))
}

/// Removes a file of ours, and what an interrupted run left of it.
fn take_back(session: &mut dyn Session, folder: &str, name: &str) -> Result<(), transport::Error> {
    session.remove(&inside(folder, &handover::temporary_name(name)))?;
    session.remove(&inside(folder, name))
}

fn held_folder(import: &site::Import) -> String {
    inside(import.files.folder(), "held")
}

fn named(name: &str, ending: &str) -> String {
    format!("{name}{ending}")
}

fn put(session: &mut dyn Session, folder: &str, name: &str, content: &[u8]) -> Result<(), transport::Error> {
    handover::upload(session, folder, name, &mut &*content, content.len() as u64)?;
    handover::publish(session, folder, name).map(drop)
}
