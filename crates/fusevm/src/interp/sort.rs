//! A stable merge sort that can be left and resumed between two comparisons, since the comparison is a
//! block of the program, which must not run on a native stack frame of its own.

use crate::value::{Array, Value};

/// A sort under way: bottom-up merging of runs.
///
/// Whatever the comparisons answer, the elements are permuted, each comparison places one, and there are
/// no more than n log2 n of them.
pub(crate) struct MergeSort {
    items: Vec<Value>,
    /// Positions in `items`, sorted in runs of `width`.
    runs: Vec<usize>,
    /// Where the two runs that are being merged go; complete, it takes the place of `runs`.
    merged: Vec<usize>,
    width: usize,
    /// Next of the left run, and the end of it.
    left: usize,
    middle: usize,
    /// Next of the right run, and the end of it.
    right: usize,
    end: usize,
}

impl MergeSort {
    /// A sort of the elements of a value; there are none when it is no array.
    pub fn new(collection: Value) -> MergeSort {
        let items = match collection {
            Value::Array(array) => array.into_vec(),
            _ => Vec::new(),
        };
        let runs = (0..items.len()).collect();
        let merged = Vec::with_capacity(items.len());
        let mut sort = MergeSort { items, runs, merged, width: 1, left: 0, middle: 0, right: 0, end: 0 };
        sort.begin_merge(0);
        sort
    }

    /// The two elements to compare next; None when the sort is done.
    pub fn next_comparison(&mut self) -> Option<(Value, Value)> {
        while self.left == self.middle || self.right == self.end {
            if self.width >= self.items.len() {
                return None;
            }
            self.end_merge();
        }
        let element = |place: usize| self.items[self.runs[place]].clone();
        Some((element(self.left), element(self.right)))
    }

    /// Takes the answer to the last comparison: above 0 when the second element comes first.
    pub fn answer(&mut self, ordering: i64) {
        let from = if ordering > 0 { &mut self.right } else { &mut self.left };
        self.merged.push(self.runs[*from]);
        *from += 1;
    }

    /// The sorted elements.
    pub fn finish(self) -> Value {
        let MergeSort { mut items, runs, .. } = self;
        let sorted: Vec<Value> = runs.iter().map(|place| std::mem::take(&mut items[*place])).collect();
        Value::Array(Array::from(sorted))
    }

    /// Sets the two runs from `start` on up for merging.
    fn begin_merge(&mut self, start: usize) {
        let len = self.items.len();
        self.left = start;
        self.middle = (start + self.width).min(len);
        self.right = self.middle;
        self.end = (self.middle + self.width).min(len);
    }

    /// Appends what is left of the two runs and goes on to the next two, or to runs of twice the width.
    fn end_merge(&mut self) {
        self.merged.extend_from_slice(&self.runs[self.left..self.middle]);
        self.merged.extend_from_slice(&self.runs[self.right..self.end]);
        if self.end < self.items.len() {
            self.begin_merge(self.end);
            return;
        }
        std::mem::swap(&mut self.runs, &mut self.merged);
        self.merged.clear();
        self.width = self.width.saturating_mul(2);
        self.begin_merge(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sort(items: &[i64], mut compare: impl FnMut(i64, i64) -> i64) -> (Vec<i64>, usize) {
        let mut sort = MergeSort::new(items.iter().copied().map(Value::Int).collect());
        let mut comparisons = 0;
        while let Some((a, b)) = sort.next_comparison() {
            comparisons += 1;
            sort.answer(compare(a.to_int(), b.to_int()));
        }
        let Value::Array(sorted) = sort.finish() else { panic!("a sort gives an array") };
        (sorted.iter().map(Value::to_int).collect(), comparisons)
    }

    /// Numbers of no particular order.
    fn shuffled(len: i64) -> Vec<i64> {
        (0..len).map(|n| n * 7919 % 1009).collect()
    }

    #[test]
    fn sorts_arrays_of_every_small_length() {
        for len in 0..70 {
            let items = shuffled(len);
            let mut expected = items.clone();
            expected.sort();
            assert_eq!(sort(&items, |a, b| a - b).0, expected, "{len} elements");
        }
    }

    #[test]
    fn equal_elements_keep_their_order() {
        let items = shuffled(500);
        let mut expected = items.clone();
        expected.sort_by_key(|n| n % 10);
        assert_eq!(sort(&items, |a, b| a % 10 - b % 10).0, expected);
    }

    #[test]
    fn an_inconsistent_comparator_gives_a_permutation() {
        for answers in [1, -1] {
            let (mut sorted, comparisons) = sort(&shuffled(100), |_, _| answers);
            sorted.sort();
            let mut expected = shuffled(100);
            expected.sort();
            assert_eq!(sorted, expected);
            assert!(comparisons <= 700, "{comparisons} comparisons of 100 elements");
        }
    }

    #[test]
    fn what_is_no_array_has_no_elements() {
        let mut sort = MergeSort::new(Value::Int(3));
        assert!(sort.next_comparison().is_none());
        assert_eq!(sort.finish(), Value::array(Vec::new()));
    }
}
