/** What must hold after a mission whose worker was killed, as sentences about what does not. */
import type { ChaosMission } from "./kills.js";

const STEP = /^- .*Feature (\S+) was stopped \(([a-z-]+)\): .* Next \((\w+)\): /;

function untold({ mission: { told }, missionFile }: ChaosMission): string[] {
  if (told === undefined) return [];
  const text = missionFile.replaceAll("\\", "");
  const again = told.once
    .map((each) => [each, text.split(each).length - 1] as const)
    .filter(([, times]) => times !== 1)
    .map(([each, times]) => `mission.md says ${times} times: ${each}`);
  const log = text.split("\n").flatMap((line) => STEP.exec(line)?.slice(1).join(" ") ?? []);
  const isWhole = JSON.stringify(log) === JSON.stringify(told.recovery);
  return isWhole ? again : [...again, `the Recovery Log has ${JSON.stringify(log)}`];
}

export function faultsOf(ended: ChaosMission): string[] {
  const { account, mission, kills } = ended;
  const faults: string[] = [...account.faults];
  const expect = (holds: boolean, fault: string) => {
    if (!holds) faults.push(fault);
  };
  const show = JSON.stringify;
  expect(ended.state === "completed", `the workflow ended as ${ended.state}`);
  expect(ended.recordStatus === "completed", `the record says ${ended.recordStatus}`);
  expect(ended.fileStatus === "completed", `mission.md says ${ended.fileStatus ?? "nothing"}`);
  expect(
    show(ended.completed) === show([...mission.features].sort()),
    `commits complete ${show(ended.completed)}, not each of ${show(mission.features)} once`,
  );
  for (const [path, content] of Object.entries(mission.files))
    expect(ended.files[path] === content, `${path} holds ${show(ended.files[path])}`);
  expect(show(account.reserved) === show({ microUsd: 0, tokens: 0 }), "something stays reserved");
  expect(
    show(account.spent) === show(account.journaled),
    `the ledger has ${show(account.spent)}, the journals ${show(account.journaled)}`,
  );
  const { spent, billed, unclosedWorst, unclosed } = account;
  for (const currency of ["microUsd", "tokens"] as const) {
    expect(spent[currency] >= billed[currency], `less ${currency} booked than billed`);
    // Only a call that a kill cut is booked above its bill, and at most at its worst case.
    const over = spent[currency] - billed[currency];
    expect(over <= unclosedWorst[currency], `${over} ${currency} over the bill`);
  }
  const cuts = kills * mission.atOnce;
  expect(unclosed <= cuts, `${unclosed} calls cut by ${kills} kills`);
  expect(account.repeated <= cuts, `${account.repeated} calls repeated after ${kills} kills`);
  expect(ended.workspaces.length === 0, `workspaces are left: ${show(ended.workspaces)}`);
  expect(ended.openWorkflows.length === 0, `open workflows: ${show(ended.openWorkflows)}`);
  expect(ended.leftRunning.length === 0, `left running: ${show(ended.leftRunning)}`);
  faults.push(...untold(ended));
  return faults;
}
