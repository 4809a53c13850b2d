"""What packaging/python/s3mount_hints.py promises, without a mount: python3 test_hints.py. Where torch is installed, with it too."""
import contextlib
import copy
import itertools
import os
import pickle
import random
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from unittest import mock

import s3mount_hints as hints

try:
    import torch
    from torch.utils import data as torch_data
except ImportError:
    torch = None

PATIENCE = 20


def hint_threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("s3mount-hints")]


def eventually(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("not so within the deadline")
        time.sleep(0.002)


class Dataset:
    """What ImageFolder is for a sampler."""

    def __init__(self, paths, name="samples"):
        setattr(self, name, [(path, 0) for path in paths])
        self.length = len(paths)

    def __len__(self):
        return self.length


class Sampler:
    """Shuffles anew each epoch and remembers how far it was asked."""

    def __init__(self, length, batch=0):
        self.length, self.batch, self.epoch, self.asked = length, batch, 0, 0

    def set_epoch(self, epoch):
        self.epoch = epoch

    def __len__(self):
        return -(-self.length // self.batch) if self.batch else self.length

    def __iter__(self):
        order = list(range(self.length))
        random.Random(self.epoch).shuffle(order)
        for index in order if not self.batch else [order[i:i + self.batch] for i in range(0, self.length, self.batch)]:
            self.asked += 1
            yield index


class Stateful(Sampler):
    def state_dict(self):
        return {"asked": self.asked}


class HintsTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="s3mount-hints-")
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.addCleanup(eventually, lambda: not hint_threads())

    def files(self, count, size=1000):
        paths = [os.path.join(self.directory, f"{number:05d}") for number in range(count)]
        for path in paths:
            with open(path, "wb") as file:
                file.truncate(size)
        return paths

    @contextlib.contextmanager
    def fadvise(self, called):
        with mock.patch.object(hints, "_fadvise", called):
            yield
            eventually(lambda: not hint_threads())


class Contract(HintsTest):
    def test_the_order_and_the_length_of_each_epoch_are_the_samplers_own(self):
        for batch in 0, 1, 7:
            dataset = Dataset(self.files(100))
            plain, wrapped = Sampler(100, batch), hints.ahead(Sampler(100, batch), dataset, files=10)
            self.assertEqual(len(wrapped), len(plain))
            for epoch in range(3):
                plain.set_epoch(epoch)
                wrapped.set_epoch(epoch)
                self.assertEqual(list(wrapped), list(plain))

    def test_two_iterations_at_once_do_not_disturb_each_other(self):
        wrapped = hints.ahead(Sampler(50), Dataset(self.files(50)), files=5)
        pairs = list(zip(wrapped, wrapped))
        self.assertEqual([one for one, _ in pairs], list(Sampler(50)))
        self.assertEqual([two for _, two in pairs], list(Sampler(50)))

    def test_attributes_are_the_samplers_also_to_be_set(self):
        sampler = Sampler(5, 2)
        wrapped = hints.ahead(sampler, Dataset([]))
        wrapped.epoch = 7
        wrapped.set_epoch(wrapped.epoch + 1)
        self.assertEqual((sampler.epoch, wrapped.batch), (8, 2))
        self.assertRaises(AttributeError, lambda: wrapped.no_such_thing)

    def test_what_has_no_length_has_none(self):
        wrapped = hints.ahead(itertools.count(), paths=[])
        self.assertRaises(TypeError, len, wrapped)
        self.assertTrue(wrapped)
        self.assertFalse(hints.ahead([], paths=[]))

    def test_it_can_be_pickled_and_copied(self):
        wrapped = hints.ahead(Sampler(20), Dataset(self.files(20)))
        list(wrapped)
        for other in pickle.loads(pickle.dumps(wrapped)), copy.copy(wrapped), copy.deepcopy(wrapped):
            self.assertEqual(list(other), list(Sampler(20)))

    def test_an_error_of_the_sampler_comes_behind_the_indices_before_it(self):
        error = ValueError("no more")

        def broken():
            yield from range(5)
            raise error

        seen = []
        with self.assertRaises(ValueError) as caught:
            for index in hints.ahead(broken(), paths=self.files(9)):
                seen.append(index)
        self.assertEqual((seen, caught.exception), ([0, 1, 2, 3, 4], error))

    def test_an_iteration_that_is_over_stays_so(self):
        iterator = iter(hints.ahead(Sampler(3), Dataset(self.files(3))))
        self.assertEqual(len(list(iterator)), 3)
        self.assertEqual(list(iterator), [])

    def test_a_sampler_that_tells_its_position_is_not_asked_early(self):
        dataset, sampler = Dataset(self.files(30)), Stateful(30)
        wrapped = hints.ahead(sampler, dataset)
        for number, _ in enumerate(wrapped, 1):
            self.assertEqual(wrapped.state_dict(), {"asked": number})
        eventually(lambda: wrapped.hints.files == 30)

    def test_a_batch_sampler_over_one_that_tells_its_position_is_not_asked_early(self):
        class Batches:
            sampler = Stateful(30)

            def __iter__(self):
                return ([index] for index in self.sampler)

        wrapped = hints.ahead(Batches(), Dataset(self.files(30)))
        self.assertEqual([wrapped.sampler.asked for _ in wrapped], list(range(1, 31)))

    def test_an_iterator_that_tells_its_position_is_not_asked_early(self):
        class Iterator:
            position = 0

            def __iter__(self):
                return self

            def __next__(self):
                self.position += 1
                return self.position

            def state_dict(self):
                return self.position

        iterator = iter(hints.ahead(Iterator(), paths=str))
        self.assertEqual([(next(iterator), iterator.state_dict()) for _ in range(3)], [(1, 1), (2, 2), (3, 3)])

    def test_without_fadvise_nothing_is_between(self):
        with mock.patch.object(hints, "_fadvise", None):
            self.assertIs(type(iter(hints.ahead([1, 2], paths=[]))), type(iter([])))


class Bounds(HintsTest):
    def test_no_more_than_so_many_files_are_asked_for_ahead(self):
        for batch, bound in (0, 11), (4, 3):
            sampler = Sampler(1000, batch)
            for dataset in Dataset(["no such file"] * 1000), Dataset(["such a file"]):
                sampler.asked = 0
                with self.assertLogs("s3mount_hints"):
                    for number, _ in enumerate(hints.ahead(sampler, dataset, files=10), 1):
                        self.assertLessEqual(sampler.asked - number, bound)
                    eventually(lambda: not hint_threads())

    def test_an_endless_sampler_is_not_asked_for_ever(self):
        for paths in {}, self.files(3), lambda index: None:
            with self.assertLogs("s3mount_hints") if paths == {} else contextlib.nullcontext():
                wrapped = hints.ahead(itertools.count(), paths=paths)
                self.assertEqual(list(itertools.islice(wrapped, 5000)), list(range(5000)))

    def test_no_more_than_so_many_bytes_are_hinted_and_not_read(self):
        size, limit, threads = 100_000, 1_000_000, 3
        hinted, handed_out, excess = itertools.count(1), [0], []

        def record(descriptor, offset, length, advice):
            excess.append(next(hinted) * size - handed_out[0] * size)

        with self.fadvise(record):
            wrapped = hints.ahead(Sampler(300), Dataset(self.files(300, size)), files=200, size=limit, threads=threads)
            for index in wrapped:
                # Each that was handed out makes room for one.
                eventually(lambda: len(excess) >= min(300, limit // size + handed_out[0]))
                handed_out[0] += 1
        self.assertEqual(len(excess), 300)
        # One more may be on its way in each thread, and one is handed out before it is counted here.
        self.assertLessEqual(max(excess), limit + (threads + 1) * size)

    def test_all_of_an_epoch_that_fits_is_hinted_although_the_sampler_has_long_ended(self):
        gate = threading.Event()
        with self.fadvise(lambda *_: gate.wait(PATIENCE)):
            wrapped = hints.ahead(Sampler(40), Dataset(self.files(40)))
            list(wrapped)
            gate.set()
            eventually(lambda: wrapped.hints.files == 40)

    def test_who_takes_exactly_as_many_as_there_are_has_not_given_up(self):
        gate = threading.Event()
        with self.fadvise(lambda *_: gate.wait(PATIENCE)):
            wrapped = hints.ahead(Sampler(40), Dataset(self.files(40)))
            iterator = iter(wrapped)
            for _ in range(40):
                next(iterator)
            del iterator
            gate.set()
            eventually(lambda: wrapped.hints.files == 40)

    def test_a_large_file_is_hinted_window_by_window_and_not_to_its_end(self):
        calls = []
        device = os.stat(self.directory).st_dev
        with self.fadvise(lambda descriptor, offset, length, advice: calls.append((offset, length))), mock.patch.dict(hints._windows, {device: 1 << 20}):
            small, large = self.files(1, 2_500_000)[0], os.path.join(self.directory, "large")
            with open(large, "wb") as file:
                file.truncate(1 << 30)
            list(hints.ahead([0], paths=[small], threads=1))
            eventually(lambda: len(calls) == 3)
            self.assertEqual(calls, [(0, 1 << 20), (1 << 20, 1 << 20), (2 << 20, 2_500_000 - (2 << 20))])
            calls.clear()
            wrapped = hints.ahead([0], paths=[large], threads=1)
            list(wrapped)
            eventually(lambda: wrapped.hints.files == 1)
            self.assertEqual(calls, [(offset << 20, 1 << 20) for offset in range(8)])

    def test_a_plain_loop_gets_no_hints_for_what_it_already_has(self):
        paths, gate = self.files(100), threading.Event()
        with self.fadvise(lambda *_: gate.wait(PATIENCE)):
            wrapped = hints.advise(paths, threads=1)
            self.assertEqual(list(wrapped), paths)
            gate.set()
        self.assertLessEqual(wrapped.hints.files, 1)


class Harmless(HintsTest):
    def test_files_that_cannot_be_hinted_disturb_nobody_and_the_first_is_named(self):
        pipe, gone = os.path.join(self.directory, "pipe"), os.path.join(self.directory, "gone")
        os.mkfifo(pipe)
        paths = [gone, pipe, self.directory, "\0", "/dev/zero", None, 17, object(), self.files(1)[0], gone]
        with self.assertLogs("s3mount_hints") as logged:
            wrapped = hints.ahead(range(12), paths=paths, threads=1)
            self.assertEqual(list(wrapped), list(range(12)))
            eventually(lambda: not hint_threads())
        self.assertEqual(len(logged.records), 1)
        # Two have no path in the list; 17 and the object are none.
        self.assertEqual((wrapped.hints.files, wrapped.hints.failed), (1, 7))

    def test_a_file_system_that_does_not_answer_holds_up_neither_the_loop_nor_the_end_of_the_process(self):
        script = """
import sys, threading
import s3mount_hints
s3mount_hints._fadvise = lambda *_: threading.Event().wait()
wrapped = s3mount_hints.ahead(range(500), paths=lambda index: sys.argv[1])
for epoch in range(100):
    assert list(wrapped) == list(range(500))
print(sum(thread.name.startswith("s3mount-hints") for thread in threading.enumerate()))
"""
        result = subprocess.run([sys.executable, "-c", script, self.files(1)[0]], capture_output=True, text=True, timeout=PATIENCE, env=dict(os.environ, PYTHONPATH=os.path.dirname(hints.__file__)))
        self.assertEqual((result.returncode, result.stdout), (0, "64\n"), result.stderr)
        self.assertIn("wait for a file system already", result.stderr)

    def test_no_thread_is_had(self):
        with mock.patch.object(threading.Thread, "start", side_effect=RuntimeError("can't start new thread")), self.assertLogs("s3mount_hints"):
            self.assertEqual(list(hints.ahead(Sampler(50), Dataset(self.files(50)))), list(Sampler(50)))

    def test_threads_begin_with_the_first_index_and_end_with_the_last(self):
        wrapped = hints.ahead(Sampler(50), Dataset(self.files(50)), threads=3, files=5)
        first = iter(wrapped)
        iterator = iter(wrapped)
        self.assertEqual(hint_threads(), [])
        next(iterator)
        self.assertEqual(len(hint_threads()), 3)
        del first
        list(iterator)
        eventually(lambda: not hint_threads())
        eventually(lambda: wrapped.hints.files == 50)

    def test_an_iteration_that_is_given_up_gives_no_more_hints(self):
        given, gate = [], threading.Event()

        def record(*arguments):
            given.append(arguments)
            gate.wait(PATIENCE)

        with self.fadvise(record):
            iterator = iter(hints.ahead(Sampler(100), Dataset(self.files(100)), threads=2))
            next(iterator)
            eventually(lambda: len(given) == 2)
            del iterator
            gate.set()
        self.assertEqual(len(given), 2)

    def test_a_loop_that_is_left_in_a_generator_ends_the_threads(self):
        def batches(sampler):
            for index in sampler:
                yield [index]

        for _ in batches(hints.ahead(Sampler(100), Dataset(self.files(100)))):
            break
        eventually(lambda: not hint_threads())

    def test_a_forked_process_goes_on_with_an_iteration_and_begins_its_own(self):
        dataset, sampler = Dataset(self.files(200)), Sampler(200)
        gate = threading.Event()
        with self.fadvise(lambda *_: gate.wait(PATIENCE)):
            for threads in 1, 4:
                wrapped = hints.ahead(sampler, dataset, threads=threads, files=20)
                iterator = iter(wrapped)
                begun = [next(iterator) for _ in range(10)]
                children = [self.fork(lambda: self.go_on(begun, iterator, wrapped)) for _ in range(5)]
                codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
                self.assertEqual(codes, [0] * 5)
                self.assertEqual(begun + list(iterator), list(Sampler(200)))
            gate.set()

    def test_forks_at_any_moment(self):
        wrapped = hints.ahead(Sampler(2000), Dataset(self.files(2000)), threads=4, files=50)
        children = []
        for number, _ in enumerate(wrapped):
            if number % 100 == 50:
                children.append(self.fork(lambda: list(itertools.islice(wrapped, 100)) and None))
        self.assertEqual([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children], [0] * 20)

    @staticmethod
    def go_on(begun, iterator, wrapped):
        hints._fadvise = os.posix_fadvise
        assert begun + list(iterator) == list(Sampler(200))
        assert iterator._feed is None, "what is never hinted is not kept either"
        del iterator
        assert not hint_threads()
        assert list(wrapped) == list(Sampler(200))
        eventually(lambda: wrapped.hints.files >= 100)

    @staticmethod
    def fork(run):
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            import signal
            signal.alarm(PATIENCE)
            run()
            code = 0
        except BaseException as error:
            print(f"in the forked process: {error!r}", file=sys.stderr, flush=True)
        finally:
            os._exit(code)


class Paths(HintsTest):
    def hinted(self, sampler, dataset=None, **options):
        seen = []
        with mock.patch.object(hints, "_hint", lambda path, largest, feed: seen.append(path) or 1):
            list(hints.ahead(sampler, dataset, threads=1, **options))
            eventually(lambda: not hint_threads())
        return seen

    def test_of_image_folders_of_parts_and_of_unions(self):
        folder, other = Dataset("abcdef"), Dataset("xyz", "imgs")
        self.assertEqual(self.hinted([2, 0], folder), ["c", "a"])
        self.assertEqual(self.hinted([[2, -1], (0,)], other), ["z", "z", "x"])
        part = mock.Mock(spec=["dataset", "indices"], dataset=folder, indices=[5, 3, 1])
        self.assertEqual(self.hinted([2, 0], part), ["b", "f"])
        union = mock.Mock(spec=["datasets", "cumulative_sizes"], datasets=[part, other], cumulative_sizes=[3, 6])
        self.assertEqual(self.hinted([0, 2, 3, 5, -1, -6], union), ["f", "b", "x", "z", "z", "f"])

    def test_of_lists_tables_and_functions(self):
        self.assertEqual(self.hinted([1, 0], paths=["a", b"b"]), [b"b", "a"])
        self.assertEqual(self.hinted(["k", ["l", "k"]], paths={"k": "1", "l": "2"}), ["1", "2", "1"])
        self.assertEqual(self.hinted([1, 2], paths=lambda index: [f"{index}.jpg", None, f"{index}.png"]), ["1.jpg", "1.png", "2.jpg", "2.png"])

    def test_of_a_plain_loop(self):
        samples, seen = [("a", 1), ("b", 2)], []
        with mock.patch.object(hints._Feed, "is_late", lambda *_: False), mock.patch.object(hints, "_hint", lambda path, *_: seen.append(path) or 1):
            self.assertEqual(list(hints.advise(samples, path=lambda sample: sample[0], threads=1)), samples)
            eventually(lambda: not hint_threads())
        self.assertEqual(seen, ["a", "b"])

    def test_what_gives_no_paths_is_refused_before_the_loop(self):
        for wrong in [1, 2], Dataset([17]), object():
            self.assertRaises(TypeError, hints.ahead, [0], wrong)
        self.assertRaises(TypeError, hints.ahead, [0])
        self.assertRaises(TypeError, hints.ahead, [0], Dataset([]), paths=[])
        for wrong in {"files": -1}, {"size": 0}, {"threads": 0}:
            self.assertRaises(ValueError, hints.ahead, [0], paths=[], **wrong)


@unittest.skipIf(torch is None, "torch is not installed")
class Torch(HintsTest):
    def setUp(self):
        super().setUp()
        paths = self.files(101)
        self.dataset = Numbers(paths)

    def epochs(self, wrap, make, **options):
        """Two epochs, and what the generators give afterwards."""
        torch.manual_seed(11)
        generator = torch.Generator()
        generator.manual_seed(12)
        loader = torch_data.DataLoader(self.dataset, generator=generator, **make(wrap, generator), **options)
        orders = [[number for batch in loader for number in batch.tolist()] for _ in range(2)]
        return orders, len(loader), torch.rand(1).item(), torch.rand(1, generator=generator).item()

    def same(self, make, **options):
        plain = self.epochs(lambda sampler: sampler, make, **options)
        self.assertEqual(self.epochs(lambda sampler: hints.ahead(sampler, self.dataset), make, **options), plain)
        return plain[0]

    def test_loaders_give_the_same_samples_in_the_same_order(self):
        samplers = {
            "random": lambda wrap, generator: {"sampler": wrap(torch_data.RandomSampler(self.dataset)), "batch_size": 8},
            "shared generator": lambda wrap, generator: {"sampler": wrap(torch_data.RandomSampler(self.dataset, num_samples=250, generator=generator)), "batch_size": 8},
            "replacement": lambda wrap, generator: {"sampler": wrap(torch_data.RandomSampler(self.dataset, replacement=True, num_samples=90)), "batch_size": 8, "drop_last": True},
            "subset": lambda wrap, generator: {"sampler": wrap(torch_data.SubsetRandomSampler(torch.arange(50))), "batch_size": 8},
            "batches": lambda wrap, generator: {"batch_sampler": wrap(torch_data.BatchSampler(torch_data.RandomSampler(self.dataset), 8, False))},
        }
        for name, make in samplers.items():
            # Processes take their time.
            workers = name in ("shared generator", "batches")
            for options in ({}, {"num_workers": 2}, {"num_workers": 2, "persistent_workers": True}) if workers else ({},):
                with self.subTest(name, **options):
                    one, two = self.same(make, **options)
                    self.assertNotEqual(one, two)

    def test_a_distributed_sampler_is_told_its_epoch(self):
        def orders(wrap):
            sampler = wrap(torch_data.DistributedSampler(self.dataset, num_replicas=2, rank=1, seed=5))
            loader = torch_data.DataLoader(self.dataset, sampler=sampler, batch_size=4)
            for epoch in range(3):
                loader.sampler.set_epoch(epoch)
                yield [number for batch in loader for number in batch.tolist()]

        wrapped = list(orders(lambda sampler: hints.ahead(sampler, self.dataset)))
        self.assertEqual(wrapped, list(orders(lambda sampler: sampler)))
        self.assertNotEqual(wrapped[0], wrapped[1])

    def test_an_epoch_that_is_left_early_is_followed_by_a_whole_one(self):
        sampler = hints.ahead(torch_data.RandomSampler(self.dataset), torch_data.Subset(self.dataset, torch.arange(101)))
        loader = torch_data.DataLoader(self.dataset, sampler=sampler, batch_size=4, num_workers=2)
        for _ in loader:
            break
        eventually(lambda: not hint_threads())
        self.assertEqual(sorted(number for batch in loader for number in batch.tolist()), list(range(101)))
        eventually(lambda: sampler.hints.files >= 101)


class Numbers(Dataset):
    def __getitem__(self, index):
        return index


if __name__ == "__main__":
    unittest.main()
