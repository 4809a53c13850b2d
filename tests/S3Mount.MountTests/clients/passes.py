"""passes.py ROOT PASSES: walks and stats the tree and reads all files whole, with read(2) and through mmap, so many times; prints how
many files and bytes a pass has."""
import mmap
import os
import sys

root, passes = sys.argv[1], int(sys.argv[2])


def fail(error):
    raise error


for _ in range(passes):
    files = size = 0
    for directory, _, names in os.walk(root, onerror=fail):
        for name in sorted(names):
            path = os.path.join(directory, name)
            os.stat(path)
            with open(path, "rb") as file:
                data = file.read()
                if data:
                    with mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as mapped:
                        assert mapped[:] == data
            files += 1
            size += len(data)
    print(files, size)
