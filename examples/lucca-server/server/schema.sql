-- What the stand-in knows. Columns carry the names of the API, and dates its form, so that a row is nearly an answer.
CREATE TABLE keys (key TEXT PRIMARY KEY, name TEXT NOT NULL, rights TEXT NOT NULL);
CREATE TABLE clients (id TEXT PRIMARY KEY, secret TEXT NOT NULL, scopes TEXT NOT NULL);
CREATE TABLE tokens (token TEXT PRIMARY KEY, clientId TEXT NOT NULL, scopes TEXT NOT NULL, endsAt INTEGER NOT NULL);

CREATE TABLE departments (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, code TEXT NOT NULL UNIQUE, parentId INTEGER, headId INTEGER,
  isActive INTEGER NOT NULL DEFAULT 1, sortOrderInSiblings INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE legalUnits (id INTEGER PRIMARY KEY, name TEXT NOT NULL, code TEXT NOT NULL, countryId INTEGER NOT NULL);
CREATE TABLE establishments (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, code TEXT NOT NULL UNIQUE, legalUnitId INTEGER NOT NULL,
  calendarId INTEGER NOT NULL, timezoneId TEXT NOT NULL, isArchived INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE roles (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE cultures (id INTEGER PRIMARY KEY, name TEXT NOT NULL, code TEXT NOT NULL);
CREATE TABLE calendars (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE csps (id INTEGER PRIMARY KEY, name TEXT NOT NULL, code TEXT NOT NULL);
CREATE TABLE profiles (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE axes (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE axisSections (
  id INTEGER PRIMARY KEY, axisId INTEGER NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL,
  active INTEGER NOT NULL DEFAULT 1, UNIQUE (axisId, code)
);
CREATE TABLE axisSectionParents (
  sectionId INTEGER NOT NULL, parentId INTEGER NOT NULL, PRIMARY KEY (sectionId, parentId)
);
CREATE TABLE extensionDefinitions (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, section TEXT NOT NULL, type TEXT NOT NULL,
  isMultiple INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE extensionEntries (id INTEGER PRIMARY KEY, definitionId INTEGER NOT NULL, name TEXT NOT NULL);

CREATE TABLE users (
  id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE COLLATE NOCASE, firstName TEXT NOT NULL, lastName TEXT NOT NULL,
  mail TEXT, employeeNumber TEXT, legalEntityId INTEGER NOT NULL, departmentId INTEGER NOT NULL, managerId INTEGER NOT NULL,
  rolePrincipalId INTEGER NOT NULL, cultureId INTEGER, calendarId INTEGER, cspId INTEGER, profile_figgoId INTEGER,
  dtContractStart TEXT NOT NULL, dtContractEnd TEXT, birthDate TEXT, seniorityDate TEXT, gender TEXT, civilTitle TEXT,
  nationality TEXT, jobTitle TEXT, address TEXT, directLine TEXT, personalEmail TEXT, personalMobile TEXT,
  professionalMobile TEXT, bankName TEXT, rib TEXT, iban TEXT, bic TEXT, insuranceNumber TEXT, quote TEXT,
  allowsElectronicPayslip INTEGER, frenchCarTaxHorsePower INTEGER, frenchMotocyclesTaxHorsePower INTEGER,
  userWorkCycles TEXT NOT NULL DEFAULT '[]', pictureId TEXT, modifiedAt TEXT NOT NULL, creationDate TEXT NOT NULL
);
CREATE UNIQUE INDEX number_in_establishment ON users (legalEntityId, employeeNumber);
CREATE INDEX users_by_change ON users (modifiedAt);
CREATE INDEX users_by_end ON users (dtContractEnd);
CREATE INDEX users_by_mail ON users (mail);
CREATE INDEX users_by_manager ON users (managerId);
CREATE INDEX users_by_department ON users (departmentId);
-- Whoever changes a user changes this too, be it a test with SQL of its own.
CREATE TRIGGER users_changed AFTER UPDATE ON users WHEN new.modifiedAt IS old.modifiedAt BEGIN
  UPDATE users SET modifiedAt = strftime('%Y-%m-%dT%H:%M:%f', 'now') WHERE id = new.id;
END;
CREATE TABLE habilitedRoles (userId INTEGER NOT NULL, roleId INTEGER NOT NULL, PRIMARY KEY (userId, roleId));
CREATE TABLE userAxisValues (
  userId INTEGER NOT NULL, axisId INTEGER NOT NULL, sectionId INTEGER NOT NULL, PRIMARY KEY (userId, axisId)
);
CREATE TABLE extendedData (id INTEGER PRIMARY KEY, userId INTEGER NOT NULL, code TEXT NOT NULL, value TEXT NOT NULL);
CREATE INDEX extended_by_user ON extendedData (userId);
CREATE TABLE pictures (id TEXT PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE workContracts (
  id INTEGER PRIMARY KEY, ownerId INTEGER NOT NULL, externalId TEXT, typeId INTEGER NOT NULL, startsOn TEXT NOT NULL,
  endsOn TEXT, establishmentId INTEGER NOT NULL, spcId INTEGER, hiringTypeId INTEGER, trialPeriodDays INTEGER,
  terminationReasonId INTEGER
);
CREATE INDEX contracts_by_owner ON workContracts (ownerId);

-- Assumed: the dates and the establishment of a user are those of the latest contract, and the other way round.
CREATE TRIGGER contract_follows_user AFTER UPDATE OF dtContractStart, dtContractEnd, legalEntityId ON users BEGIN
  UPDATE workContracts SET startsOn = substr(new.dtContractStart, 1, 10), endsOn = substr(new.dtContractEnd, 1, 10),
                           establishmentId = new.legalEntityId
  WHERE id = (SELECT id FROM workContracts WHERE ownerId = new.id ORDER BY startsOn DESC LIMIT 1);
END;

CREATE TABLE webhookEndpoints (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, webhookUrl TEXT NOT NULL, secret TEXT NOT NULL, topics TEXT NOT NULL
);
-- What happened and is not an event yet; filled by triggers, so that no change can be forgotten.
CREATE TABLE changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT, userId INTEGER NOT NULL, establishmentId INTEGER NOT NULL, topic TEXT NOT NULL,
  at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY, endpointId INTEGER NOT NULL, body TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
  nextAttempt INTEGER NOT NULL DEFAULT 0, isTaken INTEGER NOT NULL DEFAULT 0
);
CREATE TRIGGER users_tell_arrival AFTER INSERT ON users WHEN EXISTS (SELECT 1 FROM webhookEndpoints) BEGIN
  INSERT INTO changes (userId, establishmentId, topic) VALUES (new.id, new.legalEntityId, 'employee.created');
END;
CREATE TRIGGER contracts_tell_arrival AFTER INSERT ON workContracts WHEN EXISTS (SELECT 1 FROM webhookEndpoints) BEGIN
  INSERT INTO changes (userId, establishmentId, topic) VALUES
    (new.ownerId, new.establishmentId, 'employment.created'), (new.ownerId, new.establishmentId, 'job-position.created');
END;
-- Which resource of v5 changed depends on where v5 keeps the datum.
CREATE TRIGGER users_tell_change AFTER UPDATE ON users WHEN EXISTS (SELECT 1 FROM webhookEndpoints) BEGIN
  INSERT INTO changes (userId, establishmentId, topic) SELECT new.id, new.legalEntityId, 'employee.updated'
  WHERE (new.firstName, new.lastName, new.mail, new.employeeNumber, new.birthDate, new.professionalMobile, new.pictureId)
    IS NOT (old.firstName, old.lastName, old.mail, old.employeeNumber, old.birthDate, old.professionalMobile, old.pictureId);
  INSERT INTO changes (userId, establishmentId, topic) SELECT new.id, new.legalEntityId, 'job-position.updated'
  WHERE (new.departmentId, new.managerId, new.jobTitle, new.legalEntityId, new.cspId)
    IS NOT (old.departmentId, old.managerId, old.jobTitle, old.legalEntityId, old.cspId);
  INSERT INTO changes (userId, establishmentId, topic) SELECT new.id, new.legalEntityId, 'employment.updated'
  WHERE (new.dtContractStart, new.dtContractEnd) IS NOT (old.dtContractStart, old.dtContractEnd);
  INSERT INTO changes (userId, establishmentId, topic) SELECT new.id, new.legalEntityId, 'employee-personal-record.updated'
  WHERE (new.gender, new.nationality, new.address, new.personalEmail, new.personalMobile, new.iban, new.bic)
    IS NOT (old.gender, old.nationality, old.address, old.personalEmail, old.personalMobile, old.iban, old.bic);
END;
