"""The catch22 features by pycatch22: catch22_pycatch22.py FOLDER WINDOWS STEPS REPEATS, with values.f64 in the folder.

Writes features.f64, (windows, 22), NaN where pycatch22 knows none, and prints the least CPU seconds of the repeats.
"""

import json
import sys
import time

import numpy as np
import pycatch22

folder, windows, steps, repeats = sys.argv[1], *map(int, sys.argv[2:5])
values = np.fromfile(f"{folder}/values.f64").reshape(windows, steps)
least = float("inf")
for _ in range(repeats):
    before = time.process_time()
    features = [pycatch22.catch22_all(window, mask_nans=False)["values"] for window in values]
    least = min(least, time.process_time() - before)
np.array(features).tofile(f"{folder}/features.f64")
print(json.dumps({"seconds": least}))
