//! Paths for viewsets and views.

use std::fmt;
use std::ptr;
use std::sync::Arc;

use restwell_core::{Action, Method};
use restwell_db::{ColumnValue, Field};
use restwell_permissions::Rule;

use crate::endpoint::Endpoint;
use crate::object::{PARENT, PK};
use crate::root::root;
use crate::route::Route;
use crate::viewset::extra_actions;
use crate::viewset_endpoint::{NestedEndpoint, ViewSetEndpoint};
use crate::{View, ViewSet};

/// Gives viewsets and views their paths, which end in a slash; the form without it answers too.
///
/// A viewset under `posts` has the routes `posts/` (named `posts-list`), `posts/{pk}/`
/// (`posts-detail`), and one for each extra action. Only declared actions have routes.
#[derive(Default)]
#[must_use]
pub struct Router {
    routes: Vec<Route>,
    root: Option<Rule<()>>,
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.routes).finish()
    }
}

impl Router {
    /// No path.
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers `viewset` under `prefix`, such as `posts`.
    pub fn register<V: ViewSet>(mut self, prefix: &str, viewset: V) -> Self {
        let prefix = prefix.trim_matches('/');
        let base = folder(prefix);
        let endpoint = ViewSetEndpoint::new(viewset);
        self.add::<V>(&base, &prefix.replace('/', "-"), Arc::new(endpoint));
        self
    }

    /// Registers `viewset` below the rows of `parent`: `posts/{parent}/comments/`. `column` is
    /// the child's field that refers to the parent.
    ///
    /// A parent that does not exist for the principal, or that the parent's rule for retrieving
    /// refuses, is answered as it is on its own route. The rows are those of the parent, and a
    /// new row becomes one of them.
    pub fn nested<P: ViewSet, V: ViewSet, T: ColumnValue>(
        mut self,
        parent_prefix: &str,
        parent: P,
        prefix: &str,
        viewset: V,
        column: Field<V::Model, T>,
    ) -> Self {
        let (parent_prefix, prefix) = (parent_prefix.trim_matches('/'), prefix.trim_matches('/'));
        let base = format!("{}{{{PARENT}}}/{prefix}/", folder(parent_prefix));
        let child = ViewSetEndpoint::new(viewset);
        let endpoint = NestedEndpoint {
            parent,
            column: column.column(),
            child,
        };
        self.add::<V>(
            &base,
            &format!("{parent_prefix}-{prefix}").replace('/', "-"),
            Arc::new(endpoint),
        );
        self
    }

    /// Registers `view` at `path`, such as `auth/token`.
    pub fn view(mut self, path: &str, view: View) -> Self {
        let (name, methods) = (view.name.to_owned(), view.methods());
        self.routes
            .push(Route::new(folder(path), name, methods, Arc::new(view)));
        self
    }

    /// Answers `GET` at the place where the router is mounted with absolute links to its collections,
    /// each under its path, for whom `rule` allows: the root of DRF's `DefaultRouter`. Without it
    /// nothing is there.
    pub fn root(mut self, rule: Rule<()>) -> Self {
        self.root = Some(rule);
        self
    }

    /// Takes in the routes of `other`, all below `prefix`.
    pub fn include(mut self, prefix: &str, other: Self) -> Self {
        self.routes.extend(other.mounted(prefix));
        self
    }

    /// The routes below `prefix`, the root among them.
    pub(crate) fn mounted(mut self, prefix: &str) -> Vec<Route> {
        let prefix = prefix.trim_matches('/');
        if let Some(rule) = self.root.take() {
            let mut words: Vec<&str> = prefix.split('/').filter(|word| !word.is_empty()).collect();
            words.push("root");
            let view = root(rule, &self.routes);
            let root = Route::new(folder(""), words.join("-"), view.methods(), Arc::new(view));
            self.routes.insert(0, root);
        }
        let prefix = folder(prefix);
        let prefix = prefix.trim_end_matches('/');
        for route in &mut self.routes {
            route.pattern.insert_str(0, prefix);
        }
        self.routes
    }

    /// Extra actions of the collection come before the detail route, whose placeholder would
    /// match their names.
    fn add<V: ViewSet>(&mut self, base: &str, name: &str, endpoint: Arc<dyn Endpoint>) {
        let extra_actions = extra_actions::<V>(&V::options());
        for detail in [false, true] {
            let place = if detail {
                format!("{base}{{{PK}}}/")
            } else {
                base.to_owned()
            };
            for extra in extra_actions.iter().filter(|extra| extra.detail == detail) {
                let pattern = format!("{place}{}/", extra.url_path);
                let route_name = format!("{name}-{}", extra.name.replace('_', "-"));
                let methods = extra.methods.iter().map(|method| (*method, extra.action()));
                self.push(pattern, route_name, methods.collect(), &endpoint);
            }
        }
        for (part, methods) in V::extensions().routes() {
            self.push(
                format!("{base}{part}/"),
                format!("{name}-{part}"),
                methods,
                &endpoint,
            );
        }
        let standard = |pairs: &[(Method, Action)]| -> Vec<(Method, Action)> {
            pairs
                .iter()
                .copied()
                .filter(|(_, action)| V::ACTIONS.contains(*action))
                .collect()
        };
        let list = standard(&[(Method::Get, Action::List), (Method::Post, Action::Create)]);
        let detail = standard(&[
            (Method::Get, Action::Retrieve),
            (Method::Put, Action::Update),
            (Method::Patch, Action::PartialUpdate),
            (Method::Delete, Action::Destroy),
        ]);
        self.push(base.to_owned(), format!("{name}-list"), list, &endpoint);
        self.push(
            format!("{base}{{{PK}}}/"),
            format!("{name}-detail"),
            detail,
            &endpoint,
        );
    }

    fn push(
        &mut self,
        pattern: String,
        name: String,
        methods: Vec<(Method, Action)>,
        endpoint: &Arc<dyn Endpoint>,
    ) {
        if methods.is_empty() {
            return;
        }
        // Several actions of a viewset may share a path: GET and POST of the same name.
        let own = |route: &&mut Route| {
            route.pattern == pattern
                && ptr::addr_eq(Arc::as_ptr(&route.endpoint), Arc::as_ptr(endpoint))
        };
        if let Some(route) = self.routes.iter_mut().find(own) {
            route.extend(methods);
        } else {
            self.routes
                .push(Route::new(pattern, name, methods, endpoint.clone()));
        }
    }
}

/// `path` with a slash on both sides.
fn folder(path: &str) -> String {
    match path.trim_matches('/') {
        "" => "/".to_owned(),
        path => format!("/{path}/"),
    }
}
