//! Working days: Monday to Friday, but for public holidays and the weekend days that make up for
//! them.

use std::{collections::BTreeSet, sync::LazyLock};

use chrono::{Datelike, NaiveDate, Weekday};
use kernel::Fault;

const OFFICIAL: &str = include_str!("../../data/working_days.txt");

static CALENDAR: LazyLock<WorkingDays> =
    LazyLock::new(|| WorkingDays::parse(OFFICIAL).unwrap_or_default());

/// A calendar of working days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingDays {
    off: BTreeSet<NaiveDate>,
    work: BTreeSet<NaiveDate>,
    years: BTreeSet<i32>,
}

impl WorkingDays {
    /// The calendar that comes with the program.
    #[must_use]
    pub fn official() -> &'static Self {
        &CALENDAR
    }

    /// Reads lines such as `2026 off 01-01 01-02` and `2026 work 01-04`; `#` begins a comment.
    ///
    /// # Errors
    /// Names the line that is not of this shape.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let mut calendar = Self::default();
        let lines = text.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            calendar.read(line).ok_or_else(|| {
                Fault::new(
                    "calendar_malformed",
                    format!("工作日历无法识别:{line}"),
                    format!("not a line of a calendar of working days: {line}"),
                )
            })?;
        }
        Ok(calendar)
    }

    fn read(&mut self, line: &str) -> Option<()> {
        let mut words = line.split_ascii_whitespace();
        let year: i32 = words.next()?.parse().ok()?;
        let days = match words.next()? {
            "off" => &mut self.off,
            "work" => &mut self.work,
            _ => return None,
        };
        for word in words {
            let (month, day) = word.split_once('-')?;
            let date = NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)?;
            days.insert(date);
        }
        self.years.insert(year);
        Some(())
    }

    /// Is it a working day? Years without data count Monday to Friday.
    #[must_use]
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        if weekend { self.work.contains(&date) } else { !self.off.contains(&date) }
    }

    /// Have the holidays of the date's year been announced to this calendar?
    #[must_use]
    pub fn knows(&self, date: NaiveDate) -> bool {
        self.years.contains(&date.year())
    }

    /// The last day of a period of `days` working days after the day `from`, which itself is not
    /// counted (Civil Code, art. 201).
    #[must_use]
    pub fn deadline(&self, from: NaiveDate, days: u32) -> NaiveDate {
        let counted = from.iter_days().skip(1).filter(|date| self.is_working_day(*date));
        let last = usize::try_from(days.saturating_sub(1)).unwrap_or(usize::MAX);
        counted.into_iter().nth(last).unwrap_or(NaiveDate::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_embedded_calendar_is_readable_and_covers_2020_to_2026() {
        let calendar = WorkingDays::parse(OFFICIAL).unwrap();
        assert_eq!(
            calendar.years.iter().copied().collect::<Vec<_>>(),
            (2020..=2026).collect::<Vec<_>>()
        );
        assert!(!WorkingDays::official().off.is_empty());
        assert!(calendar.off.iter().all(|d| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun)));
        assert!(calendar.work.iter().all(|d| matches!(d.weekday(), Weekday::Sat | Weekday::Sun)));
        assert!(calendar.knows(date("2026-12-31")) && !calendar.knows(date("2027-01-01")));
    }

    #[test]
    fn a_line_of_another_shape_is_refused() {
        for line in ["2026", "2026 free 01-01", "x off 01-01", "2026 off 02-30", "2026 off 0101"] {
            assert_eq!(WorkingDays::parse(line).unwrap_err().code, "calendar_malformed", "{line}");
        }
    }

    #[test]
    fn holidays_and_make_up_days_count_as_announced() {
        let calendar = WorkingDays::official();
        for (day, working) in [
            ("2021-02-11", false), // Spring Festival 2021, a Thursday
            ("2021-02-07", true),  // its make-up Sunday
            ("2024-02-09", true),  // New Year's Eve 2024 was a working Friday
            ("2025-10-08", false), // National Day and Mid-Autumn 2025
            ("2025-10-11", true),  // its make-up Saturday
            ("2026-02-14", true),  // make-up Saturday before Spring Festival 2026
            ("2026-03-02", true),
            ("2026-03-07", false),
        ] {
            assert_eq!(calendar.is_working_day(date(day)), working, "{day}");
        }
    }

    #[test]
    fn deadlines_skip_what_is_no_working_day() {
        let calendar = WorkingDays::official();
        for (from, days, last) in [
            ("2026-03-02", 1, "2026-03-03"),
            ("2026-03-02", 15, "2026-03-23"),
            ("2026-03-02", 30, "2026-04-14"), // over Tomb-sweeping Day
            ("2026-09-28", 15, "2026-10-23"), // over National Day, with the make-up Saturday
            ("2021-02-05", 5, "2021-02-18"),  // Sunday 7th works, 11th to 17th do not
            ("2026-03-07", 1, "2026-03-09"),  // from a Saturday
            ("2024-02-28", 2, "2024-03-01"),  // over a leap day
        ] {
            assert_eq!(calendar.deadline(date(from), days), date(last), "{days} days from {from}");
        }
    }
}
