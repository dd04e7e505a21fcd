//! What handlers are written in: the functions that they become, their table, and the macros that their bodies use.
//!
//! The names that a body uses are those of where the handlers are defined.

/// Defines the handlers and their table. `$d` is a dollar sign, for the macros that the bodies use.
macro_rules! handlers {
    ($d:tt ($ip:ident, $base:ident, $vm:ident, $inst:ident)
        $($(#[doc = $doc:literal])* $($name:ident)|+ => $body:block)*) => {
        $($(
            #[allow(non_snake_case, unused_macros, unused_variables, unused_mut, unreachable_code, unused_assignments)]
            unsafe fn $name<const STEP: bool>(
                mut $ip: *mut Inst,
                mut $base: *mut Value,
                $vm: &mut VM,
            ) -> Next {
                // SAFETY: `ip` is an instruction.
                let $inst = unsafe { &*$ip };
                // The register of an index.
                macro_rules! reg {
                    ($d index:expr) => { $base.add($d index as usize) };
                }
                // Whether a register can be written without dropping what it holds.
                macro_rules! free {
                    ($d index:expr) => { !(*reg!($d index)).owns_heap() };
                }
                macro_rules! set_int {
                    ($d index:expr, $d n:expr) => { set_words(reg!($d index), [tag::INT.into(), $d n as u64]) };
                }
                macro_rules! set_float {
                    ($d index:expr, $d x:expr) => {{
                        let x: f64 = $d x;
                        set_words(reg!($d index), [tag::FLOAT.into(), x.to_bits()])
                    }};
                }
                macro_rules! set_bool {
                    ($d index:expr, $d b:expr) => {
                        set_words(reg!($d index), [u64::from(tag::BOOL) | u64::from($d b) << 8, 0])
                    };
                }
                // Goes on at `ip` with the window `base`.
                macro_rules! dispatch {
                    () => { return dispatch::<STEP>($ip, $base, $vm) };
                }
                macro_rules! next {
                    () => {{ $ip = $ip.add(1); dispatch!() }};
                }
                // Does something in a function of its own, so that the hot path saves no registers for it.
                // The closure captures nothing, so it costs nothing to pass.
                macro_rules! cold {
                    (|$d p:ident, $d b:ident, $d v:ident, $d i:ident| $d body:expr) => {
                        return cold(
                            |$d p: *mut Inst, $d b: *mut Value, $d v: &mut VM| {
                                let $d i = &*$d p;
                                $d body
                            },
                            $ip,
                            $base,
                            $vm,
                        )
                    };
                }
                // Ends the instruction by a slow path.
                macro_rules! slow {
                    ($d path:path) => {
                        cold!(|ip, base, vm, inst| settle::<STEP>($d path(vm, inst, base), ip, base, vm))
                    };
                }
                // As slow!, by one that looks at where the program is, or may move the registers.
                macro_rules! slow_outside {
                    ($d path:path) => {
                        cold!(|ip, base, vm, inst| {
                            stop_at(ip, base, vm);
                            let result = $d path(vm, inst, base);
                            settle::<STEP>(result, ip, vm.fast.base_pointer(), vm)
                        })
                    };
                }
                macro_rules! jump {
                    ($d imm:expr) => {{ $ip = target($ip, $d imm); dispatch!() }};
                }
                macro_rules! poll {
                    () => {
                        if $vm.limits.poll.load(Ordering::Relaxed) != 0 {
                            return polled($ip, $base, $vm)
                        }
                    };
                }
                // Counts an edge to `ip`, and does something about it when it is hot.
                macro_rules! count {
                    ($d counts:ident, $d hot:ident) => {
                        #[cfg(feature = "jit")]
                        if !STEP && $vm.fast.counters.$d counts($ip) {
                            return hot::$d hot($ip, $base, $vm);
                        }
                    };
                }
                // A jump, forward or back; the latter polls and counts.
                macro_rules! branch {
                    (forward, $d taken:expr, $d imm:expr) => {{
                        if $d taken {
                            jump!($d imm)
                        }
                        next!()
                    }};
                    (back, $d taken:expr, $d imm:expr) => {{
                        if $d taken {
                            $ip = target($ip, $d imm);
                            poll!();
                            count!(counts_loop, loop_edge);
                            dispatch!()
                        }
                        next!()
                    }};
                }
                macro_rules! compare_registers {
                    ($d way:ident, $d wanted:expr, $d op:tt, $d holds:path) => {{
                        let holds = match (&*reg!($inst.a), &*reg!($inst.b)) {
                            (Value::Int(a), Value::Int(b)) => a $d op b,
                            (Value::Float(a), Value::Float(b)) => a $d op b,
                            _ => cold!(|ip, base, vm, inst| {
                                match slow::compare(vm, inst, base, $d holds) {
                                    Ok(holds) => land::<STEP>(ip, base, vm, holds == $d wanted),
                                    Err(fault) => faulted(ip, base, vm, fault),
                                }
                            }),
                        };
                        branch!($d way, holds == $d wanted, $inst.imm)
                    }};
                }
                macro_rules! compare_small {
                    ($d way:ident, $d wanted:expr, $d op:tt, $d holds:path) => {{
                        let small = ($inst.imm as i64 >> 32) as i32;
                        let holds = match &*reg!($inst.a) {
                            Value::Int(a) => *a $d op i64::from(small),
                            Value::Float(a) => *a $d op f64::from(small),
                            _ => cold!(|ip, base, vm, inst| {
                                match slow::compare_small(vm, inst, base, $d holds) {
                                    Ok(holds) => land::<STEP>(ip, base, vm, holds == $d wanted),
                                    Err(fault) => faulted(ip, base, vm, fault),
                                }
                            }),
                        };
                        branch!($d way, holds == $d wanted, $inst.imm)
                    }};
                }
                // Counts `a` up, then compares it.
                macro_rules! increment_and_compare {
                    ($d limit:expr, $d op:tt, $d compare:path, $d holds:path) => {{
                        if let (Value::Int(a), Some(limit)) = (&*reg!($inst.a), $d limit)
                            && let Some(a) = a.checked_add(1)
                        {
                            set_int!($inst.a, a);
                            branch!(back, a $d op limit, $inst.imm)
                        }
                        cold!(|ip, base, vm, inst| {
                            if let Err(fault) = slow::increment(vm, inst, base) {
                                return faulted(ip, base, vm, fault);
                            }
                            match $d compare(vm, inst, base, $d holds) {
                                Ok(taken) => land::<STEP>(ip, base, vm, taken),
                                Err(fault) => faulted(ip, base, vm, fault),
                            }
                        })
                    }};
                }
                macro_rules! compare_value {
                    ($d op:tt) => {{
                        let holds = match (&*reg!($inst.b), &*reg!($inst.c)) {
                            (Value::Int(a), Value::Int(b)) if free!($inst.a) => a $d op b,
                            (Value::Float(a), Value::Float(b)) if free!($inst.a) => a $d op b,
                            _ => slow!(slow::binary),
                        };
                        set_bool!($inst.a, holds);
                        next!()
                    }};
                }
                macro_rules! on_ints {
                    ($d checked:ident) => {{
                        if let (Value::Int(a), Value::Int(b)) = (&*reg!($inst.b), &*reg!($inst.c))
                            && free!($inst.a)
                            && let Some(result) = a.$d checked(*b)
                        {
                            set_int!($inst.a, result);
                            next!()
                        }
                        slow!(slow::arithmetic)
                    }};
                }
                macro_rules! on_floats {
                    ($d op:tt) => {{
                        if let (Value::Float(a), Value::Float(b)) = (&*reg!($inst.b), &*reg!($inst.c))
                            && free!($inst.a)
                        {
                            set_float!($inst.a, a $d op b);
                            next!()
                        }
                        slow!(slow::arithmetic)
                    }};
                }
                macro_rules! on_any {
                    ($d checked:ident, $d op:tt) => {{
                        let (a, b) = match (&*reg!($inst.b), &*reg!($inst.c)) {
                            (Value::Float(a), Value::Float(b)) => (*a, *b),
                            (Value::Float(a), Value::Int(b)) => (*a, *b as f64),
                            (Value::Int(a), Value::Float(b)) => (*a as f64, *b),
                            (Value::Int(a), Value::Int(b)) => {
                                if free!($inst.a)
                                    && let Some(result) = a.$d checked(*b)
                                {
                                    set_int!($inst.a, result);
                                    next!()
                                }
                                slow!(slow::arithmetic)
                            }
                            _ => slow!(slow::arithmetic),
                        };
                        if free!($inst.a) {
                            set_float!($inst.a, a $d op b);
                            next!()
                        }
                        slow!(slow::arithmetic)
                    }};
                }
                macro_rules! divide {
                    ($d a:expr, $d b:expr) => {{
                        let (a, b) = match (&*$d a, &*$d b) {
                            (Value::Float(a), Value::Float(b)) => (*a, *b),
                            (Value::Int(a), Value::Int(b)) => (*a as f64, *b as f64),
                            (Value::Int(a), Value::Float(b)) => (*a as f64, *b),
                            (Value::Float(a), Value::Int(b)) => (*a, *b as f64),
                            _ => slow!(slow::binary),
                        };
                        if b != 0.0 && free!($inst.a) {
                            set_float!($inst.a, a / b);
                            next!()
                        }
                        slow!(slow::binary)
                    }};
                }
                macro_rules! with_integer {
                    ($d checked:ident, $d op:tt) => {{
                        if free!($inst.a) {
                            match &*reg!($inst.b) {
                                Value::Int(a) => {
                                    if let Some(result) = a.$d checked($inst.imm as i64) {
                                        set_int!($inst.a, result);
                                        next!()
                                    }
                                }
                                Value::Float(a) => {
                                    set_float!($inst.a, *a $d op $inst.imm as i64 as f64);
                                    next!()
                                }
                                _ => {}
                            }
                        }
                        slow!(slow::with_number)
                    }};
                }
                macro_rules! with_float {
                    ($d op:tt) => {{
                        let a = match &*reg!($inst.b) {
                            Value::Float(a) if free!($inst.a) => *a,
                            Value::Int(a) if free!($inst.a) => *a as f64,
                            _ => slow!(slow::with_number),
                        };
                        set_float!($inst.a, a $d op f64::from_bits($inst.imm));
                        next!()
                    }};
                }
                macro_rules! bits {
                    ($d b:expr, |$d x:ident, $d y:ident| $d result:expr) => {{
                        if let (Value::Int($d x), Value::Int($d y)) = (&*reg!($inst.b), &*$d b)
                            && free!($inst.a)
                        {
                            set_int!($inst.a, $d result);
                            next!()
                        }
                        slow!(slow::binary)
                    }};
                }
                macro_rules! float_function {
                    (|$d x:ident| $d result:expr) => {{
                        if let Value::Float($d x) = &*reg!($inst.b)
                            && free!($inst.a)
                        {
                            set_float!($inst.a, $d result);
                            next!()
                        }
                        slow!(slow::unary)
                    }};
                }
                // Copies a value to register `a`.
                macro_rules! load {
                    ($d from:expr) => {{
                        let words = words($d from);
                        if !may_own(&words) && !may_own(&self::words(reg!($inst.a))) {
                            set_words(reg!($inst.a), words);
                            next!()
                        }
                        slow!(slow::load)
                    }};
                }
                macro_rules! truth {
                    ($d way:ident, $d wanted:expr) => {{
                        let holds = match &*reg!($inst.a) {
                            Value::Bool(b) => *b,
                            Value::Int(n) => *n != 0,
                            Value::Float(f) => *f != 0.0,
                            _ => cold!(|ip, base, vm, inst| {
                                let holds = slow::truth(at(base, inst.a), inst.c & TAKE_FIRST != 0);
                                land::<STEP>(ip, base, vm, holds == $d wanted)
                            }),
                        };
                        branch!($d way, holds == $d wanted, $inst.imm)
                    }};
                }
                macro_rules! constant {
                    () => { $inst.imm as *const Value };
                }
                // SAFETY: verification has shown that all registers, targets and constants that
                // instructions name exist and hold values; `ip` and `base` stay within the running
                // unit's code and window.
                unsafe { $body }
            }
        )+)*

        const fn table<const STEP: bool>() -> [Handler; Opcode::COUNT] {
            let mut table: [Handler; Opcode::COUNT] = [Exit::<STEP>; Opcode::COUNT];
            $($(table[Opcode::$name as usize] = $name::<STEP>;)+)*
            table
        }

        /// The handler of each opcode.
        pub(super) static HANDLERS: [Handler; Opcode::COUNT] = table::<false>();

        /// The handler of each opcode that returns when its instruction is done, and counts nothing.
        #[cfg(feature = "jit")]
        pub(super) static STEPPING: [Handler; Opcode::COUNT] = table::<true>();

        // Every opcode has its handler: a missing one does not compile.
        const _: fn(Opcode) = |op| match op {
            $($(Opcode::$name => {})+)*
        };
    };
}

pub(super) use handlers;
