//! The command `core`: the kernels on fusevm, LuaJIT, Lua and native Rust.

use crate::kernels::{KERNELS, Kernel};
use crate::machine;
use crate::peers::{Peer, Sample, measure_fusevm};
use crate::report::{Report, Row, Table};

/// What to measure, and for how long.
pub struct Plan {
    /// Only kernels whose name contains this.
    pub filter: String,
    /// Rounds; each runs every engine once, so that drift of the machine meets all of them.
    pub rounds: u32,
    /// CPU seconds that one engine runs one kernel for in one round.
    pub budget: f64,
}

/// Measures and reports. A kernel that fails, or whose results differ, has a failure instead of figures.
pub fn run(plan: &Plan, mut progress: impl FnMut(&str)) -> Report {
    // What an earlier run has compiled must not count.
    fusevm::JitCompiler::new().set_jit_cache_dir(None);
    let (peers, missing): (Vec<Peer>, Vec<Peer>) =
        Peer::all().into_iter().partition(|peer| peer.version.is_some());

    let mut environment = machine::environment();
    environment
        .extend(peers.iter().map(|peer| (peer.label.to_owned(), peer.version.clone().unwrap_or_default())));
    let mut notes = vec![
        "The time is that of one run in a warm VM or process; `first` is VM::new and the first run."
            .to_owned(),
    ];
    notes.extend(missing.iter().map(|peer| format!("{}: not installed ({})", peer.label, peer.hint)));

    let rows = KERNELS
        .iter()
        .filter(|kernel| kernel.name.contains(&plan.filter))
        .map(|kernel| {
            progress(kernel.name);
            measure_kernel(kernel, &peers, plan).unwrap_or_else(|failure| Row::failed(kernel.name, failure))
        })
        .collect();
    let engines = std::iter::once("fusevm").chain(peers.iter().map(|peer| peer.label)).map(str::to_owned);
    let table = Table {
        title: format!("Core kernels, CPU milliseconds, medians of {} rounds", plan.rounds),
        item: "kernel",
        unit: "ms",
        engines: engines.collect(),
        extra: Some("first"),
        rows,
    };
    Report { title: "fusevm core kernels".to_owned(), environment, tables: vec![table], notes }
}

fn measure_kernel(kernel: &Kernel, peers: &[Peer], plan: &Plan) -> Result<Row, String> {
    let chunk = (kernel.chunk)(kernel.size);
    let measure_all = |budget: f64| -> Result<Vec<Sample>, String> {
        let ours = measure_fusevm(&chunk, budget)?;
        let mut samples = vec![ours];
        for peer in peers {
            samples.push(peer.measure(kernel, budget)?);
        }
        Ok(samples)
    };

    // Before any time counts, all forms must have done the same work.
    let checked = measure_all(0.0)?;
    for (peer, sample) in peers.iter().zip(&checked[1..]) {
        if sample.checksum.to_bits() != checked[0].checksum.to_bits() {
            let (ours, theirs) = (checked[0].checksum, sample.checksum);
            return Err(format!("results differ: fusevm {ours:?}, {} {theirs:?}", peer.label));
        }
    }

    let mut row = Row::new(kernel.name, peers.len() + 1);
    for _ in 0..plan.rounds {
        for (engine, sample) in measure_all(plan.budget)?.into_iter().enumerate() {
            row.samples[engine].push(sample.mean * 1e3);
            if engine == 0 {
                row.extra.push(sample.first * 1e3);
            }
        }
    }
    Ok(row)
}
