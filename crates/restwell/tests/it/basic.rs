use restwell::auth::Verdict;
use restwell::prelude::*;
use restwell_testing::{TestResponse, on_both_databases};

use crate::application::{Application, PASSWORD, User, hasher, started};

const ADA: &str = "YWRhOmFuYWx5dGljYWwgZW5naW5l";
const ADA_BY_ADDRESS: &str = "QURBQGV4YW1wbGUub3JnOmFuYWx5dGljYWwgZW5naW5l";
const ADA_WRONG: &str = "YWRhOndyb25n";
const NOBODY: &str = "bm9ib2R5OmFuYWx5dGljYWwgZW5naW5l";

fn ask(app: &Application, credentials: &str, path: &str) -> TestResponse {
    let header = format!("Basic {credentials}");
    app.client().header("authorization", &header).get(path)
}

fn refused(answer: &TestResponse) {
    let said = (answer.status, answer.code(), answer.message());
    let expected = (
        401,
        "authentication_failed".to_owned(),
        "Invalid username/password.".to_owned(),
    );
    assert_eq!(said, expected);
    assert!(answer.header("www-authenticate").is_some());
}

on_both_databases! {
    with started;

    fn a_tool_asks_with_name_and_password(app) {
        app.register("ada");
        ask(app, ADA, "/open/").expect(204);
        for credentials in [ADA, ADA_BY_ADDRESS] {
            let answer = ask(app, credentials, "/auth/me/").expect(200);
            assert_eq!(answer.data()["username"], "ada");
            assert_eq!(answer.statements(), 1);
        }
        assert_eq!(app.user("ada").last_login, None);
    }

    fn whoever_cannot_log_in_gets_the_same_answer_on_public_routes_too(app) {
        app.register("ada");
        for credentials in [ADA_WRONG, NOBODY] {
            refused(&ask(app, credentials, "/open/"));
        }
        app.change("ada", Changes::new().with(User::F.is_active, false));
        refused(&ask(app, ADA, "/open/"));
        let malformed = ask(app, "%%%", "/open/").expect(401);
        assert_eq!(malformed.message(), "Invalid basic header. Credentials not correctly base64 encoded.");
    }

    fn an_outdated_hash_is_replaced(app) {
        app.register("ada");
        let old = app.user("ada").password;
        let other = hasher(128).hash(PASSWORD).expect("hashed");
        app.change("ada", Changes::new().with(User::F.password, other.as_str()));
        ask(app, ADA_WRONG, "/auth/me/").expect(401);
        assert_eq!(app.user("ada").password, other);
        ask(app, ADA, "/auth/me/").expect(200);
        let fresh = app.user("ada").password;
        assert!(fresh != other && fresh != old);
        assert_eq!(hasher(64).verify(PASSWORD, &fresh), Verdict::Valid);
    }
}
