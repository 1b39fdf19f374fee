"""Trials as a pandas DataFrame, where pandas is there."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence, Tuple

from .trial import FrozenTrial


def trials_dataframe(trials: Sequence[FrozenTrial], attrs: Sequence[str], values: int, multi_index: bool) -> Any:
    """A row per trial: `value` (or `values_0`, `values_1`, ...), `params_NAME`, `user_attrs_NAME`, and the rest by name."""
    try:
        from pandas import DataFrame, MultiIndex  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise ImportError("trials_dataframe() needs pandas: pip install pandas") from error
    rows: List[Dict[Tuple[str, str], Any]] = [_row(trial, attrs, values) for trial in trials]
    columns = list(dict.fromkeys(column for attr in attrs for row in rows for column in row if _is_of(column, attr)))
    cells = [[row.get(column) for column in columns] for row in rows]
    if multi_index:
        return DataFrame(cells, columns=MultiIndex.from_tuples(columns))
    return DataFrame(cells, columns=["_".join(part for part in column if part != "") for column in columns])


def _is_of(column: Tuple[str, str], attr: str) -> bool:
    return column[0] == attr or (attr == "value" and column[0] == "values")


def _row(trial: FrozenTrial, attrs: Sequence[str], values: int) -> Dict[Tuple[str, str], Any]:
    row: Dict[Tuple[str, str], Any] = {}
    for attr in attrs:
        if attr == "value" and values > 1:
            for i in range(values):
                row["values", str(i)] = None if trial.values is None else trial.values[i]
            continue
        value = getattr(trial, attr)
        if attr == "state":
            row[attr, ""] = value.name
        elif isinstance(value, dict):
            for name in sorted(value):
                row[attr, name] = value[name]
        else:
            row[attr, ""] = value
    return row
