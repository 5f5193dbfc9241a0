"""Makes the checkpoints and golden values that the tests of selfalign-djl compare themselves with.

Each folder under ../resources/fixtures is a complete Hugging Face checkpoint of a tiny random model (config.json, safetensors,
tokenizer.json, tokenizer_config.json) and a golden.json of what transformers computes with it. Nothing is downloaded.

Needs Python 3.10 or newer with torch (CPU), transformers 5.18, tokenizers and safetensors. Run, from anywhere:

    python make_fixtures.py                   writes every fixture (a few minutes on one core)
    python make_fixtures.py NAME...           writes only the named ones; "rope" is the table of inverse frequencies
    python make_fixtures.py --check           recomputes the golden values from the files and compares
    python make_fixtures.py --stories DIR     writes only stories260K/golden.json, for the checkpoint in DIR (not copied)

A second run on the same machine writes the same bytes. On another CPU or version of torch the last digits may differ, and so,
rarely, may the seed that is chosen; config.json of llama-transformers5 names the version of transformers that wrote it.

golden.json:
  architecture, seed      the class; the seed of the random weights (absent for stories260K)
  minimal_greedy_gap      the smallest difference between the best and second-best logit along all the greedy paths
  cases: prompt           text
         prompt_ids       what tokenizer.json encodes it to, special tokens added
         last_logits      the logits that follow the prompt, 7 significant digits
         logits_checksum  for each position of the prompt, sum over i of logits[i] * cos(0.37 i), 7 significant digits
         greedy_ids       64 new tokens by greedy decoding that does NOT stop at an end-of-sequence token, or fewer where
                          prompt and new tokens together reach max_position_embeddings
         greedy_text      decode(prompt_ids + greedy_ids) without its prefix decode(prompt_ids), special tokens skipped
  scores: prompt, continuation, token_ids, token_logprobs, greedy
         token_ids are the tokens of encode(prompt + continuation) from index len(encode(prompt)) on, token_logprobs their
         natural-log probabilities given all tokens before them; greedy: each of them was the most probable token there

All in float32 with attn_implementation="eager". The weights are drawn wide (logits spread over several units), norms and biases
are random too, and the seed is the first that keeps greedy decoding away from ties and from repeating one token. Each fixture
also names changes to its configuration that must change the logits: it would be no test of a feature that has no effect.
"""

import argparse
import json
import math
import shutil
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

FIXTURES = Path(__file__).resolve().parent.parent / "resources" / "fixtures"
NEW_TOKENS = 64
LEAST_GAP = 1e-3
LEAST_DISTINCT_TOKENS = 12
LEAST_EFFECT = 0.05

# ---------------------------------------------------------------------------------------------------------------------------
# Tokenizers
# ---------------------------------------------------------------------------------------------------------------------------

CORPUS = """The river runs past the old mill and under the stone bridge before it reaches the sea.
She asked whether the train would leave at 7:45 or at 8:15, and nobody at the station knew the answer.
A good assistant says what it knows, says what it does not know, and never pretends that a guess is a fact.
If you are asked for something harmful, explain why you will not help, and offer something better instead.
The cat sat on the warm windowsill, watching the rain; the dog slept under the table, dreaming of the rain.
How many apples are there in 3 boxes of 24? There are 72 apples, because 3 * 24 = 72.
In 1998 the village had 1,204 people; by 2023 it had 3,517, and the school had grown from 2 rooms to 11.
Bread needs flour, water, salt, yeast and time. Mix them, wait, fold the dough, wait again, and bake it hot.
def greet(name):\n    message = "Hello, " + name + "!"\n    print(message)\n    return len(message)
for (int i = 0; i < values.length; i++) {\n    total += values[i];\n}\nreturn total / values.length;
User: What is the capital of France?\nAssistant: The capital of France is Paris.
User: Will it rain here tomorrow?\nAssistant: I cannot see the weather, so I do not know. A local forecast would help.
Le café près de l'église était fermé, mais la boulangère nous a offert une crêpe à la crème brûlée.
Über den Wäldern zog ein großer Vogel seine Kreise; die Kinder zählten bis zwölf und riefen: schön!
El niño comió una manzana y después preguntó: ¿dónde está mi otra manzana? ¡Aquí está!
今天天气很好，我们去公园散步。他喜欢读书，也喜欢写字。你好，世界！
The party was wonderful 🎉🎉 and everyone went home happy 😀 under the stars ✨.
They're sure that it's what we've wanted; I'd say he'll agree, and she doesn't mind.
    Indented text keeps its leading spaces,\n\tand tabs,\n\nand empty lines between paragraphs."""

LLAMA3_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2_SPLIT = LLAMA3_SPLIT.replace(r"\p{N}{1,3}", r"\p{N}")


def byte_level(vocabulary_size, pre_tokenizer, special_tokens):
    """Byte-level BPE as of GPT-2: any text is representable; the special tokens follow the ordinary ones."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS.split("\n"), trainer)
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special_tokens])
    return tokenizer


def adding_first(tokenizer, token):
    """A post-processor that puts the token, the beginning of sequence, before every text."""
    return processors.TemplateProcessing(
        single=f"{token} $A", pair=f"{token} $A {token}:1 $B:1", special_tokens=[(token, tokenizer.token_to_id(token))]
    )


def smollm_style():
    """As of SmolLM and GPT-2: GPT-2's splitting pattern, each digit a token; nothing is put before the text."""
    digits = pre_tokenizers.Digits(individual_digits=True)
    return without_beginning(pre_tokenizers.Sequence([digits, pre_tokenizers.ByteLevel(add_prefix_space=False)]))


def qwen2_style():
    """As of Qwen2 and Qwen3: their own splitting pattern, composed Unicode; nothing is put before the text."""
    tokenizer, special = without_beginning(splitting(QWEN2_SPLIT))
    tokenizer.normalizer = normalizers.NFC()
    return tokenizer, special


def without_beginning(pre_tokenizer):
    tokenizer = byte_level(380, pre_tokenizer, ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer, {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}


def splitting(pattern):
    split = pre_tokenizers.Split(Regex(pattern), "isolated")
    return pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def llama3_style():
    """As of Llama 3: its own splitting pattern, and <|begin_of_text|> before the text."""
    specials = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
    tokenizer = byte_level(384, splitting(LLAMA3_SPLIT), specials)
    tokenizer.post_processor = processors.Sequence(
        [processors.ByteLevel(trim_offsets=False), adding_first(tokenizer, "<|begin_of_text|>")]
    )
    return tokenizer, {"bos_token": "<|begin_of_text|>", "eos_token": "<|end_of_text|>"}


def llama2_style():
    """As of Llama 1 and 2 and Mistral: SentencePiece's BPE, whose unknown characters become byte tokens, <s> before the text.

    Merges are learned within words; characters beyond Latin are left out of the training text, so that they need byte tokens.
    The published files have no pre-tokenizer: the whole text is one word, and only the merges keep words apart.
    """
    metaspace = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    learner = Tokenizer(models.BPE())
    learner.normalizer = metaspace
    learner.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    latin = "".join(character for character in CORPUS if ord(character) < 0x250)
    learner.train_from_iterator(latin.split("\n"), trainers.BpeTrainer(vocab_size=190, show_progress=False))
    learned = json.loads(learner.to_str())["model"]

    pieces = sorted(learned["vocab"], key=learned["vocab"].get)
    pieces = [piece for piece in pieces if len(piece) > 1] + [piece for piece in pieces if len(piece) == 1]
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)] + pieces
    tokenizer = Tokenizer(
        models.BPE(
            vocab={token: index for index, token in enumerate(tokens)},
            merges=[tuple(merge) for merge in learned["merges"]],
            unk_token="<unk>",
            fuse_unk=True,
            byte_fallback=True,
        )
    )
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in tokens[:3]])
    tokenizer.normalizer = metaspace
    tokenizer.post_processor = adding_first(tokenizer, "<s>")
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    return tokenizer, {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}


# ---------------------------------------------------------------------------------------------------------------------------
# Prompts
# ---------------------------------------------------------------------------------------------------------------------------

# What several prompts begin with, as the prompts of self-alignment do.
RULES = """# Rules
1. Be helpful, honest and kind.
2. Say "I don't know" when you don't: 3 * 24 = 72 is a fact, tomorrow's rain is not.

User: Where is the café?
Assistant: It's next to the église 😀.

"""

PROMPTS = [
    "",
    "  Two spaces, naïve café, 你好 🎉 and\n\na new paragraph",
    RULES + "User: What is the capital of France?\nAssistant:",
    RULES + "User: 今天天气很好?\nAssistant: ",
    'def greet(name):\n    print("Hello, " + name)\n',
]
CHAT = {
    qwen2_style: "<|im_start|>user\nHow many apples?<|im_end|>\n<|im_start|>assistant\n",
    llama3_style: "<|start_header_id|>user<|end_header_id|>\n\nHow many apples?<|eot_id|>",
}
CONTINUATIONS = [
    ("The capital of France is", " Paris, près de la Seine."),
    ("The capital of France is ", "Paris"),  # the space may become part of the first token of the continuation
    (RULES + "User: Is it raining?\nAssistant:", " I do not know 🤷.\n"),
]


def prompts_of(spec, tokenizer):
    """The texts to continue: an empty one, or one of a single token where nothing is put before the text, up to a long one."""
    if spec["config"]["max_position_embeddings"] <= NEW_TOKENS:
        limit = spec["config"]["max_position_embeddings"]
        return [prefix_of(RULES, tokenizer, count) for count in (2, limit // 2, limit - 1)]
    prompts = list(PROMPTS) if tokenizer.encode("").ids else ["{"] + PROMPTS[1:]
    if spec["tokenizer"] in CHAT:
        prompts[-1] = CHAT[spec["tokenizer"]]
    return prompts


def continuations_of(spec, tokenizer):
    limit = spec["config"]["max_position_embeddings"]
    if limit > NEW_TOKENS:
        return list(CONTINUATIONS)
    whole = prefix_of(RULES, tokenizer, limit)
    return CONTINUATIONS[:2] + [(whole[:30], whole[30:])]


def prefix_of(text, tokenizer, tokens):
    """The longest beginning of the text that is encoded as so many tokens."""
    return next(text[:end] for end in range(len(text), -1, -1) if len(tokenizer.encode(text[:end]).ids) == tokens)


# ---------------------------------------------------------------------------------------------------------------------------
# Checkpoints
# ---------------------------------------------------------------------------------------------------------------------------


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


# ---------------------------------------------------------------------------------------------------------------------------
# Golden values
# ---------------------------------------------------------------------------------------------------------------------------


def rounded(values, digits=7):
    return [float(f"{value:.{digits}g}") for value in values]


def load(folder):
    model, report = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True
    )
    assert not report["missing_keys"] and not report["mismatched_keys"], report
    model.generation_config.eos_token_id = None
    model.generation_config.pad_token_id = 0
    return model.eval()


def logits_of(model, ids):
    return model(torch.tensor([ids])).logits[0]


def case_of(model, tokenizer, prompt):
    """The golden values of one prompt, and the smallest gap between the two best logits along its greedy path."""
    ids = tokenizer.encode(prompt).ids
    new_tokens = min(NEW_TOKENS, model.config.max_position_embeddings - len(ids))
    prompt_ids = torch.tensor([ids])
    generated = model.generate(
        prompt_ids, attention_mask=torch.ones_like(prompt_ids), do_sample=False, max_new_tokens=new_tokens
    )
    greedy = generated[0, len(ids) :].tolist()
    logits = logits_of(model, ids + greedy[:-1])
    path = logits[len(ids) - 1 :]
    best = path.topk(2).values
    gap = (best[:, 0] - best[:, 1]).min().item()
    assert gap < LEAST_GAP or path.argmax(-1).tolist() == greedy, "decoding with and without a cache must agree"
    weights = torch.cos(0.37 * torch.arange(logits.shape[1], dtype=torch.float64))
    before, after = tokenizer.decode(ids), tokenizer.decode(ids + greedy)
    case = {
        "prompt": prompt,
        "prompt_ids": ids,
        "last_logits": rounded(path[0].tolist()),
        "logits_checksum": rounded((logits[: len(ids)].double() @ weights).tolist()),
        "greedy_ids": greedy,
        "greedy_text": after.removeprefix(before) if after.startswith(before) else None,
    }
    return case, gap


def score_of(model, tokenizer, prompt, continuation):
    ids = tokenizer.encode(prompt + continuation).ids
    start = len(tokenizer.encode(prompt).ids)
    assert 0 < start < len(ids), (prompt, continuation)
    logprobs = logits_of(model, ids).log_softmax(-1)[start - 1 : -1]
    tokens = ids[start:]
    return {
        "prompt": prompt,
        "continuation": continuation,
        "token_ids": tokens,
        "token_logprobs": rounded(logprobs[range(len(tokens)), tokens].tolist()),
        "greedy": logprobs.argmax(-1).tolist() == tokens,
    }


def greedy_continuation(tokenizer, cases):
    """A prompt and the longest beginning of its greedy text, up to 5 tokens, that is encoded as those tokens again."""
    for count in range(5, 0, -1):
        for case in reversed(cases):
            ids = case["prompt_ids"] + case["greedy_ids"][:count]
            before, after = tokenizer.decode(case["prompt_ids"]), tokenizer.decode(ids)
            if after.startswith(before) and tokenizer.encode(case["prompt"] + after.removeprefix(before)).ids == ids:
                return case["prompt"], after.removeprefix(before)
    return None


def golden_of(folder, prompts, continuations, seed=None):
    model, tokenizer = load(folder), Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert all(AutoTokenizer.from_pretrained(folder)(text).input_ids == tokenizer.encode(text).ids for text in prompts)
    cases, gaps = zip(*(case_of(model, tokenizer, prompt) for prompt in prompts))
    greedy = greedy_continuation(tokenizer, cases)
    pairs = continuations + ([greedy] if greedy and greedy not in continuations else [])
    golden = {"architecture": type(model).__name__} | ({} if seed is None else {"seed": seed})
    golden["minimal_greedy_gap"] = rounded([min(gaps)], 4)[0]
    golden["cases"] = list(cases)
    golden["scores"] = [score_of(model, tokenizer, *pair) for pair in pairs]
    return golden


def flaw_of(golden, tokenizer):
    """Why these golden values would make a poor test, or None."""
    if golden["minimal_greedy_gap"] < LEAST_GAP:
        return "nearly a tie"
    if not any(score["greedy"] for score in golden["scores"]):
        return "no greedy continuation that is encoded as the tokens it was decoded from"
    for case in golden["cases"]:
        if len(set(case["greedy_ids"])) < min(LEAST_DISTINCT_TOKENS, len(case["greedy_ids"])):
            return "too few distinct tokens"
        if max(case["greedy_ids"]) >= tokenizer.get_vocab_size():
            return "a token that the tokenizer lacks"
        if case["greedy_text"] is None:
            return "text that does not continue the prompt's text"
    return None


def check_effects(folder, spec, golden):
    """Without the feature, the same weights must give other logits: else the fixture would not notice its absence."""
    longest = max((case["prompt_ids"] for case in golden["cases"]), key=len)
    model = load(folder)
    expected = logits_of(model, longest)[-1]
    published = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    for change in spec["without"]:
        if "rope_parameters" in published:
            change = {"rope_parameters": {"rope_type": "default", "rope_theta": spec["config"]["rope_theta"]}}
        config = AutoConfig.for_model(**(published | change))
        config._attn_implementation = "eager"
        changed = AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
        changed.load_state_dict(model.state_dict(), strict=False)
        effect = (logits_of(changed, longest)[-1] - expected).abs().max().item()
        assert effect > LEAST_EFFECT, f"{folder.name}: {change} changes the logits by no more than {effect}"


def make(name):
    spec, folder = CHECKPOINTS[name], FIXTURES / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    config = spec["config"] | write_tokenizer(folder, spec)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    prompts, continuations = prompts_of(spec, tokenizer), continuations_of(spec, tokenizer)
    for seed in range(1000):
        save(name, spec, config, folder, seed)
        golden = golden_of(folder, prompts, continuations, seed)
        if flaw_of(golden, tokenizer) is None:
            break
    else:
        raise AssertionError(f"{name}: no seed will do: {flaw_of(golden, tokenizer)}")
    check_effects(folder, spec, golden)
    write_json(folder / "golden.json", golden)
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{name}: {size:,} bytes, seed {seed}, minimal greedy gap {golden['minimal_greedy_gap']}", flush=True)


def check(name, folder):
    """Compares the golden values of the name with ones computed anew: equal tokens and texts, numbers within 1e-4."""
    stored = json.loads((FIXTURES / name / "golden.json").read_text(encoding="utf-8"))
    prompts = [case["prompt"] for case in stored["cases"]]
    pairs = [(score["prompt"], score["continuation"]) for score in stored["scores"]]
    computed = golden_of(folder, prompts, pairs)
    for old, new in zip(stored["cases"] + stored["scores"], computed["cases"] + computed["scores"], strict=True):
        for key, value in old.items():
            if key in ("last_logits", "logits_checksum", "token_logprobs"):
                torch.testing.assert_close(torch.tensor(new[key]), torch.tensor(value), rtol=1e-4, atol=1e-4)
            else:
                assert new[key] == value, (name, key)
    print(f"{name}: as stored", flush=True)


def make_stories(folder):
    """Golden values of a published checkpoint that is not among the fixtures."""
    prompts = [
        "",
        "Once upon a time, there was a little girl named Lily. She liked to play with her red ball 🎉 in the café",
        "Once upon a time, there was a little girl named Lily. She liked to play with her dog in the park.",
        "Tim had a big box.\n\nOne day,",
        "  Tom said: 你好",
    ]
    continuations = [
        ("Once upon a time", ", there was a little girl."),
        ("Once upon a time ", "there was"),
        ("Once upon a time", ", there were 17 naïve 🐉."),
    ]
    golden = golden_of(folder, prompts, continuations)
    target = FIXTURES / "stories260K"
    target.mkdir(parents=True, exist_ok=True)
    write_json(target / "golden.json", golden)
    print(f"stories260K: minimal greedy gap {golden['minimal_greedy_gap']}")


# ---------------------------------------------------------------------------------------------------------------------------
# Inverse frequencies of the rotary position embedding
# ---------------------------------------------------------------------------------------------------------------------------

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


def write_json(path, value, indent=None):
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description="Makes the checkpoints and golden values of the tests.")
    parser.add_argument("names", nargs="*", help="fixtures to make (default: all)")
    parser.add_argument("--check", action="store_true", help="recompute and compare instead of writing")
    parser.add_argument("--stories", type=Path, metavar="DIR", help="write only stories260K/golden.json, from this checkpoint")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    unknown = set(arguments.names) - set(CHECKPOINTS) - {"rope"}
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are: rope, {', '.join(CHECKPOINTS)}")
    if arguments.stories:
        check("stories260K", arguments.stories) if arguments.check else make_stories(arguments.stories)
        return
    names = arguments.names or [*CHECKPOINTS, "rope"]
    for name in names:
        if name == "rope":
            check_rope() if arguments.check else make_rope()
        elif arguments.check:
            check(name, FIXTURES / name)
        else:
            make(name)


if __name__ == "__main__":
    main()
