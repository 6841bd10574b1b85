//! Settings that stop the start.

use blog::{Settings, app};
use restwell::settings::Settings as Source;
use restwell_testing::TestDatabase;

fn read(name: &str, value: &str) -> Result<Settings, String> {
    let source = Source::from_pairs([(name, value)]);
    Settings::read(source).map_err(|error| error.to_string())
}

#[test]
fn a_malformed_rate_network_or_url_is_named() {
    for (name, value, message) in [
        ("THROTTLE_ANON", "20", "\"20\" is no rate"),
        ("THROTTLE_USER", "0/min", "lets nobody in"),
        (
            "THROTTLE_LOGIN",
            "5/fortnight",
            "no period behind the slash",
        ),
        (
            "TRUSTED_PROXIES",
            "10.0.0.0/8, proxy",
            "\"proxy\" is no address",
        ),
        ("TRUSTED_PROXIES", "10.1.0.0/8", "the network is 10.0.0.0/8"),
        ("REDIS_URL", "localhost", "no URL of a Redis server"),
    ] {
        let error = read(name, value).expect_err(value);
        assert!(error.contains(name), "{error}");
        assert!(error.contains(message), "{error}");
    }
    for (name, value) in [
        ("THROTTLE_ANON", "off"),
        ("THROTTLE_USER", "10/s, 1000/day"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
    ] {
        read(name, value).expect(value);
    }
}

#[test]
fn every_route_is_listed_with_its_throttle() {
    let settings = read("SERVICE_NAME", "blog").expect("settings");
    let api = app::api(&settings, TestDatabase::sqlite().pool()).expect("an api");
    for route in api.routes() {
        let expected = match route.name.as_str() {
            "auth-token" | "auth-session" | "auth-password" => {
                "anon 20/min, user 100/min, login 5/min"
            }
            name if name.starts_with("health") => "",
            _ => "anon 20/min, user 100/min",
        };
        assert_eq!(route.throttle, expected, "{} {}", route.name, route.action);
    }
}
