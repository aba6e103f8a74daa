/** Why a forge did not take a push, in one sentence. */
import { cleanLine } from "../../../domain/clean-text.js";
import type { ForgePlace } from "../../../domain/forge-place.js";
import { isArchived, MOVED } from "../../../domain/forge-refusals.js";
import { EXIT, Problem } from "../../../domain/problem.js";
import { refusalOf } from "./forge-errors.js";
import type { EndedPush } from "./push.js";

interface Reason {
  when: RegExp;
  says: (place: ForgePlace, branch: string) => [message: string, remedy: string];
}

const LOCAL = "or go on without the forge: npx missions start --forge local";

/** The first that fits; the more special ones first. */
const REASONS: readonly Reason[] = [
  {
    when: /without [`'"]?workflow[`'"]? scope|workflows? permission/i,
    says: ({ host }, branch) => [
      `${host} did not take ${branch}: it changes a workflow file, which this token may not.`,
      "Give the token the right to change workflows (Workflows: write, or the scope `workflow`).",
    ],
  },
  {
    when: /verified signatures?|must be signed|unsigned commit/i,
    says: ({ host }, branch) => [
      `${host} takes only signed commits on ${branch}, and the engine has no key to sign with.`,
      `Exempt \`mission/*\` from that rule there and sign the merge, ${LOCAL}`,
    ],
  },
  {
    when: /GH013|secret[ -]?scanning|push protection/i,
    says: ({ host }, branch) => [
      `${host} did not take ${branch}: its rules refuse what is in it (a secret, perhaps).`,
      "Read what it says there, take the secret out or allow it, then retry the feature.",
    ],
  },
  {
    when: /GH001|exceeds .*file size limit|larger than .* limit/i,
    says: ({ host }, branch) => [
      `${host} did not take ${branch}: a file in it is larger than it allows.`,
      "List that file in .gitignore or make it smaller, then retry the feature.",
    ],
  },
  {
    when: /GH008|unknown Git LFS objects|LFS object/i,
    says: ({ host }, branch) => [
      `${host} did not take ${branch}: it names LFS objects that it does not have.`,
      "Push them once from your own clone: git lfs push --all origin",
    ],
  },
  {
    when: /GH006|protected branch|not allowed to (?:force )?push/i,
    says: ({ host }, branch) => [
      `A protection rule of ${host} does not let the token push ${branch}.`,
      `Allow it to push \`mission/*\` there, ${LOCAL}`,
    ],
  },
  {
    when: /\((?:non-fast-forward|fetch first)\)|non-fast-forward|stale info/i,
    says: ({ host }, branch) => [
      `${branch} on ${host} has commits that the engine does not have, and nothing is pushed with force.`,
      `Take them over: git fetch origin ${branch}:${branch} (the mission's own branch), or delete ${branch} there; then retry the feature.`,
    ],
  },
  {
    when: /shallow update not allowed/i,
    says: ({ host }) => [
      `${host} takes no branch of a shallow clone.`,
      "Fetch the rest first: git fetch --unshallow",
    ],
  },
  {
    when: /cannot lock ref|directory file conflict|exists; cannot create/i,
    says: ({ host }, branch) => [
      `${host} cannot hold a branch ${branch} beside another of its branches.`,
      'Rename the branch there that is called "mission".',
    ],
  },
  {
    when: /hook declined|\[remote rejected\]/i,
    says: ({ host }, branch) => [
      `A hook or rule of ${host} refused ${branch}.`,
      `Allow branches \`mission/*\` there, ${LOCAL}`,
    ],
  },
];

/** @returns undefined when it did not get through and may the next time. */
export function pushRefusal(
  place: ForgePlace,
  { stdout, stderr }: Pick<EndedPush, "stdout" | "stderr">,
): Error | undefined {
  const said = `${stdout}\n${stderr}`;
  const isRejected = /^!\t/m.test(stdout);
  const branch = /^!\t[^:\t]*:refs\/heads\/([^\t]+)\t/m.exec(stdout)?.[1] ?? "a branch";
  if (/archived/i.test(said)) return isArchived(place);
  const reason = REASONS.find(({ when }) => when.test(said));
  if (reason !== undefined) {
    const [message, remedy] = reason.says(place, cleanLine(branch, 100));
    const server = cleanLine(serverWords(stderr), 200);
    const detail = server === "" ? message : `${message} It says: ${server}`;
    return new Problem(EXIT.environment, detail, remedy);
  }
  const status = httpStatus(stderr);
  if (status !== undefined)
    return refusalOf(place, { status, headers: {}, says: serverWords(stderr) }, 0);
  if (isRejected)
    return new Problem(
      EXIT.environment,
      `${place.host} refused ${cleanLine(branch, 100)}: ${cleanLine(said, 200)}`,
      "Mend what it names there, then retry the feature.",
    );
  return undefined;
}

/** What the server itself said, without decoration. */
const serverWords = (stderr: string) =>
  [...stderr.matchAll(/^remote: (.*)$/gm)]
    .map(([, words = ""]) => words.replace(/^(?:error|fatal|GitLab): ?|^[-=*! ]+$/g, "").trim())
    .filter(
      (words) =>
        words !== "" && !/^(?:Resolving|Counting|Compressing|Total|Create a|Visit)/.test(words),
    )
    .join(" ");

function httpStatus(stderr: string): number | undefined {
  if (
    /Authentication failed|could not read (?:Username|Password)|HTTP Basic: Access denied/i.test(
      stderr,
    )
  )
    return 401;
  if (/[Pp]ermission to .* denied/.test(stderr)) return 403;
  if (/repository '.*' not found|Repository not found/i.test(stderr)) return 404;
  const code = Number(/returned error: (\d{3})|HTTP (\d{3})/.exec(stderr)?.slice(1).find(Boolean));
  if (code >= 300 && code < 400) return MOVED;
  if (/redirect/i.test(stderr)) return MOVED;
  return Number.isFinite(code) && code > 0 ? code : undefined;
}
