//! Rows become the objects that were asked for: only those properties, and one query for each level of nesting.

use std::collections::HashMap;

use rusqlite::Connection;
use serde_json::{Value, json};

use super::super::exchange::Refusal;
use super::super::store::{Record, records};
use super::fields::Fields;
use super::resource::{AXIS_SECTIONS, By, DEPARTMENTS, Link, PICTURES, Resource, USERS};

/// The part of the schema that a projection needs to know beyond rows.
pub struct View<'a> {
    pub connection: &'a Connection,
    /// The address of the server, for `url`s.
    pub base: &'a str,
    /// Sections of the HR files that the key may see.
    pub sections: &'a [String],
}

impl Resource {
    /// The columns of a query for this resource, with `name` among them.
    pub fn columns(&self) -> String {
        if self.name == "name" { "*".to_string() } else { format!("*, {} AS name", self.name) }
    }
}

impl View<'_> {
    /// The rows as JSON, in their order.
    pub fn project(&self, resource: &Resource, rows: &[Record], fields: &Fields) -> Result<Vec<Value>, Refusal> {
        let mut projected = vec![Record::new(); rows.len()];
        for (property, inner) in &fields.0 {
            let values = self.property(resource, rows, property, inner)?;
            for (object, value) in projected.iter_mut().zip(values) {
                object.insert(property.clone(), value);
            }
        }
        Ok(projected.into_iter().map(Value::Object).collect())
    }

    fn property(
        &self,
        resource: &Resource,
        rows: &[Record],
        property: &str,
        inner: &Fields,
    ) -> Result<Vec<Value>, Refusal> {
        if let Some(link) = resource.links.iter().find(|link| link.property == property) {
            return self.follow(link, rows, inner);
        }
        if property == "url" || property == "href" {
            return Ok(rows.iter().map(|row| self.url(resource, row)).collect());
        }
        if std::ptr::eq(resource, &USERS) {
            match property {
                "displayName" => return Ok(plain(rows, "name")),
                "userWorkCycles" => return Ok(rows.iter().map(|row| stored_json(row, property)).collect()),
                "extendedData" => return self.extended_data(rows, inner),
                "applicationData" => return self.application_data(resource, rows),
                _ => {}
            }
            if let Some(axis) = property.strip_prefix("userAxisValues_").and_then(|axis| axis.parse().ok()) {
                return self.axis_values(rows, axis, inner);
            }
        }
        if std::ptr::eq(resource, &DEPARTMENTS) && matches!(property, "hierarchy" | "parentId") {
            let column = if property == "hierarchy" { "id" } else { "parentId" };
            return rows.iter().map(|row| self.hierarchy(&row[column])).collect();
        }
        if rows.first().is_some_and(|row| !row.contains_key(property)) {
            return Err(Refusal::bad(format!("Unknown property `{property}` on {}", resource.path)));
        }
        Ok(plain(rows, property))
    }

    fn url(&self, resource: &Resource, row: &Record) -> Value {
        json!(format!("{}{}/{}", self.base, resource.path, shown(&row["id"])))
    }

    fn follow(&self, link: &Link, rows: &[Record], inner: &Fields) -> Result<Vec<Value>, Refusal> {
        let to = (link.to)();
        match link.by {
            By::Column(column) => {
                let ids = rows.iter().map(|row| row[column].clone()).collect();
                let found = self.by_id(to, ids, inner)?;
                let one = |row: &Record| found.get(&shown(&row[column])).cloned().unwrap_or_default();
                Ok(rows.iter().map(one).collect())
            }
            By::Pairs { table, own, other } => {
                let sql =
                    format!("SELECT {own}, {other} FROM {table} WHERE {own} IN (SELECT value FROM json_each(?1))");
                let pairs = self.pairs(&sql, rows)?;
                let ids = pairs.iter().map(|(_, other)| json!(other)).collect();
                let found = self.by_id(to, ids, inner)?;
                let mut lists: HashMap<String, Vec<Value>> = HashMap::new();
                for (own, other) in pairs {
                    lists.entry(own.to_string()).or_default().extend(found.get(&other.to_string()).cloned());
                }
                let list = |row: &Record| Value::Array(lists.remove(&shown(&row["id"])).unwrap_or_default());
                Ok(rows.iter().map(list).collect())
            }
        }
    }

    fn pairs(&self, sql: &str, rows: &[Record]) -> Result<Vec<(i64, i64)>, Refusal> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let pairs = statement.query_map([ids_of(rows)], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(pairs.collect::<Result<_, _>>()?)
    }

    /// The objects with these ids, each under its id as text.
    fn by_id(
        &self,
        resource: &Resource,
        mut ids: Vec<Value>,
        inner: &Fields,
    ) -> Result<HashMap<String, Value>, Refusal> {
        ids.sort_by_key(shown);
        ids.dedup();
        let (table, columns) = (resource.table, resource.columns());
        let sql = format!("SELECT {columns} FROM {table} WHERE id IN (SELECT value FROM json_each(?1)) ORDER BY id");
        let rows = records(self.connection, &sql, [Value::Array(ids).to_string()])?;
        let mut inner = inner.clone().or_usual();
        if std::ptr::eq(resource, &PICTURES) && inner == Fields::usual() {
            inner.0.push(("href".to_string(), Fields::default()));
        }
        let objects = self.project(resource, &rows, &inner)?;
        Ok(rows.iter().map(|row| shown(&row["id"])).zip(objects).collect())
    }

    fn axis_values(&self, rows: &[Record], axis: i64, inner: &Fields) -> Result<Vec<Value>, Refusal> {
        let sql = format!(
            "SELECT userId, sectionId FROM userAxisValues \
             WHERE axisId = {axis} AND userId IN (SELECT value FROM json_each(?1))"
        );
        let sections: HashMap<i64, i64> = self.pairs(&sql, rows)?.into_iter().collect();
        let found = self.by_id(&AXIS_SECTIONS, sections.values().map(|id| json!(id)).collect(), inner)?;
        let one = |row: &Record| {
            let section = row["id"].as_i64().and_then(|id| sections.get(&id))?;
            found.get(&section.to_string()).cloned()
        };
        Ok(rows.iter().map(|row| one(row).unwrap_or_default()).collect())
    }

    /// Where a department stands in the tree, as v3 says it: `/1/6/`; `/` above all.
    fn hierarchy(&self, id: &Value) -> Result<Value, Refusal> {
        let above = "WITH RECURSIVE above(id, depth) AS (
                       SELECT ?1, 0 UNION ALL SELECT parentId, depth + 1 FROM above JOIN departments USING (id))
                     SELECT group_concat(id, '/') FROM (SELECT id FROM above WHERE id IS NOT NULL ORDER BY depth DESC)";
        let path: Option<String> = self.connection.query_row(above, [id.as_i64()], |row| row.get(0))?;
        Ok(json!(path.map_or("/".to_string(), |path| format!("/{path}/"))))
    }

    /// The profiles in applications, whole.
    fn application_data(&self, resource: &Resource, rows: &[Record]) -> Result<Vec<Value>, Refusal> {
        let profiles = self.property(resource, rows, "profile_figgo", &Fields::default())?;
        Ok(profiles.into_iter().map(|profile| json!({ "profile_figgo": profile })).collect())
    }

    /// Assumed: only what stands in sections that the key may see, and null where nothing was ever said.
    fn extended_data(&self, rows: &[Record], inner: &Fields) -> Result<Vec<Value>, Refusal> {
        let sql = "SELECT data.id, userId, data.code, value, isMultiple FROM extendedData data \
                   JOIN extensionDefinitions definition ON definition.code = data.code \
                   WHERE userId IN (SELECT value FROM json_each(?1)) \
                     AND section IN (SELECT value FROM json_each(?2)) ORDER BY data.id";
        let asked = |code: &str| inner.0.is_empty() || inner.0.iter().any(|(name, _)| name == code);
        let mut objects: HashMap<i64, Record> = HashMap::new();
        for row in records(self.connection, sql, [ids_of(rows), json!(self.sections).to_string()])? {
            let (Some(user), Some(code)) = (row["userId"].as_i64(), row["code"].as_str()) else { continue };
            if !asked(code) {
                continue;
            }
            let entry = json!({ "id": row["id"], "value": stored_json(&row, "value") });
            let object = objects.entry(user).or_default();
            if row["isMultiple"] == json!(true) {
                let list = object.entry(code).or_insert_with(|| json!([]));
                list.as_array_mut().expect("a multiple datum is begun as a list").push(entry);
            } else {
                object.insert(code.to_string(), entry);
            }
        }
        let one = |row: &Record| row["id"].as_i64().and_then(|id| objects.remove(&id)).unwrap_or_default();
        Ok(rows.iter().map(one).map(Value::Object).collect())
    }
}

fn plain(rows: &[Record], property: &str) -> Vec<Value> {
    rows.iter().map(|row| row[property].clone()).collect()
}

fn stored_json(row: &Record, column: &str) -> Value {
    row[column].as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn ids_of(rows: &[Record]) -> String {
    Value::Array(rows.iter().map(|row| row["id"].clone()).collect()).to_string()
}

/// An id as it stands in an address: texts without quotes.
fn shown(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_string)
}
