#!/bin/sh
# Whole programs, one number a line: nanoseconds, the least of some runs. Runs natively and in a sandbox, where what it writes
# stays. A program that is not installed says so on standard error and has no line.
# usage: programs.sh input-folder runs            (the folder is made by platforms.sh)
input=$1
runs=$2
# The distribution's programs: version managers put shell scripts with dozens of processes in front of interpreters.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# In memory on both sides: a sandbox keeps what is written there.
work=$(mktemp -d -p /dev/shm stasis-programs.XXXXXX) || exit 1
trap 'rm -rf "$work"' EXIT

have() {
    for name; do
        command -v "$name" >/dev/null && continue
        echo "$name is not installed" >&2
        return 1
    done
}

now() { date +%s%N; }

# name, command; "$prepare" goes before each run and is not counted
measure() {
    least=
    for _ in $(seq "$runs"); do
        eval "${prepare:-:}"
        start=$(now)
        eval "$2" >/dev/null 2>"$work/errors" || {
            echo "$1 failed: $(head -1 "$work/errors")" >&2
            return
        }
        took=$(($(now) - start))
        if [ -z "$least" ] || [ "$took" -lt "$least" ]; then least=$took; fi
    done
    echo "$1 $least"
}

prepare=
measure find-usr 'find /usr | wc -l'
prepare='rm -rf "$work/tree"; mkdir "$work/tree"'
measure untar-5000 'tar xf "$input/tree.tar" -C "$work/tree"'
prepare=
have gcc && measure gcc-O2-5000-lines 'gcc -O2 -c -o "$work/lines.o" "$input/lines.c"'
have python3 && measure python-import-this 'python3 -c "import this"'
if have git; then
    cp -r "$input/repository" "$work/repository"
    git config --file "$work/git-config" safe.directory '*'
    GIT_CONFIG_GLOBAL=$work/git-config
    export GIT_CONFIG_GLOBAL
    measure git-status-5000 'git -C "$work/repository" status --short'
fi
exit 0
