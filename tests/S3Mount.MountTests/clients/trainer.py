"""trainer.py DIRECTORY REFERENCE PROCESSES: so many processes read the files of DIRECTORY again and again, each in an order of its own, and
compare them with those of REFERENCE, until standard input ends; then the epoch is read to its end. When the mount is gone a file is
opened again until that works, as a trainer's loader does that tries again. Each process prints one line of JSON: how many files
it has read, what was wrong, which errors it met, and for how long each time nothing could be read."""
import collections
import errno
import json
import os
import random
import select
import sys
import time

directory, reference, processes = sys.argv[1], sys.argv[2], int(sys.argv[3])
names = sorted(os.listdir(reference))
# What a mount gives whose daemon has died, and the directory below it while it is cleared. EIO is not among them: that is said of data.
GONE = [errno.ENOTCONN, errno.ECONNABORTED, errno.ENOENT]
PATIENCE = 30


def read(name):
    fd = os.open(f"{directory}/{name}", os.O_RDONLY)
    try:
        # So that the mount is asked, and not the page cache.
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        pieces = []
        while piece := os.read(fd, 65_536):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        os.close(fd)


def read_until_it_works(name, errors, outages):
    begin = None
    while True:
        try:
            data = read(name)
        except OSError as error:
            if error.errno not in GONE:
                raise
            errors[errno.errorcode[error.errno]] += 1
            begin = begin or time.monotonic()
            if time.monotonic() - begin > PATIENCE:
                raise
            time.sleep(0.02)
            continue
        if begin is not None:
            outages.append(round(time.monotonic() - begin, 2))
        return data


def run(number, stop):
    random.seed(number)
    expected = {}
    for name in names:
        with open(f"{reference}/{name}", "rb") as file:
            expected[name] = file.read()
    files, errors, outages, wrong = 0, collections.Counter(), [], []
    while not select.select([stop], [], [], 0)[0]:
        for name in random.sample(names, len(names)):
            if read_until_it_works(name, errors, outages) != expected[name]:
                wrong.append(name)
            files += 1
    # Shorter than what a pipe takes as a whole.
    os.write(1, json.dumps({"files": files, "wrong": wrong[:5], "errors": errors, "outages": outages}).encode() + b"\n")


stop, stopping = os.pipe()
children = []
for number in range(processes):
    child = os.fork()
    if child == 0:
        os.close(stopping)
        code = 3
        try:
            run(number, stop)
            code = 0
        except OSError as error:
            print(f"process {number}: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(code)
    children.append(child)
sys.stdin.read()
os.close(stopping)
sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
