//! What is open under which name. `close` closes what was opened last under a name, and lint warns of names with
//! several meanings.

use std::collections::HashMap;

/// What a name is open as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    InputFile,
    InputPipe,
    OutputFile,
    OutputPipe,
    TwoWay,
}

impl Channel {
    /// What lint says of a name that is open as this and is opened as another one.
    pub fn mixture_with(self, other: Channel, name: &str) -> Option<String> {
        use Channel::{InputFile, InputPipe, OutputFile, OutputPipe, TwoWay};
        const MIXTURES: &[(Channel, Channel, &str)] = &[
            (InputFile, OutputFile, "input file and for output file"),
            (InputFile, InputPipe, "input file and input pipe"),
            (InputFile, TwoWay, "input file and two-way pipe"),
            (InputFile, OutputPipe, "input file and output pipe"),
            (InputPipe, OutputFile, "input pipe and output file"),
            (OutputFile, OutputPipe, "output file and output pipe"),
            (OutputFile, TwoWay, "output file and two-way pipe"),
            (InputPipe, OutputPipe, "input pipe and output pipe"),
            (InputPipe, TwoWay, "input pipe and two-way pipe"),
            (OutputPipe, TwoWay, "output pipe and two-way pipe"),
        ];
        let is_this = |(one, two, _): &&(Channel, Channel, &str)| {
            (*one, *two) == (self, other) || (*one, *two) == (other, self)
        };
        MIXTURES.iter().find(is_this).map(|(_, _, uses)| format!("`{name}' used for {uses}"))
    }

    /// What it is called.
    pub fn kind(self) -> &'static str {
        match self {
            Channel::InputFile | Channel::OutputFile => "file",
            Channel::InputPipe | Channel::OutputPipe => "pipe",
            Channel::TwoWay => "co-process",
        }
    }
}

/// The names that are open, each with what it is open as and when that was opened.
#[derive(Debug, Default)]
pub(super) struct Openings {
    by_name: HashMap<Box<[u8]>, Vec<(u64, Channel)>>,
    /// How many were opened so far.
    count: u64,
}

impl Openings {
    pub fn add(&mut self, name: &[u8], channel: Channel) {
        self.count += 1;
        self.by_name.entry(name.into()).or_default().push((self.count, channel));
    }

    /// What a name is open as, the last opened first.
    pub fn of(&self, name: &[u8]) -> Vec<Channel> {
        let open = self.by_name.get(name).into_iter().flatten().rev();
        open.map(|(_, channel)| *channel).collect()
    }

    /// What was opened last under a name.
    pub fn last(&self, name: &[u8]) -> Option<Channel> {
        self.by_name.get(name)?.last().map(|(_, channel)| *channel)
    }

    pub fn remove(&mut self, name: &[u8], channel: Channel) {
        let Some(open) = self.by_name.get_mut(name) else { return };
        open.retain(|(_, other)| *other != channel);
        if open.is_empty() {
            self.by_name.remove(name);
        }
    }

    /// All that is open, the last opened first.
    pub fn all(&self) -> Vec<(&[u8], Channel)> {
        let mut all = Vec::new();
        for (name, open) in &self.by_name {
            all.extend(open.iter().map(|(at, channel)| (*at, &**name, *channel)));
        }
        all.sort_unstable_by_key(|(at, ..)| std::cmp::Reverse(*at));
        all.into_iter().map(|(_, name, channel)| (name, channel)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_opened_comes_first() {
        let mut openings = Openings::default();
        for (name, channel) in [("a", Channel::InputFile), ("b", Channel::TwoWay), ("a", Channel::OutputPipe)]
        {
            openings.add(name.as_bytes(), channel);
        }
        assert_eq!(openings.of(b"a"), [Channel::OutputPipe, Channel::InputFile]);
        let all = openings.all();
        assert_eq!(all.iter().map(|(name, _)| *name).collect::<Vec<_>>(), [b"a", b"b", b"a"]);
        openings.remove(b"a", Channel::OutputPipe);
        assert_eq!(openings.last(b"a"), Some(Channel::InputFile));
        openings.remove(b"a", Channel::InputFile);
        assert_eq!(openings.last(b"a"), None);
    }

    #[test]
    fn mixtures_are_named_either_way() {
        let said = Channel::TwoWay.mixture_with(Channel::InputFile, "x");
        assert_eq!(said.as_deref(), Some("`x' used for input file and two-way pipe"));
        assert_eq!(Channel::InputFile.mixture_with(Channel::TwoWay, "x"), said);
        assert_eq!(Channel::InputFile.mixture_with(Channel::InputFile, "x"), None);
    }
}
