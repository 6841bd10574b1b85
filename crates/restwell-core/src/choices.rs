//! Closed sets of text values.

/// A closed set of values that is stored and sent as text, like Django's `TextChoices`.
///
/// Derive it with `#[derive(Choices)]` on an enum without fields; the derive also makes the enum
/// usable as a column of a model and as a field of a serializer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of choices",
    note = "add `#[derive(Choices)]` to the enum"
)]
pub trait Choices: Copy + Sized + Send + Sync + 'static {
    /// Every value in declaration order, as text.
    const VALUES: &'static [&'static str];

    /// The text of this value.
    fn as_str(self) -> &'static str;

    /// The value with this text, if there is one.
    fn from_text(text: &str) -> Option<Self>;
}
