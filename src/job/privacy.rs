//! The record of processing: from site, profiles and journal, what each exchange does with the data of people. It only looks.

use chrono::{DateTime, Utc};

use crate::job::Error;
use crate::model::{Field, Severity, Text};
use crate::profile::Chosen;
use crate::profile::complaint::quoted;
use crate::report;
use crate::report::record::{Datum, Processing, Record};
use crate::rule::column::KEY;
use crate::rule::{self, Contract};
use crate::site::photos::Photos;
use crate::site::{Direction, Exchange, Export, Import, Site};
use crate::state::{Dealings, Facts, State};
use crate::text;

/// `site_file` is as it was named.
pub fn record(site: &Site, site_file: String, state: &State, now: DateTime<Utc>) -> Result<Record, Error> {
    let mut exchanges = site.exchanges(now);
    exchanges.sort_by_key(|exchange| (!exchange.is_export(), exchange.name.clone()));
    let exchanges = exchanges.into_iter().map(|exchange| processing(exchange, state)).collect::<Result<_, _>>()?;
    Ok(Record { site: site_file, as_of: now, exchanges })
}

fn processing(exchange: &Exchange, state: &State) -> Result<Processing, Error> {
    let (direction, dealings, whom, data) = match &exchange.direction {
        Direction::Export(export) => {
            let dealings = state.handed_over(&exchange.name)?;
            (report::Direction::Export, dealings, population(export), leaving(export))
        }
        Direction::Import(import) => {
            let dealings = state.taken_in(&exchange.name)?;
            let data = coming(import, dealings.as_ref());
            (report::Direction::Import, dealings, named_in_the_file(), data)
        }
    };
    Ok(Processing {
        exchange: exchange.name.clone(),
        direction,
        partner: exchange.profile.title.clone(),
        purpose: exchange.purpose.clone(),
        server: format!("{} ({})", exchange.server.name, exchange.server.options.describe()),
        whom,
        people: dealings.as_ref().map(|dealings| dealings.people),
        since: dealings.as_ref().map(|dealings| dealings.first),
        last: dealings.as_ref().map(|dealings| dealings.last),
        data,
    })
}

fn population(export: &Export) -> Text {
    let Some(Export { population, .. }) = export.tables().find(|table| table.rows.is_of_people()) else {
        return Text::of("nobody's: the organisation", "de personne : l'organisation");
    };
    let who = match &population.establishments {
        None => Text::of("everybody", "tout le monde"),
        Some(all) => {
            let all = quoted(all.iter().map(String::as_str));
            text!("whoever is of {all}", "les personnes de {all}")
        }
    };
    match population.leavers {
        None => text!("{who}, former employees included", "{who}, anciens salariés compris", who),
        Some(0) => text!("{who}, until the end of their contract", "{who}, jusqu'à la fin de leur contrat", who),
        Some(days) => text!(
            "{who}, up to {days} days after the end of their contract",
            "{who}, jusqu'à {days} jours après la fin de leur contrat",
            who
        ),
    }
}

fn named_in_the_file() -> Text {
    Text::of("whoever the partner's file is about", "les personnes dont parle le fichier du partenaire")
}

/// Of tables of people; what is the same for everybody tells nothing about anybody.
fn leaving(export: &Export) -> Vec<Datum> {
    let of_people = export.tables().filter(|table| table.rows.is_of_people());
    let columns = of_people.flat_map(|table| &table.columns).filter(|chosen| !says_nothing(chosen));
    let datum = |chosen: &Chosen| {
        Some(Datum {
            heading: chosen.heading.clone(),
            field: chosen.column.field.clone()?,
            sensitivity: chosen.column.sensitivity,
            approval: export.approvals.get(&chosen.column.heading).cloned(),
        })
    };
    let photo = |photos: &Photos| Datum {
        heading: photos.to_string(),
        sensitivity: Field::picture().sensitivity(),
        field: Field::picture(),
        approval: None,
    };
    columns.filter_map(datum).chain(export.photos.iter().map(photo)).collect()
}

fn says_nothing(chosen: &Chosen) -> bool {
    chosen.column.form.constant.is_some() || chosen.is_change()
}

/// Those of the last file; before the first one, those that its format can have.
fn coming(import: &Import, dealings: Option<&Dealings>) -> Vec<Datum> {
    let columns = &import.contract.columns;
    let datum = |heading: &str, field: Field| Datum {
        heading: heading.into(),
        sensitivity: field.sensitivity(),
        field,
        approval: None,
    };
    let Some(dealings) = dealings else {
        let plain = columns.iter().filter(|column| !column.field.contains(KEY));
        return plain.filter_map(|column| Some(datum(&column.heading, Field::parse(&column.field).ok()?))).collect();
    };
    let heading: Vec<String> = dealings.heading.split(Facts::SEPARATOR).map(String::from).collect();
    let contract = Contract { columns, identify_by: &[], creates: false, twins: Severity::Remark };
    let recognised = rule::recognise(&heading, &contract, &[]);
    let found = heading.iter().zip(recognised.columns);
    found.filter_map(|(heading, found)| Some(datum(heading.trim(), found?.field))).collect()
}
