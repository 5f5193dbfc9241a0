"""Scores multiple choice as EvaluationBenchmark does, the straightforward way: every prompt with its candidate by itself.

Usage: evaluation_peer.py FOLDER f32|bf16 BATCH_SIZE QUESTIONS.json THREADS; prints {"cpu_seconds", "mc1"} as JSON.
"""

import json
import sys
import time

import torch
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

folder, dtype = sys.argv[1], {"f32": torch.float32, "bf16": torch.bfloat16}[sys.argv[2]]
batch_size, questions = int(sys.argv[3]), json.load(open(sys.argv[4]))
torch.set_num_threads(int(sys.argv[5]))
model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).eval()
tokenizer = PreTrainedTokenizerFast(tokenizer_file=folder + "/tokenizer.json", pad_token="w0")


def scores(pairs):
    lengths = [len(tokenizer(prompt).input_ids) for prompt, _ in pairs]
    batch = tokenizer([prompt + text for prompt, text in pairs], return_tensors="pt", padding=True, padding_side="right")
    with torch.inference_mode():
        logits = model(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits
        chosen = torch.log_softmax(logits[:, :-1].float(), -1).gather(-1, batch.input_ids[:, 1:, None])[..., 0]
    total = []
    for row, length in enumerate(lengths):
        end = int(batch.attention_mask[row].sum())
        total.append(float(chosen[row, length - 1 : end - 1].sum()))
    return total


scores([("w3 w4", " w5")])  # the first pass is slower
start = time.process_time()
pairs = [(question["prompt"], choice["text"]) for question in questions for choice in question["choices"]]
all_scores = iter([s for i in range(0, len(pairs), batch_size) for s in scores(pairs[i : i + batch_size])])
right = 0
for question in questions:
    scored = [(next(all_scores), choice) for choice in question["choices"]]
    single = [(score, choice["correct"]) for score, choice in scored if choice["single"]]
    right += max(s for s, correct in single if correct) > max(s for s, correct in single if not correct)
print(json.dumps({"cpu_seconds": time.process_time() - start, "mc1": right / len(questions)}))
