import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import type { EvidenceReport } from "../../core/evidence/evidence-ports.ts";
import { readDuration } from "../admin/read-moment.ts";
import { explainFailure } from "../admin/explain-failure.ts";
import { withSession, type ExitCode, type Session } from "../admin/session.ts";
import { evidenceCommand, readAddress, type AddressOptions, type EvidenceInput } from "./evidence-address.ts";
import { evidenceLine, evidenceScreen } from "./evidence-screen.ts";

interface WatchOptions extends AddressOptions {
	readonly once?: boolean;
	readonly every: string;
}

/** As many values of the detector as the widest terminal shows. */
const MOST_TRACE = 500;
const LEAST_INTERVAL_MS = 200;
const MOST_INTERVAL_MS = 3_600_000;

/** `cascade watch`. */
export function registerWatchCommand(program: Command): void {
	evidenceCommand(program, "watch", "the evidence on a cascade as it comes in: coverage, risk, thresholds, alarm")
		.option("--once", "show it once")
		.option("--every <duration>", "how often to look", "2s")
		.action(
			withSession<WatchOptions>((session, { once = false, every, ...options }, [text = ""]) => {
				const intervalMs = readDuration(every) ?? Number.NaN;
				if (!(intervalMs >= LEAST_INTERVAL_MS && intervalMs <= MOST_INTERVAL_MS))
					session.wrongUsage(`--every: '${every}' is no duration from 1s to 1h`);
				return watch(session, readAddress(session, text, options), once ? null : intervalMs);
			}),
		);
}

/** Looks until it is stopped, or once; 1 where the first look fails, or the API refuses. */
async function watch(session: Session, input: EvidenceInput, intervalMs: number | null): Promise<ExitCode> {
	const view = session.json
		? jsonView()
		: process.stdout.isTTY && intervalMs !== null
			? screenView()
			: lineView(intervalMs === null);
	const stopping = new AbortController();
	const stop = () => stopping.abort();
	process.once("SIGINT", stop);
	process.once("SIGTERM", stop);
	let hasShown = false;
	try {
		for (;;) {
			const answer = await session.call("evidence.get", input);
			if (answer.ok) {
				view.show(answer.value.body, answer.value.date ?? Date.now());
				hasShown = true;
			} else if (!hasShown || answer.error.kind === "refused") {
				view.close();
				return session.refuse(answer.error);
			} else view.miss(explainFailure(answer.error));
			if (intervalMs === null || stopping.signal.aborted) break;
			await pause(intervalMs, undefined, { signal: stopping.signal });
		}
	} catch (error) {
		if (!stopping.signal.aborted) throw error;
	} finally {
		process.removeListener("SIGINT", stop);
		process.removeListener("SIGTERM", stop);
	}
	view.close();
	return 0;
}

/** How reports are shown, one after the other. */
interface View {
	/** `at`: the Worker's clock, in milliseconds since the Unix epoch. */
	readonly show: (report: EvidenceReport, at: number) => void;
	/** A look that failed; the next may not. */
	readonly miss: (problem: string) => void;
	readonly close: () => void;
}

/** A line of JSON a look. */
function jsonView(): View {
	return {
		show: (report) => void process.stdout.write(`${JSON.stringify(report)}\n`),
		miss: (problem) => void process.stderr.write(problem),
		close: () => {},
	};
}

/** A line wherever something has changed; looked at once, the whole screen. */
function lineView(isOnce: boolean): View {
	let last = "";
	return {
		show(report, at) {
			if (isOnce) {
				process.stdout.write(evidenceScreen(report, [report.alarm.logValue ?? 0], { columns: 100, rows: 100 }));
				return;
			}
			// Of no moment: that time goes on is no change.
			const said = evidenceLine(report, 0);
			if (said !== last) process.stdout.write(evidenceLine(report, at));
			last = said;
		},
		miss: (problem) => void process.stderr.write(problem),
		close: () => {},
	};
}

// The other screen, without the cursor and without breaking lines that are too long, and back.
const ENTER_SCREEN = "\u001b[?1049h\u001b[?25l\u001b[?7l";
const LEAVE_SCREEN = "\u001b[?7h\u001b[?25h\u001b[?1049l";
const FROM_THE_TOP = "\u001b[H";
const CLEAR_LINE_END = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";

/** The terminal's other screen, written over at each look; what stood last is left behind on the first one. */
function screenView(): View {
	const trace: number[] = [];
	let last = "";
	let watermark: number | null = null;
	let isOpen = false;
	const paint = (text: string) => {
		if (!isOpen) process.stdout.write(ENTER_SCREEN);
		isOpen = true;
		process.stdout.write(`${FROM_THE_TOP}${text.replaceAll("\n", `${CLEAR_LINE_END}\n`)}${CLEAR_BELOW}`);
	};
	return {
		show(report) {
			// The detector steps where a bucket closes, and not at each look.
			if (report.watermark !== watermark) trace.push(report.alarm.logValue ?? 0);
			if (trace.length > MOST_TRACE) trace.shift();
			watermark = report.watermark;
			const { columns, rows } = process.stdout;
			last = evidenceScreen(report, trace, { columns, rows });
			paint(`${last}\nCtrl-C stops.`);
		},
		miss: (problem) => paint(`${last}\n${problem.trimEnd()}`),
		close() {
			if (isOpen) process.stdout.write(`${LEAVE_SCREEN}${last}`);
			isOpen = false;
		},
	};
}
