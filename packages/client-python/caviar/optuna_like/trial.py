"""What an objective is called with, and what a study shows of its trials."""

from __future__ import annotations

import enum
import random
from datetime import datetime
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Union

from .. import trial as _held
from ..errors import TrialStopped
from ._absent import absent, missing
from .distributions import BaseDistribution, of_domain
from ._learned_space import (
    Domain,
    DomainError,
    LearnedSpace,
    choice_domain,
    choice_of,
    contains,
    draw,
    float_domain,
    int_domain,
    on_step,
)
from ._same import same


#: Steps of the service count from 1.
_LAST_STEP = 2**31 - 2


class TrialState(enum.Enum):
    RUNNING = 0
    COMPLETE = 1
    PRUNED = 2
    FAIL = 3
    WAITING = 4

    def is_finished(self) -> bool:
        return self in (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)


class Suggesting:
    """The ways to ask for a parameter."""

    def suggest_float(
        self, name: str, low: float, high: float, *, step: Optional[float] = None, log: bool = False
    ) -> float:
        return float(self._suggest(name, float_domain(low, high, step, log)))

    def suggest_int(self, name: str, low: int, high: int, *, step: int = 1, log: bool = False) -> int:
        return int(self._suggest(name, int_domain(low, high, step, log)))

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        value = choice_of(self._suggest(name, choice_domain(choices)), choices)
        self._note(name, value)
        return value

    def suggest_uniform(self, name: str, low: float, high: float) -> float:
        return self.suggest_float(name, low, high)

    def suggest_discrete_uniform(self, name: str, low: float, high: float, q: float) -> float:
        return self.suggest_float(name, low, high, step=q)

    def suggest_loguniform(self, name: str, low: float, high: float) -> float:
        return self.suggest_float(name, low, high, log=True)

    __getattr__ = missing("Trial")

    def _suggest(self, name: str, domain: Domain) -> Any:
        raise NotImplementedError

    def _note(self, name: str, value: Any) -> None:
        """The caller's own object for a choice."""


class Trial(Suggesting):
    """A call of the objective. Its suggestions are the service's, or drawn here where the service has not heard of the name yet."""

    def __init__(
        self,
        learned: LearnedSpace,
        given: Mapping[str, Any],
        *,
        number: int,
        rng: random.Random,
        held: Optional[_held.Trial],
        metric: str,
        wanted: Optional[Mapping[str, Any]] = None,
    ) -> None:
        self.number = number
        #: The study that the trial is of; a FixedTrial has none.
        self.study: Any = None
        self.datetime_start: Optional[datetime] = datetime.now()
        self.user_attrs: Dict[str, Any] = {}
        self._learned, self._given, self._rng, self._held, self._metric = learned, given, rng, held, metric
        #: What was enqueued for it, where the service did not know that it exists.
        self._wanted: Mapping[str, Any] = wanted or {}
        #: As they go over the wire, in the order in which they were asked for.
        self._values: Dict[str, Any] = {}
        self._suggested: Dict[str, Any] = {}
        self._drawn: Dict[str, Any] = {}
        self._reports: Dict[int, float] = {}
        self._is_stopped = False
        #: Whether it was asked if it is to be pruned: code that only reports is not.
        self._may_prune = False
        #: Of ask and tell, where the study judges by itself.
        self._judge: Optional[Callable[[Trial], bool]] = None

    @property
    def params(self) -> Dict[str, Any]:
        """What has been suggested so far."""
        return dict(self._suggested)

    def report(self, value: float, step: int) -> None:
        """The value of the objective at a step. Repeating a step changes nothing."""
        number, step = float(value), int(step)
        if step < 0:
            raise ValueError(f"step must not be below 0: {step}")
        if step > _LAST_STEP:
            raise ValueError(f"step must be at most {_LAST_STEP}, up to where the service counts: {step}")
        self._reports.setdefault(step, number)
        if self._held is None or self._is_stopped:
            return
        try:
            # Steps of the service count what has been done: Optuna's step 0 is the first of them.
            self._held.report(step + 1, {self._metric: number})
        except TrialStopped:
            self._is_stopped = True

    def should_prune(self) -> bool:
        """Whether the pruner has ended the trial: raise TrialPruned."""
        self._may_prune = True
        if self._judge is not None and self._reports and not self._is_stopped:
            self._is_stopped = self._judge(self)
        return self._is_stopped or (self._held is not None and self._held.should_stop)

    @property
    def distributions(self) -> Dict[str, BaseDistribution]:
        """What has been suggested from, so far."""
        domains = self._learned.space()
        return {name: of_domain(domains[name]) for name in self._suggested}

    def set_user_attr(self, key: str, value: Any) -> None:
        """Kept for as long as the program runs."""
        self.user_attrs[key] = value

    def _suggest(self, name: str, domain: Domain) -> Any:
        self._learned.learn_domain(name, domain)
        if name not in self._values:
            given = self._given if name in self._given else self._wanted
            value = on_step(domain, given[name]) if name in given else draw(domain, self._rng)
            if not contains(domain, value):
                raise DomainError(f"the study gives {name!r} the value {value!r}, which the suggestion does not allow")
            if name not in self._given:
                self._drawn[name] = value
            self._values[name] = value
            self._suggested[name] = value
        return self._values[name]

    def _note(self, name: str, value: Any) -> None:
        self._suggested[name] = value

    def _extra_metrics(self, domains: Mapping[str, Domain]) -> Dict[str, float]:
        """What was drawn here, for the service to keep: numbers as they are, choices by their place."""
        extra: Dict[str, float] = {}
        for name, value in self._drawn.items():
            domain = domains[name]
            is_choice = domain["kind"] == "categorical"
            place = next(i for i, each in enumerate(domain["choices"]) if same(each, value)) if is_choice else value
            extra[f"drawn.{name}"] = place
        return extra


class FixedTrial(Trial):
    """A trial of one's own values, for calling an objective without a study."""

    def __init__(self, params: Mapping[str, Any], number: int = 0) -> None:
        super().__init__(LearnedSpace(), dict(params), number=number, rng=random.Random(0), held=None, metric="value")

    def _suggest(self, name: str, domain: Domain) -> Any:
        if name not in self._given:
            raise ValueError(f"the value of {name!r} is missing: FixedTrial has {sorted(self._given)}")
        return super()._suggest(name, domain)

    def should_prune(self) -> bool:
        return False


_STATES = {
    "completed": TrialState.COMPLETE,
    "pruned": TrialState.PRUNED,
    "queued": TrialState.WAITING,
    "running": TrialState.RUNNING,
    "paused": TrialState.RUNNING,
}


class FrozenTrial(Suggesting):
    """A trial as the service has it. An objective can be called with it: it then suggests what the trial had, and prunes nothing."""

    def __init__(
        self,
        raw: Mapping[str, Any],
        *,
        metrics: Sequence[str],
        trial: Optional[Trial],
        domains: Mapping[str, Domain],
        curve: Callable[[], Any],
    ) -> None:
        self.raw = raw
        self.number: int = raw["number"]
        self.state: TrialState = _STATES.get(raw["status"], TrialState.FAIL)
        # Those that the objective asked for, where it ran in this program; all that it was given elsewhere.
        self.params: Dict[str, Any] = (
            {
                name: on_step(dict(domains[name]), value) if name in domains else value
                for name, value in raw["params"].items()
            }
            if trial is None
            else trial.params
        )
        self.user_attrs: Dict[str, Any] = {} if trial is None else dict(trial.user_attrs)
        self.distributions: Dict[str, BaseDistribution] = {
            name: of_domain(dict(domains[name])) for name in self.params if name in domains
        }
        self.datetime_start = _time(raw.get("startedAt"))
        self.datetime_complete = _time(raw.get("endedAt"))
        found: List[Optional[float]] = [raw["metrics"].get(metric) for metric in metrics]
        self.values: Optional[List[float]] = (
            None if any(each is None for each in found) else [float(each) for each in found if each is not None]
        )
        self._curve, self._metric = curve, metrics[0]

    def report(self, value: float, step: int) -> None:
        """Has been reported: changes nothing."""

    def should_prune(self) -> bool:
        return False

    def set_user_attr(self, key: str, value: Any) -> None:
        self.user_attrs[key] = value

    def _suggest(self, name: str, domain: Domain) -> Any:
        if name not in self.params:
            raise ValueError(f"trial {self.number} has no parameter {name!r}")
        value = on_step(domain, self.params[name])
        if not contains(domain, value):
            raise ValueError(f"trial {self.number} has {name!r} {value!r}, which the suggestion does not allow")
        return value

    @property
    def value(self) -> Optional[float]:
        return None if self.values is None else self.values[0]

    @property
    def duration(self) -> Any:
        if self.datetime_start is None or self.datetime_complete is None:
            return None
        return self.datetime_complete - self.datetime_start

    @property
    def intermediate_values(self) -> Dict[int, float]:
        """What was reported, by step; asked for when it is looked at."""
        found = {item["step"] - 1: item["metrics"].get(self._metric) for item in self._curve()["items"]}
        return {step: float("nan") if value is None else value for step, value in found.items()}

    @property
    def last_step(self) -> Optional[int]:
        return max(self.intermediate_values, default=None)

    def __repr__(self) -> str:
        return f"FrozenTrial(number={self.number}, state={self.state.name}, values={self.values}, params={self.params})"


def _time(text: Union[str, None]) -> Optional[datetime]:
    """In local time without its name, as Optuna has it: spreadsheets take no other, and datetime.now() is so too."""
    if text is None:
        return None
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone().replace(tzinfo=None)


__getattr__ = absent("trial", __name__)

__all__ = ["FixedTrial", "FrozenTrial", "Trial", "TrialState"]
