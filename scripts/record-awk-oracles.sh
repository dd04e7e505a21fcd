#!/bin/bash
# Records the expected outputs of the awk oracle suite (crates/fusevm-awk/tests/oracle).
#
# Usage: scripts/record-awk-oracles.sh [--check] [TOPIC/NAME ...]
#
# Runs every case (or the named ones) under gawk and stores its standard output as NAME.out.
# The same cases run under original-awk; where its output or exit status is another one, the case has
# to say why (`#: differs original-awk: reason`), and where it is not, it must not say so.
# mawk runs too, for information: the cases where it disagrees are counted and listed in VERSIONS.
# --check writes nothing and fails when a stored output is not what gawk prints now.
#
# The format of a case is described in crates/fusevm-awk/tests/oracle/README.md.
set -u
cd "$(dirname "$0")/../crates/fusevm-awk/tests/oracle" || exit 1
suite=$PWD

check=0
[ "${1-}" = --check ] && { check=1; shift; }

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# Reads the header of the case in file $1 into the variables below.
# Word lists are bash words, so bash itself splits them; the cases are part of this project.
read_header() {
    options=() operands=() argv=() files=() env=() texts=() stdin= differs= only=
    have_operands=0 have_argv=0 want_exit=0 want_stderr=none
    local directive rest
    while IFS= read -r line && [[ $line == '#: '* ]]; do
        read -r directive rest <<<"${line#'#: '}"
        case $directive in
            options) eval "options=($rest)" ;;
            operands) eval "operands=($rest)"; have_operands=1 ;;
            argv) eval "argv=($rest)"; have_argv=1 ;;
            files) eval "files=($rest)" ;;
            file) texts+=("$rest") ;;
            env) eval "env+=($rest)" ;;
            stdin) stdin=$rest ;;
            exit) want_exit=$rest ;;
            stderr) want_stderr=$rest ;;
            only) only=$rest ;;
            differs) differs=$rest ;;
            *) fail "unknown directive '$directive'" ;;
        esac
    done <"$1"
    [ $have_operands = 1 ] || operands=("${files[@]}")
    [ $have_argv = 1 ] || argv=("${options[@]}" -f prog.awk "${operands[@]}")
}

# Runs the case that read_header has read under the awk $1; leaves $scratch/$1.{out,err,status}.
run_case() {
    local tool=$1 dir=$scratch/dir text
    rm -rf "$dir"
    mkdir "$dir"
    cp "$case_file" "$dir/prog.awk"
    for text in "${files[@]}"; do cp "data/$text" "$dir/"; done
    for text in "${texts[@]}"; do
        if [[ $text == *' '* ]]; then printf '%b' "${text#* }"; fi >"$dir/${text%% *}"
    done
    case $stdin in
        '< '*) cp "data/${stdin#< }" "$scratch/stdin" ;;
        *) printf '%b' "$stdin" >"$scratch/stdin" ;;
    esac
    (
        cd "$dir" &&
            env -i PATH="$PATH" LC_ALL=C.UTF-8 TZ=UTC "${env[@]}" timeout 60 "$tool" "${argv[@]}"
    ) <"$scratch/stdin" >"$scratch/$tool.out" 2>"$scratch/$tool.err"
    echo $? >"$scratch/$tool.status"
}

# True when tool $1 gave what gawk gave.
agrees_with_gawk() {
    cmp -s "$scratch/gawk.out" "$scratch/$1.out" && cmp -s "$scratch/gawk.status" "$scratch/$1.status"
}

failures=0
fail() {
    echo "$case_name: $*" >&2
    failures=$((failures + 1))
}

check_expectations() {
    local status
    status=$(cat "$scratch/gawk.status")
    [ "$status" = "$want_exit" ] || fail "gawk exits with $status, the header says $want_exit"
    case $want_stderr in
        none) [ ! -s "$scratch/gawk.err" ] || fail "gawk says: $(head -1 "$scratch/gawk.err")" ;;
        some) [ -s "$scratch/gawk.err" ] || fail "gawk is silent, the header says 'stderr some'" ;;
        any) ;;
        *) fail "stderr is none, some or any, not '$want_stderr'" ;;
    esac
}

store_output() {
    local out=${case_file%.awk}.out
    if [ $check = 0 ]; then
        cp "$scratch/gawk.out" "$out"
    elif ! cmp -s "$scratch/gawk.out" "$out"; then
        fail "the stored output is not what gawk prints"
    fi
}

check_second_opinion() {
    if [ "$only" = gawk ]; then return; fi
    run_case original-awk
    if agrees_with_gawk original-awk; then
        [ -z "$differs" ] || fail "original-awk agrees with gawk, the header says it differs"
    elif [[ $differs != 'original-awk: '?* ]]; then
        fail "original-awk differs and the header does not say why:"
        diff <(cat -v "$scratch/gawk.out") <(cat -v "$scratch/original-awk.out") | head -10 >&2
        echo "status $(cat "$scratch/original-awk.status"): $(head -3 "$scratch/original-awk.err")" >&2
    fi
}

cases=0
mawk_differs=()
selected=("$@")
[ $# -gt 0 ] || mapfile -t selected < <(find . -name '*.awk' | sed 's|^\./||; s|\.awk$||' | LC_ALL=C sort)
for case_name in "${selected[@]}"; do
    case_file=$suite/$case_name.awk
    read_header "$case_file"
    run_case gawk
    check_expectations
    store_output
    check_second_opinion
    run_case mawk
    agrees_with_gawk mawk || mawk_differs+=("$case_name")
    cases=$((cases + 1))
done

if [ $check = 0 ] && [ $# -eq 0 ]; then
    {
        echo "Outputs recorded by scripts/record-awk-oracles.sh with:"
        gawk --version | head -1
        original-awk --version
        mawk -W version 2>&1 | head -1
        echo
        echo "For information, mawk differs from gawk in ${#mawk_differs[@]} of $cases cases:"
        printf '%s\n' "${mawk_differs[@]}"
    } >VERSIONS
fi
echo "$cases cases, $failures problems; mawk differs in ${#mawk_differs[@]}"
[ "$failures" = 0 ]
