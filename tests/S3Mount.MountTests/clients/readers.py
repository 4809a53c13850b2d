"""readers.py PROCESSES SEED PATH REFERENCE [PATH REFERENCE]...: so many processes read the files at once, each in its own way: from the
start, from the middle, backwards or at random; every byte is compared with the reference."""
import mmap
import os
import random
import sys

processes, seed = int(sys.argv[1]), int(sys.argv[2])
pairs = list(zip(sys.argv[3::2], sys.argv[4::2]))


def read(number):
    random.seed(seed * 1000 + number)
    path, reference = pairs[number % len(pairs)]
    with open(reference, "rb") as file:
        expected = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
    fd = os.open(path, os.O_RDONLY)
    size = os.fstat(fd).st_size
    step = random.choice([4096, 65_536, 100_000, 1 << 20])
    offsets = list(range(0, size, step))
    way = number // len(pairs) % 4
    if way == 1:
        offsets = offsets[len(offsets) // 2:] + offsets[:len(offsets) // 2]
    elif way == 2:
        offsets.reverse()
    elif way == 3:
        random.shuffle(offsets)
    # So many small steps take long: a part of them is enough where others read the whole.
    for offset in offsets if way < 2 else offsets[:2000]:
        data = os.pread(fd, step, offset)
        wanted = expected[offset:offset + step]
        if len(data) < len(wanted) and data == wanted[:len(data)]:
            # read(2) gives what it has before an error, and the error next: of a daemon that was killed meanwhile.
            os.pread(fd, len(wanted) - len(data), offset + len(data))
        if data != wanted:
            print(f"process {number}, way {way}: wrong bytes in {path} from {offset} to {offset + step}: {len(data)} came", file=sys.stderr)
            return 1
    return 0


children = []
for number in range(processes):
    child = os.fork()
    if child == 0:
        code = 3
        try:
            code = read(number)
        finally:
            os._exit(code)
    children.append(child)
sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
