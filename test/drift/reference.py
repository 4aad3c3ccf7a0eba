"""Writes reference.json: what River 0.23, SciPy 1.14 and Frouros 0.9 say of the streams made below.

pip install river==0.23.0 scipy==1.14.1 frouros==0.9.0; python reference.py > reference.json
"""
import json
import random

import numpy as np
from river import drift
from river.drift.adwin_c import AdaptiveWindowing
from scipy import stats
from scipy.spatial import distance


def mulberry(seed):
    """The stream that the test makes too: mulberry32."""
    state = seed
    while True:
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        t = state
        t = ((t ^ (t >> 15)) * (t | 1)) & 0xFFFFFFFF
        t = (t ^ ((t + (((t ^ (t >> 7)) * (t | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF)) & 0xFFFFFFFF
        yield ((t ^ (t >> 14)) & 0xFFFFFFFF) / 4294967296


def stream(seed):
    """2,000 values: uniform, then 0.3 higher from 1,000 on, then twice as wide from 1,500 on."""
    draw = mulberry(seed)
    values = []
    for i in range(2000):
        u = next(draw)
        values.append(u if i < 1000 else u + 0.3 if i < 1500 else 2 * u)
    return values


out = {"adwin": [], "pageHinkley": [], "kswin": []}
for seed in (1, 2, 3):
    values = stream(seed)
    adwin = AdaptiveWindowing(delta=0.002, clock=32, max_buckets=5, min_window_length=5, grace_period=10)
    cuts, widths = [], []
    for i, v in enumerate(values):
        if adwin.update(v):
            cuts.append(i)
        if i % 100 == 99:
            widths.append(int(adwin.get_width()))
    out["adwin"].append({"seed": seed, "cuts": cuts, "widths": widths, "mean": adwin.get_total() / adwin.get_width()})

    ph = drift.PageHinkley(min_instances=30, delta=0.05, threshold=8, alpha=0.9999)
    changes = []
    for i, v in enumerate(values):
        ph.update(v)
        if ph.drift_detected:
            changes.append(i)
    out["pageHinkley"].append({"seed": seed, "changes": changes, "sum": ph._sum_increase})

    kswin = drift.KSWIN(alpha=0.0001, window_size=60, stat_size=20)
    draws = mulberry(seed + 100)

    class Sequence:
        def sample(self, population, k):
            """Selection without replacement by a partial shuffle, as in the test."""
            numbers = list(population)
            for i in range(k):
                j = i + int(next(draws) * (len(numbers) - i))
                numbers[i], numbers[j] = numbers[j], numbers[i]
            return numbers[:k]

    kswin._rng = Sequence()
    kswin._reset_original = kswin._reset
    changes, p_values = [], []
    for i, v in enumerate(values):
        if kswin.drift_detected:
            # River's reset forgets the window that it has just kept, and draws anew from its seed.
            kswin._drift_detected = False
        kswin.update(v)
        if kswin.drift_detected:
            changes.append(i)
        if i % 100 == 99:
            p_values.append(float(kswin.p_value))
    out["kswin"].append({"seed": seed, "changes": changes, "pValues": p_values})

draw = mulberry(7)
a = [next(draw) for _ in range(40)]
b = [1.5 * next(draw) ** 2 for _ in range(25)]
p = [3, 0, 7, 10]
q = [1, 4, 5, 0]
out["wasserstein"] = stats.wasserstein_distance(a, b)
out["jensenShannon"] = float(distance.jensenshannon(p, q, base=2))
out["chiSquare"] = [[x, k, float(stats.chi2.sf(x, k))] for x, k in ((0.5, 1), (3.84, 1), (30, 1), (5, 8), (60, 8), (100, 50))]
out["exactKs"] = [[h, n, float(stats.ks_2samp(range(n), np.arange(n) + h - 0.5, method="exact").pvalue)] for h, n in ((3, 20), (9, 20), (15, 30))]

draw = mulberry(9)
x = np.array([next(draw) for _ in range(60)]).reshape(20, 3)
y = np.array([next(draw) + 0.4 for _ in range(45)]).reshape(15, 3)
d = distance.cdist(np.vstack([x, y]), np.vstack([x, y]))
sigma = float(np.sort(d[np.triu_indices(35, 1)])[35 * 34 // 2 // 2])
from frouros.detectors.data_drift import MMD
from frouros.utils.kernels import rbf_kernel

detector = MMD(kernel=lambda X, Y: rbf_kernel(X, Y, sigma=sigma))
detector.fit(X=x)
frouros_mmd = float(detector.compare(X=y)[0].distance)
k = np.exp(-d ** 2 / (2 * sigma ** 2))
np.fill_diagonal(k, 0)
own = float(k[:20, :20].sum() / 380 + k[20:, 20:].sum() / 210 - 2 * k[:20, 20:].mean())
out["mmd"] = {"numpy": own, "frouros": frouros_mmd, "sigma": sigma}
print(json.dumps(out))
