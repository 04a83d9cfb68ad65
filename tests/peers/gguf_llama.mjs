// Our GGUF files in llama.cpp: gguf_llama.mjs NODE_MODULES LOGITS [MODEL], TAP.
//
// Each model of tests/golden/numeric is exported; node-llama-cpp (whose folder is in NODE_MODULES) goes
// on with texts, greedily. As F32 it must find the tokens that transformers found
// (tests/golden/generate/greedy.jsonl); packed, those that our own engine (LOGITS, the program
// tests/peers/logits) holds likeliest after the same tokens, but where two are as good as equal. Needs
// dpo-export-gguf in PATH; run it in the root of the tree. A process of its own for each model: a file
// that llama.cpp dislikes may end it.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';

const [modules, logits, only] = process.argv.slice(2);
const types = ['f32', 'f16', 'bf16', 'q8_0', 'q4_k_m', 'q2_k', 'iq4_nl'];
const models = ['llama', 'mistral', 'qwen2', 'qwen3', 'smollm'];
// Between logits: what two engines may see the other way round; llama.cpp rounds what it multiplies
// packed weights with to 8 bits.
const near = 0.02, nearPacked = 0.4;

async function greedy(llama, file, prompts, count) {
    const model = await llama.loadModel({modelPath: file});
    const context = await model.createContext({contextSize: 256, threads: 2});
    const sequence = context.getSequence();
    const texts = [];
    for (const prompt of prompts) {
        const ids = [];
        await sequence.clearHistory();
        for await (const id of sequence.evaluate(prompt, {temperature: 0})) {
            ids.push(id);
            if (ids.length === count) break;
        }
        texts.push(ids);
    }
    await context.dispose();
    await model.dispose();
    return texts;
}

// By how much the likeliest token is before the one that was taken, at the worst place.
function behind(file, prompt, ids) {
    const all = [...prompt, ...ids];
    const bytes = execFileSync(logits, [file, '-', ...all.map(String)], {maxBuffer: 1 << 28});
    const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    const vocabulary = values.length / all.length;
    let worst = 0;
    ids.forEach((id, i) => {
        const begin = (prompt.length - 1 + i) * vocabulary;
        let most = -Infinity;
        for (let j = 0; j < vocabulary; j++) most = Math.max(most, values[begin + j]);
        worst = Math.max(worst, most - values[begin + id]);
    });
    return worst;
}

async function tryModel(name, folder) {
    const {getLlama} = await import(
        pathToFileURL(resolve(modules, 'node-llama-cpp/dist/index.js')).href);
    const llama = await getLlama({gpu: false, build: 'never', skipDownload: true, logLevel: 'error'});
    const cases = readFileSync('tests/golden/generate/greedy.jsonl', 'utf8').trim().split('\n')
        .map((line) => JSON.parse(line))
        .filter((row) => row.model === name && row.repetition_penalty === 1).slice(0, 3);
    const prompts = cases.map((row) => row.prompt_ids);
    for (const type of types) {
        const file = join(folder, `${name}-${type}.gguf`);
        execFileSync('dpo-export-gguf', ['-q', '--type', type, '-o', file,
                                         `tests/golden/numeric/models/${name}`]);
        const texts = await greedy(llama, file, prompts, 12);
        const off = texts.map((ids, i) => behind(file, prompts[i], ids));
        const limit = type.endsWith('16') || type === 'f32' ? near : nearPacked;
        const good = off.every((gap) => gap <= limit) && (type !== 'f32' || texts.every(
            (ids, i) => ids.every((id, j) => id === cases[i].ids[j]) || cases[i].min_top2_gap < near));
        console.log(`${good ? 'ok' : 'not ok'} - ${name} as ${type}, at most ${Math.max(...off).toFixed(4)} behind`);
    }
}

const folder = mkdtempSync(join(tmpdir(), 'dpo-gguf-'));
let status = 0;
try {
    if (only) {
        await tryModel(only, folder);
    } else {
        for (const model of models)
            process.stdout.write(execFileSync(process.execPath,
                [process.argv[1], modules, logits, model], {stdio: ['ignore', 'pipe', 'inherit']}));
        console.log(`1..${models.length * types.length}`);
    }
} catch (error) {
    console.log(`Bail out! ${error.message}`);
    status = 1;
}
rmSync(folder, {recursive: true});
process.exit(status);
