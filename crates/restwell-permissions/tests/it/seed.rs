use restwell_db::{Context, Model};
use restwell_permissions::rbac::{self, Feature, Operation, Operations, Role, RoleGrant};
use restwell_testing::{on_both_databases, race};

use crate::application::started;

const SEED: [(&str, &str, Operations); 3] = [
    ("reader", "posts", Operations::READ),
    ("reader", "tags", Operations::READ),
    ("editor", "posts", Operations::ALL),
];

fn counts(cx: &mut Context) -> [i64; 3] {
    [
        Role::objects().count(cx).expect("counted"),
        Feature::objects().count(cx).expect("counted"),
        RoleGrant::objects().count(cx).expect("counted"),
    ]
}

fn operations(cx: &mut Context, role: &str, feature: &str) -> Operations {
    let of_both = RoleGrant::F.role.eq(role) & RoleGrant::F.feature.eq(feature);
    let grant = RoleGrant::objects()
        .filter(of_both)
        .get(cx)
        .expect("a grant");
    grant.operations()
}

on_both_databases! {
    with started;

    fn seeding_again_changes_nothing(app) {
        let mut cx = app.context();
        for _ in 0..2 {
            rbac::seed(&mut cx, &SEED).expect("seeded");
            assert_eq!(counts(&mut cx), [2, 2, 3]);
        }
        rbac::seed(&mut cx, &[]).expect("seeded");
        assert_eq!(operations(&mut cx, "editor", "posts"), Operations::ALL);
    }

    fn seeding_leaves_what_people_changed(app) {
        let mut cx = app.context();
        rbac::seed(&mut cx, &SEED).expect("seeded");
        let more = Operations::of(&[Operation::Retrieve, Operation::Create]);
        rbac::grant(&mut cx, "reader", "posts", more).expect("granted");
        rbac::seed(&mut cx, &SEED).expect("seeded");
        assert_eq!(operations(&mut cx, "reader", "posts"), more);
        rbac::grant(&mut cx, "editor", "tags", Operations::READ).expect("granted");
        assert_eq!(operations(&mut cx, "editor", "tags"), Operations::READ);
    }

    fn programs_that_start_together_can_seed(app) {
        for outcome in race(4, |_| rbac::seed(&mut app.context(), &SEED)) {
            outcome.expect("seeded");
        }
        assert_eq!(counts(&mut app.context()), [2, 2, 3]);
    }

    fn what_does_not_exist_is_granted_nothing(app) {
        let mut cx = app.context();
        rbac::seed(&mut cx, &SEED).expect("seeded");
        for (role, feature) in [("ghost", "posts"), ("reader", "ghosts")] {
            let error = rbac::grant(&mut cx, role, feature, Operations::ALL).expect_err("refused");
            assert_eq!(error.status(), 400, "{error:?}");
        }
        let error = rbac::seed(&mut cx, &[("", "posts", Operations::ALL)]).expect_err("refused");
        assert_eq!(error.status(), 400, "{error:?}");
        assert_eq!(counts(&mut cx), [2, 2, 3]);
    }
}
