"""confined.py UNIT PROGRAM ARGUMENT...: becomes PROGRAM within what the unit allows, as systemd would start it: capabilities, system calls, address
families, namespaces. Through libseccomp, which systemd needs itself."""
import ctypes
import errno
import os
import socket
import subprocess
import sys

unit, command = sys.argv[1], sys.argv[2:]
with open(unit) as file:
    options = dict(line.strip().split("=", 1) for line in file if "=" in line and not line.startswith("#"))

# linux/prctl.h, linux/capability.h (CAP_LAST_CAP of a newer kernel may be larger), linux/sched.h, seccomp.h
PR_CAPBSET_DROP = 24
CAPABILITIES = {"CAP_DAC_OVERRIDE": 1, "CAP_DAC_READ_SEARCH": 2, "CAP_NET_BIND_SERVICE": 10, "CAP_SYS_ADMIN": 21}
NEW_NAMESPACES = 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000 | 0x00020000
ALLOW, FAIL, NO_NEW_PRIVILEGES, EQUAL, MASKED_EQUAL = 0x7FFF0000, 0x00050000, 3, 4, 7


class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("how", ctypes.c_int), ("first", ctypes.c_uint64), ("second", ctypes.c_uint64)]


def calls_of(name):
    if not name.startswith("@"):
        return {name}
    lines = subprocess.run(["systemd-analyze", "syscall-filter", name], check=True, capture_output=True, text=True).stdout.splitlines()
    # The name of the group, what it is, its members.
    return set().union(*(calls_of(line.strip()) for line in lines[1:] if line.strip() and not line.strip().startswith("#")))


def check(answer, what):
    if answer < 0:
        sys.exit(f"{what}: {os.strerror(-answer)}")


seccomp = ctypes.CDLL("libseccomp.so.2")
seccomp.seccomp_init.restype = ctypes.c_void_p
number = getattr(errno, options["SystemCallErrorNumber"])
context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(FAIL | number)))
check(seccomp.seccomp_attr_set(context, NO_NEW_PRIVILEGES, ctypes.c_uint32(0)), "no_new_privs")


def allow(call, *comparisons):
    resolved = seccomp.seccomp_syscall_resolve_name(call.encode())
    # Below zero: of other processors.
    if resolved >= 0:
        array = (Comparison * len(comparisons))(*comparisons)
        check(seccomp.seccomp_rule_add_array(context, ctypes.c_uint32(ALLOW), resolved, len(comparisons), array), call)


for call in set().union(*(calls_of(name) for name in options["SystemCallFilter"].split())):
    if call == "socket":
        for family in options["RestrictAddressFamilies"].split():
            allow(call, Comparison(0, EQUAL, getattr(socket, family), 0))
    elif call == "clone" and options["RestrictNamespaces"] == "yes":
        allow(call, Comparison(0, MASKED_EQUAL, NEW_NAMESPACES, 0))
    # clone3 hides its flags: systemd answers that there is none.
    elif call not in ("clone3", "unshare", "setns") or options["RestrictNamespaces"] != "yes":
        allow(call)
if options["RestrictNamespaces"] == "yes":
    check(seccomp.seccomp_rule_add_array(context, ctypes.c_uint32(FAIL | errno.ENOSYS), seccomp.seccomp_syscall_resolve_name(b"clone3"), 0, None), "clone3")

libc = ctypes.CDLL(None, use_errno=True)
kept = [CAPABILITIES[name] for name in options["CapabilityBoundingSet"].split()]
with open("/proc/sys/kernel/cap_last_cap") as last:
    for capability in range(int(last.read()) + 1):
        if capability not in kept and libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            sys.exit(f"capability {capability}: {os.strerror(ctypes.get_errno())}")
check(seccomp.seccomp_load(context), "seccomp")
os.execv(command[0], command)
