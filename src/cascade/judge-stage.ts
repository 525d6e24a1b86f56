import { failedCheck } from "../core/answer-checks.ts";
import type { Completion } from "../core/completion.ts";
import {
	planConfidence,
	readConfidence,
	separateStatement,
	settledAgreement,
	type ConfidenceMethod,
	type ConfidencePlan,
} from "../core/confidence/method.ts";
import { unsupportedByEdge } from "../core/edge-support.ts";
import type { ConfidenceReading, UnavailableCause } from "../core/reading.ts";
import type { StagePolicy } from "../core/tenant-policy.ts";
import { startDeadline } from "./deadline.ts";
import { judgePrefix } from "./judge-prefix.ts";
import type { CascadeStage } from "./ports.ts";
import { StageCalls } from "./stage-calls.ts";
import {
	decidedEntry,
	failureReason,
	judgedEntry,
	unansweredEntry,
	withoutAnswer,
	type JudgedStage,
	type Judgement,
	type StageRun,
} from "./stage-run.ts";

/** Runs a stage before the last: answer, checks, confidence, deferral. Adds its calls to the record. */
export async function judgeStage(run: StageRun, policy: StagePolicy, timeoutMs: number): Promise<Judgement> {
	const { confidence: method, threshold } = policy;
	// The policy parser sees to it that both are there; a policy made otherwise defers rather than accepts.
	if (method === undefined || threshold === undefined)
		return withoutAnswer(judgedEntry(policy, "skipped", "confidence-unavailable", "no-method"));

	const resolved = await run.resolveStage(policy);
	if (!resolved.ok)
		return withoutAnswer(judgedEntry(policy, "failed", failureReason(resolved.error), resolved.error.kind));
	if (run.signal.aborted) return withoutAnswer(judgedEntry(policy, "failed", "edge-failed", "aborted"));
	const stage = resolved.value;
	const unsupported = unsupportedByEdge(run.request, stage.capabilities);
	if (unsupported !== null) return withoutAnswer(judgedEntry(policy, "skipped", "unsupported-by-edge", unsupported));
	const nonce = nonceOf(run.requestId);
	const plan = planConfidence(method, run.request, nonce);
	const missing = plan.ok ? missingSignal(plan.value, stage) : plan.error;
	// The answer could never be accepted, so it is not paid for.
	if (!plan.ok || missing !== null)
		return withoutAnswer(judgedEntry(policy, "skipped", "confidence-unavailable", missing));

	const judged: JudgedStage = { run, policy, stage, method, threshold, plan: plan.value, nonce, timeoutMs };
	const prefix = "prefix" in method ? method.prefix : undefined;
	if (prefix !== undefined && run.request.stream) return judgePrefix(judged, prefix);
	return judgeWhole(judged);
}

async function judgeWhole({
	run,
	policy,
	stage,
	method,
	threshold,
	plan,
	nonce,
	timeoutMs,
}: JudgedStage): Promise<Judgement> {
	const deadline = startDeadline(run.clock, timeoutMs, run.signal);
	const calls = new StageCalls(run, policy, stage, deadline, timeoutMs);
	let given: Completion | null = null;
	try {
		// Both begin now: samples would otherwise double the time. The answer comes first: without it they are for nothing.
		const answering = calls.answer(plan);
		const samples = calls.samples(plan);
		const answered = await answering;
		if (!answered.ok) return withoutAnswer(unansweredEntry(policy, answered.error));
		given = answered.value;
		const { answer, stated } = separateStatement(method, given, nonce);
		const failed = failedCheck(run.request, answer, run.checks);
		if (failed !== null) return withoutAnswer(judgedEntry(policy, "deferred", "rejected-by-check", failed));

		const inputs = { request: run.request, answer, stated };
		const settled = await settledOr(samples, (arrived) =>
			settledAgreement(method, { ...inputs, samples: arrived }, threshold),
		);
		const verifyPrice = method.method === "verify" ? (method.price ?? policy.price) : policy.price;
		const reading =
			settled.reading ??
			readConfidence(method, {
				...inputs,
				answer: readPart(method, answer),
				samples: settled.arrived,
				verdict: await calls.verdict(plan, answer, verifyPrice),
			});
		return judgementOf(policy, threshold, reading, answer);
	} finally {
		calls.end(given?.usage ?? null);
	}
}

/** What the deferral rule makes of a reading. */
function judgementOf(
	policy: StagePolicy,
	threshold: number,
	reading: ConfidenceReading,
	answer: Completion,
): Judgement {
	const trailEntry = decidedEntry(policy, threshold, reading);
	return trailEntry.outcome === "accepted"
		? { kind: "accepted", answer, trailEntry }
		: { kind: "not-accepted", answer, trailEntry };
}

/** A method that decides streams on their beginning reads whole answers there too: one threshold serves both. */
function readPart(method: ConfidenceMethod, answer: Completion): Completion {
	const prefix = "prefix" in method ? method.prefix : undefined;
	if (prefix === undefined || answer.tokens === null) return answer;
	return { ...answer, tokens: answer.tokens.slice(0, prefix.tokens) };
}

/** What the plan reads and the model is known not to give; null where nothing is missing. */
function missingSignal(plan: ConfidencePlan, { capabilities }: CascadeStage): UnavailableCause | null {
	if (plan.topLogprobs !== null && !capabilities.logprobs) return "no-logprobs";
	if (plan.scores && capabilities.answers === "chat") return "no-scores";
	// A classifier says the same each time, so its samples always agree; and it reads no instructions.
	if (plan.samples !== null && capabilities.answers === "classification") return "not-applicable";
	if (plan.messages !== null && capabilities.answers !== "chat") return "not-applicable";
	return null;
}

/** The hexadecimal end of a request's id, which the client cannot know before it has its answer. */
function nonceOf(requestId: string): string {
	return requestId.slice(-8);
}

/** Waits for the samples, or only until those in so far settle the outcome. */
async function settledOr(
	samples: readonly Promise<Completion | null>[],
	settle: (arrived: readonly (Completion | null)[]) => ConfidenceReading | null,
): Promise<{ readonly reading: ConfidenceReading | null; readonly arrived: readonly (Completion | null)[] }> {
	// A low threshold is reached, and an answer with nothing to compare is known, before any sample is in.
	const reading = settle([]);
	if (reading !== null || samples.length === 0) return { reading, arrived: [] };
	const arrived: (Completion | null)[] = [];
	return new Promise((resolve, reject) => {
		const note = (sample: Completion | null) => {
			arrived.push(sample);
			const settled = settle(arrived);
			if (settled !== null || arrived.length === samples.length) resolve({ reading: settled, arrived });
		};
		for (const sample of samples) sample.then(note, reject);
	});
}
