//! A set: the deliveries of one instant, which are made all or none.

use crate::model::Text;
use crate::state::{Delivery, DeliveryId, DeliveryStatus};

/// At least one delivery; the first gives the set its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set(pub(super) Vec<Delivery>);

impl Set {
    /// The deliveries set by set; those of a set stand together.
    pub(super) fn all(deliveries: Vec<Delivery>) -> Vec<Set> {
        let mut sets: Vec<Set> = Vec::new();
        for delivery in deliveries {
            match sets.last_mut().filter(|set| set.id() == delivery.set) {
                Some(set) => set.0.push(delivery),
                None => sets.push(Set(vec![delivery])),
            }
        }
        sets
    }

    pub fn files(&self) -> &[Delivery] {
        &self.0
    }

    /// What all of them share is read from the first.
    pub fn first(&self) -> &Delivery {
        &self.0[0]
    }

    #[expect(clippy::misnamed_getters, reason = "a set is known by the number of its first delivery")]
    pub fn id(&self) -> DeliveryId {
        self.first().set
    }

    pub fn ids(&self) -> Vec<DeliveryId> {
        self.0.iter().map(|delivery| delivery.id).collect()
    }

    /// Why it is, or was, held; of all its files.
    pub fn held(&self) -> Vec<Text> {
        self.0.iter().flat_map(|delivery| delivery.held.iter().cloned()).collect()
    }

    /// Was it held, be it let through since?
    pub fn was_held(&self) -> bool {
        self.0.iter().any(|delivery| !delivery.held.is_empty())
    }

    /// Has a brake stopped it, and nobody decided yet?
    pub fn is_held(&self) -> bool {
        self.first().status == DeliveryStatus::Held
    }

    /// May anything of it be on the server, under whatever name?
    pub fn may_be_there(&self) -> bool {
        let is_begun =
            |delivery: &Delivery| matches!(delivery.status, DeliveryStatus::Uploading | DeliveryStatus::Renaming);
        self.0.iter().any(is_begun)
    }

    /// May one of them have its final name already?
    pub fn may_be_in_place(&self) -> bool {
        self.0.iter().any(|delivery| delivery.status == DeliveryStatus::Renaming)
    }

    pub fn rows(&self) -> usize {
        self.0.iter().map(|delivery| delivery.rows).sum()
    }
}
