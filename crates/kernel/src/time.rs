//! Civil dates are meant in Asia/Shanghai (UTC+8, no daylight saving since 1991).

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};

const SHANGHAI: Option<FixedOffset> = FixedOffset::east_opt(8 * 3600);

/// The civil date in Shanghai at an instant.
#[must_use]
pub fn civil_date(instant: DateTime<Utc>) -> NaiveDate {
    SHANGHAI.map_or_else(|| instant.date_naive(), |zone| instant.with_timezone(&zone).date_naive())
}

/// The instant at which a civil day in Shanghai is over: deadlines end here.
#[must_use]
pub fn end_of_civil_day(date: NaiveDate) -> DateTime<Utc> {
    let next = date.checked_add_days(Days::new(1)).unwrap_or(date).and_time(NaiveTime::MIN);
    SHANGHAI
        .and_then(|zone| zone.from_local_datetime(&next).single())
        .map_or_else(|| next.and_utc(), |instant| instant.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_turns_at_sixteen_hundred_utc() {
        let date = |text: &str| civil_date(text.parse().unwrap()).to_string();
        assert_eq!(date("2026-12-31T15:59:59Z"), "2026-12-31");
        assert_eq!(date("2026-12-31T16:00:00Z"), "2027-01-01");
        let end = end_of_civil_day("2026-12-31".parse().unwrap());
        assert_eq!(end.to_rfc3339(), "2026-12-31T16:00:00+00:00");
    }
}
