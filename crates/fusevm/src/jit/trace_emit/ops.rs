//! The operations on scalars, places and steps.

use super::exits::tag_of;
use super::{Emitter, Val, exit_kind};
use crate::jit::context::{offset, status};
use crate::jit::emit_common::remainder;
use crate::jit::helpers::Helper;
use crate::jit::method::kinds::Place as Kept;
use crate::trace::ir::{Ins, Ref};
use crate::trace::ops::{Op, Type};
use crate::value::tag;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, InstBuilder, types};

/// Floats beyond this are not all integers that an i64 stands for exactly.
const EXACT: i64 = 1 << 53;

/// A place in memory that holds a value of the program.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub address: ir::Value,
    pub offset: i32,
    pub is_register: bool,
}

impl Emitter<'_, '_> {
    pub(super) fn operation(&mut self, ins: &Ins) -> Val {
        use Op::*;
        let [a, b, _] = ins.args;
        match ins.op {
            Add | Sub | Mul | And | Or | Xor | Shl | Shr => self.int_operation(ins.op, a, b),
            AddChecked | SubChecked | MulChecked => self.checked_operation(ins),
            Rem => {
                let (x, y) = (self.one(a), self.one(b));
                Val::One(remainder(&mut self.b, x, y, self.trace.as_int(b).is_some()))
            }
            Quot => {
                let (x, y) = (self.one(a), self.one(b));
                Val::One(self.b.ins().sdiv(x, y))
            }
            Eq | Ne | Lt | Le | Gt | Ge | Below => {
                let (x, y) = (self.one(a), self.one(b));
                Val::One(self.b.ins().icmp(int_condition(ins.op), x, y))
            }
            FAdd | FSub | FMul | FDiv => self.float_operation(ins.op, a, b),
            FNeg | FAbs | FSqrt | FFloor | FCeil | FTrunc | FRound => {
                let x = self.one(a);
                Val::One(match ins.op {
                    FNeg => self.b.ins().fneg(x),
                    FAbs => self.b.ins().fabs(x),
                    FSqrt => self.b.ins().sqrt(x),
                    FFloor => self.b.ins().floor(x),
                    FCeil => self.b.ins().ceil(x),
                    FTrunc => self.b.ins().trunc(x),
                    _ => self.b.ins().nearest(x),
                })
            }
            FRem | Math1 | Math2 => self.float_function(ins),
            FEq | FNe | FLt | FLe | FGt | FGe => {
                let (x, y) = (self.one(a), self.one(b));
                Val::One(self.b.ins().fcmp(float_condition(ins.op), x, y))
            }
            ToFloat => {
                let x = self.one(a);
                Val::One(self.b.ins().fcvt_from_sint(types::F64, x))
            }
            ToIntExact => self.exact_int(ins),
            Truncate => {
                let x = self.one(a);
                Val::One(self.b.ins().fcvt_to_sint_sat(types::I64, x))
            }
            BoolToInt => {
                let x = self.one(a);
                Val::One(self.b.ins().uextend(types::I64, x))
            }
            Not => {
                let x = self.one(a);
                Val::One(self.b.ins().bxor_imm_s(x, 1))
            }
            Unbox => self.unbox(ins),
            True | False => {
                let condition = self.one(a);
                self.guard(ins, condition, ins.op == True);
                Val::Nothing
            }
            LoadRegister | LoadGlobal | LoadElement | LoadCell | LoadEntry => self.load_value(ins),
            StoreRegister => {
                self.store_register(ins.imm, a);
                Val::Nothing
            }
            StoreGlobal | StoreElement | StoreCell | StoreEntry => {
                let at = self.place(ins);
                let stored = ins.operands()[ins.operands().len() - 1];
                self.store_value_at(stored, at);
                Val::Nothing
            }
            FreeRegister | FreeGlobal | FreeElement | FreeCell | FreeEntry => {
                let at = self.place(ins);
                let tag = self.load_part(types::I8, at, 0);
                let free = self.b.ins().icmp_imm_s(IntCC::UnsignedLessThan, tag, i64::from(tag::STR));
                self.guard(ins, free, true);
                Val::Nothing
            }
            DropRegister => {
                self.drop_register(ins.imm);
                Val::Nothing
            }
            KillRegister => Val::Nothing,
            Step => {
                self.step(ins);
                Val::Nothing
            }
            Poll => {
                let word = self.memory.load_shared(&mut self.b, types::I32, self.poll);
                self.guard(ins, word, false);
                Val::Nothing
            }
            Fuel => {
                self.fuel(ins);
                Val::Nothing
            }
            Exit | Link => {
                if let Some(snapshot) = ins.snapshot {
                    let exit = self.exit_block(snapshot, exit_kind(ins), ins.op);
                    self.b.ins().jump(exit, &[]);
                }
                Val::Nothing
            }
            Loop | Phi | Back => Val::Nothing,
            _ => self.collection(ins),
        }
    }

    // ---- numbers -------------------------------------------------------------------------------------

    fn int_operation(&mut self, op: Op, a: Ref, b: Ref) -> Val {
        let (x, y) = (self.one(a), self.one(b));
        let ins = self.b.ins();
        Val::One(match op {
            Op::Add => ins.iadd(x, y),
            Op::Sub => ins.isub(x, y),
            Op::Mul => ins.imul(x, y),
            Op::And => ins.band(x, y),
            Op::Or => ins.bor(x, y),
            Op::Xor => ins.bxor(x, y),
            // The processor's shifts use the low six bits too.
            Op::Shl => ins.ishl(x, y),
            _ => ins.sshr(x, y),
        })
    }

    fn checked_operation(&mut self, ins: &Ins) -> Val {
        let (x, y) = (self.one(ins.args[0]), self.one(ins.args[1]));
        let (value, overflow) = match ins.op {
            Op::AddChecked => self.b.ins().sadd_overflow(x, y),
            Op::SubChecked => self.b.ins().ssub_overflow(x, y),
            _ => self.b.ins().smul_overflow(x, y),
        };
        self.guard(ins, overflow, false);
        Val::One(value)
    }

    fn float_operation(&mut self, op: Op, a: Ref, b: Ref) -> Val {
        let (x, y) = (self.one(a), self.one(b));
        let ins = self.b.ins();
        Val::One(match op {
            Op::FAdd => ins.fadd(x, y),
            Op::FSub => ins.fsub(x, y),
            Op::FMul => ins.fmul(x, y),
            _ => ins.fdiv(x, y),
        })
    }

    fn float_function(&mut self, ins: &Ins) -> Val {
        let [a, b, _] = ins.args;
        let function = self.b.ins().iconst(types::I64, i64::from(ins.imm));
        let x = self.one(a);
        let result = match ins.op {
            Op::Math1 => self.call_helper(Helper::Math1, &[function, x], Some(types::F64)),
            Op::Math2 => {
                let y = self.one(b);
                self.call_helper(Helper::Math2, &[function, x, y], Some(types::F64))
            }
            _ => {
                let y = self.one(b);
                self.call_helper(Helper::FloatRemainder, &[x, y], Some(types::F64))
            }
        };
        result.map_or(Val::Nothing, Val::One)
    }

    /// The integer that a float is: converted back it has the same bits, so it was no -0.0 and no NaN.
    fn exact_int(&mut self, ins: &Ins) -> Val {
        let x = self.one(ins.args[0]);
        let n = self.b.ins().fcvt_to_sint_sat(types::I64, x);
        let back = self.b.ins().fcvt_from_sint(types::F64, n);
        let (before, after) = (self.bits(x), self.bits(back));
        let same = self.b.ins().icmp(IntCC::Equal, before, after);
        let distance = self.b.ins().iadd_imm_s(n, EXACT);
        let near = self.b.ins().icmp_imm_s(IntCC::UnsignedLessThanOrEqual, distance, 2 * EXACT);
        let both = self.b.ins().band(same, near);
        self.guard(ins, both, true);
        Val::One(n)
    }

    fn bits(&mut self, x: ir::Value) -> ir::Value {
        self.b.ins().bitcast(types::I64, ir::MemFlagsData::new(), x)
    }

    /// A scalar's payload, when it has the tag.
    fn unbox(&mut self, ins: &Ins) -> Val {
        let Val::Words(low, high) = self.value(ins.args[0]) else { return Val::Nothing };
        if ins.ty == Type::Scalar {
            return Val::Words(low, high);
        }
        if ins.snapshot.is_some() {
            let tag = self.b.ins().ireduce(types::I8, low);
            let same = self.b.ins().icmp_imm_s(IntCC::Equal, tag, i64::from(tag_of(ins.ty)));
            self.guard(ins, same, true);
        }
        match ins.ty {
            Type::Bool => {
                let shifted = self.b.ins().ushr_imm_s(low, 8);
                Val::One(self.b.ins().ireduce(types::I8, shifted))
            }
            Type::Float => Val::One(self.b.ins().bitcast(types::F64, ir::MemFlagsData::new(), high)),
            Type::Int => Val::One(high),
            _ => Val::Nothing,
        }
    }

    // ---- places --------------------------------------------------------------------------------------

    pub(super) fn globals(&mut self) -> ir::Value {
        let context = self.context();
        self.memory.load_context(&mut self.b, types::I64, context, offset::GLOBALS)
    }

    /// The place that a load, a store or a check is about.
    pub(super) fn place(&mut self, ins: &Ins) -> At {
        use Op::*;
        match ins.op {
            LoadRegister | StoreRegister | FreeRegister => {
                At { address: self.base(), offset: ins.imm * 16, is_register: true }
            }
            LoadGlobal | StoreGlobal | FreeGlobal => {
                At { address: self.globals(), offset: ins.imm * 16, is_register: false }
            }
            LoadElement | StoreElement | FreeElement => {
                let (elements, index) = (self.one(ins.args[0]), self.one(ins.args[1]));
                let distance = self.b.ins().ishl_imm_s(index, 4);
                At { address: self.b.ins().iadd(elements, distance), offset: 0, is_register: false }
            }
            LoadCell | StoreCell | FreeCell => {
                let address = self.one(ins.args[0]);
                At { address, offset: crate::value::Ref::VALUE_OFFSET, is_register: false }
            }
            _ => At { address: self.one(ins.args[0]), offset: 0, is_register: false },
        }
    }

    pub(super) fn load_part(&mut self, ty: ir::Type, at: At, part: i32) -> ir::Value {
        if at.is_register {
            self.memory.load(&mut self.b, ty, at.address, at.offset + part)
        } else {
            self.memory.load_heap(&mut self.b, ty, at.address, at.offset + part)
        }
    }

    fn load_value(&mut self, ins: &Ins) -> Val {
        let at = self.place(ins);
        if ins.snapshot.is_some() {
            let tag = self.load_part(types::I8, at, 0);
            let same = match ins.ty {
                Type::Scalar => self.b.ins().icmp_imm_s(IntCC::UnsignedLessThan, tag, i64::from(tag::STR)),
                ty => self.b.ins().icmp_imm_s(IntCC::Equal, tag, i64::from(tag_of(ty))),
            };
            self.guard(ins, same, true);
        }
        match ins.ty {
            Type::Bool => Val::One(self.load_part(types::I8, at, 1)),
            Type::Int | Type::Array | Type::Hash => Val::One(self.load_part(types::I64, at, 8)),
            Type::Float => Val::One(self.load_part(types::F64, at, 8)),
            Type::Scalar => {
                let low = self.load_part(types::I64, at, 0);
                Val::Words(low, self.load_part(types::I64, at, 8))
            }
            Type::Str if at.is_register => Val::InRegister(ins.imm),
            Type::Str => Val::One(self.b.ins().iadd_imm_s(at.address, i64::from(at.offset))),
            Type::Cell => {
                let pointer = self.load_part(types::I64, at, 8);
                if ins.snapshot.is_some() {
                    // A weak Ref has the lowest bit.
                    let weak = self.b.ins().band_imm_s(pointer, 1);
                    self.guard(ins, weak, false);
                }
                Val::One(pointer)
            }
            _ => Val::Nothing,
        }
    }

    pub(super) fn store_register(&mut self, register: i32, value: Ref) {
        let at = At { address: self.base(), offset: register * 16, is_register: true };
        self.store_value_at(value, at);
    }

    pub(super) fn store_scalar_heap(&mut self, value: Ref, address: ir::Value, offset: i32) {
        self.store_value_at(value, At { address, offset, is_register: false });
    }

    /// Stores to a place that owns no heap. What is borrowed gets one more holder.
    pub(super) fn store_value_at(&mut self, value: Ref, at: At) {
        let ty = self.trace.ty(value);
        if ty.is_borrowed() {
            return self.store_borrowed(ty, value, at);
        }
        let (kept, value) = match (ty, self.value(value)) {
            (Type::Bool, Val::One(one)) => (Kept::Bool, Some(one)),
            (Type::Int, Val::One(one)) => (Kept::Int, Some(one)),
            (Type::Float, Val::One(one)) => (Kept::Float, Some(one)),
            (_, Val::Words(low, high)) => {
                self.store_word(low, at, 0);
                return self.store_word(high, at, 8);
            }
            _ => (Kept::Undef, None),
        };
        match value {
            Some(value) if at.is_register => {
                self.memory.store_value(&mut self.b, kept, value, at.address, at.offset);
            }
            Some(value) => self.memory.store_heap(&mut self.b, Some((kept, value)), at.address, at.offset),
            None if at.is_register => self.memory.store_undef(&mut self.b, at.address, at.offset),
            None => self.memory.store_heap(&mut self.b, None, at.address, at.offset),
        }
    }

    pub(super) fn store_word(&mut self, word: ir::Value, at: At, part: i32) {
        if at.is_register {
            self.memory.store_word(&mut self.b, word, at.address, at.offset + part);
        } else {
            self.memory.store_heap_word(&mut self.b, word, at.address, at.offset + part);
        }
    }

    /// Puts a scalar where Rust looks for it.
    pub(super) fn store_scalar_context(&mut self, value: Ref, address: ir::Value, offset: i32) {
        let ty = self.trace.ty(value);
        match self.value(value) {
            Val::One(one) => {
                let kept = match ty {
                    Type::Bool => Kept::Bool,
                    Type::Float => Kept::Float,
                    _ => Kept::Int,
                };
                self.memory.store_result(&mut self.b, Some((kept, one)), address, offset);
            }
            Val::Words(low, high) => {
                self.memory.store_context(&mut self.b, low, address, offset);
                self.memory.store_context(&mut self.b, high, address, offset + 8);
            }
            _ => self.memory.store_result(&mut self.b, None, address, offset),
        }
    }

    fn drop_register(&mut self, register: i32) {
        let base = self.base();
        let at = At { address: base, offset: register * 16, is_register: true };
        let tag = self.load_part(types::I8, at, 0);
        let owns = self.b.ins().icmp_imm_s(IntCC::UnsignedGreaterThanOrEqual, tag, i64::from(tag::STR));
        let (drop, plain, done) = (self.b.create_block(), self.b.create_block(), self.b.create_block());
        self.b.ins().brif(owns, drop, &[], plain, &[]);
        self.b.switch_to_block(drop);
        let address = self.register_address(register);
        self.call_helper(Helper::Drop, &[address], None);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(plain);
        self.memory.store_undef(&mut self.b, base, at.offset);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(done);
    }

    // ---- what the interpreter does -----------------------------------------------------------------------

    /// Does an instruction by its handler. It finds memory as its snapshot says.
    fn step(&mut self, ins: &Ins) {
        let Some(snapshot) = ins.snapshot else { return };
        let number = ins.imm as usize;
        self.late[number] = self.write_snapshot(snapshot);
        let step = self.b.ins().iconst(types::I64, number as i64);
        let (head, base) = (self.head, self.base());
        let arguments = [head, step, base];
        let Some(outcome) = self.call_helper(Helper::TraceStep, &arguments, Some(types::I64)) else { return };
        let (gone, go_on) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(gone);
        self.b.ins().brif(outcome, gone, &[], go_on, &[]);
        self.b.switch_to_block(gone);
        self.return_status(status::GONE);
        self.b.switch_to_block(go_on);
        let context = self.context();
        let base = self.memory.load_context(&mut self.b, types::I64, context, offset::BASE);
        self.b.def_var(self.base, base);
    }

    fn fuel(&mut self, ins: &Ins) {
        let context = self.context();
        let place = self.memory.load_constant(&mut self.b, context, offset::FUEL);
        let left = self.memory.load_context(&mut self.b, types::I64, place, 0);
        let amount = self.b.ins().iconst(types::I64, i64::from(ins.imm));
        let enough = self.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, left, amount);
        self.guard(ins, enough, true);
        let rest = self.b.ins().isub(left, amount);
        self.memory.store_context(&mut self.b, rest, place, 0);
    }
}

fn int_condition(op: Op) -> IntCC {
    match op {
        Op::Eq => IntCC::Equal,
        Op::Ne => IntCC::NotEqual,
        Op::Lt => IntCC::SignedLessThan,
        Op::Le => IntCC::SignedLessThanOrEqual,
        Op::Gt => IntCC::SignedGreaterThan,
        Op::Ge => IntCC::SignedGreaterThanOrEqual,
        _ => IntCC::UnsignedLessThan,
    }
}

fn float_condition(op: Op) -> FloatCC {
    match op {
        Op::FEq => FloatCC::Equal,
        Op::FNe => FloatCC::NotEqual,
        Op::FLt => FloatCC::LessThan,
        Op::FLe => FloatCC::LessThanOrEqual,
        Op::FGt => FloatCC::GreaterThan,
        _ => FloatCC::GreaterThanOrEqual,
    }
}
