import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { DOCUMENTS } from "./markdown.ts";

it.each(DOCUMENTS)("%s names only files that exist", (file) => {
	const named = [
		...readFileSync(file, "utf8").matchAll(/`((?:src|test|docs|bench|tools|site|examples)\/[\w./-]+)`/gu),
	].map(([, path]) => path ?? "");
	expect(named.filter((path) => !existsSync(path))).toEqual([]);
});
