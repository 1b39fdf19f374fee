"""A space that is learned from what objectives suggest. Pure: no requests, no clock.

Define-by-run has no space: which parameters there are shows when an objective asks for them, and a branch may ask for others. The
service wants domains, and conditions (`when`) for parameters that exist only in a branch. From every call that has been seen, this
works out both. A condition that turns out too narrow is harmless: the parameter is then missing where it is asked for, is drawn here
for that once, and the condition is widened.
"""

from __future__ import annotations

import math
import random
from decimal import Decimal
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from ._conditions import Call, condition
from ._same import distinct, is_among, same

Domain = Dict[str, Any]


class DomainError(ValueError):
    """A suggestion that the service cannot follow."""


class LearnedSpace:
    def __init__(self) -> None:
        self._domains: Dict[str, Domain] = {}
        #: Of every call seen, what it asked for and got, in order.
        self._calls: List[Call] = []
        #: The space as it was last worked out, while nothing has been learned since.
        self._plain: Optional[Dict[str, Domain]] = None

    def __bool__(self) -> bool:
        return bool(self._domains)

    def learn_domain(self, name: str, domain: Domain) -> None:
        """Notes a parameter; one name has one domain."""
        if name not in self._domains:
            check_name(name)
            if len(self._domains) >= MOST_PARAMETERS:
                raise DomainError(f"{name!r} is one parameter too many: the service takes {MOST_PARAMETERS}")
            self._plain = None
        known = self._domains.setdefault(name, domain)
        if not same(known, domain):
            raise DomainError(
                f"{name!r} was suggested from {_text(known)} before, and now from {_text(domain)}: one name has one domain. "
                "Call one of the two otherwise; where the ends depend on another parameter, suggest a share of the range"
            )

    def learn_call(self, values: Mapping[str, Any]) -> None:
        """Notes what a call has asked for, in the order in which it did. Of many, those that say nothing new are passed over."""
        if len(self._calls) >= _MANY_CALLS and not any(
            self._is_news(name, domain, values) for name, domain in self.space().items()
        ):
            return
        self._calls.append(Call(values))
        self._plain = None

    def _is_news(self, name: str, domain: Domain, values: Mapping[str, Any]) -> bool:
        if name in values or not is_active(domain, values):
            return (name in values) != is_active(domain, values)
        # Where nothing explains it, one more call without it explains nothing either.
        return "when" in domain or all(name in call.values for call in self._calls)

    def adopt(self, space: Mapping[str, Domain]) -> None:
        """Takes over what a study that is there has learned before."""
        self._plain = None
        for name, domain in space.items():
            self._domains[name] = {key: value for key, value in domain.items() if key != "when"}

    def space(self, given: Optional[Mapping[str, Domain]] = None) -> Dict[str, Domain]:
        """The space as far as it is known. `given` is that of the service: what others have found out is kept."""
        if given is None and self._plain is not None:
            return dict(self._plain)
        space: Dict[str, Domain] = {}
        for name, domain in {**(given or {}), **self._domains}.items():
            plain = {key: value for key, value in domain.items() if key != "when"}
            is_known = self._was_asked_for(name)
            when = condition(name, self._domains, self._calls) if is_known else (given or {}).get(name, {}).get("when")
            space[name] = plain if when is None else {**plain, "when": when}
        if given is None:
            self._plain = dict(space)
        return space

    def _was_asked_for(self, name: str) -> bool:
        return any(name in call.values for call in self._calls)


def is_active(domain: Domain, values: Mapping[str, Any]) -> bool:
    """Whether a parameter exists beside these values."""
    return all(
        parent in values and is_among(values[parent], allowed) for parent, allowed in domain.get("when", {}).items()
    )


def draw(domain: Domain, rng: random.Random) -> Any:
    """A value drawn evenly on the domain's scale."""
    if domain["kind"] == "categorical":
        return rng.choice(domain["choices"])
    low, high = domain["min"], domain["max"]
    if domain["scale"] == "log":
        bottom, top = (low - 0.5, high + 0.5) if domain["kind"] == "int" and low > 0.5 else (low, high)
        value = math.exp(rng.uniform(math.log(bottom), math.log(top)))
        value = int(round(value)) if domain["kind"] == "int" else value
        return min(high, max(low, value))
    if domain["kind"] == "float" and "step" not in domain:
        return rng.uniform(low, high)
    return _at_step(domain, rng.randint(0, _steps_up_to(domain, high)))


def on_step(domain: Domain, value: Any) -> Any:
    """The value as the service has it: of its kind, and on a step where it lies there but for rounding, as 3 * 0.1 does."""
    if domain["kind"] == "categorical":
        return place_of(domain, value, otherwise=value)
    value = plain(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if domain["kind"] == "int":
        return int(value) if value == value // 1 else value
    value = float(value)
    step = domain.get("step")
    if step is None:
        return value
    place = (value - domain["min"]) / step
    k = round(place)
    is_on_step = abs(place - k) < _ROUNDING and 0 <= k <= _steps_up_to(domain, domain["max"])
    return _at_step(domain, k) if is_on_step else value


#: A value so little beside a step lies on it, as Optuna has it too.
_ROUNDING = 1e-8
#: Up to here whole numbers are exact in doubles, and so are powers of ten.
_SAFE, _MOST_DECIMALS = 2**53 - 1, 22
#: What the service takes, said here: a search is made only when its first trial has shown the space, and has trained.
MOST_PARAMETERS = 200
#: From here on, only calls that the space does not explain are kept.
_MANY_CALLS = 200
_MOST_CHOICES, _LONGEST_TEXT, _LONGEST_NAME = 1000, 1000, 100


def _steps_up_to(domain: Domain, high: float) -> int:
    return int(math.floor((high - domain["min"]) / domain.get("step", 1) + 1e-9))


def _at_step(domain: Domain, k: int) -> Any:
    """The value k steps up, to the bit that of the service: the double nearest to the decimal number, 0.3 for 3 * 0.1."""
    low, step = domain["min"], domain.get("step", 1)
    if domain["kind"] == "int":
        return low + k * step
    first, stride = Decimal(repr(float(low))), Decimal(repr(float(step)))
    decimals = max(0, *(-int(each.as_tuple().exponent) for each in (first, stride)))
    numerator = int(first.scaleb(decimals)) + k * int(stride.scaleb(decimals))
    is_exact = decimals <= _MOST_DECIMALS and abs(numerator) <= _SAFE
    value = numerator / 10**decimals if is_exact else low + k * step
    return min(float(domain["max"]), max(float(low), value))


def contains(domain: Domain, value: Any) -> bool:
    """Whether a value is one of the domain's, but for its step."""
    if domain["kind"] == "categorical":
        return is_among(value, domain["choices"])
    return isinstance(value, (int, float)) and domain["min"] <= value <= domain["max"]


def float_domain(low: float, high: float, step: Optional[float], log: bool) -> Domain:
    low, high, step = float(low), float(high), None if step is None else float(step)
    if not all(math.isfinite(each) for each in (low, high, step or 0.0)) or not math.isfinite(high - low):
        raise ValueError(f"a range needs ends and a step that are finite, and so far apart: {low} to {high}")
    if log and step is not None:
        raise ValueError("step and log cannot go together")
    if low > high:
        raise ValueError(f"low must not be above high: {low} > {high}")
    if log and low <= 0:
        raise ValueError(f"low must be above 0 with log: {low}")
    domain: Domain = {"kind": "float", "min": low, "max": high, "scale": "log" if log else "linear"}
    return _stepped(domain, step)


def int_domain(low: int, high: int, step: int, log: bool) -> Domain:
    if int(step) != step:
        raise ValueError(f"step must be a whole number: {step}")
    low, high, step = int(low), int(high), int(step)
    if max(abs(low), abs(high)) > _SAFE:
        raise DomainError(
            f"{low} to {high} goes beyond {_SAFE}, up to where the service has whole numbers: suggest_float has more"
        )
    if log and step != 1:
        raise ValueError("step and log cannot go together")
    if low > high:
        raise ValueError(f"low must not be above high: {low} > {high}")
    if log and low < 1:
        raise ValueError(f"low must be at least 1 with log: {low}")
    domain: Domain = {"kind": "int", "min": low, "max": high, "scale": "log" if log else "linear"}
    return _stepped(domain, None if step == 1 else step)


def choice_domain(choices: Sequence[Any]) -> Domain:
    listed = distinct([_json(choice) for choice in choices])
    if not listed:
        raise ValueError("choices must not be empty")
    if len(listed) > _MOST_CHOICES:
        raise DomainError(
            f"{len(listed)} choices are too many: the service takes {_MOST_CHOICES}; suggest_int has more"
        )
    return {"kind": "categorical", "choices": listed}


def choice_of(value: Any, choices: Sequence[Any]) -> Any:
    """The caller's own object for a value that came over the wire."""
    for choice in choices:
        if same(_json(choice), value):
            return choice
    raise DomainError(f"{value!r} is not one of the choices {list(choices)!r}")


def _stepped(domain: Domain, step: Optional[float]) -> Domain:
    """With a step that the range is too short for there is one value; the upper end is brought onto a step, as Optuna does."""
    if step is None:
        return domain
    if step <= 0:
        raise ValueError(f"step must be above 0: {step}")
    stepped = {**domain, "step": step}
    count = _steps_up_to(stepped, domain["max"])
    return {**domain, "max": domain["min"]} if count == 0 else {**stepped, "max": _at_step(stepped, count)}


def check_name(name: str) -> None:
    """Raises DomainError for a name that the service does not take: before a first trial has trained for an hour."""
    length = len(name.encode("utf-16-le", "surrogatepass")) // 2
    if not 1 <= length <= _LONGEST_NAME or name == "__proto__":
        raise DomainError(
            f"{name!r} cannot be a name: the service takes 1 to {_LONGEST_NAME} characters, not __proto__"
        )


def place_of(domain: Domain, value: Any, otherwise: Any) -> Any:
    """The choice, as the service has it, that a value of the caller's stands for."""
    value = plain(value)
    return next((each for each in domain["choices"] if same(each, value)), otherwise)


def plain(value: Any) -> Any:
    """A scalar of NumPy, what numpy.arange is made of, as Python's own."""
    is_numpy = type(value).__module__ == "numpy" and getattr(value, "shape", None) == ()
    return value.item() if is_numpy else value


def _json(choice: Any) -> Any:
    choice = plain(choice)
    if _is_scalar(choice):
        return choice
    if isinstance(choice, (list, tuple)) and len(choice) <= _MOST_CHOICES:
        listed = [plain(each) for each in choice]
        if all(_is_scalar(each) for each in listed):
            return listed
    raise DomainError(
        f"{choice!r} cannot be a choice: the service keeps finite numbers, strings of up to {_LONGEST_TEXT} characters, "
        "booleans, None, and flat lists of them; suggest a name or a number, and look up in a dictionary what it stands for"
    )


def _is_scalar(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST_TEXT
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) <= _SAFE)


def _text(domain: Domain) -> str:
    if domain["kind"] == "categorical":
        return f"{domain['choices']!r}"
    more = "".join(
        [", log" if domain["scale"] == "log" else "", f", step {domain['step']}" if "step" in domain else ""]
    )
    return f"{domain['kind']} {domain['min']} to {domain['max']}{more}"


__all__: Tuple[str, ...] = ("DomainError", "LearnedSpace")
