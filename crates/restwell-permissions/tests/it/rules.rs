//! The ready rules, and rules made of others: what they say without a row, with one, and as a
//! condition on rows.

use restwell_core::{Access, Action, Decision, Identity};
use restwell_db::{Context, Model};
use restwell_macros::Model;
use restwell_permissions::{
    Rule, allow_any, deny_all, has_role, is_authenticated, is_authenticated_or_read_only, is_owner,
    is_staff, is_superuser, read_only, when,
};
use restwell_testing::{TestDatabase, on_both_databases};

use crate::application::{Application, started};

diesel::table! {
    notes (id) { id -> Int8, owner_id -> Nullable<Int8> }
}

#[derive(Model, Clone, Debug)]
#[model(crate = restwell_db, table = notes)]
struct Note {
    id: i64,
    owner_id: Option<i64>,
}

/// An application with a note of user 1, one of user 2, and one of nobody.
fn with_notes(db: TestDatabase) -> Application {
    db.execute("CREATE TABLE notes (id BIGINT PRIMARY KEY, owner_id BIGINT)");
    db.execute("INSERT INTO notes VALUES (1, 1), (2, 2), (3, NULL)");
    started(db)
}

fn user(change: impl FnOnce(&mut Identity)) -> Option<Identity> {
    let mut user = Identity::new(1, "somebody");
    change(&mut user);
    Some(user)
}

fn context(app: &Application, user: Option<Identity>) -> Context {
    match user {
        Some(user) => app.context_of(user),
        None => app.context(),
    }
}

/// Nobody, somebody, staff, a superuser, and somebody with a role.
fn principals() -> [Option<Identity>; 5] {
    [
        None,
        user(|_| {}),
        user(|user| user.is_staff = true),
        user(|user| user.is_superuser = true),
        user(|user| user.roles = vec!["editor".to_owned()]),
    ]
}

const READS: Action = Action::Custom("summary", Access::Reads);
const WRITES: Action = Action::Custom("publish", Access::Writes);

/// What a rule says to each of [`principals`] of a list, a create and two extra actions.
fn table(app: &Application, rule: &Rule<Note>) -> [[bool; 4]; 5] {
    principals().map(|user| {
        let mut cx = context(app, user);
        [Action::List, Action::Create, READS, WRITES].map(|action| {
            let early = rule.decide(action, None, &mut cx).expect("a decision");
            let note = Note {
                id: 1,
                owner_id: None,
            };
            let late = rule
                .decide(action, Some(&note), &mut cx)
                .expect("a decision");
            assert_eq!(early, late, "{rule} needs no row");
            early == Decision::Allow
        })
    })
}

const ALL: [bool; 4] = [true; 4];
const NONE: [bool; 4] = [false; 4];
const READ: [bool; 4] = [true, false, true, false];

/// What a rule has to say of a note.
type Holds = fn(&Note) -> bool;
type Compound = (Rule<Note>, Box<dyn Fn(&Note) -> bool>);

/// The rules whose decisions are combined: never, always, and by the row.
fn atoms() -> Vec<(Rule<Note>, Holds)> {
    vec![
        (deny_all(), |_| false),
        (allow_any(), |_| true),
        (is_owner(Note::F.owner_id), |note| note.owner_id == Some(1)),
    ]
}

/// Every rule of two atoms, upright and reversed, with what it has to say of a note.
fn compounds() -> Vec<Compound> {
    let mut all: Vec<Compound> = Vec::new();
    for (first, one) in atoms() {
        all.push((!first.clone(), Box::new(move |note| !one(note))));
        for (second, two) in atoms() {
            let (a, b) = (first.clone(), second.clone());
            let (c, d) = (first.clone(), second.clone());
            let (e, f) = (first.clone(), second.clone());
            all.push((a & b, Box::new(move |note| one(note) && two(note))));
            all.push((c | d, Box::new(move |note| one(note) || two(note))));
            all.push((!(e & !f), Box::new(move |note| !one(note) || two(note))));
            let (g, h) = (first.clone(), second);
            all.push((!(!g | h), Box::new(move |note| one(note) && !two(note))));
        }
    }
    all
}

on_both_databases! {
    with with_notes;

    fn ready_rules_say_what_their_names_say(app) {
        let rules: [(Rule<Note>, [[bool; 4]; 5]); 9] = [
            (allow_any(), [ALL; 5]),
            (deny_all(), [NONE; 5]),
            (is_authenticated(), [NONE, ALL, ALL, ALL, ALL]),
            (is_staff(), [NONE, NONE, ALL, NONE, NONE]),
            (is_superuser(), [NONE, NONE, NONE, ALL, NONE]),
            (read_only(), [READ; 5]),
            (is_authenticated_or_read_only(), [READ, ALL, ALL, ALL, ALL]),
            (has_role("editor"), [NONE, NONE, NONE, ALL, ALL]),
            (has_role("author"), [NONE, NONE, NONE, ALL, NONE]),
        ];
        for (rule, expected) in rules {
            assert_eq!(table(app, &rule), expected, "{rule}");
        }
    }

    fn an_owner_is_known_with_the_row(app) {
        let rule = is_owner(Note::F.owner_id);
        let mut cx = context(app, user(|_| {}));
        let notes = Note::objects().order_by([Note::F.id.asc()]).load(&mut cx).expect("notes");
        assert_eq!(rule.decide(Action::Update, None, &mut cx).expect("one"), Decision::Unknown);
        let decisions = notes.iter().map(|note| rule.decide(Action::Update, Some(note), &mut cx));
        let decisions: Vec<Decision> = decisions.map(|decision| decision.expect("one")).collect();
        assert_eq!(decisions, [Decision::Allow, Decision::Deny, Decision::Deny]);
        // Nobody owns what nobody owns.
        let mut nobody = app.context();
        assert_eq!(rule.decide(Action::Update, None, &mut nobody).expect("one"), Decision::Deny);
        let last = rule.decide(Action::Update, Some(&notes[2]), &mut nobody);
        assert_eq!(last.expect("one"), Decision::Deny);
    }

    fn a_rule_of_ones_own_sees_time_and_request(app) {
        let office_hours: Rule<Note> = when("office_hours", |action, cx| {
            let hour = chrono::Timelike::hour(&cx.now());
            Ok(action.is_read() || (9..17).contains(&hour))
        });
        let inside: Rule<Note> = when("inside", |_, cx| {
            Ok(cx.request().headers.get("x-inside") == Some("yes"))
        });
        let mut cx = app.context();
        let decide = |rule: &Rule<Note>, cx: &mut Context| {
            rule.decide(Action::Create, None, cx).expect("a decision")
        };
        assert_eq!(decide(&office_hours, &mut cx), Decision::Allow);
        assert_eq!(decide(&(office_hours.clone() & inside), &mut cx), Decision::Deny);
        app.clock.advance(chrono::TimeDelta::hours(8));
        assert_eq!(decide(&office_hours, &mut app.context()), Decision::Deny);
    }

    fn compounds_are_right_with_the_row_and_never_wrong_before(app) {
        let mut cx = context(app, user(|_| {}));
        let notes = Note::objects().load(&mut cx).expect("notes");
        for (rule, holds) in compounds() {
            let early = rule.decide(Action::Update, None, &mut cx).expect("a decision");
            for note in &notes {
                let late = rule.decide(Action::Update, Some(note), &mut cx).expect("a decision");
                assert_eq!(late, Decision::from(holds(note)), "{rule} of {note:?}");
                assert!(early == Decision::Unknown || early == late, "{rule} of {note:?}");
                assert_eq!(rule.check_object(Action::Update, note, &mut cx).is_ok(), holds(note));
            }
        }
    }

    fn a_condition_selects_the_rows_that_the_rule_allows(app) {
        for user in principals() {
            let mut cx = context(app, user);
            let notes = Note::objects().load(&mut cx).expect("notes");
            for (rule, _) in compounds() {
                let condition = rule.condition(Action::List, &mut cx).expect("a condition");
                let selected = Note::objects().filter(condition.expect("one for each of these"));
                let mut selected = selected.values(Note::F.id, &mut cx).expect("notes");
                selected.sort_unstable();
                let allowed = |note: &&Note| {
                    let decision = rule.decide(Action::List, Some(note), &mut cx);
                    decision.expect("a decision") == Decision::Allow
                };
                let mut allowed: Vec<i64> = notes.iter().filter(allowed).map(|note| note.id).collect();
                allowed.sort_unstable();
                assert_eq!(selected, allowed, "{rule}");
            }
        }
    }

    fn a_refusal_is_401_for_nobody_and_403_for_somebody(app) {
        let rule: Rule<Note> = !allow_any::<Note>();
        let status = |cx: &mut Context| {
            rule.check(Action::List, cx).expect_err("a refusal").status()
        };
        assert_eq!(status(&mut app.context()), 401);
        assert_eq!(status(&mut context(app, user(|_| {}))), 403);
    }
}

#[test]
fn rules_show_what_they_are_made_of() {
    let rule: Rule<Note> = read_only() | (has_role("editor") & !is_owner(Note::F.owner_id));
    assert_eq!(
        rule.to_string(),
        "(read_only | (has_role(editor) & !is_owner(owner_id)))"
    );
}
