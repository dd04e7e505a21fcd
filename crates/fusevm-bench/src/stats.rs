//! The few statistics that the reports need.

/// The middle value, or the mean of the two middle ones; `None` when there is none.
pub fn median(samples: &[f64]) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n % 2 == 1 => Some(sorted[middle]),
        _ => Some((sorted[middle - 1] + sorted[middle]) / 2.0),
    }
}

/// The n-th root of the product, the mean that treats twice as fast and twice as slow alike.
/// `None` when there is no value, or one that is not positive.
pub fn geometric_mean(ratios: &[f64]) -> Option<f64> {
    if ratios.is_empty() || ratios.iter().any(|&ratio| ratio.is_nan() || ratio <= 0.0) {
        return None;
    }
    let sum_of_logs: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
    Some((sum_of_logs / ratios.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_of_odd_even_and_no_samples() {
        let cases: [(&[f64], Option<f64>); 5] = [
            (&[], None),
            (&[3.0], Some(3.0)),
            (&[9.0, 1.0, 5.0], Some(5.0)),
            (&[4.0, 1.0, 3.0, 2.0], Some(2.5)),
            (&[1.0, 1.0, 1000.0], Some(1.0)),
        ];
        for (samples, expected) in cases {
            assert_eq!(median(samples), expected, "{samples:?}");
        }
    }

    #[test]
    fn geometric_mean_is_symmetric_in_speedup_and_slowdown() {
        let close = |ratios: &[f64], expected: f64| {
            let mean = geometric_mean(ratios).expect("positive ratios have a mean");
            assert!((mean - expected).abs() < 1e-12, "{ratios:?}: {mean}");
        };
        close(&[2.0, 0.5], 1.0);
        close(&[1.0, 4.0], 2.0);
        close(&[1.0, 10.0, 100.0], 10.0);
        close(&[0.7], 0.7);
    }

    #[test]
    fn geometric_mean_needs_positive_ratios() {
        for ratios in [&[][..], &[1.0, 0.0], &[1.0, -2.0], &[f64::NAN]] {
            assert_eq!(geometric_mean(ratios), None, "{ratios:?}");
        }
    }
}
