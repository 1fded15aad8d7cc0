//! A writer: finds out what is to be sent for an operation, as things are in Lucca at this moment.

use std::collections::HashMap;

use serde_json::Value;

use crate::lucca::Door;
use crate::lucca::labels::Labels;
use crate::lucca::order::Order;
use crate::lucca::person::{By, id_of, is_same_login};
use crate::lucca::written::{self, Form, Written};
use crate::model::operation::{Act, Change, Changes, Mark, Values};
use crate::model::{Field, Operation, Organisation, Text};
use crate::net::{Error, Limit};
use crate::text;

/// For one plan.
pub struct Writer<'a> {
    pub(super) door: &'a Door,
    pub(super) labels: Labels,
    /// Ids by logins, in lower case.
    pub(super) people: HashMap<String, u32>,
}

/// What is to be done for an operation.
pub enum Step {
    /// Nothing: Lucca has it all.
    Done { person: u32 },
    /// These, one after the other. A new user is not known yet.
    Send { person: Option<u32>, orders: Vec<Order> },
    /// It cannot be done; a clause for people. Nothing was sent.
    Refused(Text),
}

/// Why an operation cannot be done, or cannot be found out.
pub(super) enum Setback {
    Refused(Text),
    Failed(Error),
}

impl<'a> Writer<'a> {
    pub fn new(door: &'a Door, organisation: &Organisation) -> Writer<'a> {
        Writer { door, labels: Labels::new(organisation), people: HashMap::new() }
    }

    /// `person` is whom an update is known to be about; without it, the login tells. `is_under_way`: something was sent for
    /// the operation already, and nobody knows what became of it.
    pub fn step(
        &mut self,
        operation: &Operation,
        person: Option<u32>,
        is_under_way: bool,
        limit: &Limit,
    ) -> Result<Step, Error> {
        let step = match &operation.act {
            Act::Create { user, fields } => self.creation(&user.login, fields, is_under_way, limit),
            Act::Update { user, changes } => {
                let by = person.map_or(By::Login(&user.login), By::Id);
                self.update(by, &user.login, changes, operation.mark, limit)
            }
        };
        match step {
            Ok(step) => Ok(step),
            Err(Setback::Refused(reason)) => Ok(Step::Refused(reason)),
            Err(Setback::Failed(error)) => Err(error),
        }
    }

    fn creation(&mut self, login: &str, fields: &Values, is_under_way: bool, limit: &Limit) -> Result<Step, Setback> {
        let fields = self.all_written(fields.0.iter().map(|(field, value)| (field, value)))?;
        let asked: Vec<&Written> = fields.iter().map(|(written, _)| written).collect();
        match self.door.person(By::Login(login), &asked, limit)? {
            None => {
                let orders = vec![self.door.creation(self.body(login, &Value::Null, &fields, limit)?)];
                Ok(Step::Send { person: None, orders })
            }
            Some(_) if !is_under_way => {
                Err(Setback::Refused(text!("the login `{login}` is already taken", "le login `{login}` est déjà pris")))
            }
            Some(user) => {
                let is_other = |(written, value): &&(Written, &String)| {
                    !is_same(written, &written.read(&user, &self.labels), value, login)
                };
                let others: Vec<&str> =
                    fields.iter().filter(is_other).map(|(written, _)| written.key.as_str()).collect();
                match (others.as_slice(), id_of(&user)) {
                    ([], Some(person)) => Ok(Step::Done { person }),
                    _ => {
                        let others = others.join(", ");
                        Err(Setback::Refused(text!(
                            "a user with the login `{login}` has come into Lucca since the answer to the creation was \
                             lost, and differs in {others}; look at it, the next file puts it right",
                            "un utilisateur de login `{login}` est apparu dans Lucca depuis que la réponse à la création \
                             s'est perdue, et diffère par {others} ; vérifiez-le, le prochain fichier le corrigera"
                        )))
                    }
                }
            }
        }
    }

    fn update(
        &mut self,
        by: By<'_>,
        login: &str,
        changes: &Changes,
        mark: Option<Mark>,
        limit: &Limit,
    ) -> Result<Step, Setback> {
        let fields = self.all_written(changes.0.iter().map(|(field, change)| (field, change)))?;
        let home = written::of(&Field::of("establishment"), &self.door.options);
        let asked: Vec<&Written> = fields.iter().map(|(written, _)| written).chain(&home).collect();
        let user = self.door.person(by, &asked, limit)?;
        let found = user.and_then(|user| Some((id_of(&user)?, user)));
        let Some((person, user)) = found else {
            return Err(Setback::Refused(text!(
                "no user has the login `{login}` any more",
                "plus aucun utilisateur n'a le login `{login}`"
            )));
        };
        let (contract, fields): (Vec<_>, Vec<_>) =
            fields.into_iter().partition(|(written, _)| is_new_contract(changes, mark) && is_of_contract(written));
        let mut orders = Vec::new();
        if !contract.is_empty() {
            orders.extend(self.new_contract(person, &user, changes, limit)?);
        }
        if !orders.is_empty() {
            self.to_send(contract, &user, login)?;
        }
        let fields = self.to_send(fields, &user, login)?;
        if !fields.is_empty() {
            let body = self.body(user["login"].as_str().unwrap_or(login), &user, &fields, limit)?;
            orders.push(self.door.update(person, body));
        }
        Ok(match orders.is_empty() {
            true => Step::Done { person },
            false => Step::Send { person: Some(person), orders },
        })
    }

    /// Refused where one of them cannot be written.
    fn all_written<'v, V>(
        &self,
        fields: impl Iterator<Item = (&'v Field, &'v V)>,
    ) -> Result<Vec<(Written, &'v V)>, Setback> {
        fields
            .map(|(field, value)| match written::of(field, &self.door.options) {
                Some(written) => Ok((written, value)),
                None => Err(Setback::Refused(text!(
                    "`{field}` cannot be written to Lucca",
                    "`{field}` ne peut pas être écrit dans Lucca"
                ))),
            })
            .collect()
    }

    /// The changes that Lucca does not have yet. What is neither as it was when the plan was made nor as it is to be was
    /// changed by somebody else.
    fn to_send<'c>(
        &self,
        changes: Vec<(Written, &'c Change)>,
        user: &Value,
        login: &str,
    ) -> Result<Vec<(Written, &'c String)>, Setback> {
        let mut missing = Vec::new();
        for (written, Change { from, to }) in changes {
            let now = written.read(user, &self.labels);
            if is_same(&written, &now, to, login) {
                continue;
            }
            if !is_same(&written, &now, from, login) {
                let field = &written.field;
                return Err(Setback::Refused(text!(
                    "`{field}` changed meanwhile, from `{from}` to `{now}`",
                    "`{field}` a changé entre-temps, de `{from}` à `{now}`"
                )));
            }
            missing.push((written, to));
        }
        Ok(missing)
    }

    /// None where there is one from that day on.
    fn new_contract(
        &self,
        person: u32,
        user: &Value,
        changes: &Changes,
        limit: &Limit,
    ) -> Result<Option<Order>, Setback> {
        let to = |name: &str| changes.0.iter().find(|(field, _)| field.is(name)).map(|(_, change)| change.to.as_str());
        let start = to("contract-start").unwrap_or_default();
        let contracts = self.door.contracts(person, limit)?;
        if contracts.iter().any(|contract| contract.starts_on(start)) {
            return Ok(None);
        }
        let establishment = match to("establishment") {
            Some(label) => Some(self.unit("establishment", label)?),
            None => Some(user["legalEntity"]["id"].clone()).filter(|id| !id.is_null()),
        };
        let days = (start, to("contract-end").unwrap_or_default());
        Ok(Some(self.door.contract(self.door.new_contract(person, contracts.last(), establishment, days))))
    }
}

/// Nobody is somebody's own manager for Lucca: it has no manager for them, or themselves.
fn is_same(written: &Written, one: &str, other: &str, login: &str) -> bool {
    match written.form {
        Form::Person => {
            let manager = |value: &str| if value.is_empty() { login.to_lowercase() } else { value.to_lowercase() };
            manager(one) == manager(other)
        }
        Form::Text if written.field.is("login") => is_same_login(one, other),
        Form::Text | Form::Day | Form::Unit | Form::Reference | Form::Custom => one == other,
    }
}

/// Who left comes back on a certain day. (To empty the end of a contract takes the departure back.)
fn is_new_contract(changes: &Changes, mark: Option<Mark>) -> bool {
    mark == Some(Mark::Return) && changes.0.iter().any(|(field, _)| field.is("contract-start"))
}

fn is_of_contract(written: &Written) -> bool {
    ["contract-start", "contract-end"].contains(&written.field.name())
}

impl From<Error> for Setback {
    fn from(error: Error) -> Setback {
        Setback::Failed(error)
    }
}
