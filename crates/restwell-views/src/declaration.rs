//! What an application declares of its routes, worked out without the pipeline.
//!
//! A test that holds the answers of routes against it finds out where the pipeline, or a function
//! of the application, lets more through than is declared.

use std::fmt;

use restwell_core::{Action, Key, Method, Request, Result};
use restwell_db::predicate::{Comparison, Predicate};
use restwell_db::{ColumnMeta, ColumnValue, Context, Model, ModelMeta, Q, QuerySet};
use restwell_permissions::Decision;
use restwell_serializers::{FieldMeta, Input};

use crate::api::Settings;
use crate::history::{self, Hides};
use crate::object::parse_key;
use crate::route::Route;
use crate::viewset::decide;
use crate::{InputOf, ViewSet};

/// One method of one route, and what is declared of it.
#[derive(Clone, Copy)]
pub struct Declaration<'a> {
    settings: &'a Settings,
    route: &'a Route,
    /// The method.
    pub method: Method,
    /// What it stands for.
    pub action: Action,
}

impl fmt::Debug for Declaration<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.method, self.path(), self.action)
    }
}

/// A viewset without its type.
pub(crate) trait Declared {
    fn meta(&self) -> &'static ModelMeta;

    /// What the rule says of any row.
    fn decide(&self, action: Action, cx: &mut Context) -> Result<Decision>;

    /// What the rule says of the row with this key; `None` when the scope leaves it out.
    fn row(&self, action: Action, key: &str, cx: &mut Context) -> Result<Option<Decision>>;

    /// The keys of the rows that the scope leaves and the rule, asked row by row, allows.
    fn rows(
        &self,
        action: Action,
        parent: Option<(&'static ColumnMeta, &str)>,
        cx: &mut Context,
    ) -> Result<Vec<Key>>;

    /// The key of the row to which `column` of the row with this key refers.
    fn parent_of(
        &self,
        column: &'static ColumnMeta,
        key: &str,
        cx: &mut Context,
    ) -> Result<Option<Key>>;

    /// The fields that an input of `action` may have.
    fn inputs(&self, action: Action) -> Vec<&'static FieldMeta>;

    /// What it hides of its rows, where it has rules about fields.
    fn hides(&self) -> Option<Hides>;
}

impl<V: ViewSet> Declared for V {
    fn meta(&self) -> &'static ModelMeta {
        V::Model::META
    }

    fn decide(&self, action: Action, cx: &mut Context) -> Result<Decision> {
        decide(self, action, None, cx)
    }

    fn row(&self, action: Action, key: &str, cx: &mut Context) -> Result<Option<Decision>> {
        let Some(pk) = pk_is::<V::Model>(key) else {
            return Ok(None);
        };
        let row = declared(self, action, cx).filter(pk).first(cx)?;
        row.map(|row| decide(self, action, Some(&row), cx))
            .transpose()
    }

    fn rows(
        &self,
        action: Action,
        parent: Option<(&'static ColumnMeta, &str)>,
        cx: &mut Context,
    ) -> Result<Vec<Key>> {
        let mut keys = Vec::new();
        for row in declared(self, action, cx).load(cx)? {
            let below = parent.is_none_or(|(column, key)| {
                let own = row.value(column.index).to_key();
                own.is_some_and(|own| own.to_string() == key)
            });
            if below && decide(self, action, Some(&row), cx)? == Decision::Allow {
                keys.push(row.key());
            }
        }
        Ok(keys)
    }

    fn parent_of(
        &self,
        column: &'static ColumnMeta,
        key: &str,
        cx: &mut Context,
    ) -> Result<Option<Key>> {
        let Some(pk) = pk_is::<V::Model>(key) else {
            return Ok(None);
        };
        let row = V::Model::objects().filter(pk).first(cx)?;
        Ok(row.and_then(|row| row.value(column.index).to_key()))
    }

    fn inputs(&self, action: Action) -> Vec<&'static FieldMeta> {
        fn open<I: Input>(creates: bool) -> Vec<&'static FieldMeta> {
            let fields = I::FIELDS.iter().enumerate();
            fields
                .filter(|(_, field)| !field.read_only && (creates || !field.create_only))
                .filter(|(place, _)| !I::GUARDED.contains(place))
                .map(|(_, field)| field)
                .collect()
        }
        match action.of_each_row().unwrap_or(action) {
            Action::Create => open::<InputOf<V::Create>>(true),
            _ => open::<InputOf<V::Update>>(false),
        }
    }

    fn hides(&self) -> Option<Hides> {
        history::hides::<V>()
    }
}

fn declared<V: ViewSet>(viewset: &V, action: Action, cx: &Context) -> QuerySet<V::Model> {
    viewset.queryset(action, cx).filter(viewset.scope(cx))
}

fn pk_is<M: Model>(key: &str) -> Option<Q<M>> {
    let column = &M::META.columns[M::META.primary_key];
    let key = M::Pk::from_value(parse_key(key, column.kind)?.into())?;
    Some(Q::from_predicate(Predicate::Compare {
        column,
        comparison: Comparison::Eq,
        value: key.into_value(),
    }))
}

impl<'a> Declaration<'a> {
    /// Every method of `route`, those that it answers of itself included.
    pub(crate) fn of(settings: &'a Settings, route: &'a Route) -> impl Iterator<Item = Self> {
        let own = route.methods.iter().copied();
        let head = own.clone().find(|(method, _)| *method == Method::Get);
        let head = head.map(|(_, action)| (Method::Head, action));
        let all = own.chain(head).chain([(Method::Options, Action::Metadata)]);
        all.map(move |(method, action)| Self {
            settings,
            route,
            method,
            action,
        })
    }

    /// The pattern of the path: `{pk}` stands for the key of a row, `{parent}` for that of the row
    /// that the route is below.
    pub fn path(&self) -> &'a str {
        &self.route.pattern
    }

    /// The name of the route, such as `posts-detail`.
    pub fn name(&self) -> &'a str {
        &self.route.name
    }

    /// The rule, as listings show it.
    pub fn rule(&self) -> String {
        self.route.endpoint.rule(self.action)
    }

    /// A context of `request` outside the pipeline, with the principal that its credentials stand
    /// for at this route.
    ///
    /// # Errors
    /// 401 when they are wrong; 503 when the database is away.
    pub fn context(&self, request: Request) -> Result<Context> {
        let settings = self.settings;
        let mut cx = settings.context(request);
        settings.schemes(self.route).authenticate(&mut cx)?;
        Ok(cx)
    }

    /// The model whose rows the route serves; a view has none.
    pub fn model(&self) -> Option<&'static ModelMeta> {
        Some(self.route.endpoint.declared()?.meta())
    }

    /// The model of the row that the route is below.
    pub fn parent_model(&self) -> Option<&'static ModelMeta> {
        Some(self.route.endpoint.parent()?.0.meta())
    }

    /// The same route and another method.
    pub fn other(&self, method: Method) -> Option<Self> {
        let action = self.route.action(method)?;
        Some(Self {
            method,
            action,
            ..*self
        })
    }

    /// What the rule says of any row.
    ///
    /// # Errors
    /// What the rule fails with.
    pub fn decide(&self, cx: &mut Context) -> Result<Decision> {
        match self.route.endpoint.declared() {
            Some(declared) => declared.decide(self.action, cx),
            None => Ok(match self.route.endpoint.authorize(self.action, cx) {
                Err(error) if error.is_server_error() => return Err(error),
                outcome => outcome.is_ok().into(),
            }),
        }
    }

    /// What the rule says of the row with this key; `None` when there is no such row for the
    /// principal.
    ///
    /// # Errors
    /// What the rule or the database fails with.
    pub fn row(&self, key: &str, cx: &mut Context) -> Result<Option<Decision>> {
        match self.route.endpoint.declared() {
            Some(declared) => declared.row(self.action, key, cx),
            None => Ok(None),
        }
    }

    /// What the rule of the resource above says of retrieving the row with this key; `None` when
    /// there is no such row for the principal.
    ///
    /// # Errors
    /// What the rule or the database fails with.
    pub fn parent(&self, key: &str, cx: &mut Context) -> Result<Option<Decision>> {
        match self.route.endpoint.parent() {
            Some((parent, _)) => parent.row(Action::Retrieve, key, cx),
            None => Ok(None),
        }
    }

    /// The keys of the rows on which the action is allowed, below the row with the key `parent`
    /// where the route is below one. The rule is asked row by row.
    ///
    /// # Errors
    /// What the rule or the database fails with.
    pub fn rows(&self, parent: Option<&str>, cx: &mut Context) -> Result<Vec<Key>> {
        let endpoint = &self.route.endpoint;
        let Some(declared) = endpoint.declared() else {
            return Ok(Vec::new());
        };
        let column = endpoint.parent().map(|(_, column)| column);
        declared.rows(self.action, column.zip(parent), cx)
    }

    /// The key of the row that the row with this key is below.
    ///
    /// # Errors
    /// What the database fails with.
    pub fn parent_of(&self, key: &str, cx: &mut Context) -> Result<Option<Key>> {
        let endpoint = &self.route.endpoint;
        match (endpoint.declared(), endpoint.parent()) {
            (Some(declared), Some((_, column))) => declared.parent_of(column, key, cx),
            _ => Ok(None),
        }
    }

    /// The fields that everybody who may do the action may send.
    pub fn inputs(&self) -> Vec<&'static FieldMeta> {
        match self.route.endpoint.declared() {
            Some(declared) => declared.inputs(self.action),
            None => Vec::new(),
        }
    }
}
