//! Paths on a server, which stay below its own folder.

use super::{Error, Kind, usable};

/// `path` below `root`, with `/` between the parts; `""` is `root` itself. Refused when a part is no name for a file, which
/// keeps `..`, absolute paths and line breaks away from every server.
pub fn below(root: &str, path: &str) -> Result<String, Error> {
    let mut whole = root.to_owned();
    for part in path.split('/').filter(|_| !path.is_empty()) {
        usable(part.as_bytes()).map_err(|reason| {
            Error::new(Kind::Setup, format!("use the path {path:?}")).caused_by(format!("its part {part:?} {reason}"))
        })?;
        if !whole.is_empty() && !whole.ends_with('/') {
            whole.push('/');
        }
        whole.push_str(part);
    }
    Ok(whole)
}

/// The path of a file in a folder; `""` is the server's own.
pub fn inside(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn a_path_is_appended_to_the_folder_of_the_server() {
        for (root, path, whole) in [
            ("", "", ""),
            ("", "a.csv", "a.csv"),
            ("/", "a.csv", "/a.csv"),
            ("/acme", "", "/acme"),
            ("/acme", "done/a b.csv", "/acme/done/a b.csv"),
            ("acme/", "done/é.csv", "acme/done/é.csv"),
        ] {
            assert_eq!(below(root, path).unwrap(), whole);
        }
    }

    #[test]
    fn a_path_that_leaves_the_folder_is_refused() {
        for path in ["..", "../a.csv", "done/../../a.csv", "/etc/passwd", "done//a.csv", "./a.csv", "a\r\nDELE b", " a"]
        {
            assert!(below("/acme", path).is_err(), "{path:?}");
        }
    }
}
