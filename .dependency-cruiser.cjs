// Data flows one way: a stage may import the stages above it, numeric/, errors.ts and
// nearest-word.ts, for errors in words; never service/ or transport/,
// never downward.
const stages = ['ingest', 'window', 'series', 'encode', 'cluster', 'drift', 'anomaly', 'train'];

const upward = stages.map((stage, i) => mayImport(stage, [...stages.slice(0, i + 1), 'plugin', 'numeric']));

/** What lies beside the stages, with the folders that each may import; `ports`, `errors` and `nearest-word` are open to all of it. */
const beside = [
  mayImport('plugin', ['plugin', 'numeric']),
  mayImport('contract', ['contract', 'plugin', 'numeric']),
  mayImport('publish', [...stages, 'publish', 'numeric']),
  mayImport('worker', [...stages, 'publish', 'worker', 'numeric']),
  mayImport('trainer', [...stages, 'publish', 'trainer', 'numeric']),
  mayImport('metrics', [...stages, 'publish', 'worker', 'trainer', 'metrics', 'numeric'], '|trainer|segmentation'),
  mayImport('simulate', ['simulate', 'numeric']),
  mayImport('transport', ['transport', 'ingest', 'window', 'publish', 'numeric']),
];

/** @param files beside `errors`, `ports` and `nearest-word`, each after a `|` */
function mayImport(folder, folders, files = '') {
  return {
    name: `${folder}-imports-only-what-is-above-it`,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: { path: '^src/', pathNot: `^src/(${folders.join('|')})/|^src/(errors|ports|nearest-word${files})\\.ts$` },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...upward,
    ...beside,
    {
      name: 'numeric-imports-nothing-of-ours',
      comment: 'but the error class, which imports nothing itself',
      severity: 'error',
      from: { path: '^src/numeric/' },
      to: { path: '^src/', pathNot: '^src/numeric/|^src/errors\\.ts$' },
    },
    {
      name: 'library-never-imports-service',
      comment: 'what stands beside the folders is the library; the command is built on it',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$' },
      to: { path: '^src/service/' },
    },
    {
      name: 'pipeline-and-trainer-know-no-transport',
      comment: 'they are handed sources and sinks; segmentation.ts joins them over the memory transport',
      severity: 'error',
      from: {
        path: '^src/(pipeline|trainer|ports|errors|stage-options|stage-keys|stage-settings|option-check|nearest-word)\\.ts$',
      },
      to: { path: '^src/transport/' },
    },
    {
      name: 'index-is-for-others',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/(contract/)?index\\.ts$' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-dev-dependencies-in-src',
      comment: 'page and charts are bundled with what they need',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(page|charts)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm-peer'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
