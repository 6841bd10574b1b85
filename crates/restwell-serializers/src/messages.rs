//! DRF's codes and messages, word for word.

/// A code and its message.
pub(crate) type Message = (&'static str, &'static str);

pub(crate) const REQUIRED: Message = ("required", "This field is required.");
pub(crate) const NULL: Message = ("null", "This field may not be null.");
pub(crate) const BLANK: Message = ("blank", "This field may not be blank.");
pub(crate) const NULL_CHARACTERS: Message = (
    "null_characters_not_allowed",
    "Null characters are not allowed.",
);
pub(crate) const STRING: Message = ("invalid", "Not a valid string.");
pub(crate) const INTEGER: Message = ("invalid", "A valid integer is required.");
pub(crate) const NUMBER: Message = ("invalid", "A valid number is required.");
pub(crate) const TOO_LARGE: Message = ("max_string_length", "String value too large.");
pub(crate) const BOOLEAN: Message = ("invalid", "Must be a valid boolean.");
pub(crate) const DATETIME: Message = (
    "invalid",
    "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
);
pub(crate) const DATE: Message = (
    "invalid",
    "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
);
pub(crate) const TIME: Message = (
    "invalid",
    "Time has wrong format. Use one of these formats instead: hh:mm[:ss[.uuuuuu]].",
);
pub(crate) const DURATION: Message = (
    "invalid",
    "Duration has wrong format. Use one of these formats instead: [DD] [HH:[MM:]]ss[.uuuuuu].",
);
pub(crate) const DURATION_OVERFLOW: Message = (
    "overflow",
    "The number of days must be between -106751991 and 106751991.",
);
pub(crate) const UUID: Message = ("invalid", "Must be a valid UUID.");
pub(crate) const UNEXPECTED: Message = ("unexpected_field", "Unexpected field.");
pub(crate) const READ_ONLY: Message = ("read_only", "This field is read-only.");
pub(crate) const NO_DATA: Message = ("null", "No data provided");
pub(crate) const EMPTY_LIST: Message = ("empty", "This list may not be empty.");
pub(crate) const EMPTY_DICT: Message = ("empty", "This dictionary may not be empty.");
