//! A time of day, as `23:59`.

use std::fmt;

use chrono::NaiveTime;
use serde::{Deserialize, Deserializer, de};

/// Hours and minutes, in the site's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(pub NaiveTime);

impl TimeOfDay {
    pub fn parse(text: &str) -> Result<TimeOfDay, String> {
        NaiveTime::parse_from_str(text, "%H:%M")
            .map(TimeOfDay)
            .map_err(|_| format!("`{text}` is not a time of day; write hours and minutes, such as `23:59`"))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%H:%M"))
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TimeOfDay, D::Error> {
        TimeOfDay::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
