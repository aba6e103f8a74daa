import { afterEach, expect, it } from "@jest/globals";
import { eventLine } from "../../../client/feature-events.js";
import { readFeatureEvents } from "../../../store/feature-record.js";
import { makeAttempts, type AttemptFixture } from "../attempt-fixture.js";

let made: AttemptFixture;
afterEach(() => made.end());

it("a refused escape is in what the agent reads and in the feature's record, once however often it was tried", async () => {
  const command = "curl -sS -m 20 http://evil.example.com/ >/dev/null; true";
  made = await makeAttempts({
    feature: { agent: "script", commands: [command, command] },
    plan: { hosts: ["good.example.com"] },
  });
  const input = made.input();
  expect((await made.run(input)).kind).toBe("done");
  const { missionId, featureId } = input.feature;
  const events = await readFeatureEvents(made.paths.features, missionId, featureId);
  const refused = events.filter(({ kind }) => kind === "sandbox");
  expect(refused).toMatchObject([{ refusals: ["evil.example.com:80: not on the list of hosts"] }]);
  expect(refused.map((event) => eventLine(event)).join()).toContain(
    "the sandbox refused: evil.example.com:80: not on the list of hosts",
  );
  const attempt = events.find((event) => event.kind === "attempt");
  const transcript = attempt?.kind === "attempt" ? attempt.transcript?.sha256 : undefined;
  const text = Buffer.from(await made.blobs.get(transcript ?? "")).toString();
  expect(text).toContain("[sandbox: evil.example.com:80: not on the list of hosts]");
});
