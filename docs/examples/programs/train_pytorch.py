"""A program for the trainer `command`: a small network on two moons, with a checkpoint of its own to go on from."""

import json
import math
import os
import sys
import tempfile
import threading

import torch

trial = json.loads(sys.stdin.readline())
params, seed = trial["params"], trial["searchSeed"]
stop = threading.Event()  # the next line, or the end of the input, says that it is time to stop
threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()


def moons(count, generator):
    angle = math.pi * torch.rand(count, generator=generator)
    upper = torch.rand(count, generator=generator) < 0.5
    x = torch.where(upper, torch.cos(angle), 1 - torch.cos(angle))
    y = torch.where(upper, torch.sin(angle), 0.5 - torch.sin(angle))
    points = torch.stack([x, y], dim=1)
    return points + 0.2 * torch.randn(count, 2, generator=generator), upper.float()


generator = torch.Generator().manual_seed(seed)
(x, y), (x_dev, y_dev) = moons(400, generator), moons(400, generator)
torch.manual_seed(seed + trial["trialNumber"])
hidden = params["hiddenUnits"]
network = torch.nn.Sequential(torch.nn.Linear(2, hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, 1))
optimizer = torch.optim.Adam(network.parameters(), lr=params["learningRate"])

# Where it goes on when it is paused and continued on this machine; elsewhere it begins again, which does no harm.
checkpoint = os.path.join(tempfile.gettempdir(), f"caviar-moons-{seed}-{trial['trialNumber']}.pt")
first = 1
if trial["step"] > 0 and os.path.exists(checkpoint):
    state = torch.load(checkpoint)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    first = state["epoch"] + 1

for epoch in range(first, params["epochs"] + 1):
    for _ in range(20):
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(network(x).squeeze(1), y)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        error = ((network(x_dev).squeeze(1) > 0).float() != y_dev).float().mean().item()
    torch.save({"network": network.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}, checkpoint)
    print(json.dumps({"step": epoch, "metrics": {"dev.error": error, "train.loss": loss.item()}}), flush=True)
    if stop.is_set():
        sys.exit()
if os.path.exists(checkpoint):
    os.remove(checkpoint)
