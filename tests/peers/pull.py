"""What dpo-pull fetched must be there for the hub's own library, and the other way round.

    pull.py HUB        the program tests/cli/lib/hub; dpo-pull comes from PATH
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"]


def make_repository(folder):
    folder.mkdir(parents=True)
    model = pathlib.Path("tests/golden/numeric/models/qwen2")
    for path in model.iterdir():
        shutil.copy(path, folder)
    (folder / "README.md").write_text("read me\n")


def start(hub, root):
    server = subprocess.Popen([hub, root / "hub", root / "port", root / "log"])
    while not (root / "port").exists():
        time.sleep(0.02)
    return server, "http://127.0.0.1:" + (root / "port").read_text().strip()


def pull(*arguments):
    return subprocess.run(["dpo-pull", *arguments], check=True, capture_output=True, text=True)


def main():
    root = pathlib.Path(tempfile.mkdtemp())
    for name in ("ours", "theirs"):
        make_repository(root / "hub" / "org" / name)
    server, endpoint = start(sys.argv[1], root)
    os.environ.update(HF_HOME=str(root / "cache"), HF_ENDPOINT=endpoint, HF_HUB_DISABLE_TELEMETRY="1",
                      HF_HUB_DISABLE_XET="1")
    os.environ.pop("HF_TOKEN", None)
    try:
        import huggingface_hub  # reads the environment

        where = pull("org/ours").stdout.strip()
        (root / "log").write_text("")
        files = [name for name in FILES if (root / "hub/org/ours" / name).exists()]
        assert huggingface_hub.snapshot_download("org/ours", local_files_only=True) == where
        for name in files:
            found = huggingface_hub.hf_hub_download("org/ours", name)
            assert found == f"{where}/{name}", found
            assert huggingface_hub.try_to_load_from_cache("org/ours", name) == found
        calls = (root / "log").read_text().splitlines()
        assert not [call for call in calls if call.startswith("GET") and "/api/" not in call], calls
        scan = huggingface_hub.scan_cache_dir()
        assert not scan.warnings and [repo.repo_id for repo in scan.repos] == ["org/ours"], scan

        for name in files:
            huggingface_hub.hf_hub_download("org/theirs", name)
        said = pull("--json", "org/theirs")
        assert '"fetched":0,' in said.stderr, said.stderr
        assert said.stdout.strip().endswith(f"models--org--theirs/snapshots/{COMMIT}")
    finally:
        server.kill()
        shutil.rmtree(root)
    print(f"pull.py: {len(files)} files, both ways, huggingface_hub {huggingface_hub.__version__}")


main()
