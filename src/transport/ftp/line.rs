//! One line of a folder's listing: in the form of `MLSD`, which RFC 3659 defines, or in one of the two usual ones of `LIST`,
//! which nobody does.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Utc};

#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// A blank line, or the `total` above a listing.
    Nothing,
    NotUnderstood,
    Found(Found<'a>),
}

/// A name in a folder, in the server's own bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Found<'a> {
    pub name: &'a [u8],
    pub what: What,
    pub modified: Option<DateTime<Utc>>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum What {
    /// With its size in bytes.
    File(u64),
    /// A folder, a device.
    NoFile,
    /// A link, or a file whose size is not told.
    Unsure,
}

/// `Type=file;Size=123;Modify=20260131225900; hr.csv`
pub fn mlsd(line: &[u8]) -> Line<'_> {
    if line.is_empty() {
        return Line::Nothing;
    }
    // Each fact ends with a semicolon, and a blank ends them all; a name may have both.
    let Some(end) = line.windows(2).position(|pair| pair == b"; ") else {
        return Line::NotUnderstood;
    };
    let facts = String::from_utf8_lossy(&line[..end]).to_ascii_lowercase();
    let fact = |key: &str| facts.split(';').find_map(|fact| fact.strip_prefix(key)?.strip_prefix('='));
    let size = fact("size").and_then(|size| size.parse().ok());
    let what = match (fact("type"), size) {
        (Some("file"), Some(size)) => What::File(size),
        (Some("file") | None, _) => What::Unsure,
        (Some(kind), _) if kind.contains("link") => What::Unsure,
        (Some(_), _) => What::NoFile,
    };
    let modified = fact("modify").and_then(|text| universal(text.split('.').next()?));
    Line::Found(Found { name: &line[end + 2..], what, modified })
}

/// RFC 3659: in universal time.
fn universal(digits: &str) -> Option<DateTime<Utc>> {
    Some(NaiveDateTime::parse_from_str(digits, "%Y%m%d%H%M%S").ok()?.and_utc())
}

/// `-rw-r--r-- 1 acme hr 123 Jan 31 22:59 hr.csv` or `01-31-26  10:59PM  123 hr.csv`. Times are taken for universal, which
/// not every server means; a date without a year is the last such one before `now`.
pub fn list(line: &[u8], now: DateTime<Utc>) -> Line<'_> {
    if line.is_empty() || line.starts_with(b"total ") {
        return Line::Nothing;
    }
    unix(line, now).or_else(|| dos(line)).map_or(Line::NotUnderstood, Line::Found)
}

fn unix(line: &[u8], now: DateTime<Utc>) -> Option<Found<'_>> {
    let words = words(line);
    // Some servers leave out the group, some the owner too: the date is what is always there.
    let (date, modified) = (2..words.len().saturating_sub(2)).find_map(|first| {
        let text = |index: usize| words.get(index).map(|word| word.text);
        Some((first, unix_date(text(first)?, text(first + 1)?, text(first + 2)?, now)?))
    })?;
    let size = words[date - 1].text.parse();
    let rest = line.get(words[date + 2].end + 1..)?;
    let (name, what) = match line[0] {
        b'-' => (rest, What::File(size.ok()?)),
        b'l' => (before_arrow(rest), What::Unsure),
        b'd' | b'b' | b'c' | b'p' | b's' => (rest, What::NoFile),
        _ => return None,
    };
    Some(Found { name, what, modified: Some(modified) })
}

/// `Jan 31 22:59` or `Jan 31 2026`
fn unix_date(month: &str, day: &str, rest: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let month = 1 + u32::try_from(MONTHS.iter().position(|name| month.eq_ignore_ascii_case(name))?).ok()?;
    let day = day.parse().ok()?;
    if let Ok(time) = NaiveTime::parse_from_str(rest, "%H:%M") {
        let in_year = |year| Some(NaiveDate::from_ymd_opt(year, month, day)?.and_time(time).and_utc());
        // A day of tolerance for a server in another time zone.
        let latest = now.checked_add_days(Days::new(1))?;
        return in_year(now.year()).filter(|moment| *moment <= latest).or_else(|| in_year(now.year() - 1));
    }
    let year = rest.parse().ok().filter(|year| (1970..=9999).contains(year))?;
    Some(NaiveDate::from_ymd_opt(year, month, day)?.and_time(NaiveTime::MIN).and_utc())
}

fn before_arrow(rest: &[u8]) -> &[u8] {
    rest.windows(4).position(|window| window == b" -> ").map_or(rest, |arrow| &rest[..arrow])
}

/// As IIS writes it.
fn dos(line: &[u8]) -> Option<Found<'_>> {
    let words = words(line);
    let [date, time, what, ..] = words.as_slice() else {
        return None;
    };
    let (month_and_day, year) = date.text.rsplit_once('-')?;
    let year = if year.len() == 2 { format!("20{year}") } else { year.to_owned() };
    let date = NaiveDate::parse_from_str(&format!("{month_and_day}-{year}"), "%m-%d-%Y").ok()?;
    let time = NaiveTime::parse_from_str(time.text, "%I:%M%p")
        .or_else(|_| NaiveTime::parse_from_str(time.text, "%H:%M"))
        .ok()?;
    let name = line.get(what.end + 1..)?;
    let what = match what.text {
        "<DIR>" => What::NoFile,
        size => What::File(size.parse().ok()?),
    };
    Some(Found { name, what, modified: Some(date.and_time(time).and_utc()) })
}

struct Word<'a> {
    text: &'a str,
    end: usize,
}

/// The words of a line up to the first that is not UTF-8, which can only be in a name or make the line useless.
fn words(line: &[u8]) -> Vec<Word<'_>> {
    let mut start = 0;
    line.split(|byte| *byte == b' ')
        .map(|word| {
            let end = start + word.len();
            start = end + 1;
            (word, end)
        })
        .filter(|(word, _)| !word.is_empty())
        .map_while(|(word, end)| Some(Word { text: str::from_utf8(word).ok()?, end }))
        .collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use proptest::prelude::{any, proptest};

    use super::{Found, Line, What, list, mlsd};

    fn moment(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn found<'a>(name: &'a str, what: What, modified: &str) -> Line<'a> {
        Line::Found(Found { name: name.as_bytes(), what, modified: Some(moment(modified)) })
    }

    #[test]
    fn the_usual_listings_are_read() {
        for (line, expected) in [
            (
                "-rw-r--r--    1 ftp      ftp             5 Jan 31 22:59 hr.csv",
                found("hr.csv", What::File(5), "2026-01-31T22:59:00Z"),
            ),
            (
                "-rw-r--r-- 1 acme hr 5368709120 Oct  1  2023  two  blanks ",
                found(" two  blanks ", What::File(5_368_709_120), "2023-10-01T00:00:00Z"),
            ),
            (
                "-rw-r--r--+ 1 acme 12 Dec 31 08:00 Jan 1 2020 a",
                found("Jan 1 2020 a", What::File(12), "2025-12-31T08:00:00Z"),
            ),
            ("drwxr-xr-x 2 0 0 4096 Feb 29 2024 done", found("done", What::NoFile, "2024-02-29T00:00:00Z")),
            ("lrwxrwxrwx 1 0 0 9 Feb 01 2024 a.csv -> in/a.csv", found("a.csv", What::Unsure, "2024-02-01T00:00:00Z")),
            (
                "01-31-26  10:59PM                  123 hr 1.csv",
                found("hr 1.csv", What::File(123), "2026-01-31T22:59:00Z"),
            ),
            (
                "01-31-2026  12:05AM       <DIR>          done",
                found("         done", What::NoFile, "2026-01-31T00:05:00Z"),
            ),
            ("total 12", Line::Nothing),
            ("", Line::Nothing),
            ("hr.csv", Line::NotUnderstood),
            ("-rw-r--r-- 1 acme hr many Oct 1 2023 a.csv", Line::NotUnderstood),
            ("-rw-r--r-- 1 acme hr 5 Oct 41 2023 a.csv", Line::NotUnderstood),
            ("-rw-r--r-- 1 acme hr 5 Oct 1 2023", Line::NotUnderstood),
        ] {
            assert_eq!(list(line.as_bytes(), moment("2026-02-01T03:00:00Z")), expected, "{line}");
        }
    }

    #[test]
    fn facts_are_read_in_any_case_and_order() {
        for (line, expected) in [
            (
                "Type=file;Size=123;Modify=20260131225900;Perm=r; hr.csv",
                found("hr.csv", What::File(123), "2026-01-31T22:59:00Z"),
            ),
            (
                "modify=20260131225900.123;UNIX.owner=a b;size=0;type=FILE; a; b ",
                found("a; b ", What::File(0), "2026-01-31T22:59:00Z"),
            ),
            ("type=cdir;modify=20260131225900; .", found(".", What::NoFile, "2026-01-31T22:59:00Z")),
            ("type=OS.unix=slink:/a;modify=20260131225900; a", found("a", What::Unsure, "2026-01-31T22:59:00Z")),
            ("type=file;modify=20260131225900; a", found("a", What::Unsure, "2026-01-31T22:59:00Z")),
            ("", Line::Nothing),
            ("type=file;size=1;a.csv", Line::NotUnderstood),
        ] {
            assert_eq!(mlsd(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn a_name_keeps_its_bytes() {
        let latin = b"-rw-r--r-- 1 acme hr 5 Oct 1 2023 caf\xE9.csv";
        let Line::Found(Found { name, .. }) = list(latin, moment("2026-02-01T03:00:00Z")) else {
            panic!("the line was not understood");
        };
        assert_eq!(name, b"caf\xE9.csv");
    }

    proptest! {
        #[test]
        fn no_bytes_make_a_listing_fail(line: Vec<u8>, day in any::<u16>()) {
            let now = DateTime::from_timestamp(i64::from(day) * 86_400, 0).unwrap();
            list(&line, now);
            mlsd(&line);
            list(&[&b"-rw-r--r-- 1 a b 5 Feb 29 "[..], &line].concat(), now);
        }
    }
}
