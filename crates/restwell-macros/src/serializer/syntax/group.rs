use syn::parse::{Parse, ParseStream};
use syn::{ItemStruct, Path, braced};

use super::{Input, parse_struct};
use crate::error::Errors;
use crate::syntax::Item as Part;

/// The key behind which the macros of groups put what they bring.
pub(super) const TAKEN_IN: &str = "__groups";
/// The key that marks a group which checks its fields together.
pub(super) const VALIDATES: &str = "__validates";

/// A group that is taken in.
pub(in crate::serializer) struct TakenIn {
    /// Its path, as the serializer names it.
    pub(in crate::serializer) path: Path,
    pub(in crate::serializer) group: Input,
}

/// `{ path } { struct }` as a macro of a group puts it.
struct Brought {
    path: Path,
    item: ItemStruct,
}

impl Parse for Brought {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path;
        braced!(path in input);
        let item;
        braced!(item in input);
        Ok(Self {
            path: path.parse()?,
            item: item.parse()?,
        })
    }
}

pub(super) fn parse(part: &Part, errors: &mut Errors) -> Vec<TakenIn> {
    let parser = |input: ParseStream<'_>| {
        let mut all = Vec::new();
        while !input.is_empty() {
            all.push(input.parse::<Brought>()?);
        }
        Ok(all)
    };
    part.list(parser, "extends(Timestamps)", errors)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|brought| {
            // Its mistakes are reported where it stands.
            let group = parse_struct(None, &brought.item, &mut Errors::default())?;
            Some(TakenIn {
                path: brought.path,
                group,
            })
        })
        .collect()
}
