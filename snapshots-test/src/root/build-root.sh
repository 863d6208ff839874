#!/bin/sh
# Makes a Debian root file system for the tests: packages of the archive that this machine is set up
# for, downloaded and unpacked below DIR, without a change to the system.
# usage: build-root.sh DIR
set -eu

dir=$1
here=$(cd "$(dirname "$0")" && pwd)
stamp=$dir/root.stamp
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
want=$(cat "$here/packages.txt" "$0" | sha256sum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; then
    exit 0
fi

apt=$dir/apt
mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/state"
touch "$apt/state/status"
options="-o Dir::State=$apt/state -o Dir::State::lists=$apt/lists -o Dir::State::status=$apt/state/status
    -o Dir::Cache=$apt -o Dir::Cache::archives=$apt/archives -o APT::Sandbox::User= -o Debug::NoLocking=1
    -o Acquire::Languages=none -o Acquire::Retries=3 -qq"

# shellcheck disable=SC2086
apt-get $options update
packages=$(sed 's/#.*//' "$here/packages.txt")
# With an empty status file, what an installation would fetch is the packages and all they need.
# shellcheck disable=SC2086
apt-get $options --no-install-recommends --download-only --yes install $packages

rm -rf "$dir/root"
mkdir -p "$dir/root/usr/bin" "$dir/root/usr/sbin" "$dir/root/usr/lib" "$dir/root/usr/lib64"
for d in bin sbin lib lib64; do ln -s "usr/$d" "$dir/root/$d"; done
for deb in "$apt"/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink --no-same-owner -C "$dir/root" \
        --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale
done
ln -sf dash "$dir/root/usr/bin/sh"
ln -sf mawk "$dir/root/usr/bin/awk"
for d in dev proc sys tmp run root; do mkdir -p "$dir/root/$d"; done
chmod 1777 "$dir/root/tmp"
echo 'root:x:0:0:root:/root:/bin/bash' > "$dir/root/etc/passwd"
echo 'root:x:0:' > "$dir/root/etc/group"
rm -rf "$apt/archives"
echo "$want" > "$stamp"
