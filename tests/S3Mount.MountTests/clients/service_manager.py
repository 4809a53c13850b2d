"""service_manager.py DIRECTORY UNIT WATCHDOG_SECONDS PROGRAM ARGUMENT...: does for one service what systemd does for a unit with Type=notify,
Restart=on-failure and a descriptor store. Commands come as lines on standard input: restart, kill, stop, arguments JSON (for the next start),
hide (from now on systemctl fails), unnamed (from now on the service is not told its unit), before COMMAND (a line of shell, between this process and the next). What happens is told as lines: started PID, ready, status TEXT, watchdog, stopping, stored NAME,
removed NAME, exited CODE. DIRECTORY gets a systemctl that answers what the service asks, and is first in its PATH."""
import array
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys

directory, unit, watchdog, command = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4:]
stored = {}
job = before = None
told = {"S3MOUNT_UNIT": unit}


def tell(*words):
    print(*words, flush=True)


def publish():
    """What systemctl(1) prints of a running service and of the jobs."""
    with open(f"{directory}/shown", "w") as file:
        file.write(f"NFileDescriptorStore={len(stored)}\n")
    with open(f"{directory}/jobs", "w") as file:
        file.write(f"17 other.service stop waiting\n18 {unit} {job} running\n" if job else "")


def write_systemctl():
    path = f"{directory}/systemctl"
    with open(path, "w") as file:
        file.write(f"#!/bin/sh\ncase $1 in show) cat {directory}/shown;; list-jobs) cat {directory}/jobs;; *) exit 1;; esac\n")
    os.chmod(path, 0o755)


def high(fd):
    """Out of the way of 3, 4, ..., which a service gets; not inherited."""
    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 100)
    os.close(fd)
    return moved


def start():
    names = list(stored)
    environment = dict(os.environ, NOTIFY_SOCKET=address, **told, PATH=f"{directory}:{os.environ['PATH']}")
    environment["WATCHDOG_USEC"] = str(int(watchdog * 1_000_000))
    if names:
        environment.update(LISTEN_FDS=str(len(names)), LISTEN_FDNAMES=":".join(names))

    def pass_on():
        for number, name in enumerate(names):
            os.dup2(stored[name], 3 + number)

    shell = ["/bin/sh", "-c", 'export LISTEN_PID=$$; exec "$@"', "sh"]
    process = subprocess.Popen(shell + command, env=environment, close_fds=False, preexec_fn=pass_on, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    tell("started", process.pid)
    return process


def receive():
    data, fds, _, _ = socket.recv_fds(notify, 65_536, 8)
    fds = [high(fd) for fd in fds]
    lines = dict(line.split("=", 1) for line in data.decode().splitlines())
    name = lines.get("FDNAME")
    if lines.get("FDSTORE") == "1":
        for fd in fds:
            if name in stored:
                os.close(stored[name])
            stored[name] = fd
        publish()
        tell("stored", name)
    elif lines.get("FDSTOREREMOVE") == "1":
        if name in stored:
            os.close(stored.pop(name))
        publish()
        tell("removed", name)
    if "STATUS" in lines:
        tell("status", lines["STATUS"])
    for variable, word in (("RELOADING", "reloading"), ("READY", "ready"), ("WATCHDOG", "watchdog"), ("STOPPING", "stopping")):
        if lines.get(variable) == "1":
            tell(word)


address = f"{directory}/notify"
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(address)
write_systemctl()
publish()
process = start()
buffered = b""
while True:
    readable, _, _ = select.select([notify, 0], [], [], 0.02)
    if notify in readable:
        receive()
        continue
    if 0 in readable:
        data = os.read(0, 65_536)
        if not data:
            # Whoever asked for it is gone.
            process.kill()
            process.wait()
            sys.exit(1)
        *lines, buffered = (buffered + data).split(b"\n")
        for line in lines:
            word, _, rest = line.decode().partition(" ")
            if word == "arguments":
                command[1:] = json.loads(rest)
            elif word == "hide":
                os.remove(f"{directory}/systemctl")
            elif word == "unnamed":
                told.clear()
            elif word == "before":
                before = rest
            else:
                job = {"restart": "restart", "stop": "stop"}.get(word)
                publish()
                process.send_signal(signal.SIGKILL if word == "kill" else signal.SIGTERM)
    code = process.poll()
    if code is None:
        continue
    while select.select([notify], [], [], 0)[0]:
        receive()
    tell("exited", code)
    if job != "restart" and code in (0, 2):
        break
    job = None
    publish()
    if before:
        subprocess.run(["/bin/sh", "-c", before], check=True)
        before = None
    process = start()
