#!/bin/bash
# A Ceph object store with an S3 gateway on 127.0.0.1, for as long as standard input stays open: one mon, one OSD on a sparse
# file, one radosgw. Everything lives under one directory, which is removed at the end.
# usage: radosgw.sh DIRECTORY ACCESS_KEY SECRET_KEY    says "ready http://127.0.0.1:PORT" when S3 answers
#
# No mgr: pools of size 1 with a fixed number of placement groups need none.
# cephx stays on: radosgw 16.2.15 cannot negotiate "none".
set -uo pipefail
dir=${1:?directory} access_key=${2:?access key} secret_key=${3:?secret key}
conf=$dir/ceph.conf
export CEPH_CONF=$conf
pids=()

fail() {
    echo "radosgw.sh: $1" >&2
    local log
    for log in "$dir"/log/*; do
        [ -s "$log" ] && { echo "--- end of ${log##*/}" >&2; tail -n 15 "$log" >&2; }
    done
    exit 1
}

finish() {
    trap '' TERM INT HUP
    # There is nothing worth keeping: no daemon needs time to write.
    [ ${#pids[@]} -gt 0 ] && kill -KILL "${pids[@]}" 2>/dev/null
    wait
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 143' TERM INT HUP

# name command...
run() {
    local name=$1
    shift
    "$@" </dev/null >>"$dir/log/$name.out" 2>&1 &
    pids+=($!)
    declare -g "pid_$name=$!"
}

# seconds daemon command...: until the command succeeds, while the daemon lives
await() {
    local deadline=$((SECONDS + $1)) pid_name=pid_$2 name=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        kill -0 "${!pid_name}" 2>/dev/null || fail "$name has ended"
        [ $SECONDS -lt $deadline ] || fail "$name does not answer"
        # Nobody writes to standard input: it can be read only once it has ended.
        read -r -t 0 && exit 0
        sleep 0.1
    done
}

is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
ceph_() { timeout 20 ceph -c "$conf" --connect-timeout 5 "$@"; }
osd_is_up() { ceph_ osd stat 2>/dev/null | grep -q '1 up'; }

# A port that nobody listens on, outside the range from which the kernel gives ports to clients.
free_port() {
    local port
    while :; do
        port=$((10000 + RANDOM % 20000))
        is_open "$port" || { echo "$port"; return; }
    done
}

mkdir -p "$dir"/{mon,osd,rgw,run,log,crash} || exit 1
mon_port=$(free_port)
s3_port=$(free_port)
osd_port=$(free_port)
fsid=$(cat /proc/sys/kernel/random/uuid)
osd_uuid=$(cat /proc/sys/kernel/random/uuid)
keyring=$dir/keyring

cat >"$conf" <<EOF
[global]
fsid = $fsid
mon initial members = a
mon host = [v2:127.0.0.1:$mon_port/0]
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = false
keyring = $keyring
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
ms bind port min = $osd_port
ms bind port max = $((osd_port + 40))
run dir = $dir/run
admin socket = $dir/run/\$name.asok
log file = $dir/log/\$name.log
log to syslog = false
mon cluster log file = $dir/log/cluster.log
crash dir = $dir/crash
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 500
osd crush chooseleaf type = 0
debug ms = 0/0
debug osd = 0/0
debug bluestore = 0/0
debug rocksdb = 0/0
debug mon = 0/0
debug paxos = 0/0
debug rgw = 0/0
[mon.a]
mon data = $dir/mon
mon data avail warn = 1
mon data avail crit = 1
[osd.0]
osd data = $dir/osd
osd objectstore = bluestore
osd uuid = $osd_uuid
# Sparse: only what is written takes room. Ceph calls an OSD near full at 85 %.
bluestore block size = 8589934592
# The smallest that Ceph accepts without complaint.
osd memory target = 939524096
[client.rgw.a]
rgw data = $dir/rgw
# tcp_nodelay: otherwise each small answer waits 44 ms for an acknowledgement.
rgw frontends = beast endpoint=127.0.0.1:$s3_port tcp_nodelay=1
rgw thread pool size = 64
rgw enable usage log = false
rgw enable ops log = false
EOF

{
    ceph-authtool -C "$keyring" --gen-key -n mon. --cap mon 'allow *' &&
    ceph-authtool "$keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *' &&
    ceph-authtool "$keyring" --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *' &&
    ceph-authtool "$keyring" --gen-key -n client.rgw.a --cap mon 'allow rw' --cap osd 'allow rwx' &&
    monmaptool --create --clobber --fsid "$fsid" --addv a "[v2:127.0.0.1:$mon_port]" --set-min-mon-release pacific "$dir/monmap" &&
    ceph-mon -c "$conf" -i a --mkfs --monmap "$dir/monmap" --keyring "$keyring"
} >"$dir/log/mkfs.out" 2>&1 || fail "the mon cannot be set up"

run mon ceph-mon -c "$conf" -i a -f
await 30 mon is_open "$mon_port"
await 30 mon ceph_ quorum_status
{
    ceph_ osd new "$osd_uuid" 0 && ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$osd_uuid"
} >>"$dir/log/mkfs.out" 2>&1 || fail "the OSD cannot be set up"
run osd ceph-osd -c "$conf" -i 0 -f
await 60 osd osd_is_up
run rgw radosgw -c "$conf" -n client.rgw.a -f
await 60 rgw is_open "$s3_port"
timeout 60 radosgw-admin -c "$conf" -n client.rgw.a user create --uid=test --display-name=test \
    --access-key="$access_key" --secret-key="$secret_key" --max-buckets=0 >"$dir/log/user.out" 2>&1 || fail "the user cannot be made"
echo "ready http://127.0.0.1:$s3_port"

# Until standard input ends or a daemon does.
while :; do
    read -r -t 1 _
    [ $? -le 128 ] && exit 0
    for pid in "${pids[@]}"; do
        kill -0 "$pid" 2>/dev/null || fail "a daemon has ended"
    done
done
