//! What is emitted beside an error, so that the rest of the program compiles and the error stands
//! alone. It never runs.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use super::{declared, field, input, nested};
use crate::serializer::check::lenient;
use crate::serializer::syntax::Input;
use crate::syntax::private_root;

pub(in crate::serializer) fn fallback(input: &Input) -> TokenStream {
    let root = private_root(input.options.root.as_ref());
    let unit = declared(&input.attrs, &input.vis, &input.ident);
    let (shows, reads) = (
        input.options.write_only.is_none(),
        input.options.read_only.is_none(),
    );
    let declaration = reads.then(|| declaration(input, &root));
    let model = input.options.model.as_ref();
    let representation = model
        .filter(|_| shows)
        .map(|model| representation(input, &root, model));
    let reading = model.map(|model| {
        if reads {
            reading(input, &root, model)
        } else {
            nested::stand_in(&root, &input.ident, model)
        }
    });
    quote!(#unit #declaration #representation #reading)
}

fn declaration(input: &Input, root: &TokenStream) -> TokenStream {
    let (vis, name) = (&input.vis, input::name(&input.ident));
    let members = input
        .fields
        .iter()
        .filter_map(lenient)
        .filter(|field| field.reads)
        .map(|field| {
            let (name, slot) = (&field.ident, field::slot(root, &field));
            quote!(pub #name: #root::Patch<#slot>,)
        });
    quote! {
        #[allow(dead_code, missing_docs, reason = "stands in until the error is mended")]
        #[derive(Debug, Default)]
        #vis struct #name { #(#members)* }
    }
}

fn representation(input: &Input, root: &TokenStream, model: &Path) -> TokenStream {
    let ident = &input.ident;
    quote! {
        #[automatically_derived]
        impl #root::Representation for #ident {
            type Model = #model;
            type Loaded = ();
            const FIELDS: &'static [#root::FieldMeta] = &[];

            fn columns(_: #root::Mask) -> #root::ColumnSet {
                loop {}
            }

            fn load(
                _: &[#model],
                _: #root::Mask,
                _: &mut #root::Context,
            ) -> #root::Result<()> {
                loop {}
            }

            fn write(
                _: &#model,
                _: usize,
                _: &(),
                _: #root::Mask,
                _: &#root::Context,
                _: &mut ::std::vec::Vec<u8>,
            ) {
            }
        }
    }
}

fn reading(input: &Input, root: &TokenStream, model: &Path) -> TokenStream {
    let (ident, name) = (&input.ident, input::name(&input.ident));
    quote! {
        #[automatically_derived]
        impl #root::Input for #name {
            type Model = #model;
            const FIELDS: &'static [#root::FieldMeta] = &[];
            const UNKNOWN: #root::Unknown = #root::Unknown::Ignore;

            fn read<'de, __D: #root::Deserializer<'de>>(
                &mut self,
                _: usize,
                _: __D,
                _: &mut #root::FieldErrors,
            ) -> ::core::result::Result<(), __D::Error> {
                loop {}
            }

            fn is_supplied(&self, _: usize) -> bool {
                loop {}
            }

            fn forget(&mut self, _: usize) {}

            fn check(
                &mut self,
                _: #root::Mode,
                _: &mut #root::Context,
                _: &mut #root::FieldErrors,
            ) -> #root::Result<()> {
                loop {}
            }

            fn resolve(_: &mut [#root::Draft<Self>], _: &mut #root::Context) -> #root::Result<()> {
                loop {}
            }

            fn writes(
                &self,
                _: #root::Mode,
                _: &mut #root::Context,
            ) -> #root::Result<#root::Writes<#model>> {
                loop {}
            }

            fn validate(
                _: &#root::Attrs<'_, Self>,
                _: &mut #root::Context,
            ) -> #root::Result<()> {
                loop {}
            }
        }

        #[automatically_derived]
        impl #root::WriteSerializer for #ident {
            type Input = #name;
        }
    }
}
