"""passes.py HOW ROOT PASSES: walks and stats the tree and reads all files whole, so many times; prints how many files and bytes a pass
has. HOW is fd (open(2), read(2), mmap(2) and nothing else) or file (Python's own open, which also asks whether each file is a terminal)."""
import mmap
import os
import sys

how, root, passes = sys.argv[1], sys.argv[2], int(sys.argv[3])


def fail(error):
    raise error


def read_by_descriptor(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        size = os.fstat(fd).st_size
        data = os.pread(fd, size + 1, 0)
        assert len(data) == size
        if data:
            with mmap.mmap(fd, size, prot=mmap.PROT_READ) as mapped:
                assert mapped[:] == data
        return size
    finally:
        os.close(fd)


def read_by_file(path):
    with open(path, "rb") as file:
        return len(file.read())


read = {"fd": read_by_descriptor, "file": read_by_file}[how]
for _ in range(passes):
    files = size = 0
    for directory, _, names in os.walk(root, onerror=fail):
        for name in sorted(names):
            path = os.path.join(directory, name)
            os.stat(path)
            files += 1
            size += read(path)
    print(files, size)
