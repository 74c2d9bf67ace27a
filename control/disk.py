"""Errors of the file system for the operator: what is wrong, and what to do about it."""

from __future__ import annotations

import errno

MENDS = {
    errno.ENOSPC: "make room",
    errno.EDQUOT: "make room",
    errno.EFBIG: "allow larger files",
    errno.EACCES: "give it to this user",
    errno.EPERM: "give it to this user",
    errno.EROFS: "mount its disk for writing",
    errno.ENOENT: "put its folder back",
    errno.ENOTDIR: "put its folder back",
    errno.EEXIST: "move the file of that name away",
    errno.EISDIR: "remove the folder of that name",
    errno.EMFILE: "allow more open files",
    errno.ENFILE: "allow more open files",
    errno.EIO: "see that its disk is sound",
}


def reason(error: OSError) -> str:
    return error.strerror or str(error)


def mend(error: OSError) -> str:
    return MENDS.get(error.errno or 0, "see that it can be written")
