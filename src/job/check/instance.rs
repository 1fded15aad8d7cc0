//! Looks at an instance of Lucca: is the key right, and has it the rights that the exchanges need?

use std::collections::BTreeMap;

use crate::job::Error;
use crate::job::check::Order;
use crate::lucca::{Door, Looked, Resource, Wanted};
use crate::net::{self, Limit};
use crate::report::check::{Instance, Right, Untold};
use crate::site::people::Lucca;
use crate::site::{Direction, Exchange};

/// What each exchange of these people wants of them, by its name.
type Wishes<'a> = BTreeMap<&'a str, Wanted>;

pub fn look(order: &Order<'_>, lucca: &Lucca, exchanges: &[&Exchange], limit: &Limit) -> Instance {
    let theirs = exchanges.iter().filter(|exchange| exchange.people() == lucca.name);
    let wishes: Wishes<'_> = theirs.map(|exchange| (exchange.name.as_str(), wanted(lucca, exchange))).collect();
    let instance = Instance {
        name: lucca.name.clone(),
        instance: lucca.options.describe(),
        people: None,
        rights: Vec::new(),
        untold: Vec::new(),
        failure: None,
    };
    let everything: Wanted = wishes.values().cloned().collect();
    match Door::open(&lucca.options, &order.site.base) {
        Ok(door) => told(instance, door.look(&everything, limit), lucca, &wishes),
        Err(error) => Instance { failure: Some(Error::from(error).failure()), ..instance },
    }
}

/// Whether the key may also write is not known before it does.
fn wanted(lucca: &Lucca, exchange: &Exchange) -> Wanted {
    match &exchange.direction {
        Direction::Export(export) => export.wanted_of_lucca(),
        Direction::Import(import) => lucca.options.to_change(import.fields()),
    }
}

fn told(instance: Instance, looked: Looked, lucca: &Lucca, wishes: &Wishes<'_>) -> Instance {
    let needing = |needs: &dyn Fn(&Wanted) -> bool| -> Vec<String> {
        wishes.iter().filter(|(_, wanted)| needs(wanted)).map(|(exchange, _)| exchange.to_string()).collect()
    };
    let untold = looked.untold.iter().map(|field| Untold {
        field: field.clone(),
        exchanges: needing(&|wanted| wanted.fields.iter().any(|wished| wished.own() == *field)),
    });
    let untold = untold.collect();
    let mut rights = Vec::new();
    for (resource, seen) in looked.resources {
        match seen {
            Err(error) if resource == Resource::Users && !is_about_a_right(&error) => {
                return Instance { failure: Some(Error::from(error).failure()), ..instance };
            }
            seen => rights.push(Right {
                resource: resource.name(),
                right: resource.right(),
                exchanges: needing(&|wanted| wanted.resources(&lucca.options).contains(&resource)),
                is_there: match &seen {
                    Ok(()) => Some(true),
                    Err(error) => is_about_a_right(error).then_some(false),
                },
                failure: seen.err().map(|error| Error::from(error).failure()),
            }),
        }
    }
    Instance { people: looked.people, rights, untold, ..instance }
}

fn is_about_a_right(error: &net::Error) -> bool {
    error.kind == net::Kind::Denied
}
