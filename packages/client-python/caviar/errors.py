"""What goes wrong, as classes; `ProblemError.code` is stable, and explained by the service at `/problems`."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Type


class CaviarError(Exception):
    """Everything that this package raises."""


class UnreachableError(CaviarError):
    """The service did not answer, or something between us and it answered in its place."""


class ProblemError(CaviarError):
    """An answer that says what went wrong (RFC 9457)."""

    def __init__(self, problem: Dict[str, Any], retry_after: Optional[float] = None) -> None:
        self.problem = problem
        self.code: str = problem.get("code", "")
        self.status: int = problem.get("status", 0)
        self.title: str = problem.get("title", "")
        self.detail: str = problem.get("detail", "")
        #: What is wrong with the request: `{"pointer": ..., "message": ...}` each; empty unless it is the request's fault.
        self.errors: List[Dict[str, str]] = problem.get("errors") or []
        self.request_id: str = problem.get("requestId", "")
        #: Seconds after which to try again, where the service says so.
        self.retry_after = retry_after
        lines = [f"{self.detail} ({self.code})"]
        lines += [f"  {error.get('parameter') or error['pointer']}: {error['message']}" for error in self.errors]
        super().__init__("\n".join(lines))


class InvalidError(ProblemError):
    """What was sent makes no sense; `errors` points at every key that is wrong."""


class AccessError(ProblemError):
    """The key is missing, unknown, or may not do this."""


class NotFoundError(ProblemError):
    """There is no such thing, or it is not yours."""


class ConflictError(ProblemError):
    """It makes sense, but not now."""


class LeaseLostError(ConflictError):
    """The trial is no longer ours: it was silent for too long, has been handed out again, or has ended."""


class RateLimitedError(ProblemError):
    """Too many requests, or too much running at once."""


class UnavailableError(ProblemError):
    """The service, or a part of it, is away."""


class TrialPruned(CaviarError):
    """Raised by an objective that ends its trial early."""


class TrialStopped(CaviarError):
    """Raised by `trial.report` in code that `optimize` runs when there is no use in going on; let it pass."""


_BY_STATUS: Dict[int, Type[ProblemError]] = {
    400: InvalidError,
    401: AccessError,
    403: AccessError,
    404: NotFoundError,
    409: ConflictError,
    410: NotFoundError,
    413: InvalidError,
    415: InvalidError,
    422: InvalidError,
    429: RateLimitedError,
    503: UnavailableError,
}


def problem_of(problem: Dict[str, Any], retry_after: Optional[float]) -> ProblemError:
    """The error that an answer stands for."""
    if problem.get("code") in ("lease-lost", "trial-ended"):
        return LeaseLostError(problem, retry_after)
    return _BY_STATUS.get(problem.get("status", 0), ProblemError)(problem, retry_after)
