#!/usr/bin/env bash
# Runs the tests that were built and ends with one line over all their projects: N passed, N failed, N skipped.
# usage: run-tests.sh RESULTS_DIRECTORY CONFIGURATION
set -uo pipefail

mkdir -p "$1"
results=$(cd "$1" && pwd)
configuration=$2
cd "$(dirname "$0")"
rm -f "$results"/*.trx "$results"/*.log

# One project after the other; what each has printed comes in one piece.
# A test that hangs for ten minutes is named and ends its run.
# A shell that runs this in its background has SIGINT ignored, and so would every program that the tests start.
run() {
    local project code=0
    for project in "$@"; do
        env --default-signal=HUP,INT,QUIT dotnet test "$project/bin/$configuration/net10.0/$project.dll" --nologo \
            --logger "trx;LogFileName=$project.trx" --results-directory "$results" \
            --blame-hang-timeout 10m --blame-hang-dump-type none >"$results/$project.log" 2>&1 || code=1
        cat "$results/$project.log"
    done
    return "$code"
}

others=()
for file in ./*/*Tests.csproj; do
    project=$(basename "$file" .csproj)
    [[ $project == S3Mount.FileSystem.Tests || $project == S3Mount.MountTests ]] || others+=("$project")
done

# Those of the file system compute on one processor, the others mostly wait: side by side they take little more than the longer of
# the two. Whole mounts with readers and deadlines do not share two processors well with anything.
code=0
run "${others[@]}" &
run S3Mount.FileSystem.Tests || code=1
wait $! || code=1
run S3Mount.MountTests || code=1

# <Counters total="9" executed="8" passed="7" failed="1" error="0" timeout="0" aborted="0" .../>; what was not executed was skipped.
counts=$(find "$results" -name '*.trx' -exec grep -ho '<Counters [^>]*>' {} + 2>/dev/null | awk '
    function count(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
    { total += count("total"); executed += count("executed"); passed += count("passed") }
    END { print passed + 0, executed - passed, total - executed }')
read -r passed failed skipped <<<"$counts"

if [ "$code" -eq 0 ] && { [ "$failed" -ne 0 ] || [ "$passed" -eq 0 ]; }; then
    code=1
fi
if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then
    echo "the run itself failed: a test process ended early, or nothing ran" >&2
fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$code"
