"""Networks of the sizes in workloads.ts, on noise, in PyTorch and scikit-learn, one thread: samples per second of CPU time.

Numbers in a batch do not change their speed.

Prints one JSON line per measurement. Usage: python3 torch_and_sklearn.py [seconds] [torch | sklearn] [W1,W2,...]
"""

import json
import os
import sys
import time
import warnings

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
WHICH = sys.argv[2] if len(sys.argv) > 2 else "torch"
NAMES = sys.argv[3].split(",") if len(sys.argv) > 3 else ["W1", "W2", "W3", "W4"]
WORKLOADS = {
    "W1": dict(sizes=[784, 256, 128, 10], rows=10000, batch=128, norm=False, drop=0.0),
    "W2": dict(sizes=[784, 512, 512, 10], rows=10000, batch=256, norm=True, drop=0.2),
    "W3": dict(sizes=[30, 32, 16, 2], rows=4096, batch=32, norm=False, drop=0.0),
    "W4": dict(sizes=[20, 64, 2], rows=4096, batch=16, norm=False, drop=0.0),
}


def rates_of(epoch, rows):
    """The median of the epochs, and the fastest tenth, which other work on the machine hardly touches."""
    warm = time.perf_counter()
    while time.perf_counter() - warm < 0.3:
        epoch()
    rates, start = [], time.perf_counter()
    while time.perf_counter() - start < SECONDS or len(rates) < 11:
        before = time.process_time()
        epoch()
        rates.append(rows / (time.process_time() - before))
    rates.sort()
    return [rates[int(share * (len(rates) - 1))] for share in (0.5, 0.9)]


def torch_rate(name, foreach):
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(1)
    w = WORKLOADS[name]
    sizes, rows, batch = w["sizes"], w["rows"], w["batch"]
    binary = sizes[-1] == 2
    sizes = sizes[:-1] + [1 if binary else sizes[-1]]
    layers = []
    for i in range(len(sizes) - 1):
        last = i == len(sizes) - 2
        layers.append(nn.Linear(sizes[i], sizes[i + 1], bias=last or not w["norm"]))
        if not last:
            if w["norm"]:
                layers.append(nn.BatchNorm1d(sizes[i + 1]))
            layers.append(nn.ReLU())
            if w["drop"]:
                layers.append(nn.Dropout(w["drop"]))
    model = nn.Sequential(*layers)
    x = torch.rand(rows, sizes[0])
    y = torch.randint(0, w["sizes"][-1], (rows,))
    target = y.float().unsqueeze(1) if binary else y
    loss_of = nn.BCEWithLogitsLoss() if binary else nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, foreach=foreach)

    def epoch():
        order = torch.randperm(rows)
        for start in range(0, rows, batch):
            index = order[start : start + batch]
            optimizer.zero_grad(set_to_none=True)
            loss_of(model(x[index]), target[index]).backward()
            optimizer.step()

    return rates_of(epoch, rows)


def sklearn_rate(name):
    from sklearn.neural_network import MLPClassifier

    w = WORKLOADS[name]
    rng = np.random.default_rng(1)
    x = rng.random((w["rows"], w["sizes"][0]), dtype=np.float32)
    y = rng.integers(0, w["sizes"][-1], w["rows"])
    model = MLPClassifier(
        hidden_layer_sizes=w["sizes"][1:-1],
        batch_size=w["batch"],
        alpha=0,
        max_iter=1,
        warm_start=True,
        n_iter_no_change=10**9,
        tol=0,
    )
    model.fit(x, y)
    return rates_of(lambda: model.fit(x, y), w["rows"])


warnings.filterwarnings("ignore")
for name in NAMES:
    measured = [sklearn_rate(name)] if WHICH == "sklearn" else [torch_rate(name, False), torch_rate(name, True)]
    median, fastest = (round(max(pair[i] for pair in measured)) for i in (0, 1))
    print(json.dumps({"workload": name, "samplesPerSecond": median, "fastestTenth": fastest}), flush=True)
