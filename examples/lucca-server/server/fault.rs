//! What goes wrong on command: each fault strikes once.

use serde::{Deserialize, Serialize};

/// Strikes the request that matches after `after` others have.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Any method if absent.
    #[serde(default)]
    pub method: Option<String>,
    /// The beginning of the path; empty for any.
    #[serde(default)]
    pub path: String,
    /// How many matching requests pass unharmed first.
    #[serde(default)]
    pub after: usize,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The connection ends without an answer, and nothing was done.
    CutBefore,
    /// It was done; the answer ends in the middle of its body.
    CutInside,
    /// It was done; the connection ends without an answer.
    CutAfter,
    /// Refused with this status, and nothing was done. 429 and 503 say `Retry-After: 1`.
    Refuse(u16),
    /// It was done, and yet the answer has this status.
    DoneYet(u16),
    /// Done and answered so many milliseconds later.
    Slow(u64),
    /// Done at once, answered so many milliseconds later: whoever waits less does not know.
    DoneSlow(u64),
    /// A login that gateways give: 200 with a page of HTML in place of JSON.
    Portal,
    /// The list is served from one page earlier, so that a page comes twice.
    RepeatPage,
    /// After this answer, somebody is hired who comes before all others in the list: everyone moves by one.
    HireBetween,
    /// After this answer, the first person of the list leaves: everyone moves up by one.
    LeaveBetween,
}

impl Fault {
    /// Strikes the first request whose path begins with `path`.
    pub fn on(method: &str, path: &str, what: What) -> Fault {
        Fault { method: Some(method.to_string()), path: path.to_string(), after: 0, what }
    }

    /// Strikes the `number`th request from now, counted from 1, whatever it is.
    pub fn at(number: usize, what: What) -> Fault {
        Fault { method: None, path: String::new(), after: number - 1, what }
    }

    pub fn after(self, others: usize) -> Fault {
        Fault { after: others, ..self }
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method)) && path.starts_with(&self.path)
    }
}

/// The fault that strikes this request, taken off the list; the others come nearer.
pub fn strike(faults: &mut Vec<Fault>, method: &str, path: &str) -> Option<What> {
    let mut struck = None;
    faults.retain_mut(|fault| {
        if !fault.matches(method, path) {
            return true;
        }
        if fault.after > 0 {
            fault.after -= 1;
            return true;
        }
        if struck.is_some() {
            return true;
        }
        struck = Some(fault.what.clone());
        false
    });
    struck
}
