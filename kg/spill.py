"""A spill: bytes that may be too many for memory, and lie in a file without a name then."""

from __future__ import annotations

import os
from typing import IO

from kg.fault import Failure

_HELD = 64 << 20  # bytes


class Spill:
    """Grows at its end; each piece is known by where it starts."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._file: IO[bytes] | None = None
        self._size = 0

    def append(self, data: bytes) -> int:
        """Put something at the end; return where it starts.

        Raises:
            Failure: the disk is full, or there is no folder for such a file.

        """
        start = self._size
        self._held += data
        self._size += len(data)
        if len(self._held) > _HELD:
            self._flush()
        return start

    def read(self, start: int, length: int) -> bytes:
        """Return a piece."""
        written = self._size - len(self._held)
        if start >= written:
            return bytes(self._held[start - written : start - written + length])
        if start + length > written:
            self._flush()
        assert self._file is not None  # noqa: S101 - something was written
        # Not by the place in the file: processes that are made of this one share that.
        return os.pread(self._file.fileno(), length, start)

    def _flush(self) -> None:
        import tempfile  # noqa: PLC0415 - few have so much

        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - it goes with this object
            data = memoryview(self._held)
            while data:
                data = data[self._file.write(data) :]
        except OSError as error:
            folder = tempfile.gettempdir() if tempfile.tempdir else "no folder for temporary files"
            raise Failure(f"{folder}: {error.strerror or error}; TMPDIR can name another folder") from None
        self._held = bytearray()
