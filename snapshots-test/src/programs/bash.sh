#!/bin/bash
# Pipelines, here-docs, traps, background jobs, arrays, process substitution.
# storm: 15
set -o pipefail
seq 1 500 | grep 7 | sort -rn | head -3
false | true; echo "status $? ${PIPESTATUS[*]}"
cat <<'X' | while read -r line; do echo "> $line"; done
here is
 a $document
X
declare -A m=([a]=1 [b]=2); for k in a b; do echo "$k=${m[$k]}"; done
trap 'echo got USR1' USR1
kill -USR1 $$
for i in 1 2 3; do (sleep 0.$((3 * i)); echo "job $i") & done; wait
sleep 5 & p=$!; kill $p; wait $p; echo "killed: $?"
diff <(seq 3) <(seq 4) && echo same || echo different
coproc C { while read -r l; do echo "co $l"; done; }
echo one >&"${C[1]}"; read -r answer <&"${C[0]}"; echo "$answer"
exec {C[1]}>&- 2>/dev/null; kill $C_PID 2>/dev/null; wait $C_PID 2>/dev/null
printf '%s\n' {a..e} | paste -sd,
[[ abc123 =~ ([a-z]+)([0-9]+) ]] && echo "${BASH_REMATCH[2]} ${BASH_REMATCH[1]}"
mapfile -t lines < <(seq 5); echo "${#lines[@]} ${lines[-1]}"
(ulimit -n 64; ulimit -n)
echo $((2 ** 40)) $(printf '%x' 255)
time_out() { read -t 0.1 -r x < <(sleep 1); echo "read: $(( $? > 128 ))"; }; time_out
set -m; sleep 10 & kill %1; wait %1 2>/dev/null; echo "job control $?"
exit 9
