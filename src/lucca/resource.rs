//! What Lucca keeps apart, each with a right of its own that a key has or lacks.

use crate::model::Text;

/// How Lucca's screens call these rights is not documented but for "View HR files", so they are described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    Users,
    /// Of the newest generation.
    PersonalRecords,
    HrFiles,
    CustomDefinitions,
    Pictures,
    Departments,
    Establishments,
    LegalEntities,
    Roles,
    Calendars,
    Categories,
    Axes,
}

impl Resource {
    pub fn name(self) -> Text {
        match self {
            Resource::Users => Text::of("users", "utilisateurs"),
            Resource::PersonalRecords => Text::of("personal records", "données personnelles"),
            Resource::HrFiles => Text::of("HR files", "dossiers RH"),
            Resource::CustomDefinitions => {
                Text::of("definitions of extended data", "définitions des données personnalisées")
            }
            Resource::Pictures => Text::of("pictures", "photos"),
            Resource::Departments => Text::of("departments", "départements"),
            Resource::Establishments => Text::of("establishments", "établissements"),
            Resource::LegalEntities => Text::of("legal entities", "entités juridiques"),
            Resource::Roles => Text::of("roles", "rôles"),
            Resource::Calendars => Text::of("calendars", "calendriers"),
            Resource::Categories => Text::of("professional categories", "catégories socioprofessionnelles"),
            Resource::Axes => Text::of("analytical axes", "axes analytiques"),
        }
    }

    /// What the key must be allowed to.
    pub fn right(self) -> Text {
        match self {
            Resource::Users => Text::of("to see users", "voir les utilisateurs"),
            Resource::PersonalRecords => Text::of(
                "to see personal records (`employee-personal-records.readonly` among the `scopes` of `oauth`)",
                "voir les données personnelles (`employee-personal-records.readonly` parmi les `scopes` d'`oauth`)",
            ),
            Resource::HrFiles => Text::of(
                "to see HR files (\"View HR files\"), for the sections with the extended data",
                "voir les dossiers RH (« View HR files »), pour les sections des données personnalisées",
            ),
            Resource::CustomDefinitions => {
                Text::of("to see the definitions of extended data", "voir les définitions des données personnalisées")
            }
            Resource::Pictures => Text::of("to see the pictures of users", "voir les photos des utilisateurs"),
            Resource::Departments => Text::of("to see departments", "voir les départements"),
            Resource::Establishments => Text::of("to see establishments", "voir les établissements"),
            Resource::LegalEntities => Text::of("to see legal entities", "voir les entités juridiques"),
            Resource::Roles => Text::of("to see roles", "voir les rôles"),
            Resource::Calendars => Text::of("to see calendars", "voir les calendriers"),
            Resource::Categories => {
                Text::of("to see professional categories", "voir les catégories socioprofessionnelles")
            }
            Resource::Axes => Text::of("to see analytical axes", "voir les axes analytiques"),
        }
    }
}
