//! Departments, establishments, roles and everything else that people refer to.

use rusqlite::{Connection, params};

use super::names::{COST_CENTRES, CSPS, CULTURES, DEPARTMENTS, ESTABLISHMENTS, PROJECTS, ROLES, TRANSPORTS};

pub fn organisation(connection: &Connection) -> rusqlite::Result<()> {
    for (code, name, parent) in DEPARTMENTS {
        connection.execute(
            "INSERT INTO departments (name, code, parentId, sortOrderInSiblings)
             VALUES (?1, ?2, (SELECT id FROM departments WHERE code = ?3),
                     (SELECT count(*) FROM departments siblings
                      JOIN departments parent ON parent.id = siblings.parentId WHERE parent.code = ?3))",
            params![name, code, parent],
        )?;
    }
    connection.execute_batch(
        "INSERT INTO legalUnits VALUES (1, 'Exemple SAS', 'EXFR', 250), (2, 'Exemple BV', 'EXBE', 56);
         INSERT INTO calendars VALUES (1, 'France'), (2, 'Belgique');
         INSERT INTO profiles VALUES (1, '25 CP + 12 RTT'), (2, '25 CP');
         INSERT INTO axes VALUES (1, 'Centre de coûts'), (2, 'Projet');
         INSERT INTO extensionDefinitions VALUES
           (1, 'e_transport', 'Mode de transport', 'vie-pratique', 'list', 0),
           (2, 'e_badge', 'Numéro de badge', 'acces', 'text', 0);",
    )?;
    for (code, name, unit) in ESTABLISHMENTS {
        let zone = if unit == 1 { "Europe/Paris" } else { "Europe/Brussels" };
        let columns = "name, code, legalUnitId, calendarId, timezoneId";
        let sql = format!("INSERT INTO establishments ({columns}) VALUES (?1, ?2, ?3, ?3, ?4)");
        connection.execute(&sql, params![name, code, unit, zone])?;
    }
    for (id, name) in ROLES {
        connection.execute("INSERT INTO roles VALUES (?1, ?2)", params![id, name])?;
    }
    for (id, code, name) in CULTURES {
        connection.execute("INSERT INTO cultures VALUES (?1, ?2, ?3)", params![id, name, code])?;
    }
    for (code, name) in CSPS {
        connection.execute("INSERT INTO csps (name, code) VALUES (?1, ?2)", params![name, code])?;
    }
    for name in TRANSPORTS {
        connection.execute("INSERT INTO extensionEntries (definitionId, name) VALUES (1, ?1)", params![name])?;
    }
    sections(connection, 1, &COST_CENTRES)?;
    sections(connection, 2, &PROJECTS)
}

fn sections(connection: &Connection, axis: i64, list: &[(&str, &str, &str)]) -> rusqlite::Result<()> {
    for (code, name, parent) in list {
        let sql = "INSERT INTO axisSections (axisId, code, name) VALUES (?1, ?2, ?3)";
        connection.execute(sql, params![axis, code, name])?;
        connection.execute(
            "INSERT INTO axisSectionParents
             SELECT child.id, parent.id FROM axisSections child JOIN axisSections parent USING (axisId)
             WHERE axisId = ?1 AND child.code = ?2 AND parent.code = ?3",
            params![axis, code, parent],
        )?;
    }
    Ok(())
}
