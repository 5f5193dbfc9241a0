"""Small tokenizers in the manner of published ones, trained on the text below. Part of make_fixtures.py."""

import json

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

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
