"""tiny.gguf: the tokenizer and the template of data/tiny, without weights, as a GGUF file.

    python3 -m venv v && v/bin/pip install gguf && v/bin/python make.py
"""

import json
import pathlib

import gguf

here = pathlib.Path(__file__).resolve().parent
tiny = here.parent.parent.parent / "data/tiny"
tokenizer = json.loads((tiny / "tokenizer.json").read_text())
config = json.loads((tiny / "tokenizer_config.json").read_text())

tokens = {id: token for token, id in tokenizer["model"]["vocab"].items()}
kinds = {id: gguf.TokenType.NORMAL for id in tokens}
for added in tokenizer["added_tokens"]:
    tokens[added["id"]] = added["content"]
    kinds[added["id"]] = (gguf.TokenType.CONTROL if added["special"]
                          else gguf.TokenType.USER_DEFINED)
ids = {token: id for id, token in tokens.items()}
merges = [m if isinstance(m, str) else " ".join(m) for m in tokenizer["model"]["merges"]]

writer = gguf.GGUFWriter(here / "tiny.gguf", "qwen2")
writer.add_tokenizer_model("gpt2")
writer.add_tokenizer_pre("qwen2")
writer.add_token_list([tokens[id] for id in sorted(tokens)])
writer.add_token_types([kinds[id] for id in sorted(tokens)])
writer.add_token_merges(merges)
writer.add_eos_token_id(ids[config["eos_token"]])
writer.add_pad_token_id(ids[config["pad_token"]])
writer.add_add_bos_token(False)
writer.add_chat_template(config["chat_template"])
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
