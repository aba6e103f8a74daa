/** Shell text that is the first process of a sandbox: sets its limits and ends with its one child's exit code. */

/** The ports of a sandbox's loopback at which it finds what leads out. */
export const INSIDE = { gateway: 31_701, hosts: 31_702 } as const;

/** Runs "$@"; the first process of a namespace is deaf to signals, so the child is another. */
export const supervisor = (limits: string, joinsStreams: boolean) =>
  `${limits}${joinsStreams ? "exec 2>&1\n" : ""}"$@"\nexit $?`;

/** @param processes left out where the system counts those outside too. */
export const limitLines = (limits: { cpuSeconds: number; processes?: number }) =>
  `ulimit -c 0\nulimit -t ${limits.cpuSeconds}\n${
    limits.processes === undefined
      ? ""
      : `ulimit -u ${limits.processes} 2>/dev/null || ulimit -p ${limits.processes} 2>/dev/null\n`
  }`;
