//! A manifest: what a partner announces about files, as `sha256sum` and its kin write it.

use encoding_rs::UTF_8;

use crate::model::Digest;

/// What is announced about one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Announced {
    pub digest: Option<Digest>,
    /// In bytes.
    pub size: Option<u64>,
}

/// What one line says.
struct Line<'a> {
    /// None where there is nothing but a digest.
    name: Option<&'a str>,
    announced: Announced,
}

impl Announced {
    /// What the manifest says of the file; the last word counts. `is_its_own`: it is about no other file, and need not
    /// name it. None where it says nothing.
    ///
    /// Read are `HEX  NAME` and `HEX *NAME` of `sha256sum`, the same with a size between (`HEX  123  NAME`), `SHA256 (NAME) = HEX`
    /// and `SIZE (NAME) = 123` of the BSD tools, the like of OpenSSL, and a digest alone.
    pub fn find(manifest: &[u8], name: &str, is_its_own: bool) -> Option<Announced> {
        // Shells of Windows write UTF-16; its mark, or that of UTF-8, decides.
        let (text, _, _) = UTF_8.decode(manifest);
        let lines = text.lines().filter_map(|line| tagged(line).or_else(|| plain(line, name)));
        let about = lines.filter(|line| line.name.map_or(is_its_own, |named| is_same(named, name)));
        about
            .map(|line| line.announced)
            .reduce(|sum, line| Announced { digest: line.digest.or(sum.digest), size: line.size.or(sum.size) })
    }
}

/// `SHA256 (NAME) = HEX`
fn tagged(line: &str) -> Option<Line<'_>> {
    let (left, value) = line.rsplit_once('=')?;
    let (tag, name) = left.trim().strip_suffix(')')?.split_once('(')?;
    let announced = match tag.trim().to_ascii_uppercase().as_str() {
        "SHA256" | "SHA-256" | "SHA2-256" => Announced { digest: Some(digest(value.trim())?), size: None },
        "SIZE" => Announced { digest: None, size: Some(value.trim().parse().ok()?) },
        _ => return None,
    };
    Some(Line { name: Some(name), announced })
}

/// `HEX  NAME`, `HEX  123  NAME`, `HEX  123` or `HEX`. A number is a size, unless the name that is asked for begins with it.
fn plain<'a>(line: &'a str, asked: &str) -> Option<Line<'a>> {
    // A backslash in front tells that the name has one, or a line break, which no file that we take has.
    let line = line.trim().trim_start_matches('\\');
    let (hex, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    let digest = Some(digest(hex)?);
    let (first, last) = rest.trim().split_once([' ', '\t']).unwrap_or((rest.trim(), ""));
    let (name, size) = match first.parse() {
        Ok(size) if !is_same(bare(rest), asked) => (bare(last), Some(size)),
        _ => (bare(rest), None),
    };
    Some(Line { name: Some(name).filter(|name| !name.is_empty()), announced: Announced { digest, size } })
}

/// Without what tells that a file was read as bytes.
fn bare(name: &str) -> &str {
    name.trim().trim_start_matches('*')
}

/// Whoever wrote the manifest may have done it from another folder.
fn is_same(named: &str, name: &str) -> bool {
    named.rsplit(['/', '\\']).next() == Some(name)
}

fn digest(hex: &str) -> Option<Digest> {
    let is_one = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then(|| Digest::from_text(hex.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_usual_tools_write_is_understood() {
        let hex = Digest::of(b"users").to_string();
        let upper = hex.to_uppercase();
        let utf_16: Vec<u8> =
            format!("\u{feff}{hex}  users.csv\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cases: [(Vec<u8>, Option<u64>); 12] = [
            (format!("{hex}  users.csv\n").into(), None),
            (format!("{upper} *users.csv\r\n").into(), None),
            (format!("{hex}\tusers.csv").into(), None),
            (format!("# of the night\n\n{hex}  ./out/users.csv\n").into(), None),
            (format!("{hex}  C:\\out\\users.csv\n").into(), None),
            (format!("SHA256 (users.csv) = {hex}\n").into(), None),
            (format!("SHA2-256(out/users.csv)= {hex}\n").into(), None),
            (format!("SHA256 (users.csv) = {hex}\nSIZE (users.csv) = 5\n").into(), Some(5)),
            (format!("{hex}  5  users.csv\n").into(), Some(5)),
            (format!("{hex}  5 *users.csv\n").into(), Some(5)),
            (format!("{}  users.csv\n{hex}  users.csv\n", "0".repeat(64)).into(), None),
            (utf_16, None),
        ];
        for (manifest, size) in cases {
            let announced = Announced { digest: Some(Digest::from_text(hex.clone())), size };
            let text = String::from_utf8_lossy(&manifest).into_owned();
            assert_eq!(Announced::find(&manifest, "users.csv", false), Some(announced), "{text}");
            assert_eq!(Announced::find(&manifest, "other.csv", false), None, "{text}");
        }
    }

    #[test]
    fn a_digest_alone_is_about_the_file_that_the_manifest_stands_beside() {
        let hex = Digest::of(b"users").to_string();
        for (manifest, size) in [(hex.clone(), None), (format!("{hex} 5\n"), Some(5))] {
            let announced = Announced { digest: Some(Digest::from_text(hex.clone())), size };
            assert_eq!(Announced::find(manifest.as_bytes(), "users.csv", true), Some(announced));
            assert_eq!(Announced::find(manifest.as_bytes(), "users.csv", false), None);
        }
    }

    #[test]
    fn a_name_may_begin_with_a_number() {
        let hex = Digest::of(b"users").to_string();
        let announced = |size| Some(Announced { digest: Some(Digest::from_text(hex.clone())), size });
        let manifest = format!("{hex}  2026 users.csv\n");
        assert_eq!(Announced::find(manifest.as_bytes(), "2026 users.csv", true), announced(None));
        assert_eq!(Announced::find(manifest.as_bytes(), "users.csv", true), announced(Some(2026)));
    }

    #[test]
    fn what_is_no_sha_256_announces_nothing() {
        for wrong in ["", "users.csv", "d41d8cd98f00b204e9800998ecf8427e  users.csv", "MD5 (users.csv) = 00", "\0\0"] {
            assert_eq!(Announced::find(wrong.as_bytes(), "users.csv", true), None, "{wrong}");
        }
    }
}
