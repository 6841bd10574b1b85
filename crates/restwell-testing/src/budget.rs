use crate::{Client, TestResponse};

/// The page sizes of which a list must cost the same.
const SIZES: [usize; 3] = [1, 25, 100];

/// Checks that `GET path` succeeds with at most `most` SQL statements, and returns the answer.
///
/// # Panics
/// When it takes more, or the application does not count.
#[track_caller]
pub fn assert_query_budget(client: &Client, path: &str, most: u64) -> TestResponse {
    let response = client.get(path).expect(200);
    let statements = response.statements();
    assert!(
        statements <= most,
        "GET {path} takes {statements} statements, {most} are allowed"
    );
    response
}

/// Checks that the list at `path` takes at most `most` SQL statements and as many for pages of 1
/// and 25 as for pages of 100 rows.
///
/// # Panics
/// When it does not, or has not as many rows: a short page proves nothing.
#[track_caller]
pub fn assert_page_budget(client: &Client, path: &str, most: u64) {
    let mark = if path.contains('?') { '&' } else { '?' };
    let statements = SIZES.map(|size| {
        let page = assert_query_budget(client, &format!("{path}{mark}page_size={size}"), most);
        let rows = page.results().len();
        assert_eq!(rows, size, "GET {path} needs {size} rows to show its costs");
        page.statements()
    });
    assert!(
        statements.iter().all(|count| *count == statements[0]),
        "GET {path} takes {statements:?} statements for pages of {SIZES:?} rows"
    );
}
