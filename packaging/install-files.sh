#!/usr/bin/env bash
# Installs what belongs to s3mount: the one list for `make install`, the .deb and the tar.gz.
# usage: install-files.sh PROGRAM LIBRARY
#   PREFIX=/usr/local   where programs and their files go
#   DESTDIR=            put in front of every path, for staging; links do not contain it
#   UNITS=              systemd's directory of units
#   HELPERS=            where mount(8) looks for mount.TYPE
#   DOC=, ZSH=          documentation; functions of zsh
# UNITS and HELPERS are outside of PREFIX; set to nothing, these files are left out.
# With LIST=yes it installs nothing and prints the paths, one a line.
set -euo pipefail
cd "$(dirname "$0")/.."

program=${1:?usage: install-files.sh PROGRAM LIBRARY} library=${2:?usage: install-files.sh PROGRAM LIBRARY}
prefix=${PREFIX-/usr/local}
prefix=${prefix%/}
destdir=${DESTDIR-}
units=${UNITS-/etc/systemd/system}
helpers=${HELPERS-/sbin}
doc=${DOC-$prefix/share/doc/s3mount}
zsh=${ZSH-$prefix/share/zsh/site-functions}
[[ $prefix/ == /* ]] || { echo "PREFIX=$prefix: give an absolute path" >&2; exit 2; }

# MODE SOURCE TARGET: each replaces what is there by a new file, so that a mount that runs from the old program is not disturbed.
put() {
    if [ "${LIST:-}" = yes ]; then
        echo "$3"
    else
        install -D -m "$1" "$2" "$destdir$3"
    fi
}

link() {
    if [ "${LIST:-}" = yes ]; then
        echo "$2"
    else
        mkdir -p "$destdir$(dirname "$2")"
        ln -sfn "$1" "$destdir$2"
    fi
}

manual() {
    put 644 "packaging/man/$1" "$prefix/share/man/man8/$1.gz"
    # Without the name and time of the file, so that two builds are the same bytes.
    [ "${LIST:-}" = yes ] || { gzip -9nc "packaging/man/$1" >"$destdir$prefix/share/man/man8/$1.gz"; }
}

put 755 "$program" "$prefix/lib/s3mount/s3mount"
put 644 "$library" "$prefix/lib/s3mount/libMonoPosixHelper.so"
link ../lib/s3mount/s3mount "$prefix/bin/s3mount"
if [ -n "$helpers" ]; then
    # mount(8) looks for types in /sbin alone, wherever the program is. A tree that may be moved has the link within it.
    if [ "$helpers" = "$prefix/sbin" ]; then
        link ../lib/s3mount/s3mount "$helpers/mount.s3mount"
    else
        link "$prefix/lib/s3mount/s3mount" "$helpers/mount.s3mount"
    fi
    link mount.s3mount "$helpers/mount.fuse.s3mount"
fi
if [ -n "$units" ]; then
    for unit in systemd/*; do
        put 644 "$unit" "$units/${unit##*/}"
    done
fi
for page in packaging/man/*.8; do
    manual "${page##*/}"
done
[ -z "$helpers" ] || link mount.s3mount.8.gz "$prefix/share/man/man8/mount.fuse.s3mount.8.gz"
put 644 packaging/completions/s3mount.bash "$prefix/share/bash-completion/completions/s3mount"
put 644 packaging/completions/_s3mount "$zsh/_s3mount"
# Where no Python looks by itself: which of a machine's Pythons and environments trains is not known here.
put 644 packaging/python/s3mount_hints.py "$prefix/share/s3mount/python/s3mount_hints.py"
put 644 README.md "$doc/README.md"
for example in packaging/examples/* packaging/grafana/*.json; do
    put 644 "$example" "$doc/examples/${example##*/}"
done
# Kustomize reads directories.
for example in packaging/kubernetes/*/*; do
    put 644 "$example" "$doc/examples/${example#packaging/}"
done
