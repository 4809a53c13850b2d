"""steady_reader.py DIRECTORY REFERENCE MODE: reads pieces of a file that it keeps open, and whole files that it opens, by a path that is
relative to the directory, and compares them with those of REFERENCE, until standard input ends. In mode "steady" any error is one; in
mode "reopen" a file that is open may become stale, and is opened anew. Then it prints one line of JSON: reads, reopened, wrong."""
import errno
import json
import os
import random
import select
import sys

directory, reference, mode = sys.argv[1], sys.argv[2], sys.argv[3]
names = sorted(os.listdir(reference))
expected = {}
for name in names:
    with open(f"{reference}/{name}", "rb") as file:
        expected[name] = file.read()
largest = max(names, key=lambda name: len(expected[name]))
random.seed(7)
reads = reopened = 0
wrong = []
if mode == "steady":
    os.chdir(directory)
root = "." if mode == "steady" else directory


def dropped(fd):
    # So that the mount is asked, and not the page cache.
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    return fd


def open_file(name):
    return os.open(f"{root}/{name}", os.O_RDONLY)


held = open_file(largest)
print("reading", flush=True)
while not select.select([0], [], [], 0)[0]:
    offset = random.randrange(len(expected[largest]))
    try:
        piece = os.pread(dropped(held), 50_000, offset)
    except OSError as error:
        if mode == "steady" or error.errno != errno.ESTALE:
            raise
        os.close(held)
        held = open_file(largest)
        reopened += 1
        continue
    if piece != expected[largest][offset:offset + 50_000]:
        wrong.append(f"{largest} at {offset}")
    name = random.choice(names)
    fd = open_file(name)
    try:
        pieces = []
        dropped(fd)
        while piece := os.read(fd, 65_536):
            pieces.append(piece)
    except OSError as error:
        # Between its open and its read the daemon was another.
        if mode == "steady" or error.errno != errno.ESTALE:
            raise
        reopened += 1
        continue
    finally:
        os.close(fd)
    if b"".join(pieces) != expected[name]:
        wrong.append(name)
    reads += 2
os.close(held)
print(json.dumps({"reads": reads, "reopened": reopened, "wrong": wrong[:5]}), flush=True)
