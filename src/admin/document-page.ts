import { PAGE_SCRIPT } from "./document-page-script.ts";

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#c9ced6, #434a55); --edge: light-dark(#79838f, #79838f); --muted: light-dark(#566170, #a6b0bc); --soft: light-dark(#f3f5f8, #1d2127); --accent: light-dark(#0b57a4, #8cbcf5); --bad: light-dark(#a01818, #ff9d9d); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; background: light-dark(#fff, #14171b); color: light-dark(#1b1f24, #e4e8ed); }
a, h2 { color: var(--accent); }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
h3 { font-size: .95rem; margin: 1rem 0 .25rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; } .skip:focus { position: static; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; padding: 0 .8rem; }
details[open] { padding-bottom: .8rem; }
summary { cursor: pointer; padding: .5rem 0; overflow-wrap: anywhere; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 600; }
.about { color: var(--muted); margin-left: .5rem; }
code, pre, textarea, input { font: .875rem/1.45 ui-monospace, monospace; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: .3rem; padding: .6rem; overflow: auto; max-height: 24rem; margin: .25rem 0; }
label { display: block; margin: .5rem 0 .15rem; font-size: .9rem; }
input, textarea { width: 100%; padding: .4rem; border: 1px solid var(--edge); border-radius: .3rem; background: var(--soft); color: inherit; }
textarea { min-height: 7rem; }
button { font: inherit; padding: .35rem .9rem; margin: .6rem 0; border: 1px solid var(--accent); border-radius: .3rem; background: none; color: var(--accent); cursor: pointer; }
.bad { color: var(--bad); }
li { overflow-wrap: anywhere; }
@media (max-width: 40rem) { body { padding: 1rem; } ul { padding-left: 1.2rem; } .about { display: block; margin: .1rem 0 0; } }
`;

/** The page that shows the OpenAPI document and tries its operations. One file, nothing from elsewhere. */
export function documentPage(nonce: string): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Edge Cascade admin API</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<a class="skip" href="#operations">To the operations</a>
<header>
<h1>Edge Cascade admin API</h1>
<p>Made from the schemas that check requests; also as <a href="openapi.json">OpenAPI 3.1</a>.</p>
<label for="key">Key to try operations with. It stays in this page's memory and is gone when you leave.</label>
<input id="key" type="password" autocomplete="off" spellcheck="false">
<label for="filter">Show operations that contain</label>
<input id="filter" type="search" autocomplete="off" spellcheck="false">
</header>
<main id="operations" tabindex="-1" aria-busy="true"><p role="status">Loading…</p></main>
<noscript><p>This page needs JavaScript; openapi.json does not.</p></noscript>
<script nonce="${nonce}">${PAGE_SCRIPT}</script>
</body>
</html>
`;
}
