#!/bin/bash
# What trapping costs: operations.c and programs.sh natively and on every platform that works here, in turn, so that one bad moment of
# the machine does not fall on one of them alone. Prints a table with the ratios to native.
# usage: snapshots-test/src/bench/platforms.sh [-r rounds] [platform ...]         default: 3, ptrace systrap
# Needs gcc, tar and a build; for redis the test root (mvn verify) and, natively, root. With STASIS set, measures that command
# instead of this tree's; with DEBIAN set, takes redis from that root.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
stasis=${STASIS:-$(cd "$here/../../.." && pwd)/cli/bin/stasis}
debian=${DEBIAN:-$(cd "$here/../../.." && pwd)/snapshots-test/target/debian/root}
rounds=3
while getopts r: option; do
    case $option in
    r) rounds=$OPTARG ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- ptrace systrap
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
limit=300

box() { # platform, program...
    p=$1
    shift
    timeout "$limit" "$stasis" --root "$work/state" --platform="$p" do "$@"
}

native() { "$@"; }

# The same in the test root; the program is a shell script on standard input.
box_debian() {
    timeout "$limit" "$stasis" --root "$work/state" --platform="$1" do --root="$debian" --cwd=/ /bin/sh -s
}

native_debian() {
    unshare --mount --pid --fork --kill-child sh -c 'set -e
        mount -t tmpfs tmpfs "$1/tmp"
        mount -t proc proc "$1/proc"
        mount --bind /dev "$1/dev"
        exec chroot "$1" /usr/bin/env PATH=/usr/bin:/bin /bin/sh -s' native "$debian"
}

inputs() {
    mkdir -p "$work/input/repository"
    for d in $(seq 50); do
        mkdir "$work/input/repository/folder$d"
        for f in $(seq 100); do
            head -c 1000 /dev/zero | tr '\0' x >"$work/input/repository/folder$d/file$f"
        done
    done
    tar cf "$work/input/tree.tar" -C "$work/input/repository" .
    git -C "$work/input/repository" init -q 2>/dev/null &&
        git -C "$work/input/repository" add . &&
        git -C "$work/input/repository" -c user.name=bench -c user.email=bench commit -q -m bench || :
    seq 1000 | awk '{
        printf "int f%d(const int *a, int n) {\n    int s = %d;\n", $1, $1
        printf "    for (int i = 0; i < n; i++) s = s * 31 + (a[i] ^ (s >> %d));\n    return s;\n}\n", $1 % 13 + 1
    }' >"$work/input/lines.c"
}

# All measurements: "native" or "box platform" is put before the programs.
once() {
    "$@" "$work/operations" </dev/null
    "$@" /bin/sh "$here/programs.sh" "$work/input" 2 </dev/null
    [ ! -d "$debian" ] || "$1_debian" ${2:+"$2"} <"$here/redis.sh"
}

gcc -O2 -static -pthread -o "$work/operations" "$here/operations.c"
inputs
works=
for p; do
    if reason=$(box "$p" /bin/true 2>&1 >/dev/null </dev/null); then
        works="$works $p"
    else
        echo "$p: does not run here: $reason"
    fi
done
for _ in $(seq "$rounds"); do
    once native >>"$work/native.out" 2>>"$work/native.err"
    for p in $works; do
        once box "$p" >>"$work/$p.out" 2>>"$work/$p.err" || echo "$p: a measurement failed" >>"$work/$p.err"
    done
done

[ -d "$debian" ] || echo "no test root at $debian: redis is not measured"
echo "$(nproc) cores, Linux $(uname -r), $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1); least of $rounds rounds, ns"
(cd "$work" && awk '
    FNR == 1 {platform = FILENAME; sub(/\.out$/, "", platform); columns[++n] = platform}
    NF == 2 {
        if (!($1 in seen)) {seen[$1] = 1; rows[++m] = $1}
        if (!((platform, $1) in least) || $2 < least[platform, $1]) least[platform, $1] = $2
    }
    END {
        printf "%-20s", ""
        for (c = 1; c <= n; c++) printf c == 1 ? "%14s" : "%14s   ratio", columns[c]
        print ""
        for (r = 1; r <= m; r++) {
            printf "%-20s", rows[r]
            for (c = 1; c <= n; c++) {
                if (!((columns[c], rows[r]) in least)) {printf c == 1 ? "%14s" : "%14s%8s", "-", ""; continue}
                printf "%14.0f", least[columns[c], rows[r]]
                if (c > 1) printf "%8.2f", least[columns[c], rows[r]] / least[columns[1], rows[r]]
            }
            print ""
        }
    }' native.out $(for p in $works; do echo "$p.out"; done))
sort -u "$work"/*.err | sed 's/^/note: /'
