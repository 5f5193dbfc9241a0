"""Makes the golden values that the tests of LoRA training compare themselves with: PEFT's, on the checkpoints of make_fixtures.py.

Needs Python 3.10 or newer with torch (CPU), transformers 5.18, peft 0.21, tokenizers and safetensors. Run, from anywhere:

    python make_training_fixtures.py            writes ../resources/fixtures/training/ (a minute on one core)
    python make_training_fixtures.py --check    recomputes and compares

Each folder under training/ has

  initial/, final/   the adapter before and after training, as PEFT saves it; not where all weights are trained
  golden.json        checkpoint: the fixture that is the base model
                     options: what both sides train with; lists in options are PEFT's keyword arguments
                     steps: of each optimizer step loss, learning_rate and grad_norm (before clipping)

and training/examples.jsonl has the examples, which both sides take in order. The loss of a step is the sum of the negative
log-probabilities of the completions' tokens, end of sequence included, over their number, with the whole batch in one pass of
each example by itself. All in float32 with attn_implementation="eager", dropout 0. A second run on the same machine writes the same bytes.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, get_scheduler

from fixture_checkpoints import FIXTURES

ROOT = FIXTURES / "training"
STEPS = 20
BATCH = 5

SUBJECTS = ["tea", "rain", "the tide", "a kite", "bread", "the moon", "glass", "a compass", "snow", "copper", "a violin", "salt"]
EXAMPLES = [
    {"id": str(i), "prompt": f"User: What is {subject}?\nAssistant:", "completion": f" {subject.capitalize()} is " + tail}
    for i, (subject, tail) in enumerate(
        zip(
            SUBJECTS * 2,
            ["warm.", "often a surprise, and then it is over.", "slow", "two things at once: 1. light; 2. strong."] * 6,
        )
    )
]
ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]
ALL = ATTENTION + ["gate_proj", "up_proj", "down_proj"]
PLAIN = dict(learning_rate=0.02, schedule="linear", warmup_steps=3, weight_decay=0.0, max_grad_norm=0.0, lora={"r": 4, "lora_alpha": 8})

CASES = {
    "llama": ("llama2-gqa-tied", PLAIN | {"lora": {"r": 4, "lora_alpha": 8, "target_modules": ATTENTION}}),
    "llama-untied": (
        "llama1-mha",
        PLAIN | {"schedule": "cosine", "weight_decay": 0.1, "lora": {"r": 3, "lora_alpha": 16, "target_modules": ALL}},
    ),
    "mistral": (
        "mistral-window",
        PLAIN | {"max_grad_norm": 0.5, "lora": {"r": 8, "lora_alpha": 8, "use_rslora": True, "target_modules": ["q_proj", "v_proj"]}},
    ),
    "qwen2": (
        "qwen2",
        PLAIN
        | {
            "schedule": "constant",
            "lora": {
                "r": 4,
                "lora_alpha": 8,
                "target_modules": ["k_proj", "up_proj", "down_proj"],
                "rank_pattern": {"layers.0.self_attn.k_proj": 2, "up_proj": 6},
                "alpha_pattern": {"down_proj": 3},
            },
        },
    ),
    "qwen3": ("qwen3-window", PLAIN | {"lora": {"r": 2, "lora_alpha": 2, "target_modules": ["gate_proj", "o_proj"]}}),
    "granite": ("granite", PLAIN | {"lora": {"r": 4, "lora_alpha": 8, "target_modules": ALL, "layers_to_transform": [1]}}),
    "smollm3": ("smollm3", PLAIN | {"lora": {"r": 4, "lora_alpha": 4, "target_modules": ALL}}),
    # All weights.
    "whole-llama": ("llama2-gqa-tied", PLAIN | {"learning_rate": 0.005, "lora": None}),
    "whole-llama-untied": ("llama1-mha", PLAIN | {"learning_rate": 0.005, "weight_decay": 0.1, "lora": None}),
    "whole-bias": ("llama-bias", PLAIN | {"learning_rate": 0.005, "max_grad_norm": 1.0, "lora": None}),
    "whole-qwen3": ("qwen3-window", PLAIN | {"learning_rate": 0.005, "weight_decay": 5.0, "lora": None}),
    "whole-granite": ("granite", PLAIN | {"learning_rate": 0.005, "lora": None}),
}


def tokens(tokenizer, text):
    encoding = tokenizer.encode(text)
    ids = list(encoding.ids)
    while ids and encoding.special_tokens_mask[len(ids) - 1]:
        ids.pop()
    return ids


def train(checkpoint, options, initial):
    folder = FIXTURES / checkpoint
    base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    model = PeftModel.from_pretrained(base, initial, is_trainable=True) if options["lora"] else base
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    end = base.config.eos_token_id
    end = end[0] if isinstance(end, list) else end
    parameters = [p for p in model.parameters() if p.requires_grad]
    # As transformers' Trainer has it, norms and biases have no weight decay.
    groups = [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": options["weight_decay"]},
        {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=options["learning_rate"])
    kind = {"linear": "linear", "cosine": "cosine", "constant": "constant_with_warmup"}[options["schedule"]]
    schedule = get_scheduler(kind, optimizer, num_warmup_steps=options["warmup_steps"], num_training_steps=STEPS)
    steps = []
    for step in range(STEPS):
        per_epoch = (len(EXAMPLES) + BATCH - 1) // BATCH
        at = step % per_epoch * BATCH
        total, count = 0.0, 0
        for example in EXAMPLES[at : at + BATCH]:
            prompt = tokens(tokenizer, example["prompt"])
            ids = tokens(tokenizer, example["prompt"] + example["completion"]) + [end]
            logits = model(torch.tensor([ids])).logits[0, :-1].float()
            chosen = torch.log_softmax(logits, -1)[range(len(ids) - 1), ids[1:]][len(prompt) - 1 :]
            total = total - chosen.sum()
            count += len(chosen)
        loss = total / count
        optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(parameters, options["max_grad_norm"] or float("inf"))
        rate = optimizer.param_groups[0]["lr"]
        optimizer.step()
        schedule.step()
        steps.append({"loss": loss.item(), "learning_rate": rate, "grad_norm": norm.item()})
    return model, steps


def initial_adapter(checkpoint, options, target):
    torch.manual_seed(17)
    base = AutoModelForCausalLM.from_pretrained(FIXTURES / checkpoint, dtype=torch.float32)
    save(get_peft_model(base, LoraConfig(task_type="CAUSAL_LM", lora_dropout=0.0, **options["lora"])), checkpoint, target)


def save(model, checkpoint, target):
    for config in model.peft_config.values():
        config.base_model_name_or_path = checkpoint
        for field in ("target_modules", "exclude_modules"):
            if isinstance(getattr(config, field), set):
                setattr(config, field, sorted(getattr(config, field)))
    model.save_pretrained(target)
    (target / "README.md").unlink(missing_ok=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--check", action="store_true")
    check = arguments.parse_args().check
    torch.set_num_threads(1)
    ROOT.mkdir(exist_ok=True)
    if not check:
        (ROOT / "examples.jsonl").write_text("".join(json.dumps(e) + "\n" for e in EXAMPLES))
    for name, (checkpoint, options) in CASES.items():
        folder = ROOT / name
        if not check:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        if options["lora"] and not check:
            initial_adapter(checkpoint, options, folder / "initial")
        model, steps = train(checkpoint, options, folder / "initial")
        if check:
            golden = json.loads((folder / "golden.json").read_text())
            worst = max(abs(a["loss"] - b["loss"]) / a["loss"] for a, b in zip(golden["steps"], steps))
            final = load_file(folder / "final" / "adapter_model.safetensors") if options["lora"] else {}
            named = {k.replace(".default", ""): v for k, v in model.named_parameters() if v.requires_grad}
            difference = max([(named[k] - v).abs().max().item() for k, v in final.items()], default=0.0)
            print(f"{name}: loss {worst:.1e} relative, final adapter {difference:.1e}")
            if worst > 1e-5 or difference > 1e-4:
                sys.exit(f"{name}: does not agree with its golden values")
        else:
            if options["lora"]:
                save(model, checkpoint, folder / "final")
            golden = {"checkpoint": checkpoint, "options": options | {"batch_size": BATCH, "steps": STEPS}, "steps": steps}
            (folder / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
            print(f"{name}: loss {steps[0]['loss']:.4f} to {steps[-1]['loss']:.4f}")


if __name__ == "__main__":
    main()
