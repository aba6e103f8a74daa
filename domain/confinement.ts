/** What every child process gets from us: an environment built from nothing. */

/** @param home a folder inside the workspace, never the user's. `extra` must hold no secret. */
export function childEnvironment(
  path: string,
  home: string,
  extra: Record<string, string> = {},
): Record<string, string> {
  return { PATH: path, HOME: home, LANG: "C.UTF-8", TZ: "UTC", CI: "1", ...extra };
}
