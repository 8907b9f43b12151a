import { Markup } from './markup.ts';

/** By the reader's own choice of light or dark; on paper it is light. Text has a contrast of 4.5 to 1 at least, drawings of 3 (WCAG 2.2). */
export const STYLE = new Markup(`
:root { color-scheme: light; --ink: #1c1f24; --paper: #ffffff; --faint: #56606b; --line: #d5dae1; --raised: #f4f6f8; --good: #1c6b3c; --bad: #a3340b; --link: #0b5c9e;
  --s0: #c2410c; --s1: #1d6fb8; --s2: #2f855a; --s3: #7c3aed; --s4: #92720a; --s5: #be185d; --s6: #0e7490; --s7: #6b7280; }
@media screen and (prefers-color-scheme: dark) {
  :root { color-scheme: dark; --ink: #e6e9ee; --paper: #14171b; --faint: #a3adba; --line: #343b45; --raised: #1c2127; --good: #74c990; --bad: #f7a072; --link: #7cc0ff;
    --s0: #f28b54; --s1: #63a9e8; --s2: #62c08f; --s3: #b294f5; --s4: #d9b441; --s5: #f472b6; --s6: #4cc3d9; --s7: #8e99a6; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
main { max-width: 66rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; } h2 { font-size: 1.3rem; margin: 3rem 0 .5rem; padding-top: .6rem; border-top: 2px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .3rem; } h4 { font-size: .85rem; margin: .4rem 0 .1rem; color: var(--faint); }
p { max-width: 46rem; margin: .5rem 0; } ul, ol { padding-left: 1.2rem; max-width: 48rem; } .lead { font-size: 1.08rem; }
a { color: var(--link); } code { background: var(--raised); padding: .1rem .35rem; overflow-wrap: anywhere; }
.good { color: var(--good); } .bad { color: var(--bad); } .none { color: var(--faint); } .some { font-weight: 600; }
.verdict { font-size: 1.1rem; } small { display: block; color: var(--faint); font-weight: 400; }
dl { margin: .8rem 0; } dt { color: var(--faint); font-size: .88rem; } dd { margin: 0; }
.facts { display: flex; flex-wrap: wrap; gap: .4rem 2.2rem; } .glossary { columns: 2 22rem; column-gap: 2.5rem; }
.glossary div { break-inside: avoid; margin-bottom: .7rem; } .glossary dt { color: var(--ink); font-weight: 600; font-size: 1rem; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; max-width: none; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .4rem 0; }
th, td { padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th { font-weight: 500; } thead th { color: var(--faint); } th[scope=row], .text { text-align: left; } td:not(.text) { white-space: nowrap; } * + .text { padding-left: .8rem; } .text { min-width: 7.5rem; }
.wide { overflow-x: auto; margin: 1rem 0; } figure .wide { margin: 0; }
.bar { width: 7.5rem; height: .7rem; vertical-align: middle; } .down { fill: var(--s1); } .up { fill: var(--s0); }
details { margin: .6rem 0; } summary { cursor: pointer; color: var(--link); }
figure { margin: 1rem 0; } figcaption { font-weight: 600; font-size: .95rem; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .1rem 1rem; padding: 0; margin: .2rem 0; font-weight: 400; font-size: .85rem; max-width: none; }
.legend i { display: inline-block; width: .75em; height: .75em; margin-right: .4em; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
figure svg { width: 100%; max-width: 62rem; height: auto; font-size: 11px; } svg text { fill: var(--ink); } .grid { stroke: var(--line); fill: none; }
.area { stroke: var(--paper); stroke-width: .5; } .line, .bounds { stroke-width: 1.6; } .bounds { stroke-width: .7; opacity: .75; }
.s0 { fill: var(--s0); background: var(--s0); } .s1 { fill: var(--s1); background: var(--s1); } .s2 { fill: var(--s2); background: var(--s2); } .s3 { fill: var(--s3); background: var(--s3); }
.s4 { fill: var(--s4); background: var(--s4); } .s5 { fill: var(--s5); background: var(--s5); } .s6 { fill: var(--s6); background: var(--s6); } .s7 { fill: var(--s7); background: var(--s7); }
.line, .bounds { fill: none; } .line.s0, .bounds.s0 { stroke: var(--s0); } .line.s1, .bounds.s1 { stroke: var(--s1); } .line.s2, .bounds.s2 { stroke: var(--s2); }
.alert { border: 1px solid var(--line); border-left: 4px solid var(--s0); padding: .2rem 1rem .6rem; margin: 1rem 0; } .alert h3 { margin-top: .5rem; }
@media screen and (max-width: 40rem) { figure svg, .wide table { min-width: 36rem; } }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 0 1.5rem; font-size: .92rem; } .columns ul { margin: .2rem 0; }
.questions li { margin-bottom: .8rem; } .questions p { margin: .2rem 0; }
@page { size: A4; margin: 16mm 14mm; }
@media print {
  body { font-size: 10pt; } main { max-width: none; padding: 0; } nav { display: none; } .wide { overflow: visible; } table { font-size: 8.5pt; }
  details:not([open]) { display: none; } .questions details:not([open]) { display: block; visibility: hidden; height: 14mm; }
  h2, h3, h4, caption, figcaption { break-after: avoid; } figure, tr, .alert, .questions li { break-inside: avoid; } a { color: inherit; }
}
`);
