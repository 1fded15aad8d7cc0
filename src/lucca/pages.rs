//! A whole list of v3, page by page, though it may change while it is being read.
//!
//! Lucca counts pages by places (`paging=offset,size`): when somebody drops out, everybody behind moves up, and the first of
//! the next page would be read by nobody; when somebody comes in before, the last one would be read twice. So the list is
//! read in the order of its ids, pages overlap, and what matters is what they cover: a page has everybody from its first id
//! to its last one, as of its own moment. Where the next page begins behind that, the ids between are read again. Who was
//! there all the time is in the result exactly once; who came or went meanwhile may be.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::person::id_of;
use super::resource::Resource;
use super::{Door, page};
use crate::model::Language;
use crate::net::http::Request;
use crate::net::{Error, Kind, Limit, side_by_side};

/// Of a page that the one before it has too, if pages are long enough.
const OVERLAP: usize = 10;

/// How often a list is read from the beginning, when what came does not add up.
const ROUNDS: usize = 2;

/// What is asked.
pub struct List<'a> {
    pub resource: Resource,
    /// `/api/v3/users`
    pub path: &'a str,
    /// What narrows it down, such as `formerEmployees=true`; empty for all of it.
    pub filter: &'a str,
    /// But for `id`, which is always asked for.
    pub fields: &'a str,
}

/// Items whose ids follow one another, as they came in one answer.
pub struct Slice<P> {
    pub ids: Vec<u32>,
    pub rows: P,
    /// So many of the first ones are in an earlier slice.
    pub skip: usize,
    /// Items of the whole list.
    pub count: Option<usize>,
    offset: usize,
    is_last: bool,
}

/// The items by their ids; `each` keeps what is needed of one.
pub fn read<P: Default + Send>(
    door: &Door,
    list: &List<'_>,
    each: impl Fn(&mut P, u32, &Value) + Sync,
    limit: &Limit,
) -> Result<Vec<Slice<P>>, Error> {
    let mut round = 1;
    loop {
        let mut slices = read_once(door, list, &each, limit)?;
        match check(list, &mut slices) {
            Ok(()) => return Ok(slices),
            Err(error) if round < ROUNDS => tracing::warn!("{}; once more from the beginning", error.logged()),
            Err(error) => return Err(error),
        }
        round += 1;
    }
}

/// The first few of them.
pub fn first<P: Default>(
    door: &Door,
    list: &List<'_>,
    size: usize,
    each: impl Fn(&mut P, u32, &Value),
    limit: &Limit,
) -> Result<Slice<P>, Error> {
    slice(door, list, (0, size), &each, limit)
}

fn read_once<P: Default + Send>(
    door: &Door,
    list: &List<'_>,
    each: &(impl Fn(&mut P, u32, &Value) + Sync),
    limit: &Limit,
) -> Result<Vec<Slice<P>>, Error> {
    let asked = door.options.page_size();
    let first = slice(door, list, (0, asked), each, limit)?;
    // A service whose pages are shorter than what it is asked for tells so by its first one.
    let size = if first.is_last { asked } else { first.ids.len().max(2) };
    let overlap = OVERLAP.min(size / 2);
    let step = size - overlap;
    let count = first.count.unwrap_or_default();
    let offsets: Vec<usize> = (1..).map(|page| page * step).take_while(|offset| offset + overlap < count).collect();
    let has_failed = AtomicBool::new(false);
    let rest = side_by_side(&offsets, door.options.at_once(), |offset| {
        // One that failed for good fails them all, and there is a budget.
        if has_failed.load(Ordering::Relaxed) {
            return None;
        }
        let read = slice(door, list, (*offset, size), each, limit);
        has_failed.fetch_or(read.is_err(), Ordering::Relaxed);
        Some(read)
    });
    let mut slices = vec![first];
    for slice in rest.into_iter().flatten() {
        slices.push(slice?);
    }
    while let Some(last) = slices.last().filter(|last| !last.is_last) {
        let offset = last.offset + step;
        slices.push(slice(door, list, (offset, size), each, limit)?);
    }
    slices.sort_by_key(|slice| slice.ids.first().copied());
    mend(&mut slices, size, |offset| slice(door, list, (offset, size), each, limit))?;
    Ok(slices)
}

fn slice<P: Default>(
    door: &Door,
    list: &List<'_>,
    (offset, size): (usize, usize),
    each: &impl Fn(&mut P, u32, &Value),
    limit: &Limit,
) -> Result<Slice<P>, Error> {
    let List { resource, path, filter, fields } = list;
    let filter = if filter.is_empty() { String::new() } else { format!("{filter}&") };
    let fields = if fields.is_empty() { String::new() } else { format!("{fields},") };
    let path = format!("{path}?{filter}orderBy=id,asc&paging={offset},{size}&fields=id,{fields}collection.count");
    let answer = door.get(&door.keyed(Request::get(path)), *resource, limit)?;
    let (mut ids, mut rows, mut all_have_ids) = (Vec::new(), P::default(), true);
    let what = format!("a page of {}", resource.name().is(Language::English));
    let count = page::read(&answer, &what, |item| {
        let id = id_of(&item);
        all_have_ids &= id.is_some();
        let id = id.unwrap_or_default();
        each(&mut rows, id, &item);
        ids.push(id);
    })?;
    let is_last = ids.is_empty() || count.map_or(ids.len() < size, |count| offset + ids.len() >= count);
    let wrong = |cause| Err(Error::new(Kind::Protocol, format!("read {what}")).caused_by(cause));
    if !all_have_ids {
        return wrong("they have no ids, which were asked for");
    }
    // Where one page has everything, the order does not matter.
    if !(ids.is_sorted_by(|one, next| one < next) || (offset == 0 && is_last)) {
        return wrong("they are not in the order of their ids, which was asked for");
    }
    Ok(Slice { ids, rows, skip: 0, offset, is_last, count })
}

/// Reads again what nobody covers, until there is no such thing. `slices` are by their first ids, and stay so.
fn mend<P>(
    slices: &mut Vec<Slice<P>>,
    size: usize,
    mut slice: impl FnMut(usize) -> Result<Slice<P>, Error>,
) -> Result<(), Error> {
    let half = size / 2;
    // How far everybody has moved, as far as that is known.
    let mut moved = 0_isize;
    for _ in 0..slices.len() + 10 {
        let Some(Gap { covered, behind }) = gap(slices) else { return Ok(()) };
        let again = slice(behind.saturating_sub(half).saturating_add_signed(moved))?;
        tracing::info!(from = again.offset, "a list moved while it was being read; read again");
        moved += match (again.ids.first(), again.ids.last()) {
            (Some(first), Some(last)) if *first <= covered && (*last > covered || again.is_last) => -moved,
            (Some(first), _) if *first <= covered => half as isize,
            _ => -(half as isize),
        };
        let at = slices.partition_point(|other| other.ids.first() <= again.ids.first());
        slices.insert(at, again);
    }
    Err(Error::new(Kind::Damaged, "read a list page by page").caused_by("it changed all the time"))
}

/// Ids that nobody covers.
struct Gap {
    /// The last id before.
    covered: u32,
    /// The place in the list of what comes next, when that id was read.
    behind: usize,
}

/// The first gap, which may be the one at the end.
fn gap<P>(slices: &[Slice<P>]) -> Option<Gap> {
    let (mut covered, mut behind, mut is_end) = (0, 0, false);
    for slice in slices {
        let (Some(first), Some(last)) = (slice.ids.first(), slice.ids.last()) else { continue };
        let follows = slice.offset == 0 || *first <= covered;
        if !follows {
            return Some(Gap { covered, behind });
        }
        if *last > covered {
            (covered, behind, is_end) = (*last, slice.offset + slice.ids.len(), slice.is_last);
        } else if *last == covered {
            is_end |= slice.is_last;
        }
    }
    let is_empty = slices.iter().all(|slice| slice.ids.is_empty());
    (!is_end && !is_empty).then_some(Gap { covered, behind })
}

/// Says which items are there twice, and compares what is left with what Lucca counts.
fn check<P>(list: &List<'_>, slices: &mut [Slice<P>]) -> Result<(), Error> {
    let mut last = 0;
    for slice in slices.iter_mut() {
        slice.skip = slice.ids.partition_point(|id| *id <= last);
        last = slice.ids.last().copied().unwrap_or_default().max(last);
    }
    let read: usize = slices.iter().map(|slice| slice.ids.len() - slice.skip).sum();
    let counts = || slices.iter().filter_map(|slice| slice.count);
    match (counts().min(), counts().max()) {
        (Some(least), Some(most)) if !(least..=most).contains(&read) => {
            let what = list.resource.name();
            let tried = format!("read all {}", what.is(Language::English));
            Err(Error::new(Kind::Damaged, tried).caused_by(format!("Lucca counts {most}, and {read} came")))
        }
        _ => Ok(()),
    }
}
