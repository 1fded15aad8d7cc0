//! The company's site: what is read from where, with its reference lists, and the folders that it names.

use std::path::Path;
use std::{fs, io};

use crate::company::person::{DEPARTMENTS, ESTABLISHMENTS, ROLES, department, establishment};

/// Files are dropped into `files/in`; `files/hr.csv` and `files/hr.xlsx` are exported into `files`.
const SITE: &str = include_str!("passerelle.toml");

pub fn write_site(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder.join("files/in"))?;
    fs::write(folder.join("passerelle.toml"), SITE)?;
    write_list(folder, "departments.csv", (0..DEPARTMENTS).map(department))?;
    write_list(folder, "establishments.csv", (0..ESTABLISHMENTS).map(establishment))?;
    write_list(folder, "roles.csv", ROLES.into_iter().map(String::from))
}

fn write_list(folder: &Path, name: &str, items: impl Iterator<Item = String>) -> io::Result<()> {
    let lines: String = items.enumerate().map(|(code, item)| format!("{code};{item}\n")).collect();
    fs::write(folder.join(name), format!("code;name\n{lines}"))
}
