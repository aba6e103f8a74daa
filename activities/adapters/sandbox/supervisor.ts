/** Shell text that is the first process of a sandbox: sets its limits and ends with its one child's exit code. */

/** Runs "$@"; the first process of a namespace is deaf to signals, so the child is another. */
export const supervisor = (limits: string, joinsStreams: boolean) =>
  `${limits}${joinsStreams ? "exec 2>&1\n" : ""}"$@"\nexit $?`;

/** Runs what follows "--" as a member of the groups whose files come before it; without them, the watch still holds it. */
export const JOIN_GROUPS = `while [ "$1" != -- ]; do (echo $$ > "$1") 2>/dev/null; shift; done
shift
exec "$@"`;

/** @param processes left out where the system would count others too. */
export const limitLines = (limits: { cpuSeconds: number; processes: number | undefined }) =>
  `ulimit -c 0\nulimit -t ${limits.cpuSeconds}\n${
    limits.processes === undefined
      ? ""
      : `ulimit -u ${limits.processes} 2>/dev/null || ulimit -p ${limits.processes} 2>/dev/null\n`
  }`;
