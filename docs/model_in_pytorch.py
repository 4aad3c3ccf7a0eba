#!/usr/bin/env python3
"""Loads the encoder of a model file of segtide into PyTorch 2, and encodes prepared series with it.

usage: model_in_pytorch.py model.safetensors series.json

series.json holds prepared series, [row][step][channel]. Prints embeddings, [row][latent], and what they are decoded to,
[row][step][channel], as JSON. docs/models.md tells how the tensors are laid out.
"""
import json
import struct
import sys

import torch
from torch import nn
from torch.nn import functional

TYPES = {"F32": torch.float32, "F64": torch.float64}


def read_model(path):
    """All tensors by name, and the model's own description. The safetensors package reads the same."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        numbers = bytearray(file.read())
    tensors = {}
    for name, place in header.items():
        if name == "__metadata__":
            continue
        start, end = place["data_offsets"]
        kind = TYPES[place["dtype"]]
        tensors[name] = torch.frombuffer(numbers[start:end], dtype=kind).reshape(place["shape"])
    return tensors, json.loads(header["__metadata__"]["model"])


def copy_layer(module, suffix, tensors, name, inputs):
    """One recurrent layer: columns for the state, the inputs and the bias."""
    weights, hidden = tensors[f"encoder.{name}.weights"], module.hidden_size
    part = lambda kind: getattr(module, f"{kind}_{suffix}")
    part("weight_hh").copy_(weights[:, :hidden])
    part("weight_ih").zero_()
    part("weight_ih")[:, :inputs] = weights[:, hidden : hidden + inputs]
    part("bias_ih").copy_(weights[:, -1])
    part("bias_hh").zero_()
    if isinstance(module, nn.GRU):
        part("bias_hh")[2 * hidden :] = tensors[f"encoder.{name}.recurrent-bias"]


def linear(tensors, name):
    weights = tensors[f"encoder.{name}.weights"]
    layer = nn.Linear(weights.shape[1], weights.shape[0])
    layer.weight.copy_(weights)
    layer.bias.copy_(tensors[f"encoder.{name}.bias"])
    return layer


class Vrae(nn.Module):
    """The encoder and decoder of a model, with its weights."""

    @torch.no_grad()
    def __init__(self, tensors, shape):
        super().__init__()
        self.shape = shape
        hidden, channels, depth = shape["hidden"], shape["channels"], shape["depth"]
        recurrent = {"lstm": nn.LSTM, "gru": nn.GRU}[shape["cell"]]
        directions = 2 if shape["bidirectional"] else 1
        self.fed = shape["decoder"] == "autoregressive"
        options = dict(num_layers=depth, batch_first=True)
        self.encoder = recurrent(channels, hidden, bidirectional=shape["bidirectional"], **options)
        # A decoder without input is given a zero at each step.
        self.decoder = recurrent(channels if self.fed else 1, hidden, **options)
        for level in range(depth):
            inputs = directions * hidden if level else channels
            copy_layer(self.encoder, f"l{level}", tensors, f"encoder.{level}", inputs)
            if shape["bidirectional"]:
                copy_layer(self.encoder, f"l{level}_reverse", tensors, f"encoder.{level}.reverse", inputs)
            inputs = hidden if level else channels if self.fed else 0
            copy_layer(self.decoder, f"l{level}", tensors, f"decoder.{level}", inputs)
        self.posterior = linear(tensors, "posterior")
        self.initial = linear(tensors, "initial")
        self.output = linear(tensors, "output")

    def encode(self, series, views=None):
        """Embeddings, the posterior means: (rows, steps, channels) to (rows, latent)."""
        _, state = self.encoder(series)
        last = state[0] if self.shape["cell"] == "lstm" else state
        summary = [last[-2], last[-1]] if self.shape["bidirectional"] else [last[-1]]
        if self.shape.get("views", 0) > 0:
            summary.append(views)
        mean, _log_variance = self.posterior(torch.cat(summary, 1)).chunk(2, 1)
        return mean

    def decode(self, latents):
        """Prepared series: (rows, latent) to (rows, steps, channels)."""
        rows, (steps, channels) = len(latents), (self.shape["steps"], self.shape["channels"])
        start = self.initial(latents)
        if self.shape["initialState"] == "tanh":
            start = torch.tanh(start)
        start = start.reshape(rows, self.shape["depth"], -1).transpose(0, 1).contiguous()
        state = (start, torch.zeros_like(start)) if self.shape["cell"] == "lstm" else start
        if not self.fed:
            states, _ = self.decoder(torch.zeros(rows, steps, 1), state)
            return self.values(states)
        step, decoded = torch.zeros(rows, 1, channels), []
        for _ in range(steps):
            states, state = self.decoder(step, state)
            step = self.values(states)
            decoded.append(step)
        return torch.cat(decoded, 1)

    def values(self, states):
        sums = self.output(states)
        return functional.softplus(sums) if self.shape["output"] == "softplus" else sums


def load_vrae(path):
    tensors, model = read_model(path)
    return Vrae(tensors, model["encoder"]["header"])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[2]) as file, torch.no_grad():
        vrae = load_vrae(sys.argv[1])
        embeddings = vrae.encode(torch.tensor(json.load(file)))
        json.dump(dict(embeddings=embeddings.tolist(), decoded=vrae.decode(embeddings).tolist()), sys.stdout)
        print()
