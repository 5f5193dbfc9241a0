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
import shutil
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from fixture_checkpoints import CHECKPOINTS, FIXTURES, NEW_TOKENS, rounded, save, write_json, write_tokenizer
from fixture_rope import check_rope, make_rope
from fixture_tokenizers import CORPUS, llama3_style, qwen2_style

LONG = 2048  # a context from which on prompts are made long
LEAST_GAP = 1e-3
LEAST_DISTINCT_TOKENS = 12
LEAST_EFFECT = 0.05

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
    if spec["config"]["max_position_embeddings"] > LONG:
        before = (CORPUS + "\n") * 3
        return [before + "She asked", before + "The river runs", "The river"]
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
# Golden values
# ---------------------------------------------------------------------------------------------------------------------------


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
# Command line
# ---------------------------------------------------------------------------------------------------------------------------


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
