"""walk.py DIRECTORY: what stat(2) says of everything below, as JSON by path; file names are taken for UTF-8."""
import json
import os
import stat
import sys

root = sys.argv[1]


def describe(path):
    info = os.lstat(path)
    return {
        "directory": stat.S_ISDIR(info.st_mode),
        "mode": stat.S_IMODE(info.st_mode),
        "size": info.st_size,
        "blocks": info.st_blocks,
        "links": info.st_nlink,
        "uid": info.st_uid,
        "gid": info.st_gid,
        "atime": info.st_atime_ns,
        "mtime": info.st_mtime_ns,
        "ctime": info.st_ctime_ns,
        "ino": info.st_ino,
    }


def fail(error):
    raise error


entries = {"": describe(root)}
for directory, directories, files in os.walk(root, onerror=fail):
    with os.scandir(directory) as names:
        # readdir's own idea of the type and inode number must be stat's.
        for entry in names:
            info = describe(entry.path)
            assert entry.is_dir(follow_symlinks=False) == info["directory"], entry.path
            assert entry.inode() == info["ino"], entry.path
            entries[os.path.relpath(entry.path, root)] = info
json.dump(entries, sys.stdout)
