"""Values that a program wants tried."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict


@dataclass(frozen=True)
class Enqueued:
    params: Dict[str, Any]
    user_attrs: Dict[str, Any] = field(default_factory=dict)


__all__ = ["Enqueued"]
