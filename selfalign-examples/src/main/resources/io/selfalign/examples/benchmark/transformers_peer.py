"""Measures transformers' generate as GenerationBenchmark measures this library, on the same checkpoint.

Usage: transformers_peer.py FOLDER f32|bf16 REPEATS ROWS,... self-align,prefill,decode; prints one JSON object of medians.
"""

import json
import random
import statistics
import sys
import time

import torch
from transformers import AutoModelForCausalLM

SHARED, OWN, NEW = 1800, 30, 64
folder, dtype, repeats = sys.argv[1], {"f32": torch.float32, "bf16": torch.bfloat16}[sys.argv[2]], int(sys.argv[3])
batch_sizes, measured = [int(rows) for rows in sys.argv[4].split(",")], sys.argv[5].split(",")


def resident_megabytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS:"))


before = resident_megabytes()
model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype)
model.eval()
figures = {"load: resident MB": resident_megabytes() - before}
rng = random.Random(1)


def prompts(rows, shared, own):
    prefix = [rng.randrange(model.config.vocab_size) for _ in range(shared)]
    return torch.tensor([prefix + [rng.randrange(model.config.vocab_size) for _ in range(own)] for _ in range(rows)])


def generate(ids, new):
    start = time.perf_counter()
    with torch.inference_mode():
        model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=new,
            min_new_tokens=new,
            do_sample=False,
            pad_token_id=0,
        )
    return time.perf_counter() - start


def median(measure):
    return statistics.median(measure() for _ in range(repeats))


def decode(rows):
    ids = prompts(rows, 0, 16)
    return generate(ids, 128) - generate(ids, 1)


generate(prompts(1, 64, 0), 8)
# 64 rows of the whole prompt would take the peer minutes: its best, 8 rows, stands for it.
for rows in [rows for rows in batch_sizes if rows <= 8 and "self-align" in measured]:
    figures[f"self-align, {rows} rows: s/query"] = median(lambda: generate(prompts(rows, SHARED, OWN), NEW) / rows)
if "prefill" in measured:
    figures["prefill of 1830: tok/s"] = (SHARED + OWN) / median(lambda: generate(prompts(1, SHARED, OWN), 1))
for rows in [rows for rows in batch_sizes if "decode" in measured]:
    figures[f"decode, {rows} rows: tok/s"] = rows * 127 / median(lambda: decode(rows))
print(json.dumps(figures))
