# Three images from one file: api, worker, migrate.   docker build --target api -t caviar-api .
# docs/operations.md says how to run them, docs/adr/0016 why they are built like this.
ARG NODE_IMAGE=node:24-bookworm-slim

# ---------------------------------------------------------------------------------------------------- build
FROM ${NODE_IMAGE} AS build
# For builds behind a proxy with its own certificate (a path in NODE_IMAGE) or with a mirror of the registry.
ARG NODE_EXTRA_CA_CERTS
ARG npm_config_registry
ENV CI=true
WORKDIR /app
RUN npm install --global pnpm@12.21.0
# Every package of the lockfile into pnpm's store: this layer stays until the lockfile changes.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml .npmrc ./
RUN pnpm fetch
COPY . .
RUN pnpm install --offline --frozen-lockfile \
  && node scripts/prisma.mjs generate \
  && node node_modules/typescript/bin/tsc -b apps/api apps/worker packages/local \
  && node apps/web/node_modules/vite/bin/vite.js build apps/web

# What one image needs and no more, in /out. Offline: nothing can come in that the lockfile does not name.
FROM build AS api-files
RUN sh scripts/containers/assemble.sh /out @caviar/api
FROM build AS worker-files
RUN sh scripts/containers/assemble.sh /out @caviar/worker
FROM build AS migrate-files
RUN sh scripts/containers/assemble.sh /out migrate

# ---------------------------------------------------------------------------------------------------- run
FROM ${NODE_IMAGE} AS runtime
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
  /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn*
ENV NODE_ENV=production
# A volume that is mounted here is its user's.
RUN mkdir /data && chown 1000:1000 /data
WORKDIR /app
USER 1000:1000

FROM runtime AS migrate
COPY --from=migrate-files /out .
ENV CAVIAR_HOME=/tmp/caviar
CMD ["node", "--input-type=module", "-e", "import { migrateVerb } from '@caviar/local'; process.exit(await migrateVerb([]));"]

FROM runtime AS worker
COPY --from=worker-files /out .
# As packages/local/services.ts has it: one heap of glibc for all threads, and large pieces of it given back.
ENV CAVIAR_ALIVE_FILE=/tmp/caviar-worker-alive MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=262144
# The worker's event loop touches the file every five seconds; training runs in threads and cannot hold it up.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "process.exit(Date.now() - fs.statSync(process.env.CAVIAR_ALIVE_FILE).mtimeMs < 20000 ? 0 : 1)"]
CMD ["node", "--max-semi-space-size=2", "--initial-old-space-size=32", "--heap-growing-percent=20", "apps/worker/dist/main.js"]

FROM runtime AS api
COPY --from=api-files /out .
ENV HOST=0.0.0.0 PORT=3000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/api/dist/server.js"]
