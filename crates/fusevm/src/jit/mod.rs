//! Native code: the three JIT tiers, on Cranelift.
