import { ASKS, labelsOf, markerOf } from "./marker.ts";
import { GUARANTEED, type TenantName } from "./tenants.ts";

/** What a client does beside sending a request and reading its answer. */
export type Behaviour = "reads" | "leaves" | "reads-slowly";

type SoakEndpoint = "chat" | "responses" | "classifications" | "moderations" | "feedback";

/** One request as it is sent, and what is to be known to judge its answer. */
export interface SoakRequest {
	readonly tenant: TenantName;
	readonly endpoint: SoakEndpoint;
	readonly path: string;
	readonly stream: boolean;
	/** One for each text. */
	readonly markers: readonly string[];
	readonly body: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly behaviour: Behaviour;
	/** Of one that leaves: after so many milliseconds. */
	readonly leavesAfterMs: number;
	/** Of feedback: the request that it is about. */
	readonly about?: string;
}

/** Share of clients that leave before their answer has ended, and of those that read it slowly. */
const LEAVE = 0.01;
const SLOW = 0.01;
const LEAVE_WITHIN_MS = 150;

interface Kind {
	readonly weight: number;
	readonly tenant: TenantName;
	readonly endpoint: Exclude<SoakEndpoint, "feedback">;
	readonly cascade: string;
}

const KINDS: readonly Kind[] = [
	{ weight: 14, tenant: "plain", endpoint: "chat", cascade: "fails" },
	{ weight: 12, tenant: "plain", endpoint: "chat", cascade: "serves" },
	{ weight: 8, tenant: "plain", endpoint: "chat", cascade: "prefix" },
	{ weight: 6, tenant: "plain", endpoint: "responses", cascade: "fails" },
	{ weight: 9, tenant: "stages", endpoint: "chat", cascade: "parallel" },
	{ weight: 9, tenant: "stages", endpoint: "chat", cascade: "three" },
	{ weight: 4, tenant: "stages", endpoint: "responses", cascade: "parallel" },
	{ weight: 7, tenant: "tasks", endpoint: "classifications", cascade: "labels" },
	{ weight: 6, tenant: "tasks", endpoint: "moderations", cascade: "verdicts" },
	{ weight: 12, tenant: GUARANTEED.tenant, endpoint: "chat", cascade: GUARANTEED.cascade },
	{ weight: 5, tenant: "thrifty", endpoint: "chat", cascade: "bounded" },
	{ weight: 6, tenant: "hedged", endpoint: "chat", cascade: "hedged" },
	{ weight: 6, tenant: "keeping", endpoint: "chat", cascade: "kept" },
];
const WHOLE_WEIGHT = KINDS.reduce((sum, { weight }) => sum + weight, 0);

/** Share of the requests that say something of an answer given before. */
const FEEDBACK = 0.03;
/** Of those to cascades that keep answers: share with an idempotency key. */
const KEYED = 0.7;
const STREAMED = 0.45;
const BATCHED = 0.3;

/** Draws requests; the same ones for the same source of random numbers. */
export function createRequests(random: () => number) {
	let number = 0;

	const kindOf = (): Kind => {
		let left = random() * WHOLE_WEIGHT;
		return KINDS.find(({ weight }) => (left -= weight) < 0) ?? (KINDS[0] as Kind);
	};
	const behaviourOf = (): Behaviour => {
		const drawn = random();
		return drawn < LEAVE ? "leaves" : drawn < LEAVE + SLOW ? "reads-slowly" : "reads";
	};
	const make = (kind: Kind, more: object, markers: readonly string[], path: string, stream: boolean): SoakRequest => ({
		tenant: kind.tenant,
		endpoint: kind.endpoint,
		path,
		stream,
		markers,
		body: JSON.stringify({ model: kind.cascade, ...more }),
		headers: kind.cascade === "kept" && random() < KEYED ? { "idempotency-key": `again-${markers[0]}` } : {},
		behaviour: behaviourOf(),
		leavesAfterMs: random() * LEAVE_WITHIN_MS,
	});

	return {
		/** `answered`: ids of earlier answers, from which feedback takes one. */
		next(answered: (tenant: TenantName) => string | undefined): SoakRequest {
			const kind = kindOf();
			const { tenant, endpoint } = kind;
			const about = random() < FEEDBACK ? answered(tenant) : undefined;
			if (about !== undefined) return feedback(tenant, about);
			const texts = endpoint === "moderations" && random() < BATCHED ? 3 : 1;
			const markers = Array.from({ length: texts }, () => markerOf(tenant, ++number, random));
			const [marker = ""] = markers;
			const letter = `${ASKS.chat} Please read the letter ${marker} and say what is in it. ${"The invoice of March was paid twice. ".repeat(Math.floor(random() * 20))}`;
			const stream = (endpoint === "chat" || endpoint === "responses") && random() < STREAMED;
			switch (endpoint) {
				case "chat": {
					const fields = stream ? { stream, stream_options: { include_usage: true } } : {};
					const messages = [{ role: "user", content: letter }];
					return make(kind, { messages, max_tokens: 64, ...fields }, markers, "/v1/chat/completions", stream);
				}
				case "responses":
					return make(
						kind,
						{ input: letter, store: false, ...(stream ? { stream } : {}) },
						markers,
						"/v1/responses",
						stream,
					);
				case "classifications": {
					const { labels } = labelsOf(marker);
					return make(
						kind,
						{ input: `${ASKS.classification} ${marker}`, labels },
						markers,
						"/v1/classifications",
						false,
					);
				}
				case "moderations": {
					const input = markers.map((each) => `${ASKS.moderation} ${each}`);
					return make(kind, { input: texts === 1 ? input[0] : input }, markers, "/v1/moderations", false);
				}
			}
		},
	};

	function feedback(tenant: TenantName, about: string): SoakRequest {
		return {
			tenant,
			endpoint: "feedback",
			path: "/v1/feedback",
			stream: false,
			markers: [],
			body: JSON.stringify({ request_id: about, correct: random() < 0.9 }),
			headers: {},
			behaviour: "reads",
			leavesAfterMs: 0,
			about,
		};
	}
}
