"""The random checkpoints: which there are, and how they are written. Part of make_fixtures.py."""

import json
import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

from fixture_tokenizers import llama2_style, llama3_style, qwen2_style, smollm_style

FIXTURES = Path(__file__).resolve().parent.parent / "resources" / "fixtures"
NEW_TOKENS = 64


def checkpoint(model_type, tokenizer, without=(), extra_rows=0, storage=torch.float32, **config):
    """A checkpoint. `without`: changes to its configuration, each of which must change the logits of its longest prompt."""
    base = {
        "architectures": [ARCHITECTURES[model_type]],
        "model_type": model_type,
        "hidden_act": "silu",
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 512,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0,
        "tie_word_embeddings": True,
        "torch_dtype": str(storage).removeprefix("torch."),
    }
    config = {key: value for key, value in (base | config).items() if value is not OMITTED}
    return {"tokenizer": tokenizer, "config": config, "without": without, "extra_rows": extra_rows, "storage": storage}


OMITTED = object()
ARCHITECTURES = {
    "llama": "LlamaForCausalLM",
    "mistral": "MistralForCausalLM",
    "qwen2": "Qwen2ForCausalLM",
    "qwen3": "Qwen3ForCausalLM",
    "granite": "GraniteForCausalLM",
    "smollm3": "SmolLM3ForCausalLM",
}
LLAMA3 = {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0} | {
    "original_max_position_embeddings": 64,
    "rope_type": "llama3",
}
YARN = {"factor": 4.0, "original_max_position_embeddings": 64, "rope_type": "yarn"}
DYNAMIC = {"type": "dynamic", "factor": 2.0}
SCALED_LIKE_LLAMA3 = dict(head_dim=16, rope_theta=500000.0, rope_scaling=LLAMA3, without=[{"rope_scaling": None}])
WINDOWED = dict(num_hidden_layers=3, sliding_window=8, use_sliding_window=True)

CHECKPOINTS = {
    # As LLaMA 1 was published: no num_key_value_heads, and a rotary_emb.inv_freq in every layer, to be ignored (see save).
    "llama1-mha": checkpoint(
        "llama",
        llama2_style,
        num_key_value_heads=OMITTED,
        tie_word_embeddings=False,
        rms_norm_eps=1e-6,
        pad_token_id=0,
        extra_rows=3,
    ),
    "llama2-gqa-tied": checkpoint("llama", llama2_style),
    # Several end-of-sequence tokens (see write_tokenizer), and wavelengths in all three ranges of the scaling.
    "llama3-rope": checkpoint("llama", llama3_style, **SCALED_LIKE_LLAMA3),
    # The same model, with the configuration as transformers 5 writes it.
    "llama-transformers5": checkpoint("llama", llama3_style, **SCALED_LIKE_LLAMA3),
    "llama-rope-linear": checkpoint(
        "llama", llama2_style, rope_scaling={"type": "linear", "factor": 4.0}, without=[{"rope_scaling": None}]
    ),
    "llama-rope-yarn": checkpoint(
        "llama", llama3_style, head_dim=16, max_position_embeddings=256, rope_scaling=YARN, without=[{"rope_scaling": None}]
    ),
    # Within max_position_embeddings dynamic scaling is no scaling, so there is nothing to leave out.
    "llama-rope-dynamic": checkpoint("llama", llama3_style, max_position_embeddings=256, rope_scaling=DYNAMIC),
    "llama-bias": checkpoint(
        "llama",
        llama3_style,
        head_dim=10,
        attention_bias=True,
        mlp_bias=True,
        without=[{"attention_bias": False}, {"mlp_bias": False}],
    ),
    # Eight tokens including the position's own.
    "mistral-window": checkpoint(
        "mistral",
        llama2_style,
        num_hidden_layers=3,
        sliding_window=8,
        without=[{"sliding_window": None}, {"sliding_window": 7}, {"sliding_window": 9}],
    ),
    # Prompts of some 3,000 tokens, which no one prefill takes whole, and a window that is no multiple of anything.
    "mistral-long": checkpoint(
        "mistral",
        llama2_style,
        max_position_embeddings=4096,
        sliding_window=33,
        without=[{"sliding_window": 32}, {"sliding_window": 34}],
    ),
    "qwen2": checkpoint("qwen2", qwen2_style, extra_rows=9, rope_theta=1000000.0),
    # The first layer attends to everything, the later ones to eight tokens: the rule of max_window_layers.
    "qwen2-window": checkpoint(
        "qwen2",
        qwen2_style,
        **WINDOWED,
        max_window_layers=1,
        without=[{"use_sliding_window": False}, {"max_window_layers": 0}, {"max_window_layers": 2}],
    ),
    # A window that is named and not used, as most published configurations of Qwen2 and Qwen3 have it.
    "qwen3": checkpoint(
        "qwen3",
        qwen2_style,
        head_dim=12,
        attention_bias=False,
        sliding_window=8,
        use_sliding_window=False,
        max_window_layers=1,
        rope_theta=1000000.0,
    ),
    # layer_types where there is one, whatever max_window_layers says; untied.
    "qwen3-window": checkpoint(
        "qwen3",
        qwen2_style,
        **WINDOWED,
        head_dim=8,
        max_window_layers=3,
        layer_types=["sliding_attention", "full_attention", "sliding_attention"],
        tie_word_embeddings=False,
        without=[{"layer_types": ["full_attention"] * 3}, {"layer_types": ["sliding_attention"] * 3}],
    ),
    "granite": checkpoint(
        "granite",
        smollm_style,
        embedding_multiplier=1.5,
        residual_multiplier=0.7,
        attention_multiplier=0.25,
        logits_scaling=0.8,
        without=[
            {"embedding_multiplier": 1.0},
            {"residual_multiplier": 1.0},
            {"attention_multiplier": 8**-0.5},
            {"logits_scaling": 1.0},
        ],
    ),
    # The middle layer does not rotate queries and keys.
    "smollm3": checkpoint(
        "smollm3",
        llama3_style,
        num_hidden_layers=3,
        no_rope_layers=[1, 0, 1],
        no_rope_layer_interval=2,
        rope_theta=5000000.0,
        use_sliding_window=False,
        sliding_window=None,
        without=[{"no_rope_layers": [1, 1, 1]}, {"no_rope_layers": [0, 0, 0]}],
    ),
    # Nine heads and three key/value heads, as SmolLM2-135M has.
    "smollm": checkpoint(
        "llama", smollm_style, hidden_size=54, num_attention_heads=9, num_key_value_heads=3, rope_theta=100000.0
    ),
    # Without rope_theta, which is then 10000.
    "sharded": checkpoint("llama", smollm_style, tie_word_embeddings=False, rope_theta=OMITTED),
    "f16-weights": checkpoint("llama", smollm_style, tie_word_embeddings=False, storage=torch.float16),
    "bf16-weights": checkpoint("llama", smollm_style, tie_word_embeddings=False, storage=torch.bfloat16),
    "context-limit": checkpoint("llama", smollm_style, max_position_embeddings=NEW_TOKENS),
}


def randomize(model, seed):
    """Matrices as wide as keeps activations of order one, small embeddings, so that the layers decide the next token."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in sorted(model.named_parameters()):
        values = torch.randn(parameter.shape, generator=generator)
        if "norm" in name:
            values = 1 + 0.3 * values
        elif "embed" in name or "lm_head" in name:
            values = 0.4 * values
        elif name.endswith("bias"):
            values = 0.4 * values
        else:
            values = 1.4 / math.sqrt(parameter.shape[1]) * values
        parameter.data.copy_(values)


def write_tokenizer(folder, spec):
    """Writes the tokenizer's files and returns what config.json says of it."""
    tokenizer, special = spec["tokenizer"]()
    (folder / "tokenizer.json").write_text(tokenizer.to_str(pretty=False), encoding="utf-8")
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": False} | special
    write_json(folder / "tokenizer_config.json", settings)
    end = tokenizer.token_to_id(special["eos_token"])
    ids = {
        "vocab_size": tokenizer.get_vocab_size() + spec["extra_rows"],
        "bos_token_id": tokenizer.token_to_id(special.get("bos_token", "<|endoftext|>")),
        "eos_token_id": [end, tokenizer.token_to_id("<|eot_id|>")] if spec["tokenizer"] is llama3_style else end,
    }
    if "pad_token_id" not in spec["config"]:
        ids["pad_token_id"] = None
    return ids


def save(name, spec, config, folder, seed):
    """Writes weights and config.json, the latter as published checkpoints have it rather than as transformers 5 writes it."""
    write_json(folder / "config.json", config, indent=2)
    model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder), dtype=torch.float32)
    randomize(model, seed)
    if name == "llama-transformers5":
        model.save_pretrained(folder)
        return
    if name == "sharded":
        model.save_pretrained(folder, max_shard_size="60KB")
        (folder / "generation_config.json").unlink()
        write_json(folder / "config.json", config, indent=2)
        assert len(list(folder.glob("*.safetensors"))) == 3
        return
    tensors = {key: value.to(spec["storage"]).contiguous() for key, value in model.state_dict().items()}
    if config["tie_word_embeddings"]:
        del tensors["lm_head.weight"]
    if name == "llama1-mha":
        for layer in range(config["num_hidden_layers"]):
            tensors[f"model.layers.{layer}.self_attn.rotary_emb.inv_freq"] = model.model.rotary_emb.inv_freq.clone()
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def write_json(path, value, indent=None):
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def rounded(values, digits=7):
    return [float(f"{value:.{digits}g}") for value in values]
