//! `ambiguous-manager`: a manager who could be one of several people.

use super::fault::{Fault, Rule};
use crate::model::Severity;

pub static RULE: Rule = Rule {
    code: "ambiguous-manager",
    severity: Severity::Error,
    meaning: "Several people could be meant by the manager; write the login of one of them.",
};

/// So many are named.
const NAMED: usize = 8;

pub fn fault(logins: &[&str]) -> Fault {
    let named: Vec<String> = logins.iter().take(NAMED).map(|login| format!("`{login}`")).collect();
    let more = if logins.len() > NAMED { ", …" } else { "" };
    let problem = format!("could be any of {} people", logins.len());
    RULE.fault(problem).expected(format!("the login of one: {}{more}", named.join(", ")))
}
