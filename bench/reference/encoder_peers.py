#!/usr/bin/env python3
"""What Python has for an encoder or a clustering of series, the reference of bench/encoders.ts.

usage: encoder_peers.py FOLDER KIND STEPS THREADS, with windows-STEPS.f32 in FOLDER

raw is scikit-learn's PCA, features are those of pycatch22, rocket aeon's MiniRocket, dtw aeon's distances to windows
drawn at random, each standardised as ours and projected by PCA; dae is a stack of PyTorch's linear layers; k-shape and
dtw-k-means are tslearn's. Each is run on a few windows first, for numba. Prints windows per second of processor time and by
the clock, of fitting and of embedding, and the largest resident memory in MiB.
"""
import json
import resource
import sys
import time

import numpy as np

FIRST = 200
LEAST_SECONDS = 0.3
CLUSTERS = 5
UPDATES, BATCH, LATENT, LAYERS = 200, 64, 64, (512, 256, 128)


def projected(describe, standardise):
    """Fits principal components to what `describe` makes of windows."""
    from sklearn.decomposition import PCA

    def fit(windows, threads):
        features = describe(windows, threads, None)
        described = features["values"]
        center, scale = described.mean(0), described.std(0) if standardise else 1.0
        scale = np.where(scale > 1e-5, scale, 1.0)
        pca = PCA(min(32, *described.shape)).fit((described - center) / scale)

        def embed():
            again = describe(windows, threads, features)["values"]
            return pca.transform((again - center) / scale)

        return len(windows), embed

    return fit


def describe_raw(windows, threads, fitted):
    return {"values": windows}


def describe_features(windows, threads, fitted):
    import pycatch22

    return {"values": np.nan_to_num([pycatch22.catch22_all(window)["values"] for window in windows.tolist()])}


def describe_rocket(windows, threads, fitted):
    from aeon.transformations.collection.convolution_based import MiniRocket

    collection = windows[:, None]
    rocket = fitted["rocket"] if fitted else MiniRocket(n_kernels=420, random_state=1, n_jobs=threads).fit(collection)
    return {"values": rocket.transform(collection), "rocket": rocket}


def describe_dtw(windows, threads, fitted):
    from aeon.distances import dtw_pairwise_distance

    medoids = fitted["medoids"] if fitted else np.random.default_rng(1).choice(windows, min(32, len(windows)), False)
    distances = dtw_pairwise_distance(windows.astype(float)[:, None], medoids.astype(float)[:, None], window=0.1)
    # aeon's are squared.
    return {"values": distances**0.25, "medoids": medoids}


def fit_dae(windows, threads):
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    torch.manual_seed(1)

    def stack(sizes, last):
        layers = []
        for inputs, outputs in zip(sizes[:-2], sizes[1:-1]):
            layers += [nn.Linear(inputs, outputs), nn.ReLU(), nn.Dropout(0.1)]
        return nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]), *last)

    sizes = (windows.shape[1], *LAYERS, LATENT)
    encoder, decoder = stack(sizes, []), stack(sizes[::-1], [])
    parameters = [*encoder.parameters(), *decoder.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=1e-3)
    given = torch.from_numpy(windows)
    for update in range(UPDATES):
        clean = given[torch.randint(len(given), (BATCH,))]
        optimizer.zero_grad()
        (decoder(encoder(clean + 0.1 * torch.randn_like(clean))) - clean).abs().mean().backward()
        nn.utils.clip_grad_norm_(parameters, 5)
        optimizer.step()
    encoder.eval()

    def embed():
        with torch.inference_mode():
            return [encoder(batch) for batch in given.split(BATCH)]

    return UPDATES * BATCH, embed


def fit_k_shape(windows, threads):
    from tslearn.clustering import KShape
    from tslearn.preprocessing import TimeSeriesScalerMeanVariance

    model = KShape(CLUSTERS, random_state=1).fit(TimeSeriesScalerMeanVariance().fit_transform(windows[..., None]))
    return len(windows) * model.n_iter_, None


def fit_dtw_k_means(windows, threads):
    from tslearn.clustering import TimeSeriesKMeans

    band = {"global_constraint": "sakoe_chiba", "sakoe_chiba_radius": max(1, round(0.1 * windows.shape[1]))}
    options = {"metric": "dtw", "metric_params": band, "max_iter_barycenter": 1, "max_iter": 100, "n_jobs": threads}
    model = TimeSeriesKMeans(CLUSTERS, random_state=1, **options).fit(windows[..., None])
    return len(windows) * model.n_iter_, None


def timed(work):
    """Seconds of processor time, with that of ended children, and by the clock."""

    def used():
        spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(each.ru_utime + each.ru_stime for each in spent)

    before, start = used(), time.perf_counter()
    result = work()
    return result, used() - before, time.perf_counter() - start


def fit_of(kind):
    if kind == "raw":
        return projected(describe_raw, standardise=False)
    if kind == "features":
        return projected(describe_features, standardise=True)
    if kind == "rocket":
        return projected(describe_rocket, standardise=True)
    if kind == "dtw":
        return projected(describe_dtw, standardise=False)
    return {"dae": fit_dae, "k-shape": fit_k_shape, "dtw-k-means": fit_dtw_k_means}[kind]


def main(folder, kind, steps, threads):
    windows = np.fromfile(f"{folder}/windows-{steps}.f32", np.float32).reshape(-1, steps)
    fit = fit_of(kind)
    _, embed = fit(windows[:FIRST], threads)
    (count, embed), cpu, wall = timed(lambda: fit(windows, threads))
    report = {"fitCpu": count / cpu, "fitWall": count / wall}
    if embed is not None:
        embed()
        total = np.zeros(3)
        while total[1] < LEAST_SECONDS:
            total += (len(windows), *timed(embed)[1:])
        report |= {"embedCpu": total[0] / total[1], "embedWall": total[0] / total[2]}
    print(json.dumps(report | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:5]))
