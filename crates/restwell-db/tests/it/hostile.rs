//! Text that was meant to be more than text.

use diesel::RunQueryDsl;
use diesel::sql_types::BigInt;
use restwell_db::statement::Order;
use restwell_db::{Changes, Model, Q};

use crate::field::sample;
use crate::model::{ANN, Odd, Post, Sample, Tag, make_ann, make_posts, post};

const ATTACKS: [&str; 9] = [
    "'; DROP TABLE posts; --",
    "\" OR \"\" = \"",
    "' OR '1'='1",
    "$1",
    "?",
    "%' ESCAPE '\\",
    "\\' OR 1=1 --",
    "); DELETE FROM users; --",
    "\u{202e}\u{feff}🎉",
];

on_both! {
    fn text_is_never_more_than_text(db: &Database) {
        let mut cx = db.context();
        make_ann(&mut cx);
        for attack in ATTACKS {
            let row = post(ANN, attack);
            let made = Post::objects().create(&mut cx, row).expect("a post");
            assert_eq!(made.title, attack);
            for q in [
                Post::F.title.eq(attack),
                Post::F.title.in_([attack, "x"]),
                Post::F.title.contains(attack),
                Post::F.title.icontains(attack),
                Post::F.title.iexact(attack),
                Post::F.title.startswith(attack) & Post::F.title.endswith(attack),
                !Post::F.title.ne(attack),
                Post::F.title.range(attack, attack),
            ] {
                let found = Post::objects().filter(q.clone()).values(Post::F.id, &mut cx);
                assert_eq!(found.expect("a query that runs"), [made.id], "{q:?}");
            }
            let changes = Changes::new().with(Post::F.slug, format!("{attack}!"));
            let changed = Post::objects()
                .filter(Post::F.title.eq(attack))
                .update_one(&mut cx, &made.id, changes, None)
                .expect("an update")
                .expect("the post");
            assert_eq!(changed.slug, format!("{attack}!"));
        }
        let count = Post::objects().count(&mut cx).expect("a count");
        assert_eq!(usize::try_from(count).expect("few"), ATTACKS.len());
    }

    fn names_are_quoted(db: &Database) {
        let mut cx = db.context();
        let row = Changes::new().with(Odd::F.code, "k").with(Odd::F.a_b, "v").with(Odd::F.select, 1);
        let made = Odd::objects().create(&mut cx, row).expect("a row");
        let all = Odd::F.a_b.eq("v") & Odd::F.select.gte(1) & Odd::F.a_b.icontains("V");
        let rows = || Odd::objects().filter(all.clone()).order_by([Odd::F.select.desc(), Odd::F.a_b.asc()]);
        assert_eq!(rows().get(&mut cx).expect("the row"), made);
        assert_eq!(rows().count(&mut cx).expect("a count"), 1);
        assert_eq!(rows().increment(&mut cx, Odd::F.select, 1).expect("a number"), 1);
        let sum = Odd::objects().aggregate(restwell_db::Sum(Odd::F.select), &mut cx);
        assert_eq!(sum.expect("a sum"), Some(2));
        assert_eq!(rows().limit(1).delete(&mut cx).expect("a number"), 1);
    }

    fn a_nul_byte_is_no_server_error(db: &Database) {
        let mut cx = db.context();
        make_posts(&mut cx, &["one"]);
        let nul = "a\0b";
        let outcome = cx.atomic(|cx| Post::objects().create(cx, post(ANN, nul)));
        if let Err(error) = &outcome {
            assert_eq!((error.status(), error.code()), (400, "validation_error"), "{error:?}");
        }
        let is_stored = outcome.is_ok();
        for q in [
            Post::F.title.eq(nul),
            Post::F.title.icontains(nul),
            Post::F.title.contains(nul),
            Post::F.title.in_([nul]),
        ] {
            match Post::objects().filter(q.clone()).count(&mut cx) {
                Ok(count) => assert_eq!(count, i64::from(is_stored), "{q:?}"),
                Err(error) => assert_eq!(error.status(), 400, "{q:?} {error:?}"),
            }
        }
        let json = serde_json::json!({"a\0": "\0"});
        let outcome = Sample::objects().create(&mut cx, sample().with(Sample::F.json, json.clone()));
        match outcome {
            Ok(made) => assert_eq!(made.json, json),
            Err(error) => assert_eq!(error.status(), 400, "{error:?}"),
        }
    }

    fn a_long_pattern_is_no_server_error(db: &Database) {
        let mut cx = db.context();
        let long = "ä%".repeat(60_000);
        Tag::objects()
            .create(&mut cx, Changes::new().with(Tag::F.name, "tag"))
            .expect("a tag");
        for q in [
            Tag::F.name.icontains(long.as_str()),
            Tag::F.name.contains(long.as_str()),
            Tag::F.name.istartswith(long.as_str()),
            Tag::F.name.endswith(long.as_str()),
        ] {
            assert_eq!(Tag::objects().filter(q).count(&mut cx).expect("a count"), 0);
        }
    }

    fn many_conditions_are_no_server_error(db: &Database) {
        let mut cx = db.context();
        make_posts(&mut cx, &["one"]);
        let any = (0..200).fold(Q::nothing(), |q, i| q | Post::F.views.eq(i));
        assert_eq!(Post::objects().filter(any).count(&mut cx).expect("a count"), 1);
        let all = (1..200).fold(Q::all(), |q, i| q & !Post::F.views.eq(i));
        assert_eq!(Post::objects().filter(all).count(&mut cx).expect("a count"), 1);
    }

    fn any_number_of_texts_keeps_few_statements_prepared(db: &Database) {
        make_posts(&mut db.context(), &["one"]);
        for number in 0..2_100 {
            let posts = Post::objects().order_by_columns(order(number));
            assert_eq!(posts.load(&mut db.context()).expect("posts").len(), 1);
        }
        let mut session = db.pool.get().expect("a connection");
        assert!((50..1_010).contains(&session.prepared()), "{}", session.prepared());
        if session.dialect().is_postgres() {
            let kept = diesel::dsl::sql::<BigInt>("SELECT count(*) FROM pg_prepared_statements");
            let kept: i64 = kept.get_result(&mut **session).expect("a count");
            assert!(kept < 1_010, "{kept}");
        }
    }
}

/// Another order for each number below 3^7.
fn order(mut number: usize) -> Vec<Order> {
    let mut order = Vec::new();
    for column in &Post::META.columns[1..8] {
        match number % 3 {
            0 => {}
            1 => order.push(Order::asc(column)),
            _ => order.push(Order::desc(column)),
        }
        number /= 3;
    }
    order
}
