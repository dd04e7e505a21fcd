//! "Did you mean": the known word that is nearest to a misspelt one.

/// Longer words get no suggestion, so that the work stays small.
const MAX_LEN: usize = 40;

/// `; did you mean X?` for the candidate nearest to the word, or nothing when none is near.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    if word.len() > MAX_LEN {
        return String::new();
    }
    let limit = word.len() / 3 + 1;
    let nearest = candidates
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= limit)
        .map(|candidate| (distance(word, candidate), candidate))
        .min();
    match nearest {
        Some((distance, candidate)) if distance <= limit => format!("; did you mean `{candidate}`?"),
        _ => String::new(),
    }
}

/// Levenshtein's edit distance, in bytes and without regard to case.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let substituted = diagonal + usize::from(!x.eq_ignore_ascii_case(&y));
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, expected) in [("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("add", "Add", 0)] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
            assert_eq!(distance(b, a), expected, "{b} {a}");
        }
    }

    #[test]
    fn only_near_words_are_suggested() {
        assert_eq!(did_you_mean("Ad", ["Sub", "Add"]), "; did you mean `Add`?");
        assert_eq!(did_you_mean("Multiply", ["Sub", "Add"]), "");
        assert_eq!(did_you_mean(&"x".repeat(41), [&*"x".repeat(41)]), "");
    }
}
