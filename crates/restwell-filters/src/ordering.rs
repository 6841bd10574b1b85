use restwell_core::{FieldErrors, QueryString, nearest};
use restwell_db::statement::Order;
use restwell_db::{ColumnMeta, ColumnValue, Field, Kind, Model};

/// The parameter that asks for an order.
pub(crate) const ORDERING: &str = "ordering";
/// The most names that one order may have.
const MOST_NAMES: usize = 8;

/// A name by which a list can be ordered.
#[derive(Clone, Copy, Debug)]
pub struct Ordering {
    pub(crate) name: &'static str,
    pub(crate) column: &'static ColumnMeta,
}

impl Ordering {
    /// The name, such as `created_at`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The column.
    pub fn column(&self) -> &'static ColumnMeta {
        self.column
    }
}

/// Fields of `M` to order by: one, a tuple, or an array of fields of one type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of fields of `{M}`",
    label = "expected fields of `{M}`",
    note = "write `Post::F.title` or a tuple such as `(Post::F.created_at, Post::F.title)`"
)]
pub trait Orderings<M> {
    /// The columns.
    #[doc(hidden)]
    fn columns(self) -> Vec<&'static ColumnMeta>;
}

impl<M: Model, T: ColumnValue> Orderings<M> for Field<M, T> {
    fn columns(self) -> Vec<&'static ColumnMeta> {
        vec![sortable(self)]
    }
}

impl<M: Model, T: ColumnValue, const N: usize> Orderings<M> for [Field<M, T>; N] {
    fn columns(self) -> Vec<&'static ColumnMeta> {
        self.into_iter().map(sortable).collect()
    }
}

/// The column of a field whose values sort in a way that people understand.
pub(crate) fn sortable<M: Model, T: ColumnValue>(field: Field<M, T>) -> &'static ColumnMeta {
    const {
        assert!(
            !matches!(T::KIND, Kind::Json | Kind::Bytes),
            "JSON and bytes have no order"
        );
    }
    field.column()
}

macro_rules! orderings_tuple {
    ($($type:ident $index:tt)+) => {
        impl<M: Model, $($type: ColumnValue),+> Orderings<M> for ($(Field<M, $type>,)+) {
            fn columns(self) -> Vec<&'static ColumnMeta> {
                vec![$(sortable(self.$index)),+]
            }
        }
    };
}
orderings_tuple!(A 0);
orderings_tuple!(A 0 B 1);
orderings_tuple!(A 0 B 1 C 2);
orderings_tuple!(A 0 B 1 C 2 D 3);
orderings_tuple!(A 0 B 1 C 2 D 3 E 4);
orderings_tuple!(A 0 B 1 C 2 D 3 E 4 F 5);
orderings_tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6);
orderings_tuple!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);

/// The order that `query` asks for; `default` where it asks for none.
pub(crate) fn order(
    query: &QueryString,
    allowed: &[Ordering],
    default: &[Order],
    strict: bool,
    errors: &mut FieldErrors,
) -> Vec<Order> {
    let names: Vec<&str> = query
        .get(ORDERING)
        .filter(|_| !allowed.is_empty())
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    if names.len() > MOST_NAMES {
        let message = format!("Ensure this field has no more than {MOST_NAMES} elements.");
        errors.add(ORDERING, "max_length", message);
        return Vec::new();
    }
    let mut order: Vec<Order> = Vec::new();
    for term in names {
        let name = term.strip_prefix('-').unwrap_or(term);
        let Some(known) = allowed.iter().find(|ordering| ordering.name == name) else {
            if strict {
                errors.add(ORDERING, "unknown_ordering", unknown(term, allowed));
            }
            continue;
        };
        if order
            .iter()
            .any(|other| other.column.index == known.column.index)
        {
            continue;
        }
        order.push(if term.starts_with('-') {
            Order::desc(known.column)
        } else {
            Order::asc(known.column)
        });
    }
    if order.is_empty() {
        default.to_vec()
    } else {
        order
    }
}

fn unknown(term: &str, allowed: &[Ordering]) -> String {
    let names: Vec<&str> = allowed.iter().map(Ordering::name).collect();
    let meant = nearest(term.trim_start_matches('-'), names.iter().copied())
        .map(|name| format!(" Did you mean \"{name}\"?"))
        .unwrap_or_default();
    let term: String = term.chars().take(64).collect();
    format!(
        "Unknown ordering \"{term}\".{meant} Allowed: {}.",
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn column(index: usize, name: &'static str) -> ColumnMeta {
        ColumnMeta {
            table: "posts",
            name,
            index,
            kind: Kind::Text,
            nullable: false,
            sensitive: false,
        }
    }

    static TITLE: ColumnMeta = column(0, "title");
    static VIEWS: ColumnMeta = column(1, "views");

    /// The columns of the order, a descending one behind `-`, or the messages.
    fn order_of(raw: &str, strict: bool) -> Result<String, Vec<String>> {
        let query = QueryString::parse(raw).expect("a query");
        let allowed = [("title", &TITLE), ("views", &VIEWS), ("popular", &VIEWS)]
            .map(|(name, column)| Ordering { name, column });
        let mut errors = FieldErrors::new();
        let order = order(
            &query,
            &allowed,
            &[Order::desc(&VIEWS)],
            strict,
            &mut errors,
        );
        if !errors.is_empty() {
            return Err(errors
                .iter()
                .map(|error| error.message.to_string())
                .collect());
        }
        let names: Vec<String> = order
            .iter()
            .map(|by| format!("{}{}", if by.descending { "-" } else { "" }, by.column.name))
            .collect();
        Ok(names.join(","))
    }

    #[test]
    fn names_are_trimmed_and_count_once() {
        assert_eq!(
            order_of("ordering=-views,+title", true),
            Ok("-views,title".into())
        );
        assert_eq!(
            order_of("ordering=title,-title,views", true),
            Ok("title,views".into())
        );
        assert_eq!(
            order_of("ordering=-popular,views", true),
            Ok("-views".into())
        );
    }

    #[test]
    fn without_a_name_the_default_holds() {
        for raw in ["", "ordering=", "ordering=,%20,"] {
            assert_eq!(order_of(raw, true), Ok("-views".into()), "{raw}");
        }
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_allowed_ones() {
        assert_eq!(
            order_of("ordering=-titel", true),
            Err(vec![
                "Unknown ordering \"-titel\". Did you mean \"title\"? Allowed: title, views, popular."
                    .into()
            ])
        );
        assert!(order_of("ordering=--views", true).is_err());
        assert!(order_of("ordering=password", true).is_err());
    }

    #[test]
    fn leniently_an_unknown_name_is_dropped() {
        assert_eq!(order_of("ordering=foo,title", false), Ok("title".into()));
        assert_eq!(order_of("ordering=foo,--title", false), Ok("-views".into()));
    }

    #[test]
    fn an_order_has_few_names() {
        let many = format!("ordering={}", "title,".repeat(9));
        assert_eq!(
            order_of(&many, true),
            Err(vec![
                "Ensure this field has no more than 8 elements.".into()
            ])
        );
    }
}
