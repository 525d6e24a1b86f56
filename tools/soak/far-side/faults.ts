import type { ServerResponse } from "node:http";

/** An answer as it would be sent if all were well. */
export interface PlannedAnswer {
	readonly isStream: boolean;
	/** Its body: one piece, or the events of a stream without the end marker. */
	readonly pieces: readonly string[];
}

const END = "data: [DONE]\n\n";
const DRIP_MS = 15;

/** What may become of one call in its place; each ends the response in its own way. */
const FAULTS = {
	reset: (response) => void response.socket?.resetAndDestroy(),
	"status-500": (response) => sendError(response, 500),
	"status-503": (response) => sendError(response, 503),
	"status-429": (response) => sendError(response, 429, { "retry-after": "1" }),
	/** Nothing is said until the caller gives up. */
	hang: () => {},
	"truncated-json": (response, { isStream, pieces }) => {
		const whole = pieces.join("");
		begin(response, isStream);
		response.end(isStream ? `${pieces[0]}data: {"choices":[{"index":0,\n\n` : whole.slice(0, whole.length / 2));
	},
	"broken-off": (response, { isStream, pieces }) => {
		const whole = pieces.join("");
		begin(response, isStream);
		response.write(whole.slice(0, whole.length / 2));
		setTimeout(() => response.socket?.resetAndDestroy(), 20);
	},
	drip: (response, { isStream, pieces }) => {
		const bytes = Buffer.from(pieces.join("") + (isStream ? END : ""));
		const size = Math.ceil(bytes.length / 20);
		begin(response, isStream);
		let at = 0;
		const timer = setInterval(() => {
			response.write(bytes.subarray(at, (at += size)));
			if (at < bytes.length) return;
			clearInterval(timer);
			response.end();
		}, DRIP_MS);
		response.on("close", () => clearInterval(timer));
	},
	/** Of a stream alone: it ends, and does not say so. */
	"no-done": (response, { isStream, pieces }) => {
		begin(response, isStream);
		response.end(pieces.join(""));
	},
	html: (response) => {
		response.writeHead(200, { "content-type": "text/html" });
		response.end("<!doctype html><title>Far side</title><p>This is not an answer.</p>");
	},
} as const satisfies Record<string, (response: ServerResponse, planned: PlannedAnswer) => void>;

export type FaultKind = keyof typeof FAULTS;

const OF_STREAMS = Object.keys(FAULTS) as FaultKind[];
const OF_WHOLE = OF_STREAMS.filter((kind) => kind !== "no-done");

/** One of the kinds that an answer of this form may have. */
export function drawFault(isStream: boolean, random: () => number): FaultKind {
	const kinds = isStream ? OF_STREAMS : OF_WHOLE;
	return kinds[Math.floor(random() * kinds.length)] as FaultKind;
}

export function injectFault(kind: FaultKind, response: ServerResponse, planned: PlannedAnswer): void {
	FAULTS[kind](response, planned);
}

/** Sends the answer as it is. */
export function sendWell(response: ServerResponse, { isStream, pieces }: PlannedAnswer): void {
	begin(response, isStream);
	response.end(pieces.join("") + (isStream ? END : ""));
}

function begin(response: ServerResponse, isStream: boolean): void {
	response.writeHead(200, { "content-type": isStream ? "text/event-stream" : "application/json" });
}

/** An error status in OpenAI's form, which Workers AI's reader takes as well. */
export function sendError(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
	response.writeHead(status, { "content-type": "application/json", ...headers });
	const type = status === 429 ? "rate_limit_error" : "server_error";
	response.end(
		JSON.stringify({ error: { message: "The far side failed on purpose.", type, param: null, code: null } }),
	);
}
