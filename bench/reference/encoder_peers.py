#!/usr/bin/env python3
"""What Python has for an encoder or a clustering of series, the reference of bench/encoders.ts.

usage: encoder_peers.py FOLDER KIND STEPS THREADS, with windows-STEPS.f32 in FOLDER

raw is scikit-learn's PCA, features are those of pycatch22, rocket aeon's MiniRocket, dtw aeon's distances to windows
drawn at random, each standardised as ours and projected by PCA; dae, cnn and transformer are PyTorch's layers in our
default shapes, trained with as many evaluations; k-shape and dtw-k-means are tslearn's. Each is run on a few windows first, for numba. Prints windows per second of processor time and by
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
EVALUATIONS, EVALUATED = 20, 512
# Updates, windows in one, and the loss.
TRAININGS = {"dae": (200, 64, "l1_loss"), "cnn": (60, 64, "mse_loss"), "transformer": (60, 32, "mse_loss")}


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


def dense_coders(steps):
    from torch import nn

    def stack(sizes):
        layers = []
        for inputs, outputs in zip(sizes[:-2], sizes[1:-1]):
            layers += [nn.Linear(inputs, outputs), nn.ReLU(), nn.Dropout(0.1)]
        return nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))

    sizes = (steps, 512, 256, 128, 64)
    return stack(sizes), stack(sizes[::-1])


def convolutional_coders(steps):
    from torch import nn

    filters, reached, inward = (1, 32, 64, 128), [steps], [nn.Unflatten(1, (1, steps))]
    for inputs, outputs in zip(filters, filters[1:]):
        inward += [nn.Conv1d(inputs, outputs, 5, 2, 2), nn.ReLU()]
        reached.append(-(-reached[-1] // 2))
    flat = filters[-1] * reached[-1]
    outward = [nn.Linear(32, flat), nn.ReLU(), nn.Unflatten(1, (filters[-1], reached[-1]))]
    for i in (3, 2, 1):
        more = reached[i - 1] - (2 * reached[i] - 1)
        outward += [nn.ConvTranspose1d(filters[i], filters[i - 1], 5, 2, 2, more)] + [nn.ReLU()] * (i > 1)
    return nn.Sequential(*inward, nn.Flatten(), nn.Linear(flat, 32)), nn.Sequential(*outward, nn.Flatten())


def transformer_coders(steps):
    import torch
    from torch import nn

    width, heads, latent, patch = 64, 4, 32, -(-steps // 24)
    tokens = -(-steps // patch)

    class Blocks(nn.Module):
        """Tokens that are told their time, blocks that normalise first, and a last normalisation."""

        def __init__(self, depth):
            super().__init__()
            self.frequencies, self.phases = nn.Parameter(torch.rand(width)), nn.Parameter(torch.rand(width))
            block = nn.TransformerEncoderLayer(
                width, heads, 2 * width, dropout=0, batch_first=True, norm_first=True
            )
            self.blocks = nn.TransformerEncoder(block, depth, nn.LayerNorm(width), enable_nested_tensor=False)
            self.register_buffer("times", 2 * np.pi * (torch.arange(tokens)[:, None] + 0.5) / tokens)

        def forward(self, given):
            angles = self.times * self.frequencies + self.phases
            waves = torch.cat([angles[:, :1], angles[:, 1:].sin()], 1)
            return self.blocks(given + waves)

    class Patches(nn.Module):
        def forward(self, windows):
            return nn.functional.pad(windows, (0, tokens * patch - steps)).unflatten(1, (tokens, patch))

    class Windows(nn.Module):
        def forward(self, patches):
            return patches.flatten(1)[:, :steps]

    encoder = nn.Sequential(
        Patches(), nn.Linear(patch, width), Blocks(2), nn.Flatten(), nn.Linear(tokens * width, latent)
    )
    decoder = nn.Sequential(
        nn.Linear(latent, tokens * width, bias=False),
        nn.Unflatten(1, (tokens, width)),
        Blocks(1),
        nn.Linear(width, patch),
        Windows(),
    )
    return encoder, decoder


def autoencoder(kind):
    """Trains by Adam as ours, on windows with noise, with as many evaluations."""
    coders = {"dae": dense_coders, "cnn": convolutional_coders, "transformer": transformer_coders}[kind]
    updates, rows, loss = TRAININGS[kind]

    def fit(windows, threads):
        import torch
        from torch import nn

        torch.set_num_threads(threads)
        torch.manual_seed(1)
        encoder, decoder = coders(windows.shape[1])
        model, loss_of = nn.Sequential(encoder, decoder), getattr(nn.functional, loss)
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
        given = torch.from_numpy(windows)
        for update in range(updates):
            clean = given[torch.randint(len(given), (rows,))]
            optimizer.zero_grad()
            loss_of(model(clean + 0.1 * torch.randn_like(clean)), clean).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5)
            optimizer.step()
            if (update + 1) % (updates // EVALUATIONS) == 0:
                model.eval()
                with torch.inference_mode():
                    for batch in given[:EVALUATED].split(rows):
                        loss_of(model(batch), batch)
                model.train()
        model.eval()

        def embed():
            with torch.inference_mode():
                return [encoder(batch) for batch in given.split(rows)]

        return updates * rows, embed

    return fit


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
    if kind in TRAININGS:
        return autoencoder(kind)
    return {"k-shape": fit_k_shape, "dtw-k-means": fit_dtw_k_means}[kind]


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
