// Who may import whom (docs/architecture.md). Tests and test support may look further than what ships.
const TEST = '(\\.test\\.tsx?$|\\.contract\\.ts$|/testing(/|\\.ts$)|/testing-)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^(next|\\.)' } },
    {
      name: 'protocol-imports-zod-only',
      severity: 'error',
      from: { path: '^packages/protocol/src', pathNot: TEST },
      to: { pathNot: ['^packages/protocol/src', 'node_modules/zod/'] },
    },
    {
      name: 'ui-knows-nothing-of-parley',
      severity: 'error',
      from: { path: '^packages/ui/src', pathNot: TEST },
      to: { path: '^(apps|prisma|packages/(protocol|rtc-core))' },
    },
    {
      name: 'rtc-core-is-the-browser-only',
      comment: 'No React, no Next, no Node.',
      severity: 'error',
      from: { path: '^packages/rtc-core/src', pathNot: TEST },
      to: { path: ['^apps', '^prisma', '^packages/ui', 'node_modules/(react|next)/'], pathNot: '^$' },
    },
    {
      name: 'rtc-core-uses-no-node',
      severity: 'error',
      from: { path: '^packages/rtc-core/src', pathNot: TEST },
      to: { dependencyTypes: ['core'] },
    },
    ...[
      ['media', 'signal|recording'],
      ['signal', 'media|recording'],
      ['recording', 'media|signal'],
    ].map(([from, to]) => ({
      name: `rtc-core-${from}-stands-alone`,
      severity: 'error',
      from: { path: `^packages/rtc-core/src/${from}/`, pathNot: TEST },
      to: { path: `^packages/rtc-core/src/(${to})/` },
    })),
    {
      name: 'mesh-is-private',
      comment: 'Only the one switch opens a transport.',
      severity: 'error',
      from: {
        path: '^packages/rtc-core/src',
        pathNot: ['^packages/rtc-core/src/media/(mesh/|open-transport\\.ts)', TEST],
      },
      to: { path: '^packages/rtc-core/src/media/mesh/' },
    },
    {
      name: 'socket-io-client-in-one-file',
      severity: 'error',
      from: { path: '^(packages|apps)', pathNot: ['^packages/rtc-core/src/signal/socket-io-channel\\.ts$', TEST] },
      to: { path: 'node_modules/socket\\.io-client/' },
    },
    {
      name: 'tus-js-client-in-one-file',
      severity: 'error',
      from: { path: '^(packages|apps)', pathNot: ['^packages/rtc-core/src/recording/uploader\\.ts$', TEST] },
      to: { path: 'node_modules/tus-js-client/' },
    },
    {
      name: 'prisma-client-on-the-server-only',
      severity: 'error',
      from: { path: '^(packages|apps)', pathNot: ['^apps/web/src/(server/|instrumentation)', TEST] },
      to: { path: ['node_modules/@prisma/', '^prisma/'] },
    },
    {
      name: 'signal-has-no-database-and-no-account',
      severity: 'error',
      from: { path: '^apps/signal' },
      to: {
        path: ['^prisma', '^apps/web', '^packages/(rtc-core|ui)', 'node_modules/(next|next-auth|@prisma)/'],
        pathNot: '^$',
      },
    },
    {
      name: 'e2e-speaks-http-and-clicks',
      severity: 'error',
      from: { path: '^e2e/' },
      to: { path: '^(apps|packages|prisma)/' },
    },
    {
      name: 'bench-may-use-the-protocol',
      severity: 'error',
      from: { path: '^bench/' },
      to: { path: '^(apps|prisma|packages/(rtc-core|ui))' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(\\.next|/dist/|prisma/generated|next-env\\.d\\.ts)' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
