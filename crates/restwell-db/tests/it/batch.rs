//! Rows that one statement changes, each in its own way.

use restwell_db::{Changes, Model, RowUpdate};

use crate::field::{sample, with_every_column};
use crate::model::{Post, Sample, Tag, make_posts};

/// A row that sets these values, in whatever version it is.
fn to<M: Model>(pk: &M::Pk, changes: Changes<M>) -> RowUpdate<M> {
    RowUpdate {
        pk: pk.clone(),
        changes,
        expected_version: None,
    }
}

on_both! {
    fn every_type_is_set_row_by_row_null_included(db: &Database) {
        let mut cx = db.context();
        let rows = vec![sample(), with_every_column(), sample()];
        let made = Sample::objects().create_many(&mut cx, rows).expect("rows");
        // What the first row has not, the second has: a null comes before the values of a column.
        let values = |row: usize| {
            let mut changes = Changes::new();
            for column in Sample::META.columns.iter().filter(|column| column.name != "id") {
                changes.set_value(column, made[row].value(column.index));
            }
            changes
        };
        let updates = vec![
            to::<Sample>(&made[1].id, values(0)),
            to::<Sample>(&made[0].id, values(1)),
        ];
        let before = cx.statements();
        let changed = Sample::objects().update_each(&mut cx, updates).expect("rows");
        assert_eq!(cx.statements() - before, 1);
        for (place, row, like) in [(0, 1, 0), (1, 0, 1)] {
            let changed = changed[place].as_ref().expect("a row");
            assert_eq!(changed.id, made[row].id);
            assert_eq!(*changed, Sample { id: made[row].id, ..made[like].clone() });
            assert_eq!(*changed, Sample::objects().find(&mut cx, &made[row].id).expect("a row"));
        }
        let other = Sample::objects().find(&mut cx, &made[2].id).expect("a row");
        assert_eq!(other, made[2]);
    }

    fn rows_keep_the_columns_that_are_not_theirs(db: &Database) {
        let mut cx = db.context();
        let posts = make_posts(&mut cx, &["one", "two", "three", "four"]);
        let updates = vec![
            to::<Post>(&posts[0].id, Changes::new().with(Post::F.views, 1)),
            to::<Post>(&posts[1].id, Changes::new().with(Post::F.title, "Second")),
            to::<Post>(&posts[2].id, Changes::new().with(Post::F.views, 3)),
            to::<Post>(&posts[3].id, Changes::new()),
        ];
        let before = cx.statements();
        let changed = Post::objects().update_each(&mut cx, updates).expect("posts");
        assert_eq!(cx.statements() - before, 3, "one for each set of columns");
        let shown: Vec<(&str, i32, i64)> = changed.iter().flatten()
            .map(|post| (post.title.as_str(), post.views, post.version))
            .collect();
        assert_eq!(shown, [("one", 1, 2), ("Second", 0, 2), ("three", 3, 2), ("four", 0, 2)]);
    }

    fn a_row_in_another_version_or_elsewhere_is_none(db: &Database) {
        let mut cx = db.context();
        let posts = make_posts(&mut cx, &["one", "two", "three"]);
        let seen = |place: usize, version| RowUpdate::<Post> {
            pk: posts[place].id,
            changes: Changes::new().with(Post::F.views, 9),
            expected_version: version,
        };
        let updates = vec![seen(0, Some(1)), seen(1, Some(2)), seen(2, None)];
        let among = Post::objects().exclude(Post::F.slug.eq("three"));
        let changed = among.update_each(&mut cx, updates).expect("posts");
        let is_there: Vec<bool> = changed.iter().map(Option::is_some).collect();
        assert_eq!(is_there, [true, false, false]);
        let views = Post::objects().order_by([Post::F.created_at.asc()]);
        let views: Vec<i32> = views.load(&mut cx).expect("posts").iter().map(|post| post.views).collect();
        assert_eq!(views.iter().sum::<i32>(), 9);
    }

    fn rows_of_a_model_without_stamps_may_change_nothing(db: &Database) {
        let mut cx = db.context();
        let rows = ["a", "b"].map(|name| Changes::new().with(Tag::F.name, name));
        let tags = Tag::objects().create_many(&mut cx, rows.to_vec()).expect("tags");
        let updates = tags.iter().map(|tag| to::<Tag>(&tag.id, Changes::new())).collect();
        let same = Tag::objects().update_each(&mut cx, updates).expect("tags");
        assert_eq!(same.into_iter().flatten().collect::<Vec<_>>(), tags);
        assert!(Tag::objects().update_each(&mut cx, Vec::new()).expect("none").is_empty());
    }

    fn more_rows_than_one_statement_takes_are_changed_all_or_none(db: &Database) {
        const ROWS: usize = 12_000;
        let mut cx = db.context();
        let rows = (0..ROWS).map(|i| Changes::new().with(Tag::F.name, format!("{i}"))).collect();
        let tags = Tag::objects().create_many(&mut cx, rows).expect("tags");
        let update = |tag: &Tag, name: String| to::<Tag>(&tag.id, Changes::new().with(Tag::F.name, name));
        let mut updates: Vec<_> = tags.iter().map(|tag| update(tag, format!("new {}", tag.name))).collect();
        updates[ROWS - 1] = update(&tags[ROWS - 1], "new 0".to_owned());
        let error = Tag::objects().update_each(&mut cx, updates).expect_err("a name twice");
        assert_eq!(error.status(), 400);
        let old = Tag::objects().filter(Tag::F.name.startswith("new"));
        assert_eq!(old.count(&mut cx).expect("a count"), 0);
        let updates = tags.iter().map(|tag| update(tag, format!("new {}", tag.name))).collect();
        let changed = Tag::objects().update_each(&mut cx, updates).expect("tags");
        assert!(changed.iter().zip(&tags).all(|(new, old)| {
            new.as_ref().is_some_and(|new| new.id == old.id && new.name == format!("new {}", old.name))
        }));
    }
}
