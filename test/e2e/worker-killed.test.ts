/** A worker killed at random moments: the mission ends the same, and no call is lost from the account. */
import { describe, expect, it } from "@jest/globals";
import { faultsOf } from "../chaos/faults.js";
import { runChaos } from "../chaos/kills.js";
import { randomMission } from "../chaos/random-mission.js";
import { testAddress } from "../helpers/with-worker.js";

const KILLS = 9;

describe("a worker killed with SIGKILL at random moments", () => {
  it.each([1, 2, 3])(
    "ends every mission the same, with each commit and each call once (seed %i)",
    async (seed) => {
      const address = testAddress();
      const report = (line: string) => void process.stderr.write(`${line}\n`);
      const ended = await runChaos({ address, seed, kills: KILLS, mission: randomMission, report });
      expect(
        ended.flatMap((each) => faultsOf(each).map((why) => `${each.missionId}: ${why}`)),
      ).toEqual([]);
      expect(ended.reduce((sum, { kills }) => sum + kills, 0)).toBe(KILLS);
    },
    300_000,
  );
});
