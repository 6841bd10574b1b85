use std::fmt;
use std::sync::Arc;

use restwell_core::{Action, Method};

use crate::endpoint::Endpoint;
use crate::object::PARENT;

/// A path, the actions that its methods stand for, and who runs them.
pub(crate) struct Route {
    pub(crate) pattern: String,
    pub(crate) name: String,
    pub(crate) methods: Vec<(Method, Action)>,
    pub(crate) endpoint: Arc<dyn Endpoint>,
    pub(crate) allow: String,
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.allow, self.pattern)
    }
}

impl Route {
    pub(crate) fn new(
        pattern: String,
        name: String,
        methods: Vec<(Method, Action)>,
        endpoint: Arc<dyn Endpoint>,
    ) -> Self {
        let mut answered: Vec<Method> = methods.iter().map(|(method, _)| *method).collect();
        if answered.contains(&Method::Get) {
            answered.push(Method::Head);
        }
        answered.push(Method::Options);
        let allow = Method::allow(answered);
        Self {
            pattern,
            name,
            methods,
            endpoint,
            allow,
        }
    }

    /// Adds methods.
    pub(crate) fn extend(&mut self, methods: Vec<(Method, Action)>) {
        let mut all = std::mem::take(&mut self.methods);
        all.extend(methods);
        let (pattern, name) = (
            std::mem::take(&mut self.pattern),
            std::mem::take(&mut self.name),
        );
        *self = Self::new(pattern, name, all, self.endpoint.clone());
    }

    /// What `method` stands for here. HEAD stands for what GET does.
    pub(crate) fn action(&self, method: Method) -> Option<Action> {
        let method = if method == Method::Head {
            Method::Get
        } else {
            method
        };
        if method == Method::Options {
            return Some(Action::Metadata);
        }
        self.methods
            .iter()
            .find(|(own, _)| *own == method)
            .map(|(_, action)| *action)
    }

    /// Whether the route is where single rows of a resource of its own are read.
    pub(crate) fn is_detail(&self) -> bool {
        self.methods
            .iter()
            .any(|(_, action)| *action == Action::Retrieve)
            && !self.pattern.contains(PARENT)
    }

    /// The actions, for listings.
    pub(crate) fn infos(&self) -> impl Iterator<Item = RouteInfo> {
        self.methods.iter().map(|(method, action)| RouteInfo {
            method: *method,
            path: self.pattern.clone(),
            name: self.name.clone(),
            action: action.name(),
            rule: self.endpoint.rule(*action),
        })
    }
}

/// One line of a listing of routes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RouteInfo {
    /// The method.
    pub method: Method,
    /// The pattern of the path.
    pub path: String,
    /// The name of the route, such as `posts-detail`.
    pub name: String,
    /// The action.
    pub action: &'static str,
    /// The rule.
    pub rule: String,
}
