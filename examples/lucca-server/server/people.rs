//! What a test or a passer-by does to people without any API: hire, change, let go, look.

use rusqlite::Connection;
use serde_json::{Value, json};

use super::desk::Desk;
use super::exchange::Refusal;
use super::store::{self, Record, first, first_contract, insert, now};

impl Desk {
    /// The row of the person with this login, if there is one.
    pub fn person(&self, login: &str) -> Result<Option<Record>, Refusal> {
        first(&self.store(), "SELECT * FROM users WHERE login = ?1", [login])
    }

    pub fn change(&self, login: &str, field: &str, value: Value) -> Result<(), Refusal> {
        let store = self.store();
        let id = id(&store, login)?;
        Ok(store::change(&store, id, &Record::from_iter([(field.to_string(), value)]))?)
    }

    /// Somebody new, with the manager, department, … of the head of the company unless `fields` say otherwise.
    pub fn hire(&self, fields: &Value) -> Result<i64, Refusal> {
        let store = self.store();
        let head = first(&store, "SELECT * FROM users WHERE managerId = id", [])?.unwrap_or_default();
        let mut row = json!({
            "managerId": head["id"], "legalEntityId": head["legalEntityId"], "departmentId": head["departmentId"],
            "rolePrincipalId": 1, "cultureId": 1036, "dtContractStart": format!("{}T00:00:00", self.today()),
            "modifiedAt": now(), "creationDate": now(),
        });
        let row = row.as_object_mut().expect("an object literal is an object");
        row.extend(fields.as_object().cloned().unwrap_or_default());
        let id = insert(&store, "users", row)?;
        first_contract(&store, id)?;
        Ok(id)
    }

    pub fn hire_before_all(&self) {
        let free = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
        let id = self.store().query_row("SELECT min(id) - 1 FROM users", [], free).unwrap_or(1);
        let login = format!("devant{id}");
        let fields = json!({
            "id": id, "login": login, "firstName": "Ève", "lastName": "Devant", "mail": format!("{login}@exemple.fr"),
            "employeeNumber": format!("D{id}"),
        });
        let _ = self.hire(&fields);
    }

    pub fn first_leaves(&self) {
        let sql = "UPDATE users SET dtContractEnd = date(?1, '-1 day') || 'T00:00:00', modifiedAt = ?2 WHERE id = (
                     SELECT min(id) FROM users WHERE dtContractEnd IS NULL AND managerId <> id)";
        let _ = self.store().execute(sql, [self.today(), now()]);
    }
}

fn id(store: &Connection, login: &str) -> Result<i64, Refusal> {
    let found = store.query_row("SELECT id FROM users WHERE login = ?1", [login], |row| row.get(0));
    found.map_err(|_| Refusal::absent(format!("Nobody has the login `{login}`")))
}
