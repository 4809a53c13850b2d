"""compare.py WAY PATH REFERENCE [SEED]: reads PATH in one way and compares each byte with a file on the local disk."""
import errno
import mmap
import os
import random
import sys

way, path, reference = sys.argv[1:4]
random.seed(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
expected_fd = os.open(reference, os.O_RDONLY)
size = os.fstat(expected_fd).st_size
expected = mmap.mmap(expected_fd, size, prot=mmap.PROT_READ)
fd = os.open(path, os.O_RDONLY)
assert os.fstat(fd).st_size == size, (os.fstat(fd).st_size, size)


def same(offset, data, length):
    if len(data) != length:
        sys.exit(f"{way}: {len(data)} bytes at {offset} instead of {length}")
    if data != expected[offset:offset + length]:
        wrong = next(i for i in range(length) if data[i] != expected[offset + i])
        sys.exit(f"{way}: wrong byte at {offset + wrong}")


def pieces(count, longest):
    for _ in range(count):
        offset = random.randrange(size)
        yield offset, min(random.randrange(1, longest), size - offset)


def mmap_sequential():
    with mmap.mmap(fd, size, prot=mmap.PROT_READ) as mapped:
        for offset in range(0, size, 1 << 20):
            length = min(1 << 20, size - offset)
            same(offset, mapped[offset:offset + length], length)


def mmap_random():
    with mmap.mmap(fd, size, prot=mmap.PROT_READ) as mapped:
        mapped.madvise(mmap.MADV_RANDOM)
        for offset, length in pieces(150, 20_000):
            same(offset, mapped[offset:offset + length], length)


def pread_random():
    for offset, length in pieces(400, 300_000):
        same(offset, os.pread(fd, length, offset), length)


def pread_backwards():
    offset = size
    while offset > 0:
        length = min(offset, 333_333)
        offset -= length
        same(offset, os.pread(fd, length, offset), length)


def read_sequential():
    offset = 0
    while data := os.read(fd, 100_003):
        same(offset, data, min(100_003, size - offset))
        offset += len(data)
    assert offset == size


def drop_and_read():
    """The page cache is told what will be needed, and to forget what was."""
    for offset in range(0, size, 8 << 20):
        os.posix_fadvise(fd, offset, 8 << 20, os.POSIX_FADV_WILLNEED)
        length = min(8 << 20, size - offset)
        same(offset, os.pread(fd, length, offset), length)
        os.posix_fadvise(fd, offset, length, os.POSIX_FADV_DONTNEED)


def direct():
    """O_DIRECT asks for exactly what it wants, and takes memory from an anonymous map because that is aligned."""
    direct_fd = os.open(path, os.O_RDONLY | os.O_DIRECT)
    buffer = mmap.mmap(-1, 4 << 20)
    for offset in [0, 4096, 1 << 20, (size // 4096) * 4096 - 8192, (size // 4096) * 4096]:
        for length in [512, 4096, 12288, 100_001, 1 << 20, (1 << 20) + 4096, 4 << 20]:
            with memoryview(buffer)[:length] as view:
                count = os.preadv(direct_fd, [view], offset)
                same(offset, bytes(view[:count]), min(length, size - offset))
    assert os.preadv(direct_fd, [buffer], size) == 0
    assert os.preadv(direct_fd, [buffer], size + 4096) == 0


def into_file(copy):
    """A copy made by the kernel, from an odd offset on."""
    target = os.memfd_create("copy")
    for offset in [0, 12_345_677]:
        os.ftruncate(target, 0)
        os.lseek(target, 0, os.SEEK_SET)
        done = copy(target, offset)
        assert done == size - offset, (done, size - offset)
        with mmap.mmap(target, done, prot=mmap.PROT_READ) as copied:
            for start in range(0, done, 1 << 20):
                length = min(1 << 20, done - start)
                same(offset + start, copied[start:start + length], length)


def sendfile(target, offset):
    start = offset
    while count := os.sendfile(target, fd, offset, 3_000_001):
        offset += count
    return offset - start


def splice(target, offset):
    receiver, sender = os.pipe()
    done = 0
    while count := os.splice(fd, sender, 1 << 16, offset_src=offset + done):
        moved = 0
        while moved < count:
            moved += os.splice(receiver, target, count - moved)
        done += count
    return done


def fails(expected_error, call, *arguments):
    try:
        call(*arguments)
    except OSError as error:
        assert error.errno == expected_error, error
    else:
        sys.exit(f"{call.__name__}{arguments} did not fail")


def ends():
    """Reads at, before and past the end; holes there are none."""
    assert os.pread(fd, 100, size) == b""
    assert os.pread(fd, 100, size + 1) == b""
    assert os.pread(fd, 100, 1 << 50) == b""
    same(size - 1, os.pread(fd, 100, size - 1), 1)
    same(size - 4097, os.pread(fd, 1 << 20, size - 4097), 4097)
    assert os.lseek(fd, 0, os.SEEK_END) == size
    assert os.read(fd, 1) == b""
    assert os.lseek(fd, 0, os.SEEK_DATA) == 0
    assert os.lseek(fd, 4_321, os.SEEK_DATA) == 4_321
    assert os.lseek(fd, 0, os.SEEK_HOLE) == size
    assert os.lseek(fd, size - 1, os.SEEK_HOLE) == size
    fails(errno.ENXIO, os.lseek, fd, size, os.SEEK_DATA)
    fails(errno.ENXIO, os.lseek, fd, size + 5, os.SEEK_HOLE)
    fails(errno.EINVAL, os.lseek, fd, -1, os.SEEK_SET)


ways = {
    "mmap-sequential": mmap_sequential,
    "mmap-random": mmap_random,
    "pread-random": pread_random,
    "pread-backwards": pread_backwards,
    "read": read_sequential,
    "fadvise": drop_and_read,
    "direct": direct,
    "sendfile": lambda: into_file(sendfile),
    "splice": lambda: into_file(splice),
    "ends": ends,
}
ways[way]()
