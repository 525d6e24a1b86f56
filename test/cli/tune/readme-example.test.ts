import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openWorkplace, type Workplace } from "../admin/run-cascade-command.ts";

// Each run starts Node.
vi.setConfig({ testTimeout: 60_000 });

const ROOT = join(import.meta.dirname, "../../..");
const LOG = "examples/mails.jsonl";

let place: Workplace;
beforeEach(async () => {
	place = await openWorkplace();
});
afterEach(() => place.stop());

describe("the example of the README", () => {
	const readme = readFileSync(join(ROOT, "README.md"), "utf8");
	const section = readme.slice(readme.indexOf("## Choosing a threshold"), readme.indexOf("## What it costs"));
	const run = (command: string) =>
		place.cascade(
			...command
				.split(" ")
				.slice(2)
				.map((word) => (word === LOG ? join(ROOT, LOG) : word)),
		);

	it("runs as it stands there, and prints what stands there", async () => {
		const commands = section.split("\n").filter((line) => line.startsWith("npx cascade "));
		expect(commands.map((command) => command.split(" ")[2])).toEqual(["evaluate", "tune", "verify", "design"]);
		const printed: string[] = [];
		for (const command of commands) {
			const { status, stdout, stderr } = await run(command);
			expect({ command, status, stderr }).toEqual({ command, status: 0, stderr: "" });
			printed.push(stdout);
		}
		const shown = /^Certified: [^…]+/mu.exec(section)?.[0] ?? "";
		expect(shown.length).toBeGreaterThan(300);
		expect(printed[1]?.startsWith(shown)).toBe(true);
		expect(printed[2]).toMatch(/^Valid: /u);
	});
});
