//! The shell ops: what is pure works without a host, the rest asks the host or is refused.

use fusevm::chunk::text::assemble;
use fusevm::error::{ErrorKind, Fault, OpResult};
use fusevm::op::{file_test, param_mod, redirect_op};
use fusevm::value::ByteStr;
use fusevm::{Chunk, ShellHost, VM, VMResult, Value};
use std::sync::{Arc, Mutex};

fn vm(text: &str) -> VM {
    VM::new(assemble("test", text).unwrap_or_else(|error| panic!("{error}\n{text}")))
}

fn shown(result: &VMResult) -> String {
    match result {
        VMResult::Ok(value) => format!("{value:?}"),
        VMResult::Halted => "halted".to_string(),
        VMResult::Error(error) => format!("{}: {}", error.kind().name(), error.message()),
    }
}

#[test]
fn pure_ops_need_no_host() {
    // Expected values are those of bash 5.2.
    let cases = [
        ("LoadConst \"main.c\"\n LoadConst \"*.[ch]\"\n StrMatch", "true"),
        ("LoadConst \"main.rs\"\n LoadConst \"*.[ch]\"\n StrMatch", "false"),
        ("LoadConst \"ab12\"\n LoadConst \"[0-9]+$\"\n RegexMatch", "true"),
        ("LoadConst \"ab\"\n LoadConst \"^(a|ab)$\"\n RegexMatch", "true"),
        ("LoadConst \"a{b,c}{1..2}\"\n BraceExpand", "[\"ab1\", \"ab2\", \"ac1\", \"ac2\"]"),
        ("LoadConst \" a  b \"\n WordSplit", "[\"a\", \"b\"]"),
        ("LoadConst \":\"\n SetVar IFS\n LoadConst \"a::b\"\n WordSplit", "[\"a\", \"\", \"b\"]"),
        ("LoadConst \"/home/me\"\n SetVar HOME\n LoadConst \"~/x\"\n TildeExpand", "\"/home/me/x\""),
        ("LoadConst \"~/x\"\n TildeExpand", "\"~/x\""),
        ("LoadConst \"~nobody/x\"\n TildeExpand", "\"~nobody/x\""),
        ("LoadInt 3\n SetStatus\n GetStatus", "(status 3)"),
        ("LoadTrue\n SetStatus\n GetStatus", "(status 1)"),
        ("TrapCheck\n LoadInt 1", "1"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(&vm(text).run()), expected, "{text}");
    }
    let result = vm("LoadConst \"a\"\n LoadConst \"(\"\n RegexMatch").run();
    assert!(matches!(&result, VMResult::Error(error) if error.kind() == ErrorKind::Syntax), "{result:?}");
}

#[test]
fn what_needs_power_is_refused_without_a_host() {
    let cases = [
        "LoadConst \"ls\"\n Exec 1",
        "LoadConst \"ls\"\n ExecBg 1",
        "LoadConst \"x\"\n CallFunction ls 1",
        "PipelineBegin 2",
        "LoadInt 0\n PipelineStage",
        "LoadInt 0\n PipelineEnd",
        "LoadConst \"file\"\n Redirect 1 WRITE",
        "HereDoc \"text\"",
        "LoadConst \"text\"\n HereString",
        "CmdSubst 0\n .chunk\n Nop\n .endchunk",
        "ProcessSubIn 0\n .chunk\n Nop\n .endchunk",
        "ProcessSubOut 0\n .chunk\n Nop\n .endchunk",
        "LoadConst \"INT\"\n TrapSet 0\n .chunk\n Nop\n .endchunk",
        "SubshellBegin",
        "SubshellEnd",
        "LoadConst \"*\"\n Glob",
        "LoadConst \"**\"\n GlobRecursive",
        "LoadConst \"/\"\n TestFile EXISTS",
        "WithRedirectsBegin 1",
        "WithRedirectsEnd",
    ];
    for text in cases {
        let result = vm(text).run();
        assert!(
            matches!(&result, VMResult::Error(error) if error.kind() == ErrorKind::NoHost),
            "{text}: {result:?}"
        );
    }
    let result = vm("LoadConst \"ls\"\n LoadConst \"-l\"\n Exec 2").run();
    assert_eq!(shown(&result), "not allowed here: running the command `ls` needs a host that allows it");
}

#[test]
fn parameters_expand() {
    let list = || Value::array(vec![Value::str("one.c"), Value::str("two.c"), Value::str("three")]);
    let s = Value::str;
    let unset = || Value::Undef;
    let cases: Vec<(Value, u8, Vec<Value>, Value)> = vec![
        (unset(), param_mod::DEFAULT, vec![s("word")], s("word")),
        (s(""), param_mod::DEFAULT, vec![s("word")], s("word")),
        (s("v"), param_mod::DEFAULT, vec![s("word")], s("v")),
        (s("0"), param_mod::DEFAULT, vec![s("word")], s("0")),
        (unset(), param_mod::ALTERNATE, vec![s("word")], s("")),
        (s("v"), param_mod::ALTERNATE, vec![s("word")], s("word")),
        (unset(), param_mod::ASSIGN, vec![s("word")], s("word")),
        (s("v"), param_mod::ERROR, vec![s("word")], s("v")),
        (s("héllo"), param_mod::LENGTH, vec![], Value::int(5)),
        (list(), param_mod::LENGTH, vec![], Value::int(3)),
        (unset(), param_mod::LENGTH, vec![], Value::int(0)),
        (s("a.b.c"), param_mod::STRIP_SHORT, vec![s("*.")], s("b.c")),
        (s("a.b.c"), param_mod::STRIP_LONG, vec![s("*.")], s("c")),
        (s("a.b.c"), param_mod::RSTRIP_SHORT, vec![s(".*")], s("a.b")),
        (s("a.b.c"), param_mod::RSTRIP_LONG, vec![s(".*")], s("a")),
        (list(), param_mod::RSTRIP_SHORT, vec![s(".c")], Value::array(vec![s("one"), s("two"), s("three")])),
        (s("banana"), param_mod::SUBST_FIRST, vec![s("a"), s("o")], s("bonana")),
        (s("banana"), param_mod::SUBST_ALL, vec![s("a"), s("o")], s("bonono")),
        (s("hello"), param_mod::UPPER, vec![], s("HELLO")),
        (s("HELLO"), param_mod::LOWER, vec![], s("hello")),
        (s("élan"), param_mod::UPPER_FIRST, vec![], s("Élan")),
        (s("HELLO"), param_mod::LOWER_FIRST, vec![], s("hELLO")),
        (s("other"), param_mod::INDIRECT, vec![], s("of the other")),
        (list(), param_mod::KEYS, vec![], Value::array(vec![Value::int(0), Value::int(1), Value::int(2)])),
        (Value::hash([("k", 1)]), param_mod::KEYS, vec![], Value::array(vec![s("k")])),
        (s("x"), param_mod::KEYS, vec![], Value::array(vec![Value::int(0)])),
        (unset(), param_mod::KEYS, vec![], Value::array(vec![])),
        (s("abcdef"), param_mod::SLICE, vec![Value::int(2), Value::int(3)], s("cde")),
        (s("abcdef"), param_mod::SLICE, vec![Value::int(-2), Value::Undef], s("ef")),
        (s("abcdef"), param_mod::SLICE, vec![Value::int(1), Value::int(-1)], s("bcde")),
        (list(), param_mod::SLICE, vec![Value::int(1), Value::int(1)], Value::array(vec![s("two.c")])),
    ];
    for (value, modifier, args, expected) in cases {
        let name = param_mod::name(modifier).expect("a modifier");
        let pushes: String = (0..args.len()).map(|i| format!("GetVar arg{i}\n ")).collect();
        let mut vm = vm(&format!("LoadConst \"v\"\n {pushes} ExpandParam {name}"));
        vm.set_global("v", value.clone());
        vm.set_global("other", s("of the other"));
        for (i, arg) in args.iter().enumerate() {
            vm.set_global(&format!("arg{i}"), arg.clone());
        }
        assert_eq!(vm.run(), VMResult::Ok(expected.clone()), "{name} of {value:?} with {args:?}");
        if modifier == param_mod::ASSIGN {
            assert_eq!(vm.get_global("v"), expected);
        }
    }
    let unset = vm("LoadConst \"v\"\n LoadConst \"not set\"\n ExpandParam ERROR").run();
    assert_eq!(shown(&unset), "uncaught error: v: not set");
}

/// A host that writes down what it is asked, and answers with what a shell would.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<String>>>);

impl Recorder {
    fn note(&self, what: String) {
        self.0.lock().expect("one thread").push(what);
    }
}

fn words(values: &[Value]) -> String {
    values.iter().map(Value::to_str).collect::<Vec<_>>().join(" ")
}

impl ShellHost for Recorder {
    fn exec(&mut self, vm: &mut VM, argv: &[Value]) -> OpResult<i32> {
        self.note(format!("exec {}", words(argv)));
        vm.write_output(b"output\n\n").map_err(Fault::from)?;
        Ok(argv.len() as i32)
    }
    fn exec_bg(&mut self, _: &mut VM, argv: &[Value]) -> OpResult<i32> {
        self.note(format!("exec_bg {}", words(argv)));
        Ok(0)
    }
    fn call_function(&mut self, _: &mut VM, name: &str, args: &[Value]) -> OpResult<Option<i32>> {
        self.note(format!("call {name} {}", words(args)));
        Ok((name == "known").then_some(4))
    }
    fn pipeline_begin(&mut self, _: &mut VM, stages: u8) -> OpResult<()> {
        self.note(format!("pipeline of {stages}"));
        Ok(())
    }
    fn pipeline_stage(&mut self, _: &mut VM, status: i32) -> OpResult<()> {
        self.note(format!("stage {status}"));
        Ok(())
    }
    fn pipeline_end(&mut self, _: &mut VM, status: i32) -> OpResult<i32> {
        Ok(status + 100)
    }
    fn redirect(&mut self, _: &mut VM, fd: u8, op: u8, target: &[u8]) -> OpResult<()> {
        self.note(format!(
            "redirect {fd} {} {}",
            redirect_op::name(op).unwrap_or("?"),
            target.escape_ascii()
        ));
        Ok(())
    }
    fn subshell_begin(&mut self, _: &mut VM) -> OpResult<()> {
        Ok(())
    }
    fn subshell_end(&mut self, _: &mut VM) -> OpResult<Option<i32>> {
        Ok(Some(9))
    }
    /// Runs the sub-chunk with the output kept back, as a host of one process may do it.
    fn cmd_subst(&mut self, vm: &mut VM, sub: &Chunk) -> OpResult<Vec<u8>> {
        vm.set_shell_host(Box::new(self.clone()));
        match vm.eval(sub.clone()) {
            VMResult::Error(error) => Err(error.fault().clone()),
            VMResult::Ok(value) => Ok(format!("{value}\n\n").into_bytes()),
            VMResult::Halted => Ok(b"nothing\n".to_vec()),
        }
    }
    fn glob(&mut self, _: &mut VM, pattern: &[u8], recursive: bool) -> OpResult<Vec<ByteStr>> {
        Ok(vec![pattern.into(), if recursive { "deep" } else { "flat" }.into()])
    }
    fn test_file(&mut self, _: &mut VM, path: &[u8], test: u8) -> OpResult<bool> {
        Ok(path == b"/" && test == file_test::IS_DIR)
    }
}

#[test]
fn ops_ask_the_host() {
    let cases = [
        (
            "LoadConst \"ls\"\n LoadConst [\"a\", \"b c\"]\n LoadInt 1\n Exec 3",
            "(status 4)",
            "exec ls a b c 1",
        ),
        ("LoadConst \"ls\"\n ExecBg 1", "(status 0)", "exec_bg ls"),
        ("LoadConst \"x\"\n CallFunction known 1", "(status 4)", "call known x"),
        ("LoadConst \"x\"\n CallFunction other 1", "(status 2)", "call other x; exec other x"),
        (
            "PipelineBegin 2\n LoadConst status(1)\n PipelineStage\n LoadConst status(2)\n PipelineEnd",
            "(status 102)",
            "pipeline of 2; stage 1",
        ),
        ("LoadConst \"out\"\n Redirect 2 APPEND", "halted", "redirect 2 APPEND out"),
        ("SubshellBegin\n SubshellEnd\n GetStatus", "(status 9)", ""),
        ("CmdSubst 0\n .chunk\n LoadConst \"sub\\n\"\n .endchunk", "\"sub\"", ""),
        ("CmdSubst 0\n .chunk\n LoadConst \"ls\"\n Exec 1\n .endchunk", "\"1\"", "exec ls"),
        ("LoadConst \"*\"\n Glob", "[\"*\", \"flat\"]", ""),
        ("LoadConst \"*\"\n GlobRecursive", "[\"*\", \"deep\"]", ""),
        ("LoadConst \"/\"\n TestFile IS_DIR", "true", ""),
        ("LoadConst \"/\"\n TestFile IS_FILE", "false", ""),
        (
            "TryBegin a\n LoadConst \"x\"\n HereString\n TryEnd\n LoadInt 0\n a:",
            "\"a here-string needs a host that allows it\"",
            "",
        ),
    ];
    for (text, ended, asked) in cases {
        let mut vm = vm(text);
        let host = Recorder::default();
        vm.set_output(std::io::sink());
        vm.set_shell_host(Box::new(host.clone()));
        assert_eq!(shown(&vm.run()), ended, "{text}");
        assert_eq!(host.0.lock().expect("one thread").join("; "), asked, "{text}");
    }
}

#[test]
fn a_host_may_panic_and_raise() {
    struct Broken;
    impl ShellHost for Broken {
        fn exec(&mut self, vm: &mut VM, _: &[Value]) -> OpResult<i32> {
            vm.raise("raised");
            Ok(0)
        }
        fn exec_bg(&mut self, _: &mut VM, _: &[Value]) -> OpResult<i32> {
            panic!("broken")
        }
    }
    let mut vm = vm("Exec 0");
    vm.set_shell_host(Box::new(Broken));
    assert_eq!(shown(&vm.run()), "uncaught error: raised");
    vm.reset(assemble("test", "ExecBg 0").expect("a good program"));
    assert_eq!(shown(&vm.run()), "host panic: broken");
}
