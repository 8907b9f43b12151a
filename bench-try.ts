import { runScenario } from './lab/run-scenario.ts';
const t=performance.now();
const n = Number(process.argv[2] ?? 50);
const r = await runScenario({scenario: 'office-50', set: {'office.employees': n}, ...(process.argv[3] ? {duration: process.argv[3]}: {})});
console.log(n, r.verdict, r.collected.records, r.collected.octets, (performance.now()-t).toFixed(0), 'ms', (process.resourceUsage().maxRSS/1e3).toFixed(0),'MB', r.checks.filter(c=>!c.passed).map(c=>c.name+c.value));
