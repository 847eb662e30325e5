//! Moments: ISO-8601 for the contract, `YYYY-MM-DD HH:MM:SS` in UTC for ThreatQ, milliseconds since 1970 in between.

/// Milliseconds since 1970 of an ISO-8601 moment: `2026-03-01`, `2026-03-01T09:00:00Z`, with fractions or an offset. A
/// blank may stand for the `T`, and a missing zone is UTC, as ThreatQ writes both.
pub fn parse(text: &str) -> Option<i64> {
    let mut reader = Reader(text.trim().as_bytes());
    let ms = reader.date()? + if reader.take(b"Tt ").is_some() { reader.time()? - reader.offset()? } else { 0 };
    reader.0.is_empty().then_some(ms)
}

/// What is left of a moment. Lists hold thousands of them, so they are read byte by byte.
struct Reader<'t>(&'t [u8]);

impl Reader<'_> {
    fn date(&mut self) -> Option<i64> {
        let year = self.digits(4)?;
        self.take(b"-")?;
        let month = self.digits(2)?;
        self.take(b"-")?;
        let day = self.digits(2)?;
        let is_date = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        is_date.then(|| days_since_1970(year, month, day) * 86_400_000)
    }

    /// Hours and minutes, perhaps seconds, perhaps a fraction of them.
    fn time(&mut self) -> Option<i64> {
        let hours = self.digits(2)?;
        self.take(b":")?;
        let minutes = self.digits(2)?;
        let (mut seconds, mut milliseconds) = (0, 0);
        if self.take(b":").is_some() {
            seconds = self.digits(2)?;
            if self.take(b".").is_some() {
                milliseconds = self.fraction();
            }
        }
        let is_time = hours <= 23 && minutes <= 59 && seconds <= 60;
        is_time.then_some((hours * 3_600 + minutes * 60 + seconds) * 1_000 + milliseconds)
    }

    /// Thousandths; what is finer is dropped.
    fn fraction(&mut self) -> i64 {
        let (mut milliseconds, mut unit) = (0, 100);
        while let Some(digit) = self.digits(1) {
            milliseconds += digit * unit;
            unit /= 10;
        }
        milliseconds
    }

    /// How much the clock of a zone is ahead.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.take(b"Zz+-") {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return Some(0),
        };
        let hours = self.digits(2)?;
        self.take(b":");
        let minutes = self.digits(2).unwrap_or(0);
        Some(sign * (hours * 60 + minutes) * 60_000)
    }

    /// A number of so many digits.
    fn digits(&mut self, length: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(length)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.0 = rest;
        Some(digits.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
    }

    /// One of these characters.
    fn take(&mut self, wanted: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        let found = wanted.contains(first);
        if found {
            self.0 = rest;
        }
        found.then_some(*first)
    }
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
    let mut text = written(ms.div_euclid(1_000), 'T');
    let fraction = ms.rem_euclid(1_000);
    if fraction != 0 {
        text.push('.');
        push_digits(&mut text, fraction, 3);
    }
    text.push('Z');
    text
}

/// `2026-03-01 09:00:00`, UTC, as ThreatQ writes it.
pub fn plain(ms: i64) -> String {
    written(ms.div_euclid(1_000), ' ')
}

fn written(seconds: i64, between: char) -> String {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let second = seconds.rem_euclid(86_400);
    let mut text = String::with_capacity("2026-03-01T09:00:00.000Z".len());
    // No moment that is read here lies before the year 0, but for a zone that is ahead of it.
    push_digits(&mut text, year.max(0), 4);
    for (before, number) in
        [('-', month), ('-', day), (between, second / 3_600), (':', second / 60 % 60), (':', second % 60)]
    {
        text.push(before);
        push_digits(&mut text, number, 2);
    }
    text
}

/// Writes a number with at least so many digits.
fn push_digits(text: &mut String, number: i64, least: u32) {
    if least > 1 || number > 9 {
        push_digits(text, number / 10, least.saturating_sub(1));
    }
    text.push(char::from(b'0' + (number % 10) as u8));
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
            "2026-03-01T09:00:00.Z",
            "2026-03-01t08:00:00-0100",
            " 2026-03-01T09:00:00z ",
        ] {
            assert_eq!(parse(text).map(iso).as_deref(), Some("2026-03-01T09:00:00Z"), "{text}");
        }
        assert_eq!(parse("2026-03-01").map(plain).as_deref(), Some("2026-03-01 00:00:00"));
        assert_eq!(iso(1_500), "1970-01-01T00:00:01.500Z");
        assert_eq!(iso(1_007), "1970-01-01T00:00:01.007Z");
        assert_eq!(iso(1_700_000_000_000_000), "55840-11-08T22:13:20Z");
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
            "2026-03-01T09",
            "2026-03-01T09:00:61Z",
            "2026-03-01T09:60:00Z",
            "2026-03-01T9:00:00Z",
            "2026-03-01T09:00:00+1",
            "2026-03-01T09:00:00Z+01",
            "2026-03-01T09:00:00+01:30x",
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
