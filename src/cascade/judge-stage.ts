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
import type { EffectiveThreshold } from "../core/evidence/effective-threshold.ts";
import type { ConfidenceReading, UnavailableCause } from "../core/reading.ts";
import type { StagePolicy } from "../core/tenant-policy.ts";
import { startDeadline } from "./deadline.ts";
import { judgePrefix } from "./judge-prefix.ts";
import type { CascadeStage } from "./ports.ts";
import { StageCalls } from "./stage-calls.ts";
import {
	decidedEntry,
	failureReason,
	guaranteedEntry,
	judgedEntry,
	unansweredEntry,
	withoutAnswer,
	type JudgedStage,
	type Judgement,
	type StageRun,
} from "./stage-run.ts";
import { readingAttributes } from "./traced-decision.ts";

/** What a guaranteed stage accepts, asked for when its answer has been read. */
export type CertifiedThreshold = () => EffectiveThreshold | Promise<EffectiveThreshold>;

/** Of a guaranteed stage of which nothing is known. */
const NOTHING_CERTIFIED: CertifiedThreshold = () => ({
	threshold: null,
	source: "certified",
	standing: "no-certificate",
});

/**
 * Runs a stage before the last: answer, checks, confidence, deferral. Adds its calls to the record. A guaranteed stage is
 * judged by its certified threshold alone; without one it accepts nothing.
 */
export async function judgeStage(
	run: StageRun,
	policy: StagePolicy,
	timeoutMs: number,
	certified: CertifiedThreshold = NOTHING_CERTIFIED,
): Promise<Judgement> {
	const { confidence: method } = policy;
	const threshold = policy.guarantee === undefined ? policy.threshold : certified;
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

	const asked = { run, policy, stage, method, plan: plan.value, nonce, timeoutMs };
	const prefix = "prefix" in method ? method.prefix : undefined;
	// A label compares whole answers, so a guaranteed one is always read whole.
	if (prefix !== undefined && run.request.stream && typeof threshold === "number")
		return judgePrefix({ ...asked, threshold }, prefix);
	return judgeWhole(asked, threshold);
}

async function judgeWhole(
	judged: Omit<JudgedStage, "threshold">,
	threshold: number | CertifiedThreshold,
): Promise<Judgement> {
	const { run, policy, stage, plan, timeoutMs } = judged;
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
		const answeredAt = run.clock.now();
		const span = run.tracer?.begin("confidence");
		const judgement = await judgeAnswer(judged, threshold, calls, samples, given);
		span?.end(readingAttributes(policy, judgement.trailEntry));
		return withReadMs(judgement, run.clock.now() - answeredAt);
	} finally {
		calls.end(given?.usage ?? null);
	}
}

/** Checks a whole answer, reads how sure it is, and decides. */
async function judgeAnswer(
	{ run, policy, method, plan, nonce }: Omit<JudgedStage, "threshold">,
	threshold: number | CertifiedThreshold,
	calls: StageCalls,
	samples: readonly Promise<Completion | null>[],
	given: Completion,
): Promise<Judgement> {
	const { answer, stated } = separateStatement(method, given, nonce);
	const failed = failedCheck(run.request, answer, run.checks);
	if (failed !== null) return withoutAnswer(judgedEntry(policy, "deferred", "rejected-by-check", failed));

	const inputs = { request: run.request, answer, stated };
	const settled = await settledOr(samples, (arrived) =>
		// Under a guarantee the reading itself is evidence, on every threshold: a bound is none.
		typeof threshold === "number" ? settledAgreement(method, { ...inputs, samples: arrived }, threshold) : null,
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
	const trailEntry =
		typeof threshold === "number"
			? decidedEntry(policy, threshold, reading)
			: guaranteedEntry(policy, await threshold(), reading);
	return { kind: trailEntry.outcome === "accepted" ? "accepted" : "not-accepted", answer, trailEntry };
}

function withReadMs(judgement: Judgement, readMs: number): Judgement {
	return readMs === 0 ? judgement : { ...judgement, trailEntry: { ...judgement.trailEntry, readMs } };
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
