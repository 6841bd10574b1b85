//! What rules about fields hide is not told by the history of the row, nor by its past states.

use restwell::Changes;
use restwell::prelude::*;
use restwell_testing::{Client, on_both_databases};
use serde_json::{Value, json};

use crate::staff::{Company, Person, company};

/// Gives Ann another salary, address and name twice, and another team.
fn change(company: &Company) {
    for (salary, email) in [(31, "one@example.org"), (32, "two@example.org")] {
        let body =
            json!({"salary": salary, "email": email, "name": format!("Ann {salary}"), "team": 2});
        company.staff().patch("/people/1/", &body).expect(200);
    }
}

/// The last entry that somebody finds.
fn last(client: &Client, path: &str) -> Value {
    client.get(path).expect(200).results().remove(0)
}

fn changed(entry: &Value) -> Vec<&str> {
    let changes = entry["changes"].as_object().expect("an object");
    sorted(changes.keys().map(String::as_str).collect())
}

fn sorted(mut names: Vec<&str>) -> Vec<&str> {
    names.sort_unstable();
    names
}

const LOG: &str = "/audit/?entity=people";

on_both_databases! {
    with company;

    fn a_history_has_no_change_of_a_hidden_field(company) {
        change(company);
        let history = "/people/1/history/";
        let nobody = company.nobody().get(history).expect(200);
        assert_eq!(changed(&nobody.results()[0]), ["name"]);
        assert_eq!(changed(&nobody.results()[1]), ["name", "team_id"]);
        assert_eq!(changed(&last(&company.staff(), history)), ["email", "name", "salary"]);
    }

    fn a_rule_that_needs_the_row_is_asked_about_the_row(company) {
        change(company);
        let of_ann = last(&company.ann(), "/people/1/history/");
        assert_eq!(changed(&of_ann), ["email", "name"]);
        company.staff().patch("/people/2/", &json!({"email": "x@example.org", "name": "B"})).expect(200);
        assert_eq!(changed(&last(&company.ann(), "/people/2/history/")), ["name"]);
    }

    fn the_log_has_no_change_of_a_hidden_field(company) {
        change(company);
        assert_eq!(changed(&last(&company.nobody(), LOG)), ["name"]);
        assert_eq!(changed(&last(&company.ann(), LOG)), ["name"]);
        let whole = last(&company.staff(), LOG);
        assert_eq!(changed(&whole), ["email", "name", "salary"]);
        let path = format!("/audit/{}/", whole["id"]);
        assert_eq!(changed(&company.nobody().get(&path).expect(200).data()), ["name"]);
        assert_eq!(company.staff().get(&path).expect(200).data(), whole);
    }

    fn a_hidden_value_cannot_be_tried_against_the_hash(company) {
        change(company);
        for path in ["/people/1/history/", LOG] {
            for (client, whole) in [(company.nobody(), false), (company.staff(), true)] {
                let entry = last(&client, path);
                assert_eq!(entry.get("hash").is_some(), whole, "{path}: {entry}");
                assert_eq!(entry.get("previous_hash").is_some(), whole, "{path}: {entry}");
            }
            let separator = if path.contains('?') { '&' } else { '?' };
            let fields = format!("{path}{separator}fields=hash,previous_hash,changes");
            assert_eq!(last(&company.nobody(), &fields), json!({"changes": last(&company.nobody(), path)["changes"]}));
        }
    }

    fn every_table_has_its_own_rules(company) {
        company.superuser().patch("/teams/1/", &json!({"name": "chai", "budget": 7})).expect(200);
        let log = "/audit/?entity=teams";
        assert_eq!(changed(&last(&company.nobody(), log)), ["name"]);
        let whole = last(&company.staff(), log);
        assert_eq!(changed(&whole), ["budget", "name"]);
        assert!(whole["hash"].is_string());
    }

    fn a_past_state_has_no_hidden_field(company) {
        change(company);
        let past = "/people/1/?as_of=2100-01-01T00:00:00Z";
        let nobody = company.nobody().get(past).expect(200).data();
        let members = nobody.as_object().expect("an object").keys();
        assert_eq!(sorted(members.map(String::as_str).collect()), ["grade", "id", "name", "team"]);
        assert!(nobody["team"].get("budget").is_none());
        assert_eq!(company.ann().get(past).expect(200).data()["email"], "two@example.org");
        assert_eq!(company.staff().get(past).expect(200).data()["salary"], 32);
    }

    fn who_owned_a_row_then_sees_no_more_of_it_than_now(company) {
        company.ann().patch("/people/1/", &json!({"name": "Ann", "email": "old@example.org"})).expect(200);
        let at = company.ann().get("/people/1/history/").expect(200).results()[0]["at"].clone();
        let given = Changes::new().with(Person::F.user_id, 7_i64);
        Person::objects().update_one(&mut company.db.context(), &1, given, None).expect("a row");
        let past = format!("/people/1/?as_of={}", at.as_str().expect("a time"));
        let shown = company.ann().get(&past).expect(200).data();
        assert!(shown.get("email").is_none(), "{shown}");
        assert_eq!(company.staff().get(&past).expect(200).data()["email"], "old@example.org");
    }
}
