//! What embedders can tune of the JIT; everything else is in the [policy](super::policy).

use serde::{Deserialize, Serialize};

/// The variable that sets [`TraceJitConfig::block_threshold`].
pub const BLOCK_THRESHOLD_VARIABLE: &str = "FUSEVM_JIT_BLOCK_THRESHOLD";
/// The variable that sets [`TraceJitConfig::trace_threshold`].
pub const TRACE_THRESHOLD_VARIABLE: &str = "FUSEVM_JIT_TRACE_THRESHOLD";

/// When loops and subs become native code, and how far traces reach.
///
/// ```
/// use fusevm::TraceJitConfig;
/// let eager = TraceJitConfig { trace_threshold: 1, block_threshold: 1, ..TraceJitConfig::default() };
/// assert_eq!(eager.max_trace_len, 256);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TraceJitConfig {
    /// Iterations of a loop before it is recorded. With 1 what was recorded is compiled at once, too.
    /// [`u32::MAX`]: never.
    pub trace_threshold: u32,
    /// Calls of a chunk or sub before the block tier looks at it. With 1 it is compiled at once, too.
    /// [`u32::MAX`]: never.
    pub block_threshold: u32,
    /// Exits that a trace may take before it is blacklisted, unless they lead to native code themselves.
    pub max_side_exits: u32,
    /// Calls of one sub that a trace inlines into each other.
    pub max_inline_recursion: u32,
    /// Side traces that may hang one behind the other on a trace.
    pub max_trace_chain: u32,
    /// Ops that a trace may hold; recording gives up beyond.
    pub max_trace_len: u32,
}

impl Default for TraceJitConfig {
    fn default() -> TraceJitConfig {
        TraceJitConfig {
            trace_threshold: 50,
            block_threshold: 10,
            max_side_exits: 50,
            max_inline_recursion: 4,
            max_trace_chain: 4,
            max_trace_len: 256,
        }
    }
}

impl TraceJitConfig {
    /// The defaults with the thresholds that the environment sets, in `FUSEVM_JIT_BLOCK_THRESHOLD` and
    /// `FUSEVM_JIT_TRACE_THRESHOLD`. A value that is no positive integer is ignored.
    pub fn from_environment() -> TraceJitConfig {
        TraceJitConfig::from_variables(|name| std::env::var(name).ok())
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> TraceJitConfig {
        let threshold = |name: &str| {
            let number: u32 = variable(name)?.trim().parse().ok()?;
            (number > 0).then_some(number)
        };
        let defaults = TraceJitConfig::default();
        TraceJitConfig {
            block_threshold: threshold(BLOCK_THRESHOLD_VARIABLE).unwrap_or(defaults.block_threshold),
            trace_threshold: threshold(TRACE_THRESHOLD_VARIABLE).unwrap_or(defaults.trace_threshold),
            ..defaults
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The defaults that embedders rely on.
    #[test]
    fn defaults() {
        let json = r#"{"trace_threshold":50,"block_threshold":10,"max_side_exits":50,
            "max_inline_recursion":4,"max_trace_chain":4,"max_trace_len":256}"#;
        let stated: TraceJitConfig = serde_json::from_str(json).expect("every field");
        assert_eq!(TraceJitConfig::default(), stated);
        assert_eq!(serde_json::from_str::<TraceJitConfig>("{}").expect("no field"), stated);
    }

    #[test]
    fn the_environment_sets_thresholds() {
        let cases = [
            (None, None, (10, 50)),
            (Some("1"), None, (1, 50)),
            (None, Some(" 7 "), (10, 7)),
            (Some("4294967295"), Some("1000"), (u32::MAX, 1000)),
            (Some("0"), Some("-1"), (10, 50)),
            (Some("4294967296"), Some("many"), (10, 50)),
            (Some(""), Some("1.5"), (10, 50)),
        ];
        for (block, trace, expected) in cases {
            let config = TraceJitConfig::from_variables(|name| {
                let value = if name == BLOCK_THRESHOLD_VARIABLE { block } else { trace };
                value.map(str::to_string)
            });
            assert_eq!((config.block_threshold, config.trace_threshold), expected, "{block:?} {trace:?}");
            let defaults = TraceJitConfig { block_threshold: 10, trace_threshold: 50, ..config };
            assert_eq!(defaults, TraceJitConfig::default());
        }
    }
}
