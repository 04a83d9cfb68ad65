#!/usr/bin/env python3
"""Writes files.tsv and imatrix.tsv: what llama.cpp's converter and quantiser make of models, as SHA-256 of whole files.

    make.py LLAMA QUANTIZE SEED_MODEL

LLAMA is the source tree of llama.cpp (ggml 0.25.1), QUANTIZE its llama-quantize, SEED_MODEL our
pipelines/seed_model. Needs transformers, torch, numpy and xz. Rows are: model, type, sha256. Models are
those of tests/golden/numeric/models, and those that SEED_MODEL makes from the configurations here, with
the tokenizer of data/tiny or, NAME-words, that of tests/golden/tokens/NAME.json.xz. config.json is taken
as it stands, and the name of the way a small tokenizer cuts texts is given to the converter, which knows
released ones alone. A type that the converter cannot write is quantised from its F32 file; the name it
had there counts. imatrix.tsv is of 'wide' with the importance matrix wide.imatrix, which this makes, too.
"""
import hashlib
import os
import runpy
import subprocess
import sys
import tempfile
import types

here = os.path.dirname(os.path.abspath(__file__))
golden = os.path.dirname(here)
tiny = os.path.join(golden, '..', '..', 'data', 'tiny')
llama, quantize, seed_model = sys.argv[1:4]
sys.path[:0] = [llama, os.path.join(llama, 'gguf-py')]

import transformers  # noqa: E402,F401

pieces = types.ModuleType('sentencepiece')
pieces.SentencePieceProcessor = object
sys.modules['sentencepiece'] = pieces

from conversion import base  # noqa: E402


def as_it_stands(*_, **__):
    raise RuntimeError('config.json is read as it stands')


base.AutoConfig = types.SimpleNamespace(from_pretrained=as_it_stands)
known = base.TextModel.get_vocab_base_pre
straight = ['f32', 'f16', 'bf16', 'q8_0']
mixed = ['q4_0', 'q4_1', 'q5_0', 'q5_1', 'q2_k', 'q3_k_s', 'q3_k_m', 'q3_k_l', 'q4_k_s', 'q4_k_m',
         'q5_k_s', 'q5_k_m', 'q6_k', 'iq4_nl', 'iq4_xs']


def convert(model, out, kind, pre):
    base.TextModel.get_vocab_base_pre = known if pre is None else lambda *_: pre
    sys.argv = ['convert_hf_to_gguf.py', model, '--outfile', out, '--outtype', kind]
    runpy.run_path(os.path.join(llama, 'convert_hf_to_gguf.py'), run_name='__main__')


def row(model, kind, path, to='files.tsv'):
    with open(path, 'rb') as file, open(os.path.join(here, to), 'a') as out:
        print(model, kind, hashlib.sha256(file.read()).hexdigest(), sep='\t', file=out)


def rows(name, folder, pre, kinds, work):
    out = os.path.join(work, 'out.gguf')
    whole = os.path.join(work, 'whole.gguf')
    convert(folder, whole, 'f32', pre)
    for kind in kinds:
        if kind in straight:
            convert(folder, out, kind, pre)
        else:
            subprocess.run([quantize, whole, out, kind.upper(), '1'], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        row(name, kind, out)


def seeded(name, work):
    folder = os.path.join(work, name)
    subprocess.run([seed_model, os.path.join(here, name + '.json'), '-o', folder, '--tokenizer', tiny],
                   check=True)
    if name.endswith('-words'):
        with open(os.path.join(folder, 'tokenizer.json'), 'wb') as file:
            packed = os.path.join(golden, 'tokens', name[:-len('-words')] + '.json.xz')
            subprocess.run(['xz', '-dc', packed], check=True, stdout=file)
        os.remove(os.path.join(folder, 'tokenizer_config.json'))
    return folder


def importance(whole):
    """Sums of squares for all layers, of no model in particular."""
    from gguf import GGUFReader, GGUFWriter
    import numpy
    draw = numpy.random.default_rng(7)
    out = GGUFWriter(os.path.join(here, 'wide.imatrix'), 'none')
    out.add_string('general.type', 'imatrix')
    out.add_array('imatrix.datasets', ['words.txt', 'more.txt'])
    out.add_uint32('imatrix.chunk_count', 12)
    out.add_uint32('imatrix.chunk_size', 512)
    for tensor in GGUFReader(whole).tensors:
        if len(tensor.shape) != 2 or tensor.name in ('token_embd.weight', 'output.weight'):
            continue
        sums = draw.gamma(0.5, 100, (1, int(tensor.shape[0]))).astype(numpy.float32)
        out.add_tensor(tensor.name + '.in_sum2', sums)
        out.add_tensor(tensor.name + '.counts', numpy.full((1, 1), 96, numpy.float32))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def with_importance(work):
    whole, out = os.path.join(work, 'whole.gguf'), os.path.join(work, 'out.gguf')
    convert(os.path.join(work, 'wide'), whole, 'f32', 'qwen2')
    importance(whole)
    for kind in mixed + ['q2_k_s']:
        subprocess.run([quantize, '--imatrix', 'tests/golden/export/wide.imatrix', whole, out,
                        kind.upper(), '1'], check=True, cwd=os.path.join(golden, '..', '..'),
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        row('wide', kind, out, 'imatrix.tsv')


for table in ['files.tsv', 'imatrix.tsv']:
    open(os.path.join(here, table), 'w').close()
quantize, seed_model = os.path.abspath(quantize), os.path.abspath(seed_model)
with tempfile.TemporaryDirectory() as work:
    for name in ['llama', 'mistral', 'qwen2', 'qwen2-bf16', 'qwen3', 'smollm']:
        rows(name, os.path.join(golden, 'numeric', 'models', name), 'qwen2', straight, work)
    for name in ['wide', 'odd-1b', 'Tied-270M-Chat-v1.2']:
        rows(name, seeded(name, work), 'qwen2', straight + mixed, work)
    rows('narrow', seeded('narrow', work), 'qwen2', straight, work)
    for name in ['qwen3-words', 'smollm2-words', 'gpt2-words']:
        rows(name, seeded(name, work), None, ['bf16'], work)
    with_importance(work)
