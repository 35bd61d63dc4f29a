"""Which files a repository keeps; the build of the wheel asks this module, too, so it needs nothing but Python."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path


def kept(root: Path, names: Sequence[str]) -> list[str]:
    """Return the files that ``names``, files and folders in ``root``, stand for, by their path in it.

    Those that git knows, so that what only lies there, such as a secret or an editor's backup, goes nowhere. Where git
    knows none of them, as in an archive or a list that was not committed yet, all but compiled ones.
    """
    # What git sets for its hooks would lead it to another repository.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    # Of a clone that is another user's, as in a container, git tells nothing unless called safe; its code runs here.
    safe = f"safe.directory={root.resolve()}"
    command = ["git", "-c", safe, "--literal-pathspecs", "-C", os.fspath(root), "ls-files", "-z", "--", *names]
    try:
        done = subprocess.run(command, capture_output=True, env=environment, check=False)  # noqa: S603
        known = list(map(os.fsdecode, filter(None, done.stdout.split(b"\0"))))
    except OSError:
        known = []
    if not known:
        places = [path for name in names for path in (root / name, *(root / name).rglob("*"))]
        known = [path.relative_to(root).as_posix() for path in places if "__pycache__" not in path.parts]
    return sorted({name for name in known if (root / name).is_file()})
