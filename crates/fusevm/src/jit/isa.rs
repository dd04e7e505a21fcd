//! The code generator's target: which instruction set, which CPU features, which settings, in one place.
//!
//! Emitters may rely on this: the pinned register is enabled (r15 on x86-64, x21 on aarch64), frame pointers are
//! kept (tail calls need them), there is no unwind information, so nothing may unwind through native code.
//!
//! Native code has no relocations to the outside, so no CLIF instruction may become a call of a library routine.
//! On aarch64 none does. On x86-64 two groups do when the CPU lacks the instruction: `floor`, `ceil`, `trunc` and
//! `nearest` before SSE4.1 (ask [`TargetIsa::has_round`]), and `fma` (ask [`TargetIsa::has_native_fma`]). An
//! emitter that finds it missing calls a helper instead; what slips through is an error of `blob::compile`.

use std::sync::{Arc, OnceLock};

use cranelift_codegen::isa::{self, TargetIsa};
use cranelift_codegen::settings::{self, Configurable};

/// How much time compilation may take to make better code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quality {
    /// For code that runs once: no optimisation, one pass of register allocation.
    Cheap,
    /// For hot code, compiled in the background.
    Best,
}

/// The instruction set of this machine with the features of its CPU, or why there is no native code on it.
pub(crate) fn host(quality: Quality) -> Result<Arc<dyn TargetIsa>, &'static str> {
    static HOSTS: [OnceLock<Result<Arc<dyn TargetIsa>, &'static str>>; 2] =
        [OnceLock::new(), OnceLock::new()];
    HOSTS[quality as usize].get_or_init(|| finish(cranelift_native::builder()?, quality)).clone()
}

/// The instruction set `triple` ("aarch64-unknown-linux-gnu") without optional features, or why it is not there:
/// most builds contain the host's alone.
#[cfg(any(test, feature = "jit-all-arch"))]
pub(crate) fn for_triple(triple: &str, quality: Quality) -> Result<Arc<dyn TargetIsa>, &'static str> {
    let builder = isa::lookup_by_name(triple).map_err(|error| match error {
        isa::LookupError::SupportDisabled => "support for architecture disabled at compile time",
        isa::LookupError::Unsupported => "unsupported architecture",
    })?;
    finish(builder, quality)
}

/// The other instruction sets that we support: with the feature, what is compiled for this machine is compiled for them
/// too. None for `isa` that is one of them itself.
#[cfg(feature = "jit-all-arch")]
pub(crate) fn others(isa: &dyn TargetIsa) -> Vec<Arc<dyn TargetIsa>> {
    let quality = match isa.flags().opt_level() {
        settings::OptLevel::None => Quality::Cheap,
        _ => Quality::Best,
    };
    let own = isa.triple().architecture;
    if host(quality).is_ok_and(|host| host.triple().architecture != own) {
        return Vec::new();
    }
    let all = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"].into_iter();
    let all = all.filter_map(|triple| for_triple(triple, quality).ok());
    all.filter(|other| other.triple().architecture != own).collect()
}

/// Everything about `isa` that the bytes of compiled code depend on: Cranelift's version, target, settings and
/// CPU features. Equal for every process on the same machine and build, readable in a dump.
#[cfg(any(test, feature = "jit-disk-cache"))]
pub(crate) fn fingerprint(isa: &dyn TargetIsa) -> Vec<u8> {
    let mut text = format!("cranelift {}\n{}\n", cranelift_codegen::VERSION, isa.triple());
    for value in isa.flags().iter().chain(isa.isa_flags()) {
        text.push_str(&format!("{value}\n"));
    }
    text.into_bytes()
}

fn finish(builder: isa::Builder, quality: Quality) -> Result<Arc<dyn TargetIsa>, &'static str> {
    let (opt_level, regalloc) = match quality {
        Quality::Cheap => ("none", "single_pass"),
        Quality::Best => ("speed", "backtracking"),
    };
    let settings = [
        ("opt_level", opt_level),
        ("regalloc_algorithm", regalloc),
        ("enable_pinned_reg", "true"),
        ("preserve_frame_pointers", "true"),
        ("unwind_info", "false"),
        // The functions of a blob lie side by side: what they say of each other is relative, never through a GOT.
        ("is_pic", "false"),
        // Frames are small, and the depth of native calls is limited by a check of our own.
        ("enable_probestack", "false"),
        ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
    ];
    let mut flags = settings::builder();
    for (name, value) in settings {
        flags.set(name, value).map_err(|_| "a code generator without one of our settings")?;
    }
    builder.finish(settings::Flags::new(flags)).map_err(|_| "the code generator refused our settings")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_qualities_exist_here_and_differ_in_settings_only() {
        let (cheap, best) = (host(Quality::Cheap).unwrap(), host(Quality::Best).unwrap());
        assert_eq!(cheap.triple(), best.triple());
        assert_eq!(cheap.flags().opt_level(), settings::OptLevel::None);
        assert_eq!(best.flags().opt_level(), settings::OptLevel::Speed);
        for isa in [cheap, best] {
            assert!(isa.flags().enable_pinned_reg() && isa.flags().preserve_frame_pointers());
            assert!(!isa.flags().unwind_info() && !isa.flags().enable_probestack());
            assert_eq!(isa.flags().enable_verifier(), cfg!(debug_assertions));
        }
    }

    #[test]
    fn fingerprint_tells_settings_and_features_apart() {
        let [cheap, best] = [Quality::Cheap, Quality::Best].map(|quality| host(quality).unwrap());
        assert_eq!(fingerprint(&*best), fingerprint(&*host(Quality::Best).unwrap()));
        assert_ne!(fingerprint(&*cheap), fingerprint(&*best));
        let text = String::from_utf8(fingerprint(&*best)).unwrap();
        assert!(text.contains("opt_level=speed\n"), "{text}");
        assert!(text.contains(&best.triple().to_string()), "{text}");
        // The same architecture without this CPU's optional features is another target, where it has any.
        let plain = for_triple(&best.triple().to_string(), Quality::Best).unwrap();
        let features =
            |isa: &dyn TargetIsa| isa.isa_flags().iter().map(|flag| flag.to_string()).collect::<Vec<_>>();
        assert_eq!(fingerprint(&*plain) == fingerprint(&*best), features(&*plain) == features(&*best));
    }

    #[test]
    fn unknown_and_absent_targets_say_why() {
        assert_eq!(
            for_triple("wasm32-unknown-unknown", Quality::Best).err(),
            Some("unsupported architecture")
        );
    }
}
