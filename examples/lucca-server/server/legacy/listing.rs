//! A list of v3: filters, order and paging of the query become SQL.

use rusqlite::Connection;
use rusqlite::types::Value as Cell;
use serde_json::{Value, json};

use super::super::caller::Caller;
use super::super::exchange::{Asked, Refusal};
use super::super::right::Right;
use super::super::store::{columns, records};
use super::fields::Fields;
use super::projection::View;
use super::resource::{By, Resource, USERS};

const LARGEST_PAGE: usize = 1000;

/// Without `paging`: for users as in the OpenAPI of 2024, for everything else as in the framework behind v3 (assumed).
const USUAL_USERS: usize = 1000;
const USUAL_OTHERS: usize = 10;

const WORDS: [&str; 4] = ["fields", "paging", "orderBy", "formerEmployees"];

/// What a list was asked for.
pub struct Listing {
    pub fields: Fields,
    pub wants_count: bool,
    pub offset: usize,
    pub size: usize,
    conditions: Vec<String>,
    values: Vec<Cell>,
    order: String,
}

impl Listing {
    /// `today` (`YYYY-MM-DD`) decides who is a former employee.
    pub fn read(
        connection: &Connection,
        resource: &Resource,
        asked: &Asked,
        today: &str,
        caller: &Caller,
    ) -> Result<Listing, Refusal> {
        let mut fields = asked.parameter("fields").map_or(Ok(Fields::default()), Fields::read)?;
        let wants_count = fields.take_count();
        let usual = if std::ptr::eq(resource, &USERS) { USUAL_USERS } else { USUAL_OTHERS };
        let (offset, size) = paging(asked.parameter("paging"), usual)?;
        let mut listing = Listing {
            fields: if wants_count && fields.0.is_empty() { fields } else { fields.or_usual() },
            wants_count,
            offset,
            size,
            conditions: Vec::new(),
            values: Vec::new(),
            order: "id".to_string(),
        };
        let columns = columns(connection, resource.table)?;
        if let Some(order) = asked.parameter("orderBy") {
            listing.order = sorting(order, resource, &columns)?;
        }
        for (name, filter) in asked.query.iter().filter(|(name, _)| !WORDS.contains(&name.as_str())) {
            listing.filter(resource, &columns, name, filter)?;
        }
        if std::ptr::eq(resource, &USERS) {
            listing.former_employees(asked, today, caller)?;
        }
        Ok(listing)
    }

    /// Moves the page back by one, for a list that repeats itself.
    pub fn one_page_earlier(&mut self) {
        self.offset = self.offset.saturating_sub(self.size);
    }

    pub fn data(&self, view: &View<'_>, resource: &Resource) -> Result<Value, Refusal> {
        let (table, columns, order) = (resource.table, resource.columns(), &self.order);
        let wanted = if self.conditions.is_empty() { "1".to_string() } else { self.conditions.join(" AND ") };
        let mut data = json!({});
        if !self.fields.0.is_empty() {
            let (size, offset) = (self.size, self.offset);
            let sql =
                format!("SELECT {columns} FROM {table} WHERE {wanted} ORDER BY {order} LIMIT {size} OFFSET {offset}");
            let rows = records(view.connection, &sql, rusqlite::params_from_iter(&self.values))?;
            data["items"] = Value::Array(view.project(resource, &rows, &self.fields)?);
        }
        if self.wants_count {
            let sql = format!("SELECT count(*) FROM {table} WHERE {wanted}");
            let count = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
            data["count"] = json!(view.connection.query_row(&sql, rusqlite::params_from_iter(&self.values), count)?);
        }
        Ok(data)
    }

    fn former_employees(&mut self, asked: &Asked, today: &str, caller: &Caller) -> Result<(), Refusal> {
        let wanted = match asked.parameter("formerEmployees") {
            Some("true") => true,
            Some("false") | None => false,
            Some(other) => return Err(Refusal::bad(format!("formerEmployees: `{other}` is neither true nor false"))),
        };
        // Documented for `notequal,null`; taken here for every filter on the end of the contract.
        let wanted = wanted || asked.parameter("dtContractEnd").is_some();
        if !wanted || !caller.rights.contains(&Right::FormerEmployees) {
            self.conditions.push(format!("(dtContractEnd IS NULL OR dtContractEnd >= '{today}T00:00:00')"));
        }
        if !caller.rights.contains(&Right::FutureEmployees) {
            self.conditions.push(format!("dtContractStart <= '{today}T00:00:00'"));
        }
        Ok(())
    }

    fn filter(&mut self, resource: &Resource, columns: &[String], name: &str, filter: &str) -> Result<(), Refusal> {
        if let Some(condition) = self.list_filter(resource, name, filter) {
            self.conditions.push(condition);
            return Ok(());
        }
        let column = column(resource, columns, name)
            .ok_or_else(|| Refusal::bad(format!("Unknown property `{name}` on {}", resource.path)))?;
        let (word, operand) = filter.split_once(',').unwrap_or(("", filter));
        let condition = match word {
            "notequal" if operand == "null" => format!("{column} IS NOT NULL"),
            "notequal" => format!("({column} IS NULL OR {column} NOT IN ({}))", self.all(operand)),
            "like" => format!("{column} LIKE '%' || {} || '%'", self.one(operand)),
            "starts" => format!("{column} LIKE {} || '%'", self.one(operand)),
            // Assumed: both ends are included.
            "since" => format!("{column} >= {}", self.one(&date_time(operand)?)),
            "until" => format!("{column} <= {}", self.one(&date_time(operand)?)),
            "between" => {
                let ends = operand.split_once(',');
                let (first, last) = ends.ok_or_else(|| Refusal::bad(format!("{name}: `between` wants two values")))?;
                let (first, last) = (comparable(&column, first)?, comparable(&column, last)?);
                format!("{column} BETWEEN {} AND {}", self.one(&first), self.one(&last))
            }
            "greaterthan" => format!("{column} > {}", self.one(operand)),
            "greaterthanorequal" => format!("{column} >= {}", self.one(operand)),
            "lessthan" => format!("{column} < {}", self.one(operand)),
            "lessthanorequal" => format!("{column} <= {}", self.one(operand)),
            _ if filter == "null" => format!("{column} IS NULL"),
            _ => format!("{column} IN ({})", self.all(filter)),
        };
        self.conditions.push(condition);
        Ok(())
    }

    /// `habilitedRoles=1,2` finds who has one of them, `habilitedRoles=containsall,1,2` who has them all.
    fn list_filter(&mut self, resource: &Resource, name: &str, filter: &str) -> Option<String> {
        let property = name.strip_suffix(".id").unwrap_or(name);
        let link = resource.links.iter().find(|link| link.property == property)?;
        let By::Pairs { table, own, other } = link.by else { return None };
        let all = filter.strip_prefix("containsall,");
        let needed = all.map_or(1, |list| list.split(',').count());
        let marks = self.all(all.unwrap_or(filter));
        Some(format!(
            "id IN (SELECT {own} FROM {table} WHERE {other} IN ({marks}) GROUP BY {own} HAVING count(*) >= {needed})"
        ))
    }

    fn all(&mut self, list: &str) -> String {
        let marks: Vec<String> = list.split(',').map(|value| self.one(value)).collect();
        marks.join(", ")
    }

    fn one(&mut self, value: &str) -> String {
        let cell = match value {
            "true" => Cell::Integer(1),
            "false" => Cell::Integer(0),
            // The column's affinity decides whether digits are compared as a number or as text.
            other => Cell::Text(other.to_string()),
        };
        self.values.push(cell);
        format!("?{}", self.values.len())
    }
}

/// `offset,size`; `1` is the usual page, too.
fn paging(text: Option<&str>, usual: usize) -> Result<(usize, usize), Refusal> {
    let Some(text) = text.filter(|text| *text != "1") else { return Ok((0, usual)) };
    let numbers = text.split_once(',').and_then(|(offset, size)| Some((offset.parse().ok()?, size.parse().ok()?)));
    match numbers {
        Some((_, size)) if size == 0 || size > LARGEST_PAGE => {
            Err(Refusal::bad(format!("paging: a page has 1 to {LARGEST_PAGE} items")))
        }
        Some(numbers) => Ok(numbers),
        None => Err(Refusal::bad(format!("paging: `{text}` is not `offset,size`"))),
    }
}

/// `department.id` is the column `departmentId`.
fn column(resource: &Resource, columns: &[String], name: &str) -> Option<String> {
    if name == "name" {
        return Some(format!("({})", resource.name));
    }
    let link = name.strip_suffix(".id").unwrap_or(name);
    let linked = resource.links.iter().find(|known| known.property == link);
    if let Some(By::Column(column)) = linked.map(|link| &link.by) {
        return Some(column.to_string());
    }
    columns.iter().find(|column| *column == name).cloned()
}

fn sorting(order: &str, resource: &Resource, columns: &[String]) -> Result<String, Refusal> {
    let words: Vec<&str> = order.split(',').collect();
    let mut keys = Vec::new();
    for pair in words.chunks(2) {
        let [name, direction] = pair else {
            return Err(Refusal::bad("orderBy: say `property,asc` or `property,desc`"));
        };
        let column = column(resource, columns, name)
            .ok_or_else(|| Refusal::bad(format!("orderBy: unknown property `{name}`")))?;
        match *direction {
            "asc" | "desc" => keys.push(format!("{column} {direction}")),
            other => return Err(Refusal::bad(format!("orderBy: `{other}` is neither asc nor desc"))),
        }
    }
    keys.push("id".to_string());
    Ok(keys.join(", "))
}

fn comparable(column: &str, text: &str) -> Result<String, Refusal> {
    let is_date = column.starts_with("dt") || column.ends_with("Date") || column.ends_with("At");
    if is_date { date_time(text) } else { Ok(text.to_string()) }
}

/// A date or a date with time, made comparable with what is stored.
fn date_time(text: &str) -> Result<String, Refusal> {
    let plain = text.strip_suffix('Z').unwrap_or(text);
    let date = plain.get(..10).filter(|date| date.parse::<chrono::NaiveDate>().is_ok());
    match (date, plain.get(10..)) {
        (Some(date), Some("")) => Ok(format!("{date}T00:00:00")),
        (Some(_), Some(time)) if time.starts_with('T') => Ok(plain.to_string()),
        _ => Err(Refusal::bad(format!("`{text}` is not a date of the form YYYY-MM-DDTHH:MM:SS"))),
    }
}
