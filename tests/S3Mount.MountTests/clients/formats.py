"""formats.py make DIRECTORY                 writes a small dataset of each kind, the same one each time
formats.py KIND MOUNTED LOCAL               reads one kind from the mount as its users do and compares it with what was made"""
import gzip
import hashlib
import io
import json
import mmap
import os
import random
import struct
import sys
import tarfile

import numpy

SHARDS, SAMPLES = 4, 50
RECORDS = 600
MAGIC = 0xCED7230A
ROWS, COLUMNS = 4000, 1024
IMAGES = 2000
BLOCKS, BLOCK = 160, 65_536


def noise(name, length):
    """Bytes that belong to a name."""
    return hashlib.shake_128(name.encode()).digest(length)


# webdataset: shards of samples, each some files with a common name.

def shard_samples(shard):
    for number in range(SAMPLES):
        key = f"{shard:04d}{number:06d}"
        size = 2_000 + (shard * SAMPLES + number) * 977 % 60_000
        yield key, {"jpg": noise(key, size), "cls": str(number % 10).encode(), "json": json.dumps({"key": key}).encode()}


def make_shards(directory):
    for shard in range(SHARDS):
        with tarfile.open(f"{directory}/shard-{shard:04d}.tar", "w") as tar:
            for key, parts in shard_samples(shard):
                for extension, data in parts.items():
                    info = tarfile.TarInfo(f"{key}.{extension}")
                    info.size = len(data)
                    tar.addfile(info, io.BytesIO(data))


def read_shards(mounted, _):
    for shard in range(SHARDS):
        expected = [(f"{key}.{extension}", data) for key, parts in shard_samples(shard) for extension, data in parts.items()]
        with open(f"{mounted}/shard-{shard:04d}.tar", "rb") as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            seen = [(info.name, tar.extractfile(info).read()) for info in tar]
        assert seen == expected, f"shard {shard}"


# MXNet's RecordIO: magic, length in the lower 29 bits, data, padding to four bytes; the index says where each begins.

def record(number):
    return struct.pack("<IfQQ", 0, float(number % 1000), number, 0) + noise(f"record {number}", 500 + number * 7919 % 40_000)


def make_records(directory):
    with open(f"{directory}/train.rec", "wb") as file, open(f"{directory}/train.idx", "w", encoding="ascii") as index:
        for number in range(RECORDS):
            data = record(number)
            index.write(f"{number}\t{file.tell()}\n")
            file.write(struct.pack("<II", MAGIC, len(data)) + data + b"\0" * (-len(data) % 4))


def read_records(mounted, _):
    with open(f"{mounted}/train.idx", encoding="ascii") as index:
        offsets = {int(key): int(offset) for key, offset in (line.split("\t") for line in index)}
    assert len(offsets) == RECORDS
    fd = os.open(f"{mounted}/train.rec", os.O_RDONLY)

    def worker(rank, workers):
        order = [number for number in offsets if number % workers == rank]
        random.Random(rank).shuffle(order)
        for number in order:
            magic, word = struct.unpack("<II", os.pread(fd, 8, offsets[number]))
            assert magic == MAGIC and word >> 29 == 0, f"record {number}: no record begins here"
            assert os.pread(fd, word & (1 << 29) - 1, offsets[number] + 8) == record(number), f"record {number}"

    in_processes(worker, 4)


# MNIST's IDX.

def images():
    return numpy.frombuffer(noise("images", IMAGES * 784), numpy.uint8).reshape(IMAGES, 28, 28)


def labels():
    return numpy.frombuffer(noise("labels", IMAGES), numpy.uint8) % 10


def idx(array):
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def make_mnist(directory):
    for name, array in (("train-images-idx3-ubyte", images()), ("train-labels-idx1-ubyte", labels())):
        with open(f"{directory}/{name}", "wb") as file:
            file.write(idx(array))
        with gzip.open(f"{directory}/{name}.gz", "wb") as file:
            file.write(idx(array))


def read_mnist(mounted, _):
    for name, array in (("train-images-idx3-ubyte", images()), ("train-labels-idx1-ubyte", labels())):
        for opener, suffix in ((open, ""), (gzip.open, ".gz")):
            with opener(f"{mounted}/{name}{suffix}", "rb") as file:
                zero, kind, dimensions = struct.unpack(">HBB", file.read(4))
                assert (zero, kind, dimensions) == (0, 8, array.ndim)
                shape = struct.unpack(f">{dimensions}I", file.read(4 * dimensions))
                data = numpy.frombuffer(file.read(), numpy.uint8).reshape(shape)
            assert (data == array).all(), name + suffix


# numpy's own format, mapped.

def rows():
    return numpy.random.Generator(numpy.random.PCG64(11)).standard_normal((ROWS, COLUMNS), dtype=numpy.float32)


def make_arrays(directory):
    numpy.save(f"{directory}/embeddings.npy", rows())
    rows().tofile(f"{directory}/embeddings.raw")


def read_arrays(mounted, _):
    expected = rows()
    mapped = numpy.load(f"{mounted}/embeddings.npy", mmap_mode="r")
    raw = numpy.memmap(f"{mounted}/embeddings.raw", numpy.float32, "r", shape=(ROWS, COLUMNS))
    for row in random.Random(3).sample(range(ROWS), 300):
        assert (mapped[row] == expected[row]).all() and (raw[row] == expected[row]).all(), row
    assert (mapped[:, 17] == expected[:, 17]).all()
    assert (numpy.asarray(raw) == expected).all()


# Listings that workers share, as torchdata's sharding_filter does it: each lists everything and keeps its part.

def make_tree(directory):
    for number in range(900):
        path = f"{directory}/{number % 7}/{number % 13:02d}/sample{number:05d}.bin"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(noise(path.removeprefix(directory), 100 + number))


def read_tree(mounted, local):
    def listing(root):
        found = []
        for directory, directories, names in os.walk(root):
            directories.sort()
            found += [os.path.relpath(os.path.join(directory, name), root) for name in sorted(names)]
        return found

    everything = listing(local)

    def worker(rank, workers):
        mine = listing(mounted)[rank::workers]
        assert mine == everything[rank::workers], f"worker {rank} sees another tree"
        for name in mine:
            with open(f"{mounted}/{name}", "rb") as seen, open(f"{local}/{name}", "rb") as expected:
                assert seen.read() == expected.read(), name

    in_processes(worker, 5)
    # Each worker has directories of its own.
    tops = sorted(os.listdir(mounted))

    def walker(rank, workers):
        for top in tops[rank::workers]:
            assert listing(f"{mounted}/{top}") == listing(f"{local}/{top}"), top

    in_processes(walker, 3)


# One descriptor, opened before the workers were forked.

def block(number):
    return struct.pack("<Q", number) + noise(f"block {number}", BLOCK - 8)


def make_blocks(directory):
    with open(f"{directory}/blocks.bin", "wb") as file:
        for number in range(BLOCKS):
            file.write(block(number))


def read_blocks(mounted, _):
    fd = os.open(f"{mounted}/blocks.bin", os.O_RDONLY)

    def at_offsets(rank, workers):
        order = list(range(BLOCKS))
        random.Random(rank).shuffle(order)
        for number in order:
            assert os.pread(fd, BLOCK, number * BLOCK) == block(number), number

    in_processes(at_offsets, 4)
    # With a common position each block comes to exactly one of them.
    counts = mmap.mmap(-1, BLOCKS)

    def in_turn(rank, workers):
        while data := os.read(fd, BLOCK):
            (number,) = struct.unpack_from("<Q", data)
            assert data == block(number), number
            counts[number] += 1

    in_processes(in_turn, 4)
    assert counts[:] == b"\1" * BLOCKS, "a block was read twice or never"


def in_processes(work, workers):
    children = []
    for rank in range(workers):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                work(rank, workers)
                code = 0
            except BaseException as error:
                print(f"worker {rank}: {type(error).__name__} {error}", file=sys.stderr, flush=True)
            finally:
                os._exit(code)
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert not any(codes), codes


kinds = {
    "shards": (make_shards, read_shards),
    "records": (make_records, read_records),
    "mnist": (make_mnist, read_mnist),
    "arrays": (make_arrays, read_arrays),
    "tree": (make_tree, read_tree),
    "blocks": (make_blocks, read_blocks),
}

if sys.argv[1] == "make":
    for kind, (make, _) in kinds.items():
        os.makedirs(f"{sys.argv[2]}/{kind}")
        make(f"{sys.argv[2]}/{kind}")
else:
    kinds[sys.argv[1]][1](f"{sys.argv[2]}/{sys.argv[1]}", f"{sys.argv[3]}/{sys.argv[1]}")
