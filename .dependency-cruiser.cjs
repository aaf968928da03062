// The layers of docs/architecture.md: each folder may import those before it in this list, and itself.
const LAYERS = [
  'harness/errors',
  'harness/files',
  'harness/protocol',
  'harness/ppp',
  'harness/network',
  'harness/trace',
  'harness/reference',
  'harness/scenario',
  'harness/implementations',
  'harness/runner',
  'suites',
  'harness/interop',
  'harness/proof',
  'harness/report',
  'report-page',
  'harness/scaffold',
  'harness/cli',
  'bench',
]
// Pure rooms hold logic only: no node: module and no package that does I/O.
const PURE = ['harness/errors', 'harness/protocol', 'harness/ppp', 'harness/reference', 'harness/scenario', 'suites']
// Exceptions to "any layer above".
const FORBIDDEN = [
  // These two never need what lies between them and the wire.
  { from: 'harness/reference', to: ['harness/network', 'harness/trace'] },
  { from: 'harness/ppp', to: ['harness/network'] },
  // One fault in both would hide: the tester shares no logic with what it is proved against.
  { from: 'harness/scenario', to: ['harness/reference'] },
  // Scenarios do not know what they are played against, or by whom.
  { from: 'suites', to: ['harness/implementations', 'harness/runner'] },
]

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-dev-dependency',
      severity: 'error',
      from: { path: '^(harness|suites|bench)', pathNot: '\\.test\\.ts$|/testing/' },
      // esbuild is loaded in a checkout only, where threads cannot read TypeScript.
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: 'node_modules/(@types|esbuild)/',
      },
    },
    ...LAYERS.map((layer, at) => ({
      name: `layer-${layer.replace('/', '-')}`,
      severity: 'error',
      comment: `${layer} may import only itself and the layers above it in the list`,
      from: { path: `^${layer}(/|\\.ts)`, pathNot: '\\.test\\.ts$|/testing/' },
      to: { path: `^(${LAYERS.slice(at + 1).join('|') || 'nothing'})(/|\\.ts)` },
    })),
    ...FORBIDDEN.map(({ from, to }) => ({
      name: `layer-${from.replace('/', '-')}-not-${to.map((t) => t.replace('harness/', '')).join('-')}`,
      severity: 'error',
      from: { path: `^${from}/`, pathNot: '\\.test\\.ts$' },
      to: { path: `^(${to.join('|')})/` },
    })),
    {
      name: 'commands-render-nothing',
      severity: 'error',
      comment: 'harness/cli writes what harness/report words: it paints nothing and lays out no columns',
      from: { path: '^harness/cli/', pathNot: '\\.test\\.ts$|/testing/' },
      to: { path: '^harness/report/(columns|fill|paint)\\.ts$|(^|/)node_modules/(picocolors|log-update)/' },
    },
    {
      name: 'scenario-files-do-not-import-their-registry',
      severity: 'error',
      comment: 'The registry awaits the import of every scenario file: neither would ever be evaluated',
      from: { path: '^suites/.+/', pathNot: '\\.test\\.ts$' },
      to: { path: '^suites/(index|scenario-modules)\\.ts$' },
    },
    {
      name: 'scenario-files-import-the-kit',
      severity: 'error',
      comment: 'Scenario files import suites/kit.ts and suites/steps/ and nothing else',
      from: { path: '^suites/(?!steps/|monitors/|requirements/)[^/]+/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^suites/(kit\\.ts$|steps/)' },
    },
    {
      name: 'pure-rooms-do-no-io',
      severity: 'error',
      from: { path: `^(${PURE.join('|')})(/|\\.ts)`, pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
