"""Uploads as multipart/form-data, read from disk as they are sent."""

from __future__ import annotations

import json
import os
import uuid
from typing import Any, Iterator, List, Mapping, Sequence, Tuple, Union

File = Union[str, "os.PathLike[str]", bytes]
Files = Union[File, Sequence[File]]
_CHUNK = 1 << 20


class Form:
    """The part `meta`, then the files. It can be sent more than once."""

    def __init__(self, meta: Mapping[str, Any], files: Mapping[str, Files]) -> None:
        self._boundary = uuid.uuid4().hex
        self.content_type = f"multipart/form-data; boundary={self._boundary}"
        head = self._head("meta", None)
        self._parts: List[Tuple[bytes, File]] = [(head, json.dumps(dict(meta)).encode())]
        for name, given in files.items():
            for file in [given] if isinstance(given, (str, bytes, os.PathLike)) else given:
                self._parts.append((self._head(name, name), file))

    def _head(self, name: str, file: Union[str, None]) -> bytes:
        more = "" if file is None else f'; filename="{file}"\r\nContent-Type: application/octet-stream'
        return f'--{self._boundary}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode()

    def __len__(self) -> int:
        sizes = [len(head) + _size(file) + 2 for head, file in self._parts]
        return sum(sizes) + len(self._boundary) + 6

    def __iter__(self) -> Iterator[bytes]:
        for head, file in self._parts:
            yield head
            if isinstance(file, bytes):
                yield file
            else:
                with open(file, "rb") as stream:
                    yield from iter(lambda: stream.read(_CHUNK), b"")  # noqa: B023
            yield b"\r\n"
        yield f"--{self._boundary}--\r\n".encode()


def _size(file: File) -> int:
    return len(file) if isinstance(file, bytes) else os.path.getsize(file)
