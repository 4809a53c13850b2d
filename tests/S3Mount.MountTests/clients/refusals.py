"""refusals.py: runs each operation of standard input (one JSON list a line: name, arguments...) and prints the error's name, or OK."""
import errno
import json
import os
import sys


def read_all(path):
    with open(path, "rb") as file:
        file.read()


operations = {
    "open-write": lambda path: os.open(path, os.O_WRONLY),
    "open-append": lambda path: os.open(path, os.O_RDWR | os.O_APPEND),
    "open-truncate": lambda path: os.open(path, os.O_RDONLY | os.O_TRUNC),
    "create": lambda path: os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644),
    "tmpfile": lambda path: os.open(path, os.O_TMPFILE | os.O_RDWR, 0o600),
    "access-write": lambda path: check(os.access(path, os.W_OK)),
    "access-read": lambda path: check(os.access(path, os.R_OK)),
    "link": os.link,
    "getxattr": os.getxattr,
    "setxattr": lambda path: os.setxattr(path, "user.x", b"1"),
    "removexattr": lambda path: os.removexattr(path, "user.s3.key"),
    "read": read_all,
    "listdir": os.listdir,
    "stat": os.stat,
    "readlink": os.readlink,
    "chmod": lambda path: os.chmod(path, 0o777),
    "chown": lambda path: os.chown(path, 1, 1),
    "utime": os.utime,
    "truncate": lambda path: os.truncate(path, 0),
    "unlink": os.unlink,
    "rmdir": os.rmdir,
    "mkdir": os.mkdir,
    "mkfifo": os.mkfifo,
    "symlink": lambda path: os.symlink("target", path),
    "rename": os.rename,
}


def check(allowed):
    if not allowed:
        # access(2)'s wrapper does not tell which: none of the tests needs it.
        raise PermissionError(errno.EACCES, "access(2) says no")


for line in sys.stdin:
    name, *arguments = json.loads(line)
    try:
        operations[name](*arguments)
        print("OK")
    except OSError as error:
        print(errno.errorcode[error.errno])
