"""The table of inverse frequencies of the rotary position embedding. Part of make_fixtures.py."""

import json

import torch
from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

from fixture_checkpoints import DYNAMIC, FIXTURES, LLAMA3, YARN, rounded, write_json

# name, head_dim, max_position_embeddings, rope_theta, rope_scaling, sequence length (for dynamic scaling only)
ROPE = [
    ("default, Llama 2", 128, 4096, 10000.0, None, None),
    ("default, head of 10", 10, 512, 10000.0, None, None),
    ("default, SmolLM3", 128, 65536, 5000000.0, None, None),
    ("linear", 64, 8192, 10000.0, {"type": "linear", "factor": 4.0}, None),
    ("llama3, Llama 3.1", 128, 131072, 500000.0, LLAMA3 | {"original_max_position_embeddings": 8192}, None),
    ("llama3, Llama 3.2", 64, 131072, 500000.0, LLAMA3 | {"factor": 32.0, "original_max_position_embeddings": 8192}, None),
    ("llama3, the fixture llama3-rope", 16, 512, 500000.0, LLAMA3, None),
    ("yarn, Qwen2.5", 128, 131072, 1000000.0, YARN | {"original_max_position_embeddings": 32768}, None),
    ("yarn, the fixture llama-rope-yarn", 16, 256, 10000.0, YARN, None),
    ("yarn, attention_factor", 32, 1024, 10000.0, YARN | {"attention_factor": 0.75}, None),
    ("yarn, betas", 64, 8192, 10000.0, YARN | {"beta_fast": 16.0, "beta_slow": 2.0}, None),
    ("yarn, mscale", 64, 8192, 10000.0, YARN | {"mscale": 1.0, "mscale_all_dim": 0.5}, None),
    ("yarn, not truncated", 64, 8192, 10000.0, YARN | {"truncate": False}, None),
    ("yarn, no original_max_position_embeddings", 64, 4096, 10000.0, {"rope_type": "yarn", "factor": 4.0}, None),
    ("dynamic, at the start", 64, 2048, 10000.0, DYNAMIC, None),
    ("dynamic, within the context", 64, 2048, 10000.0, DYNAMIC, 100),
    ("dynamic, beyond the context", 64, 2048, 10000.0, DYNAMIC, 5000),
]


def rope_rows():
    rows = []
    for name, head_dim, limit, theta, scaling, length in ROPE:
        settings = {"head_dim": head_dim, "max_position_embeddings": limit, "rope_theta": theta, "rope_scaling": scaling}
        config = LlamaConfig(**json.loads(json.dumps(settings)))
        compute = ROPE_INIT_FUNCTIONS.get(
            config.rope_parameters["rope_type"], LlamaRotaryEmbedding.compute_default_rope_parameters
        )
        frequencies, attention_scaling = compute(config, torch.device("cpu"), **({"seq_len": length} if length else {}))
        row = {"name": name} | settings | ({"sequence_length": length} if length else {})
        row["inverse_frequencies"] = rounded(frequencies.tolist(), 9)
        row["attention_scaling"] = rounded([attention_scaling], 9)[0]
        rows.append(row)
    return rows


def make_rope():
    (FIXTURES / "rope").mkdir(parents=True, exist_ok=True)
    write_json(FIXTURES / "rope" / "inverse_frequencies.json", rope_rows())
    print(f"rope: {len(ROPE)} settings", flush=True)


def check_rope():
    stored = json.loads((FIXTURES / "rope" / "inverse_frequencies.json").read_text(encoding="utf-8"))
    for old, new in zip(stored, rope_rows(), strict=True):
        assert old["name"] == new["name"]
        for key in ("inverse_frequencies", "attention_scaling"):
            torch.testing.assert_close(torch.tensor(new[key]), torch.tensor(old[key]), rtol=1e-6, atol=0)
    print("rope: as stored", flush=True)
