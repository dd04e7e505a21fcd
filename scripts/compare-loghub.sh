#!/bin/bash
# Compares an awk with gawk, byte for byte, on real logs.
#
# Usage: scripts/compare-loghub.sh DIR [AWK ...]
#
# Runs the twenty programs of crates/fusevm-awk/tests/loghub over each file in DIR (for instance the LogHub samples)
# under gawk and under AWK, by default this project's release build, and compares output and exit status.
# Prints a table; exits with 1 when anything differs.
set -u

usage() { sed -n '2,9s/^# \{0,1\}//p' "$0"; }
case ${1-} in
    -h | --help) usage; exit 0 ;;
    '') usage >&2; exit 2 ;;
esac
logs=$1
shift
[ -d "$logs" ] || { echo "$logs: not a directory" >&2; exit 2; }

project=$(cd "$(dirname "$0")/.." && pwd)
if [ $# -gt 0 ]; then awk=("$@"); else awk=("${CARGO_TARGET_DIR:-$project/target}/release/fusevm" awk); fi
command -v "${awk[0]}" >/dev/null || { echo "${awk[0]}: not found" >&2; exit 2; }
[ -x "${awk[0]}" ] && awk[0]=$(realpath "${awk[0]}")

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# run NAME PROGRAM FILE COMMAND...: leaves $scratch/NAME.out, the exit status as its last line.
run() {
    local out=$scratch/$1.out program=$2 file=$3
    shift 3
    (cd "$logs" && LC_ALL=${LC_ALL:-C.UTF-8} timeout 120 "$@" -f "$program" -- "$file") >"$out" 2>"$scratch/err"
    echo "status $?" >>"$out"
}

mapfile -t files < <(cd "$logs" && find . -maxdepth 1 -type f | sed 's|^\./||' | LC_ALL=C sort)
compared=0 differing=0
for program in "$project"/crates/fusevm-awk/tests/loghub/*.awk; do
    wrong=()
    for file in "${files[@]}"; do
        run gawk "$program" "$file" gawk
        run ours "$program" "$file" "${awk[@]}"
        compared=$((compared + 1))
        cmp -s "$scratch/gawk.out" "$scratch/ours.out" && continue
        differing=$((differing + 1))
        at=$(cmp "$scratch/gawk.out" "$scratch/ours.out" 2>&1 | sed 's/.*: *//; s/.*differ: //')
        wrong+=("$file: $at; $(head -1 "$scratch/err")")
    done
    printf '%-16s %2d of %2d the same\n' "$(basename "$program" .awk)" $((${#files[@]} - ${#wrong[@]})) ${#files[@]}
    [ ${#wrong[@]} = 0 ] || printf '    %s\n' "${wrong[@]}"
done
echo "$compared comparisons, $differing differ"
[ "$differing" = 0 ]
