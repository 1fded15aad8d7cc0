//! A story: what the journal tells of one person, every file and operation that touched or spared them, oldest first.

pub mod text;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::model::{Field, Finding, Operation, Text};

/// What became of one person. Its JSON is stable; its schema is in `tests/story.schema.json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Story {
    /// The login; of somebody who is not in the directory, what the journal calls them.
    pub name: String,
    pub is_in_directory: bool,
    /// What the directory has, and what it had until somebody emptied it.
    pub fields: Vec<Known>,
    pub events: Vec<Event>,
}

/// What is known now.
#[derive(Debug, Serialize)]
pub struct Known {
    pub field: Field,
    pub value: String,
    /// None: the journal does not know when it came.
    pub since: Option<Since>,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Since {
    pub run: String,
    pub at: DateTime<Utc>,
    /// Of an undo, the file whose change it took back.
    pub file: String,
    /// As a spreadsheet counts it.
    pub row: u32,
    pub is_undo: bool,
}

/// What one file did to the person, or did not.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Event {
    pub run: String,
    pub at: DateTime<Utc>,
    pub exchange: String,
    pub file: String,
    /// As a spreadsheet counts it; null: no row of the file is about the person.
    pub row: Option<u32>,
    #[serde(flatten)]
    pub what: What,
    /// About the row; of a file that was refused, why it was.
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum What {
    /// The row says what is known already.
    NothingNew,
    /// No row is about the person, who was left alone.
    NotInFile {
        /// Rows of which nobody knows whom they are about.
        unclear: usize,
    },
    /// The row has an error.
    LeftOut,
    /// Nothing of the file was taken.
    FileRefused,
    /// The row became an operation.
    Operation {
        operation: Operation,
        outcome: Outcome,
        /// Why the plan was held; empty if it was not.
        held: Vec<Text>,
        /// Who let the plan through or gave it up, if a person did.
        decision: Option<Decision>,
        /// Why the operation failed.
        reason: Option<String>,
        /// It takes back what an earlier run did.
        is_undo: bool,
    },
    /// The person was in a file for a partner.
    Export {
        server: String,
        /// How far the delivery has come.
        status: String,
        /// What the journal calls the person there.
        known_as: String,
    },
}

/// What a person decided about a plan that was held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The name of the account.
    pub person: String,
    pub run: String,
    pub at: DateTime<Utc>,
}

/// What became of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Applied,
    Failed,
    /// The plan waits for approval.
    Waiting,
    /// The plan was given up.
    Discarded,
    /// The run was cut off; the next one goes on.
    Interrupted,
}
