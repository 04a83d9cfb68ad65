#!/usr/bin/env python3
"""Pages of dpo-report in a real Chromium: report.py DPO_REPORT GOLDEN OUT

No error on the console, nothing fetched, nothing wider than the window, text against its background
4.5:1 at least in light and dark, all that can be focused reached by Tab, values by arrow keys.
Needs the package playwright and a Chromium: CHROMIUM, or /usr/bin/chromium. Screenshots stay in OUT."""

import os
import subprocess
import sys

from playwright.sync_api import sync_playwright

CONTRAST = """() => {
  const channel = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const parse = s => s.match(/[\\d.]+/g).map(Number);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const bad = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const e = n.parentElement;
    if (!n.data.trim() || !e.checkVisibility() || e.closest('script')) continue;
    const a = light(parse(getComputedStyle(e).color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push(ratio.toFixed(2) + ' ' + e.tagName + '.' + e.className);
  }
  return [...new Set(bad)];
}"""
WIDE = """() => [...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, .plot, pre')
  && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + '.' + e.className)"""
FOCUS = "[...document.querySelectorAll('summary, [tabindex=\"0\"]')].filter(e => e.checkVisibility()).length"
VIEWS = [("light", 1200, "light"), ("dark", 1200, "dark"), ("phone", 360, "light"), ("phone-dark", 360, "dark")]


def look(browser, path, out):
    problems = []
    for name, width, scheme in VIEWS:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page = context.new_page()
        page.on("console", lambda m: problems.append("console: " + m.text))
        page.on("pageerror", lambda e: problems.append("script: " + str(e)))
        page.on("request", lambda r: r.url.startswith(("file:", "data:")) or problems.append("fetches " + r.url))
        page.goto("file://" + os.path.abspath(path))
        problems += [f"{name}: contrast {bad}" for bad in page.evaluate(CONTRAST)]
        problems += [f"{name}: too wide: {wide}" for wide in page.evaluate(WIDE)[:3]]
        page.screenshot(path=f"{out}-{name}.png", full_page=True)
        if name == "light":
            keys(page, problems)
            page.pdf(path=f"{out}.pdf", format="A4")
        context.close()
    return problems


def keys(page, problems):
    want, reached = page.evaluate(FOCUS), 0
    for _ in range(want + 1):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        reached += 1
    if reached != want:
        problems.append(f"Tab reaches {reached} of {want}")
    plot = page.query_selector(".plot")
    if plot:
        plot.focus()
        page.keyboard.press("Home")
        first = plot.get_attribute("aria-valuetext")
        page.keyboard.press("ArrowRight")
        if first == plot.get_attribute("aria-valuetext"):
            problems.append("the arrow keys show no other value")


def main():
    tool, golden, out = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    run, before, after = (f"{golden}/{name}" for name in ("run", "before.jsonl", "after.jsonl"))
    failed = False
    with sync_playwright() as peers:
        browser = peers.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
                                        args=["--no-sandbox"])
        for name, operands in (("all", [run, before, after]), ("runs", [run, run]), ("results", [after])):
            path = f"{out}/{name}.html"
            subprocess.run([tool, "-q", "-o", path, *operands], check=True)
            problems = look(browser, path, f"{out}/{name}")
            print(f"{name}: {'; '.join(problems) if problems else 'fine'}")
            failed |= bool(problems)
        browser.close()
    return failed


sys.exit(main())
