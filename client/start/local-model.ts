/** Writes a local model into settings.yaml: its address and, said openly, that it costs nothing. */
import { isMap, parseDocument } from "yaml";
import { EXIT, Problem } from "../../domain/problem.js";
import { parseModelId } from "../../domain/routing.js";
import { readTextIfThere, writeWhole } from "../../store/files.js";

const FREE = { input_usd_per_million: 0, output_usd_per_million: 0 };

/** What a person wrote in the file stays, comments too. @returns `compatible/<name>`. @throws Problem badInput. */
export async function saveLocalModel(path: string, baseUrl: string, name: string): Promise<string> {
  const model = `compatible/${name}`;
  if (parseModelId(model) === undefined) {
    throw new Problem(
      EXIT.badInput,
      `${JSON.stringify(name)} is no name of a model.`,
      "Name it as the server does, without blanks.",
    );
  }
  if (!URL.canParse(baseUrl) || !/^https?:$/.test(new URL(baseUrl).protocol)) {
    throw new Problem(
      EXIT.badInput,
      `${JSON.stringify(baseUrl)} is no address.`,
      "For example: http://127.0.0.1:11434/v1",
    );
  }
  const document = parseDocument((await readTextIfThere(path)) ?? "");
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents))) {
    throw new Problem(
      EXIT.badInput,
      `The settings in ${path} cannot be read.`,
      "Mend the file and try again.",
    );
  }
  document.setIn(["compatible", "base_url"], baseUrl);
  document.setIn(["models", model], FREE);
  await writeWhole(path, document.toString());
  return model;
}
