//! What the rows say of themselves.

use chrono::{NaiveDate, Utc};
use restwell::blocks::{Address, Identity, Metadata};
use serde_json::{Value, json};
use uuid::Uuid;

use super::club::{Member, Rank};

fn date(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

fn member() -> Member {
    let now = Utc::now();
    Member {
        id: Uuid::nil(),
        title: None,
        slug: "slug".into(),
        rank: Rank::Novice,
        team_id: None,
        metadata: json!({"count": 7, "name": "x"}),
        tags: vec!["one".into()],
        notes: String::new(),
        first_name: "Jean".into(),
        middle_name: "-Marie ".into(),
        last_name: "d'Eau".into(),
        email: "jean@example.com".into(),
        phone: String::new(),
        birth_date: date("2000-02-29"),
        street_address: "1 Rue".into(),
        street_address_2: " ".into(),
        city: "Paris".into(),
        state_province: String::new(),
        postal_code: "75001".into(),
        country: "France".into(),
        latitude: Some(48.85),
        longitude: Some(2.35),
        created_at: now,
        updated_at: now,
        created_by: None,
        updated_by: None,
        version: 1,
        deleted_at: None,
    }
}

#[test]
fn a_name_is_put_together_of_what_there_is() {
    let mut member = member();
    assert_eq!(member.full_name(), "Jean -Marie d'Eau");
    assert_eq!(member.initials(), "JMD");
    member.middle_name = String::new();
    assert_eq!(
        (member.full_name(), member.initials()),
        ("Jean d'Eau".into(), "JD".into())
    );
    for (name, initials) in [
        ("", "D"),
        ("…", "D"),
        ("ß", "SSD"),
        ("élan", "ÉD"),
        ("日本", "日D"),
    ] {
        member.first_name = name.into();
        assert_eq!(member.initials(), initials, "{name}");
    }
    member.first_name = String::new();
    member.last_name = String::new();
    assert_eq!(
        (member.full_name(), member.initials()),
        (String::new(), String::new())
    );
}

#[test]
fn an_age_is_that_of_a_day() {
    let mut member = member();
    for (today, age) in [
        ("2000-02-28", None),
        ("2000-02-29", Some(0)),
        ("2001-02-28", Some(0)),
        ("2001-03-01", Some(1)),
        ("2024-02-28", Some(23)),
        ("2024-02-29", Some(24)),
    ] {
        assert_eq!(member.age(date(today).expect("a day")), age, "{today}");
    }
    member.birth_date = None;
    assert_eq!(member.age(date("2024-02-29").expect("a day")), None);
}

#[test]
fn an_address_is_put_together_of_what_there_is() {
    let mut member = member();
    assert_eq!(member.full_address(), "1 Rue, Paris, 75001, France");
    assert_eq!(member.short_address(), "Paris, France");
    assert_eq!(member.coordinates(), Some((48.85, 2.35)));
    member.longitude = None;
    assert_eq!(member.coordinates(), None);
}

#[test]
fn metadata_is_read_and_set_by_type() {
    let mut member = member();
    assert_eq!(
        member.metadata_value::<i64>("count").expect("a number"),
        Some(7)
    );
    assert_eq!(member.metadata_value::<i64>("none").expect("nothing"), None);
    assert_eq!(
        member
            .metadata_value::<i64>("name")
            .expect_err("a text")
            .status(),
        500
    );
    assert!(member.remove_metadata_value("name") && !member.remove_metadata_value("name"));
    member.metadata = Value::Null;
    member
        .set_metadata_value("day", &date("2000-02-29"))
        .expect("a date");
    assert_eq!(member.metadata, json!({"day": "2000-02-29"}));
    for tag in ["one", " two, three ", "two, three"] {
        member.add_tag(tag).expect("a tag");
    }
    assert_eq!(member.tags, ["one", "two, three"]);
    for wrong in ["", "  ", &"x".repeat(65)] {
        assert_eq!(member.add_tag(wrong).expect_err("no tag").status(), 400);
    }
    assert!(member.has_tag("one ") && member.remove_tag("one") && !member.remove_tag("one"));
    for number in 1..100 {
        member.add_tag(&number.to_string()).expect("a tag");
    }
    assert!(member.add_tag("one more").is_err() && member.add_tag("99").is_ok());
}
