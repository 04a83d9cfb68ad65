// A headless Chromium to be asked over a pipe: its DevTools protocol is JSON, each message ended by a NUL.
//
//     const browser = await open();
//     const page = await browser.page('/tmp/page.html', {width: 1280, height: 900});
//     await page.run('document.title');
//     await page.press('ArrowRight');
//     browser.close();
//
// What the page says on its console, throws or is forbidden by its policy is in page.complaints.
import {execFileSync, spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

const codes = {ArrowLeft: 37, ArrowRight: 39, Escape: 27, Tab: 9, Enter: 13};

function program() {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome'])
    try {
      return execFileSync('sh', ['-c', 'command -v ' + name], {encoding: 'utf8'}).trim();
    } catch {
      // the next one
    }
  throw new Error('no Chromium: apt-get install chromium');
}

class Page {
  constructor(send, session) {
    this.send = (method, params) => send(method, params, session);
    this.complaints = [];
  }

  // The value of an expression, promises awaited.
  async run(expression) {
    const got = await this.send('Runtime.evaluate', {expression, returnByValue: true, awaitPromise: true});
    if (got.exceptionDetails) throw new Error(JSON.stringify(got.exceptionDetails));
    return got.result.value;
  }

  async press(key) {
    const typed = key.length === 1 ? {text: key} : {};
    const event = {key, windowsVirtualKeyCode: codes[key] ?? key.toUpperCase().charCodeAt(0)};
    await this.send('Input.dispatchKeyEvent', {type: 'keyDown', ...event, ...typed});
    await this.send('Input.dispatchKeyEvent', {type: 'keyUp', ...event});
  }

  look({width, height, dark = false, media = 'screen'}) {
    const features = [{name: 'prefers-color-scheme', value: dark ? 'dark' : 'light'}];
    return Promise.all([
      this.send('Emulation.setDeviceMetricsOverride', {width, height, deviceScaleFactor: 1, mobile: width < 500}),
      this.send('Emulation.setEmulatedMedia', {media, features})]);
  }

  async open(path) {
    const loaded = new Promise(resolve => { this.loaded = resolve; });
    await this.send('Page.navigate', {url: pathToFileURL(path).href});
    await loaded;
  }

  async picture(path) {
    writeFileSync(path, Buffer.from((await this.send('Page.captureScreenshot', {format: 'png'})).data, 'base64'));
  }

  take(method, params) {
    if (method === 'Page.loadEventFired') this.loaded();
    if (method === 'Runtime.exceptionThrown') this.complaints.push(JSON.stringify(params.exceptionDetails));
    if (method === 'Runtime.consoleAPICalled') this.complaints.push(JSON.stringify(params.args));
    if (method === 'Log.entryAdded') this.complaints.push(params.entry.text);
    if (method === 'Page.javascriptDialogOpening') this.complaints.push('dialog: ' + params.message);
  }
}

export async function open() {
  const folder = mkdtempSync(join(tmpdir(), 'chromium-'));
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe',
    '--user-data-dir=' + folder, '--no-first-run', '--disable-background-networking'];
  const child = spawn(program(), flags, {stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']});
  const waiting = new Map(), pages = new Map();
  let number = 0, rest = '';

  child.stdio[4].setEncoding('utf8').on('data', text => {
    const parts = (rest + text).split('\0');
    rest = parts.pop();
    for (const {id, error, result, sessionId, method, params} of parts.map(part => JSON.parse(part))) {
      if (!id) {
        pages.get(sessionId)?.take(method, params);
        continue;
      }
      const {resolve, reject} = waiting.get(id);
      waiting.delete(id);
      if (error) reject(new Error(error.message));
      else resolve(result);
    }
  });
  const send = (method, params = {}, sessionId = undefined) => new Promise((resolve, reject) => {
    waiting.set(++number, {resolve, reject});
    child.stdio[3].write(JSON.stringify({id: number, method, params, sessionId}) + '\0');
  });

  return {
    // Files that pages save go into the folder.
    async page(path, look, saves = folder) {
      await send('Browser.setDownloadBehavior', {behavior: 'allow', downloadPath: saves});
      const {targetId} = await send('Target.createTarget', {url: 'about:blank'});
      const {sessionId} = await send('Target.attachToTarget', {targetId, flatten: true});
      const page = new Page(send, sessionId);
      pages.set(sessionId, page);
      for (const domain of ['Page', 'Runtime', 'Log']) await page.send(domain + '.enable');
      await page.look(look);
      await page.open(path);
      return page;
    },
    async close() {
      const ended = new Promise(resolve => child.on('exit', resolve));
      await send('Browser.close');
      await ended;
      rmSync(folder, {recursive: true, force: true, maxRetries: 5});
    }};
}
