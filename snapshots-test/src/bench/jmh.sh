#!/bin/bash
# What a platform takes for one stop, by JMH: src/bench/java. Options are JMH's.
# usage: snapshots-test/src/bench/jmh.sh [-f forks] [-p trap=patched] [pattern ...]
# Needs a build of this tree (mvn verify).
set -eu
top=$(cd "$(dirname "$0")/../../.." && pwd)
out=$top/snapshots-test/target/jmh
version=1.37
read -r jdk <"$top/cli/target/stasis/jdk"
mkdir -p "$out/lib" "$out/classes"
for artifact in org.openjdk.jmh:jmh-core:$version org.openjdk.jmh:jmh-generator-annprocess:$version \
    net.sf.jopt-simple:jopt-simple:5.0.4 org.apache.commons:commons-math3:3.6.1; do
    name=${artifact#*:}
    [ -f "$out/lib/${name%:*}-${name#*:}.jar" ] ||
        mvn -q -B -f "$top/pom.xml" -N dependency:copy -Dartifact="$artifact" -DoutputDirectory="$out/lib"
done
path="$top/platform/target/classes:$top/state/target/classes:$top/cli/target/stasis/lib/*:$out/lib/*"
"$jdk/bin/javac" -proc:full -processorpath "$(echo "$out"/lib/*.jar | tr ' ' :)" -cp "$path" -d "$out/classes" \
    $(find "$top/snapshots-test/src/bench/java" -name '*.java')
exec "$jdk/bin/java" -cp "$out/classes:$path" org.openjdk.jmh.Main "$@"
