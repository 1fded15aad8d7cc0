//! `unknown-manager`: a manager who neither is a user nor becomes one by this file.

use super::fault::{Fault, Rule};
use crate::model::Severity;

pub static RULE: Rule = Rule {
    code: "unknown-manager",
    severity: Severity::Error,
    meaning: "The manager is neither a user nor created by this file; write the login, mail, employee number or name of one who is, or of the person themselves for no manager.",
};

pub fn fault() -> Fault {
    RULE.fault("is neither a user nor created by this file")
        .expected("a user's login, mail, employee number within the same establishment, or first and last name")
}
