//! POSIX awk on the fusevm engine.
