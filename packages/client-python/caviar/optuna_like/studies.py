"""Making, finding and deleting studies."""

from __future__ import annotations

import uuid
from typing import Any, List, Optional, Sequence, Union

from ..client import Client
from .exceptions import DuplicatedStudyError
from .pruners import BasePruner, MedianPruner
from .samplers import AutoSampler, BaseSampler
from .study import Study, StudyDirection

_PATIENCE = 600.0


def create_study(
    *,
    storage: Optional[str] = None,
    sampler: Optional[BaseSampler] = None,
    pruner: Optional[BasePruner] = None,
    study_name: Optional[str] = None,
    direction: Optional[str] = None,
    load_if_exists: bool = False,
    directions: Optional[Sequence[Union[str, StudyDirection]]] = None,
    client: Optional[Client] = None,
) -> Study:
    """A study. `storage` is the URL of the service, that of CAVIAR_URL unless given."""
    if direction is not None and directions is not None:
        raise ValueError("give direction or directions, not both")
    for what, given, kind in (("sampler", sampler, BaseSampler), ("pruner", pruner, BasePruner)):
        if given is not None and not isinstance(given, kind):
            raise TypeError(f"{what} must be one of caviar.optuna_like.{what}s, made with its options, not {given!r}")
    used = client or _client(storage)
    if study_name is not None and _find(used, study_name) is not None:
        if load_if_exists:
            return load_study(study_name=study_name, storage=storage, sampler=sampler, pruner=pruner, client=used)
        raise DuplicatedStudyError(f"there is a study {study_name!r} already; with load_if_exists=True it goes on")
    names = [_direction(each) for each in (directions or [direction or "minimize"])]
    return Study(
        used,
        study_name=study_name or f"study-{uuid.uuid4().hex[:8]}",
        directions=names,
        sampler=sampler or AutoSampler(),
        pruner=pruner or MedianPruner(),
        find=lambda: None if study_name is None else _find(used, study_name),
        joins=load_if_exists,
    )


def load_study(
    *,
    study_name: str,
    storage: Optional[str] = None,
    sampler: Optional[BaseSampler] = None,
    pruner: Optional[BasePruner] = None,
    client: Optional[Client] = None,
) -> Study:
    """A study that is there. Sampler and pruner are those that it was made with."""
    used = client or _client(storage)
    search = _find(used, study_name)
    if search is None:
        raise KeyError(
            f"there is no study {study_name!r}. The service has one from its first trial on: where several programs take part, "
            "each says create_study(study_name=..., load_if_exists=True), with the direction"
        )
    spec: Any = search["spec"]
    objectives = spec.get("objectives") or [spec["objective"]]
    return Study(
        used,
        study_name=study_name,
        directions=[each["direction"] for each in objectives],
        sampler=sampler or AutoSampler(),
        pruner=pruner or MedianPruner(),
        search=search,
    )


def delete_study(*, study_name: str, storage: Optional[str] = None, client: Optional[Client] = None) -> None:
    """Deletes a study, and all that it has."""
    used = client or _client(storage)
    search = _find(used, study_name)
    if search is None:
        raise KeyError(f"there is no study {study_name!r}")
    if search["status"] == "running":
        used.cancel_search(search["id"])
    used.delete_search(search["id"])


def get_all_study_names(storage: Optional[str] = None, *, client: Optional[Client] = None) -> List[str]:
    """Names of the searches that are trained outside, newest first."""
    names: List[str] = []
    for search in (client or _client(storage)).every_search():
        spec: Any = search["spec"]
        if spec["trainer"]["kind"] == "external" and search["name"] not in names:
            names.append(search["name"])
    return names


def _client(storage: Optional[str]) -> Client:
    if storage is not None and not storage.startswith(("http://", "https://")):
        raise ValueError(f"storage is the URL of a Caviar service, such as http://127.0.0.1:3000, not {storage!r}")
    # Before a first trial has trained for an hour: whether the service answers, and lets us in.
    Client(storage).list_searches(limit=1)
    return Client(storage, patience=_PATIENCE)


def _find(client: Client, name: str) -> Optional[Any]:
    """The newest search of that name that is trained outside."""
    for search in client.every_search():
        spec: Any = search["spec"]
        if search["name"] == name and spec["trainer"]["kind"] == "external":
            return search
    return None


def _direction(direction: Union[str, StudyDirection]) -> str:
    name = direction.name.lower() if isinstance(direction, StudyDirection) else direction
    if name not in ("minimize", "maximize"):
        raise ValueError(f"direction must be minimize or maximize, not {name!r}")
    return name
