"""The tokenizer against Hugging Face's: tokens.py PROGRAM COUNT [TOKENIZER.json...], TAP on stdout.

COUNT random strings go through each tokenizer.json (default: those of tests/golden/tokens): all
scripts, combining marks, emoji, runs of white space, texts of special tokens, digits, contractions
and line ends. Ids with and without special tokens, and what they decode to, must be the same.
PROGRAM is the one made from tests/peers/tokens.c; needs the package tokenizers.
"""
import lzma
import random
import struct
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path

from tokenizers import Tokenizer

GOLDEN = Path(__file__).resolve().parent.parent / "golden/tokens"
CHUNK = 20000
LETTERS = "etaoinshrdlucmfwypvbgkqjxzETAOINSHRDLU"
BLOCKS = [(0x20, 0x7F), (0xA0, 0x180), (0x180, 0x250), (0x300, 0x370), (0x370, 0x530),
          (0x590, 0x780), (0x900, 0xE80), (0xE80, 0x1200), (0x1200, 0x1380), (0x1700, 0x1B80),
          (0x1E00, 0x2070), (0x2070, 0x2C00), (0x3000, 0x3100), (0x3400, 0x3500), (0x4E00, 0x9FA6),
          (0xA000, 0xABC0), (0xAC00, 0xD7A4), (0xF900, 0xFFFE), (0x10000, 0x10FFF),
          (0x11000, 0x12000), (0x16000, 0x17000), (0x1D400, 0x1D800), (0x1E000, 0x1F000),
          (0x1F000, 0x1FB00), (0x20000, 0x20100), (0x2EBF0, 0x2EC10), (0x31350, 0x31360),
          (0xE0000, 0xE0200), (0x10FF00, 0x110000)]
SPACES = [*map(chr, (9, 10, 11, 12, 13, 0x20, 0x85, 0xA0, 0x1680, 0x180E, 0x2000, 0x2003, 0x200A,
                     0x200B, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF, 0x1C, 0x1F)), "\r\n"]
BITS = ["'s", "'S", "'t", "'re", "'RE", "'Ve", "'m", "'ll", "'LL", "'lL", "'d", "'\u017f",
        "\u2019s", "'", "''", "\u2581", "\u2581\u2581", "<0x0A>", "<unk>", "\ufffd", "\0", "K",
        "\u1100\u1161\u11a8", "e\u0301", "\u0915\u094d\u0937", "\U0001F468\u200d\U0001F469",
        "\U0001F3F3\ufe0f", "0", "12", "345", "\u0663\u0664", "\u00bd", "\u2163", "http://", "://",
        "==", "!=", "->", "...", "\u2026", "#", "\n\n", " \n", "\n ", "\t\t", "  ", "    "]


def texts_of(tokenizer, chance, count):
    specials = [token.content for token in tokenizer.get_added_tokens_decoder().values()]
    words = [w for w in tokenizer.get_vocab() if w.isascii() and w.isalpha()]
    marks = [chr(c) for c in range(0x300, 0x1E000) if unicodedata.combining(chr(c))]

    def character():
        first, end = chance.choice(BLOCKS)
        code = chance.randrange(first, end)
        return "?" if 0xD800 <= code < 0xE000 else chr(code)

    makers = [lambda: chance.choice(words), lambda: " " + chance.choice(words), character,
              lambda: "".join(chance.choices(LETTERS, k=chance.randint(1, 12))),
              lambda: "".join(character() for _ in range(chance.randint(1, 5))),
              lambda: character() + "".join(chance.choices(marks, k=chance.randint(1, 4))),
              lambda: "".join(chance.choices(SPACES, k=chance.randint(1, 6))),
              lambda: chance.choice(SPACES), lambda: " ", lambda: chance.choice(BITS),
              lambda: chance.choice(BITS), lambda: chance.choice(specials),
              lambda: str(chance.randrange(10 ** chance.randint(1, 12))),
              lambda: chance.choice("!\"#$%&()*+,-./:;<=>?@[]^_`{|}~") * chance.randint(1, 4),
              lambda: chance.choice(specials)[:chance.randint(1, 9)]]
    for _ in range(count):
        yield "".join(chance.choice(makers)() for _ in range(chance.randint(0, 14)))


def unpack(answers, at, size):
    count, = struct.unpack_from("<I", answers, at)
    return answers[at + 4:at + 4 + count * size], at + 4 + count * size


def ours(program, path, texts):
    data = b"".join(struct.pack("<I", len(t)) + t for t in (t.encode() for t in texts))
    answers = subprocess.run([program, path], input=data, capture_output=True, check=True).stdout
    at = 0
    for _ in texts:
        row = []
        for size in (4, 4, 1, 1):
            part, at = unpack(answers, at, size)
            row.append(list(struct.unpack(f"<{len(part) // 4}I", part)) if size == 4
                       else part.decode())
        yield row


def theirs(tokenizer, texts):
    special = tokenizer.encode_batch_fast(texts)
    plain = [e.ids for e in tokenizer.encode_batch_fast(texts, add_special_tokens=False)]
    kept = tokenizer.decode_batch(plain, skip_special_tokens=False)
    skipped = tokenizer.decode_batch(plain, skip_special_tokens=True)
    for row in zip((e.ids for e in special), plain, kept, skipped):
        yield list(row)


def differences(program, path, count, seed):
    tokenizer, chance, found = Tokenizer.from_file(str(path)), random.Random(seed), 0
    texts = texts_of(tokenizer, chance, count)
    while chunk := [text for text, _ in zip(texts, range(CHUNK))]:
        for text, mine, real in zip(chunk, ours(program, path, chunk), theirs(tokenizer, chunk)):
            if mine == real:
                continue
            found += 1
            if found <= 5:
                where = next(i for i in range(4) if mine[i] != real[i])
                print(f"# {ascii(text)} [{where}]\n#   got  {ascii(mine[where])}\n"
                      f"#   want {ascii(real[where])}")
    return found


def main():
    program, count = sys.argv[1], int(sys.argv[2])
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(p) for p in sys.argv[3:]]
        for packed in [] if paths else sorted(GOLDEN.glob("*.json.xz")):
            paths.append(Path(folder, packed.stem))
            paths[-1].write_bytes(lzma.decompress(packed.read_bytes()))
        if len(sys.argv) == 3:
            paths += sorted(GOLDEN.glob("small-*.json"))
        print(f"1..{len(paths)}")
        for number, path in enumerate(paths, 1):
            found = differences(program, path, count, number)
            failed += found > 0
            print(f"{'not ok' if found else 'ok'} {number} - {path.parent.name}/{path.name}: "
                  f"{count} strings, {found} differences", flush=True)
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
