# The pipeline as one would build it in Python, from a Kafka topic: confluent-kafka, orjson, windows of a day in dicts
# with a watermark a partition, a PyTorch LSTM of 32 units and 8 latents, MiniBatchKMeans, NDJSON to a file. At most
# once: nothing is committed and nothing is kept. Weights are random; only the speed counts.
#
#   python bench/reference/pipeline_confluent.py BROKER TOPIC RECORDS OUT
import json
import os
import sys

import numpy as np
import orjson
import torch
from confluent_kafka import Consumer
from sklearn.cluster import MiniBatchKMeans

HOUR, DAY, LATE, BATCH = 3_600_000, 86_400_000, 300_000, 256
broker, topic, records, path = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
torch.set_num_threads(1)
torch.manual_seed(0)
recurrent, mean = torch.nn.LSTM(1, 32, batch_first=True).eval(), torch.nn.Linear(32, 8).eval()
kmeans = MiniBatchKMeans(n_clusters=6, batch_size=BATCH, random_state=0, n_init=1)
keys, rows, windows, total = [], [], 0, 0.0
open_windows, watermarks = {}, {}
out = open(path, "w", 1 << 20)


def flush():
    global windows, total
    series = np.asarray(rows, np.float32)
    total += float(series.sum())
    series = np.log1p(series)
    series = (series - series.mean(1, keepdims=True)) / (series.std(1, keepdims=True) + 1e-6)
    _, (hidden, _) = recurrent(torch.from_numpy(series[:, :, None]))
    latents = mean(hidden[-1]).numpy()
    if len(latents) >= 6:
        kmeans.partial_fit(latents)
    for (customer, start), segment in zip(keys, kmeans.predict(latents).tolist()):
        out.write(json.dumps({"customerId": customer, "windowStart": start, "segmentId": segment}) + "\n")
    windows += len(keys)
    keys.clear()
    rows.clear()


def close(partition, start):
    for customer, series in open_windows[partition].pop(start).items():
        keys.append((customer, start))
        rows.append(series)
        if len(keys) == BATCH:
            flush()


consumer = Consumer(
    {"bootstrap.servers": broker, "group.id": f"python-{os.getpid()}", "auto.offset.reset": "earliest", "enable.auto.commit": False}
)
consumer.subscribe([topic])
with torch.inference_mode():
    while records > 0:
        for message in consumer.consume(10_000, 1.0):
            if message.error():
                raise RuntimeError(message.error())
            records -= 1
            event = orjson.loads(message.value())
            partition, time = message.partition(), event["timestamp"]
            days = open_windows.setdefault(partition, {})
            start = time - time % DAY
            series = days.setdefault(start, {}).setdefault(event["customerId"], [0.0] * 24)
            series[(time - start) // HOUR] += event["value"]
            if time > watermarks.get(partition, 0):
                watermarks[partition] = time
                if len(days) > 1:
                    for day in [day for day in days if day + DAY <= time - LATE]:
                        close(partition, day)
    if keys:
        flush()
out.close()
consumer.close()
print(json.dumps({"windows": windows, "sum": total}))
