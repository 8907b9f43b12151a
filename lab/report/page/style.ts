import { Markup } from './markup.ts';

/** By the reader's own choice of light or dark. */
export const STYLE = new Markup(`
:root { --ink: #1c1f24; --paper: #ffffff; --faint: #5b6470; --line: #d5dae1; --s0: #c2410c; --s1: #1d6fb8; --s2: #2f855a; --s3: #7c3aed; --s4: #92720a; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ee; --paper: #14171b; --faint: #9aa4b1; --line: #343b45; --s0: #f28b54; --s1: #63a9e8; --s2: #62c08f; --s3: #b294f5; --s4: #d9b441; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; margin: 1rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .4rem 0; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th[scope=row], th:first-child, .meaning { text-align: left; }
th[scope=row] { font-weight: 500; } small { display: block; color: var(--faint); font-weight: 400; }
.meaning { color: var(--faint); max-width: 26rem; } .none { color: var(--faint); } .some { font-weight: 600; }
.wide { overflow-x: auto; }
figure { margin: 1rem 0; } figcaption { font-weight: 600; } .legend { font-weight: 400; margin-left: 1rem; }
.legend i { display: inline-block; width: .8em; height: .8em; margin: 0 .35em 0 .8em; }
svg { width: 100%; max-width: 60rem; height: auto; font-size: 11px; } svg text { fill: var(--ink); }
.s0 { fill: var(--s0); background: var(--s0); } .s1 { fill: var(--s1); background: var(--s1); } .s2 { fill: var(--s2); background: var(--s2); }
.s3 { fill: var(--s3); background: var(--s3); } .s4 { fill: var(--s4); background: var(--s4); }
@media print { body { font-size: 11px; } }
`);
