/** Holds requests and answers to GitHub's published OpenAPI description. */
import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import type { Answer, Asked } from "./faulty-server.js";

type Node = Record<string, unknown>;

interface Operation {
  parameters: Node[];
  requestBody?: { content: { "application/json": { schema: Node } } };
  responses: Record<string, Node>;
}

interface Description {
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, Node>>;
}

const file = new URL("../../fixtures/github-openapi.json", import.meta.url);

/** Throws for everything that the description does not allow. */
export function githubDescription() {
  const description = JSON.parse(readFileSync(file, "utf8")) as Description;
  const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: false });
  ajv.addSchema(
    asJsonSchema({ components: { schemas: description.components["schemas"] } }) as Node,
    "github",
  );
  const compiled = new Map<object, ValidateFunction>();
  const check = (schema: Node, value: unknown, what: string) => {
    const validate = compiled.get(schema) ?? ajv.compile(asJsonSchema(schema) as Node);
    compiled.set(schema, validate);
    if (!validate(value)) throw new Error(`${what}: ${ajv.errorsText(validate.errors)}`);
  };
  const at = (pointer: string): Node =>
    pointer
      .split("/")
      .slice(1)
      .reduce((node: Node, part) => node[part] as Node, description as unknown as Node);
  const resolve = (node: Node): Node =>
    typeof node["$ref"] === "string" ? at(node["$ref"]) : node;

  const operations = Object.entries(description.paths).map(([template, methods]) => ({
    template,
    methods,
    pattern: new RegExp(`^${template.replace(/[.]/g, "\\.").replace(/\{[^}]+\}/g, "([^/]+)")}$`),
  }));
  const find = ({ method, path }: Asked) => {
    const fits = operations.filter(
      ({ pattern, methods }) => pattern.test(path) && methods[method.toLowerCase()] !== undefined,
    );
    const [best] = fits.sort(
      (one, other) => one.template.split("{").length - other.template.split("{").length,
    );
    const operation = best?.methods[method.toLowerCase()];
    if (best === undefined || operation === undefined) throw new Error(`no ${method} ${path}`);
    return { operation, template: best.template };
  };

  return {
    /** @returns the path as the description writes it. */
    request(asked: Asked): string {
      const { operation, template } = find(asked);
      const known = operation.parameters.map(resolve);
      for (const [name, value] of Object.entries(asked.query)) {
        const parameter = known.find((each) => each["in"] === "query" && each["name"] === name);
        if (parameter === undefined) throw new Error(`${template} knows no ${name}`);
        const schema = parameter["schema"] as Node;
        const typed = schema["type"] === "integer" ? Number(value) : value;
        check(schema, typed, `${template}?${name}`);
      }
      const wanted = operation.requestBody?.content["application/json"].schema;
      if (wanted !== undefined) {
        const names = Object.keys(wanted["properties"] ?? {});
        const odd = Object.keys(asked.body).find((name) => !names.includes(name));
        if (odd !== undefined) throw new Error(`${template} takes no ${odd}`);
        check(wanted, asked.body, `body of ${asked.method} ${template}`);
      }
      return template;
    },
    answer(asked: Asked, { status, body }: Answer): void {
      const { operation, template } = find(asked);
      const given = operation.responses[String(status)];
      if (given === undefined) throw new Error(`${template} never answers ${status}`);
      const content = resolve(given)["content"] as Record<string, { schema: Node }> | undefined;
      const schema = content?.["application/json"]?.schema;
      if (schema !== undefined) check(schema, body, `${status} of ${asked.method} ${template}`);
    },
    example: (name: string) =>
      structuredClone(description.components["examples"]?.[name]?.["value"]) as Node,
  };
}

/** OpenAPI 3.0 says `nullable` where JSON Schema has a type, and points into its own document. */
function asJsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(asJsonSchema);
  if (typeof node !== "object" || node === null) return node;
  const { nullable, example: _, examples: __, ...rest } = node as Node;
  const schema = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [
      key,
      key === "$ref" && typeof value === "string" && value.startsWith("#")
        ? `github${value}`
        : asJsonSchema(value),
    ]),
  );
  return nullable === true ? { anyOf: [schema, { type: "null" }] } : schema;
}
