//! A serializer in which nothing is wrong that a macro can see.

use proc_macro2::TokenStream;
use syn::{Attribute, Expr, Ident, LitStr, Path, Type, Visibility};

use super::syntax::{Orphans, Rule};

pub(super) struct Serializer {
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) ident: Ident,
    pub(super) root: TokenStream,
    pub(super) model: Path,
    /// Whether it has a representation.
    pub(super) shows: bool,
    /// Whether it has an input.
    pub(super) reads: bool,
    pub(super) refuse_unknown: bool,
    pub(super) validate: Vec<Path>,
    /// The groups that check their fields together.
    pub(super) checked: Vec<CheckedGroup>,
    pub(super) fields: Vec<Field>,
}

/// Fields that other serializers take in.
pub(super) struct Group {
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) ident: Ident,
    pub(super) root: TokenStream,
    /// Whether its fields come after those of what takes it in.
    pub(super) last: bool,
    pub(super) export: bool,
    pub(super) read_only: bool,
    pub(super) write_only: bool,
    pub(super) refuse_unknown: Option<bool>,
    pub(super) validate: Vec<Path>,
    pub(super) checked: Vec<CheckedGroup>,
    pub(super) fields: Vec<GroupField>,
}

impl Group {
    /// Whether it checks its fields together.
    pub(super) fn validates(&self) -> bool {
        !self.validate.is_empty() || !self.checked.is_empty()
    }
}

pub(super) struct GroupField {
    pub(super) field: Field,
    /// Its attributes, as they stand.
    pub(super) attrs: Vec<Attribute>,
}

/// A group that checks its fields together, and the fields whose values it looks at.
pub(super) struct CheckedGroup {
    pub(super) path: Path,
    pub(super) fields: Vec<CheckedField>,
}

pub(super) struct CheckedField {
    pub(super) ident: Ident,
    /// The field of the model; `None` for one that is no column.
    pub(super) column: Option<Ident>,
}

pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) docs: Vec<Attribute>,
    /// The name on the wire.
    pub(super) wire: String,
    /// The declared type.
    pub(super) ty: Type,
    pub(super) shape: Shape,
    pub(super) kind: Kind,
    pub(super) shows: bool,
    pub(super) reads: bool,
    pub(super) required: bool,
    pub(super) create_only: bool,
    pub(super) allow_blank: bool,
    pub(super) allow_empty: bool,
    pub(super) trim: bool,
    pub(super) max_digits: Option<Expr>,
    pub(super) decimal_places: Option<Expr>,
    pub(super) help_text: Option<LitStr>,
    pub(super) default: Option<Default>,
    pub(super) rules: Vec<Rule>,
    pub(super) validate: Vec<Path>,
    /// Who may see it.
    pub(super) see: Option<Expr>,
    /// Who may set it.
    pub(super) set: Option<Expr>,
}

/// A type without the `Option` and the `Vec` around it.
#[derive(Clone)]
pub(super) struct Shape {
    pub(super) optional: bool,
    pub(super) many: bool,
    /// The type in the `Option`.
    pub(super) value: Type,
    /// The type in the `Option` and the `Vec`.
    pub(super) item: Type,
}

pub(super) enum Kind {
    /// A column, by the model's field.
    Column(Ident),
    /// Read from the input alone.
    NoColumn,
    /// A field of the model that a relation to one row leads to.
    Through(Ident, Ident),
    /// What a function makes of the row; it reads the columns, or all.
    Method(Path, Option<Vec<Ident>>),
    /// The rows of a relation, as objects of another serializer.
    Nested(Nested),
    /// The number of rows of a relation.
    Count(Ident),
    /// The rows of a relation, named by a key.
    Related(Related),
}

pub(super) struct Nested {
    pub(super) relation: Ident,
    /// How they are written with the row, if they are.
    pub(super) written: Option<Written>,
    /// Whether they are shown by what names them.
    pub(super) as_key: bool,
    /// The column that names a row, in place of its primary key.
    pub(super) slug: Option<Ident>,
}

/// How nested rows are written.
pub(super) struct Written {
    pub(super) sync: Orphans,
    /// Whether what names a row can stand in place of an object.
    pub(super) or_key: bool,
    /// Who may do what with them.
    pub(super) rule: Expr,
}

pub(super) struct Related {
    pub(super) relation: Ident,
    /// The column that names a row, in place of its primary key.
    pub(super) slug: Option<Ident>,
    /// Who may retrieve a row, and hence name it.
    pub(super) rule: Option<Expr>,
    /// Whether the declared type is a serializer that shows the rows.
    pub(super) as_data: bool,
}

pub(super) enum Default {
    /// On create and PUT.
    Always(Expr),
    /// On create.
    OnCreate(Expr),
    /// On create, by a function of the whole input.
    With(Path),
}

impl Field {
    /// How the rows that are nested in it are written, if they are.
    pub(super) fn written(&self) -> Option<(&Ident, &Written)> {
        match &self.kind {
            Kind::Nested(nested) => Some((&nested.relation, nested.written.as_ref()?)),
            _ => None,
        }
    }

    /// The relation that it reads.
    pub(super) fn relation(&self) -> Option<&Ident> {
        match &self.kind {
            Kind::Count(relation) | Kind::Through(relation, _) => Some(relation),
            Kind::Nested(nested) => Some(&nested.relation),
            Kind::Related(related) => Some(&related.relation),
            Kind::Column(_) | Kind::NoColumn | Kind::Method(..) => None,
        }
    }
}

impl Shape {
    pub(super) fn of(ty: &Type) -> Self {
        let value = argument(ty, "Option");
        let optional = value.is_some();
        let value = value.unwrap_or(ty).clone();
        let item = argument(&value, "Vec");
        Self {
            optional,
            many: item.is_some(),
            item: item.unwrap_or(&value).clone(),
            value,
        }
    }

    /// The same shape around another type.
    pub(super) fn around(&self, item: Type) -> (Self, Type) {
        let value: Type = if self.many {
            syn::parse_quote!(::std::vec::Vec<#item>)
        } else {
            item.clone()
        };
        let ty = if self.optional {
            syn::parse_quote!(::core::option::Option<#value>)
        } else {
            value.clone()
        };
        let shape = Self {
            value,
            item,
            ..*self
        };
        (shape, ty)
    }
}

/// The `T` of a `wrapper<T>`.
fn argument<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    let path = match ty {
        Type::Path(path) if path.qself.is_none() => &path.path,
        Type::Group(group) => return argument(&group.elem, wrapper),
        Type::Paren(paren) => return argument(&paren.elem, wrapper),
        _ => return None,
    };
    let last = path.segments.last().filter(|last| last.ident == wrapper)?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first() {
        Some(syn::GenericArgument::Type(inner)) if arguments.args.len() == 1 => Some(inner),
        _ => None,
    }
}
