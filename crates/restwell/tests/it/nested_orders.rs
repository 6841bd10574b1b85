//! Rows that are written with the row: what is told of them, and what checks and hooks see of them.

use restwell_testing::on_both_databases;
use serde_json::{Value, json};

use crate::orders::{Shop, shop};

fn line(product: &str, quantity: i64, price: i64) -> Value {
    json!({"product": product, "quantity": quantity, "price": price})
}

/// What is wrong with a change of the first order, which changes nothing.
fn refused(shop: &Shop, status: u16, body: &Value) -> Value {
    let state = || ["orders", "lines", "customers"].map(|table| shop.db.rows(table));
    let before = state();
    let refused = shop.client().patch("/orders/1/", body);
    assert_eq!(state(), before);
    refused.expect(status).errors()
}

on_both_databases! {
    with shop;

    fn receivers_and_the_log_are_told_of_each_row(shop) {
        let body = json!({"total": 31, "stickers": [{"text": "fragile"}],
            "lines": [line("saw", 1, 30), {"id": 1, "quantity": 1}]});
        shop.client().patch("/orders/1/", &body).expect(200);
        assert_eq!(shop.told.read(), [
            "delete: bolt", "update: nut 5 to 1", "create: saw 0 to 1", "stickers: [1]",
        ]);
        assert_eq!(shop.journal.read(), [
            "lines 1 Update", "lines 2 Purge", "lines 4 Create", "orders 1 Update",
        ]);
    }

    fn receivers_are_told_once_for_many_rows(shop) {
        let order = |number: &str| json!({
            "number": number, "total": 3, "customer": {"name": number},
            "lines": [line("a", 1, 1), line("b", 2, 1)],
        });
        shop.client().post("/orders/bulk/", &json!([order("C1"), order("C2")])).expect(201);
        assert_eq!(shop.told.read(), ["create: a 0 to 1, b 0 to 2, a 0 to 1, b 0 to 2"]);
    }

    fn a_receiver_may_refuse_a_row_and_nothing_is_written(shop) {
        let body = json!({"number": "A2", "total": 9, "customer": {"name": "Eve"},
            "lines": [line("bomb", 1, 9)]});
        refused(shop, 422, &body);
        assert_eq!((shop.told.read(), shop.journal.read()), (vec!["delete: nut, bolt".to_owned()], vec![]));
    }

    fn rows_are_stamped_and_counted(shop) {
        let body = json!({"total": 25, "lines": [{"id": 1, "quantity": 15}, line("saw", 1, 10)]});
        let data = shop.client().patch("/orders/1/", &body).expect(200).data();
        assert_eq!((&data["lines"][0]["version"], &data["lines"][1]["version"]), (&json!(2), &json!(1)));
        let (changed, made) = (shop.line(1), shop.line(4));
        assert_eq!((changed.users(), changed.is_fresh()), ((None, Some(7)), (false, true)));
        assert_eq!((made.users(), made.is_fresh()), ((Some(7), Some(7)), (true, true)));
    }

    fn a_row_may_say_which_version_it_means(shop) {
        let body = |version: i64| {
            json!({"total": 1, "lines": [{"id": 1, "version": version, "quantity": 1}]})
        };
        let stale = refused(shop, 409, &body(7));
        assert!(stale["lines"]["0"]["non_field_errors"].is_array(), "{stale}");
        shop.client().patch("/orders/1/", &body(1)).expect(200);
        refused(shop, 409, &body(1));
    }

    fn the_whole_is_checked_with_its_rows(shop) {
        let sum = |sum: i64| json!({"total": [format!("The lines come to {sum}.")]});
        let body = json!({"number": "C1", "total": 5, "customer": {"name": "Cy"},
            "lines": [line("a", 2, 3), line("b", 1, 1)]});
        let wrong = shop.client().post("/orders/", &body).expect(400).errors();
        assert_eq!(wrong, sum(7));
        assert_eq!(shop.db.rows("customers").len(), 2);
        let changed = json!({"lines": [{"id": 1, "quantity": 6}, {"id": 2}]});
        assert_eq!(refused(shop, 400, &changed), sum(26), "the rest is that of the rows");
        assert_eq!(refused(shop, 400, &json!({"lines": [2]})), sum(20), "which may be named alone");
        shop.client().patch("/orders/1/", &json!({"total": 20, "lines": [2]})).expect(200);
        let bulk = json!([{"id": 2, "number": "B2"}, {"id": 1, "lines": [line("c", 1, 1)]}]);
        let wrong = shop.client().patch("/orders/bulk/", &bulk).expect(400).errors();
        assert_eq!(wrong, json!({"1": sum(1)}));
        let unread = json!({"total": 1, "lines": [{"product": "a", "quantity": "x", "price": 1}]});
        let errors = json!({"lines": {"0": {"quantity": ["A valid integer is required."]}}});
        assert_eq!(refused(shop, 400, &unread), errors, "what is wrong is not looked at");
    }

    fn hooks_set_what_the_client_does_not_choose(shop) {
        let body = json!({"total": 21, "lines": [2, {"seller": 1, "product": "saw", "quantity": 1, "price": 1}]});
        let data = shop.client().patch("/orders/1/", &body).expect(200).data();
        assert_eq!((&data["lines"][0]["seller"], &data["lines"][1]["seller"]), (&json!(3), &json!(7)));
        let order = json!({"number": "C1", "total": 1, "customer": {"name": "Cy"},
            "lines": [line("a", 1, 1)]});
        let made = shop.client().post("/orders/bulk/", &json!([order])).expect(201).data();
        assert_eq!(made[0]["lines"][0]["seller"], 7);
    }

    fn a_list_of_rows_has_bounds(shop) {
        let whole = |message: &str| json!({"lines": {"non_field_errors": [message]}});
        let few = whole("Ensure this field has at least 1 elements.");
        assert_eq!(refused(shop, 400, &json!({"lines": []})), few);
        let six: Vec<Value> = (0..6).map(|_| line("a", 1, 1)).collect();
        let many = whole("Ensure this field has no more than 5 elements.");
        assert_eq!(refused(shop, 400, &json!({"lines": six})), many);
        let options = shop.client().options("/orders/1/").expect(200).data();
        let lines = &options["actions"]["PUT"]["lines"];
        assert_eq!((&lines["min_length"], &lines["max_length"]), (&json!(1), &json!(5)));
    }

    fn the_path_decides_to_what_a_new_row_belongs(shop) {
        let order = |number: &str| json!({"number": number, "total": 0});
        let made = shop.client().post("/customers/2/orders/", &order("C1")).expect(201).data();
        assert_eq!(made["customer"], json!({"id": 2, "name": "Bob"}), "it is not required");
        for other in [json!({"name": "Eve"}), json!({"id": 1, "name": "Eve"}), json!(7), json!(null)] {
            let mut body = order(&format!("D{}", shop.db.rows("orders").len()));
            body["customer"] = other;
            let made = shop.client().post("/customers/2/orders/", &body).expect(201).data();
            assert_eq!(made["customer"], json!({"id": 2, "name": "Bob"}), "the body has no say");
        }
        assert_eq!(shop.db.rows("customers").len(), 2);
        let missing = shop.client().post("/orders/", &order("E1")).expect(400).errors();
        assert_eq!(missing, json!({"customer": ["This field is required."]}));
        let options = shop.client().options("/customers/2/orders/").expect(200).data();
        assert_eq!(options["actions"]["POST"]["customer"]["read_only"], true);
        shop.client().post("/customers/9/orders/", &order("F1")).expect(404);
    }

    fn many_rows_belong_to_what_the_path_names(shop) {
        let order = |i: usize| json!({"number": format!("C{i}"), "total": 1,
            "customer": {"name": "Eve"}, "lines": [line("a", 1, 1)]});
        let some: Vec<Value> = (0..3).map(order).collect();
        let made = shop.client().post("/customers/2/orders/bulk/", &some).expect(201).data();
        for made in made.as_array().expect("orders") {
            assert_eq!(made["customer"], json!({"id": 2, "name": "Bob"}));
        }
        assert_eq!(shop.db.rows("customers").len(), 2);
    }

    fn a_row_below_a_path_can_be_given_to_another(shop) {
        let theirs = json!({"customer": {"name": "Eve"}});
        shop.client().patch("/customers/2/orders/1/", &theirs).expect(404);
        let moved = shop.client().patch("/customers/1/orders/1/", &theirs).expect(200).data();
        assert_eq!(moved["customer"], json!({"id": 3, "name": "Eve"}), "as for fields of keys");
        shop.client().get("/customers/1/orders/1/").expect(404);
        shop.client().get("/customers/3/orders/1/").expect(200);
    }
}
