/** `up`, `down` and `doctor` as a person sees them; what they do is in the files of those names. */
import { EXIT } from "../../domain/problem.js";
import type { Context } from "../context.js";
import { cleanLine } from "../terminal/clean.js";
import { doctor } from "./doctor.js";
import { down } from "./down.js";
import { up } from "./up.js";

/** Steps go to stderr, so that stdout is only the answer. */
const reportTo = (context: Context) => (line: string) => {
  context.output.note(cleanLine(line));
};

export async function runUp(context: Context) {
  const { server, worker } = await up({ environment: context.environment }, reportTo(context));
  const { address, namespace, chosenBy, uiUrl } = server.target;
  context.output.answer({ server: { address, namespace, chosenBy, uiUrl }, worker }, [
    `Server ${address}, namespace ${namespace} (${chosenBy}).`,
    ...(worker === undefined ? [] : [`Worker process ${worker.pid} (${worker.kind}).`]),
    ...(uiUrl === undefined ? [] : [`Web UI ${uiUrl}/namespaces/${namespace}/workflows`]),
  ]);
  return EXIT.ok;
}

export async function runDown(context: Context) {
  const stopped = await down({ environment: context.environment }, reportTo(context));
  context.output.answer({ stopped }, []);
  return EXIT.ok;
}

/** A warning is no failure. */
export async function runDoctor(context: Context) {
  const findings = await doctor({ environment: context.environment }, reportTo(context));
  const { style } = context.output;
  const mark = { true: style.green("ok  "), warn: style.yellow("warn"), false: style.red("FAIL") };
  context.output.answer(
    { ok: findings.every(({ ok }) => ok !== false), findings },
    findings.flatMap(({ name, ok, found, remedy }) => [
      `${mark[`${ok}`]}  ${name.padEnd(14)} ${cleanLine(found)}`,
      ...(remedy === undefined || ok === true
        ? []
        : [`      ${"".padEnd(14)} ${cleanLine(remedy)}`]),
    ]),
  );
  return findings.some(({ ok }) => ok === false) ? EXIT.environment : EXIT.ok;
}
