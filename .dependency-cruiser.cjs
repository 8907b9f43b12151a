/** The import rules of docs/architecture.md. `flowlab` is the library's own name for lab/api.ts. */
const PROGRAMS = 'exporter|collector|ntp-server';
const EDGE = '(^|/)(io/|main\\.ts$)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    {
      name: 'core-imports-only-core',
      severity: 'error',
      from: { path: '^core/' },
      to: { pathNot: '^core/|(^|/)node_modules/(pure-rand|d3-random|@types/d3-random)/' },
    },
    {
      name: 'pure-has-no-node',
      comment: 'Law 1: no Node built-ins but at the edge.',
      severity: 'error',
      from: { path: `^(core|lab/verify)/|^(${PROGRAMS})/`, pathNot: `${EDGE}|^collector/(store|dashboard)/` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'programs-are-strangers',
      severity: 'error',
      from: { path: `^(${PROGRAMS})/` },
      to: { path: `^(${PROGRAMS}|lab)/`, pathNot: '^$1/' },
    },
    {
      name: 'runtime-only-at-the-edge',
      severity: 'error',
      from: { path: `^(${PROGRAMS})/`, pathNot: EDGE },
      to: { path: '^runtime/' },
    },
    { name: 'runtime-knows-no-program', severity: 'error', from: { path: '^runtime/' }, to: { path: `^(${PROGRAMS}|lab)/` } },
    {
      name: 'dgram-socket-pool-stands-alone',
      severity: 'error',
      from: { path: '^runtime/dgram-socket-pool/' },
      to: { pathNot: '^runtime/dgram-socket-pool/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'router-composes',
      comment: 'NAT, metering, exporting and classification meet only in router.ts, flow-monitor.ts and config.ts.',
      severity: 'error',
      from: { path: '^exporter/(office|nat|metering|exporting|classification)/' },
      to: { path: '^exporter/', pathNot: '^exporter/$1/' },
    },
    {
      name: 'only-the-router-composes',
      comment: 'Law 10: nobody beside the router and the probe knows their parts.',
      severity: 'error',
      from: {
        path: '^exporter/',
        pathNot: '^exporter/((router|probe|flow-monitor|config)\\.ts$|(nat|metering|exporting|load)/)',
      },
      to: { path: '^exporter/(nat|metering|exporting)/' },
    },
    {
      name: 'judge-shares-no-code',
      comment: 'Law 6, types and roundabout ways too.',
      severity: 'error',
      from: { path: '^lab/verify/' },
      to: { path: `^(${PROGRAMS})/`, reachable: true },
    },
    {
      name: 'page-knows-only-shapes',
      comment: 'What a browser loads comes from a server of any version: of the rest the page has the types of views alone.',
      severity: 'error',
      from: { path: '^collector/dashboard/' },
      to: { path: '^[^/]+/', pathNot: '^collector/(dashboard|api/view)/|(^|/)node_modules/' },
    },
    {
      name: 'page-shapes-are-types',
      severity: 'error',
      from: { path: '^collector/dashboard/' },
      to: { path: '^collector/api/view/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nobody-imports-the-page',
      severity: 'error',
      from: { pathNot: '^(collector/dashboard|test)/' },
      to: { path: '^collector/dashboard/' },
    },
    { name: 'nobody-imports-test', severity: 'error', from: { pathNot: '^test/' }, to: { path: '^test/' } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: '\\.(d|config|generated)\\.[cm]?[jt]s$|^\\.|^bin/|^[^/]*\\.config\\.' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^core/ipfix/registry/generate\\.mjs$|^collector/dashboard/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
