"""Where a parameter exists, learned from the calls that asked for it and those that did not. Pure."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from ._same import distinct, is_among

Domain = Mapping[str, Any]
Call = Mapping[str, Any]

#: Values that the service takes in a condition.
_MOST_VALUES = 1000
#: Up to so many values of a parent, those that were seen are taken as they are; of more, nearly every call has one of its own,
#: which explains whatever it likes.
_FEW_VALUES = 16


class _Candidate(NamedTuple):
    #: Values that the parent can take: of few, one that fits by chance is soon found out.
    size: int
    #: Parameters between the two.
    distance: int
    when: Dict[str, List[Any]]


def condition(name: str, domains: Mapping[str, Domain], calls: Sequence[Call]) -> Optional[Dict[str, List[Any]]]:
    """What `when` of a parameter is, told by one that comes before it; None: it exists everywhere, or nothing simple explains it."""
    used = [call for call in calls if name in call]
    unused = [call for call in calls if name not in call]
    if not used or not unused:
        return None
    names = list(used[0])
    before = names[: names.index(name)]
    candidates: List[_Candidate] = []
    for distance, parent in enumerate(reversed(before)):
        if domains[parent]["kind"] == "float" or not all(_precedes(call, parent, name) for call in used):
            continue
        others = [call[parent] for call in unused if parent in call]
        values = _values(domains[parent], [call[parent] for call in used], others)
        if values is not None:
            candidates.append(_Candidate(_size(domains[parent]), distance, {parent: values}))
    return min(candidates, key=lambda each: each[:2]).when if candidates else None


def _values(domain: Domain, used: Sequence[Any], unused: Sequence[Any]) -> Optional[List[Any]]:
    """Values of the parent at which the parameter exists, where they tell the calls apart."""
    seen = distinct(used)
    if any(is_among(value, seen) for value in unused):
        return None
    is_range = domain["kind"] == "int" and not any(min(seen) < value < max(seen) for value in unused)
    if is_range:
        # As `for i in range(layers)` has it: up to the nearest that was seen without.
        step = domain.get("step", 1)
        low = max((value + step for value in unused if value < min(seen)), default=domain["min"])
        high = min((value - step for value in unused if value > max(seen)), default=domain["max"])
        if (high - low) // step < _MOST_VALUES:
            return list(range(low, high + 1, step))
        return None
    if domain["kind"] == "categorical" and not unused:
        return list(domain["choices"])  # wherever the parent exists
    is_seen_again = 2 * len(distinct([*used, *unused])) <= len(used) + len(unused)
    return seen if _size(domain) <= _FEW_VALUES or is_seen_again else None


def _size(domain: Domain) -> int:
    if domain["kind"] == "categorical":
        return len(domain["choices"])
    return int((domain["max"] - domain["min"]) // domain.get("step", 1)) + 1


def _precedes(call: Call, first: str, second: str) -> bool:
    names = list(call)
    return first in call and names.index(first) < names.index(second)


__all__ = ["condition"]
