use restwell_core::{Access, Action, Error, Identity};
use restwell_db::Context;
use restwell_permissions::rbac::{self, Operation, Operations, Role};
use restwell_permissions::{Decision, grants, grants_operation};
use restwell_testing::on_both_databases;

use crate::application::started;

const ACTIONS: [(Action, Operation); 9] = [
    (Action::List, Operation::Retrieve),
    (Action::Retrieve, Operation::Retrieve),
    (Action::Metadata, Operation::Retrieve),
    (
        Action::Custom("summary", Access::Reads),
        Operation::Retrieve,
    ),
    (Action::Create, Operation::Create),
    (Action::Update, Operation::Update),
    (Action::PartialUpdate, Operation::Update),
    (Action::Custom("publish", Access::Writes), Operation::Update),
    (Action::Destroy, Operation::Delete),
];

const TABLE: [(&str, &str, Operations); 6] = [
    ("reader", "posts", Operations::READ),
    ("reader", "tags", Operations::NONE),
    (
        "author",
        "posts",
        Operations::of(&[Operation::Create, Operation::Update]),
    ),
    ("author", "tags", Operations::READ),
    ("editor", "posts", Operations::ALL),
    ("editor", "tags", Operations::of(&[Operation::Delete])),
];

fn somebody(roles: &[&str]) -> Identity {
    let mut user = Identity::new(1, "somebody");
    user.roles = roles.iter().map(|role| (*role).to_owned()).collect();
    user
}

fn decide(cx: &mut Context, feature: &'static str, action: Action) -> Decision {
    let rule = grants::<Role>(feature);
    let early = rule.decide(action, None, cx).expect("a decision");
    let role = Role {
        id: 1,
        name: "a row".into(),
    };
    let late = rule.decide(action, Some(&role), cx).expect("a decision");
    assert_eq!(early, late, "the row does not matter");
    early
}

on_both_databases! {
    with started;

    fn each_role_may_do_what_it_is_granted(app) {
        rbac::seed(&mut app.context(), &TABLE).expect("seeded");
        for (role, feature, operations) in TABLE {
            let mut cx = app.context_of(somebody(&[role]));
            for (action, operation) in ACTIONS {
                let expected = Decision::from(operations.contains(operation));
                assert_eq!(decide(&mut cx, feature, action), expected, "{role} {feature} {action}");
            }
        }
    }

    fn several_roles_may_do_what_any_of_them_may(app) {
        rbac::seed(&mut app.context(), &TABLE).expect("seeded");
        let mut cx = app.context_of(somebody(&["reader", "author", "ghost"]));
        assert_eq!(decide(&mut cx, "posts", Action::List), Decision::Allow);
        assert_eq!(decide(&mut cx, "posts", Action::Create), Decision::Allow);
        assert_eq!(decide(&mut cx, "posts", Action::Destroy), Decision::Deny);
    }

    fn nobody_may_do_anything_with_an_unknown_feature(app) {
        rbac::seed(&mut app.context(), &TABLE).expect("seeded");
        let mut cx = app.context_of(somebody(&["reader", "author", "editor"]));
        for (action, _) in ACTIONS {
            assert_eq!(decide(&mut cx, "posst", action), Decision::Deny);
        }
    }

    fn a_superuser_may_do_everything(app) {
        let mut user = somebody(&[]);
        user.is_superuser = true;
        let mut cx = app.context_of(user);
        for (action, _) in ACTIONS {
            assert_eq!(decide(&mut cx, "posts", action), Decision::Allow);
        }
        assert_eq!(cx.statements(), 0);
    }

    fn who_has_no_role_may_do_nothing(app) {
        rbac::seed(&mut app.context(), &TABLE).expect("seeded");
        for mut cx in [app.context(), app.context_of(somebody(&[])), app.context_of(somebody(&["ghost"]))] {
            for (action, _) in ACTIONS {
                assert_eq!(decide(&mut cx, "posts", action), Decision::Deny);
            }
        }
        let status = |cx: &mut Context| {
            let refused = grants::<Role>("posts").check(Action::List, cx);
            refused.map_err(|error: Error| error.status()).expect_err("refused")
        };
        assert_eq!(status(&mut app.context()), 401);
        assert_eq!(status(&mut app.context_of(somebody(&[]))), 403);
    }

    fn a_rule_may_name_its_operation(app) {
        rbac::seed(&mut app.context(), &TABLE).expect("seeded");
        let purge = Action::Custom("purge", Access::Writes);
        let rule = grants_operation::<Role>("posts", Operation::Delete);
        assert_eq!(rule.to_string(), "grants(posts: delete)");
        let mut author = app.context_of(somebody(&["author"]));
        assert_eq!(rule.decide(purge, None, &mut author).expect("decided"), Decision::Deny);
        let mut editor = app.context_of(somebody(&["editor"]));
        assert_eq!(rule.decide(purge, None, &mut editor).expect("decided"), Decision::Allow);
    }

    fn an_application_without_the_memory_fails_closed(app) {
        let mut cx = Context::detached(app.db.pool());
        let user = somebody(&["editor"]);
        cx.set_principal(restwell_core::Principal::User(user.into()));
        let error = grants::<Role>("posts").check(Action::List, &mut cx).expect_err("no memory");
        assert_eq!(error.status(), 500);
    }
}
