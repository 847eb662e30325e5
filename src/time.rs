//! Moments: ISO-8601 for the contract, `YYYY-MM-DD HH:MM:SS` in UTC for ThreatQ, milliseconds since 1970 in between.

/// Milliseconds since 1970 of an ISO-8601 moment: `2026-03-01`, `2026-03-01T09:00:00Z`, with fractions or an offset. A
/// blank may stand for the `T`, and a missing zone is UTC, as ThreatQ writes both.
pub fn parse(text: &str) -> Option<i64> {
    let (date, rest) = text.trim().split_at_checked(10)?;
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return None;
    }
    let midnight = days_since_1970(year, month, day) * 86_400_000;
    let Some(time) = rest.strip_prefix(['T', 't', ' ']) else { return rest.is_empty().then_some(midnight) };
    let (clock, offset_minutes) = split_zone(time)?;
    Some(midnight + time_of_day(clock)? - offset_minutes * 60_000)
}

fn digits(text: &str, length: usize) -> Option<i64> {
    let plain = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn split_zone(time: &str) -> Option<(&str, i64)> {
    if let Some(clock) = time.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let Some(at) = time.rfind(['+', '-']) else { return Some((time, 0)) };
    let (clock, zone) = time.split_at_checked(at)?;
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let zone: String = zone.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = zone.split_at_checked(2)?;
    let minutes = if minutes.is_empty() { 0 } else { digits(minutes, 2)? };
    Some((clock, sign * (digits(hours, 2)? * 60 + minutes)))
}

fn time_of_day(clock: &str) -> Option<i64> {
    let mut parts = clock.splitn(3, ':');
    let (hours, minutes) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let seconds = parts.next().unwrap_or("00");
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let seconds = digits(seconds, 2)?;
    if hours > 23 || minutes > 59 || seconds > 60 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let milliseconds: String = fraction.chars().chain("000".chars()).take(3).collect();
    Some((hours * 3_600 + minutes * 60 + seconds) * 1_000 + digits(&milliseconds, 3)?)
}

fn days_in(year: i64, month: i64) -> i64 {
    let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    days_since_1970(next.0, next.1, 1) - days_since_1970(year, month, 1)
}

/// Days from 1970-01-01 to a day of the Gregorian calendar; years are counted from March, so that a leap day is the last.
pub fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * month_from_march + 2) / 5 + 1)
}

/// `2026-03-01T09:00:00.000Z`; the fraction only where there is one.
pub fn iso(ms: i64) -> String {
    let seconds = ms.div_euclid(1_000);
    let fraction = match ms.rem_euclid(1_000) {
        0 => String::new(),
        fraction => format!(".{fraction:03}"),
    };
    let text = written(seconds, 'T');
    [text.as_str(), &fraction, "Z"].concat()
}

/// `2026-03-01 09:00:00`, UTC, as ThreatQ writes it.
pub fn plain(ms: i64) -> String {
    written(ms.div_euclid(1_000), ' ')
}

fn written(seconds: i64, between: char) -> String {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let second = seconds.rem_euclid(86_400);
    let (hours, minutes, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}{between}{hours:02}:{minutes:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_form_of_one_moment_is_the_same() {
        for text in [
            "2026-03-01T09:00:00Z",
            "2026-03-01 09:00:00",
            "2026-03-01T09:00",
            "2026-03-01T10:30:00.000+01:30",
            "2026-03-01T08:00:00-01",
            "2026-03-01T09:00:00.0004Z",
        ] {
            assert_eq!(parse(text).map(iso).as_deref(), Some("2026-03-01T09:00:00Z"), "{text}");
        }
        assert_eq!(parse("2026-03-01").map(plain).as_deref(), Some("2026-03-01 00:00:00"));
        assert_eq!(iso(1_500), "1970-01-01T00:00:01.500Z");
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "soon",
            "2026-13-01",
            "2026-02-29",
            "2026-02-30T00:00:00Z",
            "2026-03-01T24:00:00Z",
            "2026-03-01x",
            "20260301",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(parse("2024-02-29").is_some());
    }

    #[test]
    fn days_are_counted_over_leap_years() {
        assert_eq!(days_since_1970(1970, 1, 1), 0);
        assert_eq!(days_since_1970(2000, 3, 1), 11_017);
        assert_eq!(days_since_1970(2024, 2, 29), 19_782);
    }

    proptest! {
        #[test]
        fn a_moment_is_read_back(ms in -62_135_596_800_000i64..253_402_300_799_999) {
            prop_assert_eq!(parse(&iso(ms)), Some(ms));
        }
    }
}
