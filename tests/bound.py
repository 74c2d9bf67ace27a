"""python bound.py UID GID PROGRAM [ARGUMENT...]: become PROGRAM, as that user, and be killed when the parent dies.

A program of its own because nothing of Python may run between fork and exec in a process with threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def become(uid: int, gid: int) -> None:
    if (uid, gid) != (os.getuid(), os.getgid()):
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def main() -> None:
    parent = os.getppid()
    become(int(sys.argv[1]), int(sys.argv[2]))
    die_with_parent()  # after the change of user, which clears it
    if os.getppid() != parent:
        sys.exit("the parent is gone")
    os.execv(sys.argv[3], sys.argv[3:])


if __name__ == "__main__":
    main()
