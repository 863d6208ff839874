#!/bin/dash
# dash and busybox ash: functions, loops, expansion, files, traps.
# storm: 10
greet() { local who=${1:-world}; echo "hello $who"; return 3; }
greet; echo "returned $?"
greet you || true
for i in 1 2 3; do
    case $i in 1) echo one ;; [23]) echo "more $i" ;; esac
done
x=abcdef; echo "${x#ab} ${x%ef} ${#x} $((7 * 6)) $(echo nested $(echo deep))"
cat > /tmp/a <<X
line one
line $((1 + 1))
X
while read -r a b; do echo "$b/$a"; done < /tmp/a
set -- a 'b c' d; echo $# "$2"; shift; echo "$1"
trap 'echo leaving' EXIT
(exit 7); echo $?
busybox ash -c 'i=0; while [ $i -lt 5 ]; do i=$((i+1)); done; echo ash $i; echo a b c | busybox awk "{print \$3}"; busybox seq 3 | busybox sort -r | busybox tr "\n" " "; echo'
busybox ls /tmp
echo x | busybox md5sum
kill -0 $$ && echo alive
umask 077; touch /tmp/private; busybox stat -c %a /tmp/private
