#!/usr/bin/env python3
"""Compares the chat templates in a folder as we render them with Jinja2.

    templates.py FOLDER

Beside ours, TRL's package brings templates of many families. Every *.jinja below FOLDER renders every conversation, here and there. A case is 'equal' when both
give the same bytes or both fail, 'refused' when only we fail, and 'different' otherwise. Exits 1
when anything is different. Needs jinja2; builds its driver with cc from build/gcc.
"""
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

import jinja

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TIME = 1721990000  # 26 Jul 2024


def user(text):
    return {"role": "user", "content": text}


def system(text):
    return {"role": "system", "content": text}


def assistant(text, **more):
    return {"role": "assistant", "content": text, **more}


CALL = {"id": "call_abc12", "type": "function",
        "function": {"name": "weather", "arguments": {"city": "Zürich", "days": 2}}}
TOOLS = [{"type": "function", "function": {
    "name": "weather", "description": "The weather <now> & 'then'",
    "parameters": {"type": "object", "required": ["city"], "properties": {
        "city": {"type": "string", "description": "a city"},
        "days": {"type": "integer", "enum": [1, 2, 3]},
        "where": {"type": "array", "items": {"type": "string"}}}}}}]
CONVERSATIONS = {
    "one": [user("Hi")],
    "system": [system("Be brief."), user("Hi")],
    "answered": [user("Hi"), assistant("Hello!")],
    "turns": [system("Be brief."), user("Hi"), assistant("Hello!"), user("And\nnow?"),
              assistant("<think>\nhm\n</think>\n\nNow."), user("Bye")],
    "odd": [system(" \n"), user("  grüß dich 🙂 \t"), assistant(""), user("<|im_end|>{{ x }}")],
    "wrong order": [assistant("Hello!"), assistant("Again")],
    "empty": [],
    "no content": [user("Hi"), {"role": "assistant", "content": None}],
    "parts": [{"role": "user", "content": [{"type": "text", "text": "Hi"},
                                           {"type": "text", "text": "there"}]}],
    "reasoning": [user("Hi"), assistant("Yes.", reasoning_content="Because."), user("So?"),
                  assistant("No.", reasoning_content="Why?\n")],
    "calls": [system("Use tools."), user("Weather?"),
              assistant("", tool_calls=[CALL]),
              {"role": "tool", "name": "weather", "tool_call_id": "call_abc12", "content": "12°"},
              assistant("12°."), user("Thanks")],
    "call texts": [user("Weather?"),
                   assistant(None, tool_calls=[{**CALL, "id": "123456789", "function": {
                       "name": "weather", "arguments": '{"city": "Rome"}'}}]),
                   {"role": "tool", "name": "weather", "tool_call_id": "123456789",
                    "content": '{"t": 1.5}'}],
}
EXTRAS = [None, {"enable_thinking": False}, {"enable_thinking": True, "date_string": "1 May 2025",
                                             "keep_past_thinking": True,
                                             "reasoning_effort": "high"}]


def cases(source, name):
    for messages in CONVERSATIONS.values():
        for tools in (None, TOOLS):
            for prompt in (False, True):
                for extra in EXTRAS:
                    yield {"source": source, "name": name, "messages": messages, "tools": tools,
                           "add_generation_prompt": prompt, "extra": extra, "time": TIME,
                           "bos": "<s>", "eos": "</s>", "pad": "<pad>", "unk": "<unk>"}


def ours(rows, *options):
    """What our renderer says to each case: ('text' or 'error', ..., nanoseconds)."""
    with tempfile.TemporaryDirectory() as folder:
        driver = pathlib.Path(folder, "render")
        subprocess.run(["cc", "-std=c11", "-O1", "-D_GNU_SOURCE", f"-I{ROOT}/common", "-o", driver,
                        ROOT / "tests/peers/render.c", ROOT / "build/gcc/libcommon.a",
                        "-lm", "-lpthread"], check=True)
        sent = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        done = subprocess.run([driver, *options], input=sent.encode(), stdout=subprocess.PIPE)
    answers = [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]
    if done.returncode != 0 or len(answers) != len(rows):
        sys.exit(f"templates.py: the renderer ended after {len(answers)} of {len(rows)} cases")
    return [(*next(iter(answer.items())), answer.get("ns")) for answer in answers]


def compare(path):
    """Counts of the verdicts, and one line for each kind of refusal and each difference."""
    rows = list(cases(path.read_bytes().decode(), path.name))
    counts, notes = collections.Counter(), {}
    for row, (kind, text, _) in zip(rows, ours(rows)):
        want_kind, want = jinja.render(row)
        if kind == want_kind and (kind == "error" or text == want):
            counts["failing" if kind == "error" else "equal"] += 1
        elif kind == "error":
            counts["refused"] += 1
            notes.setdefault(text, f"refused: {text}")
        else:
            counts["different"] += 1
            row = {**row, "source": path.name}
            notes.setdefault("different", f"different: {json.dumps(row)}\n  ours {text!r}\n"
                             f"  want {want!r}")
    return counts, list(notes.values())


def main():
    total, templates = collections.Counter(), collections.Counter()
    for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.jinja")):
        counts, notes = compare(path)
        total += counts
        verdict = next((word for word in ("different", "refused") if counts[word]), "equal")
        templates[verdict] += 1
        print(f"{verdict:9} {path.name}: {dict(counts)}")
        for note in notes:
            print(f"    {note}")
    print(f"templates {dict(templates)}, cases {dict(total)}")
    sys.exit(1 if total["different"] else 0)


if __name__ == "__main__":
    main()
