import type { KeptRequest } from "./test-forge.js";

export function keptOf(requests: KeptRequest[], number: number): KeptRequest {
  const kept = requests.find((each) => each.number === number);
  if (kept === undefined) throw new Error(`there is no pull request ${number}`);
  return kept;
}
