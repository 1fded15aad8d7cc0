//! A table of an export, made: its people are decided about as they come, and written to its files.

use chrono::NaiveDate;

use crate::job::everybody::{Everybody, Read};
use crate::job::export::before::Before;
use crate::job::export::file::{File, Files};
use crate::job::rows::{Decider, Memo, Told};
use crate::job::{Error, Job};
use crate::model::{self, People};
use crate::site::Export;

pub struct Table {
    /// They have no names yet.
    pub files: Vec<File>,
    pub told: Told,
    /// Of each row, where anybody will ask for it.
    pub memos: Vec<Memo>,
    /// Nobody, with the fields of its people.
    pub like: People,
    /// What reading the people came to.
    pub read: Read,
}

impl Table {
    pub fn make(
        job: &Job<'_>,
        export: &Export,
        everybody: &Everybody<'_>,
        before: &Before<'_>,
        today: NaiveDate,
    ) -> Result<Table, Error> {
        let survey = everybody.survey(job, export.wanted())?;
        let mut decider = Decider::new(&survey.like, &survey.doubles, export, before.given, today);
        let mut files = Files::of(export, job.hands.as_ref());
        let mut memos = Vec::new();
        let read = everybody.each(&survey, |people| {
            decider.decide(people, |row| {
                files.take(&row)?;
                memos.extend(row.memo);
                Ok(())
            })
        })?;
        decider.decide_about_leavers(read.left_out == 0, |row| {
            files.take(&row)?;
            memos.extend(row.memo);
            Ok(())
        })?;
        // Who leads somebody need not be remembered any longer.
        let like = People::new(survey.like.fields().to_vec(), model::Table::default());
        Ok(Table { files: files.finish(before)?, told: decider.finish(), memos, like, read })
    }
}
