#!/usr/bin/env node
/** `missions`. */
import { runMissions } from "./main.js";

process.exitCode = await runMissions(process.argv.slice(2));
