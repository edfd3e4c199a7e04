# Two stages, so that the image holds no compilers and development packages. It runs both programs of the Procfile.
FROM node:24-slim AS build
WORKDIR /wms
COPY package.json package-lock.json .npmrc ./
COPY client/package.json ./client/
RUN npm ci
COPY tsconfig.json vite.config.ts ./
COPY scripts ./scripts
COPY examples ./examples
COPY src ./src
COPY client ./client
COPY page ./page
# The service does not need the client and its packages.
RUN npm run build && npm prune --omit=dev --workspaces=false

FROM node:24-slim
# docker build --build-arg VERSION="$(node -p 'require("./package.json").version')" .
ARG VERSION=unknown
LABEL org.opencontainers.image.title="ewms-wms" \
  org.opencontainers.image.description="Workflow management service of EWMS: workflows, task directives and taskforces over HTTP, kept in Redis" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${VERSION}"
ENV NODE_ENV=production REST_HOST=0.0.0.0 REST_PORT=8080
WORKDIR /wms
COPY --from=build /wms/package.json ./
COPY --from=build /wms/node_modules ./node_modules
COPY --from=build /wms/dist ./dist
# A volume at this place gets its owner: ARCHIVE_DIR.
RUN install --directory --owner=1000 --group=1000 --mode=700 /var/lib/wms-archive
# The image's user `node`, by number: Kubernetes' runAsNonRoot cannot resolve names.
USER 1000:1000
EXPOSE 8080
# /healthz, not /readyz: a restart does not help while Redis is unreachable. Compose overrides this for a worker,
# which does not listen on REST_PORT.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", \
  "fetch(`http://127.0.0.1:${process.env.REST_PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1))"]
# The exec form makes node receive SIGTERM. Docker's --init reaps zombies and forwards signals. The options of Node, for
# every program: docs/operations/deploy.md#memory-of-a-process
ENTRYPOINT ["docker-entrypoint.sh", "node", "--enable-source-maps", "--expose-gc", "--max-semi-space-size=32", "--heap-growing-percent=40"]
CMD ["dist/web.js"]
