//! fusevm: a language-agnostic bytecode VM.
