#!/usr/bin/env bash
# Builds the container image with docker or podman, whichever answers.
# usage: build-image.sh IMAGE PACKAGE [PACKAGES]
#   IMAGE      name:tag
#   PACKAGE    file in out/packages: s3mount_VERSION_ARCHITECTURE.deb
#   PACKAGES   of Debian, what the image is to have besides
# usage: build-image.sh --check   says whether one answers
set -euo pipefail
usage='usage: build-image.sh IMAGE PACKAGE [PACKAGES]'
cd "$(dirname "$0")/../.."

engine=
for candidate in docker podman; do
    # A client without its daemon builds nothing.
    if command -v "$candidate" >/dev/null && timeout 20 "$candidate" info >/dev/null 2>&1; then
        engine=$candidate
        break
    fi
done
if [ -z "$engine" ]; then
    echo "neither docker nor podman answers here: install one, or start it; where there is one: docker build -f packaging/docker/Dockerfile ." >&2
    exit 1
fi
[ "${1:?$usage}" != --check ] || exit 0

package=${2:?$usage}
architecture=${package##*_}
"$engine" build --file packaging/docker/Dockerfile --platform "linux/${architecture%.deb}" --tag "$1" \
    --build-arg "PACKAGE=$package" --build-arg "PACKAGES=${3:-}" .
