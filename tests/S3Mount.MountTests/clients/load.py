"""load.py ROOT PROCESSES: so many processes read everything below ROOT for ever, in random order; errors end a process, quietly."""
import os
import random
import sys

root, processes = sys.argv[1], int(sys.argv[2])
for number in range(processes):
    if os.fork() == 0:
        random.seed(number)
        try:
            while True:
                files = [os.path.join(directory, name) for directory, _, names in os.walk(root) for name in names]
                if not files:
                    os._exit(0)
                random.shuffle(files)
                for path in files:
                    fd = os.open(path, os.O_RDONLY)
                    while os.read(fd, 1 << 20):
                        pass
                    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
                    os.close(fd)
        except OSError:
            os._exit(0)
print("reading", flush=True)
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
