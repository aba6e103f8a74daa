#!/usr/bin/env node
/** `npm run start-mission -- ...`: the same as `missions start ...`. */
import { runMissions } from "./main.js";

process.exitCode = await runMissions(["start", ...process.argv.slice(2)]);
