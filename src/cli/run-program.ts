import { CommanderError } from "commander";
import { buildProgram } from "./program.ts";

const WRONG_USAGE = 2;

// `cascade … | head` closes the pipe before all is written, which is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (error.code !== "EPIPE") throw error;
	process.exit(0);
});

try {
	await buildProgram().parseAsync();
} catch (error) {
	// Commander has said what is wrong by then; help that was asked for ends the same way, with 0.
	if (!(error instanceof CommanderError)) throw error;
	process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE;
}
