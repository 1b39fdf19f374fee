"""Values as the service tells them apart."""

from __future__ import annotations

from typing import Any, List, Sequence


def same(a: Any, b: Any) -> bool:
    """Whether two values are the same to the service: 1 and 1.0 are, 1 and True are not, as they are to Python."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(value, b[key]) for key, value in a.items())
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    return bool(a == b) and isinstance(a, bool) == isinstance(b, bool)


def is_among(value: Any, values: Sequence[Any]) -> bool:
    return any(same(value, each) for each in values)


def distinct(values: Sequence[Any]) -> List[Any]:
    found: List[Any] = []
    for value in values:
        if not is_among(value, found):
            found.append(value)
    return found


__all__ = ["distinct", "is_among", "same"]
