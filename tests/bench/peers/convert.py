#!/usr/bin/env python3
"""convert.py LLAMA_SOURCE MODEL_DIR OUT.gguf TYPE   llama.cpp's convert_hf_to_gguf, where sentencepiece may be missing."""
import os, runpy, sys, types

source, model, out, kind = sys.argv[1:]
sys.path[:0] = [source, os.path.join(source, "gguf-py")]
try:
    import sentencepiece  # noqa: F401
except ImportError:
    import transformers  # noqa: F401  looks for it, too
    sys.modules["sentencepiece"] = types.ModuleType("sentencepiece")
    sys.modules["sentencepiece"].SentencePieceProcessor = object
sys.argv = ["convert_hf_to_gguf.py", model, "--outfile", out, "--outtype", kind]
runpy.run_path(os.path.join(source, "convert_hf_to_gguf.py"), run_name="__main__")
print("{}")
