//! A folder of a server, as a section names it.

use toml::Spanned;

use super::reader::Reader;

/// Relative to the server's own, and below it; empty for the server's own.
pub fn read(folder: Option<&Spanned<String>>, reader: &mut Reader) -> String {
    let Some(folder) = folder else { return String::new() };
    let path = folder.get_ref().trim_end_matches('/');
    if path.split('/').any(|part| matches!(part, "." | "..")) || folder.get_ref().starts_with('/') {
        let complaint = reader
            .at(folder.span(), format!("`{}` does not stay in the server's folder", folder.get_ref()))
            .help("write a path below the server's `path`");
        reader.complain(complaint);
    }
    path.into()
}
