//! What is decided about a partner's file: its findings, operations, rows to correct and verdict. Once it is read, pure.

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::format::{Again, Reading};
use crate::job::follow::{Followed, follow};
use crate::job::gathered::Gathered;
use crate::job::known::Known;
use crate::job::reading::{Opened, whole};
use crate::job::saved::Saved;
use crate::job::sift::{Against, Read};
use crate::job::{Error, measure};
use crate::model::{Bytes, Field, Finding, Language, Operation, People, Roll, Shape, Verdict, roll};
use crate::plan::{self, Held, exception};
use crate::report::corrections::{Corrections, Ours};
use crate::report::{self, Excerpt, Findings};
use crate::rule::sieve;
use crate::rule::{self, Checked, Contract, Recognised};
use crate::site::{Absent, Exchange, Import};
use crate::state::{Announced, Digests, Facts, NewRoll, RowsFollowed, State};
use crate::transport::openpgp::Fault;

pub struct Decision {
    pub told: report::Import,
    pub operations: Vec<Operation>,
    /// There are so many that they are not among the operations.
    pub are_counted: bool,
    pub digests: Digests,
    /// What the next file is measured against.
    pub facts: Facts,
    pub corrections: Option<Vec<u8>>,
    /// What becomes of rows to correct, once this file is taken.
    pub followed: RowsFollowed,
    /// The announced exceptions without which the plan would be held.
    pub exceptions: Vec<Announced>,
    /// Whom the file is about.
    roll: Roll,
    /// Nothing of the file can be taken, whatever its rows.
    is_refused: bool,
    /// Of the hashes with which the file was compared: they are kept for the next one.
    pub shape: Option<Shape>,
}

/// What a file is judged by.
struct Terms<'a> {
    contract: Contract<'a>,
    import: &'a Import,
    language: Language,
    today: NaiveDate,
    /// Of the file, once it is opened: its form is told by its first bytes.
    top: &'a [u8],
}

/// A file that was read and checked.
struct File {
    reading: Reading,
    /// Our own columns in it: it holds rows that come back.
    ours: Ours,
    recognised: Recognised,
    checked: Checked,
    /// Those whom its rows may mean.
    known: Arc<People>,
    /// How many there are.
    people: usize,
    /// As [`Read::newcomers`].
    newcomers: Option<usize>,
}

/// On the day of a night that is past, the same is decided again, if nothing has moved.
pub fn read_and_decide(
    state: &State,
    gathered: &Gathered,
    exchange: &Exchange,
    import: &Import,
    today: NaiveDate,
) -> Result<Decision, Error> {
    let (columns, identify_by) = (&import.contract.columns, &import.identify_by.fields);
    let contract = Contract { columns, identify_by, creates: true, twins: import.twins };
    let mut decision = Decision::about_nothing(gathered, exchange);
    if let Some(verdict) = gathered.earlier {
        decision.told.already_taken = true;
        decision.told.verdict = verdict;
        return Ok(decision);
    }
    let opened;
    let content: &dyn Bytes = match &import.openpgp {
        None => &gathered.content,
        Some(openpgp) => match openpgp.open(&whole(&gathered.content)?)? {
            Ok(content) => {
                opened = content;
                &opened
            }
            Err(fault) => return Ok(decision.refused(unopened(fault))),
        },
    };
    let top = content.top(Again::LOOKED_AT).map_err(Error::unread)?;
    let terms = Terms { contract, import, language: exchange.language, today, top: &top };
    let knows = rule::knows(&terms.contract);
    let file = match Opened::of(content, import.encoding, &knows)? {
        Ok(opened) => File::read(opened, state, gathered, exchange, &terms)?,
        Err(no_table) => Err(no_table),
    };
    gathered.content.check_unchanged()?;
    match file {
        Ok(file) => {
            decision.decide(file, gathered, &terms);
            Ok(decision)
        }
        Err(refusal) => Ok(decision.refused(refusal)),
    }
}

fn unopened(fault: Fault) -> Finding {
    match fault {
        Fault::NotDecrypted(problem) => rule::not_decrypted::finding(problem),
        Fault::BadSignature(problem) => rule::bad_signature::finding(problem),
    }
}

impl Decision {
    fn about_nothing(gathered: &Gathered, exchange: &Exchange) -> Decision {
        let size = gathered.content.len();
        Decision {
            told: report::Import { file: gathered.path.clone(), size, ..report::Import::default() },
            operations: Vec::new(),
            are_counted: false,
            digests: Digests {
                file: gathered.content.digest.clone(),
                snapshot: gathered.snapshot.clone(),
                profile: exchange.profile.digest(),
            },
            facts: Facts { rows: 0, size, heading: String::new() },
            corrections: None,
            followed: RowsFollowed::default(),
            exceptions: Vec::new(),
            roll: Roll::default(),
            is_refused: false,
            shape: None,
        }
    }

    /// Nothing in it could be read.
    fn refused(mut self, finding: Finding) -> Decision {
        self.is_refused = true;
        self.told.findings = Findings(vec![finding]);
        self.told.verdict = Verdict::Refused;
        self
    }

    /// What a saved plan was held for, and let through for, when it was made; that is what its reader approves.
    pub fn with_brakes_of(mut self, saved: &Saved) -> Decision {
        self.told.held = saved.report.held.clone();
        self.told.let_through = saved.report.let_through.clone();
        self.told.verdict = saved.report.verdict;
        self.exceptions = saved.exceptions.clone();
        self
    }

    /// For the journal: it says later what became of anybody.
    pub fn roll(&self) -> NewRoll<'_> {
        NewRoll { roll: &self.roll, findings: &self.told.findings.0, is_refused: self.is_refused }
    }

    fn decide(&mut self, mut file: File, gathered: &Gathered, terms: &Terms<'_>) {
        self.tell(&mut file, gathered);
        self.shape =
            matches!(gathered.known, Known::Directory).then(|| sieve::shape(&file.recognised, &terms.contract));
        let roll = mem::take(&mut file.checked.roll);
        self.roll = match terms.import.people.are_elsewhere() {
            true => roll.by_names(names_by_number(&file.known)),
            false => roll,
        };
        self.is_refused = self.told.findings.0.iter().any(Finding::refuses_the_file);
        if !self.is_refused {
            self.plan(&mut file, terms);
            self.corrections = file.to_correct(gathered, &self.told.findings, terms);
            (self.told.returned, self.followed) = follow(&file.followed(gathered, terms), &gathered.open);
            self.brake(&file, gathered, terms);
        }
        self.told.verdict = self.told.judge(self.is_refused);
    }

    fn tell(&mut self, file: &mut File, gathered: &Gathered) {
        let File { reading, ours, recognised, checked, .. } = file;
        // Rows that come back are few: the last whole file stays the measure.
        let whole = gathered.last.clone().filter(|_| ours.are_there());
        let heading = reading.heading.join(Facts::SEPARATOR);
        self.facts = whole.unwrap_or(Facts { rows: checked.rows, heading, ..self.facts });
        self.told.rows = checked.rows;
        self.told.left_out = checked.left_out.len();
        for unlisted in &checked.unlisted {
            *self.told.unlisted.entry(unlisted.code.into()).or_default() += 1;
        }
        let of_file = reading.findings.iter().chain(&recognised.findings).cloned();
        self.told.findings = in_file_order(of_file.chain(mem::take(&mut checked.findings)).collect());
        self.told.excerpt = Excerpt::of(&reading.heading, &reading.table, &self.told.findings);
    }

    fn plan(&mut self, file: &mut File, terms: &Terms<'_>) {
        // Nobody else needs it, and it is as large as the operations that it becomes.
        let delivered = mem::take(&mut file.checked.delivered);
        let identify_by = terms.contract.identify_by;
        let operations = plan::diff(&file.known, &delivered, identify_by, &self.told.file, terms.today);
        drop(delivered);
        self.operations = plan::order(operations);
        let created = self.operations.iter().filter(|operation| operation.is_creation()).count();
        self.told.updated = self.operations.len() - created;
        self.told.created = created + file.newcomers.unwrap_or_default();
        self.told.unchanged = self.told.rows - self.told.left_out - self.told.created - self.told.updated;
        if file.newcomers.is_some() {
            self.are_counted = true;
            self.operations.clear();
        }
    }

    fn brake(&mut self, file: &File, gathered: &Gathered, terms: &Terms<'_>) {
        let last = gathered.last.as_ref().filter(|_| !file.ours.are_there());
        let facts = measure::facts(file.people, &self.facts, last, &terms.contract);
        let exceptions = measure::exceptions(&terms.import.allow, terms.today, &gathered.used);
        let judgement = exception::judge(&terms.import.brakes, &exceptions, &self.operations, &facts);
        self.told.held = judgement.held.iter().map(Held::text).collect();
        self.told.let_through = judgement.let_through.iter().map(Held::text).collect();
        self.told.let_through.extend(judgement.needed.iter().map(|exception| exception.text()));
        self.exceptions = judgement.needed.into_iter().map(measure::announced).collect();
    }
}

impl File {
    fn read(
        mut opened: Opened<'_>,
        state: &State,
        gathered: &Gathered,
        exchange: &Exchange,
        terms: &Terms<'_>,
    ) -> Result<Result<File, Finding>, Error> {
        let Terms { contract, import, today, .. } = terms;
        let ours = Ours::find(opened.heading());
        let mut recognised = rule::recognise(opened.heading(), contract, &gathered.additions.defaults);
        let untaken = rule::unused_column::drop_untaken(&mut recognised, |field| import.people.takes(field));
        recognised.findings.extend(untaken);
        // Nobody else has a use for our columns.
        let is_ours = |finding: &Finding| finding.place.column.is_some_and(|column| ours.holds(column as usize));
        recognised.findings.retain(|finding| finding.is_error() || !is_ours(finding));
        // Rows to correct are only some of the file.
        let absent_on = (import.absent == Absent::Remark && !ours.are_there()).then_some(*today);
        let additions = &gathered.additions;
        let against =
            Against { state, exchange: &exchange.name, recognised: &recognised, contract, additions, absent_on };
        let read = match &gathered.known {
            Known::Directory if !ours.are_there() => against.read(&mut opened)?,
            Known::Directory => against.read_all(&mut opened, Arc::new(state.people()?), &ours)?,
            Known::Elsewhere(people) => against.read_all(&mut opened, Arc::clone(people), &ours)?,
            Known::Nobody if !ours.are_there() => against.read_unknown(&mut opened)?,
            Known::Nobody => against.read_all(&mut opened, Arc::new(People::unknown()), &ours)?,
        };
        Ok(read.map(|Read { sifted, findings, checked, known, people, newcomers }| {
            let (heading, source) = (opened.heading().to_vec(), opened.source().clone());
            let reading = Reading { heading, table: sifted.left, findings, source };
            File { reading, ours, recognised, checked, known, people, newcomers }
        }))
    }

    /// None where every row was taken.
    fn to_correct(&self, gathered: &Gathered, findings: &Findings, terms: &Terms<'_>) -> Option<Vec<u8>> {
        if self.checked.left_out.is_empty() {
            return None;
        }
        let corrections = Corrections {
            heading: &self.reading.heading,
            table: &self.reading.table,
            ours: &self.ours,
            digest: &gathered.content.digest,
            left_out: &self.checked.left_out,
            unread: &self.reading.findings,
            findings: &findings.0,
            unlisted: &self.checked.unlisted,
            language: terms.language,
        };
        let mut again = Again::new(terms.top, &self.reading.source);
        corrections.write(|cells| again.row(cells));
        Some(again.finish())
    }

    fn followed<'a>(&'a self, gathered: &'a Gathered, terms: &'a Terms<'_>) -> Followed<'a> {
        Followed {
            table: &self.reading.table,
            recognised: &self.recognised,
            contract: &terms.contract,
            ours: &self.ours,
            digest: &gathered.content.digest,
            left_out: &self.checked.left_out,
        }
    }
}

/// What people are called, by their numbers.
fn names_by_number(known: &People) -> impl Fn(u32) -> Vec<String> {
    let columns = ["login", "mail", "establishment", "employee-number"].map(|name| known.column(&Field::of(name)));
    let places: HashMap<u32, usize> = (0..known.len()).map(|place| (known.number(place), place)).collect();
    move |number| {
        let Some(place) = places.get(&number) else { return Vec::new() };
        let [login, mail, establishment, number] = columns.each_ref().map(|column| known.value(*place, column));
        roll::keys(login, mail, establishment, number)
    }
}

/// What is about the whole file comes first.
fn in_file_order(mut findings: Vec<Finding>) -> Findings {
    findings.sort_by_key(|finding| (finding.place.row, finding.place.column));
    Findings(findings)
}
