//! A made-up company of any size, always the same one: its directory, what a partner changes in it, and what HR knows.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

pub const DEPARTMENTS: usize = 200;
pub const ESTABLISHMENTS: usize = 8;

/// Each manager has so many reports.
const SPAN: usize = 9;

const FIRST_NAMES: [&str; 8] = ["Hélène", "Noah", "Zoë", "Amélie", "Jean-Luc", "Inès", "Oscar", "Béatrice"];
const LAST_NAMES: [&str; 8] = ["Durand", "O'Neill", "Lefèvre", "de la Tour", "Nguyen", "Müller", "Garnier", "Benali"];
pub const ROLES: [&str; 3] = ["Collaborateur", "Manager", "Ressources humaines"];
const JOBS: [&str; 5] = ["Technicienne", "Comptable", "Chef de projet", "Ingénieur qualité", "Assistante de direction"];

/// What a row of the partner's file says about a person.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Version {
    First,
    /// 2 % have a new department, and 1 % more people are there.
    Changed,
    /// As changed, and 5 % of the rows have a mistake.
    Dirty,
    /// As changed, and every row has three mistakes.
    Rotten,
}

/// The user-import format, 16 columns, about 200 bytes a row; the rows stand in no order of people.
pub fn partner_file(people: usize, version: Version) -> String {
    let count = if version == Version::First { people } else { people + people / 100 };
    let mut file = "login;firstName;lastName;mail;legalEntity;dtContractStart;dtContractEnd;department;manager;\
        rolePrincipal;habilitedRoles_0;culture;employeenumber;dtBirth;jobTitle;professionalMobile\n"
        .to_string();
    for row in 0..count {
        let mut cells = cells(shuffled(row, count), people, version);
        match version {
            Version::Dirty if row % 20 == 7 => spoil(&mut cells, row / 20),
            Version::Rotten => (row..row + 3).for_each(|turn| spoil(&mut cells, turn)),
            _ => {}
        }
        file += &cells.join(";");
        file.push('\n');
    }
    file
}

/// An extract of the HR system: 21 columns, from which an export of 20 is made.
pub fn hr_file(people: usize) -> String {
    let mut file = "Matricule;Nom;Prénom;Email;Login;Téléphone;Sexe;Date de naissance;Date d'entrée;Date de sortie;\
        Contrat;Type de contrat;Société;Établissement;Direction;Département;Service;Fonction;Matricule manager;\
        Email manager;Salaire brut annuel\n"
        .to_string();
    for row in 0..people {
        let person = shuffled(row, people);
        let [login, first, last, mail, establishment, start, end, department, .., number, birth, job, phone] =
            cells(person, people, Version::First);
        let manager = manager(person);
        writeln!(
            file,
            "{number};{last};{first};{mail};{login};{phone};F;{birth};{start};{end};CDI;Durée indéterminée;\
            Acme SAS;{establishment};Direction {};{department};Service {};{job};{:06};{};{},50",
            person % 20,
            person % 50,
            manager,
            login_of(manager),
            30_000 + person % 40_000,
        )
        .expect("a string takes all");
    }
    file
}

/// `departments.csv`, `establishments.csv` and `roles.csv`.
pub fn write_lists(folder: &Path) {
    let list = |name: &str, items: Vec<String>| {
        let lines: Vec<String> = items.iter().enumerate().map(|(code, item)| format!("{code};{item}\n")).collect();
        fs::write(folder.join(name), format!("code;name\n{}", lines.concat())).expect("the folder can be written");
    };
    list("departments.csv", (0..DEPARTMENTS).map(department).collect());
    list("establishments.csv", (0..ESTABLISHMENTS).map(establishment).collect());
    list("roles.csv", ROLES.map(String::from).into());
}

fn cells(person: usize, people: usize, version: Version) -> [String; 16] {
    let moves = version != Version::First && mixed(person).is_multiple_of(50);
    let manager = login_of(manager(person));
    let login = login_of(person);
    [
        login.clone(),
        FIRST_NAMES[mixed(person) % 8].into(),
        LAST_NAMES[mixed(person) / 8 % 8].into(),
        login,
        establishment(person % ESTABLISHMENTS),
        day(person, 1990, 35),
        if person % 12 == 11 { day(person, 2027, 3) } else { String::new() },
        department(mixed(person) % DEPARTMENTS + usize::from(moves)),
        // Case makes no difference.
        if person.is_multiple_of(20) { manager.to_uppercase() } else { manager },
        ROLES[usize::from(person * SPAN + 1 < people)].into(),
        if person.is_multiple_of(30) { ROLES[2].into() } else { String::new() },
        "fr-FR".into(),
        format!("{person:06}"),
        day(mixed(person), 1960, 45),
        JOBS[person % 5].into(),
        format!("+336{:08}", person * 37 % 100_000_000),
    ]
}

/// Ten ways to be wrong, in turn.
fn spoil(cells: &mut [String; 16], turn: usize) {
    let (column, text) = match turn % 10 {
        0 => (5, "31/02/2026".into()),
        1 => (3, "nobody.acme.example".into()),
        2 => (7, "Departement 17".into()),
        3 => (8, "Nobody Atall".into()),
        4 => (11, "klingon".into()),
        5 => (1, "HÃ©lÃ¨ne".into()),
        6 => (14, "#N/A".into()),
        7 => (2, "\"Durand".into()),
        8 => (0, String::new()),
        _ => (13, "01/02/86".into()),
    };
    cells[column] = text;
}

fn login_of(person: usize) -> String {
    format!("{}.{person:06}@acme.example", ["helene", "noah", "zoe", "amelie"][person % 4])
}

fn manager(person: usize) -> usize {
    person.saturating_sub(1) / SPAN
}

pub fn department(number: usize) -> String {
    format!("Département {:03}", number % DEPARTMENTS)
}

pub fn establishment(number: usize) -> String {
    format!("Établissement {number}")
}

fn day(person: usize, year: usize, years: usize) -> String {
    format!("{:02}/{:02}/{}", person % 28 + 1, person / 7 % 12 + 1, year + person % years)
}

/// The same number for the same person, without a pattern.
fn mixed(person: usize) -> usize {
    let mut bits = person as u64 ^ 0x5eed;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (bits ^ (bits >> 31)) as usize
}

/// The person on a row: each one once, because the step has no divisor in common with the count.
fn shuffled(row: usize, count: usize) -> usize {
    const STEPS: [usize; 4] = [61_803, 7_919, 104_729, 1];
    let divisor = |mut a: usize, mut b: usize| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    let step = STEPS.into_iter().find(|step| divisor(*step, count) == 1).expect("one divides everything");
    row * step % count
}
