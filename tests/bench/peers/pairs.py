#!/usr/bin/env python3
"""pairs.py TOKENIZER.json PROMPT ANSWER COUNT [SEED]   pairs of known lengths in tokens, as JSON Lines.

A length is N, or LOW-HIGH to draw one; an answer's counts the token that ends it. Texts are runs of words
that are one token each; every line is encoded again to be sure, and bears its lengths."""
import json, random, re, sys
from tokenizers import Tokenizer

tokenizer = Tokenizer.from_file(sys.argv[1])
rng = random.Random(int(sys.argv[5]) if len(sys.argv) > 5 else 1)


def count(text):
    return len(tokenizer.encode(text, add_special_tokens=False).ids)


def draw(length):
    low, _, high = length.partition("-")
    return rng.randint(int(low), int(high or low))


def text(words, length):
    return "".join(rng.choice(words) for _ in range(length))


def pair(words):
    lengths = [draw(sys.argv[2]), draw(sys.argv[3]), draw(sys.argv[3])]
    prompt, chosen, rejected = text(words, lengths[0]), text(words, lengths[1] - 1), text(words, lengths[2] - 1)
    if [count(prompt), count(prompt + chosen), count(prompt + rejected)] != \
            [lengths[0], lengths[0] + lengths[1] - 1, lengths[0] + lengths[2] - 1]:
        sys.exit("the words are not one token each")
    return {"prompt": prompt, "chosen": chosen, "rejected": rejected, "lengths": lengths}


words = sorted(word for word in map(lambda i: tokenizer.decode([i]), range(tokenizer.get_vocab_size()))
               if re.fullmatch(" [a-z]{2,9}", word) and count(word) == 1)
if len(words) < 10:
    sys.exit(f"the tokenizer has no more than {len(words)} words")
for _ in range(int(sys.argv[4])):
    print(json.dumps(pair(words)))
