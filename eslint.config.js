import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** The import table of AGENTS.md as rules: `never` may not be imported at all, `typesOnly` only by `import type`. */
const imports = ({ never = [], typesOnly = [] }) => ({
  "@typescript-eslint/no-restricted-imports": [
    "error",
    {
      patterns: [
        ...never.map((group) => ({
          group: [group].flat(),
          message: "Out of bounds here: see the import table in AGENTS.md.",
        })),
        ...typesOnly.map((group) => ({
          group: [group].flat(),
          allowTypeImports: true,
          message: "Use `import type`: this must not run here.",
        })),
      ],
    },
  ],
});
/** Nothing imports tests and benchmarks: a worker's build is named without the latter. */
const above = (...folders) => [...folders, "test", "bench"].map((folder) => `**/${folder}/**`);

export default tseslint.config(
  { ignores: ["dist*/**", "coverage/**", "node_modules/**"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "max-lines": ["error", 300],
      "no-console": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "Read it in config/env.ts." },
      ],
    },
  },
  { files: ["config/env.ts"], rules: { "no-restricted-properties": "off" } },
  {
    files: ["domain/**"],
    rules: imports({
      never: [
        ...above("workflows", "store", "qa", "activities", "workers", "client", "config"),
        "node:*",
        "@temporalio/*",
      ],
    }),
  },
  {
    files: ["domain/**"],
    ignores: ["domain/schemas.ts", "domain/schemas/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { paths: [{ name: "zod", message: "Only domain/schemas may import zod." }] },
      ],
    },
  },
  {
    files: ["workflows/**"],
    rules: imports({
      never: [...above("store", "qa", "workers", "client", "config"), "node:*"],
      typesOnly: [["**/activities/**"], ["**/domain/schemas.js", "**/schemas/**"], ["zod"]],
    }),
  },
  {
    files: ["store/**"],
    rules: imports({
      never: [
        ...above("workflows", "qa", "activities", "workers", "client", "config"),
        "@temporalio/*",
      ],
    }),
  },
  {
    files: ["qa/**"],
    rules: imports({
      never: [...above("workflows", "activities", "workers", "client", "config"), "@temporalio/*"],
    }),
  },
  {
    files: ["activities/**"],
    rules: imports({ never: above("workflows", "workers", "client", "config") }),
  },
  {
    files: ["config/**"],
    rules: imports({ never: above("workflows", "activities", "workers", "client") }),
  },
  {
    files: ["client/**"],
    rules: imports({
      never: above("activities", "workers"),
      typesOnly: [["**/workflows/**", "!**/workflows/messages.js"]],
    }),
  },
  { files: ["workers/**"], rules: imports({ never: above("workflows", "client") }) },
  {
    files: [
      "client/terminal/**",
      "client/cli.ts",
      "client/start-mission.ts",
      "bench/**",
      "tools/**",
      "test/**",
    ],
    rules: { "no-console": "off" },
  },
  {
    files: ["tools/**/*.mjs", "*.mjs"],
    languageOptions: { globals: { console: "readonly", process: "readonly", URL: "readonly" } },
  },
  {
    files: ["test/**", "bench/**"],
    rules: {
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/unbound-method": "off",
      "no-restricted-properties": "off",
    },
  },
);
