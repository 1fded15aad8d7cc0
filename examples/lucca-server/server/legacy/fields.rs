//! `fields=id,department[code,parent[name]],manager.login,collection.count` as a tree.

use super::super::exchange::Refusal;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields(pub Vec<(String, Fields)>);

impl Fields {
    pub fn read(text: &str) -> Result<Fields, Refusal> {
        let mut rest = text;
        let fields = list(&mut rest)?;
        if rest.is_empty() { Ok(fields) } else { Err(Refusal::bad(format!("fields: `{rest}` was not expected"))) }
    }

    /// What v3 shows when nothing is asked for.
    pub fn usual() -> Fields {
        Fields(["id", "name", "url"].map(|name| (name.to_string(), Fields::default())).to_vec())
    }

    pub fn or_usual(self) -> Fields {
        if self.0.is_empty() { Fields::usual() } else { self }
    }

    /// `collection.count` speaks of the list, not of its items.
    pub fn take_count(&mut self) -> bool {
        let before = self.0.len();
        self.0.retain(|(name, inner)| !(name == "collection" && inner.0.iter().any(|(name, _)| name == "count")));
        self.0.len() < before
    }

    fn add(&mut self, name: &str, inner: Fields) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => known.0.extend(inner.0),
            None => self.0.push((name.to_string(), inner)),
        }
    }
}

fn list(rest: &mut &str) -> Result<Fields, Refusal> {
    let mut fields = Fields::default();
    loop {
        let end = rest.find([',', '[', ']']).unwrap_or(rest.len());
        let name = rest[..end].trim();
        *rest = &rest[end..];
        let mut inner = Fields::default();
        if let Some(inside) = rest.strip_prefix('[') {
            *rest = inside;
            inner = list(rest)?;
            *rest = rest.strip_prefix(']').ok_or_else(|| Refusal::bad("fields: a bracket is not closed"))?;
        }
        if !name.is_empty() {
            dotted(&mut fields, name, inner);
        }
        match rest.strip_prefix(',') {
            Some(next) => *rest = next,
            None => return Ok(fields),
        }
    }
}

/// `manager.login` is another way to write `manager[login]`.
fn dotted(fields: &mut Fields, name: &str, inner: Fields) {
    match name.split_once('.') {
        Some((first, rest)) => {
            let mut nested = Fields::default();
            dotted(&mut nested, rest, inner);
            fields.add(first, nested);
        }
        None => fields.add(name, inner),
    }
}
