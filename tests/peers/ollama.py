"""dpo-deploy with real Ollama servers, and the GGUF files it sends with our own engine.

    ollama.py DIR LOGITS [MODEL.gguf]

The servers are made in DIR by 'go install', where they are not there yet; where Go is missing, nothing
is compared. LOGITS is the program tests/peers/logits; dpo-deploy and what makes
models come from PATH. Run it in the root of the tree. MODEL.gguf is another model whose answers are compared.
DPO_OLLAMA_VERSIONS names other versions than those below. From 0.30 on Ollama runs a model only with
llama-server beside it: where that is in DIR or in PATH, the newest one is asked, too.
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import gguf
import numpy

VERSIONS = ["0.34.4", "0.11.4", "0.5.4"]  # the newest; the last that needs nothing else; too old
COUNT = 20  # tokens that are compared
NEAR = 0.02  # between logits: what two engines may see the other way round
TRAINED = ["smollm", "qwen2", "qwen3", "llama"]

checks = {True: 0, False: 0}


def numbers(version):
    return tuple(map(int, version.split(".")))


def check(what, good, seen=""):
    checks[bool(good)] += 1
    print(("ok" if good else "not ok") + f" - {what}" + (f": {seen}" if seen and not good else ""), flush=True)
    return good


def install(folder, version):
    """Where ollama is; None where it cannot be had."""
    program = folder / version / "bin" / "ollama"
    if program.exists():
        return program
    environment = dict(os.environ, GOBIN=str(program.parent), GOFLAGS="-buildvcs=false")
    package = "github.com/ollama/ollama"
    done = subprocess.run(["go", "install", "-ldflags", f"-X={package}/version.Version={version}",
                           f"{package}@v{version}"], env=environment, capture_output=True, text=True)
    if done.returncode:
        print(f"# ollama {version} cannot be made: {done.stderr.strip().splitlines()[-1:]}")
        return None
    return program


def link_runner(folder, program):
    """The newest ones find it beside themselves."""
    runner = shutil.which("llama-server", path=f"{folder}:{os.environ['PATH']}")
    beside = program.parent.parent / "lib" / "ollama" / "llama-server"
    if runner and not beside.exists():
        beside.parent.mkdir(parents=True, exist_ok=True)
        beside.symlink_to(pathlib.Path(runner).resolve())
    return beside.exists()


class Server:
    def __init__(self, program, root):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.host = "127.0.0.1:%d" % free.getsockname()[1]
        self.program, self.root, self.store = program, root, root / "models"
        root.mkdir()
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(root), "OLLAMA_HOST": self.host,
                            "OLLAMA_MODELS": str(self.store), "OLLAMA_NO_CLOUD": "1"}
        self.process = subprocess.Popen([program, "serve"], env=self.environment, stdout=open(root / "log", "w"),
                                        stderr=subprocess.STDOUT)
        for _ in range(400):
            try:
                self.version = self.ask("GET", "/api/version")["version"]
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the server does not answer")

    def ask(self, method, path, body=None):
        request = urllib.request.Request(f"http://{self.host}{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=600) as answer:
                return json.loads(answer.read() or "{}")
        except urllib.error.HTTPError as error:
            return {"error": error.read().decode()}

    def digests(self):
        return {row["name"]: row["digest"] for row in self.ask("GET", "/api/tags")["models"] or []}

    def manifest(self, name, tag):
        """Layers by type, what does not count as the same removed."""
        path, = self.store.glob(f"manifests/*/library/{name}/{tag}")
        layers = {}
        for layer in json.loads(path.read_text())["layers"]:
            kind = layer["mediaType"].rsplit(".", 1)[1]
            text = layer["digest"]
            if kind == "params":
                text = json.loads((self.store / "blobs" / text.replace(":", "-")).read_text())
            layers.setdefault(kind, []).append(text)
        return layers

    def client(self, *arguments, **more):
        return subprocess.run([self.program, *arguments], env=self.environment, capture_output=True, text=True, **more)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def deploy(server, *arguments):
    """One thread: several wait for each other by spinning, which takes long where others work, too."""
    more = [] if "--rollback" in arguments else ["--parameter", "num_thread=1"]
    return subprocess.run(["dpo-deploy", *map(str, arguments), *more, "--host", server.host], capture_output=True,
                          text=True)


def make_model(root, name, *, folded, kind):
    """A tiny model, with its adapter or without, down the pipe."""
    out = root / f"{name}-{kind}{'' if folded else '-base'}.gguf"
    base = f"tests/golden/numeric/models/{name}"
    fold = f"dpo-lora-merge -q -m {base} tests/golden/numeric/adapters/{name} |" if folded else ""
    subprocess.run(f"set -e; {fold} dpo-export-gguf -q --type {kind} -o {out} {'' if folded else base}", shell=True,
                   check=True)
    return out


def train_model(root, name):
    """One that speaks: all weights learn some answers by heart, an adapter learns to choose, then both go down the
    pipe. What a model of random weights says is mostly no text, which servers show in their own ways."""
    run, adapter, out = root / f"{name}-run", root / f"{name}-adapter", root / f"{name}-trained.gguf"
    pairs, texts = root / "pairs.jsonl", root / "texts.jsonl"
    subprocess.run(["dpo-merge", "-q", "data/mortgage/seed.json", "-o", pairs], check=True)
    rows = [json.loads(line) for line in pairs.read_text().splitlines()][:64]
    texts.write_text("".join(json.dumps({"prompt": row["prompt"][:160], "completion": " " + row["chosen"][:160]}) + "\n"
                             for row in rows))
    most = ["--batch-size", "8", "--gradient-accumulation", "1", "--save-steps", "0", "-q"]
    for command in (["-m", f"tests/golden/numeric/models/{name}", "--method", "sft", "--full", texts, "-o", run,
                     "--max-steps", "200", "--learning-rate", "1e-2", "--max-length", "192", *most],
                    ["-m", run, pairs, "-o", adapter, "--max-steps", "2", "--learning-rate", "1e-4", "--max-length", "256",
                     *most]):
        subprocess.run(["dpo-train", *map(str, command)], check=True)
    subprocess.run(f"set -e; dpo-lora-merge -q -m {run} {adapter} | dpo-export-gguf -q --type f32 -o {out}", shell=True,
                   check=True)
    return out, [row["prompt"][:160] for row in rows[:3]]


def byte_of():
    """The bytes that the characters of a byte-level vocabulary stand for."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return {chr(byte): byte for byte in shown} | {chr(256 + i): byte for i, byte in enumerate(hidden)}


class Vocabulary:
    def __init__(self, file):
        fields = gguf.GGUFReader(file).fields
        self.tokens = fields["tokenizer.ggml.tokens"].contents()
        self.types = fields["tokenizer.ggml.token_type"].contents()
        self.end = fields["tokenizer.ggml.eos_token_id"].contents()
        assert fields["tokenizer.ggml.model"].contents() == "gpt2"

    def bytes(self, id):
        """What a server shows of a token: nothing where it is one that steers."""
        return b"" if self.types[id] == 3 else bytes(BYTE_OF[letter] for letter in self.tokens[id])


BYTE_OF = byte_of()


def greedy(logits, file, ids, end):
    """Our engine's next tokens, and how far each is before the second best."""
    ids, gaps = list(ids), []
    for _ in range(COUNT):
        made = subprocess.run([logits, file, "-", *map(str, ids)], check=True, stdout=subprocess.PIPE).stdout
        last = numpy.frombuffer(made, "f4").reshape(len(ids), -1)[-1]
        best = int(last.argmax())
        if best == end:
            break
        gaps.append(float(last[best] - numpy.delete(last, best).max()))
        ids.append(best)
    return ids[-len(gaps):], gaps


def common(a, b):
    return next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))


def compare_answers(server, logits, name, file, prompt, near):
    """The same greedy text as our engine's, up to where two tokens are as good as equal."""
    answer = server.ask("POST", "/api/generate", {
        "model": name, "prompt": prompt, "stream": False,
        "options": {"temperature": 0, "repeat_penalty": 1, "num_predict": COUNT, "seed": 1, "num_ctx": 512,
                    "num_thread": 1}})
    if not check(f"{name} answers", "context" in answer, answer):
        return False
    vocabulary = Vocabulary(file)
    ids, gaps = greedy(logits, file, answer["context"][:answer["prompt_eval_count"]], vocabulary.end)
    pieces = [vocabulary.bytes(id) for id in ids]
    ours, theirs = b"".join(pieces).decode(errors="ignore"), answer["response"]
    same = common(ours, theirs)
    tokens = next((i for i in range(len(pieces)) if len(b"".join(pieces[:i + 1]).decode(errors="ignore")) > same),
                  len(pieces))
    good = len(ids) > 0 and (ours == theirs or (tokens < len(gaps) and gaps[tokens] <= near))
    return check(f"{name}: {tokens} of {len(ids)} greedy tokens are our engine's" +
                 (f", the next one is by {gaps[tokens]:.3f} before another" if tokens < len(ids) else "") +
                 f": {theirs!r}", good, repr(ours))


def try_names(server, first, second):
    """Names move, stay and go back."""
    runs = server.root / "runs.db"
    done = deploy(server, first, "--name", "advisor:v1", "--tag", "prod", "--system", 'Say "no" & <wait>.',
                  "--parameter", "temperature=0.5", "--parameter", "num_ctx=256", "--history", runs)
    check("a deployment", done.returncode == 0, done.stderr)
    names = server.digests()
    check("two names", sorted(names) == ["advisor:prod", "advisor:v1"] and len(set(names.values())) == 1, names)
    done = deploy(server, first, "--name", "advisor:v1", "--tag", "prod", "--system", 'Say "no" & <wait>.',
                  "--parameter", "temperature=0.5", "--parameter", "num_ctx=256", "-q")
    check("the same again moves nothing", done.returncode == 0 and server.digests() == names, done.stderr)
    done = deploy(server, second, "--name", "advisor:v2", "--tag", "prod", "--json")
    new = server.digests()
    check("another model", done.returncode == 0 and new["advisor:prod"] == new["advisor:v2"] != names["advisor:v1"],
          done.stderr)
    check("what prod was is kept", new["advisor:prod-prev"] == names["advisor:v1"] and len(new) == 4, new)
    done = deploy(server, "--rollback", "advisor", "--tag", "prod", "--history", runs)
    back = server.digests()
    check("and back", done.returncode == 0 and back["advisor:prod"] == names["advisor:v1"] and
          back["advisor:prod-prev"] == new["advisor:v2"], done.stderr)
    done = deploy(server, "--rollback", "advisor", "--tag", "none")
    check("nothing to go back to", done.returncode == 1 and "no 'advisor:none-prev' to go back to" in done.stderr,
          done.stderr)
    layers = server.manifest("advisor", "v1")
    check("the file is as it was sent", layers["model"] == ["sha256:" + subprocess.run(
        ["sha256sum", first], capture_output=True, text=True).stdout.split()[0]], layers)
    return layers


def try_modelfile(server, file, layers):
    done = server.client("create", "again", "-f", file.with_suffix(".Modelfile").name, cwd=file.parent)
    check("'ollama create' takes the Modelfile", done.returncode == 0, done.stderr)
    again = server.manifest("again", "latest")
    same = all(again.get(kind) == layers.get(kind) for kind in ("model", "template", "system", "params", "messages"))
    check("and makes the same model", same and "params" in again, f"{layers} {again}")


def try_template(server, name, version):
    """What the server makes of a conversation is what the chat template does; older ones cannot say."""
    if numbers(version) < (0, 12):
        return
    shown = server.ask("POST", "/api/chat", {
        "model": name, "messages": [{"role": "user", "content": "Well?"}], "stream": False, "_debug_render_only": True})
    text = shown.get("_debug_info", {}).get("rendered_template", "")
    check("the template is rendered", text == '<|im_start|>system\nSay "no" & <wait>.<|im_end|>\n'
          "<|im_start|>user\nWell?<|im_end|>\n<|im_start|>assistant\n", shown)


def try_smoke(server, file):
    before = server.digests()
    done = deploy(server, file, "--name", "asked:v1", "--smoke", "What now?", "--expect", "zzz impossible")
    check("a gate that fails", done.returncode == 3 and "no name was moved" in done.stderr, done.stderr)
    check("and moves nothing", server.digests() == before, server.digests())
    done = deploy(server, file, "--name", "asked:v1", "--smoke", "What now?", "--expect", ".")
    check("a gate that holds", done.returncode == 0 and server.digests().get("asked:v1"), done.stderr)


def try_kills(server, files, count):
    """Killed anywhere, prod means one model or the other, whole, and the next run goes through."""
    killed, bad = 0, 0
    means = {}
    for i, file in enumerate(files):
        deploy(server, file, "--name", f"killed:v{i}", "--tag", "prod", "-q")
        means[server.digests()["killed:prod"]] = i
    begin = time.perf_counter()
    deploy(server, files[0], "--name", "killed:v0", "--tag", "prod", "-q")
    whole = time.perf_counter() - begin
    for i in range(count):
        process = subprocess.Popen(["dpo-deploy", files[i % 2], "--name", f"killed:v{i % 2}", "--tag", "prod", "-q",
                                    "--parameter", "num_thread=1", "--host", server.host], stderr=subprocess.DEVNULL)
        time.sleep(whole * 1.1 * i / count)
        process.kill()
        killed += process.wait() == -signal.SIGKILL
        bad += server.digests().get("killed:prod") not in means
    check(f"killed {killed} times: prod is one of the two", bad == 0, bad)
    done = deploy(server, files[0], "--name", "killed:v0", "--tag", "prod", "-q")
    done.returncode or deploy(server, files[1], "--name", "killed:v1", "-q")
    left = [name for name in server.digests() if "candidate" in name]
    check("and the next runs leave no candidates", done.returncode == 0 and not left, f"{done.stderr} {left}")


def try_answers(server, logits, trained, extra, root):
    for name, (file, prompts) in trained.items():
        done = deploy(server, file, "--name", name, "--template", "plain", "-q")
        if check(f"{name} is deployed", done.returncode == 0, done.stderr):
            for prompt in prompts:
                compare_answers(server, logits, name, file, prompt, NEAR)
    if extra:
        done = deploy(server, extra, "--name", "extra", "-o", root / "extra.Modelfile", "--smoke",
                      "Why is the sky blue?", "--expect", "sky")
        check("the given model is deployed", done.returncode == 0, done.stderr)
        for prompt in ("Why is the sky blue?", "Tell me a story about a fox."):
            compare_answers(server, logits, "extra", extra, prompt, 0.5)


def try_server(folder, version, logits, trained, extra, root):
    program = install(folder, version)
    if not program:
        return
    runs = numbers(version) < (0, 30) or link_runner(folder, program)
    root = pathlib.Path(tempfile.mkdtemp(dir=root))
    first = make_model(root, "smollm", folded=True, kind="q8_0")
    second = make_model(root, "smollm", folded=False, kind="bf16")
    server = Server(program, root / f"home-{version}")
    print(f"# Ollama {server.version}" + ("" if runs else ", which can run no model without llama-server"))
    try:
        if numbers(version) < (0, 5, 5):
            done = deploy(server, first, "--name", "advisor:v1")
            check("an old server is told", done.returncode == 1 and
                  f"Ollama {version} is too old: 0.5.5 or later is needed" in done.stderr, done.stderr)
            check("and gets nothing", not server.digests() and not list(server.store.glob("blobs/*")))
            return
        layers = try_names(server, first, second)
        try_modelfile(server, first, layers)
        try_kills(server, [first, second], int(os.environ.get("DPO_KILLS", "20")))
        if runs:
            try_template(server, "advisor:v1", version)
            try_smoke(server, first)
            try_answers(server, logits, trained, extra, root)
    finally:
        server.stop()


def main():
    folder, logits = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    if not shutil.which("go"):
        print("1..0 # SKIP there is no Go to make Ollama with")
        return 0
    with tempfile.TemporaryDirectory() as root:
        trained = {name: train_model(pathlib.Path(root), name) for name in TRAINED}
        for version in os.environ.get("DPO_OLLAMA_VERSIONS", " ".join(VERSIONS)).split():
            try_server(folder, version, logits, trained, (sys.argv + [None])[3], pathlib.Path(root))
    print(f"1..{sum(checks.values())}")
    return checks[False] > 0


sys.exit(main())
