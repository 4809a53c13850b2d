"""Lets s3mount serve a mount without any privilege: another container mounts, and passes the descriptor of /dev/fuse over a Unix socket.

pass_device.py mount SOCKET MOUNTPOINT        as root, privileged: mounts for whoever connects, passes the descriptor on; unmounts at the end
pass_device.py run SOCKET PROGRAM ARGUMENT... connects, and becomes PROGRAM; {fd} in its arguments is the number of the descriptor
"""
import os
import signal
import socket
import subprocess
import sys
import time

# The other container may come a moment later.
PATIENCE = 60


def is_mounted(mountpoint):
    with open("/proc/self/mounts") as mounts:
        return any(line.split()[1:3] == [mountpoint, "fuse.s3mount"] for line in mounts)


def unmount(mountpoint):
    while is_mounted(mountpoint):
        # Somebody else may have been faster.
        if subprocess.run(["umount", "-l", mountpoint]).returncode != 0 and is_mounted(mountpoint):
            sys.exit(f"{mountpoint} cannot be unmounted")


def serve(path, mountpoint):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Of a predecessor, whose descriptor nobody serves any more.
    unmount(mountpoint)
    os.makedirs(mountpoint, exist_ok=True)
    if os.path.exists(path):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    # Both containers see the volume, and nobody else; they are different users.
    os.chmod(path, 0o666)
    listener.listen()
    try:
        while True:
            connection, _ = listener.accept()
            with connection:
                hand_out(connection, mountpoint)
    finally:
        unmount(mountpoint)


def hand_out(connection, mountpoint):
    # What a process that has ended has left: this one asks for a new mount.
    unmount(mountpoint)
    device = os.open("/dev/fuse", os.O_RDWR)
    try:
        options = f"fd={device},rootmode=40000,user_id=0,group_id=0,max_read=1048576,allow_other,default_permissions,ro,nosuid,nodev"
        subprocess.run(["mount", "-i", "-t", "fuse.s3mount", "-o", options, "s3mount", mountpoint], check=True, pass_fds=[device])
        socket.send_fds(connection, [b"fuse"], [device])
        print(f"{mountpoint} is mounted, and passed on", flush=True)
    except (OSError, subprocess.CalledProcessError) as error:
        # Whoever asked has gone, or sees the connection end, and asks again.
        print(f"{mountpoint} is not mounted: {error}", file=sys.stderr, flush=True)
    finally:
        # Only whoever serves it has it: when that process ends, readers are told at once.
        os.close(device)


def run(path, command):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(PATIENCE)
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.connect(path)
            break
        except OSError as error:
            if time.monotonic() > end:
                sys.exit(f"{path}: {error.strerror}; does the container that mounts run?")
            time.sleep(0.2)
    try:
        descriptors = socket.recv_fds(connection, 4, 1)[1]
    except OSError:
        descriptors = []
    if not descriptors:
        sys.exit(f"{path}: no descriptor came; the log of the container that mounts says why")
    os.set_inheritable(descriptors[0], True)
    connection.close()
    os.execvp(command[0], [word.replace("{fd}", str(descriptors[0])) for word in command])


if sys.argv[1:2] == ["mount"] and len(sys.argv) == 4:
    serve(sys.argv[2], sys.argv[3])
elif sys.argv[1:2] == ["run"] and len(sys.argv) > 3:
    run(sys.argv[2], sys.argv[3:])
else:
    sys.exit(__doc__)
