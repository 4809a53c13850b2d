#!/usr/bin/env bash
# Runs the tests of a built solution and ends with one line over all its projects: N passed, N failed, N skipped.
# usage: run-tests.sh RESULTS_DIRECTORY SOLUTION [dotnet test options]
set -uo pipefail

results=$1
shift
rm -rf "$results"

# One project after the other: tests with real mounts and deadlines do not share two processors well.
# A test that hangs for ten minutes is named and ends its run.
# A shell that runs this in its background has SIGINT ignored, and so would every program that the tests start.
env --default-signal=HUP,INT,QUIT dotnet test "$@" --no-build --nologo -m:1 --logger "trx;LogFilePrefix=tests" --results-directory "$results" \
    --blame-hang-timeout 10m --blame-hang-dump-type none
code=$?

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
