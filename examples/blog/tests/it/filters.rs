//! The filters of `GET /posts/`.

use blog::posts::Status;
use restwell_testing::{Client, on_both_databases};
use serde_json::json;

use crate::blog::{Blog, POSTS, Sample, started, titles};

/// The titles that `query` finds, in alphabetical order.
fn found(client: &Client, query: &str) -> Vec<String> {
    titles(
        &client
            .get(&format!("{POSTS}?ordering=title&{query}"))
            .expect(200),
    )
}

/// What is said of the one parameter of `query`.
fn refusal(blog: &Blog, query: &str) -> String {
    let errors = blog
        .anonymous()
        .get(&format!("{POSTS}?{query}"))
        .expect(400)
        .errors();
    let (name, _) = query.split_once('=').expect("a parameter");
    assert_eq!(
        errors.as_object().map(serde_json::Map::len),
        Some(1),
        "{errors}"
    );
    errors[name][0]
        .as_str()
        .unwrap_or_else(|| panic!("{errors}"))
        .to_owned()
}

fn of_every_status(blog: &Blog) {
    for (title, status) in [
        ("archived", Status::Archived),
        ("draft", Status::Draft),
        ("published", Status::Published),
    ] {
        blog.add(Sample {
            title,
            status,
            ..Sample::default()
        });
    }
}

fn with_views(blog: &Blog) {
    for (title, views) in [("five", 5), ("one", 1), ("ten", 10)] {
        blog.add(Sample {
            title,
            views,
            ..Sample::default()
        });
    }
}

fn in_january(blog: &Blog) {
    for (title, at) in [
        ("1st", "2026-01-01T00:00:00Z"),
        ("2nd", "2026-01-02T23:59:59.999999Z"),
        ("3rd", "2026-01-03T00:00:00Z"),
    ] {
        blog.add(Sample {
            title,
            created_at: at,
            published_at: Some(at),
            ..Sample::default()
        });
    }
}

const NO_CHOICE: &str = "Select a valid choice. That choice is not one of the available choices.";

on_both_databases! {
    with started;

    fn by_status(blog) {
        of_every_status(blog);
        let client = blog.editor();
        assert_eq!(found(&client, "status=draft"), ["draft"]);
        assert_eq!(
            found(&client, "status__in=draft,published"),
            ["draft", "published"]
        );
        assert_eq!(found(&client, "status__in=draft"), ["draft"]);
        assert_eq!(found(&client, "status=draft&status__in=published"), [""; 0]);
    }

    fn a_filter_opens_no_door(blog) {
        of_every_status(blog);
        assert_eq!(found(&blog.anonymous(), "status=draft"), [""; 0]);
        assert_eq!(
            found(&blog.user("second"), "status__in=draft,published"),
            ["published"]
        );
    }

    fn an_unknown_status_is_refused(blog) {
        let message = "Select a valid choice. bogus is not one of the available choices.";
        assert_eq!(refusal(blog, "status=bogus"), message);
        assert_eq!(refusal(blog, "status__in=draft,bogus"), message);
        assert!(refusal(blog, "status=Draft").starts_with("Select a valid choice."));
    }

    fn by_author(blog) {
        blog.add(Sample {
            title: "of the author",
            ..Sample::default()
        });
        blog.add(Sample {
            title: "of the second",
            author: "second",
            ..Sample::default()
        });
        let key = blog.key_of("second");
        let client = blog.anonymous();
        assert_eq!(found(&client, &format!("author={key}")), ["of the second"]);
        assert_eq!(
            found(&client, &format!("author={}", key.simple())),
            ["of the second"]
        );
        assert_eq!(
            found(&client, "author=00000000-0000-0000-0000-000000000000"),
            [""; 0]
        );
        for wrong in ["author=second", "author=1"] {
            assert_eq!(refusal(blog, wrong), NO_CHOICE);
        }
    }

    fn by_category(blog) {
        let (music, travel) = (blog.category("Music"), blog.category("Travel"));
        for (title, category) in [
            ("music", Some(music)),
            ("none", None),
            ("travel", Some(travel)),
        ] {
            blog.add(Sample {
                title,
                category,
                ..Sample::default()
            });
        }
        let client = blog.anonymous();
        assert_eq!(found(&client, &format!("category={music}")), ["music"]);
        assert_eq!(found(&client, "category__isnull=true"), ["none"]);
        assert_eq!(
            found(&client, "category__isnull=false"),
            ["music", "travel"]
        );
        assert_eq!(found(&client, "category=123456"), [""; 0]);
        assert_eq!(refusal(blog, "category=abc"), NO_CHOICE);
        assert_eq!(
            refusal(blog, "category__isnull=banana"),
            "Must be a valid boolean."
        );
        assert_eq!(refusal(blog, "category=99999999999999999999"), NO_CHOICE);
    }

    fn by_tags_without_duplicates(blog) {
        let (bread, tea) = (blog.tag("bread"), blog.tag("tea"));
        for (title, tags) in [
            ("both", &[bread, tea][..]),
            ("bread", &[bread]),
            ("none", &[]),
        ] {
            blog.add(Sample {
                title,
                tags,
                ..Sample::default()
            });
        }
        let client = blog.anonymous();
        assert_eq!(found(&client, &format!("tags={tea}")), ["both"]);
        assert_eq!(
            found(&client, &format!("tags__in={bread},{tea}")),
            ["both", "bread"]
        );
        let page = client
            .get(&format!("{POSTS}?tags__in={bread},{tea}"))
            .expect(200);
        assert_eq!(page.data()["count"], 2);
        assert_eq!(found(&client, "tags=123456"), [""; 0]);
        assert_eq!(refusal(blog, "tags=tea"), NO_CHOICE);
    }

    fn by_views(blog) {
        with_views(blog);
        let client = blog.anonymous();
        assert_eq!(found(&client, "views__gte=5"), ["five", "ten"]);
        assert_eq!(found(&client, "views__lte=5"), ["five", "one"]);
        assert_eq!(found(&client, "views__range=2,10"), ["five", "ten"]);
        assert_eq!(found(&client, "views__range=10,2"), [""; 0]);
        assert_eq!(found(&client, "views__gte=-1"), ["five", "one", "ten"]);
        assert_eq!(found(&client, "views__gte=5.0"), ["five", "ten"]);
    }

    fn views_that_are_no_number_are_refused(blog) {
        for wrong in ["abc", "1e3", "0x10", "NaN", "--1", "1,5"] {
            assert_eq!(
                refusal(blog, &format!("views__gte={wrong}")),
                "Enter a number.",
                "{wrong}"
            );
        }
        assert_eq!(
            refusal(blog, "views__range=1"),
            "Range query expects two values."
        );
        assert_eq!(
            refusal(blog, "views__range=1,2,3"),
            "Range query expects two values."
        );
        assert_eq!(
            refusal(blog, "views__range=1,"),
            "Range query expects two values."
        );
        let huge = refusal(blog, "views__gte=99999999999999999999");
        assert_eq!(
            huge,
            "Ensure this value is less than or equal to 2147483647."
        );
    }

    fn by_the_time_of_making(blog) {
        in_january(blog);
        let client = blog.anonymous();
        assert_eq!(found(&client, "created_at__gte=2026-01-02"), ["2nd", "3rd"]);
        assert_eq!(found(&client, "created_at__lt=2026-01-03"), ["1st", "2nd"]);
        assert_eq!(
            found(&client, "created_at__gte=2026-01-02T23:59:59.999999Z"),
            ["2nd", "3rd"]
        );
        assert_eq!(
            found(&client, "created_at__gte=2026-01-03T01:00:00%2B01:00"),
            ["3rd"]
        );
        assert_eq!(
            found(
                &client,
                "created_at__gte=2026-01-02&created_at__lt=2026-01-03"
            ),
            ["2nd"]
        );
        for wrong in ["yesterday", "2026-13-01", "2026-01-32", "1", "99999-01-01"] {
            let message = refusal(blog, &format!("created_at__gte={wrong}"));
            assert_eq!(message, "Enter a valid date/time.", "{wrong}");
        }
    }

    fn by_the_time_of_publication(blog) {
        in_january(blog);
        blog.add(Sample {
            title: "never",
            published_at: None,
            ..Sample::default()
        });
        let client = blog.anonymous();
        assert_eq!(found(&client, "published_at__date=2026-01-02"), ["2nd"]);
        assert_eq!(
            found(&client, "published_at__gte=2026-01-02"),
            ["2nd", "3rd"]
        );
        assert_eq!(found(&client, "published_at__lt=2026-01-02"), ["1st"]);
        assert_eq!(
            refusal(blog, "published_at__date=2026-01-02T00:00"),
            "Enter a valid date."
        );
        assert_eq!(found(&client, "published_at__date=9999-12-31"), [""; 0]);
    }

    fn by_a_part_of_the_title_whatever_its_case(blog) {
        for title in [
            "100% Bread",
            "100 Loaves",
            "Ünder the_tree",
            "under the tree",
        ] {
            blog.add(Sample {
                title,
                ..Sample::default()
            });
        }
        let client = blog.anonymous();
        assert_eq!(found(&client, "title__icontains=BREAD"), ["100% Bread"]);
        assert_eq!(found(&client, "title__icontains=100%25"), ["100% Bread"]);
        assert_eq!(
            found(&client, "title__icontains=the_tree"),
            ["Ünder the_tree"]
        );
        assert_eq!(
            found(&client, "title__icontains=%C3%BCNDER"),
            ["Ünder the_tree"]
        );
        assert_eq!(found(&client, "title__icontains=%5C"), [""; 0]);
        assert_eq!(found(&client, "title__icontains='%22;--"), [""; 0]);
    }

    fn an_empty_value_asks_for_nothing(blog) {
        with_views(blog);
        let query = "status=&status__in=&author=&category=&category__isnull=&tags=&views__gte=\
                     &views__range=&created_at__gte=&published_at__date=&title__icontains=&search=";
        assert_eq!(found(&blog.anonymous(), query), ["five", "one", "ten"]);
    }

    fn the_last_of_several_values_counts(blog) {
        with_views(blog);
        assert_eq!(
            found(&blog.anonymous(), "views__gte=10&views__gte=5"),
            ["five", "ten"]
        );
    }

    fn filters_hold_together(blog) {
        with_views(blog);
        assert_eq!(
            found(
                &blog.anonymous(),
                "views__gte=2&views__lte=9&title__icontains=i"
            ),
            ["five"]
        );
    }

    fn everything_that_is_wrong_is_said_at_once(blog) {
        let query = "status=x&views__gte=x&created_at__lt=x&ordering=x&nonsense=x";
        let errors = blog
            .anonymous()
            .get(&format!("{POSTS}?{query}"))
            .expect(400)
            .errors();
        let names = [
            "status",
            "views__gte",
            "created_at__lt",
            "ordering",
            "nonsense",
        ];
        assert_eq!(
            errors.as_object().map(serde_json::Map::len),
            Some(names.len()),
            "{errors}"
        );
        for name in names {
            assert!(errors[name][0].is_string(), "{name} in {errors}");
        }
    }

    fn an_answer_names_the_code_and_the_place(blog) {
        let details = blog
            .anonymous()
            .get(&format!("{POSTS}?status=bogus"))
            .expect(400)
            .json();
        assert_eq!(
            details["details"],
            json!([{
                "pointer": "/status",
                "code": "invalid_choice",
                "message": "Select a valid choice. bogus is not one of the available choices.",
            }])
        );
    }
}
