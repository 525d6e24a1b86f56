import { CommanderError, type Command } from "commander";
import { buildProgram } from "../../src/cli/program.ts";

const idleProgram = idle(buildProgram());

/**
 * What is wrong with a `cascade` command, in the command line's own words; null for nothing. It is parsed by the real program,
 * whose commands do nothing. `words` begin behind `cascade`.
 */
export async function problemOfCommand(words: readonly string[]): Promise<string | null> {
	try {
		await idleProgram.parseAsync(words, { from: "user" });
		return null;
	} catch (error) {
		// Help and version that were asked for are told as errors of exit code 0.
		if (error instanceof CommanderError && error.exitCode === 0) return null;
		return error instanceof Error ? error.message : String(error);
	}
}

/** The same for the beginning of a command, as it stands in a sentence: its names must be there, its arguments need not. */
export function problemOfName(words: readonly string[]): string | null {
	let command: Command = idleProgram;
	for (const word of words) {
		if (word.startsWith("--")) {
			const name = word.split("=")[0];
			if (name !== "--help" && command.options.every(({ long }) => long !== name))
				return `${command.name()} has no ${word}`;
			continue;
		}
		if (command.commands.length === 0) continue;
		const next = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
		if (next === undefined)
			return /^[a-z][a-z-]*$/u.test(word) ? `there is no '${word}' below ${command.name()}` : null;
		command = next;
	}
	return null;
}

function idle(command: Command): Command {
	command.configureOutput({ writeOut: () => {}, writeErr: () => {} }).exitOverride();
	for (const below of command.commands) idle(below);
	if (command.commands.length === 0) command.action(() => {});
	return command;
}
