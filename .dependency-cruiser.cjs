// Data flows one way: a stage may import the stages above it, numeric/ and errors.ts; never service/ or transport/, never downward.
const stages = ['ingest', 'window', 'series', 'encode', 'cluster', 'drift', 'anomaly', 'train'];

const upward = stages.map((stage, i) => ({
  name: `${stage}-imports-only-what-is-above-it`,
  severity: 'error',
  from: { path: `^src/${stage}/` },
  to: { path: '^src/', pathNot: `^src/(${[...stages.slice(0, i + 1), 'numeric'].join('|')})/|^src/errors\\.ts$` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...upward,
    {
      name: 'numeric-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/numeric/' },
      to: { path: '^src/', pathNot: '^src/numeric/' },
    },
    {
      name: 'transport-never-imports-service',
      severity: 'error',
      from: { path: '^src/transport/' },
      to: { path: '^src/(service|pipeline|trainer)' },
    },
    {
      name: 'library-never-imports-service',
      severity: 'error',
      from: { path: '^src/(pipeline|trainer|ports|segment)\\.ts$' },
      to: { path: '^src/service/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    { name: 'no-dev-dependencies-in-src', severity: 'error', from: { path: '^src/' }, to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm-peer'] } },
  ],
  options: { tsConfig: { fileName: 'tsconfig.json' }, tsPreCompilationDeps: true, doNotFollow: { path: 'node_modules' } },
};
