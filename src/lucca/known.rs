//! The people that an import changes, as they are: with what it may write, in the words in which it writes it.

use std::collections::BTreeSet;

use super::labels::Labels;
use super::pages::{self, List};
use super::resource::Resource;
use super::wanted::{Part, Wanted};
use super::written::{self, Written};
use super::{Door, Options, organisation, users};
use crate::model::table::{Chunk, Table};
use crate::model::{Field, Organisation, People};
use crate::net::{Error, Kind, Limit};

/// What every file names.
const NAMED: [Part; 4] = [Part::Departments, Part::Establishments, Part::Roles, Part::Cultures];

/// What few files name, so that a key that may not see it is good enough for the others.
const SELDOM: [Part; 2] = [Part::Calendars, Part::ProfessionalCategories];

impl Options {
    /// What an import needs to see that may set these fields.
    pub fn to_change(&self, fields: BTreeSet<Field>) -> Wanted {
        Wanted { fields, parts: self.parts_named(), ..Wanted::default() }
    }

    fn parts_named(&self) -> BTreeSet<Part> {
        let also = self.imports_also().iter().map(|field| match field.name().strip_prefix("axis-").map(str::parse) {
            Some(Ok(axis)) => Part::Axis(axis),
            _ => Part::Custom,
        });
        NAMED.into_iter().chain(also).collect()
    }
}

impl Door {
    /// What imports name. What the key may not see of it is not known; of what few files name, that is all.
    pub fn named(&self, limit: &Limit) -> Result<Organisation, Error> {
        let mut named = organisation::read(self, &self.options.parts_named(), limit)?;
        for part in &SELDOM {
            match organisation::read(self, [part], limit) {
                Ok(Organisation { calendars, professional_categories, .. }) => {
                    named.calendars.extend(calendars);
                    named.professional_categories.extend(professional_categories);
                }
                Err(error) if error.kind == Kind::Denied => {
                    tracing::warn!("imports do without it: {}", error.logged());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(named)
    }

    /// Everybody, former and future employees too, with those of the fields that can be written. Their numbers are the ids
    /// of Lucca's users; who has no manager there is their own.
    pub fn known(&self, fields: &BTreeSet<Field>, organisation: &Organisation, limit: &Limit) -> Result<People, Error> {
        let labels = Labels::new(organisation);
        let written: Vec<Written> = fields.iter().filter_map(|field| written::of(field, &self.options)).collect();
        let mut asked: Vec<String> = written.iter().map(Written::asked).collect();
        asked.sort_unstable();
        asked.dedup();
        let list =
            List { resource: Resource::Users, path: users::PATH, filter: users::EVERYBODY, fields: &asked.join(",") };
        let slices = pages::read(
            self,
            &list,
            |chunk: &mut Chunk, id, user| {
                written.iter().for_each(|written| chunk.cell(&written.read(user, &labels)));
                chunk.end_row(id, id);
            },
            limit,
        )?;
        let mut table = Table::default();
        let columns: Vec<usize> = (0..written.len()).collect();
        slices.into_iter().for_each(|slice| table.push(users::part(slice.rows, slice.skip, &columns)));
        Ok(People::new(written.into_iter().map(|written| written.field).collect(), table))
    }
}
