# The first stages collect the dependencies. Only the simulated upstreams need the optional packages.
FROM node:24.21.0-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS dependencies
WORKDIR /foyer
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

# The simulated upstreams, to try the gateway without accounts: docker build --target sandbox .
FROM dependencies AS sandbox
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY sandbox ./sandbox
# A number, because Kubernetes cannot verify that a user name is not root.
USER 1000
EXPOSE 4010 4020
CMD ["node", "--disable-warning=ExperimentalWarning", "sandbox/server.ts", "--host", "0.0.0.0"]

# The bundle of the package: a few JavaScript files, which start in a third of the time.
FROM node:24.21.0-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS package
WORKDIR /foyer
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY schemas ./schemas
COPY openapi ./openapi
COPY src ./src
COPY routes ./routes
COPY sandbox ./sandbox
COPY cli ./cli
COPY tools ./tools
COPY scripts ./scripts
RUN node --disable-warning=ExperimentalWarning scripts/package.ts

FROM node:24.21.0-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS gateway
ENV NODE_ENV=production
WORKDIR /foyer
COPY --from=dependencies /foyer/node_modules ./node_modules
COPY package.json ./
COPY --from=package /foyer/dist/package.json /foyer/dist/LICENCES.md ./dist/
COPY --from=package /foyer/dist/chunks ./dist/chunks
COPY --from=package /foyer/dist/src ./dist/src
# Writable for group 0 too, because platforms that choose the user put it into this group.
RUN mkdir /data && chown 1000:0 /data && chmod 770 /data
# Limits of the allocator; cli/start.ts explains them.
ENV MALLOC_TRIM_THRESHOLD_=67108864
ENV MALLOC_MMAP_THRESHOLD_=16777216
ENV HOST=0.0.0.0
ENV FOYER_STORE_URL=file:/data/foyer.db
VOLUME /data
USER 1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=2s --start-period=5s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/live`).then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--disable-warning=ExperimentalWarning", "--use-env-proxy", "--no-parallel-scavenge", "--max-semi-space-size=16", "--heap-growing-percent=60", "dist/src/server.js"]
