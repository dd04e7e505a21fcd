//! Calendar time as awk's `strftime` and `mktime` have it: POSIX conversions in the C locale, time zones from the TZ variable.

mod mktime;
mod strftime;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Dst, Offset, TimeZone};

pub use mktime::mktime;
pub use strftime::strftime;

const SECONDS_PER_DAY: i64 = 86_400;
/// The calendar repeats, days of the week included, every 400 years.
const CYCLE_YEARS: i64 = 400;
const CYCLE_SECONDS: i64 = 146_097 * SECONDS_PER_DAY;
/// Seconds within which the time zone library is asked itself (years 1 to 9998); beyond, it is asked for the same date in another cycle.
const KNOWN: std::ops::RangeInclusive<i64> = -62_135_596_800..=253_370_764_799;

/// A time zone.
#[derive(Clone, Debug)]
pub struct Zone {
    zone: TimeZone,
    /// The zone's name, where it has no abbreviation of its own.
    name: Option<&'static str>,
}

impl Zone {
    /// Universal time, under the name `GMT` that C's `gmtime` gives it.
    pub fn gmt() -> Zone {
        Zone { zone: TimeZone::UTC, name: Some("GMT") }
    }

    /// The zone that a value of the environment variable TZ asks for: a name of the time zone database or a POSIX rule, either with or
    /// without a `:` in front. Without the variable it is the system's zone; a value that means nothing, or an empty one, is UTC.
    pub fn from_tz(variable: Option<&[u8]>) -> Zone {
        let zone = match variable {
            None => TimeZone::try_system().ok(),
            Some(value) => std::str::from_utf8(value.strip_prefix(b":").unwrap_or(value))
                .ok()
                .and_then(|name| TimeZone::get(name).or_else(|_| TimeZone::posix(name)).ok()),
        };
        Zone { zone: zone.unwrap_or(TimeZone::UTC), name: None }
    }

    /// The broken-down time; `None` when the year does not fit 32 bits, as in C.
    fn civil(&self, seconds: i64) -> Option<Civil> {
        let (cycles, within) = into_known(seconds);
        let timestamp = Timestamp::from_second(within).ok()?;
        let info = self.zone.to_offset_info(timestamp);
        let local = info.offset().to_datetime(timestamp);
        let year = i64::from(local.year()) + cycles * CYCLE_YEARS;
        i32::try_from(year).ok()?;
        Some(Civil {
            seconds,
            year,
            month: local.month().into(),
            day: local.day().into(),
            hour: local.hour().into(),
            minute: local.minute().into(),
            second: local.second().into(),
            weekday: local.weekday().to_sunday_zero_offset().into(),
            day_of_year: i64::from(local.day_of_year()) - 1,
            offset: info.offset().seconds().into(),
            abbreviation: self.name.unwrap_or_else(|| info.abbreviation()).to_owned(),
        })
    }

    /// The timestamp of a local time, given as the seconds that it would be in UTC. A time that the clocks skip or show twice is read
    /// with the offset from before the change, or if `summer` says which is meant, with that one. Where the zone is not in the state that
    /// `summer` says, the time counts as given in a zone an hour off, as C has it.
    fn timestamp(&self, local: i64, summer: Option<bool>) -> Option<i64> {
        use jiff::tz::AmbiguousOffset::{Fold, Gap, Unambiguous};
        let (cycles, within) = into_known(local);
        let datetime: DateTime = Offset::UTC.to_datetime(Timestamp::from_second(within).ok()?);
        let at = |offset: Offset| within - i64::from(offset.seconds());
        let timestamp = match self.zone.to_ambiguous_timestamp(datetime).offset() {
            Unambiguous { offset } => {
                let is_summer = Timestamp::from_second(at(offset))
                    .is_ok_and(|timestamp| self.zone.to_offset_info(timestamp).dst() == Dst::Yes);
                match summer {
                    Some(true) if !is_summer => at(offset) - 3600,
                    Some(false) if is_summer => at(offset) + 3600,
                    _ => at(offset),
                }
            }
            Gap { before, after } | Fold { before, after } => at(match summer {
                None => before,
                Some(true) => before.max(after),
                Some(false) => before.min(after),
            }),
        };
        timestamp.checked_add(cycles.checked_mul(CYCLE_SECONDS)?)
    }
}

/// Moves a time by whole cycles of the calendar to where the library knows it.
fn into_known(seconds: i64) -> (i64, i64) {
    if KNOWN.contains(&seconds) {
        (0, seconds)
    } else {
        (seconds.div_euclid(CYCLE_SECONDS), seconds.rem_euclid(CYCLE_SECONDS))
    }
}

/// Broken-down local time.
struct Civil {
    /// The timestamp itself.
    seconds: i64,
    year: i64,
    /// 1 to 12.
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    /// 0 is Sunday.
    weekday: i64,
    /// From 0.
    day_of_year: i64,
    /// Seconds east of Greenwich.
    offset: i64,
    abbreviation: String,
}

impl Civil {
    /// The week of the year, weeks beginning on that weekday; days before the first such day are in week 0.
    fn week(&self, first_weekday: i64) -> i64 {
        (self.day_of_year + 7 - (self.weekday - first_weekday).rem_euclid(7)) / 7
    }

    /// The year and week of ISO 8601: weeks begin on Monday and belong to the year that has their Thursday.
    fn iso_week(&self) -> (i64, i64) {
        let to_thursday = 3 - (self.weekday + 6) % 7;
        let thursday = self.day_of_year + to_thursday;
        if thursday < 0 {
            let previous = self.year - 1;
            (previous, (thursday + days_in_year(previous)) / 7 + 1)
        } else if thursday >= days_in_year(self.year) {
            (self.year + 1, 1)
        } else {
            (self.year, thursday / 7 + 1)
        }
    }
}

fn days_in_year(year: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    365 + i64::from(leap)
}
