/** The product's routes over fake stages, with everything of evidence but the far side of its calls. */
import { createAuditedTexts } from "../../src/adapters/audited-texts.ts";
import { createEvidenceExchanges } from "../../src/adapters/evidence-exchange.ts";
import { createEvidenceLeases } from "../../src/adapters/evidence-leases.ts";
import { createEvidenceQueue } from "../../src/adapters/evidence-queue.ts";
import { createUpstreamHealth } from "../../src/adapters/upstream-health.ts";
import type { StageResolver } from "../../src/cascade/ports.ts";
import type { AuditedText } from "../../src/core/evidence/audited-text.ts";
import type { EvidenceLease } from "../../src/core/evidence/evidence-ports.ts";
import { guaranteeTerms } from "../../src/core/evidence/guarantee-terms.ts";
import type { EvidenceMessage } from "../../src/core/ledger/observation-message.ts";
import { err, ok } from "../../src/core/result.ts";
import type { Cascade } from "../../src/core/tenant-policy.ts";
import { createApp } from "../../src/http/app.ts";
import { STREAM_TIMES } from "../../src/http/app-ports.ts";
import { exampleCascade, FULL_MODEL } from "../core/examples.ts";
import { guaranteed, lease } from "../cascade/fake-evidence.ts";
import { answering, FakeClock, fakeStage, sure, type Behaviour } from "../cascade/fakes.ts";
import { noBudget } from "../support/no-budget.ts";
import { noRateTier } from "../support/no-rate-tier.ts";

const CHAT = "/v1/chat/completions";
const MESSAGES = [{ role: "user", content: "Hello" }];
const HASH = "a".repeat(64);

export interface WorldOptions {
	readonly cascade?: Partial<Cascade>;
	readonly edge?: Behaviour;
	readonly origin?: Behaviour;
	readonly judge?: Behaviour;
	/** What the ledger answers; a rejection or silence is trouble. */
	readonly ledger?: () => Promise<EvidenceLease>;
	readonly kv?: () => Promise<string | null>;
	readonly queue?: () => Promise<void>;
	readonly coin?: number;
	/** What the ledger does with a text. */
	readonly keep?: () => Promise<void>;
}

/** An isolate that holds the ledger's lease already, unless it cannot be had. */
export async function evidenceWorld({
	cascade = guaranteed(),
	edge = sure(0.9),
	origin = answering("large"),
	judge = answering("tie"),
	ledger = async () => lease(),
	kv = async () => JSON.stringify(lease()),
	queue = async () => {},
	coin = 0,
	keep = async () => {},
}: WorldOptions = {}) {
	const clock = new FakeClock();
	const stages = {
		edge: fakeStage(clock, edge, FULL_MODEL),
		origin: fakeStage(clock, origin, FULL_MODEL),
		judge: fakeStage(clock, judge, FULL_MODEL),
	};
	const resolveStage: StageResolver = async ({ name }) => ok(stages[name as keyof typeof stages]);
	const whole = exampleCascade(cascade);
	const policy = {
		version: 1 as const,
		cascades: { chat: whole },
		embeddings: {},
		defaults: { moderations: "chat" },
		limits: { maxBodyBytes: 10_000, maxOutputTokens: 100 },
	};
	const terms = guaranteeTerms(whole);
	const guarantees = new Map(terms === null ? [] : [["chat", { configHash: HASH, terms }]]);
	const published = {
		revision: 7,
		sequence: 1,
		publishedAt: 1,
		suspended: false,
		canary: null,
		policy,
		...(guarantees.size === 0 ? {} : { guarantees }),
	};
	const sent: EvidenceMessage["evidence"][] = [];
	const texts: AuditedText[] = [];
	const faults: string[] = [];
	const kept: Promise<unknown>[] = [];
	const surroundings = {
		clock,
		waitUntil: (work: Promise<unknown>) => void kept.push(work),
		logFault: (fault: string) => void faults.push(fault),
	};
	const ledgerOf = () => ({ lease: async () => ok(await ledger()) });
	const evidenceOf = createEvidenceExchanges({
		...surroundings,
		leases: createEvidenceLeases({ ...surroundings, ledgerOf, kv: { get: kv } }),
		sink: createEvidenceQueue({
			...surroundings,
			queue: {
				async send(message) {
					await queue();
					sent.push((message as EvidenceMessage).evidence);
				},
			},
		}),
		health: createUpstreamHealth(clock),
		embedTexts: async () => err({ kind: "unreachable" }),
		texts: createAuditedTexts({
			...surroundings,
			ledgerOf: () => ({
				async keepText({ text }) {
					texts.push(text);
					await keep();
					return { kept: true };
				},
			}),
		}),
		random: () => coin,
	});
	const app = createApp<object>(
		() => ({
			clock,
			keys: { find: async () => ok({ tenant: "acme", scopes: ["inference"] }) },
			policies: { read: async () => ok(published) },
			resolveStage,
			embed: async () => err({ kind: "unreachable" }),
			rateLimiter: noRateTier,
			spendingOf: noBudget,
			recordFeedback: async () => err("unavailable"),
			evidenceOf,
			observations: { record: () => {} },
			times: STREAM_TIMES,
		}),
		(fault) => surroundings.logFault(fault),
	);
	return {
		clock,
		faults,
		asked: (stage: keyof typeof stages) => stages[stage].calls.length,
		texts,
		sent,
		entries: () => sent.flatMap(({ entries }) => entries),
		verdicts: () => sent.flatMap(({ verdicts }) => verdicts),
		/** Asks, and reads the whole reply, in as much of the clock's time as that takes. */
		async ask(body: object = {}, path = CHAT, headers: Readonly<Record<string, string>> = {}) {
			const began = clock.now();
			const raw = new Request(`https://edge.example${path}`, {
				method: "POST",
				headers: { authorization: "Bearer key", ...headers },
				body: JSON.stringify({ model: "chat", ...(path === CHAT ? { messages: MESSAGES } : {}), ...body }),
			});
			const response = await clock.until(Promise.resolve(app.fetch(raw, {})));
			const besides = { origin: stages.origin.calls.length, sent: sent.length };
			const text = await clock.until(response.text());
			const requestId = response.headers.get("x-request-id") ?? "";
			return {
				status: response.status,
				headers: response.headers,
				/** Everything that the client sees but the request's own id. */
				seen: {
					status: response.status,
					headers: Object.fromEntries([...response.headers].filter(([name]) => name !== "x-request-id")),
					text: text.replaceAll(requestId, "ID"),
					ms: clock.now() - began,
				},
				text,
				/** What had been asked and sent when the reply was there. */
				besides,
			};
		},
		/** Everything that follows the answer. */
		async afterAnswer() {
			while (kept.length > 0) await clock.until(Promise.all(kept.splice(0)));
		},
	};
}
