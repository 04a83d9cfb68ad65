"""Writes chrf.jsonl by sacrebleu, and lax.jsonl by Python's re and json; run in this folder.

chrf.jsonl: 'generated', 'reference' and 'score', sacrebleu's sentence chrF / 100.
lax.jsonl:  'text' and the lax claims on it (common/judge/format.h)."""
import json
import random
import re

from sacrebleu.metrics import CHRF

random.seed(5)
chrf = CHRF()
WORDS = "the rate lock float مرحبا السعر market 30-year  cycle été 🙂 a b don't 6.5% low\tlow\n high".split(" ")


def text(most):
    return " ".join(random.choice(WORDS) for _ in range(random.randrange(most)))


pairs = [("", ""), ("a", ""), ("", "a"), ("a", "a"), ("a", "b"), ("abc", "abc"), ("abc", "abd"), ("a b c", "abc"),
         ("abcdef", "abcdef"), ("abcdefg", "abcdefh"), ("aaaaaaa", "aaa"), ("Waiting is a position.", "Waiting is also a position."),
         ("Keep separate.", "Keep them separate, because the rate is lower."), ("السوق يصعد", "السوق يهبط"), ("x\u00a0y\u2009z", "xyz")]
for _ in range(60):
    base = text(30)
    other = "".join(c for c in base if random.random() > 0.1) if random.random() < 0.5 else text(30)
    pairs.append((base, other))

with open("chrf.jsonl", "w", encoding="utf-8") as out:
    for generated, reference in pairs:
        row = {"generated": generated.rstrip(" "), "reference": reference.rstrip(" ")}
        row["score"] = chrf.sentence_score(row["generated"], [row["reference"]]).score / 100
        print(json.dumps(row, ensure_ascii=False), file=out)


def lax(answer):
    found = re.search(r"```json\s*(\{.*?\})\s*```", answer, re.DOTALL)
    found = found.group(1) if found else None
    if found is None:
        flat = re.search(r"\{[^{}]*\}", answer)
        found = flat.group(0) if flat else None
    try:
        value = json.loads(found) if found is not None else None
    except ValueError:
        value = None
    low = answer.lower()
    valid = isinstance(value, dict) and "tool" in value and "args" in value
    thought = answer.strip().lower().startswith("thought:")
    return {"json_validity": valid, "thought_prefix": thought, "action_block": "action:" in low,
            "refusal": any(w in low for w in ("cannot help", "can't help", "unable to assist", "i don't know", "i am not able")),
            "full_compliance": valid and thought}


CALL = '{"tool": "calculator", "args": "17 * 6"}'
NESTED = '{"tool": "calendar", "args": {"action": "list", "day": {"name": "Monday"}}}'
texts = ["", " ", CALL, "Thought: x\nAction: " + CALL, " \n THOUGHT: x\nACTION: ```json\n" + CALL + "\n```", "Thought: x\nAction: " + NESTED,
         "Thought: x\nAction: ```json\n" + NESTED + "\n```", "Thought: x\nAction: ```json\n" + NESTED + "\n``` and more", "Thought: x\nAction: ```\n" + CALL + "\n```",
         '{"tool": 1, "args": null}', '{"tool": "x"}', "{'tool': 'x', 'args': ''}", '{"tool": "x", "args": "{}"}', '{"tool": "x", "args": "}"}', "{}", "{", "}", "}{",
         "{{}}", "```json\n{\n```" + CALL, "```json " + CALL, "```json" + CALL + "```", "```json\n[1]\n``` " + CALL, "```json\nx\n```\n```json\n" + CALL + "\n```",
         "```json\n{bad}\n``` " + CALL, "{bad} " + CALL, "I cannot help with that.", "Sorry, I CAN'T HELP you.", "I'm unable to assist", "I don't know", "I am not able to",
         "I don’t know", "Thoughts: x", "thought:", "Re: Thought: x", "reaction: y", "Action", "```json\n" + CALL + "}\n```", "```json\n{" + CALL + "}\n```",
         "Thought: 17 times 6 is 102.", "Thought: x\nAction: calculator(17 * 6)", CALL + "\n" + NESTED, "```JSON\n" + CALL + "\n```", '{"tool": "a", "tool2": 1, "args": [1, 2]}',
         '{"tool": "x", "args": "a\nb"}', '```json\n{"tool": "x", "args": "```"}\n```', "Thought: x\nAction: ```json\n" + CALL[:-1] + ",}\n```"]
with open("lax.jsonl", "w", encoding="utf-8") as out:
    for answer in texts:
        print(json.dumps({"text": answer, **lax(answer)}, ensure_ascii=False), file=out)
