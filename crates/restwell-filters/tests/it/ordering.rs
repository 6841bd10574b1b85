//! The order that a client asks for.

use restwell_filters::Filters;

use crate::ids;
use crate::schema::Post;

fn filters() -> Filters<Post> {
    Filters::new()
        .order((
            Post::F.views,
            Post::F.title,
            Post::F.rating,
            Post::F.status,
            Post::F.author_id,
        ))
        .order_as("newest", Post::F.published_at)
        .default_order([Post::F.views.desc()])
}

on_both! {
    fn rows_come_in_the_order_that_is_asked_for(db: &Database) {
        for (query, expected) in [
            ("", [4, 2, 1, 3]),
            ("ordering=views", [3, 1, 2, 4]),
            ("ordering=-status,views", [3, 1, 2, 4]),
            ("ordering=rating", [2, 1, 4, 3]),
            ("ordering=-rating", [4, 1, 2, 3]),
            ("ordering=-newest", [4, 2, 1, 3]),
            ("ordering=author,-views", [4, 1, 2, 3]),
        ] {
            assert_eq!(ids(db, &filters(), query), expected, "{query}");
        }
    }
}
