"""Distributions by Optuna's names: domains that are said beforehand, for `study.ask`."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence, Tuple

from ._absent import absent
from ._learned_space import Domain, choice_domain, float_domain, int_domain


class BaseDistribution:
    """What a parameter may be."""

    def domain(self) -> Domain:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


class FloatDistribution(BaseDistribution):
    def __init__(self, low: float, high: float, log: bool = False, step: Optional[float] = None) -> None:
        self.low, self.high, self.log, self.step = float(low), float(high), log, step

    def domain(self) -> Domain:
        return float_domain(self.low, self.high, self.step, self.log)


class IntDistribution(BaseDistribution):
    def __init__(self, low: int, high: int, log: bool = False, step: int = 1) -> None:
        self.low, self.high, self.log, self.step = int(low), int(high), log, step

    def domain(self) -> Domain:
        return int_domain(self.low, self.high, self.step, self.log)


class CategoricalDistribution(BaseDistribution):
    def __init__(self, choices: Sequence[Any]) -> None:
        self.choices: Tuple[Any, ...] = tuple(choices)

    def domain(self) -> Domain:
        return choice_domain(self.choices)


def of_domain(domain: Dict[str, Any]) -> BaseDistribution:
    """The distribution that a domain of the service stands for."""
    if domain["kind"] == "categorical":
        return CategoricalDistribution(domain["choices"])
    is_log = domain.get("scale") == "log"
    if domain["kind"] == "int":
        return IntDistribution(domain["min"], domain["max"], is_log, domain.get("step", 1))
    return FloatDistribution(domain["min"], domain["max"], is_log, domain.get("step"))


__getattr__ = absent("distributions", __name__)

__all__ = ["BaseDistribution", "CategoricalDistribution", "FloatDistribution", "IntDistribution"]
