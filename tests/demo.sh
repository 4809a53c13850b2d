#!/usr/bin/env bash
# Mounts a generated ImageFolder dataset from an S3 server on this machine with out/s3mount, reads all of it, compares every byte
# with what was put in, and unmounts. Needs what `make demo` builds. Leaves nothing behind, however it ends.
# usage: demo.sh [CLASSES] [IMAGES]
set -euo pipefail
cd "$(dirname "$0")/.."

classes=${1:-10}
images=${2:-300}
s3mount=$PWD/out/s3mount
testing=$PWD/tests/S3Mount.Testing/bin/Release/net10.0/S3Mount.Testing
work=$(mktemp -d -t s3mount-demo-XXXXXX)
mnt=$work/mnt
server=

say() { printf '\n== %s\n' "$*"; }
fail() { echo "demo: $*" >&2; exit 1; }
milliseconds() { echo $(($(date +%s%N) / 1000000)); }
is_mounted() { grep -q " $mnt " /proc/self/mounts; }

clean_up() {
    code=$?
    trap - EXIT INT TERM
    is_mounted && { "$s3mount" umount "$mnt" 2>/dev/null || "$s3mount" umount --lazy "$mnt" || true; }
    [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; }
    rm -rf --one-file-system "$work"
    exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The server's counters: a plain HTTP request, so that no other program is needed.
counter() {
    local answer
    exec {socket}<>"/dev/tcp/127.0.0.1/${url##*:}"
    printf 'GET /_s3mount/stats HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' >&"$socket"
    answer=$(cat <&"$socket")
    exec {socket}>&-
    sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" <<<"$answer" | tail -n 1
}

# Compares the mount with the local copy, byte by byte; prints the time and what the store was asked meanwhile.
read_all() {
    local start asked sent
    start=$(milliseconds) asked=$(counter totalRequests)
    diff -r "$work/local" "$mnt" || fail "the mount differs from what was put into the bucket"
    echo "$files files, $bytes bytes read and equal to what was put in: $(($(milliseconds) - start)) ms," \
        "$(($(counter totalRequests) - asked)) requests to the store"
}

[ -x "$s3mount" ] && [ -x "$testing" ] || fail "nothing is built; run make demo"
# Nothing of the caller's own AWS set-up, nor a proxy, belongs into this.
unset "${!AWS_@}" http_proxy HTTP_PROXY https_proxy HTTPS_PROXY all_proxy ALL_PROXY
export AWS_ACCESS_KEY_ID=DEMOACCESSKEY AWS_SECRET_ACCESS_KEY=demo-secret-key AWS_EC2_METADATA_DISABLED=true

say "an S3 server with $images JPEG images in $classes classes"
mkdir "$mnt"
"$testing" serve --bucket demo --prefix imagenet/train/ --dataset "imagefolder:$classes:$images" \
    --access-key "$AWS_ACCESS_KEY_ID" --secret-key "$AWS_SECRET_ACCESS_KEY" --ready-file "$work/url" >"$work/server.log" 2>&1 </dev/null &
server=$!
for _ in $(seq 600); do
    [ ! -f "$work/url" ] || break
    kill -0 "$server" 2>/dev/null || { cat "$work/server.log" >&2; fail "the server did not start"; }
    sleep 0.1
done
[ -f "$work/url" ] || fail "the server was not ready within a minute"
url=$(cat "$work/url")
"$testing" imagefolder "$work/local" "$classes" "$images"
echo "serving s3://demo/imagenet/train/ at $url"

say "s3mount demo/imagenet/train $mnt --endpoint-url $url"
start=$(milliseconds)
"$s3mount" demo/imagenet/train "$mnt" --endpoint-url "$url" --log-file "$work/s3mount.log"
echo "mounted after $(($(milliseconds) - start)) ms"

say "the tree"
start=$(milliseconds) asked=$(counter totalRequests)
find "$mnt" -type f -printf '%s\n' >"$work/sizes"
files=$(wc -l <"$work/sizes")
bytes=$(awk '{ sum += $1 } END { printf "%d", sum }' "$work/sizes")
echo "$files files, $bytes bytes, walked in $(($(milliseconds) - start)) ms with $(($(counter totalRequests) - asked)) requests to the store"
[ "$files" -eq "$images" ] || fail "$images images were put in"
first=$(find "$mnt" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort | head -n 1)
find "$mnt" -mindepth 1 -maxdepth 1 -type d -printf '%f/\n' | sort | head -n 3
echo "..."
ls -l "$mnt/$first" | sed -n '2,4p'

say "every image, compared with a local copy"
read_all
say "once more"
read_all

say "s3mount umount $mnt"
"$s3mount" umount "$mnt"
! is_mounted || fail "it is still mounted"
echo "done"
