//! Errors of an input, each at its place.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

/// The key under which errors of an object as a whole stand, as in DRF.
pub const NON_FIELD_ERRORS: &str = "non_field_errors";

/// How many errors of one request are told. Of each member and of each row of a list the first is
/// told in any case.
pub const MOST_ERRORS: usize = 1_000;

/// What stands last where errors are not told.
static MORE: FieldError = FieldError {
    path: Path(Vec::new()),
    code: Cow::Borrowed("more_errors"),
    message: Cow::Borrowed("There are more errors than these."),
};

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    /// A member of an object.
    Field(Cow<'static, str>),
    /// An element of a list.
    Index(usize),
    /// An object in a list: what is wrong with it as a whole stands under its
    /// [`NON_FIELD_ERRORS`].
    Row(usize),
    /// A member that is an object of its own serializer, or a list of such: what is wrong with it as
    /// a whole stands under its [`NON_FIELD_ERRORS`].
    Nested(Cow<'static, str>),
}

impl Segment {
    /// The name of a member.
    fn name(&self) -> Option<&str> {
        match self {
            Self::Field(name) | Self::Nested(name) => Some(name),
            Self::Index(_) | Self::Row(_) => None,
        }
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) | Self::Nested(name) => f.write_str(name),
            Self::Index(index) | Self::Row(index) => index.fmt(f),
        }
    }
}

impl From<&'static str> for Segment {
    fn from(name: &'static str) -> Self {
        Self::Field(name.into())
    }
}

impl From<String> for Segment {
    fn from(name: String) -> Self {
        Self::Field(name.into())
    }
}

impl From<usize> for Segment {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// Where in an input something stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path(Vec<Segment>);

impl Path {
    /// The input as a whole.
    pub fn root() -> Self {
        Self::default()
    }

    /// The place `segment` below this one.
    #[must_use]
    pub fn join(mut self, segment: impl Into<Segment>) -> Self {
        self.0.push(segment.into());
        self
    }

    /// The same place, where a member is [nested](Segment::Nested).
    #[must_use]
    pub fn into_nested(mut self) -> Self {
        if let Some(Segment::Field(name)) = self.0.pop_if(|last| matches!(last, Segment::Field(_)))
        {
            self.0.push(Segment::Nested(name));
        }
        self
    }

    /// The name of the member of the input that this is, or is in.
    fn member(&self) -> Option<&str> {
        self.0.first().and_then(Segment::name)
    }

    /// The steps from the root.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The place as a JSON pointer (RFC 6901).
    pub fn pointer(&self) -> String {
        let mut pointer = String::new();
        for segment in &self.0 {
            pointer.push('/');
            pointer.push_str(&segment.to_string().replace('~', "~0").replace('/', "~1"));
        }
        pointer
    }
}

impl<S: Into<Segment>> From<S> for Path {
    fn from(segment: S) -> Self {
        Self::root().join(segment)
    }
}

/// One thing that is wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Where.
    pub path: Path,
    /// The stable machine code, such as `required`.
    pub code: Cow<'static, str>,
    /// What a person reads.
    pub message: Cow<'static, str>,
}

impl FieldError {
    /// The same in a part of the input that stands at `prefix`.
    fn below(mut self, prefix: &Path) -> Self {
        let mut path = prefix.clone();
        path.0.append(&mut self.path.0);
        Self { path, ..self }
    }
}

/// Everything that is wrong with an input: at most [`MOST_ERRORS`] errors and, beyond them, the first of
/// each member or row. Where there are more, the last one says so, with the code `more_errors`.
///
/// ```
/// use restwell_core::FieldErrors;
/// let mut errors = FieldErrors::new();
/// errors.add("title", "required", "This field is required.");
/// assert_eq!(errors.to_json().to_string(), r#"{"title":["This field is required."]}"#);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors {
    errors: Vec<FieldError>,
    /// Whether there are some that are not told.
    more: bool,
    /// Whether those may be of members of which nothing is told.
    thinned: bool,
}

impl FieldErrors {
    /// Nothing is wrong.
    pub fn new() -> Self {
        Self::default()
    }

    /// One error at `path`.
    pub fn one(
        path: impl Into<Path>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        let mut errors = Self::new();
        errors.add(path, code, message);
        errors
    }

    /// Adds an error at `path`.
    pub fn add(
        &mut self,
        path: impl Into<Path>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) {
        self.push(FieldError {
            path: path.into(),
            code: code.into(),
            message: message.into(),
        });
    }

    fn push(&mut self, error: FieldError) {
        let begins_alike = |own: &FieldError| own.path.0.first() == error.path.0.first();
        if self.errors.len() < MOST_ERRORS || !self.errors.iter().rev().any(begins_alike) {
            self.errors.push(error);
        } else {
            self.more = true;
        }
    }

    /// Adds an error of the input as a whole.
    pub fn add_non_field(
        &mut self,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) {
        self.add(Path::root(), code, message);
    }

    /// Takes in the errors of a part of the input that stands at `prefix`.
    pub fn nest(&mut self, prefix: impl Into<Path>, part: Self) {
        let prefix = prefix.into();
        self.more |= part.more;
        for error in part.errors {
            self.push(error.below(&prefix));
        }
    }

    /// Takes in the errors of a row that stands at `place`: the first in any case.
    pub(crate) fn nest_row(&mut self, place: &Path, row: Self) {
        self.more |= row.more;
        for (number, error) in row.errors.into_iter().enumerate() {
            if number == 0 || self.errors.len() < MOST_ERRORS {
                self.errors.push(error.below(place));
            } else {
                self.more = true;
            }
        }
    }

    /// Takes in the errors of the same input.
    pub fn merge(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
            return;
        }
        self.more |= other.more;
        self.thinned |= other.thinned;
        for error in other.errors {
            self.push(error);
        }
    }

    /// Keeps the first `most` and, of those behind them, the first of each member that `is_needed`.
    pub(crate) fn thin(&mut self, most: usize, is_needed: impl Fn(&str) -> bool) {
        if self.errors.len() <= most {
            return;
        }
        let behind = self.errors.split_off(most);
        for error in behind {
            match error.path.member().filter(|name| is_needed(name)) {
                Some(name) if !self.contains(name) => self.errors.push(error),
                needed => {
                    self.more = true;
                    self.thinned |= needed.is_none();
                }
            }
        }
    }

    /// Drops what was found at and below the member `field`.
    pub fn forget(&mut self, field: &str) {
        self.errors
            .retain(|error| error.path.member() != Some(field));
        self.more &= self.thinned || !self.errors.is_empty();
    }

    /// Calls members as `name` does, where it knows another name.
    pub fn rename(&mut self, name: impl Fn(&str) -> Option<&'static str>) {
        for error in &mut self.errors {
            if let Some(Segment::Field(own) | Segment::Nested(own)) = error.path.0.first_mut()
                && let Some(name) = name(own)
            {
                *own = name.into();
            }
        }
    }

    /// Puts the errors in the order of `fields`, and those of a list in that of its elements; those
    /// of the same place keep theirs, and those of no known member come last.
    pub fn sort_by_fields<'a>(&mut self, fields: impl Iterator<Item = &'a str> + Clone) {
        self.errors.sort_by_cached_key(|error| {
            let Some(name) = error.path.member() else {
                return (usize::MAX, 0);
            };
            let element = match error.path.segments().get(1) {
                Some(Segment::Index(index) | Segment::Row(index)) => *index,
                _ => 0,
            };
            let position = fields.clone().position(|field| field == name);
            (position.unwrap_or(usize::MAX - 1), element)
        });
    }

    /// How many errors are told.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty() && !self.more
    }

    /// Whether something is wrong at or below the member `field`.
    pub fn contains(&self, field: &str) -> bool {
        self.errors
            .iter()
            .any(|error| error.path.member() == Some(field))
    }

    /// The errors in the order in which they were found, and, where there are more, one that says so.
    pub fn iter(&self) -> impl Iterator<Item = &FieldError> {
        self.errors.iter().chain(self.more.then_some(&MORE))
    }

    /// The errors as DRF nests them: an object by member or index with lists of messages at its
    /// leaves.
    pub fn to_json(&self) -> Value {
        let mut root = Value::Object(Map::new());
        for error in self.iter() {
            let mut node = &mut root;
            for segment in error.path.segments() {
                node = child(node, segment.to_string());
            }
            let last = error.path.segments().last();
            if matches!(last, None | Some(Segment::Row(_) | Segment::Nested(_))) {
                node = child(node, NON_FIELD_ERRORS.to_owned());
            }
            messages(node).push(error.message.as_ref().into());
        }
        root
    }

    /// The errors as a flat list of `pointer`, `code` and `message`.
    pub fn details(&self) -> Value {
        self.iter()
            .map(|error| {
                serde_json::json!({
                    "pointer": error.path.pointer(),
                    "code": error.code,
                    "message": error.message,
                })
            })
            .collect()
    }
}

/// The node below `node` for `name`. A leaf on the way keeps its messages as non-field errors.
fn child(node: &mut Value, name: String) -> &mut Value {
    if let Value::Array(own) = node {
        let own = std::mem::take(own);
        *node = Value::Object(Map::from_iter([(NON_FIELD_ERRORS.to_owned(), own.into())]));
    }
    let Value::Object(members) = node else {
        unreachable_node()
    };
    members.entry(name).or_insert(Value::Object(Map::new()))
}

/// The list of messages at `node`, below its non-field errors where the node has members.
fn messages(node: &mut Value) -> &mut Vec<Value> {
    let is_leaf = match node {
        Value::Object(members) => members.is_empty(),
        _ => true,
    };
    let leaf = if is_leaf {
        node
    } else {
        child(node, NON_FIELD_ERRORS.to_owned())
    };
    if !leaf.is_array() {
        *leaf = Value::Array(Vec::new());
    }
    match leaf {
        Value::Array(list) => list,
        _ => unreachable_node(),
    }
}

fn unreachable_node() -> ! {
    unreachable!("an error tree is made of objects and lists alone")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_nest_by_member_and_index() {
        let mut row = FieldErrors::one("body", "blank", "This field may not be blank.");
        row.add_non_field("invalid", "No.");
        let mut errors = FieldErrors::new();
        errors.nest(Path::from("comments").join(1), row);
        errors.add("comments", "min_length", "Too few.");
        assert_eq!(
            errors.to_json().to_string(),
            r#"{"comments":{"1":{"body":["This field may not be blank."],"non_field_errors":["No."]},"non_field_errors":["Too few."]}}"#
        );
        assert_eq!(errors.details()[0]["pointer"], "/comments/1/body");
    }

    #[test]
    fn errors_of_a_whole_row_stand_under_its_non_field_errors() {
        let mut errors = FieldErrors::new();
        errors.nest(
            Segment::Row(2),
            FieldErrors::one(Path::root(), "invalid", "No."),
        );
        errors.add("tags", "not_a_list", "No list.");
        assert_eq!(
            errors.to_json().to_string(),
            r#"{"2":{"non_field_errors":["No."]},"tags":["No list."]}"#
        );
        assert_eq!(errors.details()[0]["pointer"], "/2");
    }

    #[test]
    fn errors_of_a_nested_object_stand_under_its_non_field_errors() {
        let whole = FieldErrors::one(Path::root(), "invalid", "No.");
        let mut errors = FieldErrors::one("author", "null", "Null.");
        errors.nest(Path::from("author").into_nested(), whole.clone());
        errors.nest(Path::from("tags").into_nested(), whole);
        assert_eq!(
            errors.to_json().to_string(),
            r#"{"author":{"non_field_errors":["Null.","No."]},"tags":{"non_field_errors":["No."]}}"#
        );
        assert_eq!(errors.details()[2]["pointer"], "/tags");
        errors.forget("tags");
        assert!(errors.contains("author") && !errors.contains("tags"));
    }

    #[test]
    fn errors_of_the_whole_input_stand_under_non_field_errors() {
        let errors = FieldErrors::one(Path::root(), "invalid", "No data provided");
        assert_eq!(
            errors.to_json().to_string(),
            r#"{"non_field_errors":["No data provided"]}"#
        );
    }
}
