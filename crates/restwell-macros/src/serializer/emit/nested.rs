//! Ways to write nested rows that do not fit the relation or their serializer.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Ident, Path};

use super::relation::call;
use super::{at, respan};
use crate::serializer::model::{Field, Serializer};
use crate::serializer::syntax::Orphans;

/// Refuses serializers that read nothing, to delete rows that others share, and to release those
/// that cannot be alone.
pub(super) fn refused(serializer: &Serializer) -> TokenStream {
    let read = || serializer.fields.iter().filter(|field| field.reads);
    let unread = read().filter_map(|field| unread(serializer, field));
    let unfit = read().filter_map(|field| unfit(serializer, field));
    unread.chain(unfit).collect()
}

/// What stands for the input of a serializer that reads none.
pub(super) fn stand_in(root: &TokenStream, ident: &Ident, model: &Path) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl #root::Nestable for #ident {
            type Input = #root::NoInput<#model>;
            const READS: bool = false;
        }
    }
}

fn unread(serializer: &Serializer, field: &Field) -> Option<TokenStream> {
    field.written()?;
    let item = &field.shape.item;
    let span = at(item.span());
    let root = respan(&serializer.root, span);
    let message = format!(
        "the serializer of `{}` is `read_only`, and `sync` writes its rows; remove one of the two",
        field.wire
    );
    Some(quote_spanned! {span=>
        const _: () = ::core::assert!(<#item as #root::Nestable>::READS, #message);
    })
}

fn unfit(serializer: &Serializer, field: &Field) -> Option<TokenStream> {
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
