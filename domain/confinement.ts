/** What every child process gets from us: an environment built from nothing. */

/** @param home a folder inside the workspace, never the user's. `extra` must hold no secret. */
export function childEnvironment(
  path: string,
  home: string,
  extra: Record<string, string> = {},
): Record<string, string> {
  return { PATH: path, HOME: home, LANG: "C.UTF-8", TZ: "UTC", CI: "1", ...extra };
}

/** Variables by which programs find their way out of a sandbox. @param proxy as `http://127.0.0.1:<port>`. */
export function outwardEnvironment(proxy: string): Record<string, string> {
  const local = "localhost,127.0.0.1,::1";
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
  const packages = ["npm_config_proxy", "npm_config_https_proxy"];
  return {
    ...Object.fromEntries(
      [...names, ...names.map((name) => name.toLowerCase()), ...packages].map((name) => [
        name,
        proxy,
      ]),
    ),
    YARN_HTTP_PROXY: proxy,
    YARN_HTTPS_PROXY: proxy,
    NODE_USE_ENV_PROXY: "1",
    NO_PROXY: local,
    no_proxy: local,
    npm_config_noproxy: local,
  };
}
