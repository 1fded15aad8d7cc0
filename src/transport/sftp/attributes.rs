//! What a server tells of a file, as far as it tells it.

use chrono::{DateTime, Utc};

use super::fields::Fields;

// Which fields there are, and the type of a file among its permissions: draft-ietf-secsh-filexfer-02, section 5.
const HAS_SIZE: u32 = 1;
const HAS_OWNERS: u32 = 2;
const HAS_PERMISSIONS: u32 = 4;
const HAS_TIMES: u32 = 8;
const HAS_EXTENSIONS: u32 = 0x8000_0000;
const TYPE: u32 = 0o170_000;
const FILE: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;
const LINK: u32 = 0o120_000;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attributes {
    pub size: Option<u64>,
    permissions: Option<u32>,
    modified: Option<u32>,
}

impl Attributes {
    pub fn take(fields: &mut Fields) -> Option<Attributes> {
        let mut attributes = Attributes::default();
        let flags = fields.number()?;
        if flags & HAS_SIZE != 0 {
            attributes.size = Some(fields.long_number()?);
        }
        if flags & HAS_OWNERS != 0 {
            fields.long_number()?;
        }
        if flags & HAS_PERMISSIONS != 0 {
            attributes.permissions = Some(fields.number()?);
        }
        if flags & HAS_TIMES != 0 {
            fields.number()?;
            attributes.modified = Some(fields.number()?);
        }
        if flags & HAS_EXTENSIONS != 0 {
            for _ in 0..fields.number()? {
                fields.string()?;
                fields.string()?;
            }
        }
        Some(attributes)
    }

    pub fn is_file(&self) -> bool {
        self.type_is(FILE)
    }

    pub fn is_folder(&self) -> bool {
        self.type_is(FOLDER)
    }

    /// Whether they tell what kind of thing it is and how long, without a link in between.
    pub fn tell_all(&self) -> bool {
        self.size.is_some() && self.permissions.is_some() && !self.type_is(LINK)
    }

    pub fn modified(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(self.modified?.into(), 0)
    }

    fn type_is(&self, wanted: u32) -> bool {
        self.permissions.is_some_and(|permissions| permissions & TYPE == wanted)
    }
}
