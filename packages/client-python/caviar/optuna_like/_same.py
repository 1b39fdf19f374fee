"""Values as the service tells them apart."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence


def same(a: Any, b: Any) -> bool:
    """Whether two values are the same to the service: 1 and 1.0 are, 1 and True are not, as they are to Python."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(value, b[key]) for key, value in a.items())
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    return bool(a == b) and isinstance(a, bool) == isinstance(b, bool)


def key(value: Any) -> Any:
    """What stands for a value in a set: the same of what is the same."""
    if isinstance(value, (list, tuple)):
        return tuple(key(each) for each in value)
    return ("bool", value) if isinstance(value, bool) else value


def is_among(value: Any, values: Sequence[Any]) -> bool:
    return any(same(value, each) for each in values)


def distinct(values: Sequence[Any]) -> List[Any]:
    found: Dict[Any, Any] = {}
    for value in values:
        found.setdefault(key(value), value)
    return list(found.values())


__all__ = ["distinct", "is_among", "key", "same"]
