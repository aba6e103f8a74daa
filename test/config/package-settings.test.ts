import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { readEnvironment } from "../../config/env.js";
import { createPackageHosts } from "../../config/package-hosts.js";
import { readPackageSettings } from "../../config/package-settings.js";
import { createPackageTools } from "../../config/package-tools.js";
import { openPrivateHosts } from "../../config/private-hosts.js";
import { createSettingsReader } from "../../config/settings.js";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "packages-"));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

function lay(files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), content);
  }
}
const environment = (more: Record<string, string> = {}) =>
  readEnvironment({ HOME: home, PATH: "", ...more });

const FILES = {
  ".npmrc": `; mine
registry = "https://ada:s3cret@packages.example.com/npm/"
@team:registry=https://team.example.com/npm/
//team.example.com/npm/:_authToken=t0ken
//team.example.com/npm/:_password=s3cret
other=\${HOME}
`,
  ".config/pip/pip.conf": `[global]
index-url = https://ada:s3cret@packages.example.com/simple
extra-index-url =
    https://one.example.com/simple
    https://two.example.com/simple
[install]
index-url: ignored
`,
  ".config/go/env": "GOPROXY=https://ada:s3cret@go.example.com,direct\nGOFLAGS=-insecure\n",
  ".cargo/config.toml": `[source.crates-io]
replace-with = "mine"
[source.mine]
registry = "sparse+https://crates.example.com/index/"
[source.folder]
directory = "/home/ada/vendor"
[registries.team]
index = "sparse+https://ada:s3cret@team.example.com/index/"
token = "t0ken"
[build]
rustc-wrapper = "/home/ada/wrapper"
`,
};

describe("readPackageSettings", () => {
  it("knows where each tool fetches from, and leaves logins, tokens and programs out", async () => {
    lay(FILES);
    const found = await readPackageSettings(environment());
    expect(found.env).toEqual({
      PIP_INDEX_URL: "https://packages.example.com/simple",
      PIP_EXTRA_INDEX_URL: "https://one.example.com/simple https://two.example.com/simple",
      GOPROXY: "https://go.example.com,direct",
    });
    expect(found.npmrc).toBe(
      "registry=https://packages.example.com/npm/\n@team:registry=https://team.example.com/npm/\n",
    );
    expect(found.cargo).toContain('registry = "sparse+https://crates.example.com/index/"');
    expect(found.cargo).toContain('replace-with = "mine"');
    const { logins, ...handedOn } = found;
    expect(JSON.stringify(handedOn)).not.toMatch(/s3cret|t0ken|wrapper|vendor|insecure/);
    expect(logins.sort()).toEqual(["go.example.com", "packages.example.com", "team.example.com"]);
  });

  it("lets variables go before files, and keeps a source that only a folder replaces", async () => {
    lay({
      ...FILES,
      ".cargo/config.toml": `[source.crates-io]\nreplace-with = "folder"\n[source.folder]\ndirectory = "/x"\n`,
    });
    const found = await readPackageSettings(
      environment({
        PIP_INDEX_URL: "https://ada:p@s3cret@pip.example.com/simple",
        NPM_CONFIG_REGISTRY: "https://npm.example.com/",
        GOPROXY: "off",
      }),
    );
    expect(found.env).toMatchObject({
      PIP_INDEX_URL: "https://pip.example.com/simple",
      GOPROXY: "off",
    });
    expect(found.npmrc).toMatch(/^registry=https:\/\/npm\.example\.com\/\n@team/);
    expect(found.cargo).not.toContain("replace-with");
  });

  it("shows certificates of the home, but no file with a key, and the toolchains of rustup", async () => {
    lay({
      "ca.pem": "-----BEGIN CERTIFICATE-----\n",
      "both.pem": "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n",
      ".rustup/toolchains/stable/bin/cargo": "",
    });
    const { env, readable } = await readPackageSettings(
      environment({
        NODE_EXTRA_CA_CERTS: join(home, "ca.pem"),
        PIP_CERT: join(home, "both.pem"),
        SSL_CERT_DIR: home,
        // No place that a command could be shown.
        SSL_CERT_FILE: relative(process.cwd(), join(home, "ca.pem")),
        CURL_CA_BUNDLE: "/etc/ssl/cert.pem",
      }),
    );
    expect(env).toEqual({
      NODE_EXTRA_CA_CERTS: join(home, "ca.pem"),
      CURL_CA_BUNDLE: "/etc/ssl/cert.pem",
      RUSTUP_HOME: join(home, ".rustup"),
    });
    expect(readable).toEqual([join(home, "ca.pem"), join(home, ".rustup")]);
  });

  it("hands nothing on where nothing is set", async () => {
    expect(await createPackageTools(environment(), join(home, "run"))()).toEqual({
      env: {},
      seen: [],
    });
    expect(existsSync(join(home, "run"))).toBe(false);
  });

  it("lays files for the tools that read none but their own", async () => {
    lay(FILES);
    const folder = join(home, "run");
    const { env, seen } = await createPackageTools(environment(), folder)();
    expect(env).toMatchObject({ npm_config_userconfig: join(folder, "npmrc") });
    expect(seen.map(({ at }) => at)).toEqual(["/.cargo/config.toml", join(folder, "npmrc")]);
    expect(readFileSync(seen[1]?.from ?? "", "utf8")).toContain("registry=https://packages");
  });
});

describe("createPackageHosts", () => {
  it("knows what cargo fetches from by its settings and by what it has used", async () => {
    lay({
      ...FILES,
      ".cargo/registry/index/index.example.com-0123456789abcdef/config.json": `{ "dl": "https://files.example.com/crates", "api": "https://api.example.com" }`,
    });
    expect((await createPackageHosts(environment())()).toSorted()).toEqual(
      ["crates", "files", "index", "team"].map((name) => `${name}.example.com`),
    );
  });
});

describe("sandbox.private_hosts", () => {
  const settingsOf = (list: string) => {
    lay({ "settings.yaml": `sandbox:\n  private_hosts: ${list}\n` });
    return createSettingsReader(join(home, "settings.yaml"))();
  };

  it("is empty by default, and holds names with ports, but not those of Temporal", () => {
    expect(createSettingsReader(join(home, "none.yaml"))().sandbox.private_hosts).toEqual([]);
    const settings = settingsOf("[Packages.example.com, 'npm:4873', 'x:9233', 'y:9300']");
    const at = { MISSIONS_TEMPORAL_PORT: "9233", TEMPORAL_ADDRESS: "temporal.example.com:9300" };
    expect(openPrivateHosts(settings, environment(at))).toEqual([
      { name: "packages.example.com" },
      { name: "npm", port: 4873 },
    ]);
  });

  it.each(["127.0.0.1", "localhost", "10.0.0.1", "x:7233", "'*.example.com'", "https://x"])(
    "refuses %s in one sentence",
    (entry) => {
      expect(() => settingsOf(`[${entry}]`)).toThrow(
        "sandbox.private_hosts.0: must be a name of a host, or name:port, and not Temporal's",
      );
    },
  );
});
