import type { Completion } from "../core/completion.ts";
import type { StagePolicy } from "../core/tenant-policy.ts";
import { startDeadline } from "./deadline.ts";
import type { Evidence } from "./evidence-port.ts";
import type { FinalCall } from "./final-stage.ts";
import { emptyRecord, recordCall, type RunRecord } from "./run-record.ts";
import type { StageRun, StageStream } from "./stage-run.ts";
import { readToEnd, watchStream } from "./watch-stream.ts";

/**
 * The last stage, asked beside the first under a guarantee. Where the first is accepted and the coin says so, it runs on as
 * the audit: then the client cannot end it, and what it costs from then on is the audit's.
 */
export interface BesideCall extends FinalCall {
	/** Takes it away from the request. */
	readonly take: () => void;
	/** Of a call that was taken: its whole answer, or null, in at most `timeoutMs`. Its calls go to `record`. */
	readonly reference: (timeoutMs: number, record: RunRecord) => Promise<Completion | null>;
}

/** Begins such a call. */
export function besideCall(
	run: StageRun,
	stage: StagePolicy,
	readStream: Evidence["readStream"],
	begin: (run: StageRun) => FinalCall,
): BesideCall {
	const client = new AbortController();
	const leave = () => client.abort();
	if (run.signal.aborted) leave();
	else run.signal.addEventListener("abort", leave);
	const detach = () => run.signal.removeEventListener("abort", leave);
	/** The call's own record, until it is known whose it is. */
	const own = emptyRecord();
	const call = begin({ ...run, signal: client.signal, record: own });
	let isTaken = false;
	const bill = (record: RunRecord) => void record.calls.push(...own.calls.splice(0));
	const settled = async () => {
		const final = await call.result;
		if (!isTaken) bill(run.record);
		if (final.kind !== "live") detach();
		return final;
	};

	/** The whole of a stream that nobody is sent; recorded, as its call is not yet. */
	const wholeOf = async ({ live, startedAt, reservation }: StageStream): Promise<Completion | null> => {
		const watched = watchStream(live);
		let answer: Completion | null = null;
		try {
			await readToEnd(watched);
			const bytes = watched.passed();
			answer = bytes === null ? null : readStream(bytes);
		} catch {
			// It broke, or time was up: there is no answer.
		}
		const ms = run.clock.now() - startedAt;
		const timing = { stage: stage.name, model: stage.model, purpose: "answer" as const, ms };
		reservation.settle(recordCall(own, timing, stage.price, answer?.usage ?? null));
		return answer;
	};

	return {
		result: settled(),
		stop() {
			detach();
			call.stop();
		},
		account(likely) {
			call.account(likely);
			bill(run.record);
		},
		take() {
			isTaken = true;
			detach();
		},
		async reference(timeoutMs, record) {
			const deadline = startDeadline(run.clock, timeoutMs, client.signal);
			const final = await deadline.race(call.result);
			let answer: Completion | null = null;
			if (final === undefined) {
				call.stop();
				call.account(null);
			} else if (final.kind === "whole") ({ answer } = final);
			else if (final.kind === "live") {
				const reading = wholeOf(final.stream);
				answer = (await deadline.race(reading)) ?? null;
				// Ends the upstream call, and with it a reading that time cut short, which then puts itself on record.
				final.stream.abort();
				void final.stream.live.rest.cancel().catch(() => {});
				if (deadline.expired()) await reading;
			}
			deadline.abort();
			bill(record);
			return answer;
		},
	};
}
