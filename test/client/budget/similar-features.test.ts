import { describe, expect, it } from "@jest/globals";
import { similarFeatures } from "../../../client/budget/similar-features.js";
import { aFinished } from "../../domain/estimates/builders.js";

const titled = (...titles: string[]) => titles.map((title) => aFinished(1, { title }));
const titlesOf = (text: string, history: ReturnType<typeof titled>) =>
  similarFeatures(text, history).map(({ title }) => title);

describe("similar features", () => {
  it("are those whose titles share words, the most similar first", () => {
    const history = titled(
      "Export contacts as CSV",
      "Sign in with GitHub",
      "Sign in by mail",
      "Dark mode",
    );
    expect(titlesOf("Sign in with Google", history)[0]).toBe("Sign in with GitHub");
    expect(titlesOf("Sign in with Google", history)).toContain("Sign in by mail");
    expect(titlesOf("Contact exports", history)).toContain("Export contacts as CSV");
    expect(titlesOf("Kubernetes", history)).toEqual([]);
  });

  it("are at most five, and none in a home without a history", () => {
    expect(
      titlesOf("Add a list", titled(...(Array(20).fill("Add a list") as string[]))),
    ).toHaveLength(5);
    expect(titlesOf("Add a list", [])).toEqual([]);
    expect(titlesOf("", titled("Add a list"))).toEqual([]);
  });
});
