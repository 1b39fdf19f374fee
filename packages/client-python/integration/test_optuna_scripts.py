"""Scripts as Optuna's own documentation writes them (README, tutorials 001 to 009, FAQ), with nothing but the import changed."""

import os
import pickle
import sys
import types
import unittest

import caviar
import caviar.optuna_like as optuna
from caviar.optuna_like import TrialPruned
from caviar.optuna_like.trial import TrialState

URL = os.environ["CAVIAR_URL"]


class Scripts(unittest.TestCase):
    def test_first_optimization(self):
        optuna.logging.set_verbosity(optuna.logging.WARNING)

        def objective(trial):
            x = trial.suggest_float("x", -10, 10)
            return (x - 2) ** 2

        study = optuna.create_study()
        study.optimize(objective, n_trials=10)
        found_x = study.best_params["x"]
        self.assertAlmostEqual((found_x - 2) ** 2, study.best_value)
        self.assertEqual(len(study.trials), 10)
        study.optimize(objective, n_trials=5)
        self.assertEqual(len(study.trials), 15)

    def test_every_kind_of_suggestion(self):
        def objective(trial):
            optimizer = trial.suggest_categorical("optimizer", ["MomentumSGD", "Adam"])
            num_layers = trial.suggest_int("num_layers", 1, 3)
            num_channels = trial.suggest_int("num_channels", 32, 512, log=True)
            num_units = trial.suggest_int("num_units", 10, 100, step=5)
            dropout_rate = trial.suggest_float("dropout_rate", 0.0, 1.0)
            learning_rate = trial.suggest_float("learning_rate", 1e-5, 1e-2, log=True)
            drop_path_rate = trial.suggest_float("drop_path_rate", 0.0, 1.0, step=0.1)
            old = trial.suggest_discrete_uniform("old", 0, 1, 0.25)
            self.assertEqual(num_units % 5, 0)
            self.assertAlmostEqual(drop_path_rate * 10, round(drop_path_rate * 10))
            self.assertIn(old, (0, 0.25, 0.5, 0.75, 1))
            self.assertIsInstance(num_channels, int)
            return num_layers + dropout_rate + learning_rate + (optimizer == "Adam")

        study = optuna.create_study(direction="maximize")
        study.optimize(objective, n_trials=6)
        drawn = study.best_trial.distributions
        self.assertEqual(drawn["num_units"], optuna.distributions.IntDistribution(10, 100, step=5))
        self.assertEqual(drawn["learning_rate"], optuna.distributions.FloatDistribution(1e-5, 1e-2, log=True))
        self.assertEqual(drawn["optimizer"], optuna.distributions.CategoricalDistribution(["MomentumSGD", "Adam"]))

    def test_branches_and_loops(self):
        def objective(trial):
            classifier_name = trial.suggest_categorical("classifier", ["SVC", "RandomForest"])
            if classifier_name == "SVC":
                svc_c = trial.suggest_float("svc_c", 1e-10, 1e10, log=True)
                return abs(svc_c - 1) / (svc_c + 1)
            units = [trial.suggest_int(f"n_units_l{i}", 4, 128, log=True) for i in range(2)]
            rf_max_depth = trial.suggest_int("rf_max_depth", 2, 32, log=True)
            return abs(rf_max_depth - 8) + sum(units) / 256

        study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=10, multivariate=True))
        study.optimize(objective, n_trials=15)
        for trial in study.trials:
            self.assertEqual("svc_c" in trial.params, trial.params["classifier"] == "SVC")

    def test_pruning(self):
        def objective(trial):
            rate = trial.suggest_float("rate", 0.0, 1.0)
            for step in range(9):
                intermediate_value = rate + 1 / (step + 1)
                trial.report(intermediate_value, step)
                if trial.should_prune():
                    raise optuna.TrialPruned()
            return intermediate_value

        study = optuna.create_study(
            pruner=optuna.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=0, interval_steps=1),
            sampler=optuna.samplers.RandomSampler(seed=2),
        )
        study.optimize(objective, n_trials=14)
        pruned_trials = study.get_trials(deepcopy=False, states=[TrialState.PRUNED])
        complete_trials = study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])
        self.assertEqual(len(pruned_trials) + len(complete_trials), 14)
        self.assertGreater(len(pruned_trials), 0)
        self.assertIsNotNone(pruned_trials[0].last_step)

    def test_user_attributes_and_callbacks(self):
        class StopWhenTrialKeepBeingPrunedCallback:
            def __call__(self, study, trial):
                if trial.value is not None and trial.number >= 4:
                    study.stop()

        def objective(trial):
            x = trial.suggest_float("x", 0, 1)
            trial.set_user_attr("accuracy", 1 - x)
            return x

        study = optuna.create_study(study_name=f"attributes {id(self)}")
        study.set_user_attr("contributors", ["Akiba", "Sano"])
        study.optimize(objective, n_trials=50, callbacks=[StopWhenTrialKeepBeingPrunedCallback()])
        self.assertEqual(study.user_attrs, {"contributors": ["Akiba", "Sano"]})
        self.assertEqual(len([trial for trial in study.trials if trial.state.is_finished()]), 5)
        self.assertAlmostEqual(study.best_trial.user_attrs["accuracy"], 1 - study.best_value)

    def test_resuming_by_name(self):
        study_name = f"example-study {id(self)}"

        def objective(trial):
            return (trial.suggest_float("x", -10, 10) - 2) ** 2

        study = optuna.create_study(study_name=study_name, storage=URL)
        study.optimize(objective, n_trials=3)
        study = optuna.create_study(study_name=study_name, storage=URL, load_if_exists=True)
        study.optimize(objective, n_trials=3)
        self.assertEqual(len(study.trials), 6)
        self.assertIn(study_name, optuna.get_all_study_names(storage=URL))
        with self.assertRaisesRegex(caviar.CaviarError, "load_if_exists"):
            optuna.create_study(study_name=study_name, storage=URL)
        with self.assertRaisesRegex(ValueError, "storage is the URL of a Caviar service"):
            optuna.create_study(study_name=study_name, storage="sqlite:///example.db")

    def test_ask_and_tell(self):
        study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=3))
        for _ in range(12):
            trial = study.ask()
            c = trial.suggest_float("C", 1e-3, 10.0, log=True)
            solver = trial.suggest_categorical("solver", ["lbfgs", "saga"])
            told = study.tell(trial, 1 / (1 + abs(c - 1)) + (solver == "saga"))
            self.assertEqual(told.state, TrialState.COMPLETE)
        self.assertEqual([trial.number for trial in study.trials if trial.state.is_finished()], list(range(12)))
        self.assertEqual(study.best_params["solver"], "saga")
        with self.assertRaisesRegex(ValueError, "has been told of already"):
            study.tell(3, 1.0)
        self.assertEqual(study.tell(3, 1.0, skip_if_finished=True).number, 3)
        with self.assertRaisesRegex(ValueError, "was not asked for"):
            study.tell(999, 1.0)

    def test_define_and_run_in_batches(self):
        distributions = {
            "x": optuna.distributions.FloatDistribution(-10, 10),
            "n": optuna.distributions.IntDistribution(1, 9, step=2),
            "kind": optuna.distributions.CategoricalDistribution(["a", "b"]),
        }
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=4))
        for _ in range(3):
            batch = [study.ask(distributions) for _ in range(4)]
            self.assertEqual(len({trial.number for trial in batch}), 4)
            for trial in reversed(batch):
                self.assertEqual(set(trial.params), {"x", "n", "kind"})
                study.tell(trial.number, trial.params["x"] ** 2)
        self.assertEqual(len(study.get_trials(states=[TrialState.COMPLETE])), 12)

    def test_telling_failures_and_pruned_trials(self):
        study = optuna.create_study()
        trial = study.ask()
        trial.suggest_float("x", 0, 1)
        with self.assertRaisesRegex(caviar.CaviarError, "fixed_distributions"):
            study.ask()
        study.tell(trial, state=TrialState.FAIL)
        trial = study.ask()
        trial.suggest_float("x", 0, 1)
        trial.report(0.5, 0)
        self.assertEqual(study.tell(trial, state=TrialState.PRUNED).state, TrialState.PRUNED)
        trial = study.ask()
        trial.suggest_float("x", 0, 1)
        with self.assertRaisesRegex(ValueError, "gave 2 values"):
            study.tell(trial, [1.0, 2.0])
        self.assertEqual(study.tell(trial, 0.25).values, [0.25])
        states = [each.state for each in study.trials][:3]
        self.assertEqual(states, [TrialState.FAIL, TrialState.PRUNED, TrialState.COMPLETE])

    def test_ask_and_tell_with_a_pruner(self):
        study = optuna.create_study(
            sampler=optuna.samplers.RandomSampler(seed=1), pruner=optuna.pruners.MedianPruner(n_startup_trials=3)
        )
        for number in range(12):
            trial = study.ask()
            self.assertEqual(trial.number, number)
            x = trial.suggest_float("x", 0, 1)
            pruned_trial = False
            for step in range(5):
                intermediate_value = x + 1 / (step + 1)
                trial.report(intermediate_value, step)
                if trial.should_prune():
                    pruned_trial = True
                    break
            if pruned_trial:
                study.tell(trial, state=optuna.TrialState.PRUNED)
            else:
                study.tell(trial, intermediate_value)
        ended = study.trials
        self.assertEqual(len(ended), 12)
        pruned = [trial for trial in ended if trial.state is TrialState.PRUNED]
        complete = [trial for trial in ended if trial.state is TrialState.COMPLETE]
        self.assertGreater(len(pruned), 0)
        self.assertGreaterEqual(len(complete), 3)
        self.assertEqual(study.best_value, min(trial.value for trial in complete))
        waiting = optuna.create_study(pruner=optuna.pruners.HyperbandPruner())
        trial = waiting.ask()
        trial.suggest_float("x", 0, 1)
        trial.report(1.0, 0)
        with self.assertRaisesRegex(NotImplementedError, "HyperbandPruner has trials wait for each other"):
            trial.should_prune()

    def test_grid(self):
        seen = []

        def objective(trial):
            x = trial.suggest_float("x", -100, 100)
            y = trial.suggest_int("y", -100, 100)
            seen.append((x, y))
            return x**2 + y**2

        search_space = {"x": [-50, 0, 50], "y": [-99, 0, 99]}
        study = optuna.create_study(sampler=optuna.samplers.GridSampler(search_space))
        study.optimize(objective, n_trials=20)
        self.assertEqual(sorted(seen), [(x, y) for x in (-50, 0, 50) for y in (-99, 0, 99)])
        self.assertEqual(study.best_value, 0)

    def test_several_objectives(self):
        def objective(trial):
            x = trial.suggest_float("x", 0, 5)
            y = trial.suggest_float("y", 0, 3)
            return 4 * x**2 + 4 * y**2, (x - 5) ** 2 + (y - 5) ** 2

        study = optuna.create_study(directions=["minimize", "minimize"], sampler=optuna.samplers.NSGAIISampler(seed=1))
        study.optimize(objective, n_trials=10, timeout=300)
        self.assertEqual(study.directions, [optuna.StudyDirection.MINIMIZE] * 2)
        trial_with_highest_accuracy = max(study.best_trials, key=lambda t: t.values[1])
        self.assertEqual(len(trial_with_highest_accuracy.values), 2)
        with self.assertRaisesRegex(RuntimeError, "best_trials"):
            study.best_trial

    def test_threads_timeout_and_catch(self):
        def objective(trial):
            x = trial.suggest_float("x", 0, 1)
            if trial.number % 3 == 1:
                raise ZeroDivisionError("of its own")
            return x

        study = optuna.create_study()
        study.optimize(objective, n_trials=9, n_jobs=3, catch=(ZeroDivisionError,), timeout=300, show_progress_bar=False)
        failed = study.get_trials(states=[TrialState.FAIL])
        self.assertEqual([trial.number for trial in failed], [1, 4, 7])

    def test_enqueued_trials_and_importance(self):
        def objective(trial):
            x = trial.suggest_float("x", 0, 10)
            noise = trial.suggest_float("noise", 0, 1)
            return x**2 + 0.001 * noise

        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=5))
        study.enqueue_trial({"x": 1, "noise": 0.5})
        study.enqueue_trial({"x": 5})
        study.optimize(objective, n_trials=25)
        self.assertEqual(study.trials[0].params, {"x": 1, "noise": 0.5})
        self.assertEqual(study.trials[1].params["x"], 5)
        importances = optuna.importance.get_param_importances(study)
        self.assertEqual(list(importances), ["x", "noise"])
        self.assertAlmostEqual(sum(importances.values()), 1)

    def test_a_fixed_trial(self):
        def objective(trial):
            trial.report(1.0, 0)
            if trial.should_prune():
                raise TrialPruned()
            return trial.suggest_float("x", -10, 10) + (trial.suggest_categorical("c", ["a", "b"]) == "b")

        self.assertEqual(objective(optuna.trial.FixedTrial({"x": 1.0, "c": "b"})), 2.0)
        with self.assertRaisesRegex(ValueError, "'c' is missing"):
            objective(optuna.trial.FixedTrial({"x": 1.0}))

    def test_dataframe(self):
        study = optuna.create_study()
        study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=3)
        if "pandas" not in sys.modules and not _has_pandas():
            with self.assertRaisesRegex(ImportError, "needs pandas"):
                study.trials_dataframe()

            class DataFrame:  # of pandas, as far as it is used
                def __init__(self, data, columns):
                    self.data, self.columns = data, columns

            sys.modules["pandas"] = types.ModuleType("pandas")
            sys.modules["pandas"].DataFrame, sys.modules["pandas"].MultiIndex = DataFrame, None
            self.addCleanup(sys.modules.pop, "pandas")
        df = study.trials_dataframe()
        expected = ["number", "value", "datetime_start", "datetime_complete", "duration", "params_x", "state"]
        self.assertEqual(list(df.columns), expected)
        df = study.trials_dataframe(attrs=("number", "value", "params", "state"))
        self.assertEqual(list(df.columns), ["number", "value", "params_x", "state"])

    def test_what_is_not_there_says_so(self):
        for look, message in (
            (lambda: optuna.visualization.plot_optimization_history, "dashboard"),
            (lambda: optuna.storages.RDBStorage, "URL of a Caviar service"),
            (lambda: optuna.integration.XGBoostPruningCallback, "trial.report"),
            (lambda: optuna.samplers.BruteForceSampler, "GridSampler"),
            (lambda: optuna.pruners.ThresholdPruner, "raise TrialPruned"),
            (lambda: optuna.trial.create_trial, "enqueue_trial"),
            (lambda: optuna.create_study().add_trial, "enqueue_trial"),
            (lambda: optuna.create_study().no_such_thing, "has no attribute"),
            (lambda: optuna.trial.FixedTrial({}).system_attrs, "user_attrs"),
            (lambda: optuna.distributions.UniformDistribution, "FloatDistribution"),
            (lambda: optuna.importance.FanovaImportanceEvaluator, "by fANOVA"),
            (lambda: optuna.no_such_thing, "has no attribute"),
        ):
            with self.assertRaisesRegex(AttributeError, message):
                look()
        with self.assertRaisesRegex(TypeError, "load_if_exists=True"):
            pickle.dumps(optuna.create_study())
        with self.assertRaisesRegex(KeyError, "load_if_exists=True"):
            optuna.load_study(study_name=f"nobody's {id(self)}")
        with self.assertRaisesRegex(TypeError, "no option 'odd'"):
            optuna.samplers.NSGAIISampler(odd=1)


def _has_pandas():
    try:
        import pandas  # noqa: F401
    except ImportError:
        return False
    return True


if __name__ == "__main__":
    unittest.main()
