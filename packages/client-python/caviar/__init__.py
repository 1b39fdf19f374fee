"""Client of Caviar, a self-hosted hyperparameter-search service. Standard library only.

import caviar

best = caviar.optimize(lambda trial: (trial["x"] - 2) ** 2, {"x": caviar.Float(-10, 10)}, max_trials=40)
print(best["value"], best["params"])
"""

from .client import Client, FollowedEvent
from .errors import (
    AccessError,
    CaviarError,
    ConflictError,
    InvalidError,
    LeaseLostError,
    NotFoundError,
    ProblemError,
    RateLimitedError,
    TrialPruned,
    TrialStopped,
    UnavailableError,
    UnreachableError,
)
from .objective import objective, optimize
from .search import Search
from .space import Choice, Float, Int
from .trial import Trial

__version__ = "0.1.0"

__all__ = [
    "AccessError",
    "CaviarError",
    "Choice",
    "Client",
    "ConflictError",
    "Float",
    "FollowedEvent",
    "Int",
    "InvalidError",
    "LeaseLostError",
    "NotFoundError",
    "ProblemError",
    "RateLimitedError",
    "Search",
    "Trial",
    "TrialPruned",
    "TrialStopped",
    "UnavailableError",
    "UnreachableError",
    "objective",
    "optimize",
]
