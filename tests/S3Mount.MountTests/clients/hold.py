"""hold.py PATH: opens PATH, a file or a directory, says so and keeps it open until standard input ends."""
import os
import sys

fd = os.open(sys.argv[1], os.O_RDONLY)
print("open", flush=True)
sys.stdin.read()
