"""The notes' example in TensorFlow (section 3.6): gradient descent on w^2 - 10 w + 25, whose minimum is at w = 5."""

import json
import sys

import tensorflow as tf

trial = json.loads(sys.stdin.readline())
params = trial["params"]
w = tf.Variable(0, dtype=tf.float32)
optimizer = tf.keras.optimizers.SGD(params["learningRate"])
for step in range(1, params["steps"] + 1):
    with tf.GradientTape() as tape:
        cost = w**2 - 10 * w + 25
    optimizer.apply_gradients([(tape.gradient(cost, w), w)])
    if step % 100 == 0 or step == params["steps"]:
        metrics = {"cost": float(w**2 - 10 * w + 25), "w": float(w)}
        print(json.dumps({"step": step, "metrics": metrics}), flush=True)
