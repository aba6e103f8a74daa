/** docker-compose.yml as a person without any variable set gets it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

export interface ComposeService {
  image?: string;
  build?: string;
  command?: string[];
  entrypoint?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  tmpfs?: string[];
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  restart?: string;
}
export interface ComposeFile {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
}

export const repositoryPath = (path: string) =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const composeText = () => readFileSync(repositoryPath("docker-compose.yml"), "utf8");

/** `${NAME:-default}` */
export const COMPOSE_VARIABLE = /\$\{([A-Z_]+):-([^}]*)\}/g;

export function readComposeFile(text = composeText()): ComposeFile {
  const set = (_: unknown, value: unknown) =>
    typeof value === "string" ? value.replace(COMPOSE_VARIABLE, "$2") : value;
  return parse(text, set, { merge: true }) as ComposeFile;
}

/** @throws when there is no service of that name. */
export function composeService(name: string): ComposeService {
  const service = readComposeFile().services[name];
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return service;
}
