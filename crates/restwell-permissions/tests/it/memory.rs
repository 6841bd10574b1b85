use chrono::TimeDelta;
use restwell_core::{Error, Key, RoleSource};
use restwell_db::{Changes, Context, Model};
use restwell_permissions::rbac::{self, Operation, Operations, UserRole};
use restwell_testing::{TestDatabase, on_both_databases};

use crate::application::{Application, started};

const ADA: Key = Key::Int(1);

fn prepare(app: &Application) {
    let seed = [
        ("reader", "posts", Operations::READ),
        ("author", "posts", Operations::ALL),
    ];
    rbac::seed(&mut app.context(), &seed).expect("seeded");
    set(app, &["reader"]);
}

/// Sets roles in a request of its own, whose effects take place.
fn set(app: &Application, roles: &[&str]) {
    let mut cx = app.context();
    rbac::set_roles(&mut cx, &ADA, roles).expect("set");
    finish(&mut cx);
}

fn finish(cx: &mut Context) {
    cx.take_effects().into_iter().for_each(|effect| effect());
}

/// The roles as a request sees them, and how many statements that took.
fn roles(app: &Application) -> (Vec<String>, u64) {
    let mut cx = app.context();
    let roles = app.rbac.roles_of(&ADA, &mut cx).expect("read");
    (roles, cx.statements())
}

/// Whether a reader may delete posts, and how many statements the answer took.
fn may_delete(app: &Application) -> (bool, u64) {
    let mut cx = app.context();
    let reader = ["reader".to_owned()];
    let may = app
        .rbac
        .allows(&reader, "posts", Operation::Delete, &mut cx);
    (may.expect("read"), cx.statements())
}

fn reader() -> Vec<String> {
    vec!["reader".to_owned()]
}

fn author() -> Vec<String> {
    vec!["author".to_owned()]
}

on_both_databases! {
    with started;

    fn what_was_read_once_is_read_from_memory(app) {
        prepare(app);
        assert_eq!(roles(app), (reader(), 1));
        assert_eq!(roles(app), (reader(), 0));
        assert_eq!(may_delete(app), (false, 1));
        assert_eq!(may_delete(app), (false, 0));
    }

    fn a_change_is_seen_by_the_next_request(app) {
        prepare(app);
        roles(app);
        may_delete(app);
        set(app, &["author"]);
        assert_eq!(roles(app), (author(), 1));
        let mut cx = app.context();
        rbac::grant(&mut cx, "reader", "posts", Operations::ALL).expect("granted");
        finish(&mut cx);
        assert_eq!(may_delete(app), (true, 1));
    }

    fn a_change_by_another_process_is_seen_within_half_a_minute(app) {
        prepare(app);
        roles(app);
        may_delete(app);
        let mut elsewhere = Context::detached(app.db.pool());
        rbac::set_roles(&mut elsewhere, &ADA, &["author"]).expect("set");
        rbac::grant(&mut elsewhere, "reader", "posts", Operations::ALL).expect("granted");
        app.clock.advance(TimeDelta::seconds(29));
        assert_eq!((roles(app), may_delete(app)), ((reader(), 0), (false, 0)));
        app.clock.advance(TimeDelta::seconds(1));
        assert_eq!((roles(app), may_delete(app)), ((author(), 1), (true, 1)));
    }

    fn a_clock_that_is_set_back_does_not_prolong_the_memory(app) {
        prepare(app);
        roles(app);
        app.clock.advance(TimeDelta::hours(-1));
        assert_eq!(roles(app), (reader(), 1));
    }

    fn what_is_rolled_back_was_never_so(app) {
        prepare(app);
        let mut cx = app.context();
        let undone = cx.atomic(|cx| {
            rbac::set_roles(cx, &ADA, &["author"])?;
            assert_eq!(app.rbac.roles_of(&ADA, cx)?, author());
            rbac::grant(cx, "reader", "posts", Operations::ALL)?;
            assert!(app.rbac.allows(&reader(), "posts", Operation::Delete, cx)?);
            Err::<(), _>(Error::not_found())
        });
        assert!(undone.is_err());
        finish(&mut cx);
        assert_eq!((roles(app), may_delete(app)), ((reader(), 1), (false, 1)));
    }

    fn a_change_that_goes_around_the_module_can_be_told(app) {
        prepare(app);
        roles(app);
        let row = Changes::new().with(UserRole::F.role, "author");
        let rows = UserRole::objects().filter(UserRole::F.user_key.eq("1"));
        rows.update(&mut app.context(), row).expect("changed");
        assert_eq!(roles(app), (reader(), 0));
        app.rbac.forget(&ADA);
        assert_eq!(roles(app), (author(), 1));
        app.rbac.forget_all();
        assert_eq!(roles(app), (author(), 1));
    }
}

#[test]
fn more_users_than_the_memory_holds_are_served_all_the_same() {
    let app = started(TestDatabase::sqlite());
    prepare(&app);
    let mut cx = app.context();
    for user in 0..20_000 {
        let roles = app.rbac.roles_of(&Key::Int(user), &mut cx).expect("read");
        assert_eq!(roles.is_empty(), user != 1);
    }
}
