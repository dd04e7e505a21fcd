//! Arrays of integers and flags. Where Lua counts from 1 and the work would differ, element 0 stays unused.

pub fn array_fill_sum(n: i64) -> f64 {
    let mut a = vec![0];
    for i in 1..=n {
        a.push(i);
    }
    let mut sum = 0;
    for i in 1..=n {
        sum += a[i as usize];
    }
    sum as f64
}

pub fn sieve(n: i64) -> f64 {
    let n = n as usize;
    let mut prime = vec![false];
    for i in 1..=n {
        prime.push(i > 1);
    }
    let mut count = 0;
    for i in 2..=n {
        if prime[i] {
            count += 1;
            let mut j = i + i;
            while j <= n {
                prime[j] = false;
                j += i;
            }
        }
    }
    f64::from(count)
}

pub fn quicksort(n: i64) -> f64 {
    fn sort(a: &mut [i64], lo: i64, hi: i64) {
        if lo >= hi {
            return;
        }
        let (pivot, mut i, mut j) = (a[lo as usize], lo - 1, hi + 1);
        loop {
            i += 1;
            while a[i as usize] < pivot {
                i += 1;
            }
            j -= 1;
            while a[j as usize] > pivot {
                j -= 1;
            }
            if i >= j {
                break;
            }
            a.swap(i as usize, j as usize);
        }
        sort(a, lo, j);
        sort(a, j + 1, hi);
    }

    let (mut a, mut seed) = (vec![0], 42);
    for _ in 1..=n {
        seed = (seed * 3877 + 29573) % 139968;
        a.push(seed);
    }
    sort(&mut a, 1, n);
    let mut checksum = 0;
    for i in 1..=n {
        checksum += a[i as usize] * (i % 16);
    }
    checksum as f64
}

pub fn fannkuch(n: i64) -> f64 {
    let n = n as usize;
    let (mut perm, mut first, mut count) = (vec![0; n + 1], vec![0; n + 1], vec![0; n + 1]);
    for (i, element) in first.iter_mut().enumerate() {
        *element = i;
    }
    let (mut checksum, mut max_flips, mut sign, mut r) = (0i64, 0i64, 1i64, n + 1);
    loop {
        while r > 2 {
            r -= 1;
            count[r] = r;
        }
        perm.copy_from_slice(&first);
        let (mut flips, mut k) = (0, perm[1]);
        while k != 1 {
            let (mut i, mut j) = (1, k);
            while i < j {
                perm.swap(i, j);
                i += 1;
                j -= 1;
            }
            flips += 1;
            k = perm[1];
        }
        max_flips = max_flips.max(flips);
        checksum += sign * flips;
        sign = -sign;
        // The next permutation: rotate ever longer prefixes until one has turns left.
        r = 2;
        loop {
            if r > n {
                return (checksum * 1000 + max_flips) as f64;
            }
            first[1..=r].rotate_left(1);
            count[r] -= 1;
            if count[r] > 0 {
                break;
            }
            r += 1;
        }
    }
}
