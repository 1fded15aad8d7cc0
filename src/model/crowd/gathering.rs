//! A gathering: a crowd in the making.

use std::hint;

use super::{Crowd, EMPTY, Slot};
use crate::model::{Mark, Shape};

/// So many take their slots together: one alone would wait for memory each time.
const TOGETHER: usize = 64;

pub struct Gathering {
    crowd: Crowd,
    /// Of those who came last.
    slots: Vec<Slot>,
}

impl Gathering {
    /// Nobody yet, with room for so many.
    pub fn with_room(shape: Shape, people: usize) -> Gathering {
        let crowd = Crowd {
            ways: shape.ways.iter().map(|_| Vec::with_capacity(people)).collect(),
            shape,
            numbers: Vec::with_capacity(people),
            managers: Vec::with_capacity(people),
            slots: vec![EMPTY; (2 * people).next_power_of_two()],
        };
        Gathering { crowd, slots: Vec::with_capacity(TOGETHER) }
    }

    /// One more person, behind all others.
    pub fn push(&mut self, mark: &Mark) {
        let crowd = &mut self.crowd;
        crowd.numbers.push(mark.number);
        crowd.managers.push(mark.manager);
        crowd.ways.iter_mut().zip(&mark.ways).for_each(|(way, hash)| way.push(*hash));
        if mark.key != 0 {
            self.slots.push(Slot { key: mark.key, place: self.crowd.len() as u32, row: mark.row });
        }
        if self.slots.len() == TOGETHER {
            self.settle();
        }
    }

    pub fn finish(mut self) -> Crowd {
        self.settle();
        self.crowd
    }

    fn settle(&mut self) {
        if 2 * self.crowd.len() > self.crowd.slots.len() {
            self.crowd.grow();
        }
        // Looked at first, all of them come from memory at once; below, each is waited for.
        let taken = self.slots.iter().filter(|slot| self.crowd.first_slot(slot.key).place != 0).count();
        hint::black_box(taken);
        self.slots.drain(..).for_each(|slot| self.crowd.take_slot(slot));
    }
}
