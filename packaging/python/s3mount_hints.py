"""Tells the kernel which files a training run will read next, so that they are in memory when it does.

The order of an epoch is known to the sampler before the first image is read. Wrapped in one line, a thread goes a bounded distance
ahead of it and gives posix_fadvise(POSIX_FADV_WILLNEED) for each file; nothing else about the training script changes:

    import s3mount_hints
    dataset = ImageFolder("/mnt/train", transform)
    loader = DataLoader(dataset, sampler=s3mount_hints.ahead(RandomSampler(dataset), dataset), batch_size=64, num_workers=4)

and for a batch sampler, a dataset that is not made of files that it lists itself, or a plain loop:

    DataLoader(dataset, batch_sampler=s3mount_hints.ahead(BatchSampler(...), dataset), num_workers=4)
    s3mount_hints.ahead(sampler, paths=[...])                # paths[index], or paths(index): a path, or several of one sample
    for path in s3mount_hints.advise(paths): ...
    for path, label in s3mount_hints.advise(samples, path=lambda sample: sample[0]): ...

On a mount of s3mount a hint makes the kernel ask for the file at once: as many downloads run as the store allows, instead of one for
each worker. On a local disk or NFS it does what fadvise always does there. Where there is no posix_fadvise (macOS), nothing happens.

What is promised:
- The order, len(), set_epoch() and all other attributes are the sampler's own; each iteration is one of the sampler.
- At most `files` files beyond what has been handed out are asked of the sampler and hinted, and at most `size` bytes are hinted and not
  yet read, as far as can be told: each file handed out later counts as one that was read. Of one file at most 8 MiB are hinted.
- A hint that fails is counted and the first is logged; it never reaches the training loop. Neither does a file system that does not
  answer: the loop waits for no hint. Threads begin with the first index of an iteration and end with it, or when it is given up.
- Worker processes inherit no thread and need none.

A sampler is asked up to `files` indices early. One that draws random numbers from a generator which others use at the same time,
chooses by what was learned meanwhile, or fills the same list again for each batch needs files=0. A sampler that can tell its position
(state_dict) gets that by itself. Hints then come when indices are handed out, ahead of reading by what DataLoader prefetches.

Standard library only; Python 3.8 and later.
"""
import bisect
import collections
import functools
import logging
import operator
import os
import queue
import stat
import threading

__all__ = ["ahead", "advise", "paths_of", "Hints"]

# Files beyond those handed out. Measured with 2,000 images of 110 KB at 20 ms to the first byte and 64 connections: as soon as as many
# are hinted as there are connections, more show little (4 workers, batches of 64: 12.3 s without hints, 1.3-1.6 s with any distance
# from 0 to 1,024; batches of 8: 11.8 s, and 3.0, 2.8, 2.2 and 1.8 s with 0, 64, 256 and 1,024; without workers: 51 s, and 1.1-1.4 s).
# The rest is for answers that take longer, and its limit the kernel: with 1,024 reads under way (max_background of s3mount) the next
# hint waits, and with it every other reader of the mount. With what a loader of 4 workers and batches of 64 has taken already it is
# that many.
FILES = 512

# Bytes that may be pushed out of the page cache before they are read: what 4,096 images of 110 KB need, the two batches of 256 that
# each of 8 workers has taken, and 500 more.
SIZE = 512 << 20

# Threads of an iteration. A hint takes 18 us of processor time where the kernel knows the file; 1, 2 and 4 threads gave the same. The
# second is for a hint that waits: for a lookup whose listing has expired, or on file systems where a hint reads.
THREADS = 2

# Bytes of one file. The kernel cuts a hint at one window (1 MiB here: a hint for 64 MiB sent one READ), so there is one for each. What
# follows is fetched ahead by s3mount for who reads on: of 64 MiB that took 164 ms to read, 36 ms were left after hints for 8 MiB, and
# 22 ms after hints for all.
LARGEST = 8 << 20

# Files handed out and not hinted yet, of which the oldest are left out: 16 workers that have two batches of 512 each.
_LATE = 16_384

# The kernel's own readahead where /sys does not tell (VM_READAHEAD_PAGES, include/linux/mm.h, v6.18).
_WINDOW = 128 << 10

# A file system that hangs keeps the threads of each iteration; there are no more of them than this in a process.
_MOST_THREADS = 64
_THREAD_NAME = "s3mount-hints"

# Without O_NONBLOCK the opening of a pipe that has come between would wait for its other end.
_OPEN = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)

_fadvise = getattr(os, "posix_fadvise", None)
_log = logging.getLogger("s3mount_hints")

#: What has been done so far: files hinted, bytes of them, and files for which it failed.
Hints = collections.namedtuple("Hints", "files size failed")


def ahead(sampler, dataset=None, *, paths=None, files=FILES, size=SIZE, threads=THREADS):
    """Wraps a sampler, a batch sampler or any other iterable of indices or of lists of indices.

    dataset: an ImageFolder or DatasetFolder, a Subset or ConcatDataset of such, or whatever has `samples` or `imgs`.
    paths: instead of it, a sequence or mapping from index to path, or a function; a path may be several, or None. The function is
        called where the sampler is iterated, up to `files` indices early.
    files, size (bytes), threads: bounds, see above. The attribute `hints` of what is returned tells what has been done.
    """
    if (dataset is None) == (paths is None):
        raise TypeError("ahead() takes a dataset or paths=")
    path_of = paths_of(dataset) if paths is None else paths if callable(paths) else functools.partial(operator.getitem, paths)
    return _Ahead(sampler, path_of, True, files, size, threads)


def advise(items, *, path=None, files=FILES, size=SIZE, threads=THREADS):
    """Iterates over paths, or over what `path` makes a path of, and gives hints ahead of the loop. Without a loop nothing happens."""
    return _Ahead(items, _itself if path is None else path, False, files, size, threads)


def paths_of(dataset):
    """A function from index to path for an ImageFolder or DatasetFolder, or a Subset or ConcatDataset of such."""
    for name in ("samples", "imgs"):
        samples = getattr(dataset, name, None)
        if samples is not None and (len(samples) == 0 or isinstance(samples[0], (tuple, list)) and _is_path(samples[0][0])):
            return functools.partial(_of_samples, dataset, name)
    if hasattr(dataset, "dataset") and hasattr(dataset, "indices"):
        return functools.partial(_of_subset, dataset, paths_of(dataset.dataset))
    if hasattr(dataset, "datasets") and hasattr(dataset, "cumulative_sizes"):
        return functools.partial(_of_concatenation, dataset, [paths_of(part) for part in dataset.datasets])
    raise TypeError(f"{type(dataset).__name__} has no samples that begin with a path; give paths=, from index to path")


# With functools.partial, so that a wrapped sampler can be pickled whenever the sampler can.
def _of_samples(dataset, name, index):
    return getattr(dataset, name)[index][0]


def _of_subset(subset, path_of, index):
    return path_of(subset.indices[index])


def _of_concatenation(concatenation, parts, index):
    ends = concatenation.cumulative_sizes
    index = operator.index(index)
    if index < 0:
        index += ends[-1]
    part = bisect.bisect_right(ends, index)
    return parts[part](index - (ends[part - 1] if part else 0))


def _itself(item):
    return item


def _is_path(value):
    return isinstance(value, (str, bytes, os.PathLike))


class _Ahead:
    """A sampler, and what is needed to give hints for it. Iterations are independent of each other."""

    _OWN = frozenset(("_sampler", "_path_of", "_of_indices", "_files", "_size", "_threads", "_tallies", "_has_complained"))

    def __init__(self, sampler, path_of, of_indices, files, size, threads):
        if files < 0 or size < 1 or threads < 1:
            raise ValueError("files must not be negative, size and threads must be positive")
        self._sampler, self._path_of, self._of_indices = sampler, path_of, of_indices
        self._files, self._size, self._threads = files, size, threads
        # One of each thread of an iteration, so that none is written by two.
        self._tallies = [_Tally() for _ in range(threads)]
        self._has_complained = False

    @property
    def hints(self):
        return Hints(*(sum(getattr(tally, name) for tally in self._tallies) for name in Hints._fields))

    def __iter__(self):
        source = iter(self._sampler)
        return source if _fadvise is None else _Iteration(self, source)

    def __len__(self):
        return len(self._sampler)

    def __bool__(self):
        return bool(self._sampler)

    def __repr__(self):
        return f"s3mount_hints.ahead({self._sampler!r})"

    # Only what is not found here is asked for: set_epoch, batch_size, generator, ...
    def __getattr__(self, name):
        if name.startswith("__") or name in _Ahead._OWN:
            raise AttributeError(name)
        return getattr(self._sampler, name)

    def __setattr__(self, name, value):
        if name in _Ahead._OWN:
            object.__setattr__(self, name, value)
        else:
            setattr(self._sampler, name, value)

    def _distance(self, source):
        # What it is asked ahead of the loop would be missing in the state that it tells. A batch sampler has a sampler.
        asked = (source, self._sampler, getattr(self._sampler, "sampler", None))
        return 0 if any(hasattr(one, "state_dict") for one in asked) else self._files

    def _resolve(self, entry):
        """The paths of an index or of a list of them, and how many indices these are."""
        indices = (entry,) if type(entry) is int or not self._of_indices else self._indices(entry)
        paths = []
        for index in indices:
            try:
                paths.extend(self._flat(self._path_of(index)))
            except Exception as error:
                # The loop will hear of it from its dataset.
                self._tallies[0].failed += 1
                self._complain(index, error)
        return paths, len(indices)

    @staticmethod
    def _indices(entry):
        if isinstance(entry, (list, tuple)):
            return entry
        try:
            return (operator.index(entry),)
        except TypeError:
            # Not an iterator, which can be read once.
            return tuple(entry) if hasattr(entry, "__iter__") and hasattr(entry, "__len__") and not _is_path(entry) else (entry,)

    @staticmethod
    def _flat(found):
        return () if found is None else (found,) if _is_path(found) else [path for path in found if path is not None]

    def _complain(self, what, error):
        if not self._has_complained:
            self._has_complained = True
            _log.warning("no hint for %.200r: %s: %s; what else fails is only counted", what, type(error).__name__, error)


class _Tally:
    def __init__(self):
        self.files = self.size = self.failed = 0


class _Iteration:
    """One pass over the sampler. Only the thread that iterates asks the sampler, and it waits for nothing else."""

    def __init__(self, owner, source):
        self._owner, self._source = owner, source
        self._distance = owner._distance(source)
        self._entries = collections.deque()
        self._ahead = 0
        self._is_over = False
        self._error = None
        # DataLoader begins a pass twice and uses one, and forks its workers in between: threads come with the first index.
        self._feed = None
        self._has_begun = False

    def __iter__(self):
        return self

    def __next__(self):
        if not self._has_begun:
            self._has_begun = True
            self._feed = _Feed.start(self._owner, self._distance)
        elif self._feed is not None and self._feed.process != os.getpid():
            # The threads have stayed behind in the process that forked this one.
            self._feed = None
        self._fill()
        if not self._entries:
            if self._feed is not None and not self._feed.has_ended:
                self._feed.end()
            error, self._error = self._error, None
            raise StopIteration if error is None else error
        entry, files, weight = self._entries.popleft()
        self._ahead -= weight
        if self._feed is not None:
            self._feed.hand_out(files)
            if self._is_over and not self._entries:
                self._feed.end()
        return entry

    def _fill(self):
        while not self._is_over and self._ahead <= self._distance:
            try:
                entry = next(self._source)
            except StopIteration:
                self._is_over = True
            except Exception as error:
                # It belongs behind the indices that came before it.
                self._is_over, self._error = True, error
            else:
                paths, indices = ((), 1) if self._feed is None else self._owner._resolve(entry)
                # An entry without a path counts too: an endless sampler is not asked for ever.
                weight = max(1, indices, len(paths))
                self._entries.append((entry, len(paths), weight))
                self._ahead += weight
                if paths:
                    self._feed.add(paths)

    # Iterators of samplers that can tell their position.
    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._source, name)

    # Given up before its end. May run in any thread, and in a forked process: it takes no lock.
    def __del__(self):
        feed = self.__dict__.get("_feed")
        if feed is not None and not feed.has_ended:
            feed.stop()


class _Feed:
    """What the threads of one iteration share with the loop. There is no lock that a fork or a destructor could find taken: deque and
    SimpleQueue are safe by themselves, and each number is written by one thread only."""

    def __init__(self, owner, distance):
        self.owner = owner
        self.process = os.getpid()
        self.limit = owner._size
        self.pending = collections.deque(maxlen=distance + _LATE)
        # Tokens: something may have changed. Who takes one looks at everything.
        self.wake = queue.SimpleQueue()
        # Bytes of each file that was hinted, the oldest first, until one more has been handed out.
        self.sizes = collections.deque()
        self.hinted = [0] * owner._threads
        self.retired = 0
        self.handed_out = 0
        self.added = 0
        self.has_ended = self.has_stopped = False

    @classmethod
    def start(cls, owner, distance):
        """None where no thread can be had."""
        feed = cls(owner, distance)
        try:
            others = sum(thread.name.startswith(_THREAD_NAME) for thread in threading.enumerate())
            if others + owner._threads > _MOST_THREADS:
                raise RuntimeError(f"{others} threads wait for a file system already")
            for slot in range(owner._threads):
                threading.Thread(target=feed.run, args=(slot,), name=f"{_THREAD_NAME}-{slot}", daemon=True).start()
        except Exception as error:
            owner._complain("this iteration", error)
            feed.stop()
            return None
        return feed

    def add(self, paths):
        for path in paths:
            self.added += 1
            self.pending.append((self.added, path))
        self.rouse()

    def hand_out(self, files):
        self.handed_out += files
        # Nobody else takes from it.
        for _ in range(min(files, len(self.sizes))):
            self.retired += self.sizes.popleft()
        self.rouse()

    def rouse(self):
        if self.wake.empty():
            self.wake.put(None)

    def end(self):
        """All has been handed out: what is still to be hinted may be, if there is room."""
        self.has_ended = True
        self.rouse_all()

    def stop(self):
        self.has_stopped = True
        self.pending.clear()
        self.rouse_all()

    def rouse_all(self):
        for _ in self.hinted:
            self.wake.put(None)

    def has_room(self):
        return sum(self.hinted) - self.retired < self.limit

    # A plain loop reads at once what it is handed; a loader's workers do later.
    def is_late(self, number):
        return not self.owner._of_indices and number <= self.handed_out

    def run(self, slot):
        while not self.has_stopped:
            has_room = self.has_room()
            try:
                number, path = self.pending.popleft() if has_room else (0, None)
            except IndexError:
                has_room = False
            if has_room:
                # One token wakes one thread; the next is woken by it.
                if self.pending:
                    self.rouse()
                self.enter(slot, 0 if self.is_late(number) else self.hint(slot, path))
            elif self.has_ended:
                return
            else:
                self.wake.get()

    def enter(self, slot, size):
        self.hinted[slot] += size
        self.sizes.append(size)

    def hint(self, slot, path):
        tally = self.owner._tallies[slot]
        try:
            size = _hint(path, min(LARGEST, self.limit), self)
        except Exception as error:
            tally.failed += 1
            self.owner._complain(path, error)
            return 0
        if size > 0:
            tally.files += 1
            tally.size += size
        return size


def _hint(path, largest, feed):
    """Returns the bytes that were hinted; nothing is opened but regular files."""
    status = os.stat(path)
    length = min(status.st_size, largest)
    if not stat.S_ISREG(status.st_mode) or length == 0:
        return 0
    descriptor = os.open(path, _OPEN)
    try:
        window = _window(status.st_dev)
        for offset in range(0, length, window):
            if feed.has_stopped:
                return offset
            _fadvise(descriptor, offset, min(window, length - offset), os.POSIX_FADV_WILLNEED)
    finally:
        os.close(descriptor)
    return length


_windows = {}


def _window(device):
    """Bytes of a file that one hint covers at most (force_page_cache_ra, mm/readahead.c, v6.18)."""
    window = _windows.get(device)
    if window is None:
        try:
            with open(f"/sys/class/bdi/{os.major(device)}:{os.minor(device)}/read_ahead_kb") as file:
                window = max(_WINDOW, int(file.read()) << 10)
        except (OSError, ValueError):
            window = _WINDOW
        _windows[device] = window
    return window
