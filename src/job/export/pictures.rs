//! The pictures that are delivered beside the files of an export: those that the partner does not have yet.
//!
//! A picture that cannot be had is told, and tried again the next time; it never keeps anything else back.

use std::collections::{BTreeMap, HashMap};

use crate::format::Image;
use crate::job::export::file::File;
use crate::job::export::made::Made;
use crate::job::export::picture_names::Names;
use crate::job::gather::Source;
use crate::job::rows::Memo;
use crate::job::{Error, Job, picture_rules};
use crate::model::{Change, Content, Digest, Field, Finding, Place, Text};
use crate::net::{self, Limit};
use crate::site::photos::Photos;
use crate::site::{self, Export};
use crate::state::{Given, GivenPicture};
use crate::text;

/// So much is delivered at one instant, in bytes; it is held in memory. The rest follows the next time.
const TOGETHER: u64 = 256 << 20;

/// After so many failures in a row, the others would fail, too.
const FAILURES: usize = 3;

/// What there is of pictures.
#[derive(Default)]
pub struct Pictures {
    /// Those to be delivered.
    pub files: Vec<File>,
    pub findings: Vec<Finding>,
    /// What the partner will have, by the keys of the people, where that is not what it has; None: no picture any more.
    given: HashMap<String, Option<GivenPicture>>,
}

impl Pictures {
    /// What the partner will have of somebody.
    pub fn given(&self, key: &str, before: Option<&Given>) -> Option<GivenPicture> {
        self.given.get(key).cloned().unwrap_or_else(|| before.and_then(|before| before.picture.clone()))
    }
}

/// Reads them from Lucca, in at most half the time that is left; nothing is read in a dry run.
pub fn gather(
    job: &Job<'_>,
    export: &Export,
    source: &Source<'_>,
    rows: &[Memo],
    given: &BTreeMap<String, Given>,
) -> Result<Pictures, Error> {
    let (Some(photos), site::People::Lucca(lucca)) = (&export.photos, &*export.people) else {
        return Ok(Pictures::default());
    };
    let mut pictures = Pictures::default();
    let mut wanted = Vec::new();
    for row in rows.iter().filter(|row| row.change != Some(Change::Left)) {
        let before = given.get(&row.key).and_then(|given| given.picture.as_ref());
        let id = row.sitter.as_ref().and_then(|sitter| source.pictures.get(&sitter.number));
        match (id, before) {
            (Some(id), _) => wanted.push(Wanted { row, id, before }),
            (None, Some(before)) => pictures.lose(row, before),
            (None, None) => {}
        }
    }
    if job.is_dry_run() || wanted.is_empty() {
        return Ok(pictures);
    }
    let names = Names::of(wanted.iter().map(|wanted| wanted.row));
    wanted.retain(|wanted| !wanted.is_there(&names, photos));
    let door = job.context.doors.door(lucca, &job.context.site.base)?;
    let limit = job.context.limit.at_most(job.context.limit.left() / 2);
    let reader = Reader { photos, names: &names, limit };
    reader.read_all(&wanted, |id, limit| door.picture(id, photos.largest.0, limit), &mut pictures);
    Ok(pictures)
}

/// A picture that somebody has.
struct Wanted<'a> {
    row: &'a Memo,
    id: &'a str,
    /// The one that the partner has.
    before: Option<&'a GivenPicture>,
}

impl Wanted<'_> {
    /// Has the partner this very one, under this very name?
    fn is_there(&self, names: &Names, photos: &Photos) -> bool {
        let (Some(before), Some(login)) = (self.before, names.of_person(self.row)) else { return false };
        let ending = before.file.rsplit_once('.').map_or("", |(_, ending)| ending);
        before.id == self.id && before.file == photos.name(login, ending)
    }
}

/// One picture after another.
struct Reader<'a> {
    photos: &'a Photos,
    names: &'a Names,
    limit: Limit,
}

/// What one picture came to.
enum Read {
    Delivered(File),
    /// The partner has the same bytes under the same name, though Lucca calls them otherwise now.
    Same(GivenPicture),
    Refused(Finding),
    /// Lucca has it no more.
    Gone,
}

impl Reader<'_> {
    /// As many as there is time and room for.
    fn read_all(
        &self,
        wanted: &[Wanted<'_>],
        fetch: impl Fn(&str, &Limit) -> Result<Option<Vec<u8>>, net::Error>,
        pictures: &mut Pictures,
    ) {
        let (mut bytes, mut failures) = (0, 0);
        for (done, one) in wanted.iter().enumerate() {
            let has_given_up = failures == FAILURES || bytes >= TOGETHER;
            if has_given_up || !self.limit.allows_more() {
                return pictures.findings.push(waiting(wanted.len() - done));
            }
            match fetch(one.id, &self.limit) {
                Ok(content) => {
                    failures = 0;
                    bytes += content.as_ref().map_or(0, |content| content.len() as u64);
                    pictures.take(one, content.map_or(Read::Gone, |content| self.look(one, content)));
                }
                Err(error) => {
                    failures += 1;
                    pictures.findings.push(not_read(one, &error));
                }
            }
        }
    }

    fn look(&self, wanted: &Wanted<'_>, bytes: Vec<u8>) -> Read {
        let Some(image) = Image::recognise(&bytes) else { return Read::Refused(no_image(wanted)) };
        if bytes.len() as u64 > self.photos.largest.0 {
            return Read::Refused(too_large(wanted, bytes.len(), self.photos));
        }
        let Some(login) = self.names.of_person(wanted.row) else { return Read::Refused(nameless(wanted)) };
        let given = GivenPicture {
            id: wanted.id.into(),
            digest: Digest::of(&bytes),
            file: self.photos.name(login, image.ending()),
        };
        if wanted.before.is_some_and(|before| (&before.digest, &before.file) == (&given.digest, &given.file)) {
            return Read::Same(given);
        }
        Read::Delivered(File {
            folder: self.photos.folder.clone(),
            name: given.file,
            content: Content::Picture,
            part: wanted.row.part.clone(),
            made: Made::InMemory(bytes),
            digest: given.digest,
            rows: 1,
            left: 0,
            people: [&wanted.row.who].into_iter().collect(),
            table: String::new(),
            heading: String::new(),
            personal_fields: vec![Field::picture()],
            left_out: 0,
            findings: Vec::new(),
            held: Vec::new(),
        })
    }
}

impl Pictures {
    fn take(&mut self, wanted: &Wanted<'_>, read: Read) {
        let key = wanted.row.key.clone();
        match read {
            Read::Delivered(file) => {
                let given = GivenPicture { id: wanted.id.into(), digest: file.digest.clone(), file: file.name.clone() };
                self.given.insert(key, Some(given));
                self.files.push(file);
            }
            Read::Same(given) => drop(self.given.insert(key, Some(given))),
            Read::Refused(finding) => self.findings.push(finding),
            Read::Gone => {
                if let Some(before) = wanted.before {
                    self.lose(wanted.row, before);
                }
            }
        }
    }

    /// The partner keeps what it has: it is told of in the report alone.
    fn lose(&mut self, row: &Memo, before: &GivenPicture) {
        let (who, file) = (&row.who, &before.file);
        let problem = text!(
            "{who} has no picture any more; the partner still has `{file}`",
            "{who} n'a plus de photo ; le partenaire a encore `{file}`"
        );
        self.findings.push(picture_rules::PICTURE_GONE.at(Place::FILE, problem));
        self.given.insert(row.key.clone(), None);
    }
}

fn not_read(wanted: &Wanted<'_>, error: &net::Error) -> Finding {
    let (who, cause) = (&wanted.row.who, error.chain());
    let problem =
        text!("the picture of {who} could not be read ({cause})", "la photo de {who} n'a pas pu être lue ({cause})");
    picture_rules::PICTURE_NOT_READ.at(Place::FILE, problem)
}

fn waiting(count: usize) -> Finding {
    let (pictures, wait) = if count == 1 { ("picture", "waits") } else { ("pictures", "wait") };
    let (photos, attendent) = if count == 1 { ("photo", "attend") } else { ("photos", "attendent") };
    let problem =
        text!("{count} {pictures} {wait} for the next run", "{count} {photos} {attendent} la prochaine exécution");
    picture_rules::PICTURE_NOT_READ.at(Place::FILE, problem)
}

fn no_image(wanted: &Wanted<'_>) -> Finding {
    let who = &wanted.row.who;
    let problem = text!(
        "what Lucca has as the picture of {who} is no image",
        "ce que Lucca a comme photo de {who} n'est pas une image"
    );
    let expected = Text::of("JPEG, PNG, GIF or WebP", "du JPEG, du PNG, du GIF ou du WebP");
    picture_rules::PICTURE_REFUSED.at(Place::FILE, problem).expected(expected)
}

fn too_large(wanted: &Wanted<'_>, size: usize, photos: &Photos) -> Finding {
    let (who, largest) = (&wanted.row.who, photos.largest);
    let problem = text!("the picture of {who} has {size} bytes", "la photo de {who} compte {size} octets");
    picture_rules::PICTURE_REFUSED.at(Place::FILE, problem).expected(text!("{largest} at most", "{largest} au plus"))
}

fn nameless(wanted: &Wanted<'_>) -> Finding {
    let who = &wanted.row.who;
    let problem =
        text!("{who} has a picture and no login to name it by", "{who} a une photo et pas de login pour la nommer");
    picture_rules::PICTURE_REFUSED.at(Place::FILE, problem)
}
