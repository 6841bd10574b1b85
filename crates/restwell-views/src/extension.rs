//! What other crates add to viewsets.
//!
//! An extension brings actions with routes of their own, such as those on many rows at once. It
//! works with the declarations of the viewset: what is here is what the standard actions are made
//! of too.

use std::fmt;

use restwell_core::{Action, Method, Request, Result};
use restwell_db::Context;

use crate::{Options, Reply, ViewSet};

pub use crate::actions::{FIELDS, FORMAT, capitalized, wanted};
pub use crate::object::{check_media_type, give_parent, is_of, json_body, scoped};
pub use crate::precondition::expected_version;
pub use crate::viewset::check_row;

/// Actions that a crate adds to viewsets.
pub trait Extension<V: ViewSet>: Send + Sync + 'static {
    /// The routes below the collection: the last part of the path, which names the route too, and
    /// what each method stands for.
    fn routes(&self) -> Vec<(&'static str, Vec<(Method, Action)>)>;

    /// What a request stands for whose path and method say `action`, where the principal may do that.
    fn meant(&self, action: Action, _request: &Request) -> Action {
        action
    }

    /// How many bytes the body may have, where the action takes it from a file, as
    /// [`Request::spool`], in place of memory. It is received once the principal may do the action,
    /// the throttle has counted the request, and [`check`](Self::check) finds nothing wrong.
    fn streams(&self, _action: Action, _request: &Request) -> Option<u64> {
        None
    }

    /// Refuses a request to do `action` for what it says beside its body, such as a parameter with a
    /// value that none can have. Each is checked before the action is done; one whose body goes into a
    /// file before that is received, too.
    ///
    /// # Errors
    /// What is wrong with it.
    fn check(&self, _action: Action, _cx: &mut Context) -> Result<()> {
        Ok(())
    }

    /// Whether a request undoes in the end what it does: its answer is then kept under no
    /// `Idempotency-Key`, and the key is left for the request that does it.
    fn rehearses(&self, _action: Action, _request: &Request) -> bool {
        false
    }

    /// The parameters that a query of `action` may have, beside those of every action.
    fn parameters(&self, _action: Action) -> &'static [&'static str] {
        &[]
    }

    /// What `OPTIONS` tells of requests that do `action`, beside the fields of a row.
    fn about(&self, _action: Action) -> About {
        About::default()
    }

    /// Does an action of its routes.
    ///
    /// # Errors
    /// Whatever refuses it.
    fn run(
        &self,
        viewset: &V,
        options: &Options<V::Model>,
        action: Action,
        cx: &mut Context,
    ) -> Result<Reply>;
}

/// What `OPTIONS` tells of an action of an extension.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// How many rows a body may have.
    pub max_rows: Option<usize>,
    /// The media types that a body may have besides JSON.
    pub parses: &'static [&'static str],
    /// The headers that a request must have, with their values.
    pub headers: &'static [(&'static str, &'static str)],
}

/// What is added to a viewset.
#[must_use]
pub struct Extensions<V>(Vec<Added<V>>);

/// An extension with its actions, which every request asks for.
struct Added<V> {
    extension: Box<dyn Extension<V>>,
    actions: Vec<Action>,
}

impl<V> fmt::Debug for Extensions<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Extensions").field(&self.0.len()).finish()
    }
}

impl<V: ViewSet> Extensions<V> {
    /// Nothing.
    pub fn none() -> Self {
        Self(Vec::new())
    }

    /// `extension` too.
    pub fn with(mut self, extension: impl Extension<V>) -> Self {
        let routes = extension.routes().into_iter();
        let actions = routes.flat_map(|(_, methods)| methods.into_iter().map(|(_, action)| action));
        self.0.push(Added {
            actions: actions.collect(),
            extension: Box::new(extension),
        });
        self
    }

    /// The routes of all of them.
    pub(crate) fn routes(&self) -> impl Iterator<Item = (&'static str, Vec<(Method, Action)>)> {
        self.0.iter().flat_map(|added| added.extension.routes())
    }

    /// What a request stands for.
    pub(crate) fn meant(&self, action: Action, request: &Request) -> Action {
        let each = self.0.iter().map(|added| &added.extension);
        each.fold(action, |action, extension| extension.meant(action, request))
    }

    /// What is to be told of those of `actions` that are added, by their methods.
    pub(crate) fn about(&self, actions: &[Action]) -> impl Iterator<Item = (Method, About)> {
        let routes = self.routes().flat_map(|(_, methods)| methods);
        let own = routes.filter(|(_, action)| actions.contains(action));
        own.filter_map(|(method, action)| Some((method, self.of(action)?.about(action))))
    }

    /// The extension that has `action`.
    pub(crate) fn of(&self, action: Action) -> Option<&dyn Extension<V>> {
        let added = self
            .0
            .iter()
            .find(|added| added.actions.contains(&action))?;
        Some(&*added.extension)
    }
}
