//! Conditions, each on rows that a careless one would confuse.

use restwell_db::{Changes, Context, Model, Q};
use uuid::Uuid;

use crate::database::moment;
use crate::field::{day, decimal, sample};
use crate::model::{ANN, Category, Kind, Post, Sample, make_ann, make_posts, post};

/// The slugs of the posts for which `q` holds.
fn slugs(cx: &mut Context, q: Q<Post>) -> Vec<String> {
    Post::objects()
        .filter(q)
        .order_by([Post::F.created_at.asc(), Post::F.id.asc()])
        .values(Post::F.slug, cx)
        .expect("posts")
}

/// The texts of the samples for which `q` holds.
fn texts(cx: &mut Context, q: Q<Sample>) -> Vec<String> {
    Sample::objects()
        .filter(q)
        .values(Sample::F.text, cx)
        .expect("samples")
}

fn make_texts(cx: &mut Context, texts: &[&str]) {
    let rows = texts
        .iter()
        .map(|text| sample().with(Sample::F.text, *text))
        .collect();
    Sample::objects().create_many(cx, rows).expect("samples");
}

on_both! {
    fn rows_are_read_while_another_is_there(db: &Database) {
        let mut cx = db.context();
        make_posts(&mut cx, &["a", "b"]);
        make_texts(&mut cx, &["open"]);
        let all = slugs(&mut cx, Q::all());
        let is_there = |text: &str| Q::exists(Sample::objects().filter(Sample::F.text.eq(text)));
        assert_eq!(slugs(&mut cx, is_there("open")), all);
        assert_eq!(slugs(&mut cx, is_there("shut")), Vec::<String>::new());
        assert_eq!(slugs(&mut cx, !is_there("shut") & Post::F.slug.eq(all[0].as_str())), all[..1]);
        let first = Post::objects().filter(Post::F.slug.eq(all[0].as_str()));
        assert_eq!(slugs(&mut cx, Q::exists(first.clone())), all);
        first.clone().delete(&mut cx).expect("deleted");
        assert_eq!(slugs(&mut cx, Q::exists(first)), Vec::<String>::new());
    }

    fn letters_of_either_case_are_the_same_in_every_script(db: &Database) {
        let mut cx = db.context();
        make_texts(&mut cx, &["ÄRGER", "ärger", "Ärger im Büro", "aerger", "ΟΔΟΣΗΜΑ", "Жук"]);
        let text = Sample::F.text;
        assert_eq!(texts(&mut cx, text.icontains("äRG")), ["ÄRGER", "ärger", "Ärger im Büro"]);
        assert_eq!(texts(&mut cx, text.contains("ärg")), ["ärger"]);
        assert_eq!(texts(&mut cx, text.iexact("ärgeR")), ["ÄRGER", "ärger"]);
        assert_eq!(texts(&mut cx, text.istartswith("ÄRGER ")), ["Ärger im Büro"]);
        assert_eq!(texts(&mut cx, text.startswith("Ä")), ["ÄRGER", "Ärger im Büro"]);
        assert_eq!(texts(&mut cx, text.iendswith("BÜRO")), ["Ärger im Büro"]);
        assert_eq!(texts(&mut cx, text.endswith("BÜRO")), [""; 0]);
        assert_eq!(texts(&mut cx, text.icontains("ΟΔΟΣ")), ["ΟΔΟΣΗΜΑ"]);
        assert_eq!(texts(&mut cx, text.icontains("жУК")), ["Жук"]);
    }

    fn wildcards_stand_for_themselves(db: &Database) {
        let mut cx = db.context();
        let all = ["100%", "100x", "a_b", "axb", "a\\b", "a*b", "a?b", "a[b]", "a'b", "a\\%b"];
        make_texts(&mut cx, &all);
        let text = Sample::F.text;
        for (part, found) in [
            ("%", &["100%", "a\\%b"][..]),
            ("_", &["a_b"]),
            ("\\", &["a\\b", "a\\%b"]),
            ("*", &["a*b"]),
            ("?", &["a?b"]),
            ("[b]", &["a[b]"]),
            ("'", &["a'b"]),
            ("\\%", &["a\\%b"]),
        ] {
            assert_eq!(texts(&mut cx, text.contains(part)), found, "contains {part}");
            assert_eq!(texts(&mut cx, text.icontains(part)), found, "icontains {part}");
        }
        assert_eq!(texts(&mut cx, text.iexact("A_B")), ["a_b"]);
        assert_eq!(texts(&mut cx, text.startswith("a\\")), ["a\\b", "a\\%b"]);
        assert_eq!(texts(&mut cx, text.contains("")).len(), all.len());
    }

    fn null_is_on_one_side_or_the_other(db: &Database) {
        let mut cx = db.context();
        let posts = make_posts(&mut cx, &["filed", "loose"]);
        let category = Category::objects()
            .create(&mut cx, Changes::new().with(Category::F.name, "c"))
            .expect("a category");
        let filed = Changes::new().with(Post::F.category_id, category.id);
        Post::objects().update_one(&mut cx, &posts[0].id, filed, None).expect("an update");
        let field = Post::F.category_id;
        let own = category.id;
        for (q, found) in [
            (field.eq(own), &["filed"][..]),
            (!field.eq(own), &["loose"]),
            (field.ne(own), &["loose"]),
            (!field.eq(own + 1), &["filed", "loose"]),
            (field.eq(None), &["loose"]),
            (field.ne(None), &["filed"]),
            (field.is_null(true), &["loose"]),
            (!field.is_null(true), &["filed"]),
            (field.gt(own - 1), &["filed"]),
            (!field.gt(own), &["filed", "loose"]),
            (field.in_([own]), &["filed"]),
            (!field.in_([own]), &["loose"]),
            (field.in_([None, Some(own)]), &["filed"]),
            (!field.in_([None, Some(own)]), &["loose"]),
            (!(field.eq(own) & Post::F.views.eq(0)), &["loose"]),
            (!(!field.eq(own)), &["filed"]),
        ] {
            assert_eq!(slugs(&mut cx, q.clone()), found, "{q:?}");
        }
    }

    fn an_empty_list_holds_nothing(db: &Database) {
        let mut cx = db.context();
        make_posts(&mut cx, &["one"]);
        let none: [Uuid; 0] = [];
        assert!(slugs(&mut cx, Post::F.id.in_(none)).is_empty());
        assert_eq!(slugs(&mut cx, !Post::F.id.in_(none)), ["one"]);
        assert!(slugs(&mut cx, Q::nothing()).is_empty());
        assert_eq!(slugs(&mut cx, !Q::nothing()), ["one"]);
        assert_eq!(slugs(&mut cx, Q::nothing() | Post::F.slug.eq("one")), ["one"]);
        assert!(slugs(&mut cx, Q::all() & Q::nothing()).is_empty());
    }

    fn lists_of_every_type_are_searched(db: &Database) {
        let mut cx = db.context();
        let made = Sample::objects().create(&mut cx, sample()).expect("a row");
        let s = &Sample::F;
        for q in [
            s.id.in_([made.id, 99]),
            s.flag.in_([made.flag]),
            s.small.in_([made.small, 3]),
            s.medium.in_([made.medium, 3]),
            s.large.in_([made.large, 3]),
            s.float.in_([made.float, 3.0]),
            s.text.in_([made.text.as_str(), "x", "\" , ["]),
            s.bytes.in_([made.bytes.clone()]),
            s.uuid.in_([made.uuid, Uuid::nil()]),
            s.moment.in_([made.moment]),
            s.day.in_([made.day]),
            s.time.in_([made.time]),
            s.amount.in_([decimal("12345678901234567890.1234567890"), decimal("1")]),
            s.level.in_([made.level]),
        ] {
            let count = Sample::objects().filter(q.clone()).count(&mut cx).expect("a count");
            assert_eq!(count, 1, "{q:?}");
            let count = Sample::objects().exclude(q.clone()).count(&mut cx).expect("a count");
            assert_eq!(count, 0, "not {q:?}");
        }
    }

    fn values_of_every_type_are_equal_to_themselves(db: &Database) {
        let mut cx = db.context();
        let made = Sample::objects().create(&mut cx, sample()).expect("a row");
        let s = &Sample::F;
        for q in [
            s.flag.eq(made.flag),
            s.small.eq(made.small),
            s.medium.eq(made.medium),
            s.large.eq(made.large),
            s.float.eq(made.float),
            s.text.eq(made.text.as_str()),
            s.bytes.eq(made.bytes.clone()),
            s.uuid.eq(made.uuid),
            s.moment.eq(made.moment),
            s.day.eq(made.day),
            s.time.eq(made.time),
            s.amount.eq(made.amount.clone()),
            s.json.eq(made.json.clone()),
            s.level.eq(made.level),
        ] {
            let count = Sample::objects().filter(q.clone()).count(&mut cx).expect("a count");
            assert_eq!(count, 1, "{q:?}");
            let count = Sample::objects().exclude(q.clone()).count(&mut cx).expect("a count");
            assert_eq!(count, 0, "not {q:?}");
        }
    }

    fn decimals_compare_by_value(db: &Database) {
        let mut cx = db.context();
        for (text, amount) in [
            ("nine", "9"),
            ("ten", "10.00"),
            ("minus", "-3"),
            ("great", "12345678901234567890.01"),
            ("greater", "12345678901234567890.02"),
        ] {
            let row = sample().with(Sample::F.text, text).with(Sample::F.amount, decimal(amount));
            Sample::objects().create(&mut cx, row).expect("a row");
        }
        let amount = Sample::F.amount;
        assert_eq!(texts(&mut cx, amount.lt(decimal("10"))), ["nine", "minus"]);
        assert_eq!(texts(&mut cx, amount.eq(decimal("10"))), ["ten"]);
        assert_eq!(texts(&mut cx, amount.range(decimal("9.0"), decimal("10"))), ["nine", "ten"]);
        let great = decimal("12345678901234567890.01");
        assert_eq!(texts(&mut cx, amount.gt(great.clone())), ["greater"]);
        assert_eq!(texts(&mut cx, amount.eq(great)), ["great"]);
        let ordered = Sample::objects()
            .order_by([amount.asc()])
            .values(Sample::F.text, &mut cx)
            .expect("rows");
        assert_eq!(ordered, ["minus", "nine", "ten", "great", "greater"]);
    }

    fn moments_compare_by_time(db: &Database) {
        let mut cx = db.context();
        for text in [
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00.5Z",
            "2026-01-01T00:00:00.500001Z",
            "2025-12-31T23:59:59.999999Z",
        ] {
            let row = sample().with(Sample::F.text, text).with(Sample::F.moment, moment(text));
            Sample::objects().create(&mut cx, row).expect("a row");
        }
        let field = Sample::F.moment;
        let midnight = moment("2026-01-01T01:00:00+01:00");
        assert_eq!(texts(&mut cx, field.eq(midnight)), ["2026-01-01T00:00:00Z"]);
        assert_eq!(texts(&mut cx, field.lt(midnight)), ["2025-12-31T23:59:59.999999Z"]);
        assert_eq!(
            texts(&mut cx, field.gt(midnight)),
            ["2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00.500001Z"]
        );
        let half = moment("2026-01-01T00:00:00.5Z");
        assert_eq!(texts(&mut cx, field.gt(half)), ["2026-01-01T00:00:00.500001Z"]);
        assert_eq!(texts(&mut cx, Sample::F.day.gte(day("2024-02-29"))).len(), 4);
        assert_eq!(texts(&mut cx, Sample::F.day.gt(day("2024-02-29"))).len(), 0);
    }

    fn conditions_combine(db: &Database) {
        let mut cx = db.context();
        make_ann(&mut cx);
        for (slug, views, kind) in [
            ("a", 1, Kind::Essay),
            ("b", 5, Kind::HowTo),
            ("c", 9, Kind::PressRelease),
        ] {
            let row = post(ANN, slug).with(Post::F.views, views).with(Post::F.kind, kind);
            Post::objects().create(&mut cx, row).expect("a post");
        }
        let (views, kind) = (Post::F.views, Post::F.kind);
        assert_eq!(slugs(&mut cx, views.gt(1) & views.lt(9)), ["b"]);
        assert_eq!(slugs(&mut cx, views.lte(1) | views.gte(9)), ["a", "c"]);
        assert_eq!(slugs(&mut cx, !(views.lte(1) | views.gte(9))), ["b"]);
        assert_eq!(slugs(&mut cx, (views.eq(1) | views.eq(5)) & !kind.eq(Kind::Essay)), ["b"]);
        assert_eq!(slugs(&mut cx, views.range(1, 5)), ["a", "b"]);
        assert_eq!(slugs(&mut cx, kind.in_([Kind::HowTo, Kind::PressRelease])), ["b", "c"]);
        let both = Post::objects().filter(views.gt(1)).exclude(views.gt(5)).count(&mut cx);
        assert_eq!(both.expect("a count"), 1);
    }

    fn a_long_list_is_one_bind_value(db: &Database) {
        let mut cx = db.context();
        let posts = make_posts(&mut cx, &["one", "two"]);
        let many = (0..100_000).map(Uuid::from_u128).chain([posts[1].id]);
        assert_eq!(slugs(&mut cx, Post::F.id.in_(many)), ["two"]);
    }
}
