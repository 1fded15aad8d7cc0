//! What v3 knows by name: for each resource its table, and what leads to others. To add one, write it here.

/// A resource of v3. Its plain properties are the columns of its table.
pub struct Resource {
    pub path: &'static str,
    pub table: &'static str,
    /// SQL that gives the `name`.
    pub name: &'static str,
    pub links: &'static [Link],
}

/// A property whose value is another resource, or several.
pub struct Link {
    pub property: &'static str,
    pub to: fn() -> &'static Resource,
    pub by: By,
}

pub enum By {
    /// A column of the table holds the id.
    Column(&'static str),
    /// A table holds pairs of ids, own and other, in these columns; the value is a list.
    Pairs { table: &'static str, own: &'static str, other: &'static str },
}

const fn one(property: &'static str, column: &'static str, to: fn() -> &'static Resource) -> Link {
    Link { property, to, by: By::Column(column) }
}

/// `pairs` is the table, the column of the own id and that of the other.
const fn many(property: &'static str, pairs: [&'static str; 3], to: fn() -> &'static Resource) -> Link {
    let [table, own, other] = pairs;
    Link { property, to, by: By::Pairs { table, own, other } }
}

pub static USERS: Resource = Resource {
    path: "/api/v3/users",
    table: "users",
    name: "firstName || ' ' || lastName",
    links: &[
        one("legalEntity", "legalEntityId", || &LEGAL_ENTITIES),
        one("department", "departmentId", || &DEPARTMENTS),
        one("manager", "managerId", || &USERS),
        one("rolePrincipal", "rolePrincipalId", || &ROLES),
        one("culture", "cultureId", || &CULTURES),
        one("calendar", "calendarId", || &CALENDARS),
        one("csp", "cspId", || &CSPS),
        one("profile_figgo", "profile_figgoId", || &PROFILES),
        one("picture", "pictureId", || &PICTURES),
        many("habilitedRoles", ["habilitedRoles", "userId", "roleId"], || &ROLES),
    ],
};

pub static LEGAL_ENTITIES: Resource = Resource {
    path: "/api/v3/legalentities",
    table: "establishments",
    name: "name",
    links: &[one("calendar", "calendarId", || &CALENDARS)],
};

pub static DEPARTMENTS: Resource = Resource {
    path: "/api/v3/departments",
    table: "departments",
    name: "name",
    links: &[one("parent", "parentId", || &DEPARTMENTS), one("head", "headId", || &USERS)],
};

// The paths from here to the cost centres are assumed, but for axisSections; so are those of entries and profiles.
pub static ROLES: Resource = Resource { path: "/api/v3/roles", table: "roles", name: "name", links: &[] };
pub static CULTURES: Resource = Resource { path: "/api/v3/cultures", table: "cultures", name: "name", links: &[] };
pub static CALENDARS: Resource = Resource { path: "/api/v3/calendars", table: "calendars", name: "name", links: &[] };
pub static CSPS: Resource = Resource { path: "/api/v3/csps", table: "csps", name: "name", links: &[] };
pub static PROFILES: Resource = Resource { path: "/api/v3/profiles", table: "profiles", name: "name", links: &[] };
pub static PICTURES: Resource = Resource { path: "/api/v3/files", table: "pictures", name: "name", links: &[] };
pub static AXES: Resource = Resource { path: "/api/v3/axes", table: "axes", name: "name", links: &[] };

pub static AXIS_SECTIONS: Resource = Resource {
    path: "/api/v3/axisSections",
    table: "axisSections",
    name: "name",
    links: &[
        one("axis", "axisId", || &AXES),
        many("parentAxisSections", ["axisSectionParents", "sectionId", "parentId"], || &AXIS_SECTIONS),
        many("childrenAxisSections", ["axisSectionParents", "parentId", "sectionId"], || &AXIS_SECTIONS),
    ],
};

/// Assumed: definitions name their `entries`, and have `type` and `isMultiple`.
pub static EXTENSION_ENTRIES: Resource =
    Resource { path: "/api/v3/extensionentries", table: "extensionEntries", name: "name", links: &[] };

pub static EXTENSIONS: Resource = Resource {
    path: "/api/v3/extensionuserdefinitions",
    table: "extensionDefinitions",
    name: "name",
    links: &[many("extensionUserPropertyListEntries", ["extensionEntries", "definitionId", "id"], || {
        &EXTENSION_ENTRIES
    })],
};

/// Those that can be asked for as a list or by id.
pub static SERVED: [&Resource; 11] = [
    &USERS,
    &LEGAL_ENTITIES,
    &DEPARTMENTS,
    &ROLES,
    &CULTURES,
    &CALENDARS,
    &CSPS,
    &PROFILES,
    &AXES,
    &AXIS_SECTIONS,
    &EXTENSIONS,
];
