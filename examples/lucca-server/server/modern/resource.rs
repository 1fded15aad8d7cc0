//! The resources of v5 that can be read: where each comes from, how it looks, and what it refers to.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::super::exchange::Refusal;
use super::super::store::{Record, first, records};

pub struct Resource {
    pub plural: &'static str,
    pub singular: &'static str,
    /// SQL with everything that `shape` needs, as of a day.
    pub from: fn(&str) -> String,
    /// Parameter of the query, and the column that it looks at.
    pub filters: &'static [(&'static str, &'static str)],
    pub shape: fn(&View<'_>, &Record) -> Value,
    embeds: &'static [Embed],
}

/// A property, and the resource that `include=embedded` brings along for it.
type Embed = (&'static str, fn() -> &'static Resource);

pub struct View<'a> {
    /// The address of the server, for `url`s.
    pub base: &'a str,
    /// `YYYY-MM-DD`
    pub today: &'a str,
}

pub static RESOURCES: [&Resource; 7] = [
    &EMPLOYEES,
    &PERSONAL_RECORDS,
    &EMPLOYMENTS,
    &JOB_POSITIONS,
    &DEPARTMENTS,
    &BUSINESS_ESTABLISHMENTS,
    &LEGAL_ENTITIES,
];

/// Assumed: `remoteId` is empty for people who were entered by hand, so a login is not in this generation of the API;
/// and the phone number is the professional mobile.
pub static EMPLOYEES: Resource = Resource {
    plural: "employees",
    singular: "employee",
    from: employees,
    filters: &[
        ("id", "id"),
        ("status", "status"),
        ("email", "mail"),
        ("employeeNumber", "employeeNumber"),
        ("applicableJobPosition.department.id", "departmentId"),
        ("applicableJobPosition.businessEstablishment.id", "legalEntityId"),
        ("applicableJobPosition.manager.id", "managerId"),
    ],
    shape: |view, row| {
        let birth =
            row["birthDate"].as_str().and_then(|text| Some((text.get(8..10)?.parse::<u8>().ok()?, text.get(5..7)?)));
        let birth = birth.and_then(|(day, month)| Some(json!({ "day": day, "month": month.parse::<u8>().ok()? })));
        let id = &row["id"];
        let href = |rest: String| json!({ "href": format!("{}/lucca-api/{rest}", view.base) });
        view.resource(
            "employee",
            "employees",
            row,
            json!({
                "remoteId": null,
                "portrait": view.reference("portrait", "portraits", &row["pictureId"]),
                "givenName": row["firstName"], "familyName": row["lastName"],
                "employeeNumber": row["employeeNumber"], "status": row["status"], "email": row["mail"],
                "birthDay": birth, "phoneNumber": row["professionalMobile"],
                "applicableEmployment": view.reference("employment", "employments", &row["contractId"]),
                "applicableJobPosition": view.reference("job-position", "job-positions", &row["contractId"]),
                "createdAt": moment(&row["creationDate"]), "lastUpdatedAt": moment(&row["modifiedAt"]),
                "links": {
                    "employments": href(format!("employments?employee.id={id}")),
                    "jobPositions": href(format!("job-positions?employment.employee.id={id}")),
                "personalRecord": href(format!("employee-personal-records?employee.id={id}")),
                },
            }),
        )
    },
    embeds: &[("applicableEmployment", || &EMPLOYMENTS), ("applicableJobPosition", || &JOB_POSITIONS)],
};

/// Assumed: a record has the id of its employee; `title` is `mister` or `madam`, of which only the first is documented.
pub static PERSONAL_RECORDS: Resource = Resource {
    plural: "employee-personal-records",
    singular: "employee-personal-record",
    from: employees,
    filters: &[("id", "id"), ("employee.id", "id")],
    shape: |view, row| {
        let countries: Vec<&str> = row["nationality"].as_str().and_then(alpha_3).into_iter().collect();
        let insurance = row["insuranceNumber"].as_str().map(|number| json!({ "format": "frenchSSN", "value": number }));
        let account = row["iban"].as_str().map(|iban| {
            let (name, bank) = (&row["bankName"], &row["bic"]);
            json!({ "format": "iban", "bankName": name, "accountIdentifier": iban, "bankIdentifier": bank })
        });
        let (title, gender) = match row["gender"].as_str() {
            Some("Male") => (json!("mister"), json!("male")),
            Some("Female") => (json!("madam"), json!("female")),
            _ => (Value::Null, Value::Null),
        };
        view.resource(
            "employee-personal-record",
            "employee-personal-records",
            row,
            json!({
                "employee": view.reference("employee", "employees", &row["id"]),
                "title": title, "legalGender": gender,
                "birthDate": row["birthDate"].as_str().and_then(|text| text.get(..10)),
                "insuranceNumber": insurance, "nationalitiesCountryCodes": countries, "bankAccount": account,
                "phoneNumber": row["personalMobile"], "email": row["personalEmail"], "links": {},
            }),
        )
    },
    embeds: &[("employee", || &EMPLOYEES)],
};

pub static EMPLOYMENTS: Resource = Resource {
    plural: "employments",
    singular: "employment",
    from: contracts,
    filters: &[("id", "id"), ("employee.id", "ownerId"), ("legalEntity.id", "legalUnitId"), ("status", "status")],
    shape: |view, row| {
        let end = row["endsOn"].as_str().map(|date| json!({ "date": date }));
        view.resource(
            "employment",
            "employments",
            row,
            json!({
                "remoteId": row["externalId"],
                "employee": view.reference("employee", "employees", &row["ownerId"]),
                "legalEntity": view.reference("legal-entity", "legal-entities", &row["legalUnitId"]),
                "status": row["status"], "start": { "date": row["startsOn"] }, "end": end, "document": null,
                "template": view.reference("employment-template", "employment-templates", &row["typeId"]),
                "createdAt": moment(&row["creationDate"]), "lastUpdatedAt": moment(&row["modifiedAt"]),
                "links": {},
            }),
        )
    },
    embeds: &[("employee", || &EMPLOYEES), ("legalEntity", || &LEGAL_ENTITIES)],
};

/// Assumed: there is one job position for each employment, with the same id; what is on the user is on the latest.
pub static JOB_POSITIONS: Resource = Resource {
    plural: "job-positions",
    singular: "job-position",
    from: contracts,
    filters: &[
        ("id", "id"),
        ("employment.id", "id"),
        ("employment.employee.id", "ownerId"),
        ("businessEstablishment.id", "establishmentId"),
        ("department.id", "departmentId"),
        ("status", "status"),
    ],
    shape: |view, row| {
        view.resource(
            "job-position",
            "job-positions",
            row,
            json!({
                "remoteId": null,
                "employment": view.reference("employment", "employments", &row["id"]),
                "employee": view.reference("employee", "employees", &row["ownerId"]),
                "status": row["status"], "startsOn": row["startsOn"], "endsOn": row["endsOn"],
                "businessEstablishment":
                    view.reference("business-establishment", "business-establishments", &row["establishmentId"]),
                "jobTitle": row["jobTitle"], "jobQualification": null,
                "manager": view.reference("employee", "employees", &row["managerId"]),
                "occupationCategory": view.reference("occupation-category", "occupation-categories", &row["spcId"]),
                "workingTimeArrangement": null,
                "department": view.reference("department", "departments", &row["departmentId"]),
                "document": null, "notes": null,
                "createdAt": moment(&row["creationDate"]), "lastUpdatedAt": moment(&row["modifiedAt"]),
                "links": {},
            }),
        )
    },
    embeds: &[
        ("employment", || &EMPLOYMENTS),
        ("employee", || &EMPLOYEES),
        ("manager", || &EMPLOYEES),
        ("department", || &DEPARTMENTS),
        ("businessEstablishment", || &BUSINESS_ESTABLISHMENTS),
    ],
};

pub static DEPARTMENTS: Resource = Resource {
    plural: "departments",
    singular: "department",
    from: |_| {
        "SELECT *, NOT isActive AS archived, (
           WITH RECURSIVE above(id, depth) AS (
             SELECT parentId, 1 FROM departments own WHERE own.id = departments.id
             UNION ALL SELECT parentId, depth + 1 FROM above JOIN departments USING (id))
           SELECT max(depth) FROM above) AS level
         FROM departments"
            .to_string()
    },
    filters: &[("id", "id"), ("remoteId", "code"), ("parent.id", "parentId"), ("isArchived", "archived")],
    shape: |view, row| {
        let members = format!("{}/lucca-api/employees?applicableJobPosition.department.id={}", view.base, row["id"]);
        view.resource(
            "department",
            "departments",
            row,
            json!({
                "name": row["name"], "description": null, "remoteId": row["code"],
                "isArchived": row["isActive"] == json!(false),
                "parent": view.reference("department", "departments", &row["parentId"]),
                "level": row["level"], "sortOrder": row["sortOrderInSiblings"],
                "manager": view.reference("employee", "employees", &row["headId"]),
                "links": { "activeEmployees": { "href": members } },
            }),
        )
    },
    embeds: &[],
};

pub static BUSINESS_ESTABLISHMENTS: Resource =
    Resource {
        plural: "business-establishments",
        singular: "business-establishment",
        from: |_| "SELECT * FROM establishments".to_string(),
        filters: &[("legalEntity.id", "legalUnitId"), ("isArchived", "isArchived")],
        shape: |view, row| {
            view.resource("business-establishment", "business-establishments", row, json!({
            "name": row["name"], "remoteId": row["code"],
            "legalEntity": view.reference("legal-entity", "legal-entities", &row["legalUnitId"]),
            "timezoneId": row["timezoneId"], "isArchived": row["isArchived"], "lastArchivedAt": null, "links": {},
        }))
        },
        embeds: &[("legalEntity", || &LEGAL_ENTITIES)],
    };

pub static LEGAL_ENTITIES: Resource = Resource {
    plural: "legal-entities",
    singular: "legal-entity",
    from: |_| "SELECT * FROM legalUnits".to_string(),
    filters: &[],
    shape: |view, row| {
        let country = if row["countryId"] == json!(250) { "FRA" } else { "BEL" };
        view.resource(
            "legal-entity",
            "legal-entities",
            row,
            json!({
                "legalName": row["name"], "remoteId": row["code"], "isArchived": false, "countryCode": country,
                "currencyCode": "EUR", "links": {},
            }),
        )
    },
    embeds: &[],
};

/// Of several contracts that of today counts, else the next, else the last.
fn employees(today: &str) -> String {
    format!(
        "SELECT users.*, (
           SELECT id FROM workContracts WHERE ownerId = users.id
           ORDER BY startsOn <= '{today}' AND coalesce(endsOn, '9999') >= '{today}' DESC, startsOn DESC LIMIT 1
         ) AS contractId,
         CASE WHEN dtContractStart > '{today}T00:00:00' THEN 'upcoming'
              WHEN dtContractEnd < '{today}T00:00:00' THEN 'deactivated' ELSE 'active' END AS status
         FROM users"
    )
}

fn contracts(today: &str) -> String {
    format!(
        "SELECT workContracts.*, legalUnitId, departmentId, managerId, jobTitle, creationDate, modifiedAt,
         CASE WHEN startsOn > '{today}' THEN 'upcoming'
              WHEN endsOn < '{today}' THEN 'deactivated' ELSE 'active' END AS status
         FROM workContracts JOIN users ON users.id = ownerId JOIN establishments ON establishments.id = establishmentId"
    )
}

impl View<'_> {
    pub fn one(&self, store: &Connection, resource: &Resource, id: &str) -> Result<Option<Value>, Refusal> {
        let sql = format!("SELECT * FROM ({}) WHERE id = ?1", (resource.from)(self.today));
        Ok(first(store, &sql, [id])?.map(|row| (resource.shape)(self, &row)))
    }

    /// Dictionaries of what the items refer to, by type and id.
    pub fn embedded(&self, store: &Connection, resource: &Resource, items: &[Value]) -> Result<Value, Refusal> {
        let mut embedded = Map::new();
        for (property, to) in resource.embeds {
            let to = to();
            let ids: Vec<&Value> = items.iter().map(|item| &item[*property]["id"]).collect();
            let from = (to.from)(self.today);
            let sql = format!("SELECT * FROM ({from}) WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each(?1))");
            let found = records(store, &sql, [json!(ids).to_string()])?;
            let all = embedded.entry(to.singular).or_insert_with(|| json!({}));
            for row in found {
                all[row["id"].to_string()] = (to.shape)(self, &row);
            }
        }
        Ok(Value::Object(embedded))
    }

    /// Ids are texts in this generation.
    pub fn reference(&self, singular: &str, plural: &str, id: &Value) -> Value {
        let id = match id {
            Value::Null => return Value::Null,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        json!({ "id": id, "type": singular, "url": format!("{}/lucca-api/{plural}/{id}", self.base) })
    }

    fn resource(&self, singular: &str, plural: &str, row: &Record, more: Value) -> Value {
        let mut resource = self.reference(singular, plural, &row["id"]);
        let own = resource.as_object_mut().expect("a reference to an id is an object");
        own.extend(more.as_object().cloned().unwrap_or_default());
        resource
    }
}

/// The two countries of the company, as the newer API writes them.
fn alpha_3(alpha_2: &str) -> Option<&'static str> {
    [("FR", "FRA"), ("BE", "BEL")].into_iter().find(|(two, _)| *two == alpha_2).map(|(_, three)| three)
}

/// With the time zone, unlike v3.
fn moment(text: &Value) -> Value {
    text.as_str().map_or(Value::Null, |text| json!(format!("{text}Z")))
}
