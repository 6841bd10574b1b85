//! Relations: the right rows, in a number of statements that does not grow.

use restwell_core::Key;
use restwell_db::relation::{ToMany, ToOne, find_targets, find_targets_by};
use restwell_db::{Changes, ColumnSet, Context, Model};
use uuid::Uuid;

use crate::model::{ANN, Category, Comment, Post, Profile, Tag, User, make_ann, post, user};

const ALL: ColumnSet = ColumnSet::ALL;

fn make_tags(cx: &mut Context, names: &[&str]) -> Vec<Tag> {
    let rows = names
        .iter()
        .map(|name| Changes::new().with(Tag::F.name, *name))
        .collect();
    Tag::objects().create_many(cx, rows).expect("tags")
}

/// Posts of two users in two categories and none, each with two tags and as many comments as its
/// number says, up to two.
fn make_page(cx: &mut Context, posts: usize) {
    make_ann(cx);
    let bob = Uuid::from_u128(0xB);
    User::objects()
        .create(cx, user(bob, "bob"))
        .expect("a user");
    for name in ["x", "y"] {
        Category::objects()
            .create(cx, Changes::new().with(Category::F.name, name))
            .expect("one");
    }
    let tags = make_tags(cx, &["a", "b", "c"]);
    for i in 0..posts {
        let category = [None, Some(1), Some(2)][i % 3];
        let row = post([ANN, bob][i % 2], &format!("{i:03}")).with(Post::F.category_id, category);
        let made = Post::objects().create(cx, row).expect("a post");
        let linked = [tags[i % 3].id, tags[(i + 1) % 3].id];
        Post::relation_tags()
            .set(cx, &made.id, &linked)
            .expect("links");
        for n in 0..i % 3 {
            let row = Changes::new()
                .with(Comment::F.post_id, made.id)
                .with(Comment::F.author_id, [None, Some(ANN)][n])
                .with(Comment::F.body, format!("{i}/{n}"));
            Comment::objects().create(cx, row).expect("a comment");
        }
    }
}

on_both! {
    fn a_page_of_any_size_costs_the_same(db: &Database) {
        make_page(&mut db.context(), 100);
        for size in [1_usize, 25, 100] {
            let mut cx = db.context();
            let limit = i64::try_from(size).expect("a small number");
            let page = Post::objects().order_by([Post::F.slug.asc()]).limit(limit);
            let posts = page.load(&mut cx).expect("posts");
            assert_eq!(posts.len(), size);

            let authors = Post::relation_author().one(&posts, ALL, &mut cx).expect("authors");
            assert!(authors.targets.len() <= 2);
            for (post, position) in posts.iter().zip(&authors.positions) {
                assert_eq!(authors.targets[position.expect("an author")].id, post.author_id);
            }

            let categories = Post::relation_category().one(&posts, ALL, &mut cx).expect("some");
            for (post, position) in posts.iter().zip(&categories.positions) {
                let key = position.map(|position| categories.targets[position].id);
                assert_eq!(key, post.category_id);
            }

            let comments = Post::relation_comments().many(&posts, ALL, &mut cx).expect("comments");
            for (i, (post, positions)) in posts.iter().zip(&comments.positions).enumerate() {
                assert_eq!(positions.len(), i % 3);
                assert!(positions.iter().all(|p| comments.targets[*p].post_id == post.id));
            }
            let counts = Post::relation_comments().counts(&posts, &mut cx).expect("counts");
            assert_eq!(counts, comments.positions.iter().map(|p| p.len() as i64).collect::<Vec<_>>());

            let tags = Post::relation_tags().many(&posts, ALL, &mut cx).expect("tags");
            assert!(tags.targets.len() <= 3);
            for (i, positions) in tags.positions.iter().enumerate() {
                let mut names: Vec<&str> =
                    positions.iter().map(|p| tags.targets[*p].name.as_str()).collect();
                names.sort_unstable();
                assert_eq!(names, [["a", "b"], ["b", "c"], ["a", "c"]][i % 3]);
            }
            let counts = Post::relation_tags().counts(&posts, &mut cx).expect("counts");
            assert_eq!(counts, vec![2; size]);

            let nested = Comment::relation_author().one(&comments.targets, ALL, &mut cx);
            let nested = nested.expect("authors");
            for (comment, position) in comments.targets.iter().zip(&nested.positions) {
                assert_eq!(position.map(|p| nested.targets[p].id), comment.author_id);
            }
            // The page, authors, comments, their counts, tags, their counts; from two posts on
            // there are categories, from three on there are authors of comments.
            let expected = if size == 1 { 6 } else { 8 };
            assert_eq!(cx.statements(), expected, "for {size} posts");
        }
    }

    fn no_rows_cost_no_statement(db: &Database) {
        let mut cx = db.context();
        let posts: [Post; 0] = [];
        assert!(Post::relation_author().one(&posts, ALL, &mut cx).expect("none").targets.is_empty());
        assert!(Post::relation_comments().many(&posts, ALL, &mut cx).expect("none").targets.is_empty());
        assert!(Post::relation_tags().many(&posts, ALL, &mut cx).expect("none").targets.is_empty());
        assert!(Post::relation_tags().counts(&posts, &mut cx).expect("none").is_empty());
        assert!(Post::relation_comments().counts(&posts, &mut cx).expect("none").is_empty());
        let users: [User; 0] = [];
        assert!(User::relation_profile().one(&users, ALL, &mut cx).expect("none").targets.is_empty());
        assert_eq!(cx.statements(), 0);
    }

    fn one_to_one_leads_to_one_or_none(db: &Database) {
        let mut cx = db.context();
        make_ann(&mut cx);
        User::objects().create(&mut cx, user(Uuid::nil(), "bob")).expect("a user");
        let row = Changes::new().with(Profile::F.user_id, ANN).with(Profile::F.motto, "Hm.");
        let profile = Profile::objects().create(&mut cx, row).expect("a profile");
        let mut cx = db.context();
        let users = User::objects().order_by([User::F.username.asc()]).load(&mut cx).expect("two");
        let found = User::relation_profile().one(&users, ALL, &mut cx).expect("profiles");
        assert_eq!(found.targets, [profile]);
        assert_eq!(found.positions, [Some(0), None]);
        let owners = Profile::relation_user().one(&found.targets, ALL, &mut cx).expect("users");
        assert_eq!(owners.targets, users[..1]);
    }

    fn a_table_may_refer_to_itself(db: &Database) {
        let mut cx = db.context();
        for (name, parent) in [("root", None), ("one", Some(1)), ("two", Some(1)), ("leaf", Some(2))] {
            let row = Changes::new().with(Category::F.name, name).with(Category::F.parent_id, parent);
            Category::objects().create(&mut cx, row).expect("a category");
        }
        let mut cx = db.context();
        let all = Category::objects().load(&mut cx).expect("categories");
        let children = Category::relation_children().many(&all, ALL, &mut cx).expect("children");
        let names: Vec<Vec<&str>> = children
            .positions
            .iter()
            .map(|own| own.iter().map(|p| children.targets[*p].name.as_str()).collect())
            .collect();
        assert_eq!(names, [vec!["one", "two"], vec!["leaf"], vec![], vec![]]);
        let parents = Category::relation_parent().one(&all, ALL, &mut cx).expect("parents");
        let keys: Vec<Option<i64>> = parents
            .positions
            .iter()
            .map(|p| p.map(|p| parents.targets[p].id))
            .collect();
        assert_eq!(keys, [None, Some(1), Some(1), Some(2)]);
        assert_eq!(cx.statements(), 3);
    }

    fn deleted_rows_are_not_related(db: &Database) {
        make_page(&mut db.context(), 3);
        let mut cx = db.context();
        Post::objects().filter(Post::F.slug.eq("002")).delete(&mut cx).expect("a deletion");
        let mut cx = db.context();
        let users = User::objects().order_by([User::F.username.asc()]).load(&mut cx).expect("users");
        let posts = User::relation_posts().many(&users, ALL, &mut cx).expect("posts");
        assert_eq!(posts.positions.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
        assert_eq!(User::relation_posts().counts(&users, &mut cx).expect("counts"), [1, 1]);
        let tags = Tag::objects().load(&mut cx).expect("tags");
        assert_eq!(Tag::relation_posts().counts(&tags, &mut cx).expect("counts"), [1, 2, 1]);
        let tagged = Tag::relation_posts().many(&tags, ALL, &mut cx).expect("posts");
        assert_eq!(tagged.positions.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2, 1]);
        let comments = Comment::objects().load(&mut cx).expect("comments");
        let owners = Comment::relation_post().one(&comments, ALL, &mut cx).expect("posts");
        assert_eq!(owners.positions, [Some(0), None, None]);
    }

    fn some_columns_of_the_others_are_read(db: &Database) {
        make_page(&mut db.context(), 3);
        let mut cx = db.context();
        let posts = Post::objects().load(&mut cx).expect("posts");
        let name = ColumnSet::of(&[User::F.username.column().index]);
        let authors = Post::relation_author().one(&posts, name, &mut cx).expect("authors");
        assert!(authors.targets.iter().all(|user| !user.username.is_empty() && user.email.is_empty()));
        let body = ColumnSet::of(&[Comment::F.body.column().index]);
        let comments = Post::relation_comments().many(&posts, body, &mut cx).expect("comments");
        assert_eq!(comments.positions.iter().map(Vec::len).sum::<usize>(), 3);
        assert!(comments.targets.iter().all(|c| c.id > 0 && c.author_id.is_none()));
        let tags = Post::relation_tags().many(&posts, ColumnSet::NONE, &mut cx).expect("tags");
        assert!(tags.targets.iter().all(|tag| tag.id > 0 && tag.name.is_empty()));
    }

    fn links_become_exactly_what_is_given(db: &Database) {
        let mut cx = db.context();
        make_page(&mut cx, 1);
        let id = Post::objects().get(&mut cx).expect("a post").id;
        let links = |targets: &[i64]| {
            let mut cx = db.context();
            Post::relation_tags().set(&mut cx, &id, targets).expect("links");
            let shown = |cx: &mut Context| -> Vec<i64> {
                let posts = Post::objects().load(cx).expect("posts");
                let tags = Post::relation_tags().many(&posts, ALL, cx).expect("tags");
                tags.positions[0].iter().map(|p| tags.targets[*p].id).collect()
            };
            let own = shown(&mut cx);
            assert_eq!(own, shown(&mut db.context()));
            own
        };
        assert_eq!(links(&[1, 2]), [1, 2]);
        assert_eq!(links(&[3, 2]), [2, 3]);
        assert_eq!(links(&[3, 3, 1]), [1, 3]);
        assert_eq!(links(&[]), [0_i64; 0]);
        assert_eq!(links(&[1]), [1]);
    }

    fn repeated_links_are_shown_once(db: &Database) {
        let mut cx = db.context();
        make_ann(&mut cx);
        let tags = make_tags(&mut cx, &["a", "b"]);
        let made = Post::objects().create(&mut cx, post(ANN, "one")).expect("a post");
        let keys: Vec<Key> = tags.iter().map(Model::key).collect();
        assert_eq!(find_targets::<Tag>(&mut cx, &keys, None).expect("tags").len(), 2);
        Post::relation_tags().set(&mut cx, &made.id, &[2, 1, 2]).expect("links");
        let shown = Post::relation_tags().many(&[made], ALL, &mut cx).expect("tags");
        assert_eq!(shown.positions[0].len(), 2);
        assert_eq!(shown.targets.len(), 2);
    }

    fn targets_are_found_in_one_statement(db: &Database) {
        let mut cx = db.context();
        make_tags(&mut cx, &["a", "secret plans", "b"]);
        let mut cx = db.context();
        let mut found = find_targets::<Tag>(&mut cx, &[1, 2, 3, 4].map(Key::Int), None).expect("tags");
        found.sort();
        assert_eq!(found, [Key::Int(1), Key::Int(3)]);
        assert_eq!(cx.statements(), 1);
        let by_name = find_targets_by::<Tag>(
            &mut cx,
            Tag::F.name.column(),
            ["b", "secret plans", "x"].map(|n| restwell_db::Value::Text(n.to_owned())).to_vec(),
            None,
        )
        .expect("tags");
        assert_eq!(by_name.into_iter().collect::<Vec<_>>(), [("b".to_owned(), Key::Int(3))]);
        assert!(find_targets::<Tag>(&mut cx, &[], None).expect("none").is_empty());
        assert_eq!(cx.statements(), 2);
    }

    fn rows_that_changed_are_read_again(db: &Database) {
        make_page(&mut db.context(), 2);
        let mut cx = db.context();
        let posts = Post::objects().load(&mut cx).expect("posts");
        let find = |cx: &mut Context| find_targets::<Category>(cx, &[Key::Int(1)], None).expect("one");
        let name = |cx: &mut Context| {
            let found = Post::relation_category().one(&posts, ALL, cx).expect("categories");
            found.targets.first().map(|category| category.name.clone())
        };
        find(&mut cx);
        assert_eq!(name(&mut cx).as_deref(), Some("x"));
        let rename = |name: &str| Changes::new().with(Category::F.name, name);
        Category::objects().update_one(&mut cx, &1, rename("n1"), None).expect("an update");
        assert_eq!(name(&mut cx).as_deref(), Some("n1"));
        find(&mut cx);
        let first = || Category::objects().filter(Category::F.id.eq(1));
        first().update(&mut cx, rename("n2")).expect("an update");
        assert_eq!(name(&mut cx).as_deref(), Some("n2"));
        find(&mut cx);
        db_statement(&mut cx, "UPDATE categories SET name = 'n3' WHERE id = 1");
        assert_eq!(name(&mut cx).as_deref(), Some("n3"));
        find(&mut cx);
        first().delete(&mut cx).expect("a deletion");
        assert_eq!(name(&mut cx), None);
    }

    fn a_new_row_has_what_refers_to_it(db: &Database) {
        let mut cx = db.context();
        make_ann(&mut cx);
        let made = [Post::objects().create(&mut cx, post(ANN, "one")).expect("a post")];
        let before = cx.statements();
        assert_eq!(Post::relation_comments().counts(&made, &mut cx).expect("counts"), [0]);
        assert_eq!(cx.statements(), before, "nothing can refer to a row that is this new");
        let comment = format!("INSERT INTO comments (post_id, body) VALUES ('{}', 'Hm.')", made[0].id);
        db_statement(&mut cx, &comment);
        assert_eq!(Post::relation_comments().counts(&made, &mut cx).expect("counts"), [1]);
        let row = Changes::new().with(Comment::F.post_id, made[0].id).with(Comment::F.body, "Hm.");
        Comment::objects().create(&mut cx, row).expect("a comment");
        assert_eq!(Post::relation_comments().counts(&made, &mut cx).expect("counts"), [2]);
    }

    fn many_rows_are_linked_at_once(db: &Database) {
        let mut cx = db.context();
        make_ann(&mut cx);
        make_tags(&mut cx, &["a", "b"]);
        let rows = (0..40).map(|i| post(ANN, &format!("{i:02}"))).collect();
        let made = Post::objects().create_many(&mut cx, rows).expect("posts");
        Post::relation_tags().set(&mut cx, &made[0].id, &[1]).expect("links");
        let before = cx.statements();
        let pairs: Vec<(Uuid, i64)> =
            made.iter().flat_map(|post| [(post.id, 1), (post.id, 2)]).collect();
        Post::relation_tags().link_many(&mut cx, &pairs).expect("links");
        assert_eq!(cx.statements() - before, 1);
        let counts = Post::relation_tags().counts(&made, &mut cx).expect("counts");
        assert_eq!(counts, [2; 40]);
        let first = &made[..1];
        let shown = Post::relation_tags().many(first, ALL, &mut cx).expect("tags");
        assert_eq!(shown.positions[0].len(), 2);
        Post::relation_tags().set(&mut cx, &made[1].id, &[]).expect("no links");
        let counts = Post::relation_tags().counts(&made[1..2], &mut cx).expect("counts");
        assert_eq!(counts, [0]);
    }

    fn the_links_of_many_rows_are_set_at_once(db: &Database) {
        make_page(&mut db.context(), 40);
        let mut cx = db.context();
        let posts = Post::objects().load(&mut cx).expect("posts");
        let sets: Vec<(Uuid, Vec<i64>)> = posts.iter().enumerate()
            .map(|(i, post)| (post.id, vec![[1, 3][i % 2]]))
            .collect();
        let before = cx.statements();
        Post::relation_tags().set_many(&mut cx, &sets).expect("links");
        assert_eq!(cx.statements() - before, 2, "one takes away, one adds");
        let mut cx = db.context();
        let linked = Post::relation_tags().many(&posts, ALL, &mut cx).expect("tags");
        for (place, (_, targets)) in sets.iter().enumerate() {
            let own: Vec<i64> = linked.positions[place].iter().map(|at| linked.targets[*at].id).collect();
            assert_eq!(own, *targets);
        }
        let none: Vec<(Uuid, Vec<i64>)> = posts.iter().map(|post| (post.id, Vec::new())).collect();
        Post::relation_tags().set_many(&mut cx, &none).expect("no links");
        let counts = Post::relation_tags().counts(&posts, &mut db.context()).expect("counts");
        assert_eq!(counts, [0; 40]);
    }

    fn links_of_a_new_row_made_elsewhere_are_seen(db: &Database) {
        let mut cx = db.context();
        make_ann(&mut cx);
        make_tags(&mut cx, &["a"]);
        let made = Post::objects().create(&mut cx, post(ANN, "one")).expect("a post");
        Tag::relation_posts().set(&mut cx, &1, &[made.id]).expect("links");
        Post::relation_tags().set(&mut cx, &made.id, &[]).expect("no links");
        assert_eq!(Post::relation_tags().counts(&[made], &mut cx).expect("counts"), [0]);
    }
}

fn db_statement(cx: &mut Context, statement: &str) {
    use diesel::connection::SimpleConnection;
    let connection = cx.connection().expect("a connection");
    connection.batch_execute(statement).expect("a statement");
}
