"""A program for the trainer `command`: a linear classifier on handwritten digits, one measurement per epoch."""

import json
import sys

from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import train_test_split

trial = json.loads(sys.stdin.readline())  # one line: more may come, to say that it is time to stop
params, seed = trial["params"], trial["searchSeed"] % 2**32
x, y = load_digits(return_X_y=True)
x_train, x_dev, y_train, y_dev = train_test_split(x / 16, y, test_size=0.2, random_state=seed)
model = SGDClassifier(
    loss=params["loss"],
    alpha=params["alpha"],
    learning_rate="constant",
    eta0=params["learningRate"],
    random_state=(seed + trial["trialNumber"]) % 2**32,  # the same trial, the same numbers
)
for epoch in range(1, params["epochs"] + 1):
    model.partial_fit(x_train, y_train, classes=range(10))
    metrics = {"dev.error": 1 - model.score(x_dev, y_dev), "train.error": 1 - model.score(x_train, y_train)}
    print(json.dumps({"step": epoch, "metrics": metrics}), flush=True)
