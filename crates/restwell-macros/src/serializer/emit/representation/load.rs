//! What is loaded beside the rows: the rows of each relation once, whatever the number of fields
//! that show them.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::super::relation::call;
use super::super::{at, respan};
use super::{Shown, guard, member};
use crate::serializer::model::{Field, Kind, Serializer};

/// A relation, and the fields that show its rows.
struct Shared<'a> {
    relation: &'a Ident,
    many: bool,
    fields: Vec<&'a Shown<'a>>,
}

/// A variable for each field, by its name.
pub(super) fn load(serializer: &Serializer, shown: &[Shown<'_>]) -> TokenStream {
    let shared = shared(shown);
    let rows = shared.iter().map(|shared| rows(serializer, shared));
    let fields = shared.iter().flat_map(|shared| {
        let fields = shared.fields.iter();
        fields.filter_map(|shown| field(serializer, shared, shown))
    });
    let counts = shown.iter().filter_map(|shown| count(serializer, shown));
    quote!(#(#rows)* #(#fields)* #(#counts)*)
}

fn shared<'a>(shown: &'a [Shown<'a>]) -> Vec<Shared<'a>> {
    let mut all: Vec<Shared<'a>> = Vec::new();
    for shown in shown {
        let Some((relation, many)) = shown_relation(shown.field) else {
            continue;
        };
        let mut earlier = all.iter_mut();
        match earlier.find(|shared| shared.relation == relation && shared.many == many) {
            Some(shared) => shared.fields.push(shown),
            None => all.push(Shared {
                relation,
                many,
                fields: vec![shown],
            }),
        }
    }
    all
}

/// The relation whose rows a field shows, and whether they are many. A row shows its own foreign
/// key without the other row.
fn shown_relation(field: &Field) -> Option<(&Ident, bool)> {
    let many = field.shape.many;
    let needs_rows = match &field.kind {
        Kind::Nested(_) | Kind::Through(..) => true,
        Kind::Related(related) => many || related.as_data || related.slug.is_some(),
        Kind::Column(_) | Kind::NoColumn | Kind::Method(..) | Kind::Count(_) => false,
    };
    field
        .relation()
        .filter(|_| needs_rows)
        .map(|relation| (relation, many))
}

/// The variable with the rows.
fn variable(shared: &Shared<'_>) -> Ident {
    let number = if shared.many { "many" } else { "one" };
    format_ident!("__{number}_{}", shared.relation)
}

fn rows(serializer: &Serializer, shared: &Shared<'_>) -> TokenStream {
    let (root, variable) = (&serializer.root, variable(shared));
    let relation = call(serializer, shared.relation);
    let needs = shared.fields.iter().map(|shown| needs(serializer, shown));
    let read = if shared.many {
        quote!(many)
    } else {
        quote!(one)
    };
    quote! {
        let #variable = #root::Shared::#read(#relation, __rows, &[#(#needs),*], __cx)?;
    }
}

/// The columns that a field needs of the other rows.
fn needs(serializer: &Serializer, shown: &Shown<'_>) -> TokenStream {
    let (field, wanted) = (shown.field, guard::is_wanted(shown));
    let (root, span) = (&serializer.root, at(field.ty.span()));
    if let Kind::Through(relation, source) = &field.kind {
        let relation = call(serializer, relation);
        return quote! {
            #root::Through::needs(#relation, |__fields| __fields.#source, #wanted)
        };
    }
    let ty = member(serializer, field).map(|ty| respan(ty, span));
    quote_spanned!(span=> <#ty>::needs(#wanted, __cx)?)
}

fn field(serializer: &Serializer, shared: &Shared<'_>, shown: &Shown<'_>) -> Option<TokenStream> {
    let (field, wanted) = (shown.field, guard::is_wanted(shown));
    let (name, span) = (&field.ident, at(field.ty.span()));
    let ty = respan(member(serializer, field)?, span);
    let mut rows = variable(shared);
    rows.set_span(rows.span().located_at(span));
    let loaded = match &field.kind {
        Kind::Through(_, source) => {
            let value = &field.shape.value;
            quote_spanned! {span=>
                #ty::load::<_, _, #value>(&#rows, |__fields| __fields.#source, #wanted)
            }
        }
        _ => quote_spanned!(span=> <#ty>::load(&#rows, #wanted, __cx)?),
    };
    Some(quote!(let #name = #loaded;))
}

fn count(serializer: &Serializer, shown: &Shown<'_>) -> Option<TokenStream> {
    let (root, Kind::Count(relation)) = (&serializer.root, &shown.field.kind) else {
        return None;
    };
    let (name, wanted) = (&shown.field.ident, guard::is_wanted(shown));
    let relation = call(serializer, relation);
    let span = at(shown.field.ty.span());
    let root = respan(root, span);
    Some(quote_spanned! {span=>
        let #name = #root::Counts::load(#relation, __rows, #wanted, __cx)?;
    })
}
