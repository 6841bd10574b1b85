use std::fmt;
use std::marker::PhantomData;

use restwell_core::Patch;
use restwell_core::{FieldErrors, Key};
use restwell_db::{ColumnMeta, ColumnValue, Field, IntoField, Model, Value};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};

use super::super::field::{InputField, Invalid, Scalar, Sink, null, take_scalars};
use super::super::parse::ObjectSeed;
use super::super::related::Resolve;
use super::super::rows::read_key;
use super::super::{Draft, Input, Validated};
use crate::{FieldKind, FieldMeta};

/// What a body says of one row of a relation: an object, or where `N` reads it, its name alone.
///
/// The functions that check a serializer's object as a whole read it, and hooks of viewsets set what
/// the client does not choose:
///
/// ```
/// use restwell_core::Result;
/// use restwell_db::{ColumnValue, Context, Field};
/// use restwell_serializers::{Input, Validated};
/// use restwell_serializers::input::Child;
///
/// /// The sum of `field` over the rows, as they are about to be.
/// fn sum<I: Input>(rows: &[Child<I>], field: Field<I::Model, i64>) -> i64 {
///     rows.iter().filter_map(|row| row.get(field)).sum()
/// }
///
/// /// Writes the author of new rows, where the client has no say.
/// fn sign<I: Input>(rows: &mut [Child<I>], author: Field<I::Model, i64>, cx: &Context) {
///     let user = cx.user_id::<i64>();
///     for row in rows.iter_mut().filter(|row| row.key().is_none()) {
///         row.set(author, user.unwrap_or_default());
///     }
/// }
/// ```
pub struct Child<I: Input, N = Unnamed<<I as Input>::Model>> {
    /// The name that stands for the row.
    pub(super) name: Option<N>,
    /// What is said of the row, until it is checked.
    pub(super) draft: Option<Draft<I>>,
    /// What will be written of it.
    pub(super) ready: Option<Validated<I>>,
    /// The key of the row, once it is there.
    pub(super) key: Option<Key>,
    /// The row, where it was there before.
    pub(super) instance: Option<Box<I::Model>>,
}

impl<I: Input, N> Child<I, N> {
    /// The key of the row; none of a new one.
    pub fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    /// The row as it is; none of a new one.
    pub fn instance(&self) -> Option<&I::Model> {
        self.instance.as_deref()
    }

    /// What the client supplied; none of a row that is named alone, or about which something is
    /// wrong.
    pub fn input(&self) -> Option<&I> {
        self.ready.as_ref().map(|ready| &ready.input)
    }

    /// What `field` is about to be: the supplied value, or the one that the row has. `None` for a
    /// column of a new row that the database fills in, its reference to the row that it belongs to
    /// among them.
    pub fn get<T: ColumnValue>(&self, field: Field<I::Model, T>) -> Option<T> {
        let supplied = self.ready.as_ref().and_then(|ready| ready.get(field));
        supplied.or_else(|| T::from_value(self.instance()?.value(field.column().index)))
    }

    /// Sets a column, whatever the client said. A row that is named alone is not written, and keeps
    /// what it has.
    pub fn set<T: ColumnValue>(&mut self, field: Field<I::Model, T>, value: impl IntoField<T>) {
        if let Some(ready) = &mut self.ready {
            ready.set(field, value);
        }
    }
}

/// The rows of a relation that a body has: one, or a list.
pub trait Children: InputField {
    /// What it says of each.
    type Input: Input;
    /// What it may name one by, in place of saying something of it.
    type Name: Resolve<Model = <Self::Input as Input>::Model>;
    /// Whether it is a list.
    const MANY: bool;

    /// The rows in their order.
    fn each(&mut self) -> Vec<&mut Child<Self::Input, Self::Name>>;
}

impl<I: Input, N> Default for Child<I, N> {
    fn default() -> Self {
        Self {
            name: None,
            draft: None,
            ready: None,
            key: None,
            instance: None,
        }
    }
}

impl<I: Input, N> fmt::Debug for Child<I, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Child")
            .field("key", &self.key)
            .field("ready", &self.ready)
            .finish_non_exhaustive()
    }
}

impl<I: Input, N: Resolve<Model = I::Model>> Children for Child<I, N> {
    type Input = I;
    type Name = N;
    const MANY: bool = false;

    fn each(&mut self) -> Vec<&mut Self> {
        vec![self]
    }
}

impl<I: Input, N: Resolve<Model = I::Model>> Children for Vec<Child<I, N>> {
    type Input = I;
    type Name = N;
    const MANY: bool = true;

    fn each(&mut self) -> Vec<&mut Child<I, N>> {
        self.iter_mut().collect()
    }
}

impl<I: Input, N: Resolve<Model = I::Model>> InputField for Child<I, N> {
    const KIND: FieldKind = FieldKind::Nested;

    fn from_scalar(scalar: Scalar<'_>, meta: &FieldMeta) -> Result<Self, Invalid> {
        Ok(Self {
            name: Some(N::from_scalar(scalar, meta)?),
            ..Self::default()
        })
    }

    /// Fewer than of lists of scalars: each row costs more.
    fn most(meta: &FieldMeta) -> usize {
        let most = meta.max_length.unwrap_or(super::MOST_CHILDREN);
        usize::try_from(most).unwrap_or(usize::MAX)
    }

    fn unreadable() -> Option<Self> {
        Some(Self::default())
    }

    fn rows(&self) -> usize {
        let within = self.draft.as_ref().map(|draft| draft.input.nested_rows());
        1 + within.unwrap_or_default()
    }

    fn read<'de, D: Deserializer<'de>>(
        value: D,
        meta: &FieldMeta,
        sink: &mut Sink<'_>,
    ) -> Result<Patch<Self>, D::Error> {
        let child = PhantomData;
        value.deserialize_any(ChildVisitor { meta, sink, child })
    }
}

struct ChildVisitor<'a, 'b, I, N> {
    meta: &'a FieldMeta,
    sink: &'a mut Sink<'b>,
    child: PhantomData<fn() -> (I, N)>,
}

impl<I: Input, N: Resolve<Model = I::Model>> ChildVisitor<'_, '_, I, N> {
    fn scalar<E>(self, scalar: Scalar<'_>) -> Result<Patch<Child<I, N>>, E> {
        Ok(match Child::from_scalar(scalar, self.meta) {
            Ok(child) => Patch::Value(child),
            Err(invalid) if N::KIND == FieldKind::Related => {
                self.sink.add(invalid);
                Patch::Absent
            }
            Err(invalid) => {
                let mut draft = Draft::empty();
                draft.errors.add_non_field(invalid.code, invalid.message);
                said(draft)
            }
        })
    }
}

fn said<I: Input, N>(draft: Draft<I>) -> Patch<Child<I, N>> {
    Patch::Value(Child {
        draft: Some(draft),
        ..Child::default()
    })
}

impl<'de, I: Input, N: Resolve<Model = I::Model>> Visitor<'de> for ChildVisitor<'_, '_, I, N> {
    type Value = Patch<Child<I, N>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        let mut key = Ok(None);
        let members = Keyed::<A, I> {
            object,
            key: &mut key,
            input: PhantomData,
        };
        let mut draft = ObjectSeed::<I>::new(false).visit_map(members)?;
        match key {
            Ok(key) => draft.key = key,
            Err(errors) => draft.errors.merge(errors),
        }
        Ok(said(draft))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        ObjectSeed::<I>::new(false).visit_seq(list).map(said)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(null(self.meta, self.sink))
    }

    take_scalars!();
}

/// The members of an object but the key of its row, which is taken out on the way.
struct Keyed<'a, A, I> {
    object: A,
    key: &'a mut Result<Option<Key>, FieldErrors>,
    input: PhantomData<fn() -> I>,
}

impl<I: Input, A> Keyed<'_, A, I> {
    /// A key that is a field of its own is the client's to choose, and names no row.
    fn is_key(name: &str) -> bool {
        let is_chosen = |field: &FieldMeta| field.name == name && !field.read_only;
        name == I::Model::META.pk().name && !I::FIELDS.iter().any(is_chosen)
    }
}

impl<'de, A: MapAccess<'de>, I: Input> MapAccess<'de> for Keyed<'_, A, I> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        while let Some(name) = self.object.next_key::<String>()? {
            if !Self::is_key(&name) {
                return seed.deserialize(name.into_deserializer()).map(Some);
            }
            *self.key = self.object.next_value_seed(KeySeed::<I>(PhantomData))?;
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.object.next_value_seed(seed)
    }
}

/// The key of a row; null is none.
struct KeySeed<I>(PhantomData<fn() -> I>);

impl<'de, I: Input> DeserializeSeed<'de> for KeySeed<I> {
    type Value = Result<Option<Key>, FieldErrors>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        read_key::<I::Model, D>(value, I::Model::META.pk().name, true)
    }
}

/// No name: a row of `T` is an object.
#[derive(Debug)]
pub struct Unnamed<T>(PhantomData<fn() -> T>);

impl<T: Model> InputField for Unnamed<T> {
    const KIND: FieldKind = FieldKind::Nested;

    fn from_scalar(scalar: Scalar<'_>, _: &FieldMeta) -> Result<Self, Invalid> {
        let found = scalar.type_name();
        let message = format!("Invalid data. Expected a dictionary, but got {found}.");
        Err(Invalid::new("invalid", message))
    }
}

impl<T: Model> Resolve for Unnamed<T> {
    type Model = T;

    fn column() -> &'static ColumnMeta {
        T::META.pk()
    }

    fn name(&self) -> Option<(String, Value)> {
        None
    }

    fn found(&mut self, _: Key) {}

    fn key(&self) -> Option<&Key> {
        None
    }

    fn missing(_: &str) -> Invalid {
        "Invalid value.".into()
    }
}
