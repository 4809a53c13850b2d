"""read_later.py FILE: opens it, waits for the end of standard input, and reads it past the page cache: prints how many bytes there were, or the
name of the error."""
import errno
import os
import sys

fd = os.open(sys.argv[1], os.O_RDONLY)
print("open", flush=True)
sys.stdin.read()
os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
try:
    print(len(os.pread(fd, 100_000, 0)), flush=True)
except OSError as error:
    print(errno.errorcode[error.errno], flush=True)
