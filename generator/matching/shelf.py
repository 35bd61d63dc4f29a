"""Abstracts laid aside until a pair asks for them, so that those of a million items need no memory."""

from __future__ import annotations

import os
import tempfile
import zlib
from typing import IO, NamedTuple


class Shelf:
    """Abstracts laid aside in a temporary file (in memory while they are few), to be read when a pair asks for them."""

    _IN_MEMORY = 1024 * 1024

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._latest = bytearray()
        self._filed = 0

    def __del__(self) -> None:
        if self._file:
            self._file.close()

    def lay(self, text: str) -> Shelved:
        """Lay a text aside and return where it lies."""
        data = text.encode("utf-8", "surrogatepass")
        latest = self._latest
        if len(latest) > self._IN_MEMORY:
            # Without a buffer, which would be filled for each text that is read.
            self._file = self._file or tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - goes with the shelf
            self._file.seek(0, os.SEEK_END)
            self._filed += len(latest)
            while latest:
                del latest[: self._file.write(latest)]
        place = Shelved(self, self._filed + len(latest), len(data), zlib.crc32(data))
        latest += data
        return place

    def read(self, begin: int, length: int) -> str:
        """Return the text that lies at a place."""
        if self._file is None or begin >= self._filed:
            begin -= self._filed
            return self._latest[begin : begin + length].decode("utf-8", "surrogatepass")
        self._file.seek(begin)
        return self._file.read(length).decode("utf-8", "surrogatepass")


class Shelved(NamedTuple):
    """Where a text lies that was laid aside."""

    shelf: Shelf
    begin: int
    length: int
    checksum: int
