use restwell_core::{Error, Request, Result};

use crate::actions::FORMAT;

/// The longest `Accept` header, and the most media ranges in it: DRF's limits.
const LONGEST: usize = 8_192;
const MOST_RANGES: usize = 64;

const JSON: &str = "application/json";

/// Makes sure that the client takes what the action renders, JSON unless that is another media
/// type (RFC 9110 §12.5.1). Failures are JSON all the same.
///
/// # Errors
/// 406 when it does not; 404 when `?format=` names something else.
pub(crate) fn negotiate(request: &Request, renders: Option<&str>) -> Result<()> {
    let media_type = renders.unwrap_or(JSON);
    if let Some(format) = request.query.get(FORMAT) {
        let subtype = media_type.split_once('/').map(|(_, subtype)| subtype);
        return if Some(format) == subtype {
            Ok(())
        } else {
            Err(Error::not_found())
        };
    }
    let fields = || request.headers.get_all("accept");
    let ranges: Vec<&str> = fields()
        .flat_map(|field| field.split(','))
        .filter(|range| !range.trim().is_empty())
        .take(MOST_RANGES + 1)
        .collect();
    if ranges.is_empty() {
        return Ok(());
    }
    if fields().map(str::len).sum::<usize>() > LONGEST || ranges.len() > MOST_RANGES {
        return Err(Error::not_acceptable());
    }
    // The most specific range that matches decides; a quality of zero refuses.
    let best = ranges
        .iter()
        .filter_map(|range| parse(range, media_type))
        .max_by_key(|(specificity, _)| *specificity);
    match best {
        Some((_, acceptable)) if acceptable => Ok(()),
        _ => Err(Error::not_acceptable()),
    }
}

/// How specifically a range matches the media type, and whether it wants it.
fn parse(range: &str, media_type: &str) -> Option<(u8, bool)> {
    let mut parts = range.split(';').map(str::trim);
    let range = parts.next()?.to_ascii_lowercase();
    let is_exact = range == media_type || media_type == JSON && range == "application/problem+json";
    let specificity = match range.split_once('/')? {
        _ if is_exact => 2,
        ("*", "*") => 0,
        (kind, "*") if media_type.split('/').next() == Some(kind) => 1,
        _ => return None,
    };
    let quality = parts
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
        .and_then(|(_, quality)| quality.trim().parse::<f32>().ok())
        .unwrap_or(1.0);
    Some((specificity, quality > 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use restwell_core::Method;

    fn accepts(accept: &str) -> bool {
        let mut request = Request::new(Method::Get, "/");
        request.headers.add("accept", accept);
        negotiate(&request, None).is_ok()
    }

    #[test]
    fn another_media_type_is_negotiated_in_the_same_way() {
        let csv = |accept: &str| {
            let mut request = Request::new(Method::Get, "/");
            request.headers.add("accept", accept);
            negotiate(&request, Some("text/csv")).is_ok()
        };
        for accept in [
            "text/csv",
            "text/*",
            "*/*",
            "application/json, Text/CSV;q=0.1",
        ] {
            assert!(csv(accept), "{accept}");
        }
        for accept in [
            "application/json",
            "text/html",
            "text/*, text/csv;q=0",
            "csv",
        ] {
            assert!(!csv(accept), "{accept}");
        }
    }

    #[test]
    fn json_is_taken_where_a_range_covers_it() {
        for accept in [
            "application/json",
            "*/*",
            "text/html, application/*;q=0.1",
            "APPLICATION/JSON; indent=4",
        ] {
            assert!(accepts(accept), "{accept}");
        }
    }

    #[test]
    fn a_quality_of_zero_refuses() {
        assert!(!accepts("application/json;q=0"));
        assert!(!accepts("*/*, application/json;q=0"));
        assert!(accepts("*/*;q=0, application/json"));
    }

    #[test]
    fn other_types_and_floods_are_refused() {
        assert!(!accepts("text/csv"));
        assert!(!accepts(&vec!["*/*"; 65].join(",")));
    }
}
