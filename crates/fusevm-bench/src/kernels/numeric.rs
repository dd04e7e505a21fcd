//! Floating point. The order of operations is that of the Lua texts, so the checksums agree to the last bit.

use super::asm::{Asm, Expr, Local, Operand, array, call, empty_array, float, new_ref, record, sqrt};
use fusevm::Chunk;

pub fn mandelbrot(n: i64) -> Chunk {
    let mut m = Asm::new("mandelbrot");
    let [size, total, x, y, cr, ci, zr, zi, zr2, zi2, k] = m.locals();
    m.set(size, n);
    m.set(total, 0);
    m.count(y, 0, size - 1, |m| {
        m.set(ci, float(2.0) * y / size - 1.0);
        m.count(x, 0, size - 1, |m| {
            m.set(cr, float(2.0) * x / size - 1.5);
            for z in [zr, zi, zr2, zi2] {
                m.set(z, 0.0);
            }
            m.set(k, 0);
            m.while_top(k.less(50).and((zr2 + zi2).at_most(4.0)), |m| {
                m.set(zi, float(2.0) * zr * zi + ci);
                m.set(zr, zr2 - zi2 + cr);
                m.set(zr2, zr * zr);
                m.set(zi2, zi * zi);
                m.set(k, k + 1);
            });
            m.set(total, total + k);
        });
    });
    m.ret(total);
    m.build()
}

pub fn spectral_norm(n: i64) -> Chunk {
    let mut m = Asm::new("spectral_norm");
    let [size, u, v, t, i, uv, vv] = m.locals();
    m.set(size, n);
    for (vector, start) in [(u, 1.0), (v, 0.0), (t, 0.0)] {
        m.set(vector, new_ref(empty_array()));
        m.count(i, 0, size - 1, |m| m.set_index(vector, i, start));
    }
    m.count(i, 1, 10, |m| {
        for (multiply, from, to) in [
            ("multiply", u, t),
            ("multiply_transposed", t, v),
            ("multiply", v, t),
            ("multiply_transposed", t, u),
        ] {
            m.run(call(multiply, [size.get(), from.get(), to.get()]));
        }
    });
    m.set(uv, 0.0);
    m.set(vv, 0.0);
    m.count(i, 0, size - 1, |m| {
        m.set(uv, uv + u.index(i) * v.index(i));
        m.set(vv, vv + v.index(i) * v.index(i));
    });
    m.ret(sqrt(uv / vv));

    // Element (i, j), counted from 0, of the matrix whose norm is sought.
    m.sub("element", |m, [i, j]| {
        let [ij] = m.locals();
        m.set(ij, i + j);
        m.ret(float(1.0) / (ij * (ij + 1) / 2 + i + 1));
    });
    multiply(&mut m, "multiply", |i, j| [i.get(), j.get()]);
    multiply(&mut m, "multiply_transposed", |i, j| [j.get(), i.get()]);
    m.build()
}

/// The sub that multiplies a vector by the matrix, whose element for row and column `element` picks.
fn multiply(m: &mut Asm, name: &str, element: fn(Local, Local) -> [Expr; 2]) {
    m.sub(name, |m, [size, v, out]| {
        let [i, j, sum] = m.locals();
        m.count(i, 0, size - 1, |m| {
            m.set(sum, 0.0);
            m.count(j, 0, size - 1, |m| m.set(sum, sum + call("element", element(i, j)) * v.index(j)));
            m.set_index(out, i, sum);
        });
        m.ret_undef();
    });
}

/// The bodies' x, y, z, velocities and mass; a sun and four planets, by the row.
const BODIES: [[f64; 7]; 5] = [
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 40.0],
    [5.0, 0.0, 0.1, 0.0, 2.8, -0.02, 0.04],
    [-10.0, 1.0, -0.3, -0.2, -2.0, 0.03, 0.01],
    [0.0, -19.0, 0.2, 1.4, 0.1, -0.01, 0.002],
    [30.0, 3.0, -0.7, -0.1, 1.1, 0.02, 0.003],
];

/// Sums of squares and the like: one expression for each of three coordinates.
fn sum(terms: [Expr; 3]) -> Expr {
    let [x, y, z] = terms;
    x + y + z
}

/// The coordinates are arrays in slots, handed by value to the sub that reads them.
pub fn nbody_arrays(n: i64) -> Chunk {
    let mut m = Asm::new("nbody_arrays");
    let columns: [Local; 7] = m.locals();
    let [x, y, z, vx, vy, vz, mass] = columns;
    let [step, i, j, d2, magnitude, mi, mj] = m.locals();
    let distance: [Local; 3] = m.locals();
    for (c, column) in columns.into_iter().enumerate() {
        m.set(column, array(BODIES.map(|body| float(body[c]))));
    }
    m.count(step, 1, n, |m| {
        m.count(i, 0, 4, |m| {
            m.count(j, i + 1, 4, |m| {
                for (d, at) in distance.into_iter().zip([x, y, z]) {
                    m.set(d, at.at(i) - at.at(j));
                }
                m.set(d2, sum(distance.map(|d| d * d)));
                m.set(magnitude, float(0.01) / (d2 * sqrt(d2)));
                m.set(mi, mass.at(i) * magnitude);
                m.set(mj, mass.at(j) * magnitude);
                for (d, velocity) in distance.into_iter().zip([vx, vy, vz]) {
                    m.set_at(velocity, i, velocity.at(i) - d * mj);
                }
                for (d, velocity) in distance.into_iter().zip([vx, vy, vz]) {
                    m.set_at(velocity, j, velocity.at(j) + d * mi);
                }
            });
        });
        m.count(i, 0, 4, |m| {
            for (at, velocity) in [(x, vx), (y, vy), (z, vz)] {
                m.set_at(at, i, at.at(i) + float(0.01) * velocity.at(i));
            }
        });
    });
    m.ret(call("energy", columns.map(Operand::get)));

    m.sub("energy", |m, [x, y, z, vx, vy, vz, mass]| {
        let [e, i, j] = m.locals();
        let distance: [Local; 3] = m.locals();
        m.set(e, 0.0);
        m.count(i, 0, 4, |m| {
            let speed2 = sum([vx, vy, vz].map(|velocity| velocity.at(i) * velocity.at(i)));
            m.set(e, e + float(0.5) * mass.at(i) * speed2);
            m.count(j, i + 1, 4, |m| {
                for (d, at) in distance.into_iter().zip([x, y, z]) {
                    m.set(d, at.at(i) - at.at(j));
                }
                m.set(e, e - mass.at(i) * mass.at(j) / sqrt(sum(distance.map(|d| d * d))));
            });
        });
        m.ret(e);
    });
    m.build()
}

/// Each body is a reference to a hash with named fields, the way a language's objects are.
pub fn nbody_records(n: i64) -> Chunk {
    const POSITION: [&str; 3] = ["x", "y", "z"];
    const VELOCITY: [&str; 3] = ["vx", "vy", "vz"];

    let mut m = Asm::new("nbody_records");
    let [bodies, step, i, j, a, b, d2, magnitude, ma, mb] = m.locals();
    let distance: [Local; 3] = m.locals();
    m.set(
        bodies,
        array(BODIES.map(|[x, y, z, vx, vy, vz, mass]| {
            let fields = [("x", x), ("y", y), ("z", z), ("vx", vx), ("vy", vy), ("vz", vz), ("mass", mass)];
            new_ref(record(fields.map(|(name, value)| (name, float(value)))))
        })),
    );
    m.count(step, 1, n, |m| {
        m.count(i, 0, 4, |m| {
            m.set(a, bodies.at(i));
            m.count(j, i + 1, 4, |m| {
                m.set(b, bodies.at(j));
                for (d, axis) in distance.into_iter().zip(POSITION) {
                    m.set(d, a.field(axis) - b.field(axis));
                }
                m.set(d2, sum(distance.map(|d| d * d)));
                m.set(magnitude, float(0.01) / (d2 * sqrt(d2)));
                m.set(ma, a.field("mass") * magnitude);
                m.set(mb, b.field("mass") * magnitude);
                for (d, axis) in distance.into_iter().zip(VELOCITY) {
                    m.set_field(a, axis, a.field(axis) - d * mb);
                }
                for (d, axis) in distance.into_iter().zip(VELOCITY) {
                    m.set_field(b, axis, b.field(axis) + d * ma);
                }
            });
        });
        m.count(i, 0, 4, |m| {
            m.set(a, bodies.at(i));
            for (position, velocity) in POSITION.into_iter().zip(VELOCITY) {
                m.set_field(a, position, a.field(position) + float(0.01) * a.field(velocity));
            }
        });
    });
    m.ret(call("energy", [bodies.get()]));

    m.sub("energy", |m, [bodies]| {
        let [e, i, j, a, b] = m.locals();
        let distance: [Local; 3] = m.locals();
        m.set(e, 0.0);
        m.count(i, 0, 4, |m| {
            m.set(a, bodies.at(i));
            let speed2 = sum(VELOCITY.map(|axis| a.field(axis) * a.field(axis)));
            m.set(e, e + float(0.5) * a.field("mass") * speed2);
            m.count(j, i + 1, 4, |m| {
                m.set(b, bodies.at(j));
                for (d, axis) in distance.into_iter().zip(POSITION) {
                    m.set(d, a.field(axis) - b.field(axis));
                }
                m.set(e, e - a.field("mass") * b.field("mass") / sqrt(sum(distance.map(|d| d * d))));
            });
        });
        m.ret(e);
    });
    m.build()
}
