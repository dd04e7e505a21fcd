//! How numbers are written in texts: what `-n` and `-N` ask for, and what the locale says.

use super::options::Options;
use crate::compiler::Dialect;
use crate::host::warn;
use fusevm::value::Notation;

/// The notation that the options ask for.
pub(super) fn of(options: &Options) -> Notation {
    let is_gawk = options.dialect == Dialect::Gawk;
    if options.non_decimal && !is_gawk {
        warn("`--posix'/`--traditional' overrides `--non-decimal-data'");
    }
    // POSIX wants the decimal point of the locale.
    let is_local = options.local_point || options.dialect == Dialect::Posix;
    let point = is_local.then(decimal_point).unwrap_or(b'.');
    Notation { point, has_other_bases: options.non_decimal && is_gawk }
}

/// The decimal point of the environment's locale; a period, if that is more than a byte.
fn decimal_point() -> u8 {
    // SAFETY: the locale is that of this thread alone, and only until it is freed; the text ends with NUL.
    unsafe {
        let locale = libc::newlocale(libc::LC_NUMERIC_MASK, c"".as_ptr(), std::ptr::null_mut());
        if locale.is_null() {
            return b'.';
        }
        let before = libc::uselocale(locale);
        let text = libc::nl_langinfo(libc::RADIXCHAR);
        let point = if *text != 0 && *text.add(1) == 0 { *text as u8 } else { b'.' };
        libc::uselocale(before);
        libc::freelocale(locale);
        point
    }
}
