"""Scores windows by PyOD's kNN and Isolation Forest with their defaults.

Arguments: a folder with train.f32 and test.f32, numbers of a window, seeds of the forest.
Writes knn.f64 and iforest-SEED.f64 beside them.
"""
import sys
import warnings

import numpy as np
from pyod.models.iforest import IForest
from pyod.models.knn import KNN

warnings.filterwarnings("ignore")
folder, cells, seeds = sys.argv[1], int(sys.argv[2]), [int(seed) for seed in sys.argv[3].split(",")]
train = np.fromfile(f"{folder}/train.f32", np.float32).reshape(-1, cells).astype(float)
test = np.fromfile(f"{folder}/test.f32", np.float32).reshape(-1, cells).astype(float)
KNN().fit(train).decision_function(test).tofile(f"{folder}/knn.f64")
for seed in seeds:
    IForest(random_state=seed).fit(train).decision_function(test).tofile(f"{folder}/iforest-{seed}.f64")
