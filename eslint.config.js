import tseslint from 'typescript-eslint';

/** Where nothing may come from but arguments: no clock, no chance, no I/O (docs/architecture.md, law 1). */
const PURE = [
  'core/**/*.ts',
  'exporter/{office,nat,metering,exporting,classification}/**/*.ts',
  'exporter/{router,branch-office,captured-traffic,router-path,seen-path,single-packet}.ts',
  'collector/{collecting,reading,query,detect,clock-audit,counting,api}/**/*.ts',
  'ntp-server/{*,faults/*}.ts',
  'lab/verify/**/*.ts',
];

/** Of these, where nothing waits: the others ask a store, which answers later. */
const SYNCHRONOUS = PURE.filter((path) => !/^(lab|collector)/.test(path)).concat(
  'collector/{collecting,reading,detect,counting}/**/*.ts',
);

const global = (name, instead) => ({ name, message: `A pure folder has no ${name}: ${instead}.` });
const property = (object, name, instead) => ({
  object,
  property: name,
  message: `A pure folder has no ${object}.${name}: ${instead}.`,
});
const NO_PRESENT = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: 'A pure folder has no present: time is an argument.',
};

export default tseslint.config(
  { ignores: ['**/*.generated.ts', '**/*.d.ts', 'coverage/**', 'collector/dashboard/dist/**'] },
  { files: ['**/*.{ts,tsx}'], extends: [tseslint.configs.strict, tseslint.configs.stylistic] },
  {
    files: ['**/*.{ts,tsx}'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ['error', { max: 20, variant: 'modified' }],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-new-func': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  {
    // The rules that need types and are worth the time it takes: a promise nobody waits for hides its error.
    files: ['**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', 'no-console': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['**/main.ts', '**/io/**/*.ts', 'lab/commands/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: PURE,
    ignores: ['ntp-server/main.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        global('process', 'pass what is needed'),
        global('Buffer', 'use Uint8Array and DataView'),
        global('setTimeout', 'answer nextTimeout() instead'),
        global('setInterval', 'answer nextTimeout() instead'),
        global('setImmediate', 'answer nextTimeout() instead'),
        global('queueMicrotask', 'answer poll() instead'),
        global('performance', 'time is an argument'),
        global('fetch', 'bytes are arguments'),
        global('crypto', 'take a Random'),
        global('globalThis', 'nothing is taken from outside'),
      ],
      'no-restricted-properties': [
        'error',
        property('Math', 'random', 'take a Random'),
        property('Date', 'now', 'time is an argument'),
      ],
      'no-restricted-syntax': ['error', NO_PRESENT],
    },
  },
  {
    files: SYNCHRONOUS,
    ignores: ['ntp-server/main.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: ":function[async=true], AwaitExpression, Identifier[name='Promise']",
          message: 'A machine does not wait: answer nextTimeout() and poll() instead.',
        },
        NO_PRESENT,
      ],
    },
  },
);
