//! A bounded run of the comparison with gawk; `fusevm-fuzz awk-gawk --minutes 60` goes on for as long as it says.
#![cfg(feature = "awk")]

use fusevm_fuzz::awk::{Gawk, case};

/// Programs that are compared.
const PROGRAMS: u64 = 40;

#[test]
fn random_programs_do_what_they_do_under_gawk() {
    let ours = [env!("CARGO_BIN_EXE_fusevm-fuzz"), "awk"].map(str::to_owned).to_vec();
    let gawk = match Gawk::new(ours) {
        Ok(gawk) => gawk,
        Err(reason) => return eprintln!("nothing is compared: {reason}"),
    };
    for seed in 1..=PROGRAMS {
        let case = case(seed);
        if let Some(difference) = gawk.difference(&case).expect("processes that start") {
            panic!("seed {seed}: {difference}\n{}", case.to_text());
        }
    }
}
