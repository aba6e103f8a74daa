/** A process of a test: takes the lease again and again, and adds to a file that would lose sums if two did so at once. */
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { withLease } from "../../store/lease.js";

const [lock = "", sum = "", times = "0", holdMs = "0", staleMs = "0"] = process.argv.slice(2);
for (let n = 0; n < Number(times); n += 1) {
  const work = async () => {
    const before = Number(await readFile(sum, "utf8"));
    process.stdout.write("held\n");
    await sleep(Number(holdMs));
    return before;
  };
  try {
    const options = { staleMs: Number(staleMs) };
    await withLease(lock, async () => writeFile(sum, String((await work()) + 1)), options);
    process.stdout.write("kept\n");
  } catch (error) {
    process.stdout.write(`${(error as Error).name}\n`);
  }
}
