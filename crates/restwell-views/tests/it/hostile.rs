//! Requests that mean harm.

use crate::site::Site;

#[actix_web::test]
async fn hostile_query_strings_are_refused() {
    let site = Site::new();
    for query in [
        "title=%00",
        "title=%ff",
        "%00=1",
        "page=0",
        "page=-1",
        "page=99999999999999999999",
        "page=1e3",
        "page_size=abc",
        "ordering=password",
        "ordering=title;DROP+TABLE+books",
        "pages__gte=99999999999999999999",
        "pages__gte=x",
        "fields=id,password",
        "title__regex=.*",
        "__proto__=x",
    ] {
        let answer = site.get(&format!("/books/?{query}")).await;
        assert!(
            (400..500).contains(&answer.status) || query == "page_size=abc",
            "{query}: {}",
            answer.status
        );
        assert!(answer.expect(answer.status)["success"].is_boolean());
    }
    let flood = "a=1&".repeat(5_000);
    assert_eq!(site.get(&format!("/books/?{flood}")).await.status, 400);
    assert_eq!(site.books(), 4);
}

#[actix_web::test]
async fn values_never_become_statements() {
    let site = Site::new();
    for value in ["' OR 1=1 --", "\\", "%25", "_", "\"", "x' UNION SELECT 1"] {
        let value = value.replace(' ', "%20").replace('"', "%22");
        let found = site.get(&format!("/books/?title={value}")).await;
        assert_eq!(found.data(200)["count"], 0, "{value}");
    }
}

#[actix_web::test]
async fn keys_that_cannot_be_keys_are_keys_of_nothing() {
    let site = Site::new();
    for key in [
        "abc",
        "0",
        "-1",
        "9223372036854775808",
        "99999999999999999999999999",
        "1.0",
        "%00",
        "1%00",
        "%ff",
        "1%2F2",
        "..",
        "%2e%2e",
        "null",
        "'",
        "%D9%A1",
    ] {
        let answer = site.get(&format!("/books/{key}/")).await;
        assert_eq!(answer.code(404), "not_found", "{key}");
        let answer = site.get(&format!("/authors/{key}/books/")).await;
        assert_eq!(answer.code(404), "not_found", "{key}");
    }
    for key in ["%00", "a%00", "%ff"] {
        let answer = site.get(&format!("/shelves/{key}/")).await;
        assert_eq!(answer.code(404), "not_found", "{key}");
    }
}
