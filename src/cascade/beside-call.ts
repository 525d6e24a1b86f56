import type { Completion } from "../core/completion.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { StagePolicy } from "../core/tenant-policy.ts";
import { startDeadline } from "./deadline.ts";
import type { Evidence } from "./evidence-port.ts";
import type { FinalCall } from "./final-stage.ts";
import { emptyRecord, recordCall, timingOf, type RunRecord } from "./run-record.ts";
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

/** What such a call tells, and what reads its streams. */
interface BesidePorts {
	readonly readStream: Evidence["readStream"];
	/** What came of asking; null: it answered. Not told of a call that was stopped before, which says nothing of its stage. */
	readonly asked: (failure: StageFailure | null) => void;
}

/** Begins such a call. */
export function besideCall(
	run: StageRun,
	stage: StagePolicy,
	{ readStream, asked }: BesidePorts,
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
	let isStopped = false;
	const bill = (record: RunRecord) => {
		record.calls.push(...own.calls.splice(0));
		record.retries += own.retries;
		own.retries = 0;
	};
	const settled = async () => {
		const final = await call.result;
		if (!isTaken) bill(run.record);
		if (final.kind !== "live") detach();
		if (!isStopped) asked(final.kind === "failed" ? final.failure : null);
		return final;
	};

	/** The whole of a stream that nobody is sent; recorded, as its call is not yet. */
	const wholeOf = async ({
		live,
		startedAt,
		firstEventAt,
		reservation,
		ended,
	}: StageStream): Promise<Completion | null> => {
		const watched = watchStream(live);
		let answer: Completion | null = null;
		try {
			await readToEnd(watched);
			const bytes = watched.passed();
			answer = bytes === null ? null : readStream(bytes);
		} catch {
			// It broke, or time was up: there is no answer.
		}
		const called = { stage: stage.name, model: stage.model, purpose: "answer" as const };
		const timing = timingOf(run, called, { startedAt, firstEventAt });
		reservation.settle(recordCall(own, timing, stage.price, answer?.usage ?? null));
		ended?.(answer?.usage ?? null);
		return answer;
	};

	return {
		result: settled(),
		stop() {
			isStopped = true;
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
				isStopped = true;
				if (timeoutMs > 0) asked({ kind: "timeout", afterMs: timeoutMs });
				call.stop();
				call.account(null);
			} else if (final.kind === "whole") ({ answer } = final);
			else if (final.kind === "live") {
				const reading = wholeOf(final.stream);
				answer = (await deadline.race(reading)) ?? null;
				// Ends the upstream call, and with it a reading that time cut short, which then puts itself on record.
				final.stream.abort();
				void final.stream.live.rest.cancel().catch(() => {});
				if (deadline.expired()) {
					if (timeoutMs > 0) asked({ kind: "timeout", afterMs: timeoutMs });
					await reading;
				}
			}
			deadline.abort();
			bill(record);
			return answer;
		},
	};
}
