import { describe, expect, it } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { objectIn, readDraft } from "../../../domain/planning/read-draft.js";
import { classificationJsonSchema, draftJsonSchema } from "../../../domain/schemas/draft.js";
import { reply, said, saidFeature, type Said } from "../../helpers/drafts.js";

const sentences = (text: string) => {
  const read = readDraft(text);
  return "violations" in read ? read.violations.map(({ sentence }) => sentence) : [];
};
const first = (draft: Said) => {
  const feature = draft.milestones[0]?.features[0];
  if (feature === undefined) throw new Error("no feature");
  return feature;
};

describe("readDraft", () => {
  it("reads a whole draft, and takes null for what is left out", () => {
    const read = readDraft(reply());
    if (!("draft" in read)) throw new Error(JSON.stringify(read));
    expect(read.draft.milestones.map(({ features }) => features.length)).toEqual([2, 2, 2]);
    expect(read.draft.milestones[0]?.checks[0]).toEqual({
      id: "M1-a",
      sentence: "M1-a holds",
      verify: { method: "bash", run: "npm test -- M1-a" },
      covers: ["H1"],
    });
    expect(read.draft.milestones[0]?.features[0]).toMatchObject({ finish: [], checks: [] });
  });

  it("finds the object inside words and fences", () => {
    expect(objectIn(`Here it is:\n\`\`\`json\n${reply()}\n\`\`\`\nDone.`)).toEqual(said());
  });

  it.each([
    ["words", "I would rather not."],
    ["half a plan", reply().slice(0, 400)],
    ["a list", "[1, 2]"],
    ["nothing", ""],
  ])("takes %s for no plan", (_, text) => {
    expect(sentences(text)).toEqual(["The answer is not one whole JSON object."]);
  });

  it("refuses 10,000 features by their number, without naming one", () => {
    const found = sentences(
      reply((draft) => {
        const [milestone] = draft.milestones;
        if (milestone === undefined) return;
        milestone.features = Array.from({ length: 10_000 }, (_, i) =>
          saidFeature(`1.${i + 1}`, ["M1-a"]),
        );
      }),
    );
    expect(found).toEqual(["Milestone 1 has 10000 features; 50 are the most."]);
  });

  it("refuses more than twelve milestones", () => {
    const found = sentences(
      reply((draft) => {
        draft.milestones = Array.from({ length: 13 }, () => said().milestones)
          .flat()
          .slice(0, 13);
      }),
    );
    expect(found).toEqual(["The plan has 13 milestones; 12 are the most."]);
  });

  it("refuses checks that were written after the features", () => {
    const found = sentences(
      reply((draft) => {
        const [milestone] = draft.milestones;
        if (milestone === undefined) return;
        const { checks, ...rest } = milestone;
        draft.milestones[0] = { ...rest, checks };
      }),
    );
    expect(found).toEqual(["Milestone 1 has its features written before its checks."]);
  });

  it.each([
    ["an unknown kind", { kind: "teleport" }, /feature "1\.1": kind is "teleport".*unknown/],
    ["an unknown size", { size: "gigantic" }, /size is "gigantic"/],
    ["money", { estimate: { usd: 5 } }, /unknown keys: "estimate"/],
    ["commands", { commands: ["rm -rf /"] }, /unknown keys: "commands"/],
    ["a model", { model: "openai/gpt-5" }, /unknown keys: "model"/],
    ["a missing brief", { brief: undefined }, /brief is missing/],
    ["a brief of the wrong type", { brief: 7 }, /brief must be of type string/],
  ])("says where %s stands", (_, fields, expected) => {
    const found = sentences(reply((draft) => Object.assign(first(draft), fields)));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
  });

  it("never throws, whatever was said", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json(), fc.constant(reply())),
        fc.nat(600),
        (text, cut) => {
          readDraft(text);
          readDraft(text.slice(0, cut));
        },
      ),
    );
  });
});

describe("the schemas that providers get", () => {
  const everyObject = (node: unknown, look: (schema: Record<string, unknown>) => void): void => {
    if (Array.isArray(node)) for (const each of node) everyObject(each, look);
    if (typeof node !== "object" || node === null || Array.isArray(node)) return;
    if ("properties" in node) look(node);
    for (const each of Object.values(node)) everyObject(each, look);
  };

  it.each([
    ["draft", draftJsonSchema()],
    ["opinion", classificationJsonSchema()],
  ])(
    "names every key of a %s as required and takes no other, as strict modes want",
    (_, schema) => {
      let objects = 0;
      everyObject(schema, ({ properties, required, additionalProperties }) => {
        objects += 1;
        expect(required).toEqual(Object.keys(properties as object));
        expect(additionalProperties).toBe(false);
      });
      expect(objects).toBeGreaterThan(0);
      expect(JSON.stringify(schema)).not.toMatch(
        /"(maxLength|minItems|maxItems|minimum|\$schema)"/,
      );
    },
  );

  it("take what we read", () => {
    const takes = new Ajv2020({ strict: false }).compile(draftJsonSchema());
    expect(takes(said())).toBe(true);
    expect(takes({ ...said(), budget: 5 })).toBe(false);
  });
});
