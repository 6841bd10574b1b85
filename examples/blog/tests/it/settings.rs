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
fn a_value_that_no_server_can_work_with_is_named() {
    for (name, value, range) in [
        ("PORT", "99999", "0 to 65535"),
        ("PORT", "-1", "0 to 65535"),
        ("PORT", "http", "0 to 65535"),
        ("DATABASE_POOL_SIZE", "0", "1 to 1000"),
        ("DATABASE_POOL_SIZE", "4000000000", "1 to 1000"),
        ("DATABASE_POOL_SIZE", "5000000000", "1 to 1000"),
        ("MAX_REQUEST_SIZE", "0", "1 to 1073741824"),
    ] {
        let error = read(name, value).expect_err(value);
        let reason = format!("it must be a number from {range}");
        assert!(error.contains(name) && error.ends_with(&reason), "{error}");
    }
    for (name, value) in [("LOG_LEVEL", "!!!"), ("ALLOWED_HOSTS", "http://a.com")] {
        let error = read(name, value).expect_err(value);
        assert!(error.contains(name), "{error}");
    }
    let error = read("DATABASE_URL", "postgress://u:s3cret@h/d").expect_err("a wrong scheme");
    assert!(
        error.contains("DATABASE_URL") && !error.contains("s3cret"),
        "{error}"
    );
}

#[test]
fn the_public_key_is_for_this_machine_alone() {
    const PUBLIC: &str = "development-key-that-everybody-can-read-in-the-source";
    const OWN: &str = "a key of the tests, which is long enough";
    let read = |pairs: &[(&'static str, &'static str)]| {
        let read = Settings::read(Source::from_pairs(pairs.iter().copied()));
        read.map(drop).map_err(|error| error.to_string())
    };
    let production = [("ENVIRONMENT", "production"), ("ALLOWED_HOSTS", "a.com")];
    let with = |key, name| [production[0], production[1], (name, key)];
    assert!(read(&production).is_err_and(|error| error.contains("SECRET_KEY")));
    assert!(read(&with(PUBLIC, "SECRET_KEY")).is_err_and(|error| error.contains("SECRET_KEY")));
    read(&with(OWN, "SECRET_KEY")).expect("a key of its own");
    let both = [
        production[0],
        production[1],
        ("SECRET_KEY", OWN),
        ("JWT_SECRET", PUBLIC),
    ];
    assert!(read(&both).is_err_and(|error| error.contains("JWT_SECRET")));
    let open = ("HOST", "0.0.0.0");
    assert!(read(&[open]).is_err_and(|error| error.contains("SECRET_KEY")));
    read(&[open, ("SECRET_KEY", OWN)]).expect("a key of its own");
    read(&[("HOST", "::1")]).expect("this machine");
    let hosts = read(&[("ENVIRONMENT", "production"), ("SECRET_KEY", OWN)]);
    assert!(hosts.is_err_and(|error| error.contains("ALLOWED_HOSTS")));
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
