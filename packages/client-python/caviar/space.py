"""Domains of a search space, as the service has them; plain dictionaries do as well."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Sequence, Union

Scalar = Union[str, int, float, bool, None]
ParamValue = Union[Scalar, Sequence[Scalar]]
Domain = Dict[str, Any]
Space = Mapping[str, Domain]
When = Mapping[str, Sequence[ParamValue]]


def Float(
    min: float, max: float, *, scale: str = "linear", step: Optional[float] = None, when: Optional[When] = None
) -> Domain:
    """A range of numbers, both ends included. `scale` is linear, log, or oneMinusLog (for betas)."""
    return _domain({"kind": "float", "min": min, "max": max, "scale": scale}, step, when)


def Int(
    min: int, max: int, *, scale: str = "linear", step: Optional[int] = None, when: Optional[When] = None
) -> Domain:
    """A range of whole numbers, both ends included."""
    return _domain({"kind": "int", "min": min, "max": max, "scale": scale}, step, when)


def Choice(choices: Sequence[ParamValue], *, when: Optional[When] = None) -> Domain:
    """One of a few values."""
    return _domain({"kind": "categorical", "choices": list(choices)}, None, when)


def _domain(domain: Domain, step: Optional[float], when: Optional[When]) -> Domain:
    if step is not None:
        domain["step"] = step
    if when is not None:
        domain["when"] = {name: list(values) for name, values in when.items()}
    return domain
