//! How numbers are written in texts: what `-n` and `-N` ask for, and what the locale says.

use super::options::Options;
use crate::compiler::Dialect;
use crate::host::warn;
use fusevm::value::Notation;

/// Makes the notation of the process what the options ask for.
pub(super) fn set(options: &Options) {
    let is_gawk = options.dialect == Dialect::Gawk;
    if options.non_decimal && !is_gawk {
        warn("`--posix'/`--traditional' overrides `--non-decimal-data'");
    }
    // POSIX wants the decimal point of the locale.
    let is_local = options.local_point || options.dialect == Dialect::Posix;
    let point = is_local.then(decimal_point).unwrap_or(b'.');
    let notation = Notation { point, has_other_bases: options.non_decimal && is_gawk };
    if notation != Notation::default() {
        notation.set();
    }
}

/// The decimal point of the environment's locale; a period, if that is more than a byte.
fn decimal_point() -> u8 {
    // SAFETY: the process has one thread so far, which asks before anyone else may change the answer; the answer is a
    // string that ends with NUL.
    unsafe {
        if libc::setlocale(libc::LC_NUMERIC, c"".as_ptr()).is_null() {
            return b'.';
        }
        let text = (*libc::localeconv()).decimal_point;
        let point = if *text != 0 && *text.add(1) == 0 { *text as u8 } else { b'.' };
        libc::setlocale(libc::LC_NUMERIC, c"C".as_ptr());
        point
    }
}
