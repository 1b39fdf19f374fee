"""A function, and a search over its parameters, in one call or as a decorator."""

from __future__ import annotations

import functools
import inspect
from typing import Any, Callable, Generic, Optional, Tuple, Type, TypeVar

from . import types as t
from .client import Client
from .search import Result, Search
from .space import Space
from .trial import Trial

#: A training run outlasts a service that is away for as long as an upgrade takes.
_PATIENCE = 600.0
Function = TypeVar("Function", bound=Callable[..., Result])


def optimize(
    function: Callable[[Trial], Result],
    space: Space,
    *,
    client: Optional[Client] = None,
    n_jobs: int = 1,
    catch: Tuple[Type[Exception], ...] = (),
    lease: float = 60.0,
    timeout: Optional[float] = None,
    idempotency_key: Optional[str] = None,
    **spec: Any,
) -> Optional[t.BestTrial]:
    """Makes a search, calls the function with one trial after another until it has ended, and gives the best.

    The keywords are those of a spec: `max_trials`, `direction`, `metric`, `sampler`, `scheduler`, `seed`, `params`, `name`, `stop`.
    """
    spec.setdefault("parallelism", n_jobs)
    # A service that has not answered yet is not being upgraded: nobody has started it.
    search = Search.start(client or Client(), space, idempotency_key=idempotency_key, **spec)
    search.client = client or Client(patience=_PATIENCE)
    return search.optimize(function, n_jobs=n_jobs, catch=catch, lease=lease, timeout=timeout)


class Objective(Generic[Function]):
    """A function with the space of its parameters. It is called as it was; `optimize` searches."""

    def __init__(self, function: Function, space: Space, options: Any) -> None:
        functools.update_wrapper(self, function)
        self._function, self._space, self._options = function, space, options
        parameters = inspect.signature(function).parameters
        self._wants_trial = "trial" in parameters
        takes_any = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values())
        unknown = [] if takes_any else [name for name in space if name not in parameters]
        if unknown:
            raise TypeError(f"{function.__name__}() has no parameter {unknown[0]!r}, which the space has")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(*args, **kwargs)

    def optimize(self, **options: Any) -> Optional[t.BestTrial]:
        """Searches, with options beside or instead of the decorator's; see `caviar.optimize`."""

        def call(trial: Trial) -> Result:
            more = {"trial": trial} if self._wants_trial else {}
            return self._function(**trial.params, **more)

        return optimize(call, self._space, **{"name": self._function.__name__, **self._options, **options})


def objective(space: Space, **options: Any) -> Callable[[Function], Objective[Function]]:
    """Gives a function a search over its parameters:

        @caviar.objective({"x": caviar.Float(-10, 10)}, max_trials=40)
        def parabola(x):
            return (x - 2) ** 2

        best = parabola.optimize()

    A parameter called `trial` is the trial itself, for `trial.report`.
    """
    return lambda function: Objective(function, space, options)
