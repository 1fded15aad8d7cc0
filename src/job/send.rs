//! Applies a plan to Lucca: operation by operation, each request written down before it is sent and once it is answered.
//!
//! Whatever cuts it off, the next run reads the person again before it sends anything for an operation that was under way.

use chrono::Utc;

use crate::job::progress::Unit;
use crate::job::{Context, Error};
use crate::lucca::{Answered, Door, Order, Step, Writer};
use crate::model::Text;
use crate::net;
use crate::site::people::Lucca;
use crate::state::{Next, Plan, PlanStatus, State};
use crate::text;

/// As the status of an answer: Lucca met a failure of its own.
const FAILURE: u16 = 500;

/// Goes on from wherever the plan stands. What fails for good fails alone.
///
/// # Errors
/// Lucca cannot be reached, or takes nothing from this key, or there is no time left: the next run goes on.
pub fn apply(context: &Context<'_>, state: &mut State, lucca: &Lucca, plan: &Plan) -> Result<(), Error> {
    context.progress.begin(&format!("apply {}", plan.path), plan.operations.pending as u64, Unit::Rows);
    context.doors.forget(lucca);
    let applied = apply_all(context, state, lucca, plan);
    context.doors.forget(lucca);
    context.progress.end();
    applied
}

fn apply_all(context: &Context<'_>, state: &mut State, lucca: &Lucca, plan: &Plan) -> Result<(), Error> {
    if plan.operations.pending > 0 {
        let base = &context.site.base;
        let organisation = context.doors.organisation(lucca, base, &context.limit)?;
        let door = context.doors.door(lucca, base)?;
        let mut sender = Sender { context, state, plan, writer: Writer::new(&door, &organisation), door: &door };
        sender.send_all()?;
    }
    state.set_plan_status(plan.id, PlanStatus::Applied, Utc::now())?;
    Ok(())
}

struct Sender<'a> {
    context: &'a Context<'a>,
    state: &'a mut State,
    plan: &'a Plan,
    door: &'a Door,
    writer: Writer<'a>,
}

/// About whom an operation was done, or why it failed.
type Outcome = Result<u32, Text>;

impl Sender<'_> {
    fn send_all(&mut self) -> Result<(), Error> {
        while let Some(next) = self.state.next_operation(self.plan.id)? {
            self.context.may_begin(&format!("apply {} to the end", self.plan.path))?;
            let outcome = self.carry_out(&next)?;
            self.state.end_operation(self.plan.id, &next, &outcome)?;
            self.context.progress.advance(1);
        }
        Ok(())
    }

    fn carry_out(&mut self, next: &Next) -> Result<Outcome, Error> {
        let limit = &self.context.limit;
        let mut about = next.person;
        // Was anything sent of which nobody knows what became?
        let mut is_in_doubt = next.is_under_way;
        for tried in 1.. {
            let orders = match self.writer.step(&next.operation, about, is_in_doubt, limit)? {
                Step::Done { person } => return Ok(Ok(person)),
                Step::Refused(reason) => return Ok(Err(reason)),
                Step::Send { person, orders } => {
                    about = person.or(about);
                    orders
                }
            };
            match self.send(next, about, &orders, tried)? {
                Answered::Done { person } => match about.or(person) {
                    Some(person) => return Ok(Ok(person)),
                    None => is_in_doubt = true,
                },
                Answered::Refused(reason) if is_in_doubt => return self.look_again(next, about, reason),
                Answered::Refused(reason) => return Ok(Err(reason)),
                Answered::Unclear { status, error, .. } if tried >= self.door.tries() => {
                    return match status {
                        Some(FAILURE) => self.look_again(next, about, failure(&error)),
                        _ => Err(error.into()),
                    };
                }
                Answered::Unclear { pause, error, .. } => {
                    is_in_doubt = true;
                    self.door.wait(tried, pause, error, limit)?;
                }
            }
        }
        unreachable!("the tries end before the numbers do")
    }

    /// What could not be done this time may have been done before, when nobody heard the answer.
    fn look_again(&mut self, next: &Next, about: Option<u32>, reason: Text) -> Result<Outcome, Error> {
        match self.writer.step(&next.operation, about, true, &self.context.limit)? {
            Step::Done { person } => Ok(Ok(person)),
            Step::Send { .. } | Step::Refused(_) => Ok(Err(reason)),
        }
    }

    /// One order after the other, until one is not done.
    fn send(&mut self, next: &Next, about: Option<u32>, orders: &[Order], tried: u32) -> Result<Answered, Error> {
        let mut answered = Answered::Done { person: None };
        for order in orders {
            let shown = self.door.shown(order);
            let request = self.state.begin_request(self.plan.id, next, about, &shown, Utc::now())?;
            let sent = self.door.send(order, tried, &self.context.limit);
            self.state.end_request(request, &told(&sent), Utc::now())?;
            answered = sent?;
            if !matches!(answered, Answered::Done { .. }) {
                break;
            }
        }
        Ok(answered)
    }
}

fn failure(error: &net::Error) -> Text {
    let chain = error.chain();
    text!("Lucca could not do it: {chain}", "Lucca n'a pas pu le faire : {chain}")
}

/// For the journal.
fn told(sent: &Result<Answered, net::Error>) -> String {
    match sent {
        Ok(Answered::Done { .. }) => "done".into(),
        Ok(Answered::Refused(reason)) => reason.to_string(),
        Ok(Answered::Unclear { error, .. }) | Err(error) => error.chain(),
    }
}
