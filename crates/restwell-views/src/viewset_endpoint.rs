//! A viewset as an endpoint.

use restwell_core::{Action, Error, Request, Result};
use restwell_db::{ColumnMeta, Context, Model};
use restwell_filters::{Filters, refuse_unknown};

use crate::Atomicity;
use crate::actions::{self, FIELDS, FORMAT, capitalized};
use crate::declaration::Declared;
use crate::endpoint::Endpoint;
use crate::extension::Extensions;
use crate::history::AS_OF;
use crate::object::{PARENT, Parent, parse_key, scoped};
use crate::schemes::Schemes;
use crate::viewset::{authorize, describe, extra_actions};
use crate::{ExtraAction, Options, Reply, ViewSet};

/// A viewset with what it declares, worked out once.
pub(crate) struct ViewSetEndpoint<V: ViewSet> {
    viewset: V,
    options: Options<V::Model>,
    /// What a query may ask for where it is about one row.
    of_one: Filters<V::Model>,
    extra: Vec<ExtraAction<V>>,
    extensions: Extensions<V>,
    messages: Messages,
}

/// What the envelope tells a person, by action.
struct Messages {
    list: String,
    retrieve: String,
    create: String,
    update: String,
}

impl Messages {
    fn of<M: Model>() -> Self {
        let one = capitalized(M::META.verbose_name);
        Self {
            list: format!(
                "{} retrieved successfully",
                capitalized(M::META.verbose_name_plural)
            ),
            retrieve: format!("{one} retrieved successfully"),
            create: format!("{one} created successfully"),
            update: format!("{one} updated successfully"),
        }
    }
}

impl<V: ViewSet> ViewSetEndpoint<V> {
    pub(crate) fn new(viewset: V) -> Self {
        let options = V::options();
        Self {
            viewset,
            of_one: options.filters.without_parameters(),
            extra: extra_actions(&options),
            extensions: V::extensions(),
            options,
            messages: Messages::of::<V::Model>(),
        }
    }

    fn extra(&self, action: Action, cx: &mut Context) -> Result<Reply> {
        let extra = self
            .extra
            .iter()
            .find(|extra| extra.action() == action)
            .ok_or_else(|| Error::internal(format!("no action {action}")))?;
        if let Some(parameters) = extra.parameters
            && !cx.request().query.is_empty()
        {
            let known = [parameters, &[FIELDS, FORMAT]].concat();
            refuse_unknown(&cx.request().query, &known)?;
        }
        let run = |cx: &mut Context| {
            if !action.is_read() {
                cx.set_local(action);
                self.viewset.before(action, cx)?;
            }
            (extra.run)(&self.viewset, cx)
        };
        if extra.atomic {
            cx.atomic(run)
        } else {
            run(cx)
        }
    }

    fn standard(&self, action: Action, cx: &mut Context) -> Result<Reply> {
        let (viewset, options, messages) = (&self.viewset, &self.options, &self.messages);
        if let Some(extension) = self.extensions.of(action) {
            return extension.run(viewset, options, action, cx);
        }
        Ok(match action {
            Action::List => actions::list(viewset, options, cx)?.message(messages.list.clone()),
            Action::Retrieve => {
                actions::retrieve(viewset, options, cx)?.message(messages.retrieve.clone())
            }
            Action::Create => {
                actions::create(viewset, options, cx)?.message(messages.create.clone())
            }
            Action::Update | Action::PartialUpdate => {
                actions::update(viewset, options, action, cx)?.message(messages.update.clone())
            }
            Action::Destroy => actions::destroy(viewset, options, cx)?,
            other => self.extra(other, cx)?,
        })
    }
}

impl<V: ViewSet> Endpoint for ViewSetEndpoint<V> {
    fn table(&self) -> Option<&'static str> {
        Some(V::Model::META.table)
    }

    fn throttled(&self, action: Action) -> Option<&[&'static str]> {
        let extra = self.extra.iter().find(|extra| extra.action() == action);
        match extra.and_then(|extra| extra.throttle.as_ref()) {
            Some(scope) => Some(std::slice::from_ref(scope)),
            None => self.options.throttled.as_deref(),
        }
    }

    fn schemes(&self) -> Option<&Schemes> {
        self.options.schemes.as_ref()
    }

    fn renders(&self, action: Action) -> Option<&'static str> {
        let extra = self.extra.iter().find(|extra| extra.action() == action);
        extra?.renders
    }

    fn signs_cursors(&self) -> bool {
        self.options.pagination.has_cursors()
    }

    fn declared(&self) -> Option<&dyn Declared> {
        Some(&self.viewset)
    }

    fn atomic(&self, action: Action) -> bool {
        match action {
            Action::Custom(..) => {
                let extra = self.extra.iter().find(|extra| extra.action() == action);
                extra.is_some_and(|extra| extra.atomic)
            }
            action => !action.is_read() && self.options.atomicity != Atomicity::Off,
        }
    }

    fn idempotent(&self, action: Action) -> bool {
        let extra = self.extra.iter().find(|extra| extra.action() == action);
        match extra {
            Some(extra) => extra.idempotent,
            None => {
                let creates = [Action::Create, Action::BulkCreate].contains(&action);
                creates && self.options.idempotent
            }
        }
    }

    fn authorize(&self, action: Action, cx: &mut Context) -> Result<()> {
        authorize(&self.viewset, action, cx)
    }

    fn meant(&self, action: Action, request: &Request) -> Action {
        self.extensions.meant(action, request)
    }

    fn streams(&self, action: Action, request: &Request) -> Option<u64> {
        self.extensions.of(action)?.streams(action, request)
    }

    fn rehearses(&self, action: Action, request: &Request) -> bool {
        let extension = self.extensions.of(action);
        extension.is_some_and(|extension| extension.rehearses(action, request))
    }

    fn check(&self, action: Action, cx: &mut Context) -> Result<()> {
        let query = &cx.request().query;
        if !query.is_empty() && !matches!(action, Action::List | Action::Custom(..)) {
            let mut reserved = vec![FIELDS, FORMAT];
            if action == Action::Retrieve && self.options.history {
                reserved.push(AS_OF);
            }
            if let Some(extension) = self.extensions.of(action) {
                reserved.extend(extension.parameters(action));
            }
            self.of_one.apply(query, &reserved, cx)?;
        }
        match self.extensions.of(action) {
            Some(extension) => extension.check(action, cx),
            None => Ok(()),
        }
    }

    fn run(&self, action: Action, cx: &mut Context) -> Result<Reply> {
        self.check(action, cx)?;
        if action.is_read() || matches!(action, Action::Custom(..)) {
            return self.standard(action, cx);
        }
        let atomicity = self.options.atomicity;
        atomicity.request(cx, |cx| self.standard(action, cx))
    }

    fn metadata(&self, listed: &[Action], cx: &mut Context) -> Result<Reply> {
        let own = listed.first();
        let extra = self.extra.iter().find(|extra| Some(&extra.action()) == own);
        let description = extra.map_or(V::DESCRIPTION, |extra| extra.description);
        actions::metadata(&self.viewset, &self.extensions, description, listed, cx)
    }

    fn rule(&self, action: Action) -> String {
        describe(&self.viewset, action)
    }
}

/// A viewset below a row of another viewset.
pub(crate) struct NestedEndpoint<P: ViewSet, E> {
    pub(crate) parent: P,
    pub(crate) column: &'static ColumnMeta,
    pub(crate) child: E,
}

impl<P: ViewSet, E: Endpoint> NestedEndpoint<P, E> {
    /// Makes sure that the parent exists for the principal, who may retrieve it.
    fn enter(&self, cx: &mut Context) -> Result<()> {
        let meta = <P::Model as Model>::META;
        let pk = cx
            .request()
            .param(PARENT)
            .and_then(|text| parse_key(text, meta.pk().kind))
            .and_then(|key| restwell_db::ColumnValue::from_value(key.into()))
            .ok_or_else(Error::not_found)?;
        let row = scoped(&self.parent, Action::Retrieve, cx).find(cx, &pk)?;
        let rule = self.parent.permission(Action::Retrieve);
        rule.check_object(Action::Retrieve, &row, cx)?;
        cx.set_local(Parent {
            column: self.column,
            key: row.key(),
        });
        Ok(())
    }
}

impl<P: ViewSet, E: Endpoint> Endpoint for NestedEndpoint<P, E> {
    fn table(&self) -> Option<&'static str> {
        self.child.table()
    }

    fn throttled(&self, action: Action) -> Option<&[&'static str]> {
        self.child.throttled(action)
    }

    fn attempts(&self) -> Option<&'static str> {
        self.child.attempts()
    }

    fn schemes(&self) -> Option<&Schemes> {
        self.child.schemes()
    }

    fn renders(&self, action: Action) -> Option<&'static str> {
        self.child.renders(action)
    }

    fn meant(&self, action: Action, request: &Request) -> Action {
        self.child.meant(action, request)
    }

    fn streams(&self, action: Action, request: &Request) -> Option<u64> {
        self.child.streams(action, request)
    }

    fn rehearses(&self, action: Action, request: &Request) -> bool {
        self.child.rehearses(action, request)
    }

    fn check(&self, action: Action, cx: &mut Context) -> Result<()> {
        self.enter(cx)?;
        self.child.check(action, cx)
    }

    fn declared(&self) -> Option<&dyn Declared> {
        self.child.declared()
    }

    fn parent(&self) -> Option<(&dyn Declared, &'static ColumnMeta)> {
        Some((&self.parent, self.column))
    }

    fn atomic(&self, action: Action) -> bool {
        self.child.atomic(action)
    }

    fn idempotent(&self, action: Action) -> bool {
        self.child.idempotent(action)
    }

    fn authorize(&self, action: Action, cx: &mut Context) -> Result<()> {
        self.child.authorize(action, cx)
    }

    fn run(&self, action: Action, cx: &mut Context) -> Result<Reply> {
        self.enter(cx)?;
        self.child.run(action, cx)
    }

    fn metadata(&self, actions: &[Action], cx: &mut Context) -> Result<Reply> {
        self.enter(cx)?;
        self.child.metadata(actions, cx)
    }

    fn rule(&self, action: Action) -> String {
        format!(
            "{} & retrieve({}: {})",
            self.child.rule(action),
            <P::Model as Model>::META.table,
            self.parent.permission(Action::Retrieve),
        )
    }
}
