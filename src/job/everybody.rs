//! Everybody of whom an export tells, wherever they are: gone through first for what must be known of all, then given piece by
//! piece, so that nobody has to be remembered.

use std::sync::Arc;

use crate::job::extract::Extract;
use crate::job::rows::{Census, Doubles};
use crate::job::{Error, Job};
use crate::model::leaders::Named;
use crate::model::{Field, Finding, Leaders, People, Table};
use crate::state::{Picture, Whose};

pub enum Everybody<'s> {
    Here(Arc<People>),
    InFile(Box<Extract<'s>>),
    InDirectory,
}

/// What must be known of all before anything can be said of one.
pub struct Survey<'j> {
    /// Has the fields of everybody and the ways between them, and perhaps nobody.
    pub like: Arc<People>,
    pub doubles: Doubles,
    place: Place<'j>,
}

enum Place<'j> {
    Here,
    InFile(Arc<Leaders>),
    /// As it is all the while.
    InDirectory(Arc<Leaders>, Picture<'j>),
}

/// What giving them came to.
#[derive(Debug, Default)]
pub struct Read {
    /// About rows that could not be read; their people were not given.
    pub findings: Vec<Finding>,
    pub left_out: usize,
}

impl Everybody<'_> {
    /// `wanted` are the fields that will be asked for.
    pub fn survey<'j>(&self, job: &'j Job<'_>, wanted: impl Iterator<Item = Field>) -> Result<Survey<'j>, Error> {
        match self {
            Everybody::Here(people) => {
                Ok(Survey { like: people.clone(), doubles: Doubles::of(people), place: Place::Here })
            }
            Everybody::InFile(extract) => {
                let (leaders, doubles) = extract.survey(wanted)?;
                Ok(Survey { like: nobody(&leaders), doubles, place: Place::InFile(leaders) })
            }
            Everybody::InDirectory => {
                let picture = job.state.picture()?;
                let (leaders, doubles) = survey(&picture, wanted)?;
                Ok(Survey { like: nobody(&leaders), doubles, place: Place::InDirectory(leaders, picture) })
            }
        }
    }

    /// Gives them in the order in which they stand.
    pub fn each(&self, survey: &Survey<'_>, mut take: impl FnMut(&People) -> Result<(), Error>) -> Result<Read, Error> {
        match (self, &survey.place) {
            (Everybody::InFile(extract), Place::InFile(leaders)) => {
                extract.each(|table| People::led(table, leaders), |people| take(&people))
            }
            (_, Place::InDirectory(leaders, picture)) => {
                picture.pieces(&leaders.fields, Whose::Everybody, |table| take(&People::led(table, leaders)))?;
                Ok(Read::default())
            }
            _ => take(&survey.like).map(|()| Read::default()),
        }
    }

    /// All at once, for what needs that.
    pub fn whole(&self, job: &Job<'_>) -> Result<(Arc<People>, Read), Error> {
        match self {
            Everybody::Here(people) => Ok((people.clone(), Read::default())),
            Everybody::InFile(extract) => {
                let mut all = Table::default();
                let append = |table| {
                    all.append(table);
                    Ok(())
                };
                let read = extract.each(|table| table, append)?;
                Ok((Arc::new(People::new(extract.fields(), all)), read))
            }
            Everybody::InDirectory => Ok((Arc::new(job.state.people()?), Read::default())),
        }
    }
}

fn nobody(leaders: &Arc<Leaders>) -> Arc<People> {
    Arc::new(People::led(Table::default(), leaders))
}

/// Goes through a directory.
fn survey(picture: &Picture<'_>, wanted: impl Iterator<Item = Field>) -> Result<(Arc<Leaders>, Doubles), Error> {
    let fields = picture.fields()?;
    let mut census = Census::of(&fields);
    let asked: Vec<Field> = census.columns().map(|column| fields[column].clone()).collect();
    let asked_at = |column: usize| census_position(&asked, &fields[column]);
    let named = Named::new(fields.clone(), wanted);
    let mut leaders = named.nobody();
    picture.pieces(&asked, Whose::Everybody, |table| {
        for row in table.rows() {
            census.note(|column| row.cell(asked_at(column)).into());
        }
        Ok::<(), Error>(())
    })?;
    if named.are_wanted() {
        picture.pieces(&fields, Whose::Leaders, |table| {
            table.rows().for_each(|row| leaders.take(row));
            Ok::<(), Error>(())
        })?;
    }
    Ok((Arc::new(named.finish(leaders)), census.finish()))
}

fn census_position(asked: &[Field], field: &Field) -> usize {
    asked.iter().position(|asked| asked == field).expect("it is asked for")
}
