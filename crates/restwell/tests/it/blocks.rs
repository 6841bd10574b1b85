//! A model of all building blocks, over a table that the text of its migration makes.

mod club;
mod rows;

use std::collections::BTreeSet;

use diesel::RunQueryDsl;
use restwell::blocks::Slugged;
use restwell::prelude::*;
use restwell_testing::{on_both_databases, race};
use serde_json::{Value, json};

use club::{Member, Rank, opened};

fn ada(number: usize) -> Value {
    json!({"first_name": "Ada", "email": format!("ada{number}@example.com")})
}

fn with(number: usize, key: &str, value: impl Into<Value>) -> Value {
    let mut body = ada(number);
    body[key] = value.into();
    body
}

fn path_of(member: &Value) -> String {
    format!("/members/{}/", member["id"].as_str().expect("a key"))
}

fn slugs(members: &[Value]) -> BTreeSet<String> {
    let slug = |row: &Value| row["slug"].as_str().expect("a slug").to_owned();
    members.iter().map(slug).collect()
}

on_both_databases! {
    with opened;

    fn what_is_left_out_has_the_defaults_of_the_migration(club) {
        let made = club.join(&with(1, "title", "Crème brûlée"));
        let shown = |key: &str| made[key].clone();
        assert_eq!(shown("slug"), "creme-brulee");
        assert_eq!((shown("metadata"), shown("tags")), (json!({}), json!([])));
        assert_eq!(shown("notes"), "");
        assert_eq!((shown("rank"), shown("version")), (json!("novice"), json!(1)));
        assert_eq!((shown("latitude"), shown("birth_date")), (Value::Null, Value::Null));
        assert_eq!((shown("full_name"), shown("short_address")), (json!("Ada"), json!("")));
        assert_eq!(shown("created_at"), shown("updated_at"));
        assert_eq!(shown("created_by"), Value::Null);
    }

    fn everything_that_is_given_comes_back(club) {
        let body = json!({
            "title": "T", "slug": "own", "rank": "master", "team": 1, "skills": [2, 1],
            "metadata": {"a": [1, {"b": null}]}, "tags": ["x, y", "z", "x, y"], "notes": "n\nm",
            "first_name": "Ada", "middle_name": "King", "last_name": "Lovelace",
            "email": "Ada@Example.com", "phone": "+44 (0)20 7946-0958", "birth_date": "1815-12-10",
            "street_address": "12 St James's Square", "street_address_2": "", "city": "London",
            "state_province": "", "postal_code": "SW1Y 4JH", "country": "England",
            "latitude": 51.5074, "longitude": -0.1337,
        });
        let made = club.join(&body);
        let again = club.client().get(&path_of(&made));
        let again = again.expect(200).data();
        for (key, value) in body.as_object().expect("members") {
            let expected = match key.as_str() {
                "tags" => json!(["x, y", "z"]),
                "skills" => json!([1, 2]),
                _ => value.clone(),
            };
            let mut shown = again[key].clone();
            if let Some(list) = shown.as_array_mut().filter(|_| key == "skills") {
                list.sort_by_key(Value::as_i64);
            }
            assert_eq!(shown, expected, "{key}");
        }
        assert_eq!(again["full_name"], "Ada King Lovelace");
        assert_eq!(again["short_address"], "London, England");
    }

    fn fields_of_the_blocks_are_held_to_their_limits(club) {
        for (key, value) in [
            ("first_name", json!("")), ("first_name", json!("x".repeat(101))),
            ("middle_name", json!("x".repeat(101))), ("last_name", json!("x".repeat(101))),
            ("email", json!("no address")),
            ("email", json!(format!("{}@example.com", "x".repeat(250)))),
            ("phone", json!("12")), ("phone", json!("call me")),
            ("phone", json!("1234567890123456")),
            ("phone", json!("+")), ("phone", json!("49+30123")), ("phone", json!("١٢٣٤٥")),
            ("phone", json!("1 2 3".repeat(9))),
            ("birth_date", json!("2026-03-01")), ("birth_date", json!("9999-12-31")),
            ("birth_date", json!("2023-02-29")),
            ("street_address", json!("x".repeat(256))), ("city", json!("x".repeat(101))),
            ("postal_code", json!("x".repeat(21))), ("country", json!("x".repeat(101))),
            ("latitude", json!(90.001)), ("latitude", json!(-90.001)), ("latitude", json!("NaN")),
            ("longitude", json!(180.001)), ("longitude", json!(-1e308)),
            ("metadata", json!([])), ("metadata", json!("x")), ("metadata", Value::Null),
            ("metadata", json!({"a": "\u{0}"})), ("metadata", json!({"a": "x".repeat(65_536)})),
            ("tags", json!("a,b")), ("tags", json!({})), ("tags", json!([["a"]])),
            ("tags", Value::Null),
            ("tags", json!(["x".repeat(65)])),
            ("tags", json!((0..101).map(|number| number.to_string()).collect::<Vec<_>>())),
            ("notes", json!("x".repeat(10_001))),
            ("slug", json!("no slug")), ("slug", json!("")), ("slug", json!("x".repeat(61))),
            ("slug", Value::Null),
            ("rank", json!("king")), ("team", json!(7)), ("skills", json!([7])),
        ] {
            let mut body = with(1, key, value.clone());
            if key == "latitude" {
                body["longitude"] = json!(0);
            }
            if key == "longitude" {
                body["latitude"] = json!(0);
            }
            let errors = club.refused(&body);
            let names: Vec<&String> = errors.as_object().expect("fields").keys().collect();
            assert_eq!(names, [key], "{value} of {key}: {errors}");
        }
        assert_eq!(club.client().get("/members/").data()["count"], 0);
    }

    fn limits_themselves_are_kept(club) {
        let body = json!({
            "first_name": "x".repeat(100), "email": "a@example.com", "phone": "112",
            "birth_date": "2026-02-28", "latitude": -90, "longitude": 180,
            "tags": (0..100).map(|number| format!("{number:ü>64}")).collect::<Vec<_>>(),
            "notes": "ü".repeat(10_000), "city": "ü".repeat(100), "postal_code": "x".repeat(20),
            "title": "t".repeat(200),
        });
        let made = club.join(&body);
        assert_eq!(made["latitude"].as_f64(), Some(-90.0));
        assert_eq!(made["longitude"].as_f64(), Some(180.0));
        assert_eq!(made["tags"].as_array().map(Vec::len), Some(100));
        assert_eq!(made["slug"].as_str().map(str::len), Some(50));
    }

    fn there_are_both_coordinates_or_none(club) {
        let message = "Give both coordinates or neither.";
        assert_eq!(club.refused(&with(1, "latitude", 1.5)), json!({"longitude": [message]}));
        assert_eq!(club.refused(&with(1, "longitude", 1.5)), json!({"latitude": [message]}));
        let mut body = with(1, "latitude", 0);
        body["longitude"] = json!(0);
        let made = club.join(&body);
        let path = path_of(&made);
        let refused = club.client().patch(&path, &json!({"latitude": null})).expect(400);
        assert_eq!(refused.errors(), json!({"latitude": [message]}));
        club.client().patch(&path, &json!({"latitude": 4})).expect(200);
        club.client().patch(&path, &json!({"latitude": null, "longitude": null})).expect(200);
        club.client().patch(&path, &json!({"longitude": 4})).expect(400);
    }

    fn an_address_is_taken_whatever_its_case_until_its_row_is_deleted(club) {
        let made = club.join(&ada(1));
        let again = json!({"first_name": "Eve", "email": "ADA1@EXAMPLE.COM"});
        let taken = json!({"email": ["member with this email already exists."]});
        assert_eq!(club.refused(&again), taken);
        let path = path_of(&made);
        club.client().delete(&path).expect(204);
        club.join(&again);
        club.client().post(&format!("{path}restore/"), &json!({})).expect(409);
    }

    fn a_slug_is_made_on_every_path_and_given_ones_stand(club) {
        let slug = |body: &Value| club.join(body)["slug"].clone();
        assert_eq!(slug(&with(1, "title", "Same")), "same");
        assert_eq!(slug(&with(2, "title", "Same")), "same-2");
        assert_eq!(slug(&ada(3)), "item");
        assert_eq!(slug(&with(4, "title", Value::Null)), "item-2");
        assert_eq!(slug(&with(5, "slug", "same-3")), "same-3");
        assert_eq!(slug(&with(6, "title", "Same")), "same-4");
        let taken = json!({"slug": ["member with this slug already exists."]});
        assert_eq!(club.refused(&with(7, "slug", "same")), taken);
        let mut cx = club.db.context();
        let row = |number: usize| Changes::new()
            .with(Member::F.title, "Same")
            .with(Member::F.rank, Rank::Master)
            .with(Member::F.first_name, "Bob")
            .with(Member::F.email, format!("bob{number}@example.com"));
        let made = Member::objects().create(&mut cx, row(1)).expect("a member");
        assert_eq!(made.slug(), "same-5");
        let many = (2..5).map(row).chain([row(5).with(Member::F.slug, "same-6")]).collect();
        let before = cx.statements();
        let many = Member::objects().create_many(&mut cx, many).expect("members");
        let slugs: Vec<&str> = many.iter().map(Slugged::slug).collect();
        assert_eq!(slugs, ["same-7", "same-8", "same-9", "same-6"]);
        assert!(cx.statements() - before <= 3, "{} statements", cx.statements() - before);
        let missing = Member::objects().create_missing(&mut cx, vec![row(1), row(6)]);
        assert_eq!(missing.expect("a count"), 1);
        let found = Member::find_by_slug(&mut cx, "same-11").expect("a member");
        assert_eq!(found.email, "bob6@example.com");
        assert!(Member::find_by_slug(&mut cx, "nobody").is_err());
    }

    fn another_taken_value_is_not_mistaken_for_a_slug(club) {
        for number in 0..22 {
            club.join(&with(number, "title", "Same"));
        }
        let mut cx = club.db.context();
        let row = Changes::new()
            .with(Member::F.title, "Same")
            .with(Member::F.rank, Rank::Master)
            .with(Member::F.first_name, "Bob")
            .with(Member::F.email, "ada1@example.com");
        let before = cx.statements();
        let error = Member::objects().create(&mut cx, row).expect_err("a taken address");
        assert_eq!(error.status(), 400);
        assert!(error.fields().contains("email"), "{error:?}");
        assert!(cx.statements() - before <= 5, "{} statements", cx.statements() - before);
    }

    fn a_batch_gets_slugs_of_its_own_in_few_statements(club) {
        club.join(&with(0, "title", "Same"));
        let rows: Vec<Value> = (1..=1_000).map(|number| match number % 10 {
            0 => with(number, "slug", format!("same-{number}")),
            _ => with(number, "title", "Same"),
        }).collect();
        let answer = club.client().post("/members/bulk/", &json!(rows)).expect(201);
        let statements = answer.statements();
        assert!(statements <= 15, "{statements} statements");
        let made = answer.data();
        let slugs = slugs(made.as_array().expect("rows"));
        assert_eq!(slugs.len(), 1_000);
        assert!(slugs.contains("same-10") && !slugs.contains("same"));
    }

    fn of_many_at_once_each_has_a_slug_of_its_own(club) {
        let made = race(16, |number| club.join(&with(number, "title", "Same")));
        let own = slugs(&made);
        assert_eq!(own.len(), 16, "{own:?}");
        let batches = race(4, |batch| {
            let row = |row| with(100 + 10 * batch + row, "title", "Many");
            let rows: Vec<Value> = (0..5).map(row).collect();
            club.client().post("/members/bulk/", &json!(rows)).expect(201).data()
        });
        let made = batches.iter().flat_map(|batch| batch.as_array().expect("rows").clone());
        let own = slugs(&made.collect::<Vec<_>>());
        assert_eq!(own.len(), 20, "{own:?}");
    }

    fn metadata_changes_through_the_row(club) {
        let made = club.join(&with(1, "metadata", json!({"kept": true})));
        let path = format!("{}visit/", path_of(&made));
        for visits in 1..=3 {
            let shown = club.client().post(&path, &json!({})).expect(200).data();
            assert_eq!(shown["metadata"], json!({"kept": true, "visits": visits}));
            assert_eq!(shown["tags"], json!(["seen, at last"]));
        }
    }

    fn the_database_holds_to_the_checks_by_itself(club) {
        club.join(&ada(1));
        let mut cx = club.db.context();
        let at = |latitude: f64, longitude: Option<f64>| {
            let changes = Changes::new().with(Member::F.latitude, latitude);
            changes.with(Member::F.longitude, longitude)
        };
        let wrong: [(&'static str, Changes<Member>); 9] = [
            ("slug", Changes::new().with(Member::F.slug, "")),
            ("slug", Changes::new().with(Member::F.slug, "x".repeat(61))),
            ("first_name", Changes::new().with(Member::F.first_name, "")),
            ("phone", Changes::new().with(Member::F.phone, "1".repeat(33))),
            ("latitude", at(91.0, Some(0.0))),
            ("longitude", at(0.0, None)),
            ("metadata", Changes::new().with(Member::F.metadata, json!([]))),
            ("notes", Changes::new().with(Member::F.notes, "x".repeat(10_001))),
            ("email", Changes::new().with(Member::F.email, "x".repeat(255))),
        ];
        for (field, changes) in wrong {
            let error = Member::objects().update(&mut cx, changes).expect_err(field);
            assert_eq!(error.status(), 400, "{field}");
            assert!(error.fields().contains(field), "{field}: {error:?}");
        }
        let update = |cx: &mut Context, set: &str| {
            let connection = cx.connection().expect("a connection");
            diesel::sql_query(format!("UPDATE members SET {set}")).execute(connection)
        };
        assert!(update(&mut cx, "rank = 'king'").is_err());
        assert!(update(&mut cx, "team_id = 7").is_err());
        assert_eq!(update(&mut cx, "team_id = 1, rank = 'master'"), Ok(1));
        club.db.execute("DELETE FROM teams");
        let team = Member::objects().values(Member::F.team_id, &mut cx).expect("a team");
        assert_eq!(team, [None]);
    }
}
