"""ADWIN of River on windows that bench/drift-calibration.ts --write has written: its delta at a rate of false alarms, and delays.

pip install river numpy; python drift_river.py FOLDER [--allowed 10] [--kinds independent,overlapping] [--repetitions 20]

FOLDER/KIND_SEED.f32 has streams that stay the same, FOLDER/KIND_SEED_SHARE.f32 those with a shift half way: 32-bit floats,
nine a window, in order. Each column has a detector of its own, any of which alarms; all begin anew then. Of the deltas
that give at most `allowed` alarms in a million windows the largest is taken, so that no correction for nine columns is
needed.
"""
import argparse
import glob
import statistics

import numpy as np
from river.drift import ADWIN

COLUMNS = 9
DELTAS = [1, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4, 1e-6, 1e-9, 1e-15, 1e-25, 1e-40, 1e-80]


def read(path):
    return np.fromfile(path, dtype=np.float32).reshape(-1, COLUMNS).astype(float).tolist()


def alarms(rows, delta, most=None, after=0):
    """Indices of the windows that alarm; ends with the first from `after` on where `most` is 1."""
    found = []
    detectors = [ADWIN(delta=delta) for _ in range(COLUMNS)]
    for i, row in enumerate(rows):
        hit = False
        for detector, value in zip(detectors, row):
            detector.update(value)
            hit = hit or detector.drift_detected
        if hit:
            found.append(i)
            if most is not None and (len(found) > most or i >= after):
                break
            detectors = [ADWIN(delta=delta) for _ in range(COLUMNS)]
    return found


def calibrate(kinds, folder, allowed):
    streams = [read(path) for kind in kinds for path in sorted(glob.glob(f"{folder}/{kind}_*.f32")) if path.count("_", len(folder)) == 1]
    windows = sum(len(rows) for rows in streams)
    budget = allowed * windows / 1e6
    for delta in DELTAS:
        count = 0
        for rows in streams:
            count += len(alarms(rows, delta))
            if count > budget:
                break
        print(f"  {'+'.join(kinds)}, delta {delta}: {'more than ' + str(int(budget)) if count > budget else count} in {windows} windows", flush=True)
        if count <= budget:
            return delta
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--allowed", type=float, default=10)
    parser.add_argument("--kinds", default="independent")
    parser.add_argument("--repetitions", type=int, default=20)
    options = parser.parse_args()
    kinds = options.kinds.split(",")
    delta = calibrate(kinds, options.folder, options.allowed)
    if delta is None:
        return
    print("| share | by | quartiles of the delay, windows | missed | too early |")
    for share in ("0.1", "0.5"):
        delays, early = [], 0
        for path in sorted(glob.glob(f"{options.folder}/independent_*_{share}.f32"))[: options.repetitions]:
            rows = read(path)
            onset = len(rows) // 2
            found = [i for i in alarms(rows, delta, 100, onset)]
            if any(i < onset for i in found):
                early += 1
            delays.append(next((i + 1 - onset for i in found if i >= onset), float("inf")))
        delays.sort()
        at = [delays[int(q * (len(delays) - 1))] for q in (0.25, 0.5, 0.75)]
        missed = sum(delay == float("inf") for delay in delays)
        print(f"| {share} | ADWIN delta {delta} | {at[1]} ({at[0]} to {at[2]}) | {missed} | {early} |", flush=True)


main()
