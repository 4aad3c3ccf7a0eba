"""The same network and training step in PyTorch, one thread: series per second, median of rounds.

usage: vrae_torch.py SECONDS ROUNDS
"""
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)


class Vrae(nn.Module):
    def __init__(self, hidden: int, latent: int):
        super().__init__()
        self.encoder = nn.LSTM(1, hidden)
        self.posterior = nn.Linear(hidden, 2 * latent)
        self.initial = nn.Linear(latent, hidden)
        self.decoder = nn.LSTM(1, hidden)
        self.output = nn.Linear(hidden, 1)

    def encode(self, series):
        return self.posterior(self.encoder(series)[1][0][-1]).chunk(2, 1)

    def forward(self, series):
        mean, log_variance = self.encode(series)
        sample = mean + torch.randn_like(mean) * torch.exp(0.5 * log_variance)
        state = torch.tanh(self.initial(sample)).unsqueeze(0)
        states, _ = self.decoder(torch.zeros_like(series), (state, torch.zeros_like(state)))
        return self.output(states), mean, log_variance


def measure(run, rows, seconds):
    run()
    start, calls = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        run()
        calls += 1
    return calls * rows / (time.perf_counter() - start)


def report(name, run, rows, seconds, rounds):
    rates = sorted(measure(run, rows, seconds) for _ in range(rounds))
    print(f"{name:28} {rates[len(rates) // 2]:8.0f} series/s  ({rates[0]:.0f}-{rates[-1]:.0f})", flush=True)


def main(seconds: float, rounds: int) -> None:
    for shape, steps, hidden, latent in (("S", 24, 32, 8), ("E", 140, 90, 20)):
        network = Vrae(hidden, latent)
        optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
        for rows in (32, 256):
            series = torch.randn(steps, rows, 1)

            def train():
                optimizer.zero_grad()
                decoded, mean, log_variance = network(series)
                divergence = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1).mean()
                (((decoded - series) ** 2).mean() + 0.1 / steps * divergence).backward()
                nn.utils.clip_grad_norm_(network.parameters(), 5)
                optimizer.step()

            report(f"{shape} torch train B={rows}", train, rows, seconds, rounds)
        for rows in (1, 32, 512):
            series = torch.randn(steps, rows, 1)

            def infer():
                with torch.inference_mode():
                    network.encode(series)

            report(f"{shape} torch infer B={rows}", infer, rows, seconds, rounds)


main(float(sys.argv[1]), int(sys.argv[2]))
