"""reader.py: does what standard input says, one JSON list a line, and answers each with a line "#N ANSWER #N." where ANSWER is what was
found or the name of an error. Files tell their version: records of 16 bytes, b"v01 00000000016\\n", with version and offset."""
import errno
import json
import os
import sys

RECORD = 16
files = {}
expected = {}


def content(version, length):
    if (version, length) not in expected:
        expected[version, length] = b"".join(b"v%02d %011d\n" % (version, offset) for offset in range(0, length, RECORD))[:length]
    return expected[version, length]


def version_of(data, offset=0):
    """The one version whose bytes these are."""
    if not data:
        return "nothing"
    version = int(data[1:3])
    if data == content(version, offset + len(data))[offset:]:
        return str(version)
    if data == content(version, offset + len(data) + RECORD)[offset:offset + len(data)]:
        return str(version)
    return f"MIXED at {next(i for i, (a, b) in enumerate(zip(data, content(version, offset + len(data) + RECORD)[offset:])) if a != b) + offset}"


def open_file(name, path):
    files[name] = os.open(path, os.O_RDONLY)
    return "opened"


def read(name, offset, length):
    return version_of(os.pread(files[name], length, offset), offset)


def close(name):
    os.close(files.pop(name))
    return "closed"


def cat(path):
    """Version and length of the whole file, or what went wrong on the way."""
    with open(path, "rb", buffering=0) as file:
        data = bytearray()
        while piece := file.read(100_000):
            data += piece
        size = os.fstat(file.fileno()).st_size
    if size != len(data):
        return f"CUT: {len(data)} of {size}"
    return f"{version_of(bytes(data))} {len(data)}"


def retry(name, path, offset):
    """As a program does that opens a file again when it has become stale; no time passes in between."""
    try:
        return "still " + read(name, offset, 4096)
    except OSError as error:
        if error.errno != errno.ESTALE:
            raise
    open_file("again", path)
    try:
        return "again " + read("again", offset, 4096)
    finally:
        close("again")


def hammer(path, until):
    """Reads the whole file again and again until another file exists; the versions that were seen, in order, and the errors."""
    seen = []
    errors = set()
    count = 0
    while not os.path.exists(until):
        count += 1
        try:
            answer = cat(path)
        except OSError as error:
            errors.add(errno.errorcode[error.errno])
            continue
        if not answer.split()[0].isdigit():
            return f"pass {count}: {answer}"
        if not seen or seen[-1] != answer:
            seen.append(answer)
    return json.dumps({"passes": count, "seen": [int(answer.split()[0]) for answer in seen], "errors": sorted(errors)})


def stat(path):
    info = os.stat(path)
    return json.dumps({"mtime": info.st_mtime_ns, "size": info.st_size, "ino": info.st_ino})


def names(path):
    return json.dumps(sorted(os.listdir(path)))


operations = {"open": open_file, "read": read, "close": close, "cat": cat, "retry": retry, "hammer": hammer, "stat": stat, "names": names}

for number, line in enumerate(sys.stdin):
    name, *arguments = json.loads(line)
    try:
        answer = operations[name](*arguments)
    except OSError as error:
        answer = errno.errorcode[error.errno]
    print(f"#{number} {answer} #{number}.", flush=True)
