//! The exit code: what a run came to, for whoever started it. Codes are only ever added.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::Text;

/// What a run, or one exchange of it, came to. From mild to grave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Exit {
    /// Done; nothing to do is done too.
    #[default]
    Done,
    /// At least one file was refused, or rows were left out.
    DataRefused,
    /// A brake waits for approval.
    Held,
    /// Unreachable, timed out, stopped, or locked by another run.
    TryLater,
    /// A server refused for good.
    ServerRefused,
    /// Something was asked for that is not there.
    Usage,
    /// Site or profile refused.
    SiteRefused,
    /// The journal or the disk failed.
    Disk,
    /// A defect of ours.
    Defect,
}

impl Exit {
    pub const ALL: [Exit; 9] = [
        Exit::Done,
        Exit::DataRefused,
        Exit::Held,
        Exit::TryLater,
        Exit::ServerRefused,
        Exit::Usage,
        Exit::SiteRefused,
        Exit::Disk,
        Exit::Defect,
    ];

    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Defect => 1,
            Exit::Usage => 2,
            Exit::SiteRefused => 3,
            Exit::DataRefused => 4,
            Exit::Held => 5,
            Exit::ServerRefused => 6,
            Exit::Disk => 7,
            Exit::TryLater => 75,
        }
    }

    /// A few words for people.
    pub fn meaning(self) -> Text {
        match self {
            Exit::Done => Text::of("done", "terminé"),
            Exit::Defect => Text::of("a defect of Passerelle", "un défaut de Passerelle"),
            Exit::SiteRefused => Text::of("site or profile refused", "configuration ou profil refusé"),
            Exit::DataRefused => Text::of(
                "data refused: a file was refused, or rows were left out",
                "données refusées : un fichier a été refusé, ou des lignes ont été écartées",
            ),
            Exit::Held => {
                Text::of("held by a brake, waits for approval", "retenu par un garde-fou, en attente d'une approbation")
            }
            Exit::ServerRefused => Text::of("a server refused for good", "un serveur a refusé définitivement"),
            Exit::Disk => Text::of("the journal or the disk failed", "le journal ou le disque est en défaut"),
            Exit::TryLater => Text::of(
                "try later: unreachable, timed out, stopped, or locked by another run",
                "à réessayer plus tard : injoignable, trop lent, arrêté, ou verrouillé par une autre exécution",
            ),
            Exit::Usage => Text::of("wrong usage", "commande mal employée"),
        }
    }
}

impl<'de> Deserialize<'de> for Exit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Exit, D::Error> {
        let code = u8::deserialize(deserializer)?;
        let known = Exit::ALL.into_iter().find(|exit| exit.code() == code);
        known.ok_or_else(|| de::Error::custom(format!("{code} is no exit code of Passerelle")))
    }
}

impl Serialize for Exit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_of_several_is_the_one_that_counts() {
        let by_gravity = [1, 7, 3, 2, 6, 75, 5, 4, 0];
        let mut exits = Exit::ALL;
        exits.sort_by(|one, other| other.cmp(one));
        assert_eq!(exits.map(Exit::code), by_gravity);
    }
}
