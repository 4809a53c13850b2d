"""tree_threads.py MOUNTED LOCAL THREADS: reads all files of the mounted tree in random order in so many threads, and compares each with
the local tree's."""
import os
import random
import sys
from concurrent.futures import ThreadPoolExecutor

mounted, local, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
random.seed(5)


def names(root):
    return sorted(os.path.relpath(os.path.join(directory, file), root) for directory, _, files in os.walk(root) for file in files)


def read(root, name):
    with open(os.path.join(root, name), "rb") as file:
        return file.read()


def is_wrong(name):
    return read(mounted, name) != read(local, name)


everything = names(local)
random.shuffle(everything)
# Opened by name before anything was listed, then listed.
with ThreadPoolExecutor(threads) as pool:
    wrong = [name for name, bad in zip(everything, pool.map(is_wrong, everything)) if bad]
assert not wrong, f"{len(wrong)} files are wrong, the first is {wrong[0]}"
assert names(mounted) == names(local)
