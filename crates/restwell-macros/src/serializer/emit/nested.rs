//! Ways to write nested rows that do not fit the relation.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned;

use super::at;
use super::relation::call;
use crate::serializer::model::{Field, Serializer};
use crate::serializer::syntax::Orphans;

/// Refuses to delete rows that others share, and to release those that cannot be alone.
pub(super) fn refused(serializer: &Serializer) -> TokenStream {
    let read = serializer.fields.iter().filter(|field| field.reads);
    read.filter_map(|field| check(serializer, field)).collect()
}

fn check(serializer: &Serializer, field: &Field) -> Option<TokenStream> {
    let (name, written) = field.written()?;
    let (relation, span) = (call(serializer, name), at(field.ty.span()));
    let (holds, message) = match written.sync {
        Orphans::Keep => return None,
        Orphans::Release => (
            quote_spanned!(span=> #relation.can_release()),
            format!(
                "the foreign key of the relation `{name}` is never null, so its rows cannot be there without each other; write `sync = replace` where those of `has_many` and `has_one` are to be deleted, or `sync = append`"
            ),
        ),
        Orphans::Delete => (
            quote_spanned!(span=> #relation.is_owner()),
            format!(
                "rows of the relation `{name}` may belong to other rows too, so none of them is deleted with its place here; write `sync = sync`"
            ),
        ),
    };
    Some(quote_spanned!(span=> const _: () = ::core::assert!(#holds, #message);))
}
