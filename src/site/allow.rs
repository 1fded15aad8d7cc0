//! `allow` of an import: exceptions from its brakes that the site announces, each for one night.

use std::ops::Range;

use toml::Spanned;

use super::reader::Reader;
use crate::plan::{Brakes, Exception};

/// An exception that could never matter is a slip of the pen: it would be missed in the night for which it was written.
pub fn check(allow: Vec<Spanned<Exception>>, brakes: &Brakes, reader: &mut Reader) -> Vec<Exception> {
    let mut exceptions: Vec<Exception> = Vec::new();
    for exception in allow {
        let span = exception.span();
        let exception = exception.into_inner();
        reader.check_timezone(&span, &format!("an exception for {}", exception.on));
        check_words(&exception, &span, reader);
        check_limits(&exception, &span, brakes, reader);
        if exceptions.iter().any(|other| (other.on, &other.because) == (exception.on, &exception.because)) {
            let complaint = reader
                .at(span, format!("two exceptions for {} have the same reason", exception.on))
                .help("each lets one plan through; give them reasons by which they can be told apart");
            reader.complain(complaint);
        }
        exceptions.push(exception);
    }
    exceptions
}

fn check_words(exception: &Exception, span: &Range<usize>, reader: &mut Reader) {
    if exception.because.trim().is_empty() {
        let complaint = reader
            .at(reader.document.find(span, "because"), "this exception has no reason")
            .help("say why that night is unusual; whoever reads the report will ask");
        reader.complain(complaint);
    }
    if exception.up_to == Default::default() {
        let complaint = reader
            .at(reader.document.find(span, "up-to"), "this exception allows nothing")
            .help("name a brake and the limit for that night: `up-to = { fields = { manager = \"60%\" } }`");
        reader.complain(complaint);
    }
}

fn check_limits(exception: &Exception, span: &Range<usize>, brakes: &Brakes, reader: &mut Reader) {
    for (name, raised, every_day) in exception.up_to.beside(brakes) {
        let raised_to = raised.text();
        let (problem, help) = match every_day {
            None => (
                format!("there is no brake on `{name}` from which to make an exception"),
                "add it to `brakes`, or take it out here",
            ),
            Some(limit) if !raised.is_wider_than(limit) => (
                format!("every day's limit for `{name}` is {}, and {raised_to} is no wider", limit.text()),
                "write a wider limit, or take it out",
            ),
            Some(_) => continue,
        };
        let complaint = reader.at(reader.document.find(span, &name), problem).help(help);
        reader.complain(complaint);
    }
    if exception.up_to.headings.is_some_and(|headings| headings <= brakes.headings) {
        let problem = "every day's `headings` holds no more than this";
        let help = "the choices are `changed`, `lost` and `never`, each wider than the one before";
        let complaint = reader.at(reader.document.find(span, "headings"), problem).help(help);
        reader.complain(complaint);
    }
}
