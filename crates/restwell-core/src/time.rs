//! How a moment is written: RFC 3339 in UTC with DRF's rule for fractions.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

/// Appends `time` as `YYYY-MM-DDThh:mm:ss[.ffffff]Z`; the fraction is there only when it is not
/// zero, as in DRF.
pub fn write_datetime(time: &DateTime<Utc>, out: &mut Vec<u8>) {
    write_seconds(time, out);
    let micros = micros_of(time);
    if micros != 0 {
        out.push(b'.');
        write_digits::<6>(micros, out);
    }
    out.push(b'Z');
}

/// Appends `time` with its six fraction digits, zero or not: the form of an envelope's
/// `timestamp`.
pub fn write_timestamp(time: &DateTime<Utc>, out: &mut Vec<u8>) {
    write_seconds(time, out);
    out.push(b'.');
    write_digits::<6>(micros_of(time), out);
    out.push(b'Z');
}

/// Appends `date` as `YYYY-MM-DD`.
pub fn write_date(date: NaiveDate, out: &mut Vec<u8>) {
    let year = date.year();
    if (0..=9999).contains(&year) {
        write_digits::<4>(year.unsigned_abs(), out);
    } else {
        out.extend_from_slice(format!("{year:+05}").as_bytes());
    }
    out.push(b'-');
    write_digits::<2>(date.month(), out);
    out.push(b'-');
    write_digits::<2>(date.day(), out);
}

fn write_seconds(time: &DateTime<Utc>, out: &mut Vec<u8>) {
    let time = time.naive_utc();
    write_date(time.date(), out);
    out.push(b'T');
    write_digits::<2>(time.hour(), out);
    out.push(b':');
    write_digits::<2>(time.minute(), out);
    out.push(b':');
    write_digits::<2>(time.second(), out);
}

/// chrono counts a leap second as a fraction beyond one second; it is written as the last
/// microsecond.
fn micros_of(time: &DateTime<Utc>) -> u32 {
    (time.timestamp_subsec_nanos() / 1_000).min(999_999)
}

fn write_digits<const WIDTH: usize>(mut number: u32, out: &mut Vec<u8>) {
    let mut digits = [b'0'; WIDTH];
    for slot in digits.iter_mut().rev() {
        *slot += u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
    out.extend_from_slice(&digits);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datetime(text: &str) -> String {
        let mut out = Vec::new();
        write_datetime(&text.parse().expect("a time"), &mut out);
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn a_zero_fraction_is_left_out() {
        assert_eq!(datetime("2026-01-05T03:04:05Z"), "2026-01-05T03:04:05Z");
    }

    #[test]
    fn a_fraction_has_six_digits() {
        assert_eq!(
            datetime("2026-01-05T03:04:05.12Z"),
            "2026-01-05T03:04:05.120000Z"
        );
    }
}
