/** Colours that the colour-blind can tell apart, each at least 4.5 : 1 against its paper; marks and dashes tell as much. */
const LIGHT = `--paper:#fff;--soft:#f4f6f9;--ink:#1a1f26;--muted:#566170;--grid:#e4e8ee;--axis:#8a94a1;--rule:#d5dae2;--main:#0a5ca8;--band:#0a5ca826;--pass:#0a5ca814;--target:#b23c00;--other:#00735a;--plain:#5b6675;--yes:#00694f;--no:#a82a12;`;
const DARK = `--paper:#13161b;--soft:#1c2128;--ink:#e7ebf0;--muted:#a6b0bc;--grid:#2a3039;--axis:#6f7a87;--rule:#39414c;--main:#6cb4ff;--band:#6cb4ff33;--pass:#6cb4ff1c;--target:#ffa36b;--other:#4fd1ab;--plain:#a6b0bc;--yes:#4fd1ab;--no:#ff9a86;`;

/** The report's style: phone to wide screen, light and dark, and paper. */
export const REPORT_STYLE = `
:root{color-scheme:light dark;${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.page{max-width:52rem;margin:0 auto;padding:3rem 1.25rem 4rem}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .25rem;overflow-wrap:anywhere;font-weight:650;letter-spacing:-.01em}
h2{font-size:1.25rem;margin:0 0 .75rem;line-height:1.3}
h3{font-size:1.1rem;margin:0 0 .35rem;line-height:1.3;overflow-wrap:anywhere}
p{margin:0 0 .9rem;max-width:44rem}
.over{color:var(--muted);margin:0 0 2rem}
section{margin:0 0 3.25rem}
section.figure{margin:2.5rem 0 3.25rem}
code,.digest{font:.9em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.verdict{border-left:4px solid;border-radius:0 .5rem .5rem 0;background:var(--soft);padding:1.25rem 1.5rem}
.verdict.yes{border-color:var(--yes)}.verdict.no{border-color:var(--no)}
.verdict.yes h2{color:var(--yes)}.verdict.no h2{color:var(--no)}
.claim{font-size:1.1rem;overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(5,1fr);gap:1.1rem 1.25rem;margin:1.4rem 0 .25rem}
.tiles.columns-4{grid-template-columns:repeat(4,1fr)}.tiles.columns-3{grid-template-columns:repeat(3,1fr)}
.tiles>div{display:block;border:0;padding:0}
.tiles dt{font-size:.85rem;color:var(--muted);overflow-wrap:anywhere}
.tiles dd{margin:0}
.tiles strong{display:block;font-size:1.55rem;font-weight:600;line-height:1.25;font-variant-numeric:tabular-nums}
.tiles span{display:block;font-size:.85rem;line-height:1.4;color:var(--muted);overflow-wrap:anywhere}
.promises{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:1.5rem 2.5rem}
.promises ul{margin:0;padding-left:1.1rem}.promises li{margin:0 0 .5rem;overflow-wrap:anywhere}
.lead{overflow-wrap:anywhere}
figure{margin:1.25rem 0 .75rem}
svg{display:block;width:100%;height:auto;overflow:visible}
svg.narrow{display:none}
figcaption{margin-top:.9rem;font-size:.9rem;line-height:1.5;color:var(--muted);max-width:44rem}
details{border-top:1px solid var(--rule)}
summary{cursor:pointer;padding:.6rem 0;font-size:.9rem;color:var(--main)}
:focus-visible{outline:3px solid var(--main);outline-offset:2px;border-radius:2px}
.scroll{overflow-x:auto;margin:.25rem 0 1rem}
table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.4;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--muted);padding:0 0 .5rem}
th,td{text-align:right;padding:.4rem .5rem;border-bottom:1px solid var(--grid);font-weight:400;vertical-align:top}
thead th{color:var(--muted);font-weight:600;border-color:var(--rule);vertical-align:bottom}
th.text,td.text{text-align:left;overflow-wrap:anywhere;min-width:7rem}
th:first-child,td:first-child{padding-left:0}th:last-child,td:last-child{padding-right:0}
dl{margin:0}
dl>div{display:grid;grid-template-columns:minmax(9rem,13rem) 1fr;gap:.25rem 1rem;padding:.4rem 0;border-bottom:1px solid var(--grid)}
dt{color:var(--muted)}
dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
footer{color:var(--muted);font-size:.9rem;border-top:1px solid var(--rule);padding-top:1rem}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:currentColor;color:var(--ink)}
svg .tick,svg .axis-name{color:var(--muted);font-variant-numeric:tabular-nums}
svg .axis-name{font-weight:600}
svg .label{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
svg .label.main{color:var(--main);font-weight:600}
svg .label.target,svg .label.failed{color:var(--target)}
svg .label.oracle{color:var(--other)}
svg .label.random,svg .label.gate{color:var(--plain)}
.grid{stroke:var(--grid)}.axis{stroke:var(--axis)}
.leader{stroke:var(--axis);stroke-width:1}
.curve{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.curve.main{stroke:var(--main);stroke-width:2.5}.curve.main.thin{stroke-width:1.25}
.curve.bound{stroke:var(--main);stroke-width:1}
.curve.hull{stroke:var(--plain);stroke-dasharray:6 5;stroke-width:1.5}
.curve.random{stroke:var(--plain);stroke-dasharray:6 5;stroke-width:1.5}
.curve.oracle{stroke:var(--other);stroke-dasharray:1 5;stroke-width:2.5}
.curve.gate{stroke:var(--plain);stroke-dasharray:9 4 1 4}
.curve.target{stroke:var(--target);stroke-dasharray:7 4}
.curve.rate{stroke:var(--main)}
.band{fill:var(--band)}.passed{fill:var(--pass)}.bar{fill:var(--main);fill-opacity:.35}
.whisker{stroke:var(--main);stroke-width:2}
.chosen{fill:var(--main);stroke:var(--paper);stroke-width:2}
.dot{fill:var(--paper);stroke:var(--main);stroke-width:1.5}
.baseline{fill:var(--paper);stroke:var(--ink);stroke-width:1.75}
.failed{fill:none;stroke:var(--target);stroke-width:2.5}
svg text.failed{fill:currentColor;stroke:var(--paper);stroke-width:4px}
@media (max-width:36rem){
.page{padding:1.75rem 1rem 3rem}
svg.wide{display:none}svg.narrow{display:block}
.verdict{padding:1rem 1.1rem}
dl>div{grid-template-columns:1fr;gap:0}
.verdict .tiles{grid-template-columns:1fr 1fr;gap:1rem}
}
@media print{
@page{margin:16mm}
:root{color-scheme:light}
html{font-size:10pt}
.page{max-width:none;padding:0}
svg.wide{display:block}svg.narrow{display:none}
section.figure figure,.verdict,tr{break-inside:avoid}
h2,h3,.lead{break-after:avoid}
details::details-content{content-visibility:visible;display:block;height:auto}
summary{display:none}
.scroll{overflow:visible}
.band,.passed,.bar,.verdict{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}
`;

/** Opens tables before printing in browsers whose style cannot. Nothing else needs a script. */
export const REPORT_SCRIPT = `
"use strict";
let opened = [];
addEventListener("beforeprint", () => {
	opened = [...document.querySelectorAll("details:not([open])")];
	for (const each of opened) each.open = true;
});
addEventListener("afterprint", () => {
	for (const each of opened) each.open = false;
});
`;
