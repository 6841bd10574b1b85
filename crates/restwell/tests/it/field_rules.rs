//! Who may see a field, and who may set it.

use restwell_testing::on_both_databases;
use serde_json::{Value, json};

use crate::staff::company;

/// The names of the members of an object.
fn names(value: &Value) -> Vec<&str> {
    let members = value.as_object().expect("an object");
    members.keys().map(String::as_str).collect()
}

on_both_databases! {
    with company;

    fn a_field_is_not_there_for_whoever_may_not_see_it(company) {
        let ann = json!({
            "id": 1, "name": "Ann", "grade": "junior", "team": {"id": 1, "name": "tea"},
        });
        assert_eq!(company.nobody().get("/people/1/").expect(200).data(), ann);
        let shown = company.staff().get("/people/1/").expect(200).data();
        assert_eq!(shown, json!({
            "id": 1, "name": "Ann", "grade": "junior", "email": "ann@example.org", "salary": 30,
            "initial": "A", "team": {"id": 1, "name": "tea", "budget": 500},
        }));
        let shown = company.superuser().get("/people/1/").expect(200).data();
        assert_eq!(shown["team_budget"], 500);
        let rows = company.nobody().get("/people/").expect(200).results();
        assert_eq!(rows[0], ann);
    }

    fn a_rule_that_needs_the_row_is_asked_for_every_row(company) {
        let rows = company.ann().get("/people/").expect(200).results();
        let emails: Vec<&Value> = rows.iter().map(|row| &row["email"]).collect();
        assert_eq!(emails, [&json!("ann@example.org"), &Value::Null]);
        assert!(!names(&rows[1]).contains(&"email"), "{rows:?}");
        let rows = company.ann().get("/people/?fields=email").expect(200).results();
        assert_eq!(rows, [json!({"email": "ann@example.org"}), json!({})]);
    }

    fn what_is_hidden_is_not_read(company) {
        let hidden = company.nobody().get("/people/?fields=name,grade").expect(200).statements();
        let all = company.nobody().get("/people/").expect(200).statements();
        // The team's name costs one statement.
        assert_eq!(all, hidden + 1);
        // The budget that a superuser sees comes with the same one.
        assert_eq!(company.superuser().get("/people/").expect(200).statements(), all);
    }

    fn a_hidden_field_cannot_be_wanted(company) {
        let refused = company.nobody().get("/people/?fields=name,salary").expect(400).errors();
        assert_eq!(
            refused["fields"][0],
            "Unknown field \"salary\". The fields are: id, name, grade, team."
        );
        company.staff().get("/people/?fields=name,salary").expect(200);
        company.nobody().get("/people/1/?fields=salary").expect(400);
        company.nobody().patch("/people/1/?fields=salary", &json!({"name": "x"})).expect(400);
        assert_eq!(company.person(1).name, "Ann");
    }

    fn a_hidden_field_is_no_filter(company) {
        for query in ["salary__gte=1", "email=ann@example.org", "email__icontains=a", "budget__gte=1",
            "initial=A"] {
            let refused = company.nobody().get(&format!("/people/?{query}")).expect(400).errors();
            let text = refused.to_string();
            let (allowed, _) = text.split_once("Allowed: ").expect("names").1.split_once('.').expect("an end");
            assert_eq!(allowed, "fields, format, name, ordering, page, page_size, search, team", "{query}");
        }
        // Ann sees her own address, and must not find out those of others.
        company.ann().get("/people/?email=bob@example.org").expect(400);
        let found = company.staff().get("/people/?salary__gte=35").expect(200);
        assert_eq!(found.results().len(), 1);
        company.staff().get("/people/?email=bob@example.org&initial=B").expect(200);
        // The staff sees the budget of a team, but not here, where it has another rule too.
        company.staff().get("/people/?budget__gte=600").expect(400);
        company.superuser().get("/people/?budget__gte=600").expect(200);
        company.nobody().get("/people/?team=tea").expect(200);
    }

    fn a_hidden_field_is_no_order(company) {
        let refused = company.nobody().get("/people/?ordering=-salary").expect(400).errors();
        assert_eq!(refused["ordering"][0], "Unknown ordering \"-salary\". Allowed: name, id.");
        let rows = company.staff().get("/people/?ordering=-salary").expect(200).results();
        assert_eq!(rows[0]["name"], "Bob");
        // Where nothing else could be asked for, there is no such parameter.
        company.nobody().get("/teams/?ordering=budget").expect(400);
        company.staff().get("/teams/?ordering=budget").expect(200);
    }

    fn a_hidden_field_is_not_searched(company) {
        let found = |client: restwell_testing::Client, what: &str| {
            client.get(&format!("/people/?search={what}")).expect(200).results().len()
        };
        assert_eq!(found(company.nobody(), "example.org"), 0);
        assert_eq!(found(company.ann(), "example.org"), 0);
        assert_eq!(found(company.staff(), "example.org"), 2);
        assert_eq!(found(company.nobody(), "Ann"), 1);
    }

    fn whoever_may_not_set_a_field_is_passed_over(company) {
        let body = json!({"name": "Eve", "email": "e@example.org", "salary": 99, "grade": "chief", "team": 2});
        let made = company.ann().post("/people/", &body).expect(201).data();
        let row = company.person(made["id"].as_i64().expect("a key"));
        assert_eq!((row.salary, row.grade.as_str(), row.team_id), (10, "junior", 1));
        company.ann().patch("/people/2/", &json!({"salary": 99, "grade": "chief", "team": 1})).expect(200);
        let row = company.person(2);
        assert_eq!((row.salary, row.grade.as_str(), row.team_id), (40, "senior", 2));
        company.staff().patch("/people/2/", &json!({"salary": 41, "team": 1})).expect(200);
        let row = company.person(2);
        assert_eq!((row.salary, row.team_id), (41, 1));
    }

    fn a_wrong_value_of_such_a_field_is_passed_over_too(company) {
        let body = json!({"salary": "a lot", "team": 77, "grade": null});
        company.nobody().patch("/people/2/", &body).expect(200);
        company.staff().patch("/people/2/", &json!({"salary": "a lot"})).expect(400);
    }

    fn a_rule_that_needs_the_row_has_it_in_an_update(company) {
        company.ann().patch("/people/1/", &json!({"grade": "chief"})).expect(200);
        assert_eq!(company.person(1).grade, "chief");
        let body = json!({"name": "Ann", "email": "a@example.org"});
        company.staff().put("/people/1/", &body).expect(200);
        assert_eq!(company.person(1).grade, "chief");
    }

    fn a_strict_serializer_refuses_what_one_may_not_set(company) {
        let body = json!({"name": "Eve", "salary": 1});
        let refused = company.ann().patch("/strict/1/", &body).expect(400).errors();
        assert_eq!(refused, json!({"salary": ["This field is read-only."]}));
        assert_eq!((company.person(1).name.as_str(), company.person(1).salary), ("Ann", 30));
        company.staff().patch("/strict/1/", &body).expect(200);
        assert_eq!(company.person(1).salary, 1);
    }

    fn what_one_may_set_and_not_see_is_not_echoed(company) {
        let shown = company.nobody().patch("/people/1/", &json!({"email": "x@example.org"}));
        assert!(!names(&shown.expect(200).data()).contains(&"email"));
        assert_eq!(company.person(1).email, "x@example.org");
    }

    fn options_tell_of_the_fields_of_the_principal(company) {
        let fields = |client: restwell_testing::Client, path: &str, method: &str| {
            client.options(path).expect(200).data()["actions"][method].clone()
        };
        let nobody = fields(company.nobody(), "/people/", "POST");
        assert!(nobody.get("salary").is_none(), "{nobody}");
        assert!(nobody.get("initial").is_none() && nobody.get("team_budget").is_none(), "{nobody}");
        assert_eq!((&nobody["team"]["read_only"], &nobody["grade"]["read_only"]), (&json!(true), &json!(true)));
        assert_eq!(nobody["email"]["read_only"], false);
        let staff = fields(company.staff(), "/people/", "POST");
        assert_eq!((&staff["salary"]["read_only"], &staff["team"]["read_only"]), (&json!(false), &json!(false)));
        assert_eq!(fields(company.ann(), "/people/1/", "PATCH")["grade"]["read_only"], false);
        assert_eq!(fields(company.ann(), "/people/2/", "PATCH")["grade"]["read_only"], true);
    }
}
