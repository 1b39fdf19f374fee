#!/usr/bin/env node
// Behind every `npm run` verb: brings this checkout to where the verb can work (dependencies, Prisma's client, compiled
// code), then does it. Depends on nothing. This first file keeps to a grammar that Node 14 can read, so that an old Node
// is told what it lacks instead of failing on a comma.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `caviar: Node 20.19 or newer is needed, and this is ${process.versions.node}. Try: https://nodejs.org\n`,
  );
  process.exit(1);
}

import('./caviar/main.mjs').then(({ main }) => main(process.argv.slice(2)));
