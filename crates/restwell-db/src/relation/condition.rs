use super::{BelongsTo, HasMany, HasOne, ManyToMany};
use crate::predicate::{Predicate, SubSelect};
use crate::{ColumnMeta, Model, Q, QuerySet};

/// A relation of any kind, as a condition on the rows of `M`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no relation of `{M}`",
    note = "pass what `{M}::relation_…()` returns"
)]
pub trait Relation<M>: Copy + Send + Sync + 'static {
    /// The other model.
    type Target: Model;

    /// Rows that have a row on the other side for which `q` holds. Softly deleted rows there do
    /// not count.
    ///
    /// ```text
    /// Post::objects().filter(Post::relation_tags().having(Tag::F.name.eq("rust")))
    /// ```
    fn having(&self, q: Q<Self::Target>) -> Q<M>;
}

impl<M: Model, T: Model> Relation<M> for BelongsTo<M, T> {
    type Target = T;

    fn having(&self, q: Q<T>) -> Q<M> {
        Q::from_predicate(Predicate::InSelect {
            column: self.column(),
            select: Box::new(live(q, T::META.pk())),
        })
    }
}

impl<M: Model, T: Model> Relation<M> for HasMany<M, T> {
    type Target = T;

    fn having(&self, q: Q<T>) -> Q<M> {
        referred(live(q, self.column()))
    }
}

impl<M: Model, T: Model> Relation<M> for HasOne<M, T> {
    type Target = T;

    fn having(&self, q: Q<T>) -> Q<M> {
        referred(live(q, self.column()))
    }
}

impl<M: Model, T: Model> Relation<M> for ManyToMany<M, T> {
    type Target = T;

    fn having(&self, q: Q<T>) -> Q<M> {
        Q::from_predicate(Predicate::Linked {
            column: key::<M>(),
            link: self.link(),
            select: Box::new(live(q, T::META.pk())),
        })
    }
}

/// Rows of `M` whose key is among the foreign keys that `select` yields.
fn referred<M: Model>(select: SubSelect) -> Q<M> {
    Q::from_predicate(Predicate::InSelect {
        column: key::<M>(),
        select: Box::new(select),
    })
}

fn key<M: Model>() -> &'static ColumnMeta {
    &M::META.columns[M::META.primary_key]
}

fn live<T: Model>(q: Q<T>, column: &ColumnMeta) -> SubSelect {
    QuerySet::<T>::live().filter(q).subselect_column(column)
}
