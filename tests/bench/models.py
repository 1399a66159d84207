"""The same fits by scikit-learn and LightGBM, on one thread; the tables come from models_bench.ts."""
import json
import sys
import time

import numpy as np
import lightgbm
import sklearn
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge

COLUMNS = 30
RUNS = 5


def table(rows):
    x = np.fromfile(f"{sys.argv[1]}/x", "<f8", rows * COLUMNS).reshape(rows, COLUMNS)
    return x, np.fromfile(f"{sys.argv[1]}/y", "<f8", rows)


def fitted(model, rows):
    x, y = table(rows)
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        model.fit(x, y)
        times.append(1000 * (time.perf_counter() - start))
    return {"ms": sorted(times)[RUNS // 2], "r2": 1 - np.mean((y - model.predict(x)) ** 2) / y.var()}


print(json.dumps({
    "versions": {"scikit-learn": sklearn.__version__, "LightGBM": lightgbm.__version__},
    "ridge": fitted(Ridge(alpha=10), 20_000),
    "lightgbm": fitted(lightgbm.LGBMRegressor(
        n_estimators=200, max_depth=4, num_leaves=16, max_bin=63, learning_rate=0.1, reg_lambda=1,
        min_child_samples=20, n_jobs=1, verbose=-1), 16_000),
    "histogram": fitted(HistGradientBoostingRegressor(
        max_iter=200, max_depth=4, max_leaf_nodes=16, max_bins=63, learning_rate=0.1,
        l2_regularization=1, min_samples_leaf=20, early_stopping=False), 16_000),
}))
