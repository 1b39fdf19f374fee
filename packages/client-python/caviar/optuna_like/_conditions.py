"""Where a parameter exists, learned from the calls that asked for it and those that did not. Pure."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from ._same import distinct, key

Domain = Mapping[str, Any]

#: Values that the service takes in a condition.
_MOST_VALUES = 1000
#: Up to so many values of a parent, those that were seen are taken as they are; of more, nearly every call has one of its own,
#: which explains whatever it likes.
_FEW_VALUES = 16


class Call:
    """What a call of the objective asked for and got, and in which order."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = dict(values)
        self.places = {name: place for place, name in enumerate(values)}


class _Candidate(NamedTuple):
    #: Values that the parent can take: of few, one that fits by chance is soon found out.
    size: int
    #: Parameters between the two.
    distance: int
    when: Dict[str, List[Any]]


def condition(name: str, domains: Mapping[str, Domain], calls: Sequence[Call]) -> Optional[Dict[str, List[Any]]]:
    """What `when` of a parameter is, told by one that comes before it; None: it exists everywhere, or nothing simple explains it."""
    used = [call for call in calls if name in call.values]
    unused = [call for call in calls if name not in call.values]
    if not used or not unused:
        return None
    before = list(used[0].values)[: used[0].places[name]]
    candidates: List[_Candidate] = []
    for distance, parent in enumerate(reversed(before)):
        if domains[parent]["kind"] == "float":
            continue
        if not all(call.places.get(parent, len(call.places)) < call.places[name] for call in used):
            continue
        others = [call.values[parent] for call in unused if parent in call.values]
        values = _values(domains[parent], [call.values[parent] for call in used], others)
        if values is not None:
            candidates.append(_Candidate(_size(domains[parent]), distance, {parent: values}))
    return min(candidates, key=lambda each: each[:2]).when if candidates else None


def _values(domain: Domain, used: Sequence[Any], unused: Sequence[Any]) -> Optional[List[Any]]:
    """Values of the parent at which the parameter exists, where they tell the calls apart."""
    seen = distinct(used)
    keys = {key(value) for value in seen}
    if any(key(value) in keys for value in unused):
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


__all__ = ["Call", "condition"]
