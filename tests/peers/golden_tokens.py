"""Makes tests/golden/tokens/small-*.json, one tokenizer of each kind, and ids.jsonl, what the library
tokenizers makes of some texts with them: golden_tokens.py [TOKENIZER.json.xz...]

The named files, and those in the folder, are asked too. The small ones are trained on the texts.
"""
import json
import lzma
import sys
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, trainers
from tokenizers import normalizers as N, pre_tokenizers as P, processors as R
from tokenizers import Regex

FOLDER = Path(__file__).resolve().parent.parent / "golden/tokens"
TEXTS = [
    "", " ", "a", "Hello, world!", "The quick brown fox jumps over 13 lazy dogs.", "  two  spaces ",
    "tabs\tand\t\ttabs \t x", "line\r\nline\n\n\nline \n  x\n ", "1234567890 3.14159 1,000 x1y22z333",
    "it's we're I'LL they'Ve 'tis ''s 'S it'\u017fx don't", "\u2019s \u201cquoted\u201d \u2026",
    "caf\u00e9 cafe\u0301 \u00c5 \u212b \u1e9b\u0323", "\u0627\u0644\u0633\u0644\u0627\u0645",
    "\u4f60\u597d\uff0c\u4e16\u754c\u3002\u3000\u4f60", "\ud55c\uad6d\uc5b4 \u1112\u1161\u11ab",
    "\u0939\u093f\u0928\u094d\u0926\u0940 \u0967\u0968\u0969", "\U0001F468\u200d\U0001F469 \U0001F3F3\ufe0f",
    "\u00a0nbsp\u00a0\u2003em\u2028line\u0085next", "\u180e\u200b\ufeff", "\u00bd \u2163 \u00b2 \u0661\u0662",
    "x <s> y</s>z<s>", "<|end|>\n<|end|> a<|end|>", "user  <mask>  text", "foo food foo. _foo foo",
    "new tok new  tok", "<a><b>c<a>", "<0x0A><0x41>", "\u2581a \u2581\u2581 b\u2581", "\0nul\x01\x7f",
    "def f(x):\n    return x != 1  # no\n", "{\"a\": [1, 2.5e-3], \"b\": null}", "http://a.b/c?d=e&f",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "anticonstitutionellement Donaudampfschifffahrtsgesellschaft", "ZZZ qqq \u0178 \u20ac\u20ac\u20ac",
    "!!!a!!! --- ...\n\n!x\n", "\U00011de5\U00016ff4 \u1715\u0306", "\U0001611e\U00016125"]
QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|"
         r"\s*[\r\n]+|\s+(?!\S)|\s+")
LLAMA3 = QWEN2.replace(r"\p{N}|", r"\p{N}{1,3}|", 1)
MARK = "\u2581"


def added(tokenizer):
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False)
                                  for t in ("<s>", "</s>", "<|end|>")])
    tokenizer.add_tokens([AddedToken("<mask>", lstrip=True, normalized=False),
                          AddedToken("<a>", rstrip=True, normalized=False),
                          AddedToken("<a><b>", normalized=False),
                          AddedToken("foo", single_word=True, normalized=False),
                          AddedToken("new tok", normalized=True)])


def byte_level(pattern=None, digits=None, normalizer=None, **flags):
    tokenizer = Tokenizer(models.BPE(**flags))
    steps = [P.Split(Regex(pattern), "isolated")] if pattern else []
    if digits is not None:
        steps.append(P.Digits(individual_digits=digits))
    steps.append(P.ByteLevel(add_prefix_space=False, use_regex=not pattern))
    tokenizer.pre_tokenizer = P.Sequence(steps) if len(steps) > 1 else steps[0]
    if normalizer:
        tokenizer.normalizer = normalizer
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(TEXTS * 2, trainers.BpeTrainer(
        vocab_size=420, show_progress=False, initial_alphabet=P.ByteLevel.alphabet()))
    added(tokenizer)
    return tokenizer


def sentence_piece(fallback=256, unk=True, fuse=True, metaspace=None, split=False):
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>" if unk else None, fuse_unk=fuse,
                                     byte_fallback=fallback > 0))
    tokenizer.normalizer = N.Sequence([N.Prepend(MARK), N.Replace(" ", MARK)])
    letters = sorted(set("".join(TEXTS[:8])) - {" ", "\t", "\n", "\r"})
    special = ["<unk>"] + [f"<0x{i:02X}>" for i in range(fallback)]
    tokenizer.train_from_iterator(TEXTS[:12], trainers.BpeTrainer(
        vocab_size=80 + fallback + len(letters), special_tokens=special, show_progress=False,
        initial_alphabet=letters, limit_alphabet=len(letters) + 1))
    saved = json.loads(tokenizer.to_str())
    saved["added_tokens"] = saved["added_tokens"][:1]
    tokenizer = Tokenizer.from_str(json.dumps(saved))
    tokenizer.decoder = decoders.Sequence([decoders.Replace(MARK, " "), decoders.ByteFallback(),
                                           decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    if metaspace:
        tokenizer.normalizer = None
        tokenizer.pre_tokenizer = P.Metaspace(MARK, metaspace, split)
        tokenizer.decoder = decoders.Metaspace(MARK, metaspace, split)
    added(tokenizer)
    begin = tokenizer.token_to_id("<s>")
    tokenizer.post_processor = R.TemplateProcessing("<s> $A", special_tokens=[("<s>", begin)])
    return tokenizer


def small():
    llama3 = byte_level(LLAMA3, ignore_merges=True)
    begin, end = llama3.token_to_id("<s>"), llama3.token_to_id("</s>")
    llama3.post_processor = R.Sequence([R.ByteLevel(trim_offsets=False), R.TemplateProcessing(
        "<s> $A </s>", special_tokens=[("<s>", begin), ("</s>", end)])])
    plain = sentence_piece(unk=False, fallback=0)
    plain.normalizer, plain.decoder, plain.post_processor = None, None, R.ByteLevel()
    return {"llama3": llama3, "qwen2": byte_level(QWEN2, normalizer=N.NFC()), "gpt2": byte_level(),
            "smollm": byte_level(digits=True), "numbers": byte_level(digits=False),
            "legacy": sentence_piece(), "first": sentence_piece(metaspace="first"),
            "always": sentence_piece(metaspace="always", split=True),
            "never": sentence_piece(metaspace="never"), "unk": sentence_piece(fallback=0),
            "unk-each": sentence_piece(fallback=0, fuse=False),
            "bytes": sentence_piece(fallback=200), "plain": plain}


def main():
    FOLDER.mkdir(exist_ok=True)
    for name, tokenizer in small().items():
        text = json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))
        (FOLDER / f"small-{name}.json").write_text(text + "\n")
    rows = []
    for path in sorted([*FOLDER.glob("*.json"), *FOLDER.glob("*.json.xz"), *map(Path, sys.argv[1:])]):
        data = path.read_bytes()
        tokenizer = Tokenizer.from_str((lzma.decompress(data) if path.suffix == ".xz" else data).decode())
        for text in TEXTS:
            ids = tokenizer.encode(text, add_special_tokens=False).ids
            rows.append({"tokenizer": path.name.split(".json")[0], "text": text, "ids": ids,
                         "special": tokenizer.encode(text).ids,
                         "kept": tokenizer.decode(ids, skip_special_tokens=False),
                         "skipped": tokenizer.decode(ids, skip_special_tokens=True)})
            tokenizer.encode_special_tokens = True
            rows[-1]["plain"] = tokenizer.encode(text, add_special_tokens=False).ids
            tokenizer.encode_special_tokens = False
    lines = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
    (FOLDER / "ids.jsonl").write_text(lines)


if __name__ == "__main__":
    main()
