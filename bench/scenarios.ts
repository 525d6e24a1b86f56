import { benchKey } from "./bench-records.ts";
import { postRequest } from "./http-exchange.ts";
import { wordsFor, type Upstream } from "./mock-behaviour.ts";

/** What is measured, each in a process of its own; `no gateway` is the mock itself, and the floor of all times. */
export type ContenderName =
	| "no gateway"
	| "bare forwarding"
	| "Hono + parse"
	| "minimal cascade"
	| "minimal cascade, again"
	| "minimal cascade with the contract"
	| "decision path"
	| "every feature on"
	| "Portkey on Node";

/** The two that are ours. */
export const OURS: readonly ContenderName[] = ["decision path", "every feature on"];

/**
 * - `accepted`: one call to a model, whose whole answer is the answer
 * - `escalated`: a call to each of two models, the second's whole answer is the answer
 * - `stream`: one call, whose stream is passed on
 * - `escalated stream`: a call whose whole answer is not good enough, then one whose stream is passed on
 */
export type ScenarioKind = "accepted" | "escalated" | "stream" | "escalated stream";

/** What is asked of a contender over and over. */
export interface Scenario {
	readonly contender: ContenderName;
	readonly kind: ScenarioKind;
	readonly upstream: Upstream;
	/** Characters of the prompt. */
	readonly promptLength: number;
}

const PROMPT_LENGTH = 900;

/** Calls to models that one request leads to, audits aside. */
export function callsPerRequest(kind: ScenarioKind): 1 | 2 {
	return kind.startsWith("escalated") ? 2 : 1;
}

export function isStream(kind: ScenarioKind): boolean {
	return kind.endsWith("stream");
}

/** One scenario. */
export function scenarioOf(
	kind: ScenarioKind,
	contender: ContenderName,
	upstream: Upstream = "at once",
	promptLength = PROMPT_LENGTH,
): Scenario {
	return { contender, kind, upstream, promptLength };
}

/** One scenario of each contender. */
export function scenariosOf(
	kind: ScenarioKind,
	contenders: readonly ContenderName[],
	upstream?: Upstream,
	promptLength?: number,
): Scenario[] {
	return contenders.map((contender) => scenarioOf(kind, contender, upstream, promptLength));
}

/** The request's bytes. `tenant`: of ours alone. */
export function requestOf({ contender, kind, upstream, promptLength }: Scenario, mockPort: number, tenant = 0): Buffer {
	const headers = [
		`authorization: Bearer ${benchKey(tenant)}`,
		...(contender === "Portkey on Node" ? [`x-portkey-config: ${portkeyConfig(kind, mockPort)}`] : []),
		...(OURS.includes(contender) && kind === "stream" ? ["x-cascade-route: origin"] : []),
	];
	return postRequest("/v1/chat/completions", headers, {
		model: kind === "accepted" ? "accepts" : "escalates",
		messages: [
			{
				role: "system",
				content:
					`You sort the mail of a small company. Answer in one short paragraph, without a greeting. ${wordsFor(upstream)}`.trimEnd(),
			},
			{
				role: "user",
				content: "Please say what this letter is about and who should read it. ".padEnd(
					promptLength,
					"The invoice of March was paid twice. ",
				),
			},
		],
		temperature: 0,
		max_tokens: 256,
		stream: isStream(kind),
	});
}

/**
 * Two calls are its fallback from one target to another on a status of the first, here 200: both answers are whole, as a
 * cascade's are, and none of its checks is run, so it is the least that two calls can cost it.
 */
function portkeyConfig(kind: ScenarioKind, mockPort: number): string {
	const target = { provider: "openai", api_key: "none", custom_host: `http://127.0.0.1:${mockPort}/v1` };
	return JSON.stringify(
		callsPerRequest(kind) === 1
			? target
			: { strategy: { mode: "fallback", on_status_codes: [200] }, targets: [target, target] },
	);
}
