# A worker of missions, with the `missions` command: see docker-compose.yml.
FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Scripts of packages only fetch what is already in them; ours is the build below.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:20-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates git \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/templates templates
COPY --from=build /app/examples examples
# The volume takes its owner from here.
RUN ln -s /app/dist/client/cli.js /usr/local/bin/missions \
  && install --directory --owner=node --group=node /data /data/missions /data/engine /data/projects
USER node
ENV NODE_ENV=production
VOLUME /data
CMD ["node", "--enable-source-maps", "dist/workers/main.js"]
