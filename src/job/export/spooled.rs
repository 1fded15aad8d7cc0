//! A file of an export as it is in the spool, and what was put around it.

use crate::job::body::{self, Head};
use crate::job::export::file::File;
use crate::job::{Context, Error, Hands};
use crate::model::Digest;
use crate::site::Exchange;
use crate::state::NewDelivery;
use crate::transport::openpgp::Sealer;

/// What is put around a file before it leaves.
#[derive(Clone, Copy)]
pub enum Cover<'a> {
    Seal(&'a Sealer),
    /// For an endpoint.
    Head {
        left_out: usize,
    },
}

pub struct Spooled {
    name: String,
    sealed: Option<Digest>,
    size: u64,
}

impl Spooled {
    /// Only what is covered is held in memory.
    pub fn put(
        context: &Context<'_>,
        hands: &Hands,
        exchange: &Exchange,
        cover: Option<Cover<'_>>,
        number: usize,
        file: &mut File,
    ) -> Result<Spooled, Error> {
        let first = format!("{}-{}.out", context.run, exchange.name);
        let name = if number == 1 { first } else { format!("{first}.{number}") };
        let sealed = match cover {
            Some(Cover::Seal(sealer)) => sealer.seal(&file.made.whole()?)?,
            Some(Cover::Head { left_out }) => with_head(context, exchange, file, left_out + file.left_out)?,
            None => {
                file.made.keep(hands, &name)?;
                return Ok(Spooled { name, size: file.made.size(), sealed: None });
            }
        };
        hands.spool.put(&name, &sealed)?;
        Ok(Spooled { name, size: sealed.len() as u64, sealed: Some(Digest::of(&sealed)) })
    }

    pub fn delivery<'a>(&'a self, file: &'a File) -> NewDelivery<'a> {
        NewDelivery {
            folder: &file.folder,
            file_name: &file.name,
            content: file.content,
            part: &file.part,
            table: &file.table,
            heading: &file.heading,
            personal_fields: &file.personal_fields,
            digest: &file.digest,
            sealed: self.sealed.as_ref(),
            size: self.size,
            rows: file.rows,
            people: &file.people,
            held: &file.held,
            spooled: &self.name,
        }
    }
}

/// As an endpoint is sent it. The time and the run in it are no part of what is compared with the last delivery.
fn with_head(context: &Context<'_>, exchange: &Exchange, file: &File, left_out: usize) -> Result<Vec<u8>, Error> {
    let head = Head {
        delivery: body::key(&context.run, &exchange.name, &file.name, &file.digest),
        exchange: &exchange.name,
        run: &context.run,
        at: context.started,
        count: file.rows,
        left_out,
    };
    Ok(head.around(&file.made.whole()?))
}
