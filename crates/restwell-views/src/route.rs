use std::fmt;
use std::sync::Arc;

use restwell_core::{Action, Method, Signer, State, Throttle};

use crate::BuildError;
use crate::actions::DetailPath;
use crate::endpoint::Endpoint;
use crate::object::PARENT;

/// A path, the actions that its methods stand for, and who runs them.
pub(crate) struct Route {
    pub(crate) pattern: String,
    pub(crate) name: String,
    pub(crate) methods: Vec<(Method, Action)>,
    pub(crate) endpoint: Arc<dyn Endpoint>,
    pub(crate) allow: String,
    /// Where the rows that are made here are read one by one.
    pub(crate) detail: Option<DetailPath>,
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
            detail: None,
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

    /// Whether requests to the route are counted at all.
    pub(crate) fn is_throttled(&self) -> bool {
        self.methods
            .iter()
            .any(|(_, action)| self.endpoint.throttled(*action).is_some())
    }

    /// Whether single rows are read here.
    pub(crate) fn retrieves(&self) -> bool {
        self.methods
            .iter()
            .any(|(_, action)| *action == Action::Retrieve)
    }

    /// Whether this is below a row of another resource.
    pub(crate) fn is_nested(&self) -> bool {
        self.segments()
            .any(|segment| segment == format!("{{{PARENT}}}"))
    }

    /// The paths that it answers to: with the slash at the end, and without.
    pub(crate) fn forms(&self) -> Vec<String> {
        let without = self.pattern.trim_end_matches('/');
        let forms = [self.pattern.as_str(), without];
        let forms = forms.iter().filter(|form| !form.is_empty());
        forms.map(|form| (*form).to_owned()).collect()
    }

    /// The path without the names of its placeholders.
    pub(crate) fn anonymous(&self) -> String {
        let segments = self.segments().map(|segment| match vagueness(segment) {
            Vagueness::Anything => "{}",
            _ => segment,
        });
        segments.collect::<Vec<_>>().join("/")
    }

    /// How much the path leaves open, segment by segment. Of two routes that a request fits, the
    /// one that says more is meant.
    pub(crate) fn vagueness(&self) -> Vec<Vagueness> {
        self.segments().map(vagueness).collect()
    }

    fn segments(&self) -> impl Iterator<Item = &str> {
        self.pattern.split('/')
    }

    /// Makes sure that `throttle` knows every scope.
    pub(crate) fn check_scopes(&self, throttle: Option<&dyn Throttle>) -> Result<(), BuildError> {
        let known = throttle.map(Throttle::scopes).unwrap_or_default();
        let named = self
            .methods
            .iter()
            .filter_map(|(_, action)| self.endpoint.throttled(*action))
            .flatten();
        let attempts = throttle.and(self.endpoint.attempts());
        let mut scopes = named.copied().chain(attempts);
        match scopes.find(|scope| !known.contains(scope)) {
            None => Ok(()),
            Some(scope) => Err(BuildError::UnknownScope {
                route: self.name.clone(),
                scope,
                known: known.iter().map(|scope| (*scope).to_owned()).collect(),
            }),
        }
    }

    /// Makes sure that idempotency keys can be kept where they are accepted. `kept`: the application
    /// has a place for them.
    pub(crate) fn check_idempotency(&self, kept: bool) -> Result<(), BuildError> {
        let accepts = |action: &Action| self.endpoint.idempotent(*action);
        let posts = self
            .methods
            .iter()
            .filter(|(method, _)| *method == Method::Post);
        for action in posts
            .map(|(_, action)| action)
            .filter(|action| accepts(action))
        {
            if !kept {
                return Err(BuildError::NoIdempotencyStore(self.name.clone()));
            }
            if !self.endpoint.atomic(*action) {
                return Err(BuildError::KeysWithoutTransaction(self.name.clone()));
            }
        }
        Ok(())
    }

    /// Makes sure that `state` has what signs cursors, where there are any.
    pub(crate) fn check_signer(&self, state: &State) -> Result<(), BuildError> {
        if self.endpoint.signs_cursors() && state.get::<Signer>().is_none() {
            return Err(BuildError::MissingSigner(self.name.clone()));
        }
        Ok(())
    }

    /// The actions, for listings.
    pub(crate) fn infos(&self, throttle: Option<&dyn Throttle>) -> impl Iterator<Item = RouteInfo> {
        self.methods.iter().map(move |(method, action)| RouteInfo {
            method: *method,
            path: self.pattern.clone(),
            name: self.name.clone(),
            action: action.name(),
            rule: self.endpoint.rule(*action),
            throttle: self.rates(*action, throttle).unwrap_or_default(),
        })
    }

    fn rates(&self, action: Action, throttle: Option<&dyn Throttle>) -> Option<String> {
        let mut scopes = self.endpoint.throttled(action)?.to_vec();
        scopes.extend(self.endpoint.attempts());
        Some(throttle?.describe(&scopes))
    }
}

/// What a segment of a path leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Vagueness {
    /// Nothing.
    Literal,
    /// What a pattern of its own describes.
    Pattern,
    /// Everything.
    Anything,
}

fn vagueness(segment: &str) -> Vagueness {
    if !segment.contains('{') {
        Vagueness::Literal
    } else if segment.starts_with('{') && segment.ends_with('}') && !segment.contains(':') {
        Vagueness::Anything
    } else {
        Vagueness::Pattern
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
    /// The rates, such as `anon 20/min, user 100/min`; empty where nothing is counted.
    pub throttle: String,
}
