//! The verbs, one file each: gather, decide, act, tell.
