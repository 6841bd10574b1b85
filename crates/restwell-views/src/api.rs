//! An application: routes, database, authenticators and envelope together.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use chrono::{DateTime, Utc};
use restwell_core::envelope::{Meta, Standard};
use restwell_core::{
    AllowedHosts, ApiError, Authenticator, Clock, DuplicateCode, Envelope, Error, ErrorCode,
    ErrorCodes, IdempotencyStore, Request, RequestId, Result, State, SystemClock, Throttle,
    TrustedProxies,
};
use restwell_db::{Context, Pool};

use crate::actions::DetailPath;
use crate::history::Guarded;
use crate::http::{self, Response, Spools};
use crate::idempotency::Store;
use crate::object::PK;
use crate::outage::Outage;
use crate::route::{Route, RouteInfo};
use crate::schemes::Schemes;
use crate::{BuildError, Declaration, Reply, Router};

/// What every request of an application shares.
pub(crate) struct Settings {
    pub(crate) pool: Pool,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) state: Arc<State>,
    pub(crate) throttle: Option<Arc<dyn Throttle>>,
    pub(crate) idempotency: Option<Box<Store>>,
    pub(crate) proxies: TrustedProxies,
    pub(crate) hosts: AllowedHosts,
    schemes: Schemes,
    pub(crate) envelope: Arc<dyn Envelope>,
    pub(crate) max_body: usize,
    pub(crate) body_timeout: Duration,
    pub(crate) spools: Spools,
    pub(crate) count_statements: bool,
    outage: Outage,
}

/// An application, ready to be mounted into actix.
///
/// ```text
/// let api = Api::builder(pool).mount("api/v1", router).build()?;
/// HttpServer::new(move || App::new().configure(|config| api.configure(config)))
/// ```
#[derive(Clone)]
pub struct Api {
    settings: Arc<Settings>,
    routes: Arc<Vec<Arc<Route>>>,
    codes: ErrorCodes,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("routes", &self.routes)
            .finish_non_exhaustive()
    }
}

/// Puts an [`Api`] together.
#[must_use]
pub struct ApiBuilder {
    settings: Settings,
    state: State,
    routes: Vec<Route>,
    codes: Result<ErrorCodes, DuplicateCode>,
}

impl fmt::Debug for ApiBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiBuilder")
            .field("routes", &self.routes)
            .finish_non_exhaustive()
    }
}

impl Api {
    /// An application over the database of `pool`, without routes.
    pub fn builder(pool: Pool) -> ApiBuilder {
        const MAX_BODY: usize = 2_621_440;
        const BODY_TIMEOUT: Duration = Duration::from_secs(30);
        const BODY_RATE: u64 = 65_536;
        const BODIES_IN_FILES: usize = 16;
        ApiBuilder {
            settings: Settings {
                pool,
                clock: Arc::new(SystemClock),
                state: Arc::default(),
                throttle: None,
                idempotency: None,
                proxies: TrustedProxies::none(),
                hosts: AllowedHosts::loopback(),
                schemes: Schemes::default(),
                envelope: Arc::new(Standard),
                max_body: MAX_BODY,
                body_timeout: BODY_TIMEOUT,
                spools: Spools::new(BODY_RATE, BODIES_IN_FILES),
                count_statements: false,
                outage: Outage::default(),
            },
            state: State::new(),
            routes: Vec::new(),
            codes: Ok(ErrorCodes::standard()),
        }
    }

    /// Mounts the routes into an actix application, and answers every other path with 404.
    pub fn configure(&self, config: &mut web::ServiceConfig) {
        let mut routes: Vec<&Arc<Route>> = self.routes.iter().collect();
        routes.sort_by_key(|route| route.vagueness());
        for route in routes {
            // On its own, a form without placeholders is compared as text.
            for form in route.forms() {
                let (settings, route) = (self.settings.clone(), route.clone());
                config.service(web::resource(form).to(move |request, payload| {
                    http::serve(settings.clone(), route.clone(), request, payload)
                }));
            }
        }
        let settings = self.settings.clone();
        config.default_service(web::to(move |request| {
            http::unknown_route(settings.clone(), request)
        }));
    }

    /// Every route, method by method.
    pub fn routes(&self) -> Vec<RouteInfo> {
        let throttle = self.settings.throttle.as_deref();
        self.routes
            .iter()
            .flat_map(|route| route.infos(throttle))
            .collect()
    }

    /// What is declared of every method of every route: for tests that hold the answers against it.
    pub fn declarations(&self) -> impl Iterator<Item = Declaration<'_>> {
        let settings = &*self.settings;
        let routes = self.routes.iter();
        routes.flat_map(move |route| Declaration::of(settings, route))
    }

    /// Every code that an answer may have, for listings.
    pub fn error_codes(&self) -> impl Iterator<Item = &ErrorCode> {
        self.codes.iter()
    }

    /// The pool, for commands beside the server.
    pub fn pool(&self) -> &Pool {
        &self.settings.pool
    }
}

impl ApiBuilder {
    /// The clock; the machine's by default.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.settings.clock = clock;
        self
    }

    /// A value that requests reach with [`Context::state`].
    pub fn state<T: std::any::Any + Send + Sync>(mut self, value: T) -> Self {
        self.state.insert(value);
        self
    }

    /// The envelope; [`Standard`] by default.
    pub fn envelope(mut self, envelope: impl Envelope) -> Self {
        self.settings.envelope = Arc::new(envelope);
        self
    }

    /// One more scheme of authentication, behind those before it.
    pub fn authenticator(mut self, authenticator: impl Authenticator<Context>) -> Self {
        self.settings.schemes.push(authenticator);
        self
    }

    /// What limits how often requests are answered; nothing by default. What counts attempts finds
    /// it as the state `Arc<dyn Throttle>`.
    pub fn throttle(mut self, throttle: impl Throttle) -> Self {
        let throttle: Arc<dyn Throttle> = Arc::new(throttle);
        self.state.insert(throttle.clone());
        self.settings.throttle = Some(throttle);
        self
    }

    /// Where the answers to requests with an `Idempotency-Key` are kept; nowhere by default.
    pub fn idempotency(mut self, store: impl IdempotencyStore<Context>) -> Self {
        self.settings.idempotency = Some(Box::new(store));
        self
    }

    /// The proxies whose word on the client's address, scheme and host is taken; none by default.
    pub fn trusted_proxies(mut self, proxies: TrustedProxies) -> Self {
        self.settings.proxies = proxies;
        self
    }

    /// The hosts that requests may name; those of the machine itself by default. Another one is
    /// answered with 400, since links in answers begin with it.
    pub fn allowed_hosts(mut self, hosts: AllowedHosts) -> Self {
        self.settings.hosts = hosts;
        self
    }

    /// How long a body may take to arrive; 30 s by default. A slower one is answered with 408. Of a
    /// body that goes into a file it is the time for each piece, and
    /// [`body_rate`](Self::body_rate) bounds that of the whole.
    ///
    /// The time for the head of a request is `client_request_timeout` of the `HttpServer`.
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.settings.body_timeout = time;
        self
    }

    /// How many bytes a second a body must bring that is received into a file, such as a stream of
    /// bulk actions; 65,536 by default. It has [`body_timeout`](Self::body_timeout) and the time that
    /// its bytes take at this rate; a slower one is answered with 408. So a body of `n` bytes is
    /// there or given up after `body_timeout + n / rate`, whatever its client does.
    pub fn body_rate(mut self, bytes_per_second: u64) -> Self {
        self.settings.spools.set_rate(bytes_per_second);
        self
    }

    /// How many bodies may be in files at once; 16 by default. Each has its place from before its
    /// first byte until it is answered; who finds none is answered with 503 and `Retry-After`. So
    /// they take no more room than this many times the most bytes of a stream.
    pub fn bodies_in_files(mut self, most: usize) -> Self {
        self.settings.spools.set_places(most);
        self
    }

    /// How many bytes a body may have; 2.5 MiB by default. A longer one is answered with 413.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.settings.max_body = bytes;
        self
    }

    /// Adds `X-Statement-Count` to every answer: how many SQL statements the request ran. For
    /// tests and development.
    pub fn count_statements(mut self) -> Self {
        self.settings.count_statements = true;
        self
    }

    /// Makes the failures that `E` declares known to the application, which makes sure that no two
    /// have the same code.
    pub fn errors<E: ApiError>(mut self) -> Self {
        self.codes = self.codes.and_then(|mut codes| {
            codes.add::<E>()?;
            Ok(codes)
        });
        self
    }

    /// Adds the routes of `router` below `prefix`.
    pub fn mount(mut self, prefix: &str, router: Router) -> Self {
        self.routes.extend(router.mounted(prefix));
        self
    }

    /// Adds the routes of `router` at the root.
    pub fn routes(self, router: Router) -> Self {
        self.mount("", router)
    }

    /// The application.
    ///
    /// # Errors
    /// When two routes have the same name or path, two failures have the same code, a view counts
    /// against a scope without a rate or accepts idempotency keys that cannot be kept, or a list has
    /// cursors and the application no signer.
    pub fn build(self) -> Result<Api, BuildError> {
        let Self {
            mut settings,
            mut state,
            routes,
            codes,
        } = self;
        refuse_duplicates(&routes)?;
        for route in &routes {
            route.check_scopes(settings.throttle.as_deref())?;
            route.check_idempotency(settings.idempotency.is_some())?;
            route.check_signer(&state)?;
        }
        let routes = with_details(routes);
        state.insert(Guarded::of(&routes));
        settings.state = Arc::new(state);
        Ok(Api {
            settings: Arc::new(settings),
            routes: Arc::new(routes.into_iter().map(Arc::new).collect()),
            codes: codes?,
        })
    }
}

fn refuse_duplicates(routes: &[Route]) -> Result<(), BuildError> {
    let (mut names, mut paths) = (HashSet::new(), HashSet::new());
    for route in routes {
        if !paths.insert(route.anonymous()) {
            return Err(BuildError::DuplicatePath(route.pattern.clone()));
        }
        if !names.insert(&route.name) {
            return Err(BuildError::DuplicateName(route.name.clone()));
        }
    }
    Ok(())
}

/// Tells every route at which rows are made where they are read.
fn with_details(mut routes: Vec<Route>) -> Vec<Route> {
    let details: Vec<_> = routes.iter().map(|route| detail(route, &routes)).collect();
    for (route, detail) in routes.iter_mut().zip(details) {
        route.detail = detail;
    }
    routes
}

/// Where the rows that are made at `route` are read: right below it, else where rows of its table
/// are; below a row of another resource only where they are not read elsewhere.
fn detail(route: &Route, routes: &[Route]) -> Option<DetailPath> {
    let table = route.endpoint.table()?;
    let below = format!("{}{{{PK}}}/", route.pattern);
    let reads = |other: &&Route| other.retrieves() && other.endpoint.table() == Some(table);
    let found = || routes.iter().filter(reads);
    found()
        .find(|other| other.pattern == below && !other.is_nested())
        .or_else(|| found().find(|other| !other.is_nested()))
        .or_else(|| found().find(|other| other.pattern == below))
        .map(|other| DetailPath(other.pattern.clone()))
}

impl Settings {
    /// A context of `request`.
    pub(crate) fn context(&self, request: Request) -> Context {
        let (pool, clock, state) = (self.pool.clone(), self.clock.clone(), self.state.clone());
        Context::new(pool, clock, state, request)
    }

    /// The schemes by which requests at `route` are authenticated.
    pub(crate) fn schemes<'a>(&'a self, route: &'a Route) -> &'a Schemes {
        route.endpoint.schemes().unwrap_or(&self.schemes)
    }

    /// What a 401 of `route` asks for. A route that looks at no credentials may refuse those in a
    /// body; it asks for what the others do.
    pub(crate) fn challenge(&self, route: &Route) -> Option<String> {
        let own = self.schemes(route).challenge();
        own.or_else(|| self.schemes.challenge())
    }

    /// Which headers of a request decide about the answers of `route`.
    pub(crate) fn vary(&self, route: &Route) -> &'static str {
        if self.schemes(route).is_empty() {
            "Accept"
        } else {
            "Accept, Authorization, Cookie"
        }
    }

    /// The answer, in the envelope.
    pub(crate) fn render(
        &self,
        outcome: Result<Reply>,
        id: &RequestId,
        path: &str,
        now: DateTime<Utc>,
    ) -> Response {
        match outcome {
            Ok(reply) => {
                let meta = Meta::new(reply.status, id.as_str(), now, path);
                http::render_reply(&*self.envelope, &meta, reply)
            }
            Err(error) => {
                self.log(&error, id, now);
                let meta = Meta::new(error.status(), id.as_str(), now, path);
                http::render_error(&*self.envelope, &meta, &error)
            }
        }
    }

    /// The private cause goes to the log, and nowhere else. Requests that come while the service is
    /// overloaded or a part of it is away fail for one cause: they share a line.
    fn log(&self, error: &Error, id: &RequestId, now: DateTime<Utc>) {
        if !error.is_server_error() {
            return;
        }
        let cause = std::error::Error::source(error)
            .map(ToString::to_string)
            .unwrap_or_default();
        if error.status() != 503 {
            tracing::error!(request_id = %id, code = error.code(), cause, "request failed");
        } else if let Some(requests) = self.outage.note(now) {
            tracing::warn!(request_id = %id, requests, cause, "service unavailable");
        }
    }
}
