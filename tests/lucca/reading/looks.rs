//! What a look at an instance tells of the key.
