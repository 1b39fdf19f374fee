"""Server-Sent Events (HTML, section 9.2.6)."""

from __future__ import annotations

from typing import Iterable, Iterator, List, NamedTuple


class SentEvent(NamedTuple):
    id: str
    kind: str
    data: str


def read_events(chunks: Iterable[bytes]) -> Iterator[SentEvent]:
    """Events of a stream. Lines end with LF, CR or CRLF; a blank one ends an event; one that is cut off is left out."""
    last_id, kind = "", ""
    data: List[str] = []
    for line in _lines(chunks):
        if line == "":
            if data:
                yield SentEvent(last_id, kind or "message", "\n".join(data))
            kind, data = "", []
            continue
        name, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if name == "id":
            last_id = value
        elif name == "event":
            kind = value
        elif name == "data":
            data.append(value)


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        rest += chunk
        # The CR at the very end may be the first half of a CRLF.
        whole, rest = (rest[:-1], rest[-1:]) if rest.endswith(b"\r") else (rest, b"")
        lines = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        rest = lines.pop() + rest
        for line in lines:
            yield line.decode("utf-8", "replace")
