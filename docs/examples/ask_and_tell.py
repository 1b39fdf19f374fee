"""Training code of your own, in Python without any package: asks Caviar for trials and tells what came of them.

    npm start                                  # in another terminal
    python3 docs/examples/ask_and_tell.py      # CAVIAR_URL, CAVIAR_API_KEY where they differ from a local service

Start it as often as you like, with a name each (the first argument): they share the trials. Kill one and start it again
under its name: it goes on with the trial it had.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request

URL = os.environ.get("CAVIAR_URL", "http://127.0.0.1:3000")


def call(path, body, headers=()):
    """POSTs JSON and gives the answer with its Retry-After in seconds; errors are problem+json (RFC 9457)."""
    request = urllib.request.Request(URL + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    for name, value in headers:
        request.add_header(name, value)
    if "CAVIAR_API_KEY" in os.environ:
        request.add_header("Authorization", "Bearer " + os.environ["CAVIAR_API_KEY"])
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response), float(response.headers.get("Retry-After", 0))


def train(params, first_step):
    """The notes' example (section 3.6): gradient descent on w^2 - 10 w + 25, one measurement per step."""
    w = 0.0
    for step in range(1, params["steps"] + 1):
        w -= params["learningRate"] * (2 * w - 10)
        cost = w * w - 10 * w + 25
        if step > first_step:
            yield step, {"cost": cost if abs(cost) < 1e12 else None}  # JSON has no NaN and no infinity


def run(trial):
    path, token = "/v1/trials/" + trial["id"], trial["leaseToken"]
    metrics, step = {"cost": None}, trial["step"]
    for step, metrics in train(trial["params"], trial["step"]):
        answer, _ = call(path + "/measurements", {"leaseToken": token, "step": step, "metrics": metrics})
        if answer["decision"] == "pause":
            return  # it comes back when it goes on
        if answer["decision"] == "stop":
            call(path + "/finish", {"leaseToken": token, "status": "pruned", "reason": answer["reason"]})
            return
        if metrics["cost"] is None:
            break
    call(path + "/finish", {"leaseToken": token, "status": "completed", "metrics": metrics})


def main(worker):
    spec = {
        "name": "gradient descent, outside",
        "trainer": {"kind": "external", "params": {"steps": 10}},
        "space": {"learningRate": {"kind": "float", "min": 0.001, "max": 2, "scale": "log"}},
        "objective": {"metric": "cost", "direction": "minimize"},
        "stop": {"maxTrials": 30},
        "seed": 1,
    }
    # With the same key the same spec is the same search, whoever posts it first.
    search, _ = call("/v1/searches", spec, [("Idempotency-Key", "ask-and-tell-example")])
    while True:
        asked, retry_after = call(f"/v1/searches/{search['id']}/ask", {"worker": worker})
        if asked["done"]:
            break
        for trial in asked["trials"]:
            try:
                run(trial)
            except urllib.error.HTTPError as error:
                if json.load(error)["code"] != "lease-lost":  # lost: another has the trial by now
                    raise
        time.sleep(retry_after)
    with urllib.request.urlopen(f"{URL}/v1/searches/{search['id']}/leaderboard?limit=1") as response:
        best = json.load(response)["entries"][0]
    print(f"cost {best['value']:.3g} with {json.dumps(best['params'])}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else f"{os.uname().nodename}-{os.getpid()}")
