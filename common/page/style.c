#include "page/style.h"

#include <stddef.h>

static const char colours[] =
    ":root{color-scheme:light dark;\n"
    "--paper:#f6f5f2;--card:#fff;--soft:#eeece6;--line:#d8d4ca;--ink:#1c1e21;--quiet:#5a5d64;\n"
    "--link:#1d4fbf;--good:#12693b;--bad:#b3261e;--warn:#774a00;--more:#d3f1dd;--less:#fbdad6;\n"
    "--s0:#2563c9;--s1:#c2510c;--s2:#0f7f62;--s3:#a8327e;--s4:#6b4fc2;--s5:#826600;--s6:#0b7795;\n"
    "--s7:#5f6670}\n"
    "@media screen and (prefers-color-scheme:dark){:root{\n"
    "--paper:#121417;--card:#1a1d22;--soft:#24282f;--line:#3a404a;--ink:#e8e9ec;--quiet:#a6acb6;\n"
    "--link:#8ab4ff;--good:#6fd19a;--bad:#ff958c;--warn:#f0bd62;--more:#174a2f;--less:#5c2621;\n"
    "--s0:#6ea8ff;--s1:#ff9f5a;--s2:#4fd1a5;--s3:#f084c4;--s4:#b39dff;--s5:#d9bd4a;--s6:#57c7e3;\n"
    "--s7:#a9b0bb}}\n";

static const char texts[] =
    "*,*::before,*::after{box-sizing:border-box}\n"
    "html{-webkit-text-size-adjust:100%;text-size-adjust:100%}\n"
    "body{margin:0;background:var(--paper);color:var(--ink);line-height:1.5;font-size:16px;\n"
    "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Noto Naskh Arabic',\n"
    "'Noto Sans Arabic','Noto Sans Hebrew',sans-serif}\n"
    "main{max-width:1120px;margin:0 auto;padding:32px 24px 64px}\n"
    "h1,h2,h3,h4{line-height:1.25;margin:0;text-wrap:balance;overflow-wrap:anywhere}\n"
    "h1{font-size:1.15rem;font-weight:600;color:var(--quiet)}\n"
    "h2{font-size:1.35rem;margin:48px 0 16px}\n"
    "h3{font-size:1rem}h4{font-size:.875rem;color:var(--quiet);font-weight:600}\n"
    "p{margin:0 0 12px;max-width:72ch}\n"
    "a{color:var(--link)}\n"
    "code,pre,kbd,samp{font-family:ui-monospace,'SF Mono','Cascadia Mono',Menlo,Consolas,\n"
    "'DejaVu Sans Mono',monospace;font-size:.875em}\n"
    "pre{margin:0;padding:12px 16px;background:var(--soft);border-radius:8px;overflow:auto;\n"
    "white-space:pre-wrap;overflow-wrap:anywhere}\n"
    ":focus-visible{outline:3px solid var(--link);outline-offset:2px}\n"
    ".verdict{font-size:clamp(1.5rem,1.1rem + 2vw,2.25rem);font-weight:650;line-height:1.25;\n"
    "margin:8px 0 16px;max-width:32em;text-wrap:balance}\n"
    ".quiet{color:var(--quiet)}.good{color:var(--good)}.bad{color:var(--bad)}\n"
    ".warn{color:var(--warn)}.even{color:var(--ink)}\n"
    ".hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);\n"
    "white-space:nowrap}\n";

static const char boxes[] =
    ".card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px;\n"
    "min-width:0}\n"
    ".card+.card{margin-top:16px}\n"
    ".cards{display:grid;gap:16px;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr)"
    ")}\n"
    ".cards>.card{margin:0}\n"
    ".sides{display:grid;gap:16px;grid-template-columns:1fr 1fr;margin-top:12px}\n"
    ".sides>*{min-width:0}.sides h4{margin-bottom:6px}\n"
    ".record{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext;text-align:start;\n"
    "background:var(--soft);border-radius:8px;padding:10px 14px;min-height:44px}\n"
    ".cut{display:block;color:var(--quiet);font-size:.875rem;margin-top:4px}\n"
    "ins,del{color:var(--ink)}\n"
    "ins{background:var(--more);text-decoration:underline;text-decoration-thickness:2px;\n"
    "text-underline-offset:3px;border-radius:3px}\n"
    "del{background:var(--less);text-decoration:line-through;border-radius:3px}\n"
    ".chip{display:inline-block;padding:1px 9px;border:1px solid var(--line);border-radius:99px;\n"
    "font-size:.8125rem;color:var(--quiet);background:var(--card);overflow-wrap:anywhere}\n"
    ".key,kbd{display:inline-block;min-width:1.75em;padding:0 .4em;text-align:center;\n"
    "border:1px solid "
    "var(--line);border-bottom-width:2px;border-radius:5px;background:var(--card)}\n"
    ".bar{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;gap:8px;align-items:center;\n"
    "padding:10px 0;background:var(--paper)}\n"
    "button,.button{font:inherit;color:var(--ink);background:var(--card);cursor:pointer;\n"
    "border:1px solid var(--quiet);border-radius:8px;padding:8px 16px;min-height:44px}\n"
    "button:hover{background:var(--soft)}button:disabled{color:var(--quiet);cursor:default}\n"
    "button[aria-pressed=true]{background:var(--link);border-color:var(--link);color:var(--card)}\n"
    "details>summary{cursor:pointer;color:var(--link);width:fit-content;padding:4px 0}\n";

static const char tables[] =
    ".scroll{overflow-x:auto}\n"
    "table{border-collapse:collapse;width:100%;font-size:.9375rem}\n"
    "caption{text-align:start;color:var(--quiet);padding-bottom:8px}\n"
    "th,td{padding:8px 12px 8px 0;text-align:start;vertical-align:top;\n"
    "border-bottom:1px solid var(--line)}\n"
    "tbody tr:last-child>*{border-bottom:0}\n"
    "thead th{font-size:.8125rem;color:var(--quiet);font-weight:600;vertical-align:bottom}\n"
    "tbody th{font-weight:500}\n"
    "th:last-child,td:last-child{padding-right:0}\n"
    ".number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n";

static const char media[] =
    "@media (max-width:640px){main{padding:20px 16px 48px}.card{padding:14px}\n"
    "h2{margin:36px 0 12px}.sides{grid-template-columns:minmax(0,1fr)}}\n"
    "@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}\n"
    "@media print{@page{margin:14mm}:root{--paper:#fff;--soft:#fff;color-scheme:light}\n"
    "body{font-size:10.5pt}main{max-width:none;padding:0}.screen,.bar{display:none}\n"
    ".card,tr,figure{break-inside:avoid}.card{border-radius:0}h2,h3,h4{break-after:avoid}\n"
    ".record,pre{border:1px solid var(--line)}.scroll{overflow:visible}\n"
    "ins,del,.verdict{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n";

const char *const style_css[] = {colours, texts, boxes, tables, media, NULL};
