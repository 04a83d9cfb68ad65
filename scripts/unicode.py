#!/usr/bin/env python3
"""Writes common/unicode/*.inc from scripts/unicode16.txt: scripts/unicode.py

The data file holds what is needed of Unicode 16: ranges of code points (L letters, N numbers,
S white space, W what a regular expression calls a word), the numbers that Unicode 17 added (V), and
what is needed of Unicode 9: combining classes (C) and canonical decompositions (D). The Hugging
Face library mixes the same three versions. 'scripts/unicode.py --collect' makes the file anew and
needs the packages unicodedata2 16.0.0 and tokenizers; the second says which numbers its Digits
knows beyond the first, and which characters its form C does not know.
"""
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "scripts/unicode16.txt"
LIMIT = 0x110000
BLOCK = 128
SPACES = [*range(9, 14), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F,
          0x205F, 0x3000]
LETTER_LIKE = [*range(0x24B6, 0x24EA), *range(0x1F130, 0x1F14A), *range(0x1F150, 0x1F16A),
               *range(0x1F170, 0x1F18A)]  # symbols that are alphabetic all the same
JOINERS = [0x200C, 0x200D]
LETTER, NUMBER, SPACE, NEWLINE, WORD, CAREFUL, LATER = 1, 2, 3, 4, 8, 16, 32
S_BASE, L_BASE, V_BASE, T_BASE = 0xAC00, 0x1100, 0x1161, 0x11A7


def ranges(points):
    out = []
    for p in sorted(points):
        if out and out[-1][1] == p - 1:
            out[-1][1] = p
        else:
            out.append([p, p])
    return " ".join(f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in out)


def collect():
    import unicodedata2 as u
    from tokenizers.normalizers import NFD
    from tokenizers.pre_tokenizers import Digits
    overlay, acute = "\u0334", "\u0301"  # classes 1 and 230

    def known(p):
        if NFD().normalize_str(chr(p)) != chr(p):
            return True
        after = overlay if u.combining(chr(p)) > 1 else ""
        before = "" if after else acute
        return NFD().normalize_str(before + chr(p) + after) != before + chr(p) + after

    assert u.unidata_version == "16.0.0"
    category = [u.category(chr(p)) for p in range(LIMIT)]
    of = lambda *names: {p for p in range(LIMIT) if category[p].startswith(names)}
    lines = [f"L {ranges(of('L'))}", f"N {ranges(of('N'))}", f"S {ranges(SPACES)}",
             f"W {ranges(of('L', 'M', 'Nd', 'Nl', 'Pc') | set(LETTER_LIKE) | set(JOINERS))}"]
    digits = Digits(individual_digits=True)
    later = [p for p in range(LIMIT) if category[p] == "Cn"
             and len(digits.pre_tokenize_str("a" + chr(p))) == 2]
    lines.append(f"V {ranges(later)}")
    classes = {}
    for p in range(LIMIT):
        if u.combining(chr(p)) and known(p):
            classes.setdefault(u.combining(chr(p)), []).append(p)
    lines += [f"C{number} {ranges(points)}" for number, points in sorted(classes.items())]
    for p in range(LIMIT):
        parts = u.decomposition(chr(p)) if not 0xD800 <= p < 0xE000 else ""
        if not parts or parts.startswith("<") or S_BASE <= p < S_BASE + 11172 or not known(p):
            continue
        excluded = "" if u.normalize("NFC", chr(p)) == chr(p) else " !"  # never composed again
        lines.append(f"D {p:X} {parts}{excluded}")
    DATA.write_text("\n".join(lines) + "\n")


def points_of(words):
    for word in words:
        first, _, last = word.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def read():
    sets, combining, parts, excluded = {}, {}, {}, set()
    for line in DATA.read_text().splitlines():
        key, *words = line.split()
        if key in "LNSWV":
            sets[key] = set(points_of(words))
        elif key == "D":
            if words[-1] == "!":
                excluded.add(int(words[0], 16))
                words.pop()
            parts[int(words[0], 16)] = [int(w, 16) for w in words[1:]]
        else:
            combining.update(dict.fromkeys(points_of(words), int(key[1:])))
    return sets, combining, parts, excluded


def two_stages(values):
    blocks, index = {}, []
    for at in range(0, LIMIT, BLOCK):
        index.append(blocks.setdefault(bytes(values[at:at + BLOCK]), len(blocks)))
    return index, b"".join(blocks)


def table(kind, name, values, spell=str):
    lines, line = [], "   "
    for value in values:
        word = f" {spell(value)},"
        if len(line) + len(word) > 100:
            lines.append(line)
            line = "   "
        line += word
    return f"static const {kind} {name}[{len(values)}] = {{\n" + "\n".join([*lines, line]) + "\n};\n"


def write(name, *tables):
    note = "/* Made by scripts/unicode.py from scripts/unicode16.txt. */\n"
    (ROOT / "common/unicode" / name).write_text(note + "".join(tables))


def flat(point, parts):
    return [q for p in parts.get(point, []) for q in flat(p, parts)] or [point]


def main():
    sets, combining, parts, excluded = read()
    pairs = {tuple(two): one for one, two in parts.items() if one not in excluded}
    assert all(len(pair) == 2 for pair in pairs)
    careful = set(combining) | excluded | {second for _, second in pairs}
    careful |= set(range(V_BASE, V_BASE + 21)) | set(range(T_BASE + 1, T_BASE + 28))
    values = bytearray(LIMIT)
    for key, flag in (("L", LETTER), ("N", NUMBER), ("S", SPACE), ("W", WORD), ("V", LATER)):
        for p in sets[key]:
            values[p] |= flag
    values[0x0A] = values[0x0D] = NEWLINE
    for p in careful:
        values[p] |= CAREFUL
    index, blocks = two_stages(values)
    write("classes.inc", table("unsigned char", "class_index", index),
          table("unsigned char", "class_blocks", blocks))

    index, blocks = two_stages([combining.get(p, 0) for p in range(LIMIT)])
    pool, rows, starts = [], [], []
    for p in sorted(parts):
        rows.append(p | len(flat(p, parts)) << 24)
        starts.append(len(pool))
        pool += flat(p, parts)
    code = lambda p: f"0x{p:x}"
    write("nfc.inc", table("unsigned char", "mark_index", index),
          table("unsigned char", "mark_blocks", blocks),
          "/* Code points and from bit 24 how many parts each has; where these begin; all parts. */\n",
          table("uint32_t", "part_rows", rows, code), table("uint16_t", "part_starts", starts),
          table("uint32_t", "part_pool", pool, code),
          "/* First, second, composed; sorted. */\n",
          table("uint32_t", "pair_rows", [p for pair in sorted(pairs) for p in (*pair, pairs[pair])],
                code))


if __name__ == "__main__":
    if sys.argv[1:] == ["--collect"]:
        collect()
    main()
