#!/usr/bin/env python3
"""Writes features.jsonl and chats.jsonl: what Jinja2 in Hugging Face's environment makes.

Needs jinja2; chats.jsonl is about the *.jinja in this folder.
"""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "peers"))

import jinja  # noqa: E402
import templates  # noqa: E402

EXTRA = {
    "s": "Hello, World", "u": "grüße 🙂 ñandú", "blank": " \t\n ", "empty": "", "num": "42",
    "i": 7, "neg": -3, "zero": 0, "f": 2.5, "g": 1e-7, "big": 1e22, "t": True, "no": False,
    "nil": None, "l": [3, 1, 2], "words": ["b", "A", "c", "a"], "nested": [[1, 2], [3, [4]]],
    "d": {"b": 1, "a": 2, "items": "own"}, "people": [
        {"name": "Ann", "age": 31, "tags": ["x"], "home": {"city": "Rome"}},
        {"name": "bob", "age": 25, "tags": [], "home": {"city": "Oslo"}},
        {"name": "Cid", "age": 31, "home": {}}],
    "quotes": "it's \"so\" \\ <b> & é\n\t\x7f", "line": "one\ntwo\r\n\nthree\n",
    "js": "{\"a\": [1, 2.0, null, true], \"ü\": \"\\u00fc\"}",
}

# One '{{ }}' each.
EXPRESSIONS = r"""
1 + 2 * 3
(1 + 2) * 3
7 // 2
-7 // 2
7 % 3
-7 % 3
7 % -3
7 / 2
6 / 2
2 ** 10
2 ** -1
2 ** 3 ** 2
-2 ** 2
7.5 // 2
-7.5 // 2
7.5 % 2
-7.5 % 2
0.1 + 0.2
1e16
1e15
1.5e300
1e-4
1e-5
123456789.123
big
g
-0.0
f * 2
i + f
t + 1
true + true
-t
+t
i / zero
i // zero
i % zero
f / 0
1 == 1.0
1 == true
"1" == 1
none == none
missing == missing
missing == none
[1, 2] == [1, 2]
[1, 2] == (1, 2)
{"a": 1} == {"a": 1.0}
{"a": 1, "b": 2} == {"b": 2, "a": 1}
1 < 2 < 3
1 < 3 < 2
3 > 2 >= 2
1 != 2 != 1
"a" < "b"
"Z" < "a"
[1, 2] < [1, 3]
[1] < [1, 0]
(1, 2) > (1,)
1 < "a"
none < 1
missing < 1
not t
not not t
not missing
t and no
t or missing.x
no and missing.x
nil or "x"
0 or ""
"a" and "b"
"x" if t else "y"
"x" if no
"x" if no else "y" if no else "z"
("x" if no) is defined
3 in l
"3" in l
3 not in l
"ell" in s
"" in s
1 in s
"a" in d
"items" in d
1 in missing
missing in l
2 in (1, 2)
l in nested
[1, 2] in nested
s ~ 1 ~ none ~ true ~ 1.0 ~ missing
"a" ~ "b" + "c"
s + 1
1 + s
missing + "a"
"a" + missing
missing ~ "a"
"ab" * 3
3 * "ab"
[1] * 3
"a" * -1
l + [4]
(1,) + (2, 3)
l + (1,)
"%s is %d" % ("x", 5)
"%s" % 5
"%s" % missing
"%5.2f|%-6s|%06d|%+d|% d|%x" % (1, 2, 3, 4, 5, 6)
"%5.2f|%-6s|%06d|%+d|% d" % (3.14159, "ab", 42, 5, 7)
"%.2s|%5s|%r|%%" % ("abc", "x", "q'")
"%d" % "a"
"%s %s" % ("a",)
"%s" % ("a", "b")
"%e %g %G %F" % (1234.5, 0.00001234, 1e20, 2)
"%d" % 3.99
"%i" % true
"%s" % l
s[0]
s[-1]
s[99]
s[1:4]
s[:-1]
s[::-1]
s[::2]
s[-3:]
s[5:2]
s[10:2:-3]
u[0:3]
u[::-1]
u[-1]
u[2:5:2]
u[6]
l[0]
l[-1]
l[3]
l[-4]
l[1:]
l[::-1]
l[:-1]
l[5:]
l[-2:]
l[::2]
l[2:0:-1]
l[::0]
l[0:missing]
l["a"]
l[1.0]
l[true]
(1, 2, 3)[1:]
nil[0]
nil[1:]
missing[0]
missing.a
missing.a.b
d.a
d["a"]
d.x
d["x"]
d.x.y
d.items is defined
d["items"]
d.keys() | list
d.values() | list
d.items() | list
d.get("a")
d.get("zz")
d.get("zz", 5)
d.get("items")
people[0].home.city
people[2].home.city
people[2].home.city.x
people[0]["name"]
people.0.name
l.0
1.5 .real
d.__class__
s.__len__
d["__class__"]
l.append(4)
d.update({"x": 1})
d.pop("a")
l.pop()
l.copy()
l.index(2)
l.index(9)
l.count(1)
(1, 2, 1).count(1)
s.upper()
s.lower()
s.title()
"they're bill's" .title()
s.capitalize()
u.upper()
u.lower()
u.capitalize()
"ÀÉÎ".lower()
"straße".upper() if no else "x"
"  a b ".strip() ~ "|"
"  a b ".lstrip() ~ "|"
"  a b ".rstrip() ~ "|"
"xxaxx".strip("x")
"xyaxy".lstrip("yx")
"éaé".strip("é")
"abc".strip("")
"abc".strip(none)
blank.strip()
"a b  c ".split()
"a b  c ".split(none, 1)
" a b  c ".split(" ")
"a,b,,c".split(",")
"a,b,,c".split(",", 1)
"a,b,,c".split(",", maxsplit=2)
"a,b,,c".rsplit(",", 1)
"abc".split("")
"".split(",")
"".split()
"abc".split("abc")
"</think>x</think>y".split("</think>")[-1]
"a-b-c".partition("-")
"a-b-c".rpartition("-")
"abc".partition("-")
"abc".rpartition("-")
line.splitlines()
"".splitlines()
s.startswith("Hell")
s.startswith("x")
s.startswith(("x", "H"))
s.startswith("")
s.endswith("ld")
s.endswith(("a", "d"))
s.endswith(1)
s.startswith()
"aXbXc".replace("X", "-")
"aXbXc".replace("X", "-", 1)
"abc".replace("", "-")
"aéb".replace("", "-", 2)
s.replace("l", "")
"prefix-x".removeprefix("prefix-")
"x.txt".removesuffix(".txt")
"x".removesuffix("y")
s.find("o")
s.find("zz")
s.rfind("o")
u.find("🙂")
s.index("o")
s.index("zz")
s.count("l")
"aaa".count("aa")
"abc".count("")
",".join(words)
",".join(["a", 1])
",".join("abc")
"{} and {}".format("a", 1)
"{1}{0}{1}".format("a", "b")
"{x}-{{}}".format(x=5)
"{}".format()
"12".isdigit()
"".isdigit()
"a1".isalnum()
"ab".isalpha()
" \n".isspace()
"AB1".isupper()
"ab1".islower()
"1".islower()
s.nosuch
s.nosuch()
s()
nil()
missing()
s | upper
s | lower
s | title
"foo-bar (baz) o'neil" | title
s | capitalize
u | upper
u | title
5 | upper
none | lower
"  x " | trim ~ "|"
"xxaxx" | trim("x")
5 | trim
none | trim
missing | trim
s | length
u | length
l | length
d | length
missing | length
nil | length
5 | length
l | count
s | first
l | first
[] | first
"" | first
missing | first
d | first
l | last
s | last
[] | last
d | last
missing | last
l | join
l | join(", ")
words | join("-")
people | join(", ", attribute="name")
missing | join(",")
none | join(",")
"abc" | join("-")
[none, true, 1.0, "x"] | join("/")
l | join(1)
l | sort
words | sort
words | sort(case_sensitive=true)
words | sort(reverse=true)
people | sort(attribute="age") | map(attribute="name") | list
people | sort(attribute="age", reverse=true) | map(attribute="name") | join(",")
people | sort(attribute="name") | map(attribute="name") | join(",")
[1, "a"] | sort
[[2, 1], [1, 2]] | sort
d | sort
l | reverse | list
s | reverse
d | reverse | list
5 | reverse
l | list
s | list
d | list
nil | list
5 | list
missing | list
words | unique | list
words | unique(case_sensitive=true) | list
[1, 1.0, true, 2] | unique | list
people | unique(attribute="age") | map(attribute="name") | list
words | map("upper") | list
words | map("replace", "a", "z") | list
people | map(attribute="name") | list
people | map(attribute="home.city") | list | length
people | map(attribute="home.city", default="?") | list
people | map(attribute="tags.0", default="?") | list
nested | map("first") | list
nested | map(attribute=0) | list
l | map("string") | join("+")
l | map("nosuch") | list
l | map | list
none | map("upper") | list
missing | map("upper") | list
[0, 1, "", "a", none] | select | list
[0, 1, "", "a", none] | reject | list
[0, 1, "", "a", none] | select("string") | list
l | select("gt", 1) | list
l | select("odd") | list
l | reject("odd") | list
l | select("divisibleby", 2) | list
people | selectattr("age", "equalto", 31) | map(attribute="name") | list
people | selectattr("age", "==", 31) | list | length
people | selectattr("tags") | map(attribute="name") | list
people | selectattr("tags", "undefined") | map(attribute="name") | list
people | selectattr("home.city", "defined") | map(attribute="name") | list
people | rejectattr("tags") | map(attribute="name") | list
people | rejectattr("age", "lt", 30) | map(attribute="name") | list
people | selectattr("name", "in", ["Ann", "Cid"]) | list | length
nil | selectattr("x") | list
5 | selectattr("x") | list
l | sum
l | sum(start=10)
people | sum(attribute="age")
words | sum
[] | sum
[1.5, 2] | sum
l | min
l | max
words | min
words | max
words | min(case_sensitive=true)
people | max(attribute="age")
[] | min
d.items() | list | length
d | items | list
missing | items | list
nil | items | list
d | dictsort
d | dictsort(reverse=true)
d | dictsort(by="value") | map(attribute=0) | list if no else 1
{"b": 1, "A": 2, "a": 3} | dictsort
{"b": 1, "A": 2, "a": 3} | dictsort(true)
{"b": 1, "a": 2} | dictsort(false, "value")
missing | default("x")
missing | default
nil | default("x")
nil | default("x", true)
"" | d("x", boolean=true)
missing.x | default("x")
missing | d(1) + 1
neg | abs
-2.5 | abs
"a" | abs
"12" | int
" 12 " | int
"12.7" | int
"x" | int
"x" | int(5)
"x" | int(default=-1)
12.9 | int
-12.9 | int
none | int
t | int
missing | int
"1.5" | float
"x" | float
"x" | float(1.5)
"1e3" | float
3 | float
none | float
2.5 | round
3.5 | round
42.55 | round(1)
2.675 | round(2)
42.55 | round(1, "floor")
42.51 | round(1, "ceil")
-1.5 | round
7 | round
7 | round(2)
1.25 | round(1) | int
"x" | round
f | string
l | string
none | string
t | string
missing | string
l | tojson
d | tojson
people | tojson
quotes | tojson
u | tojson
u | tojson(ensure_ascii=true)
none | tojson
t | tojson
1.0 | tojson
big | tojson
g | tojson
missing | tojson
{"x": missing} | tojson
(1, 2) | tojson
{1: 2, none: 3, true: 4, 1.5: 5} | tojson
{(1, 2): 3} | tojson
d | tojson(indent=2)
nested | tojson(indent=4)
{"a": [], "b": {}} | tojson(indent=1)
d | tojson(indent=0)
d | tojson(separators=(",", ":"))
d | tojson(sort_keys=true)
d | tojson(indent=2, separators=(",", " = "))
range(3) | tojson
l | map("string") | tojson
js | from_json
(js | from_json).a[1]
"[1" | from_json
5 | from_json
line | indent
line | indent(2)
line | indent(2, true)
line | indent(2, first=true, blank=true)
line | indent("> ")
"" | indent(2, true)
5 | indent
s | replace("l", "L")
s | replace("l", "L", 1)
5 | replace("5", "6")
s | center(20) ~ "|"
"abc" | center(6) ~ "|"
"abcd" | center(7) ~ "|"
"%s-%s" | format("a", 1)
"%s" | format
"<b>" | safe
"<b>" | escape
"<b>" | e | upper
"<b>" | safe ~ "<i>"
"<b>" | safe + "<i>"
"<i>" + ("<b>" | safe)
"<b>" | e | e
("<b>" | safe) is escaped
"x" is escaped
"<b>" | safe | length
s is defined
missing is defined
missing is not defined
missing is undefined
d.x is defined
d.a is defined
nil is none
missing is none
nil is not none
s is string
i is string
i is number
t is number
f is number
i is integer
t is integer
f is integer
f is float
t is boolean
i is boolean
t is true
1 is true
no is false
0 is false
d is mapping
l is mapping
missing is mapping
l is iterable
s is iterable
d is iterable
i is iterable
nil is iterable
missing is iterable
l is sequence
s is sequence
d is sequence
i is sequence
missing is sequence
d.items() is sequence
d.items() is iterable
range(3) is sequence
(l | map("string")) is sequence
(l | map("string")) is iterable
range is callable
s is callable
i is odd
i is even
4 is even
f is odd
missing is odd
i is divisibleby 7
i is divisibleby(2)
i is eq 7
i is equalto(8)
i is ne 7
i is gt 3
i is greaterthan 30
i is lt 30
i is lessthan 3
i is ge 7
i is le 7
i is in [7, 8]
i is not in [7, 8]
s is in "x"
nil is sameas none
t is sameas true
"abc" is lower
"Abc" is lower
"ABC" is upper
"123" is lower
s is lower
"upper" is filter
i is defined and i is number
not i is defined
i is not defined or t
i is number == true
[1, 2.0, "x", none, true, [], {}, ()]
(1,)
()
(1, 2)
1, 2
{"a": 1, "b": [1, {"c": none}]}
{}
["it's", 'say "x"', "it's \"x\"", "a\\b", "\n\t\x00", "é", "\u200b"]
{"a": missing}
quotes
range(3)| list
range(1, 7, 2) | list
range(5, 0, -2) | list
range(0) | list
range(3)[1]
range(3) | length
range(3)[::-1] | list
range(1, 2, 0)
range("a")
range(100001) | length
2 in range(3)
range(3) == range(3)
dict(a=1, b=2)
dict({"a": 1}, b=2)
dict()
namespace(a=1).a
namespace(a=1).b
namespace({"a": 1}).a
raise_exception("no")
strftime_now("%d %b %Y")
strftime_now("%Y-%m-%d %H:%M:%S")
strftime_now("%A %-d %B, week %U, day %j, %y %I %p %%")
nosuch(1)
"a" "b" 'c'
'a\nb\t\\ \'q\' \"z\" \x41 \u00e9 \101 \q'
1_000 + 0x1F + 0b11 + 0o17
1_0.5_0
l | length > 2 and s
-i | abs
(-i) | abs
i | string | length
l|map("string")|join(",")|upper
{"a": {"b": {"c": 1}}}.a.b.c
[[1, 2], [3, 4]][1][0]
{"k": [1, 2]}["k"][1:]
(s, i)
d | length == 3
"é" < "z"
"a" == "a" == "a"
true and 1 or 2
1 if 0 else 2 if 0 else 3
not 1 == 2
-1 + 2
2 - -1
+5
1 - 1
[1,]
{"a": 1,}
[] + []
people | map(attribute="age") | sum / 3
people | selectattr("age", "gt", 30) | rejectattr("tags") | map(attribute="name") | first
9223372036854775807
-9223372036854775807 - 1
9223372036854775807 - 1 == 9223372036854775806
9007199254740993 == 9007199254740992.0
(l | map("string")) | first
"a" is in ["a"]
x is defined
messages
tools
documents
add_generation_prompt
bos_token
pad_token
"ab" in "abc" in ["abc"]
("a" ~ "b") | upper ~ "c"
"a,b" | replace(",", ";") | upper
loop
self
1 +
{{
|
foo(
"unclosed
1 2
a b
l[1
l[]
l[1,2]
(1
{1}
{1: }
l |
l | nosuch
l is nosuch
s is divisibleby
"\ud83d"
1.
.5
1..2
@
a!b
none.x
true.x
1.x
[1, 2].x
"%(a)s" % {"a": 1}
"""

# Whole templates.
TEMPLATES = [
    "", "\n", "a\n", "a\n\n", "\r\na\r\nb\r", "{# c #}\nx", "a {# c #} b", "  {# c #}\nx",
    "a{#- c -#} b", "a {#+ c +#}\n b", "{##}x", "{#-#}x", "{# a", "x {% raw %}{{ a }}{% endraw %} y",
    "{% raw %}\n {{ a }}\n{% endraw %}\ny", "a {%- raw -%} {{ a }} {%- endraw -%} b",
    " {% raw %} x {% endraw %} \n", "{% raw %}", "{% raw %}{% endraw",
    "{% if t %}\nx\n{% endif %}\ny", "a\n  {% if t %}\n  x\n  {% endif %}\nb", "a {% if t %} x {% endif %} b",
    "a\n  {%- if t %}\n x{% endif -%}\n  b", "a\n  {%+ if t +%}\n x{% endif %}\n", "a\n\t {{ i }}\n b",
    "a\n  {{- i -}}\n  b", "a {{-i}}", "{{ i -}}   \n  {% if t %}x{% endif %}",
    "x\n   {{ i }}  {% if t %}y{% endif %}", "{%if t%}x{%endif%}", "{% if t -%}   \n   {% endif %}|",
    "{% if no %}a{% elif nil %}b{% elif t %}c{% else %}d{% endif %}", "{% if no %}a{% else %}d{% endif %}",
    "{% if no %}a{% elif no %}b{% endif %}|", "{% if %}{% endif %}", "{% if t %}", "{% endif %}",
    "{% else %}", "{% if t %}{% endfor %}", "{% if t %}a{% else %}b{% elif t %}{% endif %}",
    "{% if l, %}x{% endif %}", "{% for x in l %}{{ x }}{% endfor %}", "{% for x in [] %}a{% else %}b{% endfor %}",
    "{% for x in l %}a{% else %}b{% endfor %}", "{% for x in missing %}a{% else %}b{% endfor %}",
    "{% for x in nil %}a{% endfor %}", "{% for x in 5 %}a{% endfor %}", "{% for c in u %}{{ c }}.{% endfor %}",
    "{% for k in d %}{{ k }}{% endfor %}", "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for k, v in d | items %}{{ k }}={{ v }};{% endfor %}", "{% for k, v in d | dictsort %}{{ k }}={{ v }};{% endfor %}",
    "{% for (a, b) in [(1, 2), (3, 4)] %}{{ a + b }} {% endfor %}",
    "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "{% for a, b in [1] %}{% endfor %}", "{% for a, b in [(1, 2, 3)] %}{% endfor %}", "{% for a, b in ['xy'] %}{{ b }}{% endfor %}",
    "{% for x in l if x > 1 %}{{ loop.index }}/{{ loop.length }}:{{ x }} {% endfor %}",
    "{% for x in l if x > 9 %}a{% else %}none{% endfor %}", "{% for x in 1, 2 %}{{ x }}{% endfor %}",
    "{% for x in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }} {% endfor %}",
    "{% for x in l %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }} {% endfor %}",
    "{% for x in l %}{{ loop.previtem is defined }} {{ loop.nextitem is undefined }};{% endfor %}",
    "{% for x in [1, 1, 2] %}{{ loop.changed(x) }} {% endfor %}", "{% for x in l %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% for x in l %}{{ loop.nosuch }}|{% endfor %}", "{% for x in l %}{% for y in l %}{{ loop.index }}{% endfor %}{{ loop.index }} {% endfor %}",
    "{% for x in l %}{% set outer = loop %}{% for y in [1] %}{{ outer.index }}{% endfor %}{% endfor %}",
    "{% for x in l | map('string') %}{{ loop.last }}{{ loop.length }}{% endfor %}",
    "{% set m = l | map('string') %}{{ m | list }}{{ m | list }}", "{% set m = l | map('string') %}{{ m | first }}{{ m | list }}",
    "{% set m = [] | map('string') %}{{ 'y' if m else 'n' }}", "{% set v = d.items() %}{{ v | list | length }}{{ v | length }}",
    "{% for x in l %}{% if x == 1 %}{% break %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in l %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in l %}{% for y in l %}{% break %}{% endfor %}{{ x }}{% endfor %}", "{% break %}", "{% for x in [] %}{% else %}{% endfor %}",
    "{% set x = 1 %}{% for y in l %}{% set x = y %}{% endfor %}{{ x }}",
    "{% for y in l %}{{ x is defined }}{% set x = y %}{{ x }} {% endfor %}",
    "{% set ns = namespace(x=1) %}{% for y in l %}{% set ns.x = ns.x + y %}{% endfor %}{{ ns.x }}",
    "{% set ns = namespace() %}{% set ns.a = 1 %}{{ ns.a }}{{ ns.b }}{{ ns['a'] }}", "{% set d.a = 1 %}", "{% set missing.a = 1 %}",
    "{% set x, y = 1, 2 %}{{ x }}{{ y }}", "{% set (x, y) = (1, 2) %}{{ x + y }}", "{% set x = 1, 2 %}{{ x }}", "{% set x, y = 1 %}",
    "{% set x = 'a' if t %}{{ x }}", "{% set l = l[1:] %}{{ l }}", "{% set x %}a {{ i }}{% endset %}[{{ x }}]",
    "{% set x | upper | replace('A', 'z') %}ab{% endset %}{{ x }}", "{% set x %}{% set y = 1 %}{% endset %}{{ y is defined }}",
    "{% set ns = namespace() %}{% set ns.x %}abc{% endset %}{{ ns.x }}", "{% set x %}abc{% endset %}{{ x is string }}{{ x | length }}",
    "{% if t %}{% set x = 1 %}{% endif %}{{ x }}", "{% if no %}{% set x = 1 %}{% endif %}{{ x is defined }}",
    "{% set true = 1 %}", "{% set 1 = 1 %}", "{% set x %}", "{% set %}", "{% for true in l %}{% endfor %}",
    "{% macro m(a, b=2) %}[{{ a }},{{ b }}]{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ m(b=4, a=5) }}{{ m() }}",
    "{% macro m() %} x {% endmacro %}{{ m() | trim }}{{ m() | length }}", "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}",
    "{% macro m(a) %}{% endmacro %}{{ m(c=2) }}", "{% macro m(a, a2=a) %}{{ a2 }}{% endmacro %}{{ m(3) }}",
    "{% macro m(n) %}{{ n }}{% if n > 0 %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(5) }}",
    "{% macro m() %}{{ i }}{% set i = 9 %}{% endmacro %}{{ m() }}{{ i }}", "{% set z = 1 %}{% macro m() %}{{ z }}{% endmacro %}{% set z = 2 %}{{ m() }}",
    "{% macro m() %}{{ loop is defined }}{% endmacro %}{% for x in [1] %}{{ m() }}{% endfor %}",
    "{% macro m(x) %}{{ x }}{% endmacro %}{% for x in l %}{{ m(x * 2) }}{% endfor %}", "{{ m(1) }}{% macro m(x) %}{{ x }}{% endmacro %}",
    "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}B{% endmacro %}{{ a() }}", "{% macro m(a, b=1, c) %}{% endmacro %}",
    "{% macro m(x) %}{{ x is defined }}{% endmacro %}{{ m() }}", "{% macro m %}{% endmacro %}", "{% macro m() %}{% endmacro m %}x",
    "{% macro m() %}{% for x in l %}{{ x }}{% if x == 1 %}{% break %}{% endif %}{% endfor %}{% endmacro %}{{ m() }}",
    "{% macro m(a, b) %}{{ a }}{{ b }}{% endmacro %}{{ m(*[1, 2]) }}{{ m(**{'a': 3, 'b': 4}) }}{{ m(1, *[2]) }}",
    "{% filter upper %}a {{ s }}{% endfilter %}", "{% filter trim | replace('b', 'c') %} ab {% endfilter %}|",
    "{% for x in l %}{% filter upper %}a{{ x }}{% endfilter %}{% endfor %}", "{% filter nosuch %}{% endfilter %}",
    "{% generation %}a{{ i }}{% endgeneration %}b", "{% for x in l %}{% generation %}{{ x }}{{ loop.index }}{% endgeneration %}{% endfor %}",
    "{% generation %}{% set x = 1 %}{% endgeneration %}{{ x is defined }}", "a\n  {% generation %}\n b\n  {%- endgeneration %}\nc",
    "{% with x = 1, y = 2 %}{{ x + y }}{% endwith %}{{ x is defined }}", "{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q is defined }}",
    "{% with x = i %}{% with i = 2, y = i %}{{ x }}{{ i }}{{ y }}{% endwith %}{% endwith %}",
    "{% nosuch %}", "{% %}", "{{ }}", "{{", "{%", "{#", "{{ 1 }", "{% if t }}", "{{ 1 %}", "{", "}", "{ {", "}}", "%}", "#}", "{{ '}}' }}", "{{ '%}' }}{{ {'a': {}} }}",
    "{{ {'a': {'b': 1}}['a']['b'] }}", "{{ \"a\nb\" }}", "{{\n1\n+\n2\n}}", "{% set a\n=\n1 %}{{ a }}", "é{{ 'ü' }}🙂",
    "{% for m in messages %}{{ m.role }}{% endfor %}{{ messages | length }}", "{% if messages %}a{% else %}b{% endif %}",
    "{% for p in people %}{% if not loop.first %}, {% endif %}{{ p.name }}{% if loop.last %}.{% endif %}{% endfor %}",
    "{%- for p in people -%}\n{{ p['name'] }}\n{%- endfor -%}\n", "{% for p in people %}\n    {%- if p.tags is defined and p.tags %}\n{{ p.tags[0] }}\n    {%- endif %}\n{% endfor %}",
    "{% for x in range(3) %}{{ x }}{% endfor %}", "{% for x in l | sort %}{{ x }}{% endfor %}", "{% for x in l[::-1] %}{{ x }}{% endfor %}",
    "{% for x in (l | reverse) %}{{ loop.index0 }}{{ x }}{% endfor %}", "{% for k, vs in {'a': [1, 2]}.items() %}{{ k }}{% for v in vs %}{{ v }}{% endfor %}{% endfor %}",
    "{% for x in l recursive %}{{ x }}{% endfor %}" if False else "{% for x in l %}{{ x }}{% endfor %}",
    "{% if 'a' in d and d['a'] is number and not d.b == 2 %}x{% endif %}", "{% if d.items is callable %}c{% endif %}",
    "{% if (s | length) > 3 %}long{% endif %}", "{% if strftime_now is defined %}yes{% endif %}", "{% if nosuch is defined %}x{% else %}y{% endif %}",
    "{{ raise_exception('bad: ' ~ i) }}", "{% if no %}{{ raise_exception('x') }}{% endif %}ok",
    "{% set range = 5 %}{{ range }}", "{% set a = namespace(l=[]) %}{% for x in l %}{% set a.l = a.l + [x * x] %}{% endfor %}{{ a.l }}",
    "{% set loop = 5 %}{% for x in [1] %}{{ loop.index }}{% endfor %}{{ loop }}",
    "{% for x in [1, 2] %}{% set y = x %}{% for z in [1] %}{{ y }}{% set y = 9 %}{{ y }}{% endfor %}{{ y }}{% endfor %}",
    "{% print 1 + 1 %}" if False else "{{ 1 + 1 }}", "{% for x in l %}{{ x }}{{ ',' if not loop.last }}{% endfor %}",
    "{% for x in l %}{% break %}{% else %}e{% endfor %}", "{% for x in l %}{% continue %}{% else %}e{% endfor %}",
    "{% for x in l %}{% if x == 1 %}{% break %}{% endif %}{% else %}e{% endfor %}",
    "{% for x in l %}{{ s is defined }}{% endfor %}{% set s = 1 %}{{ s }}",
    "{% macro m() %}{{ s is defined }}{% endmacro %}{{ m() }}{% set s = 1 %}{{ m() }}",
    "{% for x in l %}{{ s is defined }}{% endfor %}{% if t %}{% set s = 1 %}{% endif %}{{ s }}",
    "{{ s | length }}{% for x in l %}{{ s is defined }}{% endfor %}{% set s = 1 %}{{ s }}",
    "{% set m = [{'role': 'a'}] + messages %}{{ m | length }}{{ m[0].role }}",
    "{% set x = {'a': 1} %}{% set x = dict(x, b=2) %}{{ x }}", "{% set t2 = (1, 'a') %}{% set p, q = t2 %}{{ q }}{{ p }}",
]

# What Jinja2 renders and we refuse.
REFUSED = ["%x", "%e %g %G", ".real", "__class__", "__len__", "u.upper()", "u | upper", "f is odd",
           "{{ self }}", "l[]", "l[1,2]", "ud83d", "%(a)s", "{# a", "{% raw %}", "{#"]

FEATURE = {"time": templates.TIME, "bos": "<s>", "eos": "</s>", "messages": [],
           "add_generation_prompt": True, "extra": EXTRA}


def features():
    yield {"extra": EXTRA, "time": templates.TIME}
    sources = ["{{ %s }}" % line for line in EXPRESSIONS.strip("\n").split("\n")] + TEMPLATES
    for source in sources:
        kind, text = jinja.render({**FEATURE, "source": source})
        refused = any(source in (word, "{{ %s }}" % word) or (word in source and word not in (
            "{#", "{# a", "{% raw %}")) for word in REFUSED)
        verdict = {"refused": True} if refused else {"text": text} if kind == "text" else {
            "error": True}
        yield {"source": source, **verdict}


def chats(folder):
    picked = ("one", "system", "answered", "turns", "odd", "wrong order", "reasoning", "calls")
    yield {"conversations": {name: templates.CONVERSATIONS[name] for name in picked},
           "tools": templates.TOOLS, "extra": {"enable_thinking": False}}
    for path in sorted(folder.glob("*.jinja")):
        source = path.read_bytes().decode()
        for name in picked:
            for tools in ((False, True) if name in ("one", "calls") else (False,)):
                for extra in (False, True):
                    for prompt in (False, True):
                        row = {"template": path.name, "conversation": name, "tools": tools,
                               "extra": extra, "prompt": prompt}
                        kind, text = jinja.render({
                            "source": source, "messages": templates.CONVERSATIONS[name],
                            "tools": templates.TOOLS if tools else None,
                            "extra": {"enable_thinking": False} if extra else None,
                            "add_generation_prompt": prompt, "bos": "<s>", "eos": "</s>"})
                        yield {**row, **({"text": text} if kind == "text" else {"error": True})}


def write(name, rows):
    with open(HERE / name, "w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    write("features.jsonl", features())
    write("chats.jsonl", chats(HERE))
