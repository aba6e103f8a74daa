/** Reads pages and flows from a file: YAML or JSON. */
import { readFile, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { EXIT, Problem } from "../domain/problem.js";
import type { QaFlow } from "../domain/qa.js";
import { readFlows } from "../domain/read-flows.js";
import { systemCode } from "./files.js";
import { parsePlanYaml } from "./plan-yaml.js";

const LARGEST_BYTES = 1_000_000;

/** @throws Problem (badInput) with line and column for what is not YAML, and with entry and remedy for what is no flow. */
export async function readFlowsFile(path: string): Promise<QaFlow[]> {
  const name = basename(path);
  const text = await readText(resolve(path), path);
  return readFlows(parsePlanYaml(text, name), name);
}

async function readText(source: string, path: string): Promise<string> {
  try {
    const found = await stat(source);
    if (!found.isFile()) throw unusable(`${path} is not a file.`);
    if (found.size > LARGEST_BYTES)
      throw unusable(`${path} takes more than ${LARGEST_BYTES / 1_000_000} MB.`);
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(source));
  } catch (error) {
    if (error instanceof Problem) throw error;
    const code = systemCode(error) ?? "unreadable name";
    throw unusable(WHY[code]?.(path) ?? `${path} cannot be read (${code}).`);
  }
}

const WHY: Record<string, ((path: string) => string) | undefined> = {
  ENOENT: (path) => `There is no file ${path}.`,
  ERR_ENCODING_INVALID_ENCODED_DATA: (path) => `${path} is not text in UTF-8.`,
};

const unusable = (sentence: string) =>
  new Problem(EXIT.badInput, sentence, "Name a YAML file of flows, or leave --flows out.");
