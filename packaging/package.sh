#!/usr/bin/env bash
# Makes the Debian package and the tar.gz of a program that was built.
# usage: package.sh BUILT VERSION RID OUTPUT [debian] [archive]
#   BUILT     directory with s3mount, libMonoPosixHelper.so and THIRD-PARTY-NOTICES.TXT, for RID
#   RID       linux-x64 or linux-arm64
#   MAINTAINER='NAME <ADDRESS>'   whom the package names
#   SOURCE_DATE_EPOCH             the time of all files (that of the last commit): the same sources give the same bytes
set -euo pipefail
usage='usage: package.sh BUILT VERSION RID OUTPUT [debian] [archive]'
built=$(realpath "${1:?$usage}") version=${2:?$usage} rid=${3:?$usage}
mkdir -p "${4:?$usage}"
output=$(realpath "$4")
cd "$(dirname "$0")/.."

maintainer=${MAINTAINER:-The s3mount authors <packages@s3mount.example.org>}
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
case $rid in
    linux-x64) architecture=amd64 ;;
    linux-arm64) architecture=arm64 ;;
    *) echo "$rid: packages are made for linux-x64 and linux-arm64" >&2; exit 2 ;;
esac

umask 022
work=$(mktemp -d -t s3mount-package-XXXXXX)
trap 'rm -rf "$work"' EXIT

# Everything at one time, and nothing newer.
set_times() { find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +; }

debian() {
    local tree=$work/debian doc=$work/debian/usr/share/doc/s3mount
    PREFIX=/usr DESTDIR=$tree UNITS=/lib/systemd/system HELPERS=/sbin ZSH=/usr/share/zsh/vendor-completions \
        packaging/install-files.sh "$built/s3mount" "$built/libMonoPosixHelper.so"
    install -d "$tree/etc/s3mount" "$tree/usr/share/lintian/overrides" "$tree/DEBIAN"
    install -m 644 packaging/deb/copyright "$doc/copyright"
    gzip -9nc "$built/THIRD-PARTY-NOTICES.TXT" >"$doc/THIRD-PARTY-NOTICES.TXT.gz"
    gzip -9nc CHANGELOG.md >"$doc/changelog.gz"
    gzip -9nc >"$doc/changelog.Debian.gz" <<END
s3mount ($version-1) unstable; urgency=medium

  * Version $version; what is new is in changelog.gz.

 -- $maintainer  $(date -uR -d "@$SOURCE_DATE_EPOCH")
END
    install -m 644 packaging/deb/lintian-overrides "$tree/usr/share/lintian/overrides/s3mount"
    install -m 755 packaging/deb/postinst packaging/deb/postrm "$tree/DEBIAN/"
    (cd "$tree" && find . -type f -not -path './DEBIAN/*' -printf '%P\0' | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    local size
    size=$(find "$tree" -not -path '*/DEBIAN*' -printf '%y %s\n' | awk '{ kib += $1 == "f" ? int(($2 + 1023) / 1024) : 1 } END { print kib }')
    sed -e "s/@VERSION@/$version-1/" -e "s/@ARCHITECTURE@/$architecture/" -e "s|@MAINTAINER@|$maintainer|" -e "s/@SIZE@/$size/" \
        packaging/deb/control >"$tree/DEBIAN/control"
    chmod 644 "$tree/DEBIAN/control" "$tree/DEBIAN/md5sums" "$doc"/*.gz
    set_times "$tree"
    # The weakest xz: stronger ones take four times as long for a twentieth less. One thread, for the same bytes on every machine.
    dpkg-deb --root-owner-group --threads-max=1 -Zxz -z1 --build "$tree" "$output/s3mount_$version-1_$architecture.deb" >/dev/null
    echo "$output/s3mount_$version-1_$architecture.deb"
}

archive() {
    local name=s3mount-$version-$rid
    PREFIX=/ DESTDIR=$work/$name UNITS=/lib/systemd/system HELPERS=/sbin packaging/install-files.sh "$built/s3mount" "$built/libMonoPosixHelper.so"
    install -m 644 packaging/INSTALL LICENSE README.md CHANGELOG.md "$built/THIRD-PARTY-NOTICES.TXT" "$work/$name/"
    set_times "$work/$name"
    tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --format=gnu -cf - "$name" | gzip -n >"$output/$name.tar.gz"
    echo "$output/$name.tar.gz"
}

for kind in "${@:5}"; do
    [[ $kind == debian || $kind == archive ]] || { echo "$kind: $usage" >&2; exit 2; }
done
[ $# -gt 4 ] || set -- "$@" debian archive
for kind in "${@:5}"; do
    "$kind"
done
