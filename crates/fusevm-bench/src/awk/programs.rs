//! The awk programs that are compared. All print in an order of their own, since that of `for (k in a)` is not
//! the same in any two awks, and large numbers with `printf`, since mawk's `print` rounds them. The fields of the log are told in `log.rs`.

use super::log::Form;

/// One program.
pub struct Program {
    /// The name in reports.
    pub name: &'static str,
    /// Options in front of the text.
    pub options: &'static [&'static str],
    /// The program text.
    pub text: &'static str,
    /// What its operand has in it; none when it has only a `BEGIN`.
    pub input: Option<Form>,
    /// The rounds that it needs at least.
    pub least_rounds: u32,
}

const fn on_log(name: &'static str, options: &'static [&'static str], text: &'static str) -> Program {
    Program { name, options, text, input: Some(Form::Log), least_rounds: 1 }
}

const fn on_table(name: &'static str, text: &'static str) -> Program {
    Program { name, options: &["-F,"], text, input: Some(Form::Table), least_rounds: 1 }
}

const fn computing(name: &'static str, text: &'static str, least_rounds: u32) -> Program {
    Program { name, options: &[], text, input: None, least_rounds }
}

/// All programs, in the order of the report.
pub const PROGRAMS: &[Program] = &[
    computing("startup", "BEGIN {}", 101),
    on_log("field_sum", &[], r#"{ s += $5 } END { printf "%.0f\n", s }"#),
    on_log("field_sum_fractions", &[], r#"{ s += $8 } END { printf "%.17g\n", s }"#),
    on_log(
        "group_by",
        &[],
        r#"{ c[$3]++ } END { for (i = 1; i <= 40; i++) { h = sprintf("web-%02d", i); print h, c[h] } }"#,
    ),
    on_log(
        "group_by_comma",
        &["-F,"],
        r#"{ c[$2]++; b[$2] += length($3) }
           END { n = split("tier=free tier=silver tier=gold", k, " ")
                 for (i = 1; i <= n; i++) print k[i], c[k[i]], b[k[i]] }"#,
    ),
    on_table(
        "table_group_sum",
        r#"{ n[$3]++; s[$3] += $5 }
           END { for (i = 1; i <= 40; i++) { h = sprintf("web-%02d", i); printf "%s %d %.0f\n", h, n[h], s[h] } }"#,
    ),
    on_log(
        "group_by_sum",
        &[],
        r#"{ b[$3] += $5 } END { for (i = 1; i <= 40; i++) { h = sprintf("web-%02d", i); printf "%s %.0f\n", h, b[h] } }"#,
    ),
    on_log(
        "group_by_many",
        &[],
        r#"{ b[$6] += $5 } END { for (k in b) n++; print n; printf "%.0f\n", b["/login"] }"#,
    ),
    on_log("regex_count", &[], "/ERROR.*timeout/ { n++ } END { print n }"),
    on_log("print_fields", &[], "{ print $1, $3 }"),
    on_log(
        "word_count",
        &[],
        r#"{ for (i = 1; i <= NF; i++) c[$i]++ }
           END { for (w in c) n++; print n, c["timeout"], c["ERROR"], c["200"] }"#,
    ),
    on_log(
        "string_work",
        &[],
        r#"{ u = toupper($6); k = index($6, "orders"); if (k) m += length(substr($6, k))
             if (substr(u, 1, 5) == "/API/") a++; n += length(u $3) }
           END { print n, m, a }"#,
    ),
    on_log(
        "text_work",
        &[],
        r#"{ gsub(/o/, "0"); n += length(substr($0, 5, 20)); m += split($0, a, "/") } END { print n, m }"#,
    ),
    on_log("printf", &[], r#"{ printf "%-6s %8d %9.3f %s\n", $2, $5, $8, $3 }"#),
    on_log("lines_and_words", &[], "{ w += NF } END { print NR, w }"),
    on_log("length_sum", &[], "{ n += length($0) } END { print n }"),
    on_log("gsub", &[], r##"{ n += gsub(/[0-9]+/, "#"); m += length($0) } END { print n, m }"##),
    on_log(
        "filter",
        &[],
        r#"$2 == "ERROR" && $7 >= 500 && $8 > 0.5 { n++; if ($8 > max) max = $8 } END { print n, max }"#,
    ),
    computing("loop", r#"BEGIN { for (i = 0; i < 5000000; i++) s += i; printf "%.0f\n", s }"#, 1),
    computing(
        "fib",
        "function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) } BEGIN { print fib(24) }",
        1,
    ),
    computing(
        "arrays",
        r#"BEGIN { for (i = 0; i < 300000; i++) a[i] = i * 2
                 for (i = 0; i < 300000; i++) s += a[i]
                 printf "%.0f\n", s }"#,
        1,
    ),
    computing(
        "quicksort",
        r#"function sort(a, l, r,   i, m, t) {
             if (l >= r) return
             t = a[l]; i = int((l + r) / 2); a[l] = a[i]; a[i] = t
             m = l
             for (i = l + 1; i <= r; i++) if (a[i] < a[l]) { m++; t = a[m]; a[m] = a[i]; a[i] = t }
             t = a[l]; a[l] = a[m]; a[m] = t
             sort(a, l, m - 1); sort(a, m + 1, r)
           }
           BEGIN { n = 100000; x = 42
                   for (i = 1; i <= n; i++) { x = (x * 16807) % 2147483647; a[i] = x }
                   sort(a, 1, n); printf "%.0f %.0f %.0f\n", a[1], a[n / 2], a[n] }"#,
        1,
    ),
    computing(
        "matrix_product",
        r#"BEGIN { n = 80
                   for (i = 1; i <= n; i++) for (j = 1; j <= n; j++) { a[i, j] = i + j; b[i, j] = i - j }
                   for (i = 1; i <= n; i++) for (j = 1; j <= n; j++) {
                     s = 0; for (k = 1; k <= n; k++) s += a[i, k] * b[k, j]; c[i, j] = s }
                   print c[3, 4], c[n, n] }"#,
        1,
    ),
    computing(
        "subsequence",
        r#"BEGIN { x = 42; n = 300
                   for (i = 1; i <= n; i++) {
                     x = (x * 16807) % 2147483647; a[i] = x % 4; x = (x * 16807) % 2147483647; b[i] = x % 4 }
                   for (i = 1; i <= n; i++) for (j = 1; j <= n; j++)
                     if (a[i] == b[j]) l[i, j] = l[i - 1, j - 1] + 1
                     else l[i, j] = l[i - 1, j] > l[i, j - 1] ? l[i - 1, j] : l[i, j - 1]
                   print l[n, n] }"#,
        1,
    ),
    computing(
        "reverse",
        r#"BEGIN { s = "the quick brown fox jumps over the lazy dog"
                   for (r = 0; r < 5000; r++) { t = ""; for (i = length(s); i > 0; i--) t = t substr(s, i, 1); n += length(t) }
                   print n, t }"#,
        1,
    ),
    computing(
        "histogram",
        r#"BEGIN { for (i = 0; i < 1000000; i++) { x = (x * 16807 + 7) % 2147483647; h[x % 1000]++ }
                   for (i = 0; i < 1000; i++) if (h[i] > m) m = h[i]; print m }"#,
        1,
    ),
];
