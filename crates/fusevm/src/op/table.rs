//! The one table of ops. Everything that the crate knows about an op is derived from its line here:
//! the [`Op`](super::Op) enum, its metadata, the assembler and disassembler, the verifier's stack
//! rules, the binary codec and its version hash, `docs/ops.md`, and the coverage tests.
//!
//! A line reads
//!
//! ```text
//! /// What the op means, in a sentence.
//! CODE Name(operand: Kind, ..) {pops => pushes, "stack picture"} [effects] flow, replaces [..];
//! ```
//!
//! - `CODE` is the stable number of the binary form; numbers are never reused.
//! - `Kind` is a variant of [`OperandKind`](super::OperandKind) and fixes the operand's Rust type.
//! - `pops` and `pushes` are expressions over the operands.
//! - effects are constants of [`Effects`](super::Effects); none means pure.
//! - `flow` is how control leaves the op, a variant of [`Flow`](super::Flow).
//! - `replaces` lists, for a fused op, the plain ops that it stands for; their number is its fuel.

/// Calls `$consumer!` with the whole table.
macro_rules! for_each_op {
    ($consumer:ident) => { $consumer! {
section "Constants and stack" {
    /// Does nothing.
    0x0000 Nop {0 => 0, "->"} [] Next;
    /// Pushes an integer.
    0x0001 LoadInt(value: Int) {0 => 1, "-> int"} [] Next;
    /// Pushes a float.
    0x0002 LoadFloat(value: Float) {0 => 1, "-> float"} [] Next;
    /// Pushes a constant of the pool.
    0x0003 LoadConst(constant: Const) {0 => 1, "-> v"} [] Next;
    /// Pushes true.
    0x0004 LoadTrue {0 => 1, "-> bool"} [] Next;
    /// Pushes false.
    0x0005 LoadFalse {0 => 1, "-> bool"} [] Next;
    /// Pushes Undef.
    0x0006 LoadUndef {0 => 1, "-> undef"} [] Next;
    /// Drops the top value.
    0x0007 Pop {1 => 0, "a ->"} [] Next;
    /// Pushes a copy of the top value.
    0x0008 Dup {1 => 2, "a -> a a"} [] Next;
    /// Pushes copies of the top two values.
    0x0009 Dup2 {2 => 4, "a b -> a b a b"} [] Next;
    /// Exchanges the top two values.
    0x000a Swap {2 => 2, "a b -> b a"} [] Next;
    /// Moves the third value to the top.
    0x000b Rot {3 => 3, "a b c -> b c a"} [] Next;
}
section "Variables" {
    /// Pushes a global; an unset one reads Undef.
    0x0010 GetVar(name: Name) {0 => 1, "-> v"} [READS] Next;
    /// Sets a global.
    0x0011 SetVar(name: Name) {1 => 0, "v ->"} [WRITES] Next;
    /// Saves a global's value until the enclosing scope or sub ends, then sets it.
    0x0012 DeclareVar(name: Name) {1 => 0, "v ->"} [WRITES] Next;
    /// Pushes a frame slot; an unset one reads Undef.
    0x0013 GetSlot(slot: Slot) {0 => 1, "-> v"} [READS] Next;
    /// Sets a frame slot.
    0x0014 SetSlot(slot: Slot) {1 => 0, "v ->"} [WRITES] Next;
    /// Pushes an element of the slot's array; out of range or negative reads Undef.
    0x0015 SlotArrayGet(slot: Slot) {1 => 1, "index -> v"} [READS] Next;
    /// Sets an element of the slot's array, which grows with Undef; a negative index is an error.
    0x0016 SlotArraySet(slot: Slot) {2 => 0, "value index ->"} [WRITES FAILS] Next;
    /// Appends to the slot's array.
    0x0017 SlotArrayPush(slot: Slot) {1 => 0, "value ->"} [WRITES FAILS] Next;
    /// Removes and pushes the last element of the slot's array, Undef when it is empty.
    0x0018 SlotArrayPop(slot: Slot) {0 => 1, "-> v"} [WRITES] Next;
    /// Removes and pushes the first element of the slot's array, Undef when it is empty.
    0x0019 SlotArrayShift(slot: Slot) {0 => 1, "-> v"} [WRITES] Next;
    /// Pushes the length of the slot's array.
    0x001a SlotArrayLen(slot: Slot) {0 => 1, "-> int"} [READS] Next;
    /// Pushes the value at a key of the slot's hash, Undef when there is none.
    0x001b SlotHashGet(slot: Slot) {1 => 1, "key -> v"} [READS] Next;
    /// Sets the value at a key of the slot's hash.
    0x001c SlotHashSet(slot: Slot) {2 => 0, "value key ->"} [WRITES FAILS] Next;
    /// Removes a key of the slot's hash and pushes the old value.
    0x001d SlotHashDelete(slot: Slot) {1 => 1, "key -> old"} [WRITES] Next;
    /// Pushes whether the slot's hash has a key.
    0x001e SlotHashExists(slot: Slot) {1 => 1, "key -> bool"} [READS] Next;
    /// Pushes the number of entries of the slot's hash.
    0x001f SlotHashLen(slot: Slot) {0 => 1, "-> int"} [READS] Next;
}
section "Arrays and hashes" {
    /// Pushes a global array; another kind reads as empty.
    0x0020 GetArray(name: Name) {0 => 1, "-> a"} [READS] Next;
    /// Sets a global to an array; a value of another kind sets it empty.
    0x0021 SetArray(name: Name) {1 => 0, "a ->"} [WRITES] Next;
    /// Makes a global an empty array.
    0x0022 DeclareArray(name: Name) {0 => 0, "->"} [WRITES] Next;
    /// Pushes an element of a global array.
    0x0023 ArrayGet(name: Name) {1 => 1, "index -> v"} [READS] Next;
    /// Sets an element of a global array.
    0x0024 ArraySet(name: Name) {2 => 0, "value index ->"} [WRITES FAILS] Next;
    /// Appends to a global array.
    0x0025 ArrayPush(name: Name) {1 => 0, "value ->"} [WRITES FAILS] Next;
    /// Removes and pushes the last element of a global array.
    0x0026 ArrayPop(name: Name) {0 => 1, "-> v"} [WRITES] Next;
    /// Removes and pushes the first element of a global array.
    0x0027 ArrayShift(name: Name) {0 => 1, "-> v"} [WRITES] Next;
    /// Pushes the length of a global array.
    0x0028 ArrayLen(name: Name) {0 => 1, "-> int"} [READS] Next;
    /// Makes an array of the top n values.
    0x0029 MakeArray(n: Count16) {n as usize => 1, "v1..vn -> array"} [FAILS] Next;
    /// Pushes a global hash; another kind reads as empty.
    0x002a GetHash(name: Name) {0 => 1, "-> h"} [READS] Next;
    /// Sets a global to a hash; a value of another kind sets it empty.
    0x002b SetHash(name: Name) {1 => 0, "h ->"} [WRITES] Next;
    /// Makes a global an empty hash.
    0x002c DeclareHash(name: Name) {0 => 0, "->"} [WRITES] Next;
    /// Pushes the value at a key of a global hash.
    0x002d HashGet(name: Name) {1 => 1, "key -> v"} [READS] Next;
    /// Sets the value at a key of a global hash.
    0x002e HashSet(name: Name) {2 => 0, "value key ->"} [WRITES FAILS] Next;
    /// Removes a key of a global hash and pushes the old value.
    0x002f HashDelete(name: Name) {1 => 1, "key -> old"} [WRITES] Next;
    /// Pushes whether a global hash has a key.
    0x0030 HashExists(name: Name) {1 => 1, "key -> bool"} [READS] Next;
    /// Pushes the keys of a global hash in insertion order.
    0x0031 HashKeys(name: Name) {0 => 1, "-> array"} [READS FAILS] Next;
    /// Pushes the values of a global hash in the order of its keys.
    0x0032 HashValues(name: Name) {0 => 1, "-> array"} [READS FAILS] Next;
    /// Makes a hash of the top n values, keys and values in turn; n is even.
    0x0033 MakeHash(n: Count16) {n as usize => 1, "k1 v1 .. -> hash"} [FAILS] Next;
}
section "References, closures, exceptions" {
    /// Makes a shared cell that holds the value.
    0x0040 RefNew {1 => 1, "v -> ref"} [FAILS] Next;
    /// Reads a cell; a value that is no Ref is its own content.
    0x0041 RefGet {1 => 1, "ref -> v"} [READS] Next;
    /// Stores into a cell; a target that is no Ref is an error.
    0x0042 RefSet {2 => 0, "v ref ->"} [WRITES FAILS] Next;
    /// Pushes the element at a key of an array, hash or string, or of a Ref to one.
    0x0043 IndexGet {2 => 1, "coll key -> v"} [READS] Next;
    /// Pushes whether a collection has a key.
    0x0044 IndexExists {2 => 1, "coll key -> bool"} [READS] Next;
    /// Removes a key of the collection behind a Ref and pushes the old value.
    0x0045 IndexDelete {2 => 1, "ref key -> old"} [WRITES FAILS] Next;
    /// Stores through a Ref in place; a Ref to Undef becomes an array for an Int key, else a hash.
    0x0046 IndexSet {3 => 0, "value key ref ->"} [WRITES FAILS] Next;
    /// Pushes the number of elements of a collection.
    0x0047 IndexLen {1 => 1, "coll -> int"} [READS] Next;
    /// Pushes the keys of a hash or the indices of an array.
    0x0048 IndexKeys {1 => 1, "coll -> array"} [READS FAILS] Next;
    /// Appends to the array behind a Ref.
    0x0049 IndexPush {2 => 0, "value ref ->"} [WRITES FAILS] Next;
    /// Removes and pushes the last element of the array behind a Ref.
    0x004a IndexPop {1 => 1, "ref -> v"} [WRITES FAILS] Next;
    /// Removes and pushes the first element of the array behind a Ref.
    0x004b IndexShift {1 => 1, "ref -> v"} [WRITES FAILS] Next;
    /// Makes a closure of a sub with n captured values.
    0x004c MakeClosure(name: Name, n: Count) {n as usize => 1, "v1..vn -> code"} [FAILS] Next;
    /// Pushes a captured value of the running closure.
    0x004d GetCapture(index: Index) {0 => 1, "-> v"} [READS FAILS] Next;
    /// Sets a captured value of the running closure.
    0x004e SetCapture(index: Index) {1 => 0, "v ->"} [WRITES FAILS] Next;
    /// Calls Code, a NativeFn, or the sub of that name.
    0x004f CallDynamic(n: Count) {n as usize + 1 => 1, "callee args -> result"} [READS WRITES HOST FAILS] Next;
    /// Calls a sub in place of the running one; the depth does not grow.
    0x0050 TailCall(name: Name, n: Count) {n as usize => 0, "args ->"} [READS WRITES HOST FAILS] End;
    /// Opens a region whose errors continue at the handler with the error value on the stack.
    0x0051 TryBegin(handler: Jump) {0 => 0, "->"} [] Try;
    /// Closes the innermost try region.
    0x0052 TryEnd {0 => 0, "->"} [] Next;
    /// Raises the value as an error.
    0x0053 Throw {1 => 0, "v ->"} [FAILS] End;
    /// Jumps to the constant list's entry for the int; its last entry is the default.
    0x0054 JumpTable(targets: Const) {1 => 0, "int ->"} [] Table;
}
section "Arithmetic" {
    /// Adds two numeric operands.
    0x0060 Add {2 => 1, "a b -> c"} [FAILS] Next;
    /// Subtracts.
    0x0061 Sub {2 => 1, "a b -> c"} [FAILS] Next;
    /// Multiplies.
    0x0062 Mul {2 => 1, "a b -> c"} [FAILS] Next;
    /// Divides as floats; a zero divisor gives Undef, or an error when the chunk asks for it.
    0x0063 Div {2 => 1, "a b -> c"} [FAILS] Next;
    /// Remainder with the dividend's sign; a zero divisor gives 0, or an error when the chunk asks for it.
    0x0064 Mod {2 => 1, "a b -> c"} [FAILS] Next;
    /// Power, as a float.
    0x0065 Pow {2 => 1, "a b -> float"} [] Next;
    /// Changes the sign.
    0x0066 Negate {1 => 1, "a -> b"} [FAILS] Next;
    /// Adds one.
    0x0067 Inc {1 => 1, "a -> b"} [FAILS] Next;
    /// Subtracts one.
    0x0068 Dec {1 => 1, "a -> b"} [FAILS] Next;
}
section "Strings" {
    /// Joins the string forms of two values.
    0x0070 Concat {2 => 1, "a b -> s"} [FAILS] Next;
    /// Repeats a string; n <= 0 gives the empty one.
    0x0071 StringRepeat {2 => 1, "s n -> s"} [FAILS] Next;
    /// Pushes the length of the string form in bytes.
    0x0072 StringLen {1 => 1, "s -> int"} [] Next;
}
section "Comparison" {
    /// Whether two numeric operands are equal.
    0x0080 NumEq {2 => 1, "a b -> bool"} [] Next;
    /// Whether two numeric operands differ.
    0x0081 NumNe {2 => 1, "a b -> bool"} [] Next;
    /// Whether the first numeric operand is less.
    0x0082 NumLt {2 => 1, "a b -> bool"} [] Next;
    /// Whether the first numeric operand is greater.
    0x0083 NumGt {2 => 1, "a b -> bool"} [] Next;
    /// Whether the first numeric operand is less or equal.
    0x0084 NumLe {2 => 1, "a b -> bool"} [] Next;
    /// Whether the first numeric operand is greater or equal.
    0x0085 NumGe {2 => 1, "a b -> bool"} [] Next;
    /// Three-way numeric comparison; Undef when unordered.
    0x0086 Spaceship {2 => 1, "a b -> int"} [] Next;
    /// Whether two string forms are equal.
    0x0087 StrEq {2 => 1, "a b -> bool"} [] Next;
    /// Whether two string forms differ.
    0x0088 StrNe {2 => 1, "a b -> bool"} [] Next;
    /// Whether the first string form comes first in byte order.
    0x0089 StrLt {2 => 1, "a b -> bool"} [] Next;
    /// Whether the first string form comes last in byte order.
    0x008a StrGt {2 => 1, "a b -> bool"} [] Next;
    /// Whether the first string form does not come last.
    0x008b StrLe {2 => 1, "a b -> bool"} [] Next;
    /// Whether the first string form does not come first.
    0x008c StrGe {2 => 1, "a b -> bool"} [] Next;
    /// Three-way comparison of string forms in byte order.
    0x008d StrCmp {2 => 1, "a b -> int"} [] Next;
}
section "Logic and bits" {
    /// Whether the value is false.
    0x0090 LogNot {1 => 1, "a -> bool"} [] Next;
    /// Whether both values are true.
    0x0091 LogAnd {2 => 1, "a b -> bool"} [] Next;
    /// Whether one of the values is true.
    0x0092 LogOr {2 => 1, "a b -> bool"} [] Next;
    /// Bitwise and of two integers.
    0x0093 BitAnd {2 => 1, "a b -> int"} [] Next;
    /// Bitwise or of two integers.
    0x0094 BitOr {2 => 1, "a b -> int"} [] Next;
    /// Bitwise exclusive or of two integers.
    0x0095 BitXor {2 => 1, "a b -> int"} [] Next;
    /// Bitwise complement of an integer.
    0x0096 BitNot {1 => 1, "a -> int"} [] Next;
    /// Shifts left by the count's low six bits.
    0x0097 Shl {2 => 1, "a n -> int"} [] Next;
    /// Shifts right arithmetically by the count's low six bits.
    0x0098 Shr {2 => 1, "a n -> int"} [] Next;
}
section "Control flow, functions, scope" {
    /// Jumps.
    0x00a0 Jump(target: Jump) {0 => 0, "->"} [] Jump;
    /// Jumps when the value is true.
    0x00a1 JumpIfTrue(target: Jump) {1 => 0, "a ->"} [] Branch;
    /// Jumps when the value is false.
    0x00a2 JumpIfFalse(target: Jump) {1 => 0, "a ->"} [] Branch;
    /// Jumps when the value is true; the value stays on both ways.
    0x00a3 JumpIfTrueKeep(target: Jump) {1 => 1, "a -> a"} [] Branch;
    /// Jumps when the value is false; the value stays on both ways.
    0x00a4 JumpIfFalseKeep(target: Jump) {1 => 1, "a -> a"} [] Branch;
    /// Calls the sub entered for a name.
    0x00a5 Call(name: Name, n: Count) {n as usize => 1, "args -> result"} [READS WRITES HOST FAILS] Next;
    /// Leaves the sub with Undef.
    0x00a6 Return {0 => 0, "->"} [] End;
    /// Leaves the sub with a value.
    0x00a7 ReturnValue {1 => 0, "v ->"} [] End;
    /// Opens a scope: its slots start Undef and hide the outer ones.
    0x00a8 PushFrame {0 => 0, "->"} [WRITES] Next;
    /// Closes the innermost scope.
    0x00a9 PopFrame {0 => 0, "->"} [WRITES] Next;
}
section "Input and output, collections, higher order" {
    /// Writes the string forms of n values to the output sink.
    0x00b0 Print(n: Count) {n as usize => 0, "v1..vn ->"} [HOST FAILS] Next;
    /// Writes the string forms of n values and a newline to the output sink.
    0x00b1 PrintLn(n: Count) {n as usize => 0, "v1..vn ->"} [HOST FAILS] Next;
    /// Reads a line without its newline; Undef at the end of the input.
    0x00b2 ReadLine {0 => 1, "-> s"} [HOST FAILS] Next;
    /// Makes the array of the integers of an inclusive range.
    0x00b3 Range {2 => 1, "from to -> array"} [FAILS] Next;
    /// Makes the array of an inclusive range in steps; step 0 is an error.
    0x00b4 RangeStep {3 => 1, "from to step -> array"} [FAILS] Next;
    /// Runs a block for each element and collects the results.
    0x00b5 MapBlock(block: Block) {1 => 1, "array -> array"} [READS WRITES HOST FAILS] Next;
    /// Runs a block for each element and keeps those for which it is true.
    0x00b6 GrepBlock(block: Block) {1 => 1, "array -> array"} [READS WRITES HOST FAILS] Next;
    /// Runs a block for each element and drops its result.
    0x00b7 ForEachBlock(block: Block) {1 => 0, "array ->"} [READS WRITES HOST FAILS] Next;
    /// Sorts stably by a block that compares two elements.
    0x00b8 SortBlock(block: Block) {1 => 1, "array -> array"} [READS WRITES HOST FAILS] Next;
    /// Sorts stably by string form.
    0x00b9 SortDefault {1 => 1, "array -> array"} [FAILS] Next;
}
section "Fused superinstructions" {
    /// Adds one to a slot and pushes the new value.
    0x00c0 PreIncSlot(slot: Slot) {0 => 1, "-> new"} [WRITES FAILS] Next, replaces [GetSlot Inc SetSlot GetSlot];
    /// Subtracts one from a slot and pushes the new value.
    0x00c1 PreDecSlot(slot: Slot) {0 => 1, "-> new"} [WRITES FAILS] Next, replaces [GetSlot Dec SetSlot GetSlot];
    /// Adds one to a slot and pushes the old value.
    0x00c2 PostIncSlot(slot: Slot) {0 => 1, "-> old"} [WRITES FAILS] Next, replaces [GetSlot Dup Inc SetSlot];
    /// Subtracts one from a slot and pushes the old value.
    0x00c3 PostDecSlot(slot: Slot) {0 => 1, "-> old"} [WRITES FAILS] Next, replaces [GetSlot Dup Dec SetSlot];
    /// Adds one to a slot.
    0x00c4 PreIncSlotVoid(slot: Slot) {0 => 0, "->"} [WRITES FAILS] Next, replaces [GetSlot Inc SetSlot];
    /// Adds the second slot to the first.
    0x00c5 AddAssignSlotVoid(target: Slot, addend: Slot) {0 => 0, "->"} [WRITES FAILS] Next, replaces [GetSlot GetSlot Add SetSlot];
    /// Jumps unless the slot is less than the integer.
    0x00c6 SlotLtIntJumpIfFalse(slot: Slot, limit: Int32, target: Jump) {0 => 0, "->"} [READS] Branch, replaces [GetSlot LoadInt NumLt JumpIfFalse];
    /// Adds one to the slot and jumps while it is less than the integer.
    0x00c7 SlotIncLtIntJumpBack(slot: Slot, limit: Int32, target: Jump) {0 => 0, "->"} [WRITES FAILS] Branch, replaces [GetSlot Inc SetSlot GetSlot LoadInt NumLt JumpIfTrue];
    /// Sums the counter into a slot while the counter is less than the integer.
    0x00c8 AccumSumLoop(sum: Slot, counter: Slot, limit: Int32) {0 => 0, "->"} [WRITES FAILS] Next, replaces [GetSlot LoadInt NumLt JumpIfFalse GetSlot GetSlot Add SetSlot GetSlot Inc SetSlot Jump];
    /// Appends a constant to a slot while the counter is less than the integer.
    0x00c9 ConcatConstLoop(constant: Const, text: Slot, counter: Slot, limit: Int32) {0 => 0, "->"} [WRITES FAILS] Next, replaces [GetSlot LoadInt NumLt JumpIfFalse GetSlot LoadConst Concat SetSlot GetSlot Inc SetSlot Jump];
    /// Appends the counter to a slot's array while the counter is less than the integer.
    0x00ca PushIntRangeLoop(array: Slot, counter: Slot, limit: Int32) {0 => 0, "->"} [WRITES FAILS] Next, replaces [GetSlot LoadInt NumLt JumpIfFalse GetSlot SlotArrayPush GetSlot Inc SetSlot Jump];
}
section "Builtins and extensions" {
    /// Calls a registered builtin.
    0x00d0 CallBuiltin(id: Id, n: Count) {n as usize => 1, "args -> result"} [READS WRITES HOST FAILS] Next;
    /// Calls the frontend's extension handler; its effects are declared with the builder.
    0x00d1 Extended(id: Id, arg: Byte) {0 => 0, "as declared"} [READS WRITES HOST FAILS] Next;
    /// Calls the frontend's wide extension handler; its effects are declared with the builder.
    0x00d2 ExtendedWide(id: Id, arg: Word) {0 => 0, "as declared"} [READS WRITES HOST FAILS] Next;
}
section "Shell" {
    /// Runs a command; an Array among the values is spliced into argv.
    0x0100 Exec(n: Count) {n as usize => 1, "argv -> status"} [READS WRITES HOST FAILS] Next;
    /// Starts a command in the background.
    0x0101 ExecBg(n: Count) {n as usize => 1, "argv -> status"} [READS WRITES HOST FAILS] Next;
    /// Opens a pipeline of n stages.
    0x0102 PipelineBegin(n: Count) {0 => 0, "->"} [READS WRITES HOST FAILS] Next;
    /// Ends a stage with its status and starts the next.
    0x0103 PipelineStage {1 => 0, "status ->"} [READS WRITES HOST FAILS] Next;
    /// Ends the last stage and waits for all.
    0x0104 PipelineEnd {1 => 1, "status -> status"} [READS WRITES HOST FAILS] Next;
    /// Redirects a file descriptor; `op` is a constant of `redirect_op`.
    0x0105 Redirect(fd: Byte, op: Byte) {1 => 0, "target ->"} [READS WRITES HOST FAILS] Next;
    /// Gives a constant as standard input.
    0x0106 HereDoc(constant: Const) {0 => 0, "->"} [READS WRITES HOST FAILS] Next;
    /// Gives a string and a newline as standard input.
    0x0107 HereString {1 => 0, "s ->"} [READS WRITES HOST FAILS] Next;
    /// Runs a sub-chunk and pushes its output without trailing newlines.
    0x0108 CmdSubst(sub: SubChunk) {0 => 1, "-> s"} [READS WRITES HOST FAILS] Next;
    /// Opens an isolated scope.
    0x0109 SubshellBegin {0 => 0, "->"} [READS WRITES HOST FAILS] Next;
    /// Closes an isolated scope; the host may carry a deferred exit status out.
    0x010a SubshellEnd {0 => 0, "->"} [READS WRITES HOST FAILS] Next;
    /// Pushes a path from which a sub-chunk's output can be read.
    0x010b ProcessSubIn(sub: SubChunk) {0 => 1, "-> path"} [READS WRITES HOST FAILS] Next;
    /// Pushes a path whose content becomes a sub-chunk's input.
    0x010c ProcessSubOut(sub: SubChunk) {0 => 1, "-> path"} [READS WRITES HOST FAILS] Next;
    /// Pushes the paths that match a pattern.
    0x010d Glob {1 => 1, "pattern -> array"} [READS HOST FAILS] Next;
    /// Pushes the paths that match a pattern, `**` crossing directories.
    0x010e GlobRecursive {1 => 1, "pattern -> array"} [READS HOST FAILS] Next;
    /// Tests a file; `test` is a constant of `file_test`.
    0x010f TestFile(test: Byte) {1 => 1, "path -> bool"} [READS HOST FAILS] Next;
    /// Sets the last status.
    0x0110 SetStatus {1 => 0, "v ->"} [WRITES] Next;
    /// Pushes the last status.
    0x0111 GetStatus {0 => 1, "-> status"} [READS] Next;
    /// Sets the handler of a signal.
    0x0112 TrapSet(sub: SubChunk) {1 => 0, "signal ->"} [READS WRITES HOST FAILS] Next;
    /// Runs the handlers of signals that arrived.
    0x0113 TrapCheck {0 => 0, "->"} [READS WRITES HOST FAILS] Next;
    /// Expands a parameter; `modifier` is a constant of `param_mod`.
    0x0114 ExpandParam(modifier: Byte) {1 + crate::op::param_mod::argument_count(modifier) => 1, "name args -> v"} [READS WRITES HOST FAILS] Next;
    /// Splits a string at IFS.
    0x0115 WordSplit {1 => 1, "s -> array"} [READS HOST FAILS] Next;
    /// Expands braces.
    0x0116 BraceExpand {1 => 1, "s -> array"} [READS HOST FAILS] Next;
    /// Expands a leading tilde.
    0x0117 TildeExpand {1 => 1, "s -> s"} [READS HOST FAILS] Next;
    /// Calls a function, else a builtin, else an external command.
    0x0118 CallFunction(name: Name, n: Count) {n as usize => 1, "args -> status"} [READS WRITES HOST FAILS] Next;
    /// Whether a string matches a glob pattern.
    0x0119 StrMatch {2 => 1, "s pat -> bool"} [READS HOST FAILS] Next;
    /// Whether a string matches a regular expression.
    0x011a RegexMatch {2 => 1, "s pat -> bool"} [READS WRITES HOST FAILS] Next;
    /// Opens a scope of n redirections.
    0x011b WithRedirectsBegin(n: Count) {0 => 0, "->"} [READS WRITES HOST FAILS] Next;
    /// Undoes the innermost scope of redirections.
    0x011c WithRedirectsEnd {0 => 0, "->"} [READS WRITES HOST FAILS] Next;
}
section "awk" {
    /// Pushes a field of the record; 0 is the record itself.
    0x0140 AwkFieldGet {1 => 1, "index -> v"} [READS HOST FAILS] Next;
    /// Sets a field of the record.
    0x0141 AwkFieldSet {2 => 0, "value index ->"} [WRITES HOST FAILS] Next;
    /// Pushes the number of fields.
    0x0142 AwkNf {0 => 1, "-> int"} [READS HOST FAILS] Next;
    /// Sets the record.
    0x0143 AwkSetRecord {1 => 0, "v ->"} [WRITES HOST FAILS] Next;
    /// Pushes a special variable.
    0x0144 AwkSpecialGet(name: Name) {0 => 1, "-> v"} [READS HOST FAILS] Next;
    /// Sets a special variable.
    0x0145 AwkSpecialSet(name: Name) {1 => 0, "v ->"} [WRITES HOST FAILS] Next;
    /// Prints n values with OFS and ORS, to the output that AwkOutput chose or the sink; none prints the record.
    0x0146 AwkPrint(n: Count) {n as usize => 0, "args ->"} [READS WRITES HOST FAILS] Next;
    /// Prints by a format, to the output that AwkOutput chose or the sink.
    0x0147 AwkPrintf(n: Count) {n as usize => 0, "args ->"} [READS WRITES HOST FAILS] Next;
    /// Formats n values, the first being the format.
    0x0148 AwkSprintf(n: Count) {n as usize => 1, "args -> s"} [READS HOST FAILS] Next;
    /// Reads a record; `source` is a constant of `getline_source`.
    0x0149 AwkGetline(source: Byte) {crate::op::getline_source::pops(source) => crate::op::getline_source::pushes(source), "[file or command] -> [line] status"} [READS WRITES HOST FAILS] Next;
    /// Length in characters of a value, or of the record when n is 0.
    0x014a AwkLength(n: Count) {n as usize => 1, "[s] -> int"} [READS HOST FAILS] Next;
    /// Part of a string by characters.
    0x014b AwkSubstr(n: Count) {n as usize => 1, "s from [count] -> s"} [READS HOST FAILS] Next;
    /// Position of a string in another, from 1; 0 when absent.
    0x014c AwkIndex {2 => 1, "s t -> int"} [READS HOST FAILS] Next;
    /// Position of a match; sets RSTART and RLENGTH.
    0x014d AwkMatch {2 => 1, "s re -> int"} [READS WRITES HOST FAILS] Next;
    /// Lower case.
    0x014e AwkToLower {1 => 1, "s -> s"} [READS HOST FAILS] Next;
    /// Upper case.
    0x014f AwkToUpper {1 => 1, "s -> s"} [READS HOST FAILS] Next;
    /// Splits a string into a hash with keys 1 to n.
    0x0150 AwkSplit(n: Count) {n as usize => 2, "s [sep] -> array count"} [READS HOST FAILS] Next;
    /// Substitutes the first match; with two arguments the target is the record.
    0x0151 AwkSub(n: Count) {n as usize => 2, "re repl [target] -> new count"} [READS HOST FAILS] Next;
    /// Substitutes every match; with two arguments the target is the record.
    0x0152 AwkGsub(n: Count) {n as usize => 2, "re repl [target] -> new count"} [READS HOST FAILS] Next;
    /// Substitutes as gensub does and pushes the result.
    0x0153 AwkGensub(n: Count) {n as usize => 1, "re repl how [target] -> s"} [READS HOST FAILS] Next;
    /// Truncates toward zero.
    0x0154 AwkInt {1 => 1, "x -> number"} [] Next;
    /// Square root.
    0x0155 AwkSqrt {1 => 1, "x -> number"} [] Next;
    /// Sine.
    0x0156 AwkSin {1 => 1, "x -> number"} [] Next;
    /// Cosine.
    0x0157 AwkCos {1 => 1, "x -> number"} [] Next;
    /// Exponential.
    0x0158 AwkExp {1 => 1, "x -> number"} [] Next;
    /// Natural logarithm.
    0x0159 AwkLog {1 => 1, "x -> number"} [] Next;
    /// Arc tangent of y/x.
    0x015a AwkAtan2 {2 => 1, "y x -> number"} [] Next;
    /// Division; by zero is fatal.
    0x015b AwkDiv {2 => 1, "a b -> number"} [FAILS] Next;
    /// Remainder; by zero is fatal.
    0x015c AwkMod {2 => 1, "a b -> number"} [FAILS] Next;
    /// Pushes an element of a global awk array, creating it.
    0x015d AwkArrayGet(name: Name) {1 => 1, "key -> v"} [READS WRITES FAILS] Next;
    /// Sets an element of a global awk array.
    0x015e AwkArraySet(name: Name) {2 => 0, "value key ->"} [WRITES FAILS] Next;
    /// Whether a global awk array has a key.
    0x015f AwkArrayExists(name: Name) {1 => 1, "key -> bool"} [READS FAILS] Next;
    /// Removes a key of a global awk array.
    0x0160 AwkArrayDelete(name: Name) {1 => 0, "key ->"} [WRITES FAILS] Next;
    /// Empties a global awk array.
    0x0161 AwkArrayClear(name: Name) {0 => 0, "->"} [WRITES] Next;
    /// Pushes the number of elements of a global awk array.
    0x0162 AwkArrayLen(name: Name) {0 => 1, "-> int"} [READS] Next;
    /// Bitwise and of two or more numbers.
    0x0163 AwkAnd(n: Count) {n as usize => 1, "args -> number"} [FAILS] Next;
    /// Bitwise or of two or more numbers.
    0x0164 AwkOr(n: Count) {n as usize => 1, "args -> number"} [FAILS] Next;
    /// Bitwise exclusive or of two or more numbers.
    0x0165 AwkXor(n: Count) {n as usize => 1, "args -> number"} [FAILS] Next;
    /// Bitwise complement within 53 bits.
    0x0166 AwkCompl {1 => 1, "x -> number"} [FAILS] Next;
    /// Shifts left.
    0x0167 AwkLshift {2 => 1, "x n -> number"} [FAILS] Next;
    /// Shifts right.
    0x0168 AwkRshift {2 => 1, "x n -> number"} [FAILS] Next;
    /// Value of a string that may be octal or hexadecimal.
    0x0169 AwkStrtonum {1 => 1, "s -> number"} [] Next;
    /// Seconds since the epoch.
    0x016a AwkSystime {0 => 1, "-> number"} [READS HOST FAILS] Next;
    /// Next random number, 0 <= x < 1.
    0x016b AwkRand {0 => 1, "-> number"} [READS WRITES HOST FAILS] Next;
    /// Seeds the random numbers and pushes the previous seed.
    0x016c AwkSrand(n: Count) {n as usize => 1, "[seed] -> number"} [READS WRITES HOST FAILS] Next;
    /// Formats a time.
    0x016d AwkStrftime(n: Count) {n as usize => 1, "[format [time [utc]]] -> s"} [READS HOST FAILS] Next;
    /// Seconds since the epoch of a date text.
    0x016e AwkMktime(n: Count) {n as usize => 1, "s [utc] -> number"} [READS HOST FAILS] Next;
    /// Code of the first character.
    0x016f AwkOrd {1 => 1, "s -> number"} [READS HOST FAILS] Next;
    /// Character of a code.
    0x0170 AwkChr {1 => 1, "x -> s"} [READS HOST FAILS] Next;
    /// Boolean with a number's value.
    0x0171 AwkMkbool {1 => 1, "v -> bool"} [] Next;
    /// Quotient and remainder of truncated division, as a hash; by zero is fatal.
    0x0172 AwkIntdiv {2 => 1, "a b -> hash"} [FAILS] Next;
    /// As AwkIntdiv; by zero gives Undef.
    0x0173 AwkIntdiv0 {2 => 1, "a b -> hash"} [FAILS] Next;
    /// Raises an awk signal; `signal` is a constant of `awk_signal`.
    0x0174 AwkSignal(signal: Byte) {0 => 0, "->"} [FAILS] End;
    /// Chooses the output of the next AwkPrint, AwkPrintJoined or AwkPrintf; `mode` is a constant of `output_mode`.
    0x0175 AwkOutput(mode: Byte) {1 => 0, "target ->"} [READS WRITES HOST FAILS] Next;
    /// Whether a string matches a regular expression, as awk's `~`.
    0x0176 AwkRegexMatch {2 => 1, "s re -> bool"} [READS HOST FAILS] Next;
    /// Value as an awk number.
    0x0177 AwkToNum {1 => 1, "v -> number"} [] Next;
    /// Value as an awk string, numbers by CONVFMT.
    0x0178 AwkToStr {1 => 1, "v -> s"} [READS HOST FAILS] Next;
    /// Whether a value is true to awk: a number not zero, a string not empty.
    0x0179 AwkTruthy {1 => 1, "v -> bool"} [] Next;
    /// Whether two awk values are equal, as numbers when both look numeric.
    0x017a AwkEq {2 => 1, "a b -> bool"} [READS HOST FAILS] Next;
    /// Whether two awk values differ.
    0x017b AwkNe {2 => 1, "a b -> bool"} [READS HOST FAILS] Next;
    /// Whether the first awk value is less.
    0x017c AwkLt {2 => 1, "a b -> bool"} [READS HOST FAILS] Next;
    /// Whether the first awk value is greater.
    0x017d AwkGt {2 => 1, "a b -> bool"} [READS HOST FAILS] Next;
    /// Whether the first awk value is less or equal.
    0x017e AwkLe {2 => 1, "a b -> bool"} [READS HOST FAILS] Next;
    /// Whether the first awk value is greater or equal.
    0x017f AwkGe {2 => 1, "a b -> bool"} [READS HOST FAILS] Next;
}
section "Math" {
    /// Power.
    0x0180 PowFloat {2 => 1, "a b -> float"} [] Next;
    /// Square root.
    0x0181 SqrtFloat {1 => 1, "a -> float"} [] Next;
    /// Sine.
    0x0182 SinFloat {1 => 1, "a -> float"} [] Next;
    /// Cosine.
    0x0183 CosFloat {1 => 1, "a -> float"} [] Next;
    /// Tangent.
    0x0184 TanFloat {1 => 1, "a -> float"} [] Next;
    /// Arc sine.
    0x0185 AsinFloat {1 => 1, "a -> float"} [] Next;
    /// Arc cosine.
    0x0186 AcosFloat {1 => 1, "a -> float"} [] Next;
    /// Arc tangent.
    0x0187 AtanFloat {1 => 1, "a -> float"} [] Next;
    /// Arc tangent of a/b.
    0x0188 Atan2Float {2 => 1, "a b -> float"} [] Next;
    /// Hyperbolic sine.
    0x0189 SinhFloat {1 => 1, "a -> float"} [] Next;
    /// Hyperbolic cosine.
    0x018a CoshFloat {1 => 1, "a -> float"} [] Next;
    /// Hyperbolic tangent.
    0x018b TanhFloat {1 => 1, "a -> float"} [] Next;
    /// Exponential.
    0x018c ExpFloat {1 => 1, "a -> float"} [] Next;
    /// Natural logarithm.
    0x018d LogFloat {1 => 1, "a -> float"} [] Next;
    /// Logarithm to base 2.
    0x018e Log2Float {1 => 1, "a -> float"} [] Next;
    /// Logarithm to base 10.
    0x018f Log10Float {1 => 1, "a -> float"} [] Next;
    /// Absolute value.
    0x0190 AbsFloat {1 => 1, "a -> float"} [] Next;
    /// Rounds up.
    0x0191 CeilFloat {1 => 1, "a -> float"} [] Next;
    /// Rounds down.
    0x0192 FloorFloat {1 => 1, "a -> float"} [] Next;
    /// Rounds toward zero.
    0x0193 TruncFloat {1 => 1, "a -> float"} [] Next;
    /// Rounds to the nearest integer, ties to even.
    0x0194 RoundFloat {1 => 1, "a -> float"} [] Next;
    /// Truncates to an integer.
    0x0195 TruncInt {1 => 1, "a -> int"} [] Next;
    /// Absolute value of an integer, saturating.
    0x0196 AbsInt {1 => 1, "a -> int"} [] Next;
    /// Greatest common divisor, saturating.
    0x0197 GcdInt {2 => 1, "a b -> int"} [] Next;
    /// Least common multiple, saturating.
    0x0198 LcmInt {2 => 1, "a b -> int"} [] Next;
    /// Seconds since the epoch.
    0x0199 TimeInt {0 => 1, "-> int"} [READS] Next;
}
section "Awk in place" {
    /// Substitutes the first match in the record.
    0x019a AwkSubRecord {2 => 1, "re repl -> count"} [READS WRITES HOST FAILS] Next;
    /// Substitutes every match in the record.
    0x019b AwkGsubRecord {2 => 1, "re repl -> count"} [READS WRITES HOST FAILS] Next;
}
section "Awk addends" {
    /// Notes a number that somebody else will add to the global.
    0x019c AwkAddend(name: Name) {1 => 0, "v ->"} [WRITES] Next;
    /// Notes a number that somebody else will add to the element of the global awk array; a new element is Undef.
    0x019d AwkElementAddend(name: Name) {2 => 0, "v key ->"} [WRITES FAILS] Next;
}
section "Awk keys" {
    /// Several subscripts as a key: joined by SUBSEP.
    0x019e AwkJoinKeys(n: Count) {n as usize => 1, "subscripts -> key"} [READS HOST FAILS] Next;
}
section "Awk arrays in cells" {
    /// Value as a key: an integer as it is, other numbers by CONVFMT.
    0x019f AwkSubscript {1 => 1, "v -> key"} [READS HOST FAILS] Next;
    /// Pushes an element of the hash in a cell, creating it.
    0x01a0 AwkIndexGet {2 => 1, "cell key -> v"} [READS WRITES FAILS] Next;
}
section "Awk order" {
    /// The number that a value is to awk's comparisons; NaN when it compares as a string.
    0x01a1 AwkComparable {1 => 1, "v -> number"} [] Next;
}
section "Awk growing elements" {
    /// Puts a text behind the string form of an element of the global awk array, which is created when it is new.
    0x01a2 AwkElementAppend(name: Name) {2 => 0, "s key ->"} [READS WRITES HOST FAILS] Next;
    /// As `AwkElementAppend`, of the hash in a cell.
    0x01a3 AwkIndexAppend {3 => 0, "s key cell ->"} [READS WRITES HOST FAILS] Next;
}
section "Awk joined output" {
    /// Prints values as one text, with nothing between them and ORS behind it.
    0x01a4 AwkPrintJoined(n: Count) {n as usize => 0, "args ->"} [READS WRITES HOST FAILS] Next;
}
section "Awk arrays of arrays" {
    /// Pushes the cell of the array that is an element of the hash in a cell, creating it; the constant names the outer array to messages.
    0x01a5 AwkSubarray(name: Const) {2 => 1, "cell key -> cell"} [READS WRITES HOST FAILS] Next;
    /// Pushes an element of the hash in a cell, which must be no array, creating it.
    0x01a6 AwkNestedGet(name: Const) {2 => 1, "cell key -> v"} [READS WRITES HOST FAILS] Next;
    /// Sets an element of the hash in a cell, which must be no array.
    0x01a7 AwkNestedSet(name: Const) {3 => 0, "v key cell ->"} [READS WRITES HOST FAILS] Next;
}
section "Awk lines for variables" {
    /// As `AwkGetline` into a variable, from either form of a source: pushes the value that was there again when there is no line.
    0x01a8 AwkGetlineOr(source: Byte) {1 + crate::op::getline_source::pops(source) => 2, "[file or command] old -> status new"} [READS WRITES HOST FAILS] Next;
}
    } };
}
pub(crate) use for_each_op;
