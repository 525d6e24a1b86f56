#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// A command is some hundreds of files; from the second run on they are not parsed anew, which halves its time.
enableCompileCache();
await import("./run-program.ts");
