//! `mktime`: from a date specification to a timestamp.

use super::{CYCLE_SECONDS, CYCLE_YEARS, SECONDS_PER_DAY, Zone};

/// The timestamp of `"YYYY MM DD HH MM SS [DST]"` in that zone. The values may lie outside their usual ranges: month 13 is the next
/// January. A positive DST says that daylight saving time is in effect, 0 that it is not, a negative one or none that it is unknown.
/// `None` when the six numbers are not there, or the result does not fit.
pub fn mktime(specification: &[u8], zone: &Zone) -> Option<i64> {
    let mut rest = specification;
    let mut next = || number(&mut rest);
    let (year, month, day) = (next()?, next()?, next()?);
    let (hour, minute, second) = (next()?, next()?, next()?);
    let summer = match next() {
        Some(dst) if dst >= 0 => Some(dst > 0),
        _ => None,
    };
    let days = days_from_epoch(year, month)?.checked_add(day.checked_sub(1)?)?;
    let time = hour.checked_mul(60)?.checked_add(minute)?.checked_mul(60)?.checked_add(second)?;
    zone.timestamp(days.checked_mul(SECONDS_PER_DAY)?.checked_add(time)?, summer)
}

/// Takes a decimal integer, as C's `scanf` does: blanks before it are skipped, and whatever follows it is left.
fn number(rest: &mut &[u8]) -> Option<i64> {
    let text = rest.trim_ascii_start();
    let sign = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let digits = text[sign..].iter().take_while(|b| b.is_ascii_digit()).count();
    let (number, after) = text.split_at(sign + digits);
    *rest = after;
    std::str::from_utf8(number).ok()?.parse().ok()
}

/// Days from the epoch to the first of that month, which may lie outside 1 to 12.
fn days_from_epoch(year: i64, month: i64) -> Option<i64> {
    /// Days of the year before each month, the year beginning in March so that the leap day comes last.
    const BEFORE: [i64; 12] = [0, 31, 61, 92, 122, 153, 184, 214, 245, 275, 306, 337];
    /// From the first of March of the year 0 to the epoch.
    const EPOCH: i64 = 719_468;
    let months = month.checked_sub(3)?;
    let year = year.checked_add(months.div_euclid(12))?;
    let (cycle, of_cycle) = (year.div_euclid(CYCLE_YEARS), year.rem_euclid(CYCLE_YEARS));
    let days = of_cycle * 365 + of_cycle / 4 - of_cycle / 100 + BEFORE[months.rem_euclid(12) as usize];
    cycle.checked_mul(CYCLE_SECONDS / SECONDS_PER_DAY)?.checked_add(days - EPOCH)
}
