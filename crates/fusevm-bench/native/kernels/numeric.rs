//! Floating point. The order of operations is that of the Lua texts, so the checksums agree to the last bit.

pub fn mandelbrot(n: i64) -> f64 {
    let size = n as f64;
    let mut total = 0;
    for y in 0..n {
        let ci = 2.0 * y as f64 / size - 1.0;
        for x in 0..n {
            let cr = 2.0 * x as f64 / size - 1.5;
            let (mut zr, mut zi, mut zr2, mut zi2, mut k) = (0.0, 0.0, 0.0, 0.0, 0);
            while k < 50 && zr2 + zi2 <= 4.0 {
                zi = 2.0 * zr * zi + ci;
                zr = zr2 - zi2 + cr;
                zr2 = zr * zr;
                zi2 = zi * zi;
                k += 1;
            }
            total += k;
        }
    }
    f64::from(total)
}

pub fn spectral_norm(n: i64) -> f64 {
    /// Element (i, j), counted from 0, of the matrix whose norm is sought.
    fn element(i: i64, j: i64) -> f64 {
        let ij = i + j;
        1.0 / ((ij * (ij + 1)) as f64 / 2.0 + i as f64 + 1.0)
    }
    fn multiply(n: i64, v: &[f64], out: &mut [f64]) {
        for i in 0..n {
            let mut sum = 0.0;
            for j in 0..n {
                sum += element(i, j) * v[j as usize];
            }
            out[i as usize] = sum;
        }
    }
    fn multiply_transposed(n: i64, v: &[f64], out: &mut [f64]) {
        for i in 0..n {
            let mut sum = 0.0;
            for j in 0..n {
                sum += element(j, i) * v[j as usize];
            }
            out[i as usize] = sum;
        }
    }

    let mut u = vec![1.0; n as usize];
    let mut v = vec![0.0; n as usize];
    let mut t = vec![0.0; n as usize];
    for _ in 0..10 {
        multiply(n, &u, &mut t);
        multiply_transposed(n, &t, &mut v);
        multiply(n, &v, &mut t);
        multiply_transposed(n, &t, &mut u);
    }
    let (mut uv, mut vv) = (0.0, 0.0);
    for i in 0..n as usize {
        uv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    f64::sqrt(uv / vv)
}

/// The bodies' x, y, z, velocities and mass; a sun and four planets, by the row.
const BODIES: [[f64; 7]; 5] = [
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 40.0],
    [5.0, 0.0, 0.1, 0.0, 2.8, -0.02, 0.04],
    [-10.0, 1.0, -0.3, -0.2, -2.0, 0.03, 0.01],
    [0.0, -19.0, 0.2, 1.4, 0.1, -0.01, 0.002],
    [30.0, 3.0, -0.7, -0.1, 1.1, 0.02, 0.003],
];

pub fn nbody_arrays(n: i64) -> f64 {
    let column = |c: usize| BODIES.iter().map(|body| body[c]).collect::<Vec<f64>>();
    let (mut x, mut y, mut z) = (column(0), column(1), column(2));
    let (mut vx, mut vy, mut vz) = (column(3), column(4), column(5));
    let mass = column(6);
    for _ in 0..n {
        for i in 0..5 {
            for j in i + 1..5 {
                let (dx, dy, dz) = (x[i] - x[j], y[i] - y[j], z[i] - z[j]);
                let d2 = dx * dx + dy * dy + dz * dz;
                let magnitude = 0.01 / (d2 * d2.sqrt());
                let (mi, mj) = (mass[i] * magnitude, mass[j] * magnitude);
                vx[i] -= dx * mj;
                vy[i] -= dy * mj;
                vz[i] -= dz * mj;
                vx[j] += dx * mi;
                vy[j] += dy * mi;
                vz[j] += dz * mi;
            }
        }
        for i in 0..5 {
            x[i] += 0.01 * vx[i];
            y[i] += 0.01 * vy[i];
            z[i] += 0.01 * vz[i];
        }
    }
    let mut energy = 0.0;
    for i in 0..5 {
        energy += 0.5 * mass[i] * (vx[i] * vx[i] + vy[i] * vy[i] + vz[i] * vz[i]);
        for j in i + 1..5 {
            let (dx, dy, dz) = (x[i] - x[j], y[i] - y[j], z[i] - z[j]);
            energy -= mass[i] * mass[j] / (dx * dx + dy * dy + dz * dz).sqrt();
        }
    }
    energy
}

pub fn nbody_records(n: i64) -> f64 {
    struct Body {
        x: f64,
        y: f64,
        z: f64,
        vx: f64,
        vy: f64,
        vz: f64,
        mass: f64,
    }
    let mut bodies: Vec<Body> =
        BODIES.iter().map(|&[x, y, z, vx, vy, vz, mass]| Body { x, y, z, vx, vy, vz, mass }).collect();
    for _ in 0..n {
        for i in 0..5 {
            let (head, tail) = bodies.split_at_mut(i + 1);
            let a = &mut head[i];
            for b in tail {
                let (dx, dy, dz) = (a.x - b.x, a.y - b.y, a.z - b.z);
                let d2 = dx * dx + dy * dy + dz * dz;
                let magnitude = 0.01 / (d2 * d2.sqrt());
                let (ma, mb) = (a.mass * magnitude, b.mass * magnitude);
                a.vx -= dx * mb;
                a.vy -= dy * mb;
                a.vz -= dz * mb;
                b.vx += dx * ma;
                b.vy += dy * ma;
                b.vz += dz * ma;
            }
        }
        for a in &mut bodies {
            a.x += 0.01 * a.vx;
            a.y += 0.01 * a.vy;
            a.z += 0.01 * a.vz;
        }
    }
    let mut energy = 0.0;
    for (i, a) in bodies.iter().enumerate() {
        energy += 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz);
        for b in &bodies[i + 1..] {
            let (dx, dy, dz) = (a.x - b.x, a.y - b.y, a.z - b.z);
            energy -= a.mass * b.mass / (dx * dx + dy * dy + dz * dz).sqrt();
        }
    }
    energy
}
