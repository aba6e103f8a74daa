/** `missions key` for forges: one token for each host. */
import {
  forgeHost,
  keepForgeToken,
  placeOf,
  readForgeToken,
  removeForgeToken,
  SERVER_KINDS,
} from "../../config/forges.js";
import { requireToken } from "../../config/forge-test.js";
import type { Secret } from "../../config/secret.js";
import { createSettingsReader } from "../../config/settings.js";
import type { ServerKind } from "../../domain/forge-place.js";
import { tokenCommand } from "../../domain/forge-refusals.js";
import { EXIT, Problem } from "../../domain/problem.js";
import { parseRemote } from "../../domain/remote-address.js";
import type { Context } from "../context.js";
import { typedSecret } from "./typed-secret.js";

interface Forge {
  kind: ServerKind;
  host: string;
}

/** @returns undefined where a provider of models was typed. @throws Problem badInput for a host that cannot be one. */
export function forgeFrom(
  [typed = "", ...more]: string[],
  host: string | undefined,
): Forge | undefined {
  const kind = SERVER_KINDS.find((known) => known === typed.toLowerCase());
  if (kind !== undefined && more.length === 0) return { kind, host: forgeHost(kind, host) };
  if (host === undefined) return undefined;
  throw new Problem(
    EXIT.badInput,
    "Only a forge has a --host.",
    `Use one of ${SERVER_KINDS.join(", ")}, as: npx missions key set gitea --host git.example.com`,
  );
}

/** Tested first: a wrong one is never kept. */
export async function setForgeToken(context: Context, forge: Forge) {
  const { kind, host } = forge;
  const token = await typedSecret(context, "Token", kind, ` --host ${host}`);
  const tested = await isTaken(context, forge, token);
  await keepForgeToken(context.paths.keys, host, kind, token);
  context.output.answer({ forge: kind, host, kept: true, tested }, [
    `The token for ${host} is kept${tested ? "" : "; the host did not answer, so it is not tested"}.`,
  ]);
  return EXIT.ok;
}

export async function removeForge({ paths, output }: Context, { kind, host }: Forge) {
  if (!(await removeForgeToken(paths.keys, host))) throw noToken({ kind, host });
  output.answer({ forge: kind, host, removed: true }, [`The token for ${host} is removed.`]);
  return EXIT.ok;
}

export async function testForgeToken(context: Context, forge: Forge) {
  const { kind, host } = forge;
  const token = await readForgeToken(context.paths.keys, host);
  if (token === undefined) throw noToken(forge);
  await requireToken(someplace(context, forge), token);
  context.output.answer({ forge: kind, host, works: true }, [`The token for ${host} works.`]);
  return EXIT.ok;
}

/** @returns false when the host does not answer just now. @throws Problem when it refuses the token. */
async function isTaken(context: Context, forge: Forge, token: Secret): Promise<boolean> {
  try {
    await requireToken(someplace(context, forge), token);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.exitCode === EXIT.noServer) return false;
    throw error;
  }
}

/** Any repository of the host will do to know where its interface is. */
function someplace({ paths }: Context, { kind, host }: Forge) {
  const setting = createSettingsReader(paths.settings)().forges[host];
  const remote = parseRemote(`https://${host}/owner/name`);
  if (remote !== undefined) return placeOf(remote, kind, setting);
  throw new Problem(EXIT.badInput, "That is no name of a host.", "Use it as in `origin`.");
}

const noToken = (forge: Forge) =>
  new Problem(
    EXIT.notFound,
    `No token for ${forge.host} is kept.`,
    `Keep one: ${tokenCommand(forge)}`,
  );
