//! The staff of a company: rows whose fields are not for everybody.

use std::sync::Arc;

use restwell::audit::{self, AuditLog};
use restwell::prelude::*;
use restwell::{Api, Authenticator, Identity, Principal};
use restwell_testing::{Client, TestDatabase, TestServer, assert_enveloped};

diesel::table! {
    teams (id) { id -> Int8, name -> Text, budget -> Int8 }
}
diesel::table! {
    people (id) {
        id -> Int8,
        user_id -> Int8,
        team_id -> Int8,
        name -> Text,
        email -> Text,
        salary -> Int8,
        grade -> Text,
    }
}

const TABLES: &str = "
CREATE TABLE teams (
    id BIGINT PRIMARY KEY, name TEXT NOT NULL, budget BIGINT NOT NULL
);
CREATE TABLE people (
    id INTEGER PRIMARY KEY, user_id BIGINT NOT NULL, team_id BIGINT NOT NULL REFERENCES teams (id),
    name TEXT NOT NULL, email TEXT NOT NULL, salary BIGINT NOT NULL, grade TEXT NOT NULL
);
INSERT INTO teams VALUES (1, 'tea', 500), (2, 'coffee', 900);
INSERT INTO people VALUES
    (1, 1, 1, 'Ann', 'ann@example.org', 30, 'junior'), (2, 2, 2, 'Bob', 'bob@example.org', 40, 'senior');
";

#[derive(Model, Clone, Debug)]
#[model(table = teams, audited)]
pub(crate) struct Team {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) budget: i64,
}

#[derive(Model, Clone, Debug)]
#[model(table = people, audited, belongs_to(team: Team))]
pub(crate) struct Person {
    pub(crate) id: i64,
    pub(crate) user_id: i64,
    pub(crate) team_id: i64,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) salary: i64,
    pub(crate) grade: String,
}

#[serializer(model = Team)]
pub(crate) struct TeamSerializer {
    #[field(read_only)]
    id: i64,
    name: String,
    #[field(see = is_staff(), set = is_superuser(), default_on_create = 100)]
    budget: i64,
}

/// What whoever takes it in says to nobody but the person and the staff.
#[serializer(group)]
pub(crate) struct Contact {
    #[field(see = is_owner(Person::F.user_id) | is_staff())]
    email: String,
}

#[serializer(model = Person, extends(Contact))]
pub(crate) struct PersonSerializer {
    #[field(read_only)]
    id: i64,
    name: String,
    #[field(see = is_staff(), set = is_staff(), required = false)]
    salary: i64,
    #[field(set = is_owner(Person::F.user_id), default_on_create = "junior".to_owned())]
    grade: String,
    #[field(related, as = data, set = is_staff(), required = false)]
    team: TeamSerializer,
    #[field(method = initial, see = is_authenticated())]
    initial: String,
    #[field(source = team.budget, see = is_superuser())]
    team_budget: i64,
}

fn initial(person: &Person, _: &Context) -> String {
    person.name.chars().take(1).collect()
}

/// The same fields; whoever sends what he may not set is told so.
#[serializer(model = Person, unknown = "refuse")]
pub(crate) struct StrictSerializer {
    name: String,
    #[field(see = is_staff(), set = is_staff(), required = false)]
    salary: i64,
}

pub(crate) struct People;

#[viewset]
impl ViewSet for People {
    type Model = Person;
    type Serializer = PersonSerializer;

    fn options() -> Options<Person> {
        Options::new()
            .filter(Person::F.name, (Exact,))
            .filter(Person::F.email, (Exact, IContains))
            .filter(Person::F.salary, (Gte,))
            .filter_related("budget", Person::relation_team(), Team::F.budget, (Gte,))
            .filter_related("team", Person::relation_team(), Team::F.name, (Exact,))
            .filter_with("initial", |letter, _| Ok(Person::F.name.startswith(letter)))
            .search([Person::F.name, Person::F.email])
            .order((Person::F.name, Person::F.salary, Person::F.id))
            .default_order([Person::F.id.asc()])
            .history()
    }

    fn permission(&self, _: Action) -> Rule<Person> {
        allow_any()
    }

    fn prepare_create(
        &self,
        cx: &mut Context,
        person: &mut Validated<InputOf<PersonSerializer>>,
    ) -> Result<()> {
        person.set(Person::F.user_id, cx.user_id::<i64>().unwrap_or_default());
        if person.get(Person::F.salary).is_none() {
            person.set(Person::F.salary, 10);
        }
        if person.get(Person::F.team_id).is_none() {
            person.set(Person::F.team_id, 1);
        }
        Ok(())
    }
}

pub(crate) struct Strict;

#[viewset]
impl ViewSet for Strict {
    type Model = Person;
    type Serializer = StrictSerializer;

    fn permission(&self, _: Action) -> Rule<Person> {
        allow_any()
    }
}

pub(crate) struct Teams;

#[viewset]
impl ViewSet for Teams {
    type Model = Team;
    type Serializer = TeamSerializer;

    fn options() -> Options<Team> {
        Options::new()
            .order((Team::F.budget,))
            .search([Team::F.name])
    }

    fn permission(&self, _: Action) -> Rule<Team> {
        allow_any()
    }
}

/// `Authorization: Bearer 1`. The key is the credential; 8 is staff, and 9 may do everything.
pub(crate) struct Keys;

impl Authenticator<Context> for Keys {
    fn authenticate(&self, cx: &mut Context) -> Result<Option<Principal>> {
        let Some(header) = cx.request().headers.get("authorization") else {
            return Ok(None);
        };
        let key: i64 = header
            .trim_start_matches("Bearer ")
            .parse()
            .unwrap_or_default();
        let mut user = Identity::new(key, header);
        user.is_staff = key >= 8;
        user.is_superuser = key == 9;
        Ok(Some(Principal::User(Arc::new(user))))
    }

    fn challenge(&self) -> String {
        "Bearer".to_owned()
    }
}

pub(crate) struct Company {
    pub(crate) db: TestDatabase,
    server: TestServer,
}

pub(crate) fn company(db: TestDatabase) -> Company {
    let key = "BIGINT GENERATED BY DEFAULT AS IDENTITY (START WITH 3) PRIMARY KEY";
    if db.url().starts_with("postgres") {
        db.execute(&TABLES.replace("INTEGER PRIMARY KEY", key));
    } else {
        db.execute(TABLES);
    }
    db.migrate(&[&audit::MIGRATIONS]);
    let router = Router::new()
        .register("audit", AuditLog::<()>::new(allow_any()))
        .register("people", People)
        .register("strict", Strict)
        .register("teams", Teams);
    let api = Api::builder(db.pool())
        .authenticator(Keys)
        .count_statements()
        .routes(router)
        .build()
        .expect("an api");
    Company {
        server: TestServer::start(&api),
        db,
    }
}

impl Company {
    pub(crate) fn nobody(&self) -> Client {
        self.server.client().always(assert_enveloped)
    }

    /// The first person.
    pub(crate) fn ann(&self) -> Client {
        self.nobody().bearer("1")
    }

    pub(crate) fn staff(&self) -> Client {
        self.nobody().bearer("8")
    }

    pub(crate) fn superuser(&self) -> Client {
        self.nobody().bearer("9")
    }

    /// The row of a person.
    pub(crate) fn person(&self, id: i64) -> Person {
        let rows = Person::objects().filter(Person::F.id.eq(id));
        rows.get(&mut self.db.context()).expect("a person")
    }
}
