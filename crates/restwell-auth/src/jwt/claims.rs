//! What a token says.

use std::fmt;

use chrono::{DateTime, Utc};
use restwell_core::Key;
use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum TokenType {
    /// It authenticates requests, for minutes.
    Access,
    /// It is exchanged for a new pair, within days.
    Refresh,
}

/// What a token says.
///
/// Times have whole seconds, as in the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Claims {
    /// What the token is good for.
    pub token_type: TokenType,
    /// When it ends.
    #[serde(rename = "exp", with = "numeric_date")]
    pub expires_at: DateTime<Utc>,
    /// When it was made.
    #[serde(rename = "iat", with = "numeric_date")]
    pub issued_at: DateTime<Utc>,
    /// When it begins, if that is later.
    #[serde(
        rename = "nbf",
        default,
        skip_serializing_if = "Option::is_none",
        with = "optional_numeric_date"
    )]
    pub not_before: Option<DateTime<Utc>>,
    /// Its own id, by which it can be revoked.
    #[serde(rename = "jti")]
    pub id: Uuid,
    /// Whom it stands for.
    ///
    /// A number is an integer key; text is a UUID where it is the canonical form of one. Libraries
    /// that write every key as text are understood by converting to the key type of the model.
    #[serde(with = "user_key")]
    pub user_id: Key,
    /// The login from which it descends, if any; every refresh token does. Revoking the family ends
    /// that login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<Uuid>,
    /// Who made it.
    #[serde(rename = "iss", default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Whom it is meant for.
    #[serde(
        rename = "aud",
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "one_or_many"
    )]
    pub audience: Vec<String>,
}

/// Seconds since 1970; other issuers write fractions, which are cut off.
mod numeric_date {
    use super::*;

    pub(super) fn serialize<S: Serializer>(
        time: &DateTime<Utc>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(time.timestamp())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<DateTime<Utc>, D::Error> {
        deserializer.deserialize_any(Seconds)
    }

    struct Seconds;

    impl Visitor<'_> for Seconds {
        type Value = DateTime<Utc>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("seconds since 1970")
        }

        fn visit_i64<E: serde::de::Error>(self, seconds: i64) -> Result<Self::Value, E> {
            DateTime::from_timestamp(seconds, 0).ok_or_else(|| E::custom("a time out of range"))
        }

        fn visit_u64<E: serde::de::Error>(self, seconds: u64) -> Result<Self::Value, E> {
            self.visit_i64(i64::try_from(seconds).unwrap_or(i64::MAX))
        }

        fn visit_f64<E: serde::de::Error>(self, seconds: f64) -> Result<Self::Value, E> {
            // The cast saturates, and the ends of the range are no times.
            self.visit_i64(seconds.floor() as i64)
        }
    }
}

mod optional_numeric_date {
    use super::*;

    pub(super) fn serialize<S: Serializer>(
        time: &Option<DateTime<Utc>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        time.map(|time| time.timestamp()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<DateTime<Utc>>, D::Error> {
        numeric_date::deserialize(deserializer).map(Some)
    }
}

mod user_key {
    use super::*;

    pub(super) fn serialize<S: Serializer>(key: &Key, serializer: S) -> Result<S::Ok, S::Error> {
        match key {
            Key::Int(key) => serializer.serialize_i64(*key),
            Key::Uuid(_) | Key::Text(_) => serializer.collect_str(key),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Key, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Wire {
            Int(i64),
            Text(String),
        }
        Ok(match Wire::deserialize(deserializer)? {
            Wire::Int(key) => Key::Int(key),
            Wire::Text(text) => match Uuid::try_parse(&text) {
                Ok(key) if key.to_string() == text => Key::Uuid(key),
                _ => Key::Text(text),
            },
        })
    }
}

/// `aud` is a string or a list of strings (RFC 7519, section 4.1.3).
mod one_or_many {
    use super::*;

    pub(super) fn serialize<S: Serializer>(
        names: &[String],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match names {
            [name] => serializer.serialize_str(name),
            names => names.serialize(serializer),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<String>, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Wire {
            One(String),
            Many(Vec<String>),
        }
        match Wire::deserialize(deserializer)? {
            Wire::One(name) => Ok(vec![name]),
            Wire::Many(names) if names.is_empty() => Err(D::Error::custom("no audience")),
            Wire::Many(names) => Ok(names),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(change: Value) -> Result<Claims, serde_json::Error> {
        let mut claims = json!({
            "token_type": "access",
            "exp": 1768474500,
            "iat": 1768473600,
            "jti": "019bc146-1c00-7000-8000-000000000001",
            "user_id": 7,
        });
        let members = claims.as_object_mut().expect("an object");
        for (name, value) in change.as_object().expect("an object") {
            match value {
                Value::Null => members.remove(name),
                value => members.insert(name.clone(), value.clone()),
            };
        }
        serde_json::from_value(claims)
    }

    #[test]
    fn claims_are_read_and_written_alike() {
        let text = r#"{"token_type":"refresh","exp":1768474500,"iat":1768473600,"nbf":1768473601,"jti":"019bc146-1c00-7000-8000-000000000001","user_id":"019bc146-1c00-7000-8000-000000000002","family":"019bc146-1c00-7000-8000-000000000003","iss":"blog","aud":["a","b"]}"#;
        let claims: Claims = serde_json::from_str(text).expect("claims");
        assert_eq!(serde_json::to_string(&claims).expect("written"), text);
    }

    #[test]
    fn a_user_is_a_number_a_uuid_or_text() {
        let user =
            |user_id: Value| read(json!({ "user_id": user_id })).map(|claims| claims.user_id);
        let uuid = "019bc146-1c00-7000-8000-000000000001";
        let key: Uuid = uuid.parse().expect("a UUID");
        assert_eq!(user(json!(7)).expect("read"), Key::Int(7));
        assert_eq!(user(json!("7")).expect("read"), Key::Text("7".into()));
        assert_eq!(user(json!(uuid)).expect("read"), Key::Uuid(key));
        let compact = uuid.replace('-', "");
        assert_eq!(user(json!(compact)).expect("read"), Key::Text(compact));
        for other in [json!(1.5), json!(true), json!([7]), json!(u64::MAX)] {
            assert!(user(other).is_err());
        }
    }

    #[test]
    fn a_time_may_have_a_fraction_and_must_be_one() {
        let end = |exp: Value| read(json!({ "exp": exp })).map(|claims| claims.expires_at);
        assert_eq!(end(json!(1.9)).expect("read").timestamp(), 1);
        for other in [
            json!("1"),
            json!(1e300),
            json!(-1e300),
            json!(u64::MAX),
            json!({}),
        ] {
            assert!(end(other).is_err());
        }
    }

    #[test]
    fn what_every_token_says_must_be_there() {
        for claim in ["token_type", "exp", "iat", "jti", "user_id"] {
            assert!(read(json!({ claim: null })).is_err(), "{claim}");
        }
        assert!(read(json!({ "token_type": "sliding" })).is_err());
        assert!(read(json!({ "unknown": 1, "aud": "a" })).is_ok());
        assert!(read(json!({ "aud": [] })).is_err());
    }
}
