use restwell_db::relation::{BelongsTo, HasMany, HasOne, ManyToMany};
use restwell_db::statement::Link;
use restwell_db::{ColumnMeta, Model};

/// What ties the rows of a relation to each other.
#[derive(Clone, Copy, Debug)]
pub enum Tie {
    /// A column of the other rows: they belong to the row.
    Theirs(&'static ColumnMeta),
    /// A column of the row itself, which can share the other with further rows.
    Own(&'static ColumnMeta),
    /// Pairs of keys.
    Pairs(Link),
}

/// A relation whose rows can be written with the row.
pub trait NestedRelation<M>: Copy {
    /// The other model.
    type Target: Model;

    /// What ties the rows to each other.
    fn tie(self) -> Tie;
}

impl<M: Model, T: Model> NestedRelation<M> for HasMany<M, T> {
    type Target = T;

    fn tie(self) -> Tie {
        Tie::Theirs(self.column())
    }
}

impl<M: Model, T: Model> NestedRelation<M> for HasOne<M, T> {
    type Target = T;

    fn tie(self) -> Tie {
        Tie::Theirs(self.column())
    }
}

impl<M: Model, T: Model> NestedRelation<M> for BelongsTo<M, T> {
    type Target = T;

    fn tie(self) -> Tie {
        Tie::Own(self.column())
    }
}

impl<M: Model, T: Model> NestedRelation<M> for ManyToMany<M, T> {
    type Target = T;

    fn tie(self) -> Tie {
        Tie::Pairs(self.link())
    }
}
