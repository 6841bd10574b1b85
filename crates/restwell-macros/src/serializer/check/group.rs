//! What a serializer takes over from groups.

use proc_macro2::{Literal, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{Ident, Type};

use super::{column, lenient};
use crate::serializer::emit::at;
use crate::serializer::model::{CheckedField, CheckedGroup, Field, GroupField, Kind};
use crate::serializer::syntax::{Input, Options, TakenIn};

/// The options that a serializer has of its own, or from a group.
pub(super) struct Inherited {
    pub(super) read_only: bool,
    pub(super) write_only: bool,
    pub(super) refuse_unknown: Option<bool>,
}

pub(super) fn inherited(options: &Options) -> Inherited {
    let own = (options.read_only.is_some(), options.write_only.is_some());
    let (read_only, write_only) = groups(options)
        .iter()
        .map(|taken| &taken.group.options)
        .map(|group| (group.read_only.is_some(), group.write_only.is_some()))
        .fold(own, |found, group| match found {
            (false, false) => group,
            found => found,
        });
    let refuse_unknown = groups(options)
        .iter()
        .map(|taken| taken.group.options.refuse_unknown)
        .fold(options.refuse_unknown, Option::or);
    Inherited {
        read_only,
        write_only,
        refuse_unknown,
    }
}

fn groups(options: &Options) -> &[TakenIn] {
    options.taken_in.as_deref().unwrap_or_default()
}

/// The fields of the groups, the first of each name, without those that are declared anew: those
/// that come first, and those of groups that come last.
pub(super) fn taken_in(input: &Input, root: &TokenStream) -> (Vec<GroupField>, Vec<GroupField>) {
    let mut names: Vec<&Ident> = input.fields.iter().map(|field| &field.ident).collect();
    let (mut first, mut last) = (Vec::new(), Vec::new());
    for taken in groups(&input.options) {
        let fields = if taken.group.options.last.is_some() {
            &mut last
        } else {
            &mut first
        };
        for (i, declared) in taken.group.fields.iter().enumerate() {
            if names.contains(&&declared.ident) {
                continue;
            }
            names.push(&declared.ident);
            // Mistakes in a group are reported where it stands.
            let Some(mut field) = lenient(declared) else {
                continue;
            };
            reach_type(&mut field, taken, i, root);
            let attrs = declared.attrs.clone();
            fields.push(GroupField { field, attrs });
        }
    }
    (first, last)
}

/// Names the type of field number `i` so that it is found wherever the group is taken in.
fn reach_type(field: &mut Field, taken: &TakenIn, i: usize, root: &TokenStream) {
    let (path, i) = (&taken.path, Literal::usize_unsuffixed(i));
    let span = at(field.shape.item.span());
    let reached: Type = syn::parse2(quote_spanned!(span=> <#path as #root::Group<#i>>::Type))
        .unwrap_or_else(|_| field.shape.item.clone());
    (field.shape, field.ty) = field.shape.around(reached);
}

/// The groups that check their fields together.
pub(super) fn checked(options: &Options) -> Vec<CheckedGroup> {
    groups(options)
        .iter()
        .filter(|taken| taken.group.options.validates)
        .map(|taken| CheckedGroup {
            path: taken.path.clone(),
            fields: taken
                .group
                .fields
                .iter()
                .filter_map(lenient)
                .filter(has_value)
                .map(|field| CheckedField {
                    column: column(&field).cloned(),
                    ident: field.ident,
                })
                .collect(),
        })
        .collect()
}

/// Whether the field has a value that a group's check looks at.
pub(in crate::serializer) fn has_value(field: &Field) -> bool {
    matches!(field.kind, Kind::Column(_) | Kind::NoColumn)
}
