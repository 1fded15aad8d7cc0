//! One partner's published contract.
