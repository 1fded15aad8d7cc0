//! What is as it should be but for one thing, in which a server differs: the notes below the table of servers.

/// In the order in which the document counts them.
pub const NOTES: [&str; 7] = [
    SIZE_OF_LINKS,
    HIDDEN_CONTROL_CHARACTERS,
    QUESTION_MARKS,
    IN_TWO_STEPS,
    SIZE_OF_FOLDERS,
    RENAME_LATER,
    NO_BACKSLASHES,
];

pub const SIZE_OF_LINKS: &str = "The server tells the size of the link itself, even of one that leads to no file. Fetching a \
     link ends as damaged: the sizes differ.";
pub const HIDDEN_CONTROL_CHARACTERS: &str =
    "The server does not list names with control characters. The others are reported.";
pub const QUESTION_MARKS: &str = "The server lists `?` in place of what is not UTF-8, so that the name looks usable. Fetching it \
     says that it is missing. The others are reported.";
pub const IN_TWO_STEPS: &str =
    "The server cannot rename over a file, so the old one is moved aside first, and this is told.";
pub const SIZE_OF_FOLDERS: &str = "The server tells the size of a folder as if it were a file.";
pub const RENAME_LATER: &str = "The server answers a forbidden rename with `451`, which means that it may work later, so it is \
     tried again. All else is denied at once.";
pub const NO_BACKSLASHES: &str = "The server prohibits backslashes. The other names stay as they are.";
