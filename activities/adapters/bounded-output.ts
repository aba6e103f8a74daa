/** Keeps the beginning and the end of a stream within a limit, whatever its length. */
export interface BoundedOutput {
  add(chunk: Buffer): void;
  text(): string;
}

export function createBoundedOutput(limitBytes: number): BoundedOutput {
  const headLimit = Math.ceil(limitBytes / 2);
  const tailLimit = limitBytes - headLimit;
  const head: Buffer[] = [];
  let tail: Buffer[] = [];
  let headBytes = 0;
  let tailBytes = 0;
  let dropped = 0;

  return {
    add: (chunk) => {
      let rest = chunk;
      if (headBytes < headLimit) {
        const part = rest.subarray(0, headLimit - headBytes);
        head.push(Buffer.from(part));
        headBytes += part.length;
        rest = rest.subarray(part.length);
      }
      if (rest.length === 0) return;
      tail.push(Buffer.from(rest));
      tailBytes += rest.length;
      // Joined only now and then, so that many small chunks stay cheap.
      if (tailBytes > 2 * tailLimit + 65_536) {
        const joined = Buffer.concat(tail);
        const kept = Buffer.from(joined.subarray(joined.length - tailLimit));
        dropped += joined.length - kept.length;
        tail = [kept];
        tailBytes = kept.length;
      }
    },
    text: () => {
      const joined = Buffer.concat(tail);
      const kept = joined.subarray(Math.max(0, joined.length - tailLimit));
      const lost = dropped + joined.length - kept.length;
      if (lost === 0) return Buffer.concat([...head, kept]).toString("utf8");
      return `${Buffer.concat(head).toString("utf8")}\n[... ${lost} bytes left out ...]\n${kept.toString("utf8")}`;
    },
  };
}
