#!/usr/bin/env bash
# container.sh ROOT WHO CGROUP [PATH SOURCE PROPAGATION ro|rw]... -- COMMAND...: what a container runtime does, in a mount and a PID namespace that
# it was started in. The root is read-only and shows this machine's programs; volumes are bound into it. ROOT is an empty directory.
#   WHO          privileged, or UID:GID with nothing at all
#   CGROUP       cgroup.procs, or -
#   PROPAGATION  None, HostToContainer or Bidirectional, as in Kubernetes
#   PROGRAM      in the environment: the directory of the program under test
set -euo pipefail
root=$1 who=$2 cgroup=$3
shift 3
[ "$cgroup" = - ] || echo 0 >"$cgroup"

mount -t tmpfs -o mode=755 tmpfs "$root"
mkdir -p "$root"/{usr,etc/ssl,dev,proc,sys,opt/program,opt/old}
for name in bin sbin lib lib64; do
    if [ -L "/$name" ]; then cp -a "/$name" "$root/"; else mkdir "$root/$name" && mount --rbind "/$name" "$root/$name"; fi
done
mount --rbind /usr "$root/usr"
mount --rbind /sys "$root/sys"
mount --rbind /etc/ssl "$root/etc/ssl"
mount --bind "$PROGRAM" "$root/opt/program"
cp /etc/ld.so.cache /etc/passwd /etc/group /etc/nsswitch.conf "$root/etc/"
mount -t proc proc "$root/proc"
devices=$'null 1 3\nzero 1 5\nrandom 1 8\nurandom 1 9'
[ "$who" != privileged ] || devices+=$'\nfuse 10 229'
while read -r name numbers; do
    # shellcheck disable=SC2086
    mknod -m 666 "$root/dev/$name" c $numbers
done <<<"$devices"
ln -s /proc/self/fd "$root/dev/fd"

while [ "$1" != -- ]; do
    mkdir -p "$root$1"
    mount --rbind "$2" "$root$1"
    case $3 in
        Bidirectional) ;;
        HostToContainer) mount --make-rslave "$root$1" ;;
        *) mount --make-rprivate "$root$1" ;;
    esac
    [ "$4" = rw ] || mount -o remount,bind,ro "$root$1"
    shift 4
done
shift

cd "$root"
pivot_root . opt/old
# What goes here goes nowhere else.
mount --make-rslave /opt/old
umount -l /opt/old
mount -o remount,ro /
cd /
export PATH=/opt/program:/usr/sbin:/usr/bin:/sbin:/bin HOME=/
unset PROGRAM
[ "$who" = privileged ] && exec "$@"
exec setpriv --reuid="${who%:*}" --regid="${who#*:}" --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs -- "$@"
