#!/usr/bin/env python3
"""aeon's MiniRocket on one thread, the reference of bench/random-kernels.ts.

usage: minirocket_aeon.py DIR WINDOWS FEATURES
For each line of input, "STEPS CHANNELS SECONDS", transforms DIR/windows-STEPS-CHANNELS.f32 (windows, steps, channels)
again and again for as long, after it was fitted to them and run once. Prints one line of JSON: the median and the least
microseconds a window, of the compiled function alone and of the public transform, which also checks and converts.
"""
import json
import os
import sys
import time

os.environ["NUMBA_NUM_THREADS"] = "1"

import numpy as np
from aeon.transformations.collection.convolution_based import MiniRocket, _minirocket


def measure(run, seconds, windows):
    run()
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return {"median": 1e6 * float(np.median(times)) / windows, "least": 1e6 * min(times) / windows}


def prepare(folder, windows, features, steps, channels):
    values = np.fromfile(f"{folder}/windows-{steps}-{channels}.f32", np.float32).reshape(windows, steps, channels)
    collection = np.ascontiguousarray(values.transpose(0, 2, 1))
    rocket = MiniRocket(n_kernels=features, random_state=1).fit(collection)
    if channels == 1:
        function, bare = _minirocket._static_transform_uni, collection[:, 0]
    else:
        function, bare = _minirocket._static_transform_multi, collection
    return {
        "compiled": lambda: function(bare, rocket.parameters, MiniRocket._indices),
        "public": lambda: rocket.transform(collection),
    }


def main():
    folder, windows, features = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    prepared = {}
    for line in sys.stdin:
        steps, channels, seconds = int(line.split()[0]), int(line.split()[1]), float(line.split()[2])
        if (steps, channels) not in prepared:
            prepared[steps, channels] = prepare(folder, windows, features, steps, channels)
        runs = prepared[steps, channels]
        print(json.dumps({name: measure(run, seconds, windows) for name, run in runs.items()}), flush=True)


main()
