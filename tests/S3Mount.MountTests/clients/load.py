"""load.py ROOT PROCESSES: so many processes read everything below ROOT, in random order, until ROOT is empty or an error ends them.
Says "reading" when all are at it, and at the end what they came to: "finished" or the names of the errors."""
import errno
import os
import random
import sys

root, processes = sys.argv[1], int(sys.argv[2])


def read(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        while os.read(fd, 1 << 20):
            pass
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(fd)


def read_all():
    while True:
        files = [os.path.join(directory, name) for directory, _, names in os.walk(root) for name in names]
        if not files:
            return
        random.shuffle(files)
        for path in files:
            read(path)


for number in range(processes):
    if os.fork() == 0:
        random.seed(number)
        code = 0
        try:
            read_all()
        except OSError as error:
            code = error.errno
        os._exit(code)
print("reading", flush=True)
ends = set()
for _ in range(processes):
    _, status = os.wait()
    code = os.waitstatus_to_exitcode(status)
    ends.add("finished" if code == 0 else errno.errorcode.get(code, str(code)))
print("ended:", *sorted(ends), flush=True)
