//! Whether any route answers more than its rule allows.

mod answer;
mod case;
mod expected;
mod report;
mod subject;

use std::collections::BTreeMap;

use restwell_core::Method;
use restwell_views::{Api, Declaration};
use serde_json::Value;

use self::case::Case;
use self::expected::Expected;
use self::subject::Subject;
use crate::{Client, TestDatabase};

pub use self::report::{Finding, Report};

/// A matrix of an application's own declarations: every route and method, for every principal, on
/// every row. It is run over HTTP, and each answer is held against what rule and scope say of the
/// row, asked outside the pipeline.
///
/// What it finds: a refusal that is none, or another one than declared (401 for nobody, 403 for
/// somebody, 404 where there is no such row for the principal); a refused write after which rows
/// differ; rows in lists, counts, extra actions and nested objects that the principal must not
/// see; bodies that may refer to such rows; and `OPTIONS` that offer what is refused.
///
/// The application brings the principals, and rows for every table that its routes serve, one for
/// each kind of ownership: functions that make a new row and return its key. Each is called again
/// for every request that may change something.
///
/// ```no_run
/// # use restwell_testing::{Client, Conformance, TestDatabase};
/// # use restwell_views::Api;
/// # fn check(api: &Api, db: &TestDatabase, client: &Client, make: fn(&str) -> String) {
/// Conformance::of(api, db)
///     .principal("anonymous", client.clone())
///     .principal("ann", client.bearer("the token of ann"))
///     .row("books", "a book of ann", || make("ann"))
///     .row("books", "a book of bob", || make("bob"))
///     .run()
///     .assert_sound();
/// # }
/// ```
pub struct Conformance<'a> {
    api: &'a Api,
    db: &'a TestDatabase,
    principals: Vec<(&'a str, Client)>,
    rows: BTreeMap<&'a str, Vec<Row<'a>>>,
    bodies: Vec<Body<'a>>,
    named: Vec<(&'a str, Method, BodyOfRow<'a>)>,
    /// Routes whose answers hold rows of another table, or of none that is asked for alone.
    answers: Vec<(&'a str, Option<&'a str>)>,
    /// Tables whose rows are nested in others, whoever may see them.
    nested: Vec<&'a str>,
    /// Tables whose rows bodies may name, whoever may see them.
    named_by_all: Vec<&'a str>,
    skipped: Vec<&'a str>,
}

type BodyOfRow<'a> = Box<dyn Fn(&str) -> Value + 'a>;
type Body<'a> = (&'a str, Method, Box<dyn Fn() -> Value + 'a>);

/// A kind of row, and how one is made.
struct Row<'a> {
    label: &'a str,
    make: Box<dyn Fn() -> String + 'a>,
}

impl std::fmt::Debug for Conformance<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Conformance")
            .field("api", &self.api)
            .finish_non_exhaustive()
    }
}

impl<'a> Conformance<'a> {
    /// The matrix of `api`, whose rows are in `db`, without principals and rows.
    pub fn of(api: &'a Api, db: &'a TestDatabase) -> Self {
        Self {
            api,
            db,
            principals: Vec::new(),
            rows: BTreeMap::new(),
            bodies: Vec::new(),
            named: Vec::new(),
            answers: Vec::new(),
            nested: Vec::new(),
            named_by_all: Vec::new(),
            skipped: Vec::new(),
        }
    }

    /// Somebody, by a client that sends the credentials.
    #[must_use]
    pub fn principal(mut self, name: &'a str, client: Client) -> Self {
        self.principals.push((name, client));
        self
    }

    /// A kind of row of `table`. `make` makes a new one and returns its key.
    #[must_use]
    pub fn row(mut self, table: &'a str, label: &'a str, make: impl Fn() -> String + 'a) -> Self {
        let make = Box::new(make);
        self.rows
            .entry(table)
            .or_default()
            .push(Row { label, make });
        self
    }

    /// What is sent to `route` with `method`, in place of `{}`.
    #[must_use]
    pub fn body(mut self, route: &'a str, method: Method, body: impl Fn() -> Value + 'a) -> Self {
        self.bodies.push((route, method, Box::new(body)));
        self
    }

    /// A route without a key in its path, whose body names rows, such as a bulk update: `body`
    /// makes one that names the row with a key.
    #[must_use]
    pub fn body_of_row(
        mut self,
        route: &'a str,
        method: Method,
        body: impl Fn(&str) -> Value + 'a,
    ) -> Self {
        self.named.push((route, method, Box::new(body)));
        self
    }

    /// The answers of the route named `route` hold rows of `table` and not of its own.
    #[must_use]
    pub fn answers_rows_of(mut self, route: &'a str, table: &'a str) -> Self {
        self.answers.push((route, Some(table)));
        self
    }

    /// The answers of the route named `route` are parts of the row in its path, such as its
    /// history: whoever may ask for them may see them.
    #[must_use]
    pub fn answers_parts_of_its_row(mut self, route: &'a str) -> Self {
        self.answers.push((route, None));
        self
    }

    /// Rows of `table` are nested in others on purpose, whoever may see them alone.
    #[must_use]
    pub fn nests(mut self, table: &'a str) -> Self {
        self.nested.push(table);
        self
    }

    /// Bodies may name any row of `table` on purpose, whoever may retrieve it.
    #[must_use]
    pub fn names(mut self, table: &'a str) -> Self {
        self.named_by_all.push(table);
        self
    }

    /// Leaves `route` out.
    #[must_use]
    pub fn skip(mut self, route: &'a str) -> Self {
        self.skipped.push(route);
        self
    }

    /// Asks every route as every principal.
    ///
    /// # Panics
    /// When a principal's credentials are wrong or the database fails.
    pub fn run(&self) -> Report {
        let mut report = Report::default();
        for declaration in self.api.declarations() {
            if self.skipped.contains(&declaration.name()) {
                continue;
            }
            if !self.reaches(&declaration) {
                report.unchecked(&declaration);
                continue;
            }
            for (name, client) in &self.principals {
                let subject = Subject::new(name, client);
                for case in case::of(self, &declaration) {
                    self.check(&declaration, &subject, &case, &mut report);
                }
                answer::references(self, &declaration, &subject, &mut report);
            }
        }
        report
    }

    /// Whether there are rows for the keys in the path.
    fn reaches(&self, declaration: &Declaration<'_>) -> bool {
        let has_rows =
            |table: Option<&str>| table.is_some_and(|table| self.rows.contains_key(table));
        let path = declaration.path();
        let is_known = |name: &str| ["{pk}", "{parent}"].contains(&name);
        let strange = path
            .split('/')
            .any(|part| part.contains('{') && !is_known(part));
        !strange
            && (!path.contains("{pk}") || has_rows(declaration.model().map(|model| model.table)))
            && (!path.contains("{parent}")
                || has_rows(declaration.parent_model().map(|model| model.table)))
    }

    fn check(
        &self,
        declaration: &Declaration<'_>,
        subject: &Subject<'_>,
        case: &Case<'_>,
        report: &mut Report,
    ) {
        let place = case.place(self, declaration);
        let expected = Expected::of(declaration, subject, &place);
        let about = report.about(declaration, subject.name, &case.label());
        let body = place
            .body
            .clone()
            .unwrap_or_else(|| self.body_for(declaration));
        if declaration.model().is_none() && expected == Expected::Allowed {
            // There is nothing that a view could answer too much of, and it may log somebody out.
            return;
        }
        let before = self.snapshot();
        let answer = subject.send(declaration.method, &place.path, &body);
        report.checked += 1;
        match expected {
            Expected::Refused { status, why } => {
                let named = case.is_named();
                if !(answer.status == status || named && answer.status >= 400) {
                    let got = answer.status;
                    about.tell(report, format!("{got}, where {status} is declared: {why}"));
                }
                for table in self.changed(&before) {
                    about.tell(report, format!("a refused request changed rows of {table}"));
                }
            }
            Expected::Allowed => {
                answer::check(self, declaration, subject, &place, &answer, |found| {
                    about.tell(report, found);
                })
            }
        }
    }

    fn body_for(&self, declaration: &Declaration<'_>) -> Value {
        let own = |(route, method, _): &&Body<'_>| {
            *route == declaration.name() && *method == declaration.method
        };
        match self.bodies.iter().find(own) {
            Some((_, _, body)) => body(),
            None => Value::Object(serde_json::Map::new()),
        }
    }

    /// The rows of every table that there are rows for.
    fn snapshot(&self) -> Vec<(&'a str, Vec<String>)> {
        let tables = self.rows.keys();
        tables.map(|table| (*table, self.db.rows(table))).collect()
    }

    fn changed(&self, before: &[(&'a str, Vec<String>)]) -> Vec<&'a str> {
        let changed = before
            .iter()
            .filter(|(table, rows)| self.db.rows(table) != *rows);
        changed.map(|(table, _)| *table).collect()
    }
}
