use restwell_core::Result;

use super::QuerySet;
use crate::deletion::{purge, restore, soft_delete};
use crate::{Context, Model};

impl<M: Model> QuerySet<M> {
    /// Deletes all these rows and returns how many there were: softly, where the model says so.
    ///
    /// A soft deletion spreads to the rows of relations that are declared with
    /// `on_delete = cascade` at `has_many` or `has_one`, as far as they can be deleted softly. Rows
    /// that are deleted already stay as they are.
    ///
    /// # Errors
    /// 409 when another row refers to one of them; 503 when the database is away.
    pub fn delete(self, cx: &mut Context) -> Result<usize> {
        if M::META.is_soft_deletable() {
            soft_delete(cx, M::META, self.sliced().filter)
        } else {
            self.purge(cx)
        }
    }

    /// Brings back those of these rows that are deleted softly, with the rows that their deletion
    /// took along and no others, and returns how many there were. Begin with
    /// [`only_deleted`](Self::only_deleted): other querysets leave such rows out.
    ///
    /// # Errors
    /// 409 when another row has taken a unique value meanwhile, or when the row refers to one that
    /// is deleted; 503 when the database is away.
    pub fn restore(self, cx: &mut Context) -> Result<usize> {
        restore(cx, M::META, self.sliced().filter)
    }

    /// Deletes all these rows for good and returns how many there were.
    ///
    /// # Errors
    /// 409 when another row refers to one of them; 503 when the database is away.
    pub fn purge(self, cx: &mut Context) -> Result<usize> {
        purge(cx, M::META, self.sliced().filter)
    }
}
