"""Optuna's samplers on the functions of `search.ts`: the same table, to stand beside it.

Usage: python3 optuna_regret.py [seeds] [sampler,...] [problem,...]; samplers: tpe, tpe-group, cmaes, gp. Needs optuna (5.0).
"""

import json
import pathlib
import statistics
import subprocess
import sys

import optuna

MARKS = (25, 50, 100)
SAMPLERS = {
    "tpe": lambda seed: optuna.samplers.TPESampler(multivariate=True, seed=seed),
    "tpe-group": lambda seed: optuna.samplers.TPESampler(multivariate=True, group=True, seed=seed),
    "cmaes": lambda seed: optuna.samplers.CmaEsSampler(seed=seed),
    "gp": lambda seed: optuna.samplers.GPSampler(seed=seed),
}


def suggest(trial, space):
    """Params of a space; parents stand before their children in it."""
    params = {}
    for name, domain in space.items():
        conditions = domain.get("when", {})
        if any(parent not in params or params[parent] not in values for parent, values in conditions.items()):
            continue
        if domain["kind"] == "categorical":
            params[name] = trial.suggest_categorical(name, domain["choices"])
        else:
            kind = trial.suggest_int if domain["kind"] == "int" else trial.suggest_float
            params[name] = kind(name, domain["min"], domain["max"], log=domain["scale"] == "log")
    return params


def main():
    arguments = sys.argv[1:] + [""] * 3
    seeds = int(arguments[0] or 20)
    samplers = arguments[1].split(",") if arguments[1] else ["tpe"]
    wanted = arguments[2].split(",") if arguments[2] else None
    script = pathlib.Path(__file__).parent.parent / "dist" / "bench" / "evaluate.js"
    with subprocess.Popen(["node", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:

        def regret(name, params):
            print(json.dumps({"problem": name, "params": params}), file=node.stdin, flush=True)
            return json.loads(node.stdout.readline())

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        problems = [one for one in json.loads(node.stdout.readline()) if wanted is None or one["name"] in wanted]
        print("| function |", " | ".join(samplers), "|")
        print("| --- |", "--- | " * len(samplers))
        for problem in problems:
            cells = []
            for sampler in samplers:
                runs = []
                for seed in range(seeds):
                    study = optuna.create_study(sampler=SAMPLERS[sampler](seed))
                    study.optimize(lambda trial: regret(problem["name"], suggest(trial, problem["space"])), MARKS[-1])
                    values = [trial.value for trial in study.trials]
                    runs.append([min(values[:mark]) for mark in MARKS])
                cells.append(" / ".join(f"{statistics.median(run):.2g}" for run in zip(*runs)))
            print(f"| {problem['name']} |", " | ".join(cells), "|", flush=True)
        node.stdin.close()


main()
