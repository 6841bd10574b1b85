//! An application that depends on `restwell` and `diesel` alone.

use restwell_testing::on_both_databases;
use serde_json::json;

use crate::opened;

on_both_databases! {
    with opened;

    fn a_book_is_made_shown_and_lent(library) {
        let client = library.client();
        let body = json!({"title": "Solaris", "author": 2, "genres": [1]});
        let made = client.post("/books/", &body).expect(201);
        let book = json!({
            "id": 3, "title": "Solaris", "binding": "paperback",
            "author": {"id": 2, "name": "Stanisław Lem", "book_count": 2},
            "genres": [{"id": 1, "name": "novel"}], "lent": 0, "label": "Solaris (Paperback)",
        });
        assert_eq!(made.data(), book);
        assert_eq!(made.header("location").map(|url| url.ends_with("/books/3/")), Some(true));
        assert_eq!(client.post("/books/3/lend/", &json!({})).expect(200).data()["lent"], 1);
        let books = client.get("/authors/2/books/?fields=title").expect(200).results();
        assert_eq!(books, [json!({"title": "The Cyberiad"}), json!({"title": "Solaris"})]);
    }

    fn everything_that_is_wrong_is_said_at_once(library) {
        let refused = library.client().post("/books/", &json!({"title": "x", "author": 9}));
        assert_eq!(refused.expect(400).errors(), json!({
            "title": ["Ensure this field has at least 2 characters."],
            "author": ["Invalid pk \"9\" - object does not exist."],
        }));
    }

    fn what_is_referred_to_stays(library) {
        let client = library.client();
        assert_eq!(client.delete("/authors/1/").expect(409).code(), "protected");
        client.delete("/books/1/").expect(204);
        client.delete("/authors/1/").expect(204);
    }
}
