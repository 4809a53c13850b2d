"""Looks for names below a directory as programs that train do. Speaks as ClientProgram does; argument: a listing job in JSON."""
import hashlib
import json
import os
import subprocess
import sys
import time


def walk(root, job):
    """os.walk; what it finds is counted and compared when the clock has stopped."""
    found = []
    directories = 0
    stop = time.monotonic() + job["deadlineSeconds"]
    for path, names, files in os.walk(root, onerror=fail):
        directories += len(names)
        if files:
            found.append((path, files))
        if time.monotonic() > stop:
            return found, directories, 0, True
    return found, directories, 0, False


def names_of(root, job):
    """One directory, as ls without options reads it."""
    return [(root, os.listdir(root))], 0, 0, False


def sizes(root, job):
    """find with a test of the size: a stat of every file."""
    output = subprocess.run(["find", root, "-type", "f", "-size", "+0", "-printf", "%P\\t%s\\n"], stdout=subprocess.PIPE, check=True).stdout
    lines = [line.split("\t") for line in output.decode().splitlines()]
    directories = len({os.path.dirname(name) for name, _ in lines} - {""})
    return [(root, [name for name, _ in lines])], directories, sum(int(size) for _, size in lines), False


def one(root, job):
    size = os.stat(os.path.join(root, job["path"])).st_size
    return [(root, [job["path"]])], 0, size, False


def fail(error):
    raise error


def digest(root, found):
    start = len(root) + 1
    names = sorted(os.path.join(path, name)[start:] for path, files in found for name in files)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def main():
    job = json.loads(sys.argv[1])
    look = {"Walk": walk, "Names": names_of, "Sizes": sizes, "One": one}[job["kind"]]
    print("READY", flush=True)
    for _ in sys.stdin:
        start = time.monotonic()
        found, directories, total, partial = look(job["root"], job)
        seconds = time.monotonic() - start
        result = {
            "seconds": seconds,
            "files": sum(len(files) for _, files in found),
            "directories": directories,
            "bytes": total,
            "medianMicroseconds": 0,
            "digest": "" if partial else digest(job["root"], found),
            "isPartial": partial,
        }
        del found
        print(json.dumps(result), flush=True)


main()
