/** `npm run chaos -- --seed N --kills K [--each E] [--mission pages|validated]`: as many kills as one likes, on a real server of its own. */
import { parseArgs } from "node:util";
import { startTestServer } from "../helpers/temporal-server.js";
import { faultsOf } from "./faults.js";
import { runChaos } from "./kills.js";
import { randomMission } from "./random-mission.js";
import { validatedMission } from "./validated-mission.js";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    kills: { type: "string", default: "25" },
    each: { type: "string", default: "10" },
    mission: { type: "string", default: "pages" },
  },
});
const MISSIONS = {
  pages: { mission: randomMission },
  validated: { mission: validatedMission, longestLifeMs: 12_000 },
};
const named = Object.entries(MISSIONS).find(([name]) => name === values.mission)?.[1];
if (named === undefined) {
  process.stderr.write(`--mission must be one of: ${Object.keys(MISSIONS).join(", ")}\n`);
  process.exit(2);
}
const numberOf = (name: "seed" | "kills" | "each") => {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= (name === "seed" ? 0 : 1)) return value;
  process.stderr.write(`--${name} must be a whole number, not ${values[name]}\n`);
  process.exit(2);
};
const options = { seed: numberOf("seed"), kills: numberOf("kills"), killsEach: numberOf("each") };
const report = (line: string) => {
  console.log(line);
};

const server = await startTestServer({ report });
try {
  const ended = await runChaos({ address: server.address, ...options, ...named, report });
  const faults = ended.flatMap((each) => faultsOf(each).map((why) => `${each.missionId}: ${why}`));
  for (const fault of faults) report(fault);
  const kills = ended.reduce((sum, each) => sum + each.kills, 0);
  report(
    JSON.stringify({ chaos: options.seed, kills, missions: ended.length, faults: faults.length }),
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  await server.stop();
}
