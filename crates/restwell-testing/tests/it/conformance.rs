//! The matrix passes what is sound, and finds every leak.

use restwell_core::Method;
use restwell_testing::{Finding, Report, TestDatabase, on_both_databases};
use restwell_views::Router;
use serde_json::json;

use crate::notebooks::{
    App, Bulk, Careful, Careless, Leaky, Listing, Note, Notebooks, Notes, Private, app,
};

fn sound(db: TestDatabase) -> App {
    let router = Router::new()
        .register("notebooks", Notebooks)
        .register("notes", Notes)
        .nested("notebooks", Notebooks, "notes", Notes, Note::F.notebook_id);
    app(db, router)
}

fn leaky(db: TestDatabase) -> App {
    let router = Router::new()
        .register("notebooks", Notebooks)
        .register("leaky", Leaky)
        .register("listing", Listing)
        .register("careless", Careless)
        .register("notes", Bulk);
    app(db, router)
}

/// Notebooks are for their owners alone, which one of the resources of notes forgets.
fn private(db: TestDatabase) -> App {
    let router = Router::new()
        .register("notebooks", Private)
        .register("careful", Careful)
        .register("notes", Notes);
    app(db, router)
}

/// The findings at a route, as `principal, case: what`.
fn at(report: &Report, route: &str) -> Vec<String> {
    let own = |finding: &&Finding| finding.route == route;
    let text =
        |finding: &Finding| format!("{} {}: {}", finding.principal, finding.case, finding.found);
    report.findings.iter().filter(own).map(text).collect()
}

fn named(findings: &[String], start: &str) -> bool {
    findings.iter().any(|finding| finding.starts_with(start))
}

mod of_sound_resources {
    use super::*;

    on_both_databases! {
        with sound;

        fn nothing_is_found(app) {
            let report = app.conformance().run();
            report.assert_sound();
            assert!(report.checked > 140, "{}", report.checked);
        }

        fn what_cannot_be_asked_is_told(app) {
            let report = restwell_testing::Conformance::of(&app.api, &app.db).run();
            assert!(report.unchecked.contains(&"GET /notebooks/{pk}/".to_owned()));
            assert!(std::panic::catch_unwind(|| report.assert_sound()).is_err());
        }
    }
}

mod of_leaky_resources {
    use super::*;

    on_both_databases! {
        with leaky;

        fn a_list_of_everything_is_found(app) {
            let report = app.conformance().run();
            let found = at(&report, "GET /leaky/everything/");
            assert!(named(&found, "nobody : shows Notebook "), "{report}");
            assert!(named(&found, "another : shows Notebook "), "{report}");
            assert!(!named(&found, "the owner"), "{report}");
        }

        fn a_missing_look_at_the_row_is_found(app) {
            let report = app.conformance().run();
            let found = at(&report, "GET /leaky/{pk}/peek/");
            assert_eq!(found, [
                "nobody on a secret notebook: 200, where 404 is declared: the row is out of scope",
                "another on a secret notebook: 200, where 404 is declared: the row is out of scope",
            ]);
            let found = at(&report, "POST /leaky/{pk}/seize/");
            for expected in [
                "another on a public notebook: 204, where 403 is declared: the rule does not allow it on the row",
                "another on a secret notebook: 204, where 404 is declared: the row is out of scope",
                "another on a secret notebook: a refused request changed rows of notebooks",
            ] {
                assert!(named(&found, expected), "{report}");
            }
            assert!(!named(&found, "nobody") && !named(&found, "the owner"), "{report}");
        }

        fn a_list_that_shows_what_the_rule_refuses_is_found(app) {
            let report = app.conformance().run();
            let found = at(&report, "GET /listing/");
            assert!(named(&found, "another : lists Notebook "), "{report}");
            assert!(named(&found, "another : counts "), "{report}");
        }

        fn a_reference_that_nobody_looks_up_is_found(app) {
            let report = app.conformance().run();
            let found = at(&report, "PATCH /careless/{pk}/");
            assert_eq!(found, Vec::<String>::new(), "the owner knows of all notebooks");
            let report = app.conformance()
                .row("notebooks", "a notebook of another", || app.notebook(2, false))
                .run();
            let found = at(&report, "PATCH /careless/{pk}/");
            assert!(
                named(&found, "the owner naming a notebook of another as notebook_id: 200"),
                "{report}"
            );
        }

        fn a_body_that_names_rows_is_found_where_it_is_registered(app) {
            let report = app.conformance()
                .body_of_row("notes-bulk", Method::Patch, |key| {
                    json!({"id": key.parse::<i64>().expect("a key")})
                })
                .run();
            let found = at(&report, "PATCH /notes/bulk/");
            assert!(
                named(&found, "another naming a secret note: a refused request changed rows of notes"),
                "{report}"
            );
            assert!(!named(&found, "the owner"), "{report}");
        }

        fn the_report_names_route_rule_and_row(app) {
            let report = app.conformance().run().to_string();
            let expected = "GET /leaky/{pk}/peek/  peek: (read_only | is_owner(owner_id))\n  \
                as nobody on a secret notebook: 200, where 404 is declared: the row is out of scope\n";
            assert!(report.contains(expected), "{report}");
        }
    }
}

mod of_rules_about_targets {
    use super::*;

    on_both_databases! {
        with private;

        fn a_reference_to_what_the_rule_refuses_is_found(app) {
            let matrix = || app.conformance()
                .row("notebooks", "a public notebook of another", || app.notebook(2, true));
            let report = matrix().run();
            let found = at(&report, "PATCH /notes/{pk}/");
            let expected = "the owner naming a public notebook of another as notebook: \
                200, though the rule refuses to retrieve the row";
            assert!(named(&found, expected), "{report}");
            assert_eq!(at(&report, "PATCH /careful/{pk}/"), Vec::<String>::new());
            let on_purpose = matrix().names("notebooks").run();
            assert_eq!(at(&on_purpose, "PATCH /notes/{pk}/"), Vec::<String>::new());
        }
    }
}
