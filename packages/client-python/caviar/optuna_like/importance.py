"""Importance by Optuna's name: the service's functional ANOVA."""

from __future__ import annotations

from typing import Dict, List, Optional

from ._absent import absent
from .study import Study


def get_param_importances(study: Study, *, params: Optional[List[str]] = None, normalize: bool = True) -> Dict[str, float]:
    """Share of the variance of the objective per parameter, the largest first; it takes 16 completed trials."""
    if study.search_id is None:
        raise ValueError("the study has no trials yet")
    shares = {
        each["name"]: float(each["share"])
        for each in study._client.importance(study.search_id)["parameters"]
        if params is None or each["name"] in params
    }
    total = sum(shares.values())
    scale = 1.0 if not normalize or total == 0 else total
    return {name: share / scale for name, share in sorted(shares.items(), key=lambda item: -item[1])}


__getattr__ = absent("importance", __name__)

__all__ = ["get_param_importances"]
