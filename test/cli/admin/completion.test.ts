import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { completionScript } from "../../../src/cli/completion.ts";
import { buildProgram } from "../../../src/cli/program.ts";

let directory: string;
beforeAll(() => {
	directory = mkdtempSync(join(tmpdir(), "cascade-"));
	writeFileSync(join(directory, "cascade.bash"), completionScript(buildProgram(), "bash"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What bash offers for the last of these words. */
function complete(...words: readonly string[]): string[] {
	const script = `source cascade.bash
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cascade; printf '%s\\n' "\${COMPREPLY[@]}"`;
	const text = execFileSync("bash", ["--norc", "-u", "-c", script, "bash", "cascade", ...words], {
		cwd: directory,
		encoding: "utf8",
	});
	return text
		.trim()
		.split("\n")
		.filter((word) => word !== "");
}

describe("completion in bash", () => {
	it("offers the commands, and those that begin like the word", () => {
		expect(complete("")).toEqual(expect.arrayContaining(["ask", "tenant", "policy", "apply", "doctor", "completion"]));
		expect(complete("te")).toEqual(["tenant"]);
		expect(complete("policy", "")).toEqual([
			"check",
			"get",
			"set",
			"patch",
			"validate",
			"edit",
			"diff",
			"history",
			"show",
			"rollback",
		]);
	});

	it("offers the options of the command that the words name", () => {
		const options = complete("policy", "set", "--");
		expect(options).toEqual(expect.arrayContaining(["--url", "--key", "--tenant", "--json", "--if-match", "--reason"]));
		expect(options).not.toContain("--share");
		expect(complete("canary", "start", "--sh")).toEqual(["--share"]);
	});

	it("passes over options and their values on the way, also a value that is a command's name", () => {
		expect(complete("policy", "set", "--reason", "edit", "--if")).toEqual(["--if-match"]);
		expect(complete("usage", "--json", "--tenant", "acme", "--f")).toEqual(["--from"]);
		expect(complete("policy", "set", "--tenant", "acme", "--json", "--if")).toEqual(["--if-match"]);
	});

	it("offers the values of an option, or of an argument, that has fixed ones", () => {
		expect(complete("usage", "--by", "")).toEqual(["hour", "day"]);
		expect(complete("completion", "z")).toEqual(["zsh"]);
	});

	it("leaves files and names to the shell", () => {
		expect(complete("policy", "set", "")).toEqual([]);
		expect(complete("usage", "--tenant", "")).toEqual([]);
	});

	it("knows every command of the program, and each in the other shells' scripts too", () => {
		const program = buildProgram();
		for (const shell of ["zsh", "fish"] as const) {
			const script = completionScript(program, shell);
			for (const command of program.commands.flatMap((each) => [each, ...each.commands]))
				expect(script, `${shell}: ${command.name()}`).toContain(command.name());
		}
	});
});
