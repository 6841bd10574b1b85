use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A value that nobody reads, and that must be JSON all the same: its texts in UTF-8, its depth
/// within the parser's limit. serde's `IgnoredAny` looks at neither.
pub(crate) struct Skipped;

impl<'de> Deserialize<'de> for Skipped {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        value.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Skipped {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self, A::Error> {
        while object.next_entry::<Self, Self>()?.is_some() {}
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_skipped(json: &[u8]) -> bool {
        serde_json::from_slice::<Skipped>(json).is_ok()
    }

    #[test]
    fn any_value_is_skipped() {
        let values = r#"[null, true, -1, 18446744073709551615, 1.5, "text", {"a": [{}]}]"#;
        assert!(is_skipped(values.as_bytes()));
    }

    #[test]
    fn what_is_no_text_is_refused_where_nobody_reads_it() {
        for json in [
            &b"\"\xff\""[..],
            b"[\"\xc3\"]",
            b"{\"\xff\": 1}",
            b"\"\\ud800\"",
        ] {
            assert!(!is_skipped(json));
        }
    }

    #[test]
    fn depth_has_a_limit_where_nobody_looks() {
        assert!(is_skipped(("[".repeat(100) + &"]".repeat(100)).as_bytes()));
        assert!(!is_skipped(
            ("[".repeat(100_000) + &"]".repeat(100_000)).as_bytes()
        ));
    }
}
