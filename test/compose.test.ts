/** The production shape as a file; that it works is shown by `npm run test:cluster`. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { createProgram } from "../client/program/program.js";
import { VARIABLES } from "../config/env.js";
import { PINNED } from "../config/server/version.js";
import { workerReadyFile } from "../config/worker-process.js";
import { NAMESPACE } from "../domain/ids.js";
import { enginePaths } from "../store/engine-paths.js";
import {
  COMPOSE_VARIABLE,
  composeService,
  composeText,
  readComposeFile,
  repositoryPath,
} from "./helpers/compose-file.js";

const read = (path: string) => readFileSync(repositoryPath(path), "utf8");
const isHere = (path: string) => existsSync(repositoryPath(path));
const compose = readComposeFile();
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);

describe("docker-compose.yml", () => {
  const schema = JSON.parse(read("test/fixtures/compose-spec.json")) as object;
  const isComposeFile = new Ajv2020({ strict: false }).compile(schema);

  it("is a Compose file by the published schema", () => {
    isComposeFile(compose);
    expect(isComposeFile.errors).toBeNull();
  });

  it.each([
    ["a misspelled key", { services: { worker: { image: "a", comand: [] } } }],
    ["a port that is none", { services: { worker: { image: "a", ports: [{}, true] } } }],
    ["a wait that is none", { services: { worker: { depends_on: { a: { condition: "up" } } } } }],
  ])("would be refused with %s", (_, wrong) => {
    expect(isComposeFile(wrong)).toBe(false);
  });

  it("mounts and builds only what is in the repository", () => {
    const mounted = services.flatMap(([, { volumes = [] }]) => volumes.map(sourceOf));
    const files = mounted.filter((source) => source.startsWith("."));
    const contexts = ours.map(([, { build = "" }]) => `${build}/Dockerfile`);
    expect(files.length).toBeGreaterThan(0);
    expect([...files, ...contexts].filter((path) => !isHere(path))).toEqual([]);
    const named = mounted.filter((source) => !source.startsWith("."));
    expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)));
  });

  it("runs programs and commands that exist", () => {
    const known = createProgram(() => undefined).commands.map((command) => command.name());
    const scripts: string[] = [];
    for (const [, { command = [] }] of ours) {
      const [program, ...words] = command;
      if (program === "missions") expect(known).toContain(words[0]);
      else scripts.push(words.at(-1) ?? "");
    }
    expect(new Set(scripts)).toEqual(new Set(["dist/workers/main.js"]));
    expect(isHere("workers/main.ts")).toBe(true);
    const { entrypoint = [], volumes = [] } = composeService("schema");
    expect(volumes.map((volume) => volume.split(":")[1])).toContain(entrypoint.at(-1));
  });

  it("says in its head what a person types", () => {
    const [, plan = ""] = /missions start --plan (\S+)/.exec(composeText()) ?? [];
    expect(isHere(plan)).toBe(true);
    expect(read("Dockerfile")).toContain(`COPY --from=build /app/${plan.split("/")[0] ?? ""} `);
    const known = createProgram(() => undefined).commands.map((command) => command.name());
    const typed = [...composeText().matchAll(/exec worker-1 missions (\S+)/g)].map(
      ([, name]) => name,
    );
    expect(typed).toHaveLength(2);
    expect(typed.filter((name) => !known.includes(name ?? ""))).toEqual([]);
  });

  it("documents every variable that a person may set", () => {
    const comments = composeText().replace(/^[^#]*$/gm, "") + read(".env.example");
    const names = [...composeText().matchAll(COMPOSE_VARIABLE)].map(([, name = ""]) => name);
    expect(names).toContain("POSTGRES_PASSWORD");
    expect(names.filter((name) => !comments.includes(name))).toEqual([]);
    expect(composeText().match(/\$\{?[A-Z_]+/g)).toHaveLength(names.length);
  });

  it("publishes ports on loopback only", () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports).toEqual(["127.0.0.1:7233:7233", "127.0.0.1:8233:8080"]);
  });

  it("pins every image, Temporal's to the version that missions is tested with", () => {
    for (const [, { image = "", build }] of services) {
      expect(image).toMatch(build === undefined ? /^[a-z/-]+:\d+\.\d+(?:\.\d+)?$/ : /:local$/);
    }
    for (const name of ["schema", "temporal"]) {
      expect(composeService(name).image?.split(":")[1]).toBe(PINNED.serverVersion);
    }
  });

  it("waits for what others wait for in a way that can come true", () => {
    for (const [, { depends_on = {} }] of services) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        const { healthcheck, restart } = composeService(name);
        if (condition === "service_healthy") expect(healthcheck).toBeDefined();
        else
          expect([condition, restart]).toEqual(["service_completed_successfully", "on-failure:5"]);
      }
    }
  });

  it("runs two workers that are one host and know when they are ready", () => {
    const workers = ours.filter(([, { command = [] }]) => command.at(-1)?.includes("/workers/"));
    expect(workers).toHaveLength(2);
    const [first, second] = workers.map(([, service]) => service);
    expect(second).toEqual(first);
    const engine = enginePaths(first?.environment?.["MISSIONS_ENGINE_HOME"] ?? "");
    expect(first?.healthcheck?.test.at(-1)).toBe(workerReadyFile(engine));
    expect(first?.tmpfs?.[0]?.split(":")[0]).toBe(engine.run);
  });

  it("sets only variables that missions reads", () => {
    for (const [, { environment = {} }] of ours) {
      expect(Object.keys(environment).filter((name) => !(name in VARIABLES))).toEqual([]);
      expect(environment).toMatchObject({
        TEMPORAL_NAMESPACE: NAMESPACE,
        MISSIONS_WORKERS: "elsewhere",
      });
    }
  });
});

describe("the image", () => {
  const allowed = read(".dockerignore")
    .split("\n")
    .flatMap((line) => (line.startsWith("!") ? [line.slice(1)] : []));

  it("is built from a list of files and folders that are all there", () => {
    expect(read(".dockerignore")).toMatch(/^\*$/m);
    expect(allowed.filter((path) => !isHere(path))).toEqual([]);
  });

  it("gets everything that the build reads", () => {
    const { include } = JSON.parse(read("tsconfig.build.json")) as { include: string[] };
    const copied = [...read("Dockerfile").matchAll(/^COPY (?!--from)(.+) \S+$/gm)]
      .flatMap(([, sources = ""]) => sources.split(" "))
      .filter((source) => source !== ".");
    expect(copied).toContain("package-lock.json");
    const needed = [...include, ...copied, "tools/build.mjs", "tsconfig.build.json"];
    expect(needed.filter((path) => !allowed.includes(path))).toEqual([]);
  });

  it("starts a worker where nothing else is said", () => {
    const [, command = "[]"] = /^CMD (.+)$/m.exec(read("Dockerfile")) ?? [];
    expect(JSON.parse(command)).toEqual(composeService("worker-1").command);
    expect(read("Dockerfile")).toContain("/app/dist/client/cli.js /usr/local/bin/missions");
    expect(isHere("client/cli.ts")).toBe(true);
  });
});

const sourceOf = (volume: string) => volume.split(":")[0] ?? "";
