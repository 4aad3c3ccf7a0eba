// Makes the package that holds the built addon for this platform, in kernel/packages, and prints its name and version.
// A release builds one on every platform, publishes them, and only then adds them to its optionalDependencies: npm ci
// fails on those that are not there.
//
//   npm run build && node kernel/pack-addon.mjs
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { platformPackage } from '../dist/encode/vrae/engines/native/native-addon.js';
import { KERNEL } from './toolchain.mjs';

const { version, license, engines } = JSON.parse(readFileSync(join(KERNEL, '../package.json'), 'utf8'));
const name = platformPackage();
const folder = join(KERNEL, 'packages', name.split('/')[1]);
const libc = { gnu: ['glibc'], musl: ['musl'] }[name.split('-').at(-1)];

mkdirSync(folder, { recursive: true });
copyFileSync(join(KERNEL, 'segtide-kernel.node'), join(folder, 'segtide-kernel.node'));
copyFileSync(join(KERNEL, '../LICENSE'), join(folder, 'LICENSE'));
const manifest = {
  name,
  version,
  description: `The native engine of segtide for ${process.platform} on ${process.arch}`,
  license,
  os: [process.platform],
  cpu: [process.arch],
  ...(libc === undefined ? {} : { libc }),
  engines,
  main: 'segtide-kernel.node',
  files: ['segtide-kernel.node'],
};
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
writeFileSync(join(folder, 'README.md'), `# ${name}\n\n${manifest.description}. It has no code of its own to call.\n`);
console.log(`${name}@${version}`);
