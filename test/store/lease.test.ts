import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { LeaseLost, withLease } from "../../store/lease.js";

let root: string;
let lock: string;
let sum: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "lease-"));
  lock = join(root, "deep", "turn.lock");
  sum = join(root, "sum");
  await writeFile(sum, "0");
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(root, { recursive: true, force: true });
});

/** Another process that holds the lease `times` times. */
function holder(times: number, holdMs: number, staleMs: number) {
  const loader = pathToFileURL(join(process.cwd(), "node_modules/tsx/dist/loader.mjs")).href;
  const script = join(process.cwd(), "test/store/lease-holder.ts");
  const args = ["--import", loader, script, lock, sum, times, holdMs, staleMs].map(String);
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    ended: once(child, "exit"),
    says: async () => (await lines.next()).value as string | undefined,
  };
}

describe("a lease among processes", () => {
  it("is held by one at a time, of two processes and many takers in each", async () => {
    const other = holder(15, 1, 20_000);
    const add = () =>
      withLease(lock, async () => {
        const before = Number(await readFile(sum, "utf8"));
        await new Promise(setImmediate);
        await writeFile(sum, String(before + 1));
      });
    await other.says();
    await Promise.all(Array.from({ length: 15 }, add));
    await other.ended;
    expect(await readFile(sum, "utf8")).toBe("30");
    expect(await readdir(join(root, "deep"))).toEqual([]);
  });

  it("is taken over from a holder that was killed", async () => {
    const other = holder(1, 600_000, 1_000);
    expect(await other.says()).toBe("held");
    other.child.kill("SIGKILL");
    expect(await withLease(lock, () => Promise.resolve("mine"), { staleMs: 1_000 })).toBe("mine");
  });

  it("is lost by a holder that stands still, which then keeps nothing of what it did", async () => {
    const other = holder(1, 1_500, 1_000);
    expect(await other.says()).toBe("held");
    other.child.kill("SIGSTOP");
    let isMine = () => {};
    const taken = new Promise<void>((resolve) => (isMine = resolve));
    let letGo = () => {};
    const done = new Promise<void>((resolve) => (letGo = resolve));
    const mine = withLease(
      lock,
      async ({ assertHeld }) => {
        isMine();
        await done;
        await assertHeld();
        return "mine";
      },
      { staleMs: 1_000 },
    );
    await taken;
    other.child.kill("SIGCONT");
    expect(await other.says()).toBe("LeaseLost");
    letGo();
    expect(await mine).toBe("mine");
  });

  it("is not taken from a holder whose clock goes wrong, as long as it touches its lock", async () => {
    await mkdir(dirname(lock));
    await writeFile(lock, "of another host");
    let isMine = false;
    const mine = withLease(lock, async () => Promise.resolve((isMine = true)), { staleMs: 1_000 });
    // By its clock it is 1970, and each touch is a second later.
    for (let n = 0; n < 300; n += 1) {
      await utimes(lock, n, n);
      await new Promise(setImmediate);
    }
    expect([isMine, await readFile(lock, "utf8")]).toEqual([false, "of another host"]);
    expect(await mine).toBe(true); // touched no more
  });

  it("ends with its work, also where that fails, and is not waited for once the wait is given up", async () => {
    await expect(withLease(lock, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    const inner = new AbortController();
    await withLease(lock, async () => {
      const waiting = withLease(lock, () => Promise.resolve(), { signal: inner.signal });
      inner.abort(new Error("given up"));
      await expect(waiting).rejects.toThrow("given up");
    });
  });

  it("tells a holder in the middle of its work that it was taken over", async () => {
    const work = withLease(lock, async ({ assertHeld }) => {
      await writeFile(lock, "somebody else");
      await assertHeld();
    });
    await expect(work).rejects.toBeInstanceOf(LeaseLost);
    expect(await readFile(lock, "utf8")).toBe("somebody else");
  });
});
