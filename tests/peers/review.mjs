// A review sheet in a real browser: review.mjs REVIEW [PICTURES], TAP.
//
// REVIEW is the program tests/peers/review. The sheet is opened from the disk in a headless Chromium; choices
// are made by keys and clicks, saved, and the file that was saved is counted. With PICTURES, a folder, there
// are screenshots to be looked at.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {open} from './chromium.mjs';

const [review, pictures] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'review-'));
const [sheet, results, evil] = ['sheet.html', 'results.jsonl', '"><img src=x onerror=alert(1)>'].map(
  (name, i) => i < 2 ? join(folder, name) : name);
const count = 14;
const arabic = '\u062b\u0628\u0651\u062a \u0627\u0644\u0633\u0639\u0631 (Rate Lock) \u0644\u0645\u062f\u0629 45 \u064a\u0648\u0645\u064b\u0627.';
let tests = 0, failures = 0;

function check(name, holds, got = '') {
  tests++;
  if (!holds) failures++;
  console.log(`${holds ? '' : 'not '}ok ${tests} - ${name}${holds ? '' : '\n# got ' + JSON.stringify(got)}`);
}

// The new answer to each prompt says 'new', as nobody's would.
function record(i) {
  const long = ' It depends on how long the closing takes and what an extension costs a day.'.repeat(i % 4 * 3);
  return {id: i === 3 ? evil : i, prompt: i === 5 ? arabic : `Lock the rate now, or float for ${i} days?`,
    generated: i === 3 ? '</script><script>alert(1)</script>new' : (i === 5 ? arabic : 'new') + long,
    reference: 'old ' + i + long, groups: {category: i === 3 ? '<b>bold</b>' : 'c' + i % 3}};
}

writeFileSync(results, Array.from({length: count}, (none, i) => JSON.stringify(record(i)) + '\n').join('') +
  '{"metrics":{}}\n');
execFileSync(review, ['--review', count, '--from', results, '-o', sheet]);

// In the page: what there is to know about the prompt that is shown.
const shown = `(() => {
  const card = document.querySelector('article:not([hidden])');
  const sides = Array.from(card.querySelectorAll('.sides .record'));
  return {id: card.dataset.id, heading: card.querySelector('h2').textContent,
    first: sides[0].textContent, directions: sides.map(side => getComputedStyle(side).direction),
    pressed: Array.from(card.querySelectorAll('[aria-pressed=true]'), button => button.dataset.choice).join(),
    count: document.getElementById('count').textContent, state: document.getElementById('state').textContent};
})()`;

// Texts whose contrast with what lies behind them is below 4.5.
const faint = `(() => {
  const parts = colour => colour.match(/[0-9.]+/g).map(Number);
  const linear = part => (part /= 255) <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const light = colour => { const [r, g, b] = parts(colour).map(linear); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = element => {
    for (; element; element = element.parentElement) {
      const colour = getComputedStyle(element).backgroundColor;
      if ((parts(colour)[3] ?? 1) > 0) return colour;
    }
    return 'rgb(255,255,255)';
  };
  const bad = [];
  for (const element of document.querySelectorAll('body *')) {
    if (!element.checkVisibility() || !Array.from(element.childNodes).some(node => node.nodeType === 3 && node.data.trim()))
      continue;
    const pair = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => b - a);
    if (!element.disabled && (pair[0] + 0.05) / (pair[1] + 0.05) < 4.5) bad.push(element.outerHTML.slice(0, 80));
  }
  return bad;
})()`;

async function picture(page, name) {
  if (pictures) await page.picture(join(pictures, name + '.png'));
}

async function saved(page, key) {
  const before = readdirSync(folder).length;
  await page.press(key);
  for (let i = 0; i < 100 && !(readdirSync(folder).length > before && readdirSync(folder).every(name => !name.endsWith('.crdownload'))); i++)
    await new Promise(resolve => setTimeout(resolve, 50));
  return readdirSync(folder).filter(name => name.startsWith('review-') && name.endsWith('.jsonl')).map(name => join(folder, name)).pop();
}

// Chooses the new answer everywhere but for the first two: a tie by '=', and one by 't'.
async function choose(page) {
  await page.press('=');
  await page.press('t');
  for (let i = 2; i < count; i++) {
    const {first} = await page.run(shown);
    const side = first.startsWith('old') ? '2' : '1';
    if (i === 4) await page.run(`document.querySelector('article:not([hidden]) [data-choice="${side}"]').click()`);
    else await page.press(side);
  }
}

async function keysTest(browser) {
  const page = await browser.page(sheet, {width: 1280, height: 900}, folder);
  check('begins with the first prompt', (await page.run(shown)).heading === `Prompt 1 of ${count}`);
  await picture(page, 'light');
  await page.press('1');
  check('a choice goes on to the next prompt', (await page.run(shown)).heading === `Prompt 2 of ${count}`);
  await page.press('ArrowLeft');
  check('an arrow goes back to what was chosen', (await page.run(shown)).pressed === '1', await page.run(shown));
  await page.press('1');
  const back = await page.run(shown);
  check('the same choice again takes it back', back.pressed === '' && back.count === `0 of ${count} chosen`, back);
  await page.press('ArrowLeft');
  await page.press('Tab');
  check('Tab leads to the choices', await page.run('document.activeElement.dataset.choice') === '1');
  check('nothing stands before the first', (await page.run(shown)).heading === `Prompt 1 of ${count}`);
  await choose(page);
  await page.press('n');
  await page.send('Input.insertText', {text: '12=to\n"\u{1f600}" \u0633'});
  await page.press('Escape');
  const done = await page.run(shown);
  check('keys in a note are text', done.count === `${count} of ${count} chosen`, done);
  check('says that all is done', done.state.startsWith('All are chosen'), done);
  await page.open(sheet);
  const again = await page.run(shown);
  check('choices and notes outlive the page', again.count === `${count} of ${count} chosen` &&
    await page.run(`Array.from(document.querySelectorAll('textarea'), area => area.value).join('')`) ===
      '12=to\n"\u{1f600}" \u0633', again);
  const file = await saved(page, 's');
  const rows = readFileSync(file, 'utf8').trim().split('\n').map(line => JSON.parse(line));
  check('a line for each choice', rows.length === count, rows);
  check('ids are as they were', rows.some(row => row.id === evil) && rows.some(row => row.id === '5'), rows);
  const counted = JSON.parse(execFileSync(review, ['--reviewed', file, '--from', results], {encoding: 'utf8'}));
  check('what was saved is counted as it was meant',
    JSON.stringify(counted) === JSON.stringify({wins: count - 2, losses: 0, ties: 2, open: 0}), counted);
  return page;
}

async function looksTest(browser) {
  const looks = {light: {width: 1280, height: 900}, dark: {width: 1280, height: 900, dark: true},
    phone: {width: 360, height: 740}, paper: {width: 794, height: 1123, media: 'print'}};
  for (const [name, look] of Object.entries(looks)) {
    const page = await browser.page(sheet, look, folder);
    check(`${name}: contrast`, (await page.run(faint)).length === 0, await page.run(faint));
    const width = await page.run('document.documentElement.scrollWidth');
    check(`${name}: nothing sticks out`, width <= look.width, width);
    if (name === 'paper')
      check('all prompts are on paper', await page.run(`Array.from(document.querySelectorAll('article')).every(
        card => card.checkVisibility() && !card.querySelector('button').checkVisibility())`));
    await picture(page, name);
    check(`${name}: no complaints`, page.complaints.length === 0, page.complaints);
  }
}

async function textsTest(browser, page) {
  const found = {};
  for (let i = 0; i < count; i++) await page.press('ArrowLeft');
  for (let i = 0; i < count; i++) {
    const now = await page.run(shown);
    found[now.id] = now;
    await page.press('ArrowRight');
  }
  check('right to left', found['5'].directions.toSorted().join() === 'ltr,rtl', found['5']);
  check('markup of records is text', await page.run(`!document.querySelector('img, b, article script')`));
  check('nothing was fetched', (await page.run('performance.getEntriesByType("resource").length')) === 0);
  check('no complaints', page.complaints.length === 0, page.complaints);
}

// A browser that keeps nothing for files: the page says so, and works.
async function forgetfulTest(browser) {
  const page = await browser.page(sheet, {width: 1280, height: 900}, folder);
  const {identifier} = await page.send('Page.addScriptToEvaluateOnNewDocument', {source:
    `Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }});`});
  await page.open(sheet);
  check('says that nothing is kept', (await page.run(shown)).state.includes('keeps nothing'), await page.run(shown));
  await page.press('2');
  check('takes choices all the same', (await page.run(shown)).count === `1 of ${count} chosen`);
  await page.send('Page.removeScriptToEvaluateOnNewDocument', {identifier});
}

// What another page left under our name.
async function strangeTest(browser) {
  for (const text of ['{', '7', '[1,[9,9],["1",{}],null]', '{"length":3}', 'null']) {
    const page = await browser.page(sheet, {width: 1280, height: 900}, folder);
    await page.run(`localStorage.setItem('dpo-review-' + document.querySelector('main').dataset.sheet, ${JSON.stringify(text)})`);
    await page.open(sheet);
    const {count: made} = await page.run(shown);
    check('strange leavings: ' + text, made.endsWith('chosen') && page.complaints.length === 0, [made, page.complaints]);
  }
}

const browser = await open();
try {
  const page = await keysTest(browser);
  await textsTest(browser, page);
  await looksTest(browser);
  await forgetfulTest(browser);
  await strangeTest(browser);
} finally {
  await browser.close();
  rmSync(folder, {recursive: true, force: true});
}
console.log(`1..${tests}`);
process.exitCode = failures ? 1 : 0;
