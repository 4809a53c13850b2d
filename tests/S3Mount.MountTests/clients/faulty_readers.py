"""faulty_readers.py DIRECTORY SECONDS SEED PROCESSES NAME...: so many processes read the files for so long, as a whole, here and there, or
only look at them, and go on after errors. Each prints one line of JSON: how much it has done, which errors it met, and what was wrong.
A name is KIND-NUMBER-BASE. The file is BASE bytes long and 16 more for each version modulo 7; its records of 16 bytes,
b"v01 00000000016\\n", tell version and offset."""
import collections
import errno
import fcntl
import json
import math
import os
import random
import sys
import time

RECORD = 16
LENGTHS = 7

directory, seconds, seed, processes = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
names = sys.argv[5:]


times = collections.Counter()


class Wrong(Exception):
    pass


def base_of(name):
    return int(name.split("-")[2])


template = b"".join(b"v00 %011d\n" % offset for offset in range(0, max(map(base_of, names)) + RECORD * (LENGTHS + 1), RECORD))


def version_of(name, data, offset):
    """The one version whose bytes these are; the offset is a multiple of 16."""
    try:
        version = int(data[1:3])
    except ValueError:
        raise Wrong(f"{name} at {offset}: {bytes(data[:RECORD])!r}") from None
    records = (len(data) + RECORD - 1) // RECORD
    expected = bytearray(template[offset:offset + records * RECORD])
    expected[1::RECORD] = data[1:2] * records
    expected[2::RECORD] = data[2:3] * records
    if data != expected[:len(data)]:
        at = next(i for i, (a, b) in enumerate(zip(data, expected)) if a != b)
        raise Wrong(f"{name} at {offset + at}: {bytes(data[at // RECORD * RECORD:][:RECORD])!r} in version {version}")
    return version


def length_of(name, version):
    return base_of(name) + RECORD * (version % LENGTHS)


def same(name, before, version):
    if before not in (None, version):
        raise Wrong(f"{name}: one open file is both version {before} and {version}")
    return version


def read(fd, name, length, offset, done):
    begin = time.monotonic()
    data = os.pread(fd, length, offset)
    # Steps of a quarter of an octave: enough to tell percentiles.
    times[round(4 * math.log2(max(1e-6, time.monotonic() - begin) * 1e6))] += 1
    done["reads"] += 1
    done["bytes"] += len(data)
    return data


def whole(fd, name, done):
    version, offset, step = None, 0, random.choice([4096, 65_536, 1 << 20])
    while data := read(fd, name, step, offset, done):
        version = same(name, version, version_of(name, data, offset))
        offset += len(data)
    if offset != length_of(name, version):
        raise Wrong(f"{name}: {offset} bytes in version {version}, which has {length_of(name, version)}")


def pieces(fd, name, done):
    version = None
    for _ in range(20):
        offset = random.randrange(base_of(name) // RECORD) * RECORD
        data = read(fd, name, random.choice([16, 5000, 100_000]), offset, done)
        version = same(name, version, version_of(name, data, offset))


def look(name, done):
    size = os.stat(f"{directory}/{name}").st_size
    done["looks"] += 1
    if size not in [length_of(name, version) for version in range(LENGTHS)]:
        raise Wrong(f"{name}: {size} bytes in no version")


def list_all(done):
    found = os.listdir(directory)
    done["listings"] += 1
    missing = [name for name in names if name.startswith("stable-") and name not in found]
    if missing or len(set(found)) != len(found):
        raise Wrong(f"the listing lacks {missing}, or shows a name twice")


def use(name, done):
    fd = os.open(f"{directory}/{name}", os.O_RDONLY)
    try:
        if random.random() < 0.7:
            # So that the mount is asked, and not the page cache.
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        random.choice([whole, pieces])(fd, name, done)
    finally:
        os.close(fd)


def run(number):
    random.seed(seed * 1000 + number)
    done, errors, wrong, slowest = collections.Counter(), collections.Counter(), [], 0.0
    end = time.monotonic() + seconds
    while (begin := time.monotonic()) < end:
        name, what = random.choice(names), random.random()
        try:
            if what < 0.05:
                list_all(done)
            elif what < 0.2:
                look(name, done)
            else:
                use(name, done)
        except OSError as error:
            errors[f"{name.split('-')[0] if what >= 0.05 else 'listing'} {errno.errorcode[error.errno]}"] += 1
        except Wrong as found:
            wrong.append(str(found))
        slowest = max(slowest, time.monotonic() - begin)
    # One process at a time: a pipe takes no more than a page of each as a whole.
    with open(__file__, encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        print(json.dumps({"done": done, "errors": errors, "wrong": wrong[:5], "slowest": slowest, "times": times}), flush=True)


children = []
for number in range(processes):
    child = os.fork()
    if child == 0:
        code = 3
        try:
            run(number)
            code = 0
        finally:
            os._exit(code)
    children.append(child)
sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
