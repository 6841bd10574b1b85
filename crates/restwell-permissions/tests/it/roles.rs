use restwell_core::Key;
use restwell_db::{Changes, Context, Model};
use restwell_permissions::rbac::{self, Role, UserRole};
use restwell_testing::{on_both_databases, race};
use uuid::Uuid;

use crate::application::started;

fn prepare(cx: &mut Context) {
    let roles = ["reader", "author", "editor", "admin"];
    let rows = roles.map(|name| Changes::new().with(Role::F.name, name));
    Role::objects()
        .create_missing(cx, rows.to_vec())
        .expect("roles");
}

fn user() -> Key {
    Key::Uuid(Uuid::now_v7())
}

on_both_databases! {
    with started;

    fn a_user_has_exactly_the_roles_that_were_set(app) {
        let mut cx = app.context();
        prepare(&mut cx);
        let (ada, bob) = (user(), Key::Int(7));
        rbac::set_roles(&mut cx, &ada, &["author", "reader"]).expect("set");
        rbac::set_roles(&mut cx, &bob, &["admin"]).expect("set");
        assert_eq!(rbac::roles_of(&mut cx, &ada).expect("read"), ["author", "reader"]);
        rbac::set_roles(&mut cx, &ada, &["editor", "reader", "reader"]).expect("set");
        assert_eq!(rbac::roles_of(&mut cx, &ada).expect("read"), ["editor", "reader"]);
        rbac::set_roles(&mut cx, &ada, &[]).expect("set");
        assert!(rbac::roles_of(&mut cx, &ada).expect("read").is_empty());
        assert_eq!(rbac::roles_of(&mut cx, &bob).expect("read"), ["admin"]);
    }

    fn a_role_can_be_added(app) {
        let mut cx = app.context();
        prepare(&mut cx);
        let ada = user();
        for role in ["author", "author", "reader"] {
            rbac::add_role(&mut cx, &ada, role).expect("added");
        }
        assert_eq!(rbac::roles_of(&mut cx, &ada).expect("read"), ["author", "reader"]);
        let error = rbac::add_role(&mut cx, &ada, "ghost").expect_err("unknown");
        assert_eq!(error.status(), 400);
    }

    fn an_unknown_role_is_an_error_at_its_place(app) {
        let mut cx = app.context();
        prepare(&mut cx);
        let ada = user();
        rbac::set_roles(&mut cx, &ada, &["reader"]).expect("set");
        let error = rbac::set_roles(&mut cx, &ada, &["admin", "ghost", "Reader"]).expect_err("unknown");
        assert_eq!((error.status(), error.code()), (400, "validation_error"));
        assert_eq!(
            error.fields().to_json().to_string(),
            r#"{"1":["Object with name=ghost does not exist."],"2":["Object with name=Reader does not exist."]}"#
        );
        assert_eq!(rbac::roles_of(&mut cx, &ada).expect("read"), ["reader"]);
    }

    fn the_roles_of_many_users_are_one_query(app) {
        let mut cx = app.context();
        prepare(&mut cx);
        let users: Vec<Key> = (0..20).map(Key::Int).collect();
        for user in &users[1..] {
            rbac::set_roles(&mut cx, user, &["reader", "author"]).expect("set");
        }
        let mut cx = app.context();
        let roles = rbac::roles_of_many(&mut cx, &users).expect("read");
        assert_eq!(cx.statements(), 1);
        assert_eq!(roles.get(&users[0]), None);
        assert_eq!(roles[&users[19]], ["author", "reader"]);
        assert_eq!(roles.len(), 19);
    }

    fn two_who_set_roles_at_once_do_not_mix_them(app) {
        prepare(&mut app.context());
        let ada = user();
        let sets: [&[&str]; 2] = [&["reader", "author"], &["admin", "editor"]];
        for _ in 0..10 {
            for outcome in race(2, |i| rbac::set_roles(&mut app.context(), &ada, sets[i])) {
                outcome.expect("set");
            }
            let roles = rbac::roles_of(&mut app.context(), &ada).expect("read");
            assert!(roles == ["author", "reader"] || roles == ["admin", "editor"], "{roles:?}");
        }
    }

    fn a_role_takes_its_users_and_grants_along(app) {
        let mut cx = app.context();
        rbac::seed(&mut cx, &[("author", "posts", rbac::Operations::ALL)]).expect("seeded");
        rbac::add_role(&mut cx, &user(), "author").expect("added");
        let author = Role::objects().filter(Role::F.name.eq("author"));
        let renamed = Changes::new().with(Role::F.name, "writer");
        author.update(&mut cx, renamed).expect("renamed");
        assert_eq!(UserRole::objects().get(&mut cx).expect("a row").role, "writer");
        assert_eq!(rbac::RoleGrant::objects().get(&mut cx).expect("a row").role, "writer");
        Role::objects().delete(&mut cx).expect("deleted");
        assert_eq!(UserRole::objects().count(&mut cx).expect("counted"), 0);
        assert_eq!(rbac::RoleGrant::objects().count(&mut cx).expect("counted"), 0);
    }
}
