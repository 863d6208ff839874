#!/bin/bash
# coreutils, find, xargs, grep, sed, awk, tar, gzip.
# storm: 60
cd /tmp && mkdir -p tree/{a,b}/c && for i in $(seq 20); do echo "file $i" > tree/a/f$i; done
ln -s ../a/f1 tree/b/link; ln tree/a/f2 tree/b/hard
find tree -type f | sort | wc -l
touch -d '2030-01-01' tree/a/f15; find tree -name 'f1*' -newer tree/a/f1 -o -type l | grep -c -e link -e f15
find tree -type f -print0 | sort -z | xargs -0 -n 7 echo | sed 's/tree/T/g' | head -2
find tree -type f | xargs -P 3 cat | sort -k2 -n | md5sum
grep -rc file tree/a | sort | head -3
sed -n '1,3{s/file/FILE/;p}' <(cat tree/a/f{1,2,3})
awk 'BEGIN{for(i=1;i<=100;i++)s+=i*i; printf "%d %.3f\n", s, s/7}'
seq 1000 | awk '{a[$1%10]+=$1} END {for (k=0;k<10;k++) printf "%d ", a[k]; print ""}'
tar -C /tmp -czf t.tgz --sort=name --mtime=@0 --owner=0 --group=0 tree && tar -tzf t.tgz | wc -l
mkdir out && tar -xzf t.tgz -C out && diff -r tree out/tree && echo unpacked
seq 100000 | gzip -9 | gunzip | sha256sum
cp -a tree copy && rm -r tree && ls copy/b && readlink copy/b/link && stat -c '%h %s %F' copy/b/hard copy/b/link
mv copy/a/f3 copy/moved && [ ! -e copy/a/f3 ] && cat copy/moved
dd if=/dev/zero of=z bs=4096 count=100 2>/dev/null; truncate -s 1000 z; stat -c %s z; od -An -tx1 -N4 z
split -n 3 t.tgz part. && cat part.* | cmp - t.tgz && echo whole
printf 'b 2\na 1\nc 3\n' > x; sort x | join - <(sort x) ; cut -d' ' -f2 x | paste -sd+ | tr + -
seq 5 | tac | nl | tail -1; echo hello | tr a-z A-Z | fold -w 2 | head -2
touch -d '2020-02-02 02:02:02 UTC' old; date -u -r old +%s; TZ=UTC ls -l --time-style=+%Y old | cut -d' ' -f1,6
comm -12 <(seq 11 20) <(seq 15 25) | tr '\n' ' '; uniq -c <(printf 'a\na\nb\n'); shuf -i 1-5 | sort | tr -d '\n'; echo
chmod 640 old; stat -c %A old; test -w old && echo writable; id -u; basename /a/b.c .c; dirname /a/b; expr 3 \* 4; factor 91
timeout 0.2 sleep 5; echo "timeout $?"; env -i A=b env; nproc > /dev/null; tee y < x | wc -c; sum=$(cksum < x); echo "${sum% *}"
