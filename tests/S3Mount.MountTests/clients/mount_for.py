"""mount_for.py MOUNTPOINT USER PROGRAM ARGUMENT...: opens /dev/fuse, mounts with it, becomes USER without any privilege, and then PROGRAM, in whose
arguments {fd} is the number of the descriptor."""
import ctypes
import os
import pwd
import sys

mountpoint, user, command = sys.argv[1], sys.argv[2], sys.argv[3:]
libc = ctypes.CDLL(None, use_errno=True)
fd = os.open("/dev/fuse", os.O_RDWR)
os.set_inheritable(fd, True)
options = f"fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions"
MS_RDONLY_NOSUID_NODEV = 1 | 2 | 4
if libc.mount(b"s3mount", mountpoint.encode(), b"fuse.s3mount", MS_RDONLY_NOSUID_NODEV, options.encode()) != 0:
    sys.exit(f"mount failed: {os.strerror(ctypes.get_errno())}")
entry = pwd.getpwnam(user)
os.setgroups([])
os.setgid(entry.pw_gid)
os.setuid(entry.pw_uid)
os.environ["HOME"] = "/nonexistent"
os.execv(command[0], [word.replace("{fd}", str(fd)) for word in command])
