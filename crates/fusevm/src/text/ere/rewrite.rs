//! Views and equivalent rewritings of a parsed expression, and the questions the engines ask about it.

use regex_syntax::hir::{
    Capture, Class, ClassBytes, ClassBytesRange, ClassUnicode, Hir, HirKind, Look, LookSet, Repetition,
};

use super::transcode;

/// The most automaton states, by estimate, that a pattern may need.
const COST_MAX: usize = 1_000_000;

/// Whether the automaton of this expression stays within the size limit.
pub(super) fn is_affordable(hir: &Hir) -> bool {
    cost(hir) <= COST_MAX
}

fn cost(hir: &Hir) -> usize {
    let sum = |subs: &[Hir]| subs.iter().map(cost).fold(0, usize::saturating_add);
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Bytes(_)) => 1,
        // Each range of code points becomes a few ranges of bytes.
        HirKind::Class(Class::Unicode(class)) => 8 + 2 * class.ranges().len(),
        HirKind::Repetition(repetition) => {
            let copies = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1);
            cost(&repetition.sub).saturating_add(1).saturating_mul(copies as usize)
        }
        HirKind::Capture(capture) => cost(&capture.sub).saturating_add(2),
        HirKind::Concat(subs) | HirKind::Alternation(subs) => sum(subs),
    }
}

/// The expression with every group replaced by its contents.
pub(super) fn without_groups(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Capture(capture) => without_groups(&capture.sub),
        HirKind::Repetition(repetition) => Hir::repetition(repetition.with(without_groups(&repetition.sub))),
        HirKind::Concat(subs) => Hir::concat(subs.iter().map(without_groups).collect()),
        HirKind::Alternation(subs) => Hir::alternation(subs.iter().map(without_groups).collect()),
        _ => hir.clone(),
    }
}

/// Turns `X*` into a loop over bytes when the set X has every character above ASCII, as in `.*` and `[^"]*`.
///
/// It matches the same: such a loop can leave a character only at its end, because no expression begins with a continuation byte and the
/// longest match never stops in the middle. Its automaton is one state, and it passes over invalid bytes by itself.
pub(super) fn widen_stars(hir: Hir) -> Hir {
    // A word boundary looks at a character's bytes on both sides, so it could tell the two apart.
    if hir.properties().look_set().contains_word_unicode() { hir } else { widen(hir) }
}

fn widen(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Repetition(repetition) => {
            let sub = match repetition.sub.kind() {
                HirKind::Class(Class::Unicode(class)) if repetition.min == 0 && repetition.max.is_none() => {
                    widened(class)
                }
                _ => None,
            };
            Hir::repetition(repetition.with(sub.unwrap_or_else(|| widen((*repetition.sub).clone()))))
        }
        HirKind::Capture(Capture { index, name, sub }) => {
            Hir::capture(Capture { index, name, sub: Box::new(widen(*sub)) })
        }
        HirKind::Concat(subs) => Hir::concat(subs.into_iter().map(widen).collect()),
        HirKind::Alternation(subs) => Hir::alternation(subs.into_iter().map(widen).collect()),
    }
}

/// The byte set of a character set that has every character above ASCII.
fn widened(class: &ClassUnicode) -> Option<Hir> {
    let last = class.ranges().last()?;
    if last.end() != char::MAX || last.start() > '\u{80}' {
        return None;
    }
    let bytes = ClassBytes::new(ascii_ranges(class).chain([ClassBytesRange::new(0x80, 0xFF)]));
    Some(Hir::class(Class::Bytes(bytes)))
}

/// The expression that does the same in ASCII text without a character above it, if that one is simpler: it has no multibyte characters
/// in its sets, and its word boundaries need to know no others.
pub(super) fn ascii_only(hir: &Hir) -> Option<Hir> {
    is_simpler_in_ascii(hir).then(|| pruned(to_ascii(hir)))
}

/// The expression without what matches no text: an alternative is left out, and to repeat it is the empty text or none. What may be
/// empty, and what an expression begins with, can be told of the others alone.
pub(super) fn pruned(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Repetition(repetition) => {
            let sub = pruned((*repetition.sub).clone());
            match (matches_nothing(&sub), repetition.min) {
                (false, _) => Hir::repetition(repetition.with(sub)),
                (true, 0) => Hir::empty(),
                (true, _) => Hir::fail(),
            }
        }
        HirKind::Capture(Capture { index, name, sub }) => {
            let sub = pruned(*sub);
            if matches_nothing(&sub) {
                sub
            } else {
                Hir::capture(Capture { index, name, sub: Box::new(sub) })
            }
        }
        HirKind::Concat(subs) => {
            let subs: Vec<Hir> = subs.into_iter().map(pruned).collect();
            if subs.iter().any(matches_nothing) { Hir::fail() } else { Hir::concat(subs) }
        }
        // Without any alternative it matches nothing.
        HirKind::Alternation(subs) => {
            Hir::alternation(subs.into_iter().map(pruned).filter(|sub| !matches_nothing(sub)).collect())
        }
    }
}

/// Whether a pruned expression matches no text.
fn matches_nothing(hir: &Hir) -> bool {
    hir.properties().minimum_len().is_none()
}

fn is_simpler_in_ascii(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Class(Class::Unicode(_)) => true,
        HirKind::Look(look) => LookSet::singleton(*look).contains_word_unicode(),
        HirKind::Repetition(Repetition { sub, .. }) | HirKind::Capture(Capture { sub, .. }) => {
            is_simpler_in_ascii(sub)
        }
        HirKind::Concat(subs) | HirKind::Alternation(subs) => subs.iter().any(is_simpler_in_ascii),
        _ => false,
    }
}

fn to_ascii(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) if literal.0.is_ascii() => Hir::literal(literal.0.clone()),
        HirKind::Literal(_) => Hir::fail(),
        HirKind::Class(Class::Bytes(class)) => Hir::class(Class::Bytes(class.clone())),
        HirKind::Class(Class::Unicode(class)) => {
            let ascii = ClassBytes::new(ascii_ranges(class));
            // What matches any ASCII character is taken to match any byte, which is easier to see.
            let is_any = ascii == ClassBytes::new([ClassBytesRange::new(0, 0x7F)]);
            let any = || ClassBytes::new([ClassBytesRange::new(0, 0xFF)]);
            Hir::class(Class::Bytes(if is_any { any() } else { ascii }))
        }
        HirKind::Look(look) => Hir::look(match look {
            Look::WordUnicode => Look::WordAscii,
            Look::WordUnicodeNegate => Look::WordAsciiNegate,
            Look::WordStartUnicode => Look::WordStartAscii,
            Look::WordEndUnicode => Look::WordEndAscii,
            other => *other,
        }),
        HirKind::Repetition(repetition) => Hir::repetition(repetition.with(to_ascii(&repetition.sub))),
        HirKind::Capture(Capture { index, name, sub }) => {
            Hir::capture(Capture { index: *index, name: name.clone(), sub: Box::new(to_ascii(sub)) })
        }
        HirKind::Concat(subs) => Hir::concat(subs.iter().map(to_ascii).collect()),
        HirKind::Alternation(subs) => Hir::alternation(subs.iter().map(to_ascii).collect()),
    }
}

/// The members of a set that are ASCII.
fn ascii_ranges(class: &ClassUnicode) -> impl Iterator<Item = ClassBytesRange> {
    class.iter().filter(|range| range.start().is_ascii()).map(|range| {
        let end = u8::try_from(range.end()).map_or(0x7F, |end| end.min(0x7F));
        ClassBytesRange::new(range.start() as u8, end)
    })
}

/// Whether bytes that are not UTF-8 can change what the expression matches, beyond not matching them.
pub(super) fn sees_invalid_bytes(hir: &Hir) -> bool {
    let properties = hir.properties();
    // An empty match must not fall inside a character, which only valid text can tell, unless an anchor pins it to an end of the text.
    let floats = properties.minimum_len() == Some(0)
        && !properties.look_set_prefix().contains(Look::Start)
        && !properties.look_set_suffix().contains(Look::End);
    floats || properties.look_set().contains_word() || has_stand_in_class(hir)
}

fn has_stand_in_class(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            class.ranges().last().is_some_and(|last| last.end() >= transcode::first_stand_in())
        }
        HirKind::Repetition(Repetition { sub, .. }) | HirKind::Capture(Capture { sub, .. }) => {
            has_stand_in_class(sub)
        }
        HirKind::Concat(subs) | HirKind::Alternation(subs) => subs.iter().any(has_stand_in_class),
        _ => false,
    }
}

/// The byte that every match begins with, if that is always the same.
pub(super) fn first_byte(hir: &Hir) -> Option<u8> {
    match items(hir).first()?.kind() {
        HirKind::Literal(text) => text.0.first().copied(),
        HirKind::Repetition(repetition) if repetition.min > 0 => first_byte(&repetition.sub),
        HirKind::Capture(capture) => first_byte(&capture.sub),
        _ => None,
    }
}

/// The items of a concatenation; anything else is one item.
pub(super) fn items(hir: &Hir) -> &[Hir] {
    match hir.kind() {
        HirKind::Concat(subs) => subs,
        HirKind::Empty => &[],
        _ => std::slice::from_ref(hir),
    }
}

/// An expression that matches somewhere in exactly the texts that `hir` (without groups) does: what only lengthens a match at either
/// end is dropped, so that `[0-9]+\.[0-9]+` becomes `[0-9]\.[0-9]`.
pub(super) fn boolean_core(hir: &Hir) -> Hir {
    Hir::concat(shortened(items(hir).to_vec(), true, true))
}

/// Items without what only lengthens a match where anything may come before them, or behind them.
pub(super) fn shortened(mut items: Vec<Hir>, before: bool, behind: bool) -> Vec<Hir> {
    while let Some(shorter) = items.last().filter(|_| behind).and_then(shortest) {
        items.pop();
        items.extend(shorter);
    }
    while let Some(shorter) = items.first().filter(|_| before).and_then(shortest) {
        items.splice(0..1, shorter);
    }
    items
}

/// The shortest form of an item at an end of the expression, if it is another one: no items, or one.
fn shortest(item: &Hir) -> Option<Option<Hir>> {
    let HirKind::Repetition(repetition) = item.kind() else {
        return None;
    };
    if !repetition.sub.properties().look_set().is_empty() || repetition.max == Some(repetition.min) {
        return None;
    }
    Some(match repetition.min {
        0 => None,
        1 => Some((*repetition.sub).clone()),
        min => Some(Hir::repetition(Repetition { max: Some(min), ..repetition.clone() })),
    })
}

/// The least number of bytes that `X*` or `X+` and the like match, with X every byte.
pub(super) fn least_of_any(hir: &Hir) -> Option<u32> {
    match hir.kind() {
        HirKind::Repetition(Repetition { min, max: None, sub, .. }) => {
            (single_bytes(sub)? == [true; 256]).then_some(*min)
        }
        _ => None,
    }
}

/// Every byte.
pub(super) fn any_byte() -> Hir {
    Hir::class(Class::Bytes(ClassBytes::new([ClassBytesRange::new(0, 0xFF)])))
}

/// The bytes with which one of the expressions below can begin.
pub(super) type ByteSet = [bool; 256];

/// The first bytes of a class, possibly too many.
pub(super) fn first_bytes(class: &Class) -> ByteSet {
    let mut set = [false; 256];
    match class {
        Class::Bytes(class) => {
            for range in class.iter() {
                set[usize::from(range.start())..=usize::from(range.end())].fill(true);
            }
        }
        Class::Unicode(class) => {
            for range in class.iter() {
                let (start, end) = (u32::from(range.start()), u32::from(range.end()));
                if start < 0x80 {
                    set[start as usize..=end.min(0x7F) as usize].fill(true);
                }
                if end >= 0x80 {
                    set[0x80..].fill(true);
                }
            }
        }
    }
    set
}

/// The bytes that the expression matches, if it matches single bytes only.
pub(super) fn single_bytes(hir: &Hir) -> Option<ByteSet> {
    match hir.kind() {
        HirKind::Class(class @ Class::Bytes(_)) => Some(first_bytes(class)),
        HirKind::Literal(literal) if literal.0.len() == 1 => Some(single(literal.0[0])),
        _ => None,
    }
}

/// Whether a leftmost-first search already finds the longest match, so that no second search is needed. May say no needlessly.
///
/// Yes for a sequence of fixed items (literals, single characters, anchors, alternatives of literals of which at most one can match) and
/// repeated single characters, if either only one is repeated (then a greedy loop tries the longest first), or each repeated set is
/// disjoint from whatever can follow it (then the text alone decides the way, and a shorter way is a prefix of the longer one).
pub(super) fn first_is_longest(hir: &Hir) -> bool {
    let Some(items) = items(hir).iter().map(Item::of).collect::<Option<Vec<Item>>>() else {
        return false;
    };
    let loops = items.iter().filter(|item| item.min != item.max).count();
    loops <= 1 || (0..items.len()).all(|at| is_decided(&items, at))
}

/// Whether no byte can both continue the item at that place and begin what follows it.
fn is_decided(items: &[Item], at: usize) -> bool {
    let item = &items[at];
    if item.min == item.max {
        return true;
    }
    for next in &items[at + 1..] {
        if next.first.iter().zip(&item.first).any(|(a, b)| *a && *b) {
            return false;
        }
        if next.min != Some(0) {
            break;
        }
    }
    true
}

/// An item as `first_is_longest` sees it: between `min` and `max` units that begin with `first`.
struct Item {
    min: Option<u32>,
    max: Option<u32>,
    first: ByteSet,
}

impl Item {
    fn of(hir: &Hir) -> Option<Item> {
        let once = |first| Some(Item { min: Some(1), max: Some(1), first });
        match hir.kind() {
            HirKind::Look(_) => Some(Item { min: Some(0), max: Some(0), first: [false; 256] }),
            HirKind::Literal(literal) => once(single(literal.0[0])),
            HirKind::Class(class) => once(first_bytes(class)),
            HirKind::Repetition(repetition) => {
                let first = match repetition.sub.kind() {
                    HirKind::Class(class) => first_bytes(class),
                    HirKind::Literal(literal) if literal.0.len() == 1 => single(literal.0[0]),
                    _ => return None,
                };
                Some(Item { min: Some(repetition.min), max: repetition.max, first })
            }
            HirKind::Alternation(branches) => {
                let mut first = [false; 256];
                for branch in branches {
                    let HirKind::Literal(literal) = branch.kind() else {
                        return None;
                    };
                    if std::mem::replace(&mut first[usize::from(literal.0[0])], true) {
                        return None;
                    }
                }
                once(first)
            }
            _ => None,
        }
    }
}

/// Adds the sets of an item to a row; None when it is no row of single bytes.
pub(super) fn extend_row(row: &mut Vec<ByteSet>, item: &Hir) -> Option<()> {
    match item.kind() {
        HirKind::Literal(literal) => row.extend(literal.0.iter().map(|byte| single(*byte))),
        _ => row.push(single_bytes(item)?),
    }
    Some(())
}

/// Whether bytes, of which there are as many, are in the sets of a row.
#[inline]
pub(super) fn is_row(bytes: &[u8], row: &[ByteSet]) -> bool {
    bytes.iter().zip(row).all(|(byte, set)| set[usize::from(*byte)])
}

pub(super) fn single(byte: u8) -> ByteSet {
    let mut set = [false; 256];
    set[usize::from(byte)] = true;
    set
}
