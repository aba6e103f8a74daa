import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { forgePlace, kindOfHost } from "../../domain/forge-place.js";
import { hostName, parseRemote } from "../../domain/remote-address.js";

const place = (text: string, kind: "github" | "gitea" | "gitlab", setting?: object) => {
  const remote = parseRemote(text);
  if (remote === undefined) throw new Error(`no address: ${text}`);
  return forgePlace(remote, kind, setting as never);
};

describe("the address of a remote", () => {
  it("is read from every form that git takes", () => {
    const expected = { host: "github.com", path: ["octo", "hello"] };
    for (const text of [
      "https://github.com/octo/hello.git",
      "https://github.com/octo/hello/",
      "https://user:secret@GitHub.com/octo/hello.git",
      "git@github.com:octo/hello.git",
      "github.com:octo/hello",
      "ssh://git@github.com/octo/hello.git",
      "ssh://git@ssh.github.com:443/octo/hello.git",
      "git@ssh.github.com:octo/hello.git",
    ])
      expect(parseRemote(text)).toMatchObject(expected);
    expect(parseRemote("ssh://git@git.example.com:2222/a/b/c/d.git")).toEqual({
      scheme: "ssh",
      host: "git.example.com",
      port: 2222,
      path: ["a", "b", "c", "d"],
    });
    expect(parseRemote("http://[::1]:3000/octo/hello")).toMatchObject({ host: "::1", port: 3000 });
  });

  it("is none where it is no repository on a host", () => {
    for (const text of [
      "",
      "/srv/git/hello.git",
      "../hello",
      "C:\\code\\hello",
      "C:/code/hello",
      "file:///srv/hello.git",
      "ext::sh -c whoami",
      "https://github.com/octo",
      "https://github.com/octo/../../etc",
      "https://github.com/octo/hel lo",
      "https://github.com/octo/$(whoami)",
      "https://-oProxyCommand=x/octo/hello",
      "git@-oProxyCommand=x:octo/hello",
      "https://github.com:99999/octo/hello",
      "https://github.com/octo/hello\nhttps://elsewhere/x/y",
      `https://github.com/octo/${"x".repeat(600)}`,
    ])
      expect(parseRemote(text)).toBeUndefined();
  });

  it("never keeps who is named in it, and never throws", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.stringMatching(/^[a-z0-9]{6,12}$/),
        (text, secret) => {
          parseRemote(text);
          const found = parseRemote(`https://${secret}x:${secret}@git.example.com/octo/hello`);
          expect(JSON.stringify(found)).not.toContain(secret);
        },
      ),
    );
  });
});

describe("the place of a repository on a forge", () => {
  it("has the address of the interface that each kind has there", () => {
    const apis = [
      [place("git@github.com:octo/hello.git", "github"), "https://api.github.com"],
      [place("https://ghe.example.com/octo/hello", "github"), "https://ghe.example.com/api/v3"],
      [place("https://corp.ghe.com/octo/hello", "github"), "https://api.corp.ghe.com"],
      [place("https://gitlab.com/a/b/hello", "gitlab"), "https://gitlab.com/api/v4"],
      [place("git@codeberg.org:octo/hello", "gitea"), "https://codeberg.org/api/v1"],
      [place("https://example.com/git/octo/hello", "gitea"), "https://example.com/git/api/v1"],
    ] as const;
    for (const [found, apiUrl] of apis) expect(found).toMatchObject({ apiUrl });
  });

  it("is pushed to by https, also where origin is ssh on another port", () => {
    expect(place("ssh://git@git.example.com:2222/octo/hello.git", "gitea")).toEqual({
      kind: "gitea",
      host: "git.example.com",
      project: "octo/hello",
      apiUrl: "https://git.example.com/api/v1",
      gitUrl: "https://git.example.com/octo/hello.git",
    });
    expect(place("https://git.example.com:8443/a/b/c.git", "gitlab")).toMatchObject({
      host: "git.example.com:8443",
      project: "a/b/c",
      gitUrl: "https://git.example.com:8443/a/b/c.git",
    });
  });

  it("shows a token to nobody on the way", () => {
    expect(place("http://git.example.com/octo/hello", "gitea")).toHaveProperty("impossible");
    expect(place("http://127.0.0.1:3000/octo/hello", "gitea")).toMatchObject({
      apiUrl: "http://127.0.0.1:3000/api/v1",
    });
    const written = { kind: "gitea", api_url: "http://git.lan:3000/api/v1" };
    expect(place("http://git.lan:3000/octo/hello", "gitea", written)).toMatchObject({
      gitUrl: "http://git.lan:3000/octo/hello.git",
    });
  });

  it("takes what the settings say of its host", () => {
    const setting = {
      kind: "gitea",
      api_url: "https://api.example.com/v1/",
      git_url: "https://code.example.com/",
    };
    expect(place("git@git.example.com:octo/hello", "gitea", setting)).toMatchObject({
      apiUrl: "https://api.example.com/v1",
      gitUrl: "https://code.example.com/octo/hello.git",
    });
    expect(kindOfHost("git.example.com", undefined, undefined)).toBeUndefined();
    expect(kindOfHost("git.example.com", { kind: "gitlab" }, "gitea")).toBe("gitlab");
    expect(kindOfHost("git.example.com", undefined, "gitea")).toBe("gitea");
    expect(hostName({ scheme: "https", host: "::1", port: 80, path: [] })).toBe("[::1]:80");
  });
});
