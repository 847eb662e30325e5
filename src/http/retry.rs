//! Which failures are tried again, and when (R1-R8).

use super::{Limits, Response};
use crate::time::days_since_1970;
use std::cell::Cell;

/// The longest pause that a server may impose on a call (R7), in ms.
pub const LONGEST_WAIT_MS: f64 = 60_000.0;

/// The longest pause that is reported, in ms.
pub const LONGEST_REPORT_MS: f64 = 86_400_000.0;

/// Whether a status promises that the same request may work later (R1).
pub fn is_transient(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

/// The pause before repetition `n` (from 0): exponential, with jitter over its upper half (R5). `random` is 0 to 1.
pub fn pause_ms(limits: &Limits, n: u32, random: f64) -> f64 {
    let longest = (limits.base_ms * 2f64.powi(n.min(30).cast_signed())).min(limits.max_ms);
    longest * (0.5 + 0.5 * random)
}

/// The longest pause that the answer's headers ask for, in ms; `now` is the wall clock (R6).
///
/// Read are `retry-after-ms`, `Retry-After` and `X-Ratelimit-Retryafter`: digits with optional decimals, or one of the
/// three HTTP dates, read against the `Date` header of the same answer. All other text counts as absent.
pub fn retry_after_ms(answer: &Response, now: f64) -> Option<f64> {
    let server_now = answer.header("date").and_then(http_date_ms).unwrap_or(now);
    let milliseconds = answer.header("retry-after-ms").and_then(decimal);
    let named = ["retry-after", "x-ratelimit-retryafter"].into_iter().filter_map(|name| {
        let value = answer.header(name)?.trim_matches([' ', '\t']);
        let until_date = || http_date_ms(value).map(|date| date - server_now).filter(|wait| *wait >= 0.0);
        decimal(value).map(|seconds| seconds * 1_000.0).or_else(until_date)
    });
    milliseconds.into_iter().chain(named).reduce(f64::max)
}

/// ASCII digits with optional decimals; numbers of any length are clamped by the caller.
fn decimal(text: &str) -> Option<f64> {
    let (whole, decimals) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || decimals.is_some_and(|part| !digits(part)) {
        return None;
    }
    Some(crate::json::decimal(text))
}

/// Milliseconds since 1970 of an HTTP date: IMF-fixdate, RFC 850 or asctime (RFC 9110 section 5.6.7).
fn http_date_ms(text: &str) -> Option<f64> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split([' ', ',', '-']).filter(|word| !word.is_empty());
    let weekday = words.next()?;
    if !weekday.bytes().all(|byte| byte.is_ascii_alphabetic()) || weekday.len() < 3 {
        return None;
    }
    let (first, second, third, fourth) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let asctime = MONTHS.contains(&first);
    let (day, month, year, time) =
        if asctime { (second, first, fourth, third) } else { (first, second, third, fourth) };
    let zone = words.next();
    if words.next().is_some() || zone != (if asctime { None } else { Some("GMT") }) {
        return None;
    }
    let month = MONTHS.iter().position(|name| *name == month)?;
    let day: u32 = number(day, 31)?;
    let year = match (number(year, 9_999)?, year.len()) {
        // RFC 850 years have two digits; this century until they would lie far ahead.
        (short, 2) => short + if short < 70 { 2_000 } else { 1_900 },
        (full, 4) => full,
        _ => return None,
    };
    let mut clock = time.split(':').map(|part| number(part, 60));
    let (hours, minutes, seconds) = (clock.next()??, clock.next()??, clock.next()??);
    if clock.next().is_some() || hours > 23 || minutes > 59 || day == 0 {
        return None;
    }
    let days = days_since_1970(i64::from(year), month as i64 + 1, i64::from(day));
    Some((days * 86_400 + i64::from(hours * 3_600 + minutes * 60 + seconds)) as f64 * 1_000.0)
}

fn number(text: &str, most: u32) -> Option<u32> {
    let plain = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|value| plain && *value <= most)
}

/// What keeps a failing platform from being asked three times as often: each repetition costs, each success earns (R8).
pub struct Budget(Cell<u32>);

impl Budget {
    const FULL: u32 = 100;
    const COST: u32 = 10;

    /// Takes what a repetition costs; `false` when too little is left.
    pub fn spend(&self) -> bool {
        let left = self.0.get().checked_sub(Budget::COST);
        self.0.set(left.unwrap_or_else(|| self.0.get()));
        left.is_some()
    }

    /// A request succeeded.
    pub fn earn(&self) {
        self.0.set((self.0.get() + 1).min(Budget::FULL));
    }
}

impl Default for Budget {
    fn default() -> Budget {
        Budget(Cell::new(Budget::FULL))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(headers: &[(&str, &str)]) -> Option<f64> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        retry_after_ms(&Response { headers, ..Response::default() }, 784_111_700_000.0)
    }

    #[test]
    fn r1_only_passing_failures_are_repeated() {
        let repeated: Vec<u16> = (100..600).filter(|status| is_transient(*status)).collect();
        assert_eq!(repeated, [408, 425, 429, 500, 502, 503, 504]);
    }

    #[test]
    fn r5_the_pause_grows_and_is_never_under_a_quarter_second() {
        let limits = Limits::default();
        assert_eq!(pause_ms(&limits, 0, 0.0), 250.0);
        assert_eq!(pause_ms(&limits, 1, 1.0), 1_000.0);
        assert_eq!(pause_ms(&limits, 9, 1.0), 8_000.0);
        assert_eq!(pause_ms(&limits, u32::MAX, 0.5), 6_000.0);
    }

    #[test]
    fn r6_every_form_of_retry_after_is_read() {
        assert_eq!(after(&[("retry-after", "3")]), Some(3_000.0));
        assert_eq!(after(&[("retry-after", "0.25")]), Some(250.0));
        assert_eq!(after(&[("retry-after-ms", "1500")]), Some(1_500.0));
        assert_eq!(after(&[("x-ratelimit-retryafter", "7"), ("retry-after", "2")]), Some(7_000.0));
        for date in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            assert_eq!(after(&[("retry-after", date)]), Some(77_000.0), "{date}");
        }
    }

    #[test]
    fn r6_a_date_is_read_against_the_date_of_the_answer() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:30 GMT");
        assert_eq!(after(&[date, ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]), Some(7_000.0));
        assert_eq!(after(&[date, ("retry-after", "Sun, 06 Nov 1994 08:49:29 GMT")]), None);
    }

    #[test]
    fn r6_other_text_counts_as_absent() {
        for text in [
            "",
            "-1",
            "+1",
            "1e3",
            "0x10",
            "1, 2",
            "soon",
            ".5",
            "5.",
            "Sun, 06 Nov 1994",
            "Sun, 41 Nov 1994 08:49:37 GMT",
        ] {
            assert_eq!(after(&[("retry-after", text)]), None, "{text}");
        }
    }

    #[test]
    fn r6_a_number_of_any_length_is_a_long_time() {
        assert!(after(&[("retry-after", &"9".repeat(400))]).unwrap() > LONGEST_REPORT_MS);
    }

    #[test]
    fn r8_a_failing_platform_is_not_asked_without_end() {
        let budget = Budget::default();
        assert_eq!((0..20).filter(|_| budget.spend()).count(), 10);
        for _ in 0..10 {
            budget.earn();
        }
        assert!(budget.spend());
        assert!(!budget.spend());
    }
}
