//! Open streams by the names that the program gives them.

use std::collections::HashMap;

/// Streams by name. The one that was used last is found without a look at the others.
#[derive(Debug)]
pub(super) struct Named<T> {
    streams: Vec<(Box<[u8]>, T)>,
    index: HashMap<Box<[u8]>, usize>,
    last: usize,
}

impl<T> Default for Named<T> {
    fn default() -> Named<T> {
        Named { streams: Vec::new(), index: HashMap::new(), last: 0 }
    }
}

impl<T> Named<T> {
    /// The stream of a name.
    #[inline]
    pub fn get(&mut self, name: &[u8]) -> Option<&mut T> {
        self.find(name).then(|| self.found())
    }

    /// Whether there is a stream of a name, which [`found`](Named::found) gives then.
    #[inline]
    pub fn find(&mut self, name: &[u8]) -> bool {
        if self.streams.get(self.last).is_some_and(|(last, _)| **last == *name) {
            return true;
        }
        let Some(found) = self.index.get(name) else { return false };
        self.last = *found;
        true
    }

    /// The stream that was found or added last.
    #[inline]
    pub fn found(&mut self) -> &mut T {
        &mut self.streams[self.last].1
    }

    /// Adds a stream under a name that has none.
    pub fn insert(&mut self, name: &[u8], stream: T) -> &mut T {
        self.last = self.streams.len();
        self.index.insert(name.into(), self.last);
        self.streams.push((name.into(), stream));
        &mut self.streams[self.last].1
    }

    /// Takes the stream of a name out.
    pub fn remove(&mut self, name: &[u8]) -> Option<T> {
        let at = self.index.remove(name)?;
        let (_, stream) = self.streams.swap_remove(at);
        if let Some((moved, _)) = self.streams.get(at) {
            self.index.insert(moved.clone(), at);
        }
        Some(stream)
    }

    /// All streams with their names.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&[u8], &mut T)> {
        self.streams.iter_mut().map(|(name, stream)| (&**name, stream))
    }

    /// Takes all streams out, in the order in which they were opened if none was closed.
    pub fn drain(&mut self) -> impl Iterator<Item = (Box<[u8]>, T)> {
        self.index.clear();
        self.streams.drain(..)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_keep_their_names() {
        let mut named = Named::default();
        for name in ["a", "b", "c"] {
            named.insert(name.as_bytes(), name);
        }
        assert_eq!(named.get(b"a").copied(), Some("a"));
        assert_eq!(named.remove(b"a"), Some("a"));
        assert_eq!(named.get(b"a"), None);
        assert_eq!((named.get(b"c").copied(), named.get(b"b").copied()), (Some("c"), Some("b")));
        assert_eq!(named.remove(b"c"), Some("c"));
        assert_eq!(named.remove(b"c"), None);
        assert_eq!(named.drain().map(|(_, stream)| stream).collect::<Vec<_>>(), ["b"]);
        assert_eq!(named.get(b"b"), None);
    }
}
