#!/usr/bin/env python3
"""Series preparation in numpy, the reference of bench/series.ts.

usage: series_numpy.py DIR WINDOWS STEPS REPEATS
Reads DIR/values.f32 and DIR/mask.u8, (windows, steps) each. Prints one line of JSON per case: the least CPU seconds of
REPEATS runs and a checksum. "same" makes all that prepareSeries makes (values, mask, inactive, centers, scales) from
values and mask; "bare" is the arithmetic alone, on values known to be free of gaps. Each case runs on the whole array
and in blocks that fit the cache, and the faster one counts.
"""
import json
import sys
import time

import numpy as np


def load(values, mask):
    # As bits: np.where takes five times as long, and a product would let a NaN under the mask through.
    keep = (mask.astype(np.int32) - 1) >> 31
    x = (values.view(np.int32) & keep).view(np.float32)
    return x, mask * (mask > 1), ~x.any(axis=1)


def zscore(x):
    y = np.log1p(x)
    center = y.mean(axis=1, keepdims=True)
    y -= center
    scale = np.sqrt(np.einsum("ij,ij->i", y, y) / np.float32(x.shape[1]))[:, None]
    scale[scale == 0] = 1
    y /= scale
    return y, center, scale


def own_max(x):
    scale = x.max(axis=1, keepdims=True)
    scale[scale == 0] = 1
    return x / scale, np.zeros_like(scale), scale


def moving_average(x):
    y = np.empty_like(x)
    np.add(x[:, :-2], x[:, 1:-1], out=y[:, 1:-1])
    y[:, 1:-1] += x[:, 2:]
    y[:, 1:-1] *= np.float32(1 / 3)
    y[:, 0] = (x[:, 0] + x[:, 1]) * np.float32(0.5)
    y[:, -1] = (x[:, -2] + x[:, -1]) * np.float32(0.5)
    ones = np.ones((len(x), 1), np.float32)
    return y, np.zeros_like(ones), ones


CASES = {"log1p + z-score": zscore, "own max": own_max, "moving average 3": moving_average}


def same(case):
    def run(values, mask):
        x, out_mask, inactive = load(values, mask)
        y, center, scale = CASES[case](x)
        return y, out_mask, inactive, center, scale

    return run


def bare(case):
    return lambda values, mask: CASES[case](values)


def in_blocks(run, values, mask, block):
    for a in range(0, len(values), block):
        yield run(values[a : a + block], mask[a : a + block])


def main():
    folder, windows, steps, repeats = sys.argv[1], *map(int, sys.argv[2:5])
    values = np.fromfile(f"{folder}/values.f32", np.float32).reshape(windows, steps)
    mask = np.fromfile(f"{folder}/mask.u8", np.uint8).reshape(windows, steps)
    for case in CASES:
        for work, run in (("same", same(case)), ("bare", bare(case))):
            for block in (windows, 4096):
                seconds = []
                for _ in range(repeats):
                    start = time.process_time()
                    for _ in in_blocks(run, values, mask, block):
                        pass  # a consumer would be done with it by now
                    seconds.append(time.process_time() - start)
                total = float(sum(np.abs(part[0]).sum(dtype=np.float64) for part in in_blocks(run, values, mask, block)))
                print(json.dumps({"case": case, "work": work, "block": block, "seconds": min(seconds), "sum": total}))


main()
