//! Whatever stands in a body, reading it ends with a draft or a refusal.

use proptest::prelude::*;
use restwell_serializers::{Input, Mode, parse_many, parse_one, validate};

use crate::database::Database;
use crate::sample::{SampleSerializerInput as Sample, WHOLE};

/// Any JSON, with the fields' names among those of its members.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let name = prop_oneof![
        proptest::sample::select(Sample::FIELDS).prop_map(|field| field.name.to_owned()),
        Just("version".to_owned()),
        ".{0,8}",
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        ".{0,40}".prop_map(Into::into),
        "[-+.eE0-9 ]{0,24}".prop_map(Into::into),
        "[-+.:TZ0-9 ]{0,32}".prop_map(Into::into),
        "[-0-9a-f]{30,40}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
            prop::collection::vec((name.clone(), inner), 0..12)
                .prop_map(|members| { serde_json::Value::Object(members.into_iter().collect()) }),
        ]
    })
}

/// One field with any value.
fn member() -> impl Strategy<Value = String> {
    (proptest::sample::select(Sample::FIELDS), json())
        .prop_map(|(field, value)| format!("{{\"{}\":{value}}}", field.name))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_one::<Sample>(&body);
        let _ = parse_many::<Sample>(&body, 10);
    }

    #[test]
    fn any_piece_of_a_body_is_read_or_refused(
        at in 0..WHOLE.len(),
        length in 0..12_usize,
        bytes in prop::collection::vec(any::<u8>(), 0..12),
    ) {
        let mut body = WHOLE.as_bytes().to_vec();
        let end = (at + length).min(body.len());
        body.splice(at..end, bytes);
        let _ = parse_one::<Sample>(&body);
    }

    #[test]
    fn any_json_is_read_or_refused(json in json()) {
        let text = json.to_string();
        let draft = parse_one::<Sample>(text.as_bytes()).expect("JSON");
        prop_assert!(json.is_object() || !draft.errors.is_empty());
        let _ = parse_many::<Sample>(text.as_bytes(), 10);
    }
}

#[test]
fn what_is_accepted_can_be_stored() {
    let database = Database::new();
    let mut cx = database.context();
    let config = ProptestConfig {
        failure_persistence: None,
        cases: 200,
        ..ProptestConfig::default()
    };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let row = {
        let draft = parse_one::<Sample>(WHOLE.as_bytes()).expect("JSON");
        let mut whole = validate(vec![draft], &[None], Mode::Create, &mut cx).expect("a database");
        let whole = whole.remove(0).expect("a whole body");
        whole.save(&mut cx).expect("a row")
    };
    let cx = std::cell::RefCell::new(cx);
    let outcome = runner.run(&member(), |body| {
        let mut cx = cx.borrow_mut();
        let draft = parse_one::<Sample>(body.as_bytes()).expect("JSON");
        let read = validate(vec![draft], &[Some(&row)], Mode::PartialUpdate, &mut cx);
        if let Ok(sound) = read.expect("a database").remove(0) {
            let rows = restwell_db::Model::objects();
            let saved = sound.for_row(rows, row.id, None).save(&mut cx);
            prop_assert!(saved.is_ok(), "{body}: {saved:?}");
        }
        Ok(())
    });
    outcome.expect("every sound value can be stored");
}
