//! People: what the company's files say of each, from the number of a row alone.

pub const HEADINGS: &[&str] = &[
    "login",
    "firstName",
    "lastName",
    "mail",
    "legalEntity",
    "dtContractStart",
    "dtContractEnd",
    "department",
    "manager",
    "rolePrincipal",
    "habilitedRoles_0",
    "culture",
    "employeenumber",
    "dtBirth",
    "jobTitle",
    "professionalMobile",
];

pub const EXTRACT: &[&str] = &[
    "Matricule",
    "Nom",
    "Prénom",
    "Email",
    "Login",
    "Téléphone",
    "Sexe",
    "Date de naissance",
    "Date d'entrée",
    "Date de sortie",
    "Contrat",
    "Type de contrat",
    "Société",
    "Établissement",
    "Direction",
    "Département",
    "Service",
    "Fonction",
    "Matricule manager",
    "Email manager",
    "Salaire brut annuel",
];

pub const ROLES: [&str; 3] = ["Collaborateur", "Manager", "Ressources humaines"];
pub const DEPARTMENTS: usize = 200;
pub const ESTABLISHMENTS: usize = 8;

/// Each manager has so many reports.
const SPAN: usize = 9;

const FIRST_NAMES: [&str; 40] = [
    "Hélène",
    "Noah",
    "Zoë",
    "Amélie",
    "Jean-Luc",
    "Inès",
    "Oscar",
    "Béatrice",
    "Camille",
    "François",
    "Léa",
    "Hugo",
    "Chloé",
    "Adrien",
    "Maëlle",
    "Yanis",
    "Sofia",
    "Théo",
    "Agnès",
    "Karim",
    "Élodie",
    "Marc",
    "Aïcha",
    "Bastien",
    "Cécile",
    "Damien",
    "Fatou",
    "Gaël",
    "Irène",
    "Joël",
    "Kenza",
    "Loïc",
    "Mélanie",
    "Nadia",
    "Olivier",
    "Pauline",
    "Quentin",
    "Raphaël",
    "Solène",
    "Ugo",
];
const LAST_NAMES: [&str; 60] = [
    "Durand",
    "O'Neill",
    "Lefèvre",
    "de la Tour",
    "Nguyen",
    "Müller",
    "Garnier",
    "Benali",
    "Martin",
    "Bernard",
    "Petit",
    "Moreau",
    "Laurent",
    "Simon",
    "Michel",
    "Lefebvre",
    "Roux",
    "Fournier",
    "Girard",
    "Bonnet",
    "Dupuis",
    "Lambert",
    "Fontaine",
    "Rousseau",
    "Blanc",
    "Guérin",
    "Boyer",
    "Chevalier",
    "Gauthier",
    "Perrin",
    "Clément",
    "Dumont",
    "Lopez",
    "Fernández",
    "Muñoz",
    "da Silva",
    "Rossi",
    "Schmidt",
    "Weiß",
    "Jørgensen",
    "Diallo",
    "Traoré",
    "Haddad",
    "Cohen",
    "Lévy",
    "Kowalski",
    "Popescu",
    "van den Berg",
    "D'Angelo",
    "Le Goff",
    "Kerbrat",
    "Besançon",
    "Noël",
    "Père",
    "Salaün",
    "Vasseur",
    "Wagner",
    "Zimmermann",
    "Étienne",
    "Châtel",
];
const JOBS: [&str; 5] = ["Technicienne", "Comptable", "Chef de projet", "Ingénieur qualité", "Assistante de direction"];

/// Days on which people are born: 28 of each month of 45 years.
const BIRTHDAYS: usize = 28 * 12 * 45;

pub type Cells = [String; 16];

pub struct Company {
    pub people: usize,
    pub seed: u64,
}

impl Company {
    /// One row of the import file of a company to which so many people come.
    pub fn user(&self, row: usize, comes: usize, is_changed: bool) -> Cells {
        let person = self.on_row(row, self.people + comes);
        let (first, last, birth) = self.civil(person);
        let login = login_of(person);
        let manager = login_of(manager(person));
        let mixed = self.mixed(person);
        let moves = is_changed && mixed.is_multiple_of(50);
        [
            login.clone(),
            first.into(),
            last.into(),
            login,
            establishment(person),
            day(person, 1990, 35),
            if person % 12 == 11 { day(person, 2027, 3) } else { String::new() },
            department(mixed + usize::from(moves)),
            // Case makes no difference.
            if person.is_multiple_of(20) { manager.to_uppercase() } else { manager },
            ROLES[usize::from(person * SPAN + 1 < self.people)].into(),
            if person.is_multiple_of(30) { ROLES[2].into() } else { String::new() },
            "fr-FR".into(),
            number_of(person),
            birth,
            JOBS[person % 5].into(),
            format!("+336{:08}", person * 37 % 100_000_000),
        ]
    }

    /// One row of the extract.
    pub fn extract(&self, row: usize) -> [String; 21] {
        let [login, first, last, mail, establishment, start, end, department, .., number, birth, job, phone] =
            self.user(row, 0, false);
        let person = self.on_row(row, self.people);
        let manager = manager(person);
        [
            number,
            last,
            first,
            mail,
            login,
            phone,
            "F".into(),
            birth,
            start,
            end,
            "CDI".into(),
            "Durée indéterminée".into(),
            "Acme SAS".into(),
            establishment,
            format!("Direction {}", person % 20),
            department,
            format!("Service {}", person % 50),
            job,
            number_of(manager),
            login_of(manager),
            format!("{},50", 30_000 + person % 40_000),
        ]
    }

    /// First name, last name and birth date: no two of 36 million people have the same.
    fn civil(&self, person: usize) -> (&'static str, &'static str, String) {
        const ALL: usize = FIRST_NAMES.len() * LAST_NAMES.len() * BIRTHDAYS;
        // A step that has no divisor in common with them all reaches each one.
        let chosen = (person * 7_368_787 + self.seed as usize % ALL) % ALL;
        let (name, birthday) = (chosen / BIRTHDAYS, chosen % BIRTHDAYS);
        let birth = format!("{:02}/{:02}/{}", birthday % 28 + 1, birthday / 28 % 12 + 1, 1960 + birthday / (28 * 12));
        (FIRST_NAMES[name % FIRST_NAMES.len()], LAST_NAMES[name / FIRST_NAMES.len()], birth)
    }

    /// The person on a row of so many: each one once, because the step has no divisor in common with the count.
    fn on_row(&self, row: usize, count: usize) -> usize {
        const STEPS: [usize; 4] = [61_803, 7_919, 104_729, 1];
        let divisor = |mut a: usize, mut b: usize| {
            while b > 0 {
                (a, b) = (b, a % b);
            }
            a
        };
        let step = STEPS.into_iter().find(|step| divisor(*step, count) == 1).expect("one divides everything");
        (row * step + self.seed as usize % count) % count
    }

    /// The same number for the same person, without a pattern.
    fn mixed(&self, person: usize) -> usize {
        let mut bits = person as u64 ^ self.seed << 32 ^ 0x5eed;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) as usize
    }
}

pub fn department(number: usize) -> String {
    format!("Département {:03}", number % DEPARTMENTS)
}

pub fn establishment(number: usize) -> String {
    format!("Établissement {}", number % ESTABLISHMENTS)
}

fn login_of(person: usize) -> String {
    format!("{}.{person:07}@acme.example", ["helene", "noah", "zoe", "amelie"][person % 4])
}

/// With a zero in front, as long as there are no ten million people.
fn number_of(person: usize) -> String {
    format!("{person:08}")
}

fn manager(person: usize) -> usize {
    person.saturating_sub(1) / SPAN
}

fn day(person: usize, year: usize, years: usize) -> String {
    format!("{:02}/{:02}/{}", person % 28 + 1, person / 7 % 12 + 1, year + person % years)
}
