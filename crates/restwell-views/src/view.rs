//! Single views: one path, one function for each method.

use std::fmt;
use std::sync::Arc;

use restwell_core::{Access, Action, Authenticator, Error, Method, Result};
use restwell_db::Context;
use restwell_filters::refuse_unknown;
use restwell_permissions::Rule;
use restwell_serializers::{Mask, Representation};
use serde_json::json;

use crate::Reply;
use crate::actions::{FIELDS, FORMAT, wanted};
use crate::endpoint::Endpoint;
use crate::precondition::unless_known;
use crate::schemes::Schemes;

type Function = Arc<dyn Fn(&mut Context) -> Result<Reply> + Send + Sync>;

/// One path with a function for each method, through the same pipeline as a viewset: DRF's
/// `@api_view`.
///
/// ```text
/// View::new("auth-token", allow_any()).post(obtain_token)
/// ```
#[must_use]
pub struct View {
    pub(crate) name: &'static str,
    rule: Rule<()>,
    functions: Vec<(Method, Function)>,
    schemes: Option<Schemes>,
    atomic: bool,
    renders: Option<&'static str>,
    any_host: bool,
    idempotent: bool,
    throttled: Option<Vec<&'static str>>,
    attempts: Option<&'static str>,
    parameters: Vec<&'static str>,
    lenient: bool,
    description: &'static str,
    wanted: Option<fn(&mut Context) -> Result<Mask>>,
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("name", &self.name)
            .field("rule", &self.rule)
            .finish_non_exhaustive()
    }
}

impl View {
    /// A view without functions, for whom `rule` allows.
    pub fn new(name: &'static str, rule: Rule<()>) -> Self {
        Self {
            name,
            rule,
            functions: Vec::new(),
            schemes: None,
            atomic: true,
            renders: None,
            any_host: false,
            idempotent: false,
            throttled: Some(Vec::new()),
            attempts: None,
            parameters: vec![FORMAT],
            lenient: false,
            description: "",
            wanted: None,
        }
    }

    /// Answers GET and HEAD with `function`, and with 304 who has seen what it answers by the `etag`.
    pub fn get(
        self,
        function: impl Fn(&mut Context) -> Result<Reply> + Send + Sync + 'static,
    ) -> Self {
        self.on(Method::Get, function)
    }

    /// Answers POST with `function`, which runs in a transaction.
    pub fn post(
        self,
        function: impl Fn(&mut Context) -> Result<Reply> + Send + Sync + 'static,
    ) -> Self {
        self.on(Method::Post, function)
    }

    /// Answers PUT with `function`, which runs in a transaction.
    pub fn put(
        self,
        function: impl Fn(&mut Context) -> Result<Reply> + Send + Sync + 'static,
    ) -> Self {
        self.on(Method::Put, function)
    }

    /// Answers PATCH with `function`, which runs in a transaction.
    pub fn patch(
        self,
        function: impl Fn(&mut Context) -> Result<Reply> + Send + Sync + 'static,
    ) -> Self {
        self.on(Method::Patch, function)
    }

    /// Answers DELETE with `function`, which runs in a transaction.
    pub fn delete(
        self,
        function: impl Fn(&mut Context) -> Result<Reply> + Send + Sync + 'static,
    ) -> Self {
        self.on(Method::Delete, function)
    }

    /// Looks at no credentials: for health checks. Wrong credentials are no failure here.
    pub fn without_authentication(mut self) -> Self {
        self.schemes = Some(Schemes::default());
        self
    }

    /// Authenticates by `scheme` in place of those of the application; called again, by one more,
    /// behind those before it.
    pub fn authenticator(mut self, scheme: impl Authenticator<Context>) -> Self {
        self.schemes.get_or_insert_default().push(scheme);
        self
    }

    /// Counts requests against the rate of `scope` too, which every view that names it shares.
    pub fn throttle(mut self, scope: &'static str) -> Self {
        self.throttled.get_or_insert_default().push(scope);
        self
    }

    /// States that the functions count [attempts](restwell_core::Attempt) against the rate of
    /// `scope`: it must have one, and listings show it. An application without a throttle limits
    /// them no more than requests.
    pub fn throttle_failures(mut self, scope: &'static str) -> Self {
        self.attempts = Some(scope);
        self
    }

    /// Counts no request, against no rate: for health checks.
    pub fn without_throttling(mut self) -> Self {
        self.throttled = None;
        self
    }

    /// What `OPTIONS` says that the view does.
    pub fn description(mut self, text: &'static str) -> Self {
        self.description = text;
        self
    }

    /// Lets the query name the parameter `name`, which the functions read. What nobody declared is
    /// refused with 400.
    pub fn parameter(mut self, name: &'static str) -> Self {
        self.parameters.push(name);
        self
    }

    /// Passes over parameters that are unknown, instead of refusing them.
    pub fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }

    /// Says that the functions answer with an `R`, by [`Reply::object`] or [`Reply::list`]:
    /// `?fields=` names those of its fields that are wanted, and is held against them before a
    /// function runs.
    pub fn shows<R: Representation>(mut self) -> Self {
        self.wanted = Some(wanted::<R>);
        self.parameter(FIELDS)
    }

    /// Says that the functions answer with `media_type`, by [`Reply::raw`], and not with JSON: what
    /// `Accept` and `?format=` are held against.
    pub fn renders(mut self, media_type: &'static str) -> Self {
        self.renders = Some(media_type);
        self
    }

    /// Answers whatever host a request names: for health checks, which name the machine.
    pub fn for_any_host(mut self) -> Self {
        self.any_host = true;
        self
    }

    /// Opens no transaction for the functions: they open their own.
    pub fn without_transaction(mut self) -> Self {
        self.atomic = false;
        self
    }

    /// Lets clients send a POST again with the same `Idempotency-Key` without doing it again.
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    pub(crate) fn methods(&self) -> Vec<(Method, Action)> {
        self.functions
            .iter()
            .map(|(method, _)| (*method, self.action(*method)))
            .collect()
    }

    fn on(
        mut self,
        method: Method,
        function: impl Fn(&mut Context) -> Result<Reply> + Send + Sync + 'static,
    ) -> Self {
        self.functions.retain(|(own, _)| *own != method);
        self.functions.push((method, Arc::new(function)));
        self
    }

    /// Refuses a query that asks for what there is not.
    fn check_query(&self, cx: &mut Context) -> Result<()> {
        if !self.lenient {
            refuse_unknown(&cx.request().query, &self.parameters)?;
        }
        if let Some(wanted) = self.wanted {
            wanted(cx)?;
        }
        Ok(())
    }

    fn action(&self, method: Method) -> Action {
        let access = if method.is_safe() {
            Access::Reads
        } else {
            Access::Writes
        };
        Action::Custom(self.name, access)
    }
}

impl Endpoint for View {
    fn schemes(&self) -> Option<&Schemes> {
        self.schemes.as_ref()
    }

    fn is_for_any_host(&self) -> bool {
        self.any_host
    }

    fn throttled(&self, _: Action) -> Option<&[&'static str]> {
        self.throttled.as_deref()
    }

    fn renders(&self, _: Action) -> Option<&'static str> {
        self.renders
    }

    fn attempts(&self) -> Option<&'static str> {
        self.attempts
    }

    fn atomic(&self, action: Action) -> bool {
        self.atomic && !action.is_read()
    }

    fn idempotent(&self, _: Action) -> bool {
        self.idempotent
    }

    fn authorize(&self, action: Action, cx: &mut Context) -> Result<()> {
        self.rule.check(action, cx)
    }

    fn run(&self, action: Action, cx: &mut Context) -> Result<Reply> {
        let method = match cx.request().method {
            Method::Head => Method::Get,
            method => method,
        };
        let function = self
            .functions
            .iter()
            .find(|(own, _)| *own == method)
            .map(|(_, function)| function)
            .ok_or_else(|| Error::internal(format!("no function for {method}")))?;
        self.check_query(cx)?;
        if self.atomic(action) {
            return cx.atomic(|cx| function(cx));
        }
        let reply = function(cx)?;
        if action.is_read() {
            return unless_known(cx.request(), reply);
        }
        Ok(reply)
    }

    fn metadata(&self, _: &[Action], _: &mut Context) -> Result<Reply> {
        Ok(Reply::json(&json!({
            "name": self.name.replace('-', " "),
            "description": self.description,
            "renders": [self.renders.unwrap_or("application/json")],
            "parses": ["application/json"],
        })))
    }

    fn rule(&self, _: Action) -> String {
        self.rule.to_string()
    }
}
