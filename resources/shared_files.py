"""Files and folders of a lake's home that several users share.

What one user makes there, the next must be able to use: it gets the rights of the group of the
folder it is in, and what root makes belongs to the owner of that folder. In a home that only its
owner may write to, nothing is any different.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

_FILE_MODE = 0o644
_GROUP_OF_FILE = stat.S_IRGRP | stat.S_IWGRP
_GROUP_OF_FOLDER = stat.S_IRGRP | stat.S_IWGRP | stat.S_IXGRP


def make_shared_folder(folder: Path) -> None:
    """Make the folder and those above it that are not there yet."""
    missing: list[Path] = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        # Suppressed: another process was first.
        with suppress(FileExistsError):
            each.mkdir()
            share(each)


def make_shared_file(path: Path) -> int | None:
    """Make an empty file, open for reading and writing; None if there is one already."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    except FileExistsError:
        return None
    # Suppressed: a sweep may have taken it for a dead lease already.
    with suppress(FileNotFoundError):
        share(path)
    return descriptor


def share(path: Path) -> None:
    """Give a file or folder that this process made to those who share the folder it is in.

    One of another user is left as it is, and so is one in a folder for temporary files.
    """
    above, own = path.parent.stat(), path.stat()
    if above.st_mode & stat.S_ISVTX or own.st_uid != os.geteuid():
        return
    if os.geteuid() == 0 and above.st_uid != 0:
        os.chown(path, above.st_uid, above.st_gid)
    if above.st_mode & stat.S_IWGRP:
        mode = stat.S_IMODE(own.st_mode)
        if stat.S_ISDIR(own.st_mode):
            mode |= _GROUP_OF_FOLDER | (above.st_mode & stat.S_ISGID)
        else:
            mode |= _GROUP_OF_FILE
        # A group of which this user is no member: the system takes the bit away, or refuses.
        with suppress(PermissionError):
            path.chmod(mode)
