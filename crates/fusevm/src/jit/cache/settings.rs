//! Where the cache of this process is, and how large: environment, defaults, and what the program sets.

use std::env;
use std::ffi::OsString;
use std::path::{self, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::process::{getegid, geteuid, getgid, getuid};

use super::{Location, Refusal, Store};

/// The variable that names the directory of the cache, or says `off`.
pub(crate) const CACHE_DIR_VARIABLE: &str = "FUSEVM_JIT_CACHE_DIR";
/// The variable that bounds the size of the cache.
pub(crate) const CACHE_MAX_BYTES_VARIABLE: &str = "FUSEVM_JIT_CACHE_MAX_BYTES";
/// The bound when nobody gives one.
pub(super) const DEFAULT_MAX_BYTES: u64 = 64 << 20;

/// The store of this process, for native code that needs the given machine.
///
/// To be asked for at each use: [`set_jit_cache_dir`] may have chosen another. Touches no file.
pub(crate) fn process_store(machine: &[u8]) -> Result<Store, Refusal> {
    location().map(|location| Store::new(location, machine))
}

/// Keeps native code and type feedback of this process in a directory from now on, or nowhere.
///
/// The directory is made, for this user alone, when something is stored; one that other users have access
/// to is not used. This call goes over the environment.
pub(crate) fn set_jit_cache_dir(directory: Option<PathBuf>) {
    let mut settings = settings();
    settings.directory = Some(directory);
    settings.location = None;
}

/// The directory of the cache; None when there is no cache, for whatever reason.
pub(crate) fn jit_cache_dir() -> Option<PathBuf> {
    location().and_then(|location| location.path()).ok()
}

/// The size of all files in the cache, in bytes.
pub(crate) fn jit_cache_size_bytes() -> u64 {
    location().map_or(0, |location| location.size_bytes())
}

/// Bounds the size of the cache; None: as the environment says, else 64 MiB. The bound takes effect when
/// something is stored, or with [`prune_jit_cache`].
pub(crate) fn set_jit_cache_max_bytes(max_bytes: Option<u64>) {
    let mut settings = settings();
    settings.max_bytes = max_bytes;
    if let Some(Ok(location)) = &settings.location {
        location.set_max_bytes(max_bytes.unwrap_or_else(|| Environment::of_process().max_bytes()));
    }
}

/// When the cache is over its bound, removes the files that were unused for longest until a quarter is
/// free. Gives the number of bytes that were removed.
pub(crate) fn prune_jit_cache() -> u64 {
    location().map_or(0, |location| location.prune())
}

/// Removes all that the cache holds. Gives the number of bytes that were removed.
pub(crate) fn clear_jit_cache() -> u64 {
    location().map_or(0, |location| location.clear())
}

/// What the program has set, and what follows from it.
struct Settings {
    /// A directory or none at all; the outer None: as the environment says.
    directory: Option<Option<PathBuf>>,
    max_bytes: Option<u64>,
    /// None: not looked for yet.
    location: Option<Result<Arc<Location>, Refusal>>,
}

static SETTINGS: Mutex<Settings> = Mutex::new(Settings { directory: None, max_bytes: None, location: None });

fn settings() -> MutexGuard<'static, Settings> {
    // No code that holds the lock leaves the settings half changed.
    SETTINGS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn location() -> Result<Arc<Location>, Refusal> {
    let mut settings = settings();
    if let Some(location) = &settings.location {
        return location.clone();
    }
    let environment = Environment::of_process();
    let max_bytes = settings.max_bytes.unwrap_or_else(|| environment.max_bytes());
    let location = environment
        .choose(settings.directory.as_ref())
        .map(|(path, in_own)| Arc::new(Location::new(path, in_own, max_bytes)));
    settings.location = Some(location.clone());
    location
}

/// What decides about the cache besides the program.
#[derive(Default)]
pub(super) struct Environment {
    /// [`CACHE_DIR_VARIABLE`]
    pub directory: Option<OsString>,
    /// [`CACHE_MAX_BYTES_VARIABLE`]
    pub max_bytes: Option<OsString>,
    pub xdg_cache_home: Option<OsString>,
    pub home: Option<OsString>,
    /// The process has rights that its user has not.
    pub privileged: bool,
}

impl Environment {
    fn of_process() -> Environment {
        // An empty variable is as good as none.
        let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
        Environment {
            directory: variable(CACHE_DIR_VARIABLE),
            max_bytes: variable(CACHE_MAX_BYTES_VARIABLE),
            xdg_cache_home: variable("XDG_CACHE_HOME"),
            home: variable("HOME"),
            privileged: getuid() != geteuid() || getgid() != getegid(),
        }
    }

    /// The directory of the cache, and whether it may be made only under a directory of the user: where
    /// somebody named it, that is his decision. `set` is what the program has set, if anything.
    pub fn choose(&self, set: Option<&Option<PathBuf>>) -> Result<(PathBuf, bool), Refusal> {
        if self.privileged {
            return Err(Refusal::Privileged);
        }
        let named = match (set, &self.directory) {
            (Some(None), _) => return Err(Refusal::TurnedOff),
            (Some(Some(path)), _) => Some(path.as_path()),
            (None, Some(value)) if value == "off" => return Err(Refusal::TurnedOff),
            (None, value) => value.as_ref().map(Path::new),
        };
        if let Some(path) = named {
            // The process may change its working directory later.
            let path = path::absolute(path).map_err(|error| Refusal::System(error.kind()))?;
            return Ok((path, false));
        }
        // Relative values are to be ignored (XDG base directory specification).
        let absolute =
            |value: &Option<OsString>| value.as_ref().map(PathBuf::from).filter(|path| path.is_absolute());
        let caches = absolute(&self.xdg_cache_home)
            .or_else(|| absolute(&self.home).filter(|home| home.is_dir()).map(|home| home.join(".cache")));
        caches.map(|caches| (caches.join("fusevm"), true)).ok_or(Refusal::NoHome)
    }

    /// The bound for the size of the cache.
    pub fn max_bytes(&self) -> u64 {
        self.max_bytes.as_ref().and_then(|value| parse_size(value.to_str()?)).unwrap_or(DEFAULT_MAX_BYTES)
    }
}

/// A number of bytes, with k, m or g for powers of 1024.
pub(super) fn parse_size(text: &str) -> Option<u64> {
    let (digits, shift) = match text.as_bytes().last()?.to_ascii_lowercase() {
        b'k' => (&text[..text.len() - 1], 10),
        b'm' => (&text[..text.len() - 1], 20),
        b'g' => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}
