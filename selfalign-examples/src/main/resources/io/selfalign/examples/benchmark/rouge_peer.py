"""Measures ROUGE-L as it is published in Python, by a table for each pair, for DedupeBenchmark.

Usage: rouge_peer.py THRESHOLD; standard input: a text per line. Each is compared with all kept before, as far as
a minute goes. Prints one JSON object: the pairs compared, the seconds that took, and how many of the texts were kept.
"""

import json
import re
import sys
import time


def tokenize(text):
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).split()


def longest_common_subsequence(first, second):
    table = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i, token in enumerate(first):
        for j, other in enumerate(second):
            table[i + 1][j + 1] = table[i][j] + 1 if token == other else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


def f_measure(first, second):
    common = longest_common_subsequence(first, second)
    if common == 0:
        return 0.0
    precision, recall = common / len(first), common / len(second)
    return 2 * precision * recall / (precision + recall)


threshold = float(sys.argv[1])
texts = [tokenize(line) for line in open(0, encoding="utf-8")]
kept, pairs, judged = [], 0, 0
start = time.perf_counter()
for text in texts:
    if time.perf_counter() - start > 60:
        break
    pairs += len(kept)
    judged += 1
    if max((f_measure(text, other) for other in kept), default=0.0) <= threshold:
        kept.append(text)
print(json.dumps({"pairs": pairs, "seconds": time.perf_counter() - start, "judged": judged, "kept": len(kept)}))
