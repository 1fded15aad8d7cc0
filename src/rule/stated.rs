//! Stated: what the site says in place of a cell, read as if it stood in the file.

use super::column::Column;
use super::fault::Fault;
use super::form::{Form, Value};
use super::lists::Lists;
use super::recognised::column_of;
use crate::model::Field;

/// In canonical form, or what the column has against it. What no column holds is taken as it is.
pub fn read(columns: &[Column], lists: &Lists, field: &Field, text: &str) -> Result<String, Fault> {
    match column_of(columns, field) {
        Some(column) => Form::new(column, field, None, lists).read(text).map(Value::into_text),
        None => Ok(text.into()),
    }
}
