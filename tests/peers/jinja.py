"""Hugging Face's environment for chat templates, made from Jinja2 alone."""
import datetime
import functools
import json

import jinja2
import jinja2.ext
import jinja2.nodes
import jinja2.sandbox


class Generation(jinja2.ext.Extension):
    """{% generation %}...{% endgeneration %}: what stands in it, as it is."""
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_same"), [], [], body).set_lineno(line)

    @staticmethod
    def _same(caller):
        return caller()


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators,
                      sort_keys=sort_keys)


def raise_exception(message):
    raise jinja2.TemplateError(message)


def environment(seconds=None):
    env = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True,
        extensions=[Generation, jinja2.ext.loopcontrols])
    env.filters["tojson"] = tojson
    env.filters["from_json"] = json.loads
    env.globals["raise_exception"] = raise_exception
    if seconds is not None:
        now = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).replace(tzinfo=None)
        env.globals["strftime_now"] = now.strftime
    return env


@functools.lru_cache(maxsize=64)
def parsed(source, seconds):
    return environment(seconds).from_string(source)


def render(case):
    """('text', ...) or ('error', ...) for a case as tests/peers/render.c reads them."""
    names = {key + "_token": case[key] for key in ("bos", "eos", "pad", "unk")
             if case.get(key) is not None}
    try:
        template = parsed(case["source"], case.get("time"))
        return "text", template.render(
            messages=case.get("messages"), tools=case.get("tools") or None,
            documents=case.get("documents"),
            add_generation_prompt=bool(case.get("add_generation_prompt")),
            **names, **(case.get("extra") or {}))
    except RecursionError:
        return "error", "recursion"
    except Exception as error:  # a template may raise anything
        return "error", f"{type(error).__name__}: {error}"
