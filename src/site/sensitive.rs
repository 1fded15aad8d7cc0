//! `sensitive` of an export: for each sensitive column of the file, why it leaves and who approved that.

use std::collections::BTreeMap;

use toml::Spanned;

use super::reader::Reader;
use crate::model::field::Sensitivity;
use crate::model::{Approval, fold};
use crate::profile::{Chosen, Complaint, Level};

/// `sensitive = { "Date of birth" = { because = "…", approved-by = "…", on = "2026-11-01" } }`.
pub type Approvals = BTreeMap<Spanned<String>, Spanned<Approval>>;

/// By the profile's headings.
pub fn by_heading(approvals: &Approvals) -> BTreeMap<String, Approval> {
    approvals.iter().map(|(heading, approval)| (heading.get_ref().clone(), approval.get_ref().clone())).collect()
}

/// Complains about sensitive columns of the file that nobody approved, and about approvals that are for no such column.
/// `profile` and `optional` are where the site asks for the columns; `title` is the partner's name.
pub fn check(
    approvals: &Approvals,
    columns: &[Chosen],
    profile: &Spanned<String>,
    optional: &[Spanned<String>],
    title: &str,
    reader: &mut Reader,
) {
    for chosen in columns.iter().filter(is_sensitive) {
        let heading = &chosen.column.heading;
        if approvals.keys().all(|approved| approved.get_ref() != heading) {
            let span = optional.iter().find(|name| name.get_ref() == heading).unwrap_or(profile).span();
            let problem = format!("`{heading}` is sensitive, and nobody has approved here that {title} gets it");
            let line = format!("\"{heading}\" = {{ because = \"…\", approved-by = \"…\", on = \"…\" }}");
            let way_out = if chosen.column.level == Level::Required { "" } else { "leave the column out, or " };
            let help = match approvals.is_empty() {
                true => format!("{way_out}write, with the day of the approval: `sensitive.{line}`"),
                false => format!("{way_out}add to `sensitive`, with the day of the approval: `{line}`"),
            };
            reader.complain(reader.at(span, problem).help(help));
        }
    }
    for (heading, approval) in approvals {
        let complaint = needless(heading, columns, title, reader).or_else(|| wordless(approval, reader));
        complaint.into_iter().for_each(|complaint| reader.complain(complaint));
    }
}

fn is_sensitive(chosen: &&Chosen) -> bool {
    chosen.column.sensitivity == Sensitivity::Sensitive
}

/// An approval that is for nothing is a slip of the pen, or outlived its column.
fn needless(heading: &Spanned<String>, columns: &[Chosen], title: &str, reader: &Reader) -> Option<Complaint> {
    let name = heading.get_ref();
    match columns.iter().find(|chosen| chosen.column.heading == *name) {
        Some(chosen) if is_sensitive(&chosen) => None,
        Some(_) => {
            let problem = format!("`{name}` of {title} is not sensitive, so nobody need approve it");
            Some(reader.at(heading.span(), problem).help("take it out"))
        }
        None => {
            let problem = format!("there is no column `{name}` in the file for {title}, so nobody need approve it");
            let sensitive = columns.iter().filter(is_sensitive).map(|chosen| chosen.column.heading.as_str());
            Some(reader.at(heading.span(), problem).help(match fold::nearest(name, sensitive) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "choose the column in `optional`, or take this out".into(),
            }))
        }
    }
}

fn wordless(approval: &Spanned<Approval>, reader: &Reader) -> Option<Complaint> {
    let Approval { because, approved_by, .. } = approval.get_ref();
    let (key, problem, help) = if because.trim().is_empty() {
        ("because", "this approval has no reason", "say what the partner needs the datum for")
    } else if approved_by.trim().is_empty() {
        (
            "approved-by",
            "nobody stands behind this approval",
            "name who approved it, such as the data protection officer",
        )
    } else {
        return None;
    };
    Some(reader.at(reader.document.find(&approval.span(), key), problem).help(help))
}
