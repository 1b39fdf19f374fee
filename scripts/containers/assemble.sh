#!/bin/sh
# assemble.sh FOLDER NAME: puts into FOLDER what one image runs: the compiled code of NAME (@caviar/api, @caviar/worker,
# or migrate) and of the packages it depends on, and the production dependencies of these. For the Dockerfile; changes
# the checkout that it is run in.
set -eu
out=$1
name=$2

rm -rf node_modules apps/*/node_modules packages/*/node_modules
# No optional ones: they are the peers `prisma` and `typescript` of @prisma/client, which nothing needs at run time.
install="pnpm install --offline --prod --no-optional"

if [ "$name" = migrate ]; then
  # Prisma's CLI and the engine that stands in for its own are development dependencies of the root, among many that no
  # image needs. The manifest is cut down to them; the lockfile still says the version of everything.
  node -e '
    const { readFileSync, writeFileSync } = require("node:fs");
    const { devDependencies, ...manifest } = JSON.parse(readFileSync("package.json", "utf8"));
    const needed = ["@caviar/local", "@prisma/adapter-pg", "@prisma/driver-adapter-utils", "@prisma/schema-engine-wasm", "pg", "prisma"];
    const dependencies = Object.fromEntries(needed.map((name) => [name, devDependencies[name]]));
    writeFileSync("package.json", JSON.stringify({ ...manifest, dependencies }));
  '
  name=caviar
  $install --no-frozen-lockfile --filter-prod "$name..."
  mkdir -p "$out/scripts"
  cp -R package.json prisma prisma.config.ts "$out"
  cp -R scripts/prisma.mjs scripts/schema-engine.mjs scripts/schema-engine "$out/scripts"
else
  $install --frozen-lockfile --filter-prod "$name..."
fi

mkdir -p "$out"
cp -R node_modules "$out" # pnpm's store of this install; the folders below have links into it
root=$(pwd)
pnpm --filter-prod "$name..." list --depth -1 --parseable | grep -vx "$root" | while read -r folder; do
  relative=${folder#"$root"}
  mkdir -p "$out$relative"
  for part in package.json dist data node_modules; do
    [ ! -e "$folder/$part" ] || cp -R "$folder/$part" "$out$relative"
  done
done

[ "$name" != @caviar/api ] || cp -R docs "$out" # the guide is made from it

# Types, source maps, sources, and Prisma's query compilers but the one that the client imports: nothing reads them at run time.
cd "$out"
find . -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name .tsbuildinfo \) \
  ! -path ./prisma.config.ts -delete
set -- -type f -path '*/@prisma/client/runtime/query_compiler_*'
if [ "$name" != caviar ]; then
  imported=$(grep -ohE 'query_compiler_[^"]*\.mjs' packages/db/dist/generated/internal/class.js)
  for file in $imported; do
    [ -n "$(find node_modules/.pnpm "$@" -name "$file")" ] || { echo "assemble: there is no $file" >&2; exit 1; }
  done
  for file in $imported; do set -- "$@" ! -name "$file"; done
fi
find node_modules/.pnpm "$@" -delete

[ "$name" != caviar ] || node scripts/prisma.mjs validate # Prisma's CLI has all that it loads
