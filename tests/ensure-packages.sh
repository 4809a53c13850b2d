#!/usr/bin/env bash
# Installs the Debian packages that are missing, as root; otherwise prints the command that does.
# usage: ensure-packages.sh [--or-go-on] PACKAGE...
#   --or-go-on   without root, only say what is missing: tests that need it are skipped and say so
set -euo pipefail

go_on=false
if [ "${1:-}" = --or-go-on ]; then
    go_on=true
    shift
fi

missing=()
for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "missing: ${missing[*]}; install what your system calls them" >&2
    $go_on && exit 0
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "missing: ${missing[*]}; install with: sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
    $go_on && exit 0
    exit 1
fi
echo "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
# What is installed for a test is started by that test: no daemon begins to run because its package has come (policy-rc.d; Debian's
# invoke-rc.d and deb-systemd-invoke ask it). One that the machine has already stays as it is.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
