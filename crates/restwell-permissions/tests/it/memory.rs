use chrono::TimeDelta;
use restwell_core::{Error, Key, RoleSource};
use restwell_db::{Changes, Context, Model};
use restwell_permissions::rbac::{self, Operation, Operations, UserRole};

use crate::database::Database;

const ADA: Key = Key::Int(1);

fn prepare(db: &Database) {
    let seed = [
        ("reader", "posts", Operations::READ),
        ("author", "posts", Operations::ALL),
    ];
    rbac::seed(&mut db.context(), &seed).expect("seeded");
    set(db, &["reader"]);
}

/// Sets roles in a request of its own, whose effects take place.
fn set(db: &Database, roles: &[&str]) {
    let mut cx = db.context();
    rbac::set_roles(&mut cx, &ADA, roles).expect("set");
    finish(&mut cx);
}

fn finish(cx: &mut Context) {
    cx.take_effects().into_iter().for_each(|effect| effect());
}

/// The roles as a request sees them, and how many statements that took.
fn roles(db: &Database) -> (Vec<String>, u64) {
    let mut cx = db.context();
    let roles = db.rbac.roles_of(&ADA, &mut cx).expect("read");
    (roles, cx.statements())
}

/// Whether a reader may delete posts, and how many statements the answer took.
fn may_delete(db: &Database) -> (bool, u64) {
    let mut cx = db.context();
    let reader = ["reader".to_owned()];
    let may = db.rbac.allows(&reader, "posts", Operation::Delete, &mut cx);
    (may.expect("read"), cx.statements())
}

fn reader() -> Vec<String> {
    vec!["reader".to_owned()]
}

fn author() -> Vec<String> {
    vec!["author".to_owned()]
}

on_both! {
    fn what_was_read_once_is_read_from_memory(db: &Database) {
        prepare(db);
        assert_eq!(roles(db), (reader(), 1));
        assert_eq!(roles(db), (reader(), 0));
        assert_eq!(may_delete(db), (false, 1));
        assert_eq!(may_delete(db), (false, 0));
    }

    fn a_change_is_seen_by_the_next_request(db: &Database) {
        prepare(db);
        roles(db);
        may_delete(db);
        set(db, &["author"]);
        assert_eq!(roles(db), (author(), 1));
        let mut cx = db.context();
        rbac::grant(&mut cx, "reader", "posts", Operations::ALL).expect("granted");
        finish(&mut cx);
        assert_eq!(may_delete(db), (true, 1));
    }

    fn a_change_by_another_process_is_seen_within_half_a_minute(db: &Database) {
        prepare(db);
        roles(db);
        may_delete(db);
        let mut elsewhere = Context::detached(db.pool.clone());
        rbac::set_roles(&mut elsewhere, &ADA, &["author"]).expect("set");
        rbac::grant(&mut elsewhere, "reader", "posts", Operations::ALL).expect("granted");
        db.clock.advance(TimeDelta::seconds(29));
        assert_eq!((roles(db), may_delete(db)), ((reader(), 0), (false, 0)));
        db.clock.advance(TimeDelta::seconds(1));
        assert_eq!((roles(db), may_delete(db)), ((author(), 1), (true, 1)));
    }

    fn a_clock_that_is_set_back_does_not_prolong_the_memory(db: &Database) {
        prepare(db);
        roles(db);
        db.clock.advance(TimeDelta::hours(-1));
        assert_eq!(roles(db), (reader(), 1));
    }

    fn what_is_rolled_back_was_never_so(db: &Database) {
        prepare(db);
        let mut cx = db.context();
        let undone = cx.atomic(|cx| {
            rbac::set_roles(cx, &ADA, &["author"])?;
            assert_eq!(db.rbac.roles_of(&ADA, cx)?, author());
            rbac::grant(cx, "reader", "posts", Operations::ALL)?;
            assert!(db.rbac.allows(&reader(), "posts", Operation::Delete, cx)?);
            Err::<(), _>(Error::not_found())
        });
        assert!(undone.is_err());
        finish(&mut cx);
        assert_eq!((roles(db), may_delete(db)), ((reader(), 1), (false, 1)));
    }

    fn a_change_that_goes_around_the_module_can_be_told(db: &Database) {
        prepare(db);
        roles(db);
        let row = Changes::new().with(UserRole::F.role, "author");
        let rows = UserRole::objects().filter(UserRole::F.user_key.eq("1"));
        rows.update(&mut db.context(), row).expect("changed");
        assert_eq!(roles(db), (reader(), 0));
        db.rbac.forget(&ADA);
        assert_eq!(roles(db), (author(), 1));
        db.rbac.forget_all();
        assert_eq!(roles(db), (author(), 1));
    }
}

#[test]
fn more_users_than_the_memory_holds_are_served_all_the_same() {
    let db = Database::sqlite();
    prepare(&db);
    let mut cx = db.context();
    for user in 0..20_000 {
        let roles = db.rbac.roles_of(&Key::Int(user), &mut cx).expect("read");
        assert_eq!(roles.is_empty(), user != 1);
    }
}
