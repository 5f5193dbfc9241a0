"""Measures LoRA training with PEFT and transformers as TrainingBenchmark measures this library, on the same checkpoint and tokens.

Usage: peft_peer.py FOLDER f32|bf16 EXAMPLES ROWS BATCHES, where EXAMPLES has a JSON object {"prompt": [ids], "completion": [ids]}
a line. ROWS of them, padded to the longest, make a forward and backward pass, and two passes an optimizer step. Prints one
JSON object: the median of tokens per second over the steps after the first (padding not counted), and the peak memory.
"""

import json
import statistics
import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

folder, dtype = sys.argv[1], {"f32": torch.float32, "bf16": torch.bfloat16}[sys.argv[2]]
examples = [json.loads(line) for line in open(sys.argv[3])]
rows = int(sys.argv[4])

torch.manual_seed(0)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype)
targets = ["q_proj", "k_proj", "v_proj", "o_proj"]
model = get_peft_model(model, LoraConfig(r=16, lora_alpha=16, lora_dropout=0.05, target_modules=targets, task_type="CAUSAL_LM"))
model.train()
model.config.use_cache = False
optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=4e-4)


def forward_and_backward(batch, learnt):
    longest = max(len(e["prompt"]) + len(e["completion"]) for e in batch)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    mask = torch.zeros(len(batch), longest, dtype=torch.long)
    labels = torch.full((len(batch), longest), -100)
    for i, e in enumerate(batch):
        tokens = e["prompt"] + e["completion"]
        ids[i, : len(tokens)] = torch.tensor(tokens)
        mask[i, : len(tokens)] = 1
        labels[i, len(e["prompt"]) : len(tokens)] = torch.tensor(e["completion"])
    model(input_ids=ids, attention_mask=mask, labels=labels, num_items_in_batch=learnt).loss.backward()


speeds = []
for at in range(0, len(examples), 2 * rows):
    step = examples[at : at + 2 * rows]
    start = time.perf_counter()
    learnt = sum(len(e["completion"]) for e in step)
    for part in range(0, len(step), rows):
        forward_and_backward(step[part : part + rows], learnt)
    optimizer.step()
    optimizer.zero_grad()
    speeds.append(sum(len(e["prompt"]) + len(e["completion"]) for e in step) / (time.perf_counter() - start))
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))
print(json.dumps({"tok/s": statistics.median(speeds[1:]), "peak MB": peak}))
