/** Begins with the tests that take longest, so that at the end no core waits for the last of them. */
import Sequencer from "@jest/test-sequencer";

const ORDER = ["/test/e2e/worker-killed", "/test/e2e/", "/test/agents/", "/test/server/"];

const rankOf = ({ path }) => {
  const rank = ORDER.findIndex((part) => path.includes(part));
  return rank < 0 ? ORDER.length : rank;
};

export default class LongFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((one, other) => rankOf(one) - rankOf(other));
  }
}
