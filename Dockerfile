# Two stages: compilers and development packages stay behind. The same image runs both programs of the Procfile.
FROM node:24-slim AS build
WORKDIR /wms
COPY package.json package-lock.json .npmrc ./
COPY client/package.json ./client/
RUN npm ci
COPY tsconfig.json vite.config.ts ./
COPY scripts ./scripts
COPY src ./src
COPY client ./client
COPY page ./page
# The client and its packages serve people elsewhere.
RUN npm run build && npm prune --omit=dev --workspaces=false

FROM node:24-slim
ENV NODE_ENV=production REST_HOST=0.0.0.0 REST_PORT=8080
WORKDIR /wms
COPY --from=build /wms/package.json ./
COPY --from=build /wms/node_modules ./node_modules
COPY --from=build /wms/dist ./dist
# The image's user `node`, by number: Kubernetes' runAsNonRoot can't look names up.
USER 1000:1000
EXPOSE 8080
# Alive, not ready: while Redis is away a restart would mend nothing. A worker listens on no port: it overrides this.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.REST_PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# In the exec form node is told to stop by SIGTERM itself; Docker's --init reaps and forwards.
CMD ["node", "--enable-source-maps", "dist/web.js"]
