import { SingleBar } from "cli-progress";

/** Tells how far a long work is. */
export interface Progress {
	advance(by: number): void;
	stop(): void;
}

/** A bar on standard error, where that is a terminal, and nothing elsewhere. */
export function startProgress(title: string, total: number): Progress {
	if (!process.stderr.isTTY || total <= 0) return { advance: () => {}, stop: () => {} };
	const bar = new SingleBar({
		format: `${title} {bar} {percentage}% · {eta_formatted} left`,
		stream: process.stderr,
		clearOnComplete: true,
		hideCursor: true,
	});
	bar.start(total, 0);
	return { advance: (by) => bar.increment(by), stop: () => bar.stop() };
}
