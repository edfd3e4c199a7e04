FROM node:24-slim AS build
WORKDIR /wms
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build && npm prune --omit=dev

FROM node:24-slim
ENV NODE_ENV=production REST_HOST=0.0.0.0
WORKDIR /wms
COPY --from=build /wms/package.json ./
COPY --from=build /wms/node_modules ./node_modules
COPY --from=build /wms/dist ./dist
USER node
EXPOSE 8080
CMD ["node", "dist/web.js"]
