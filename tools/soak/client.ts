import { Agent, request as begin, type IncomingMessage } from "node:http";
import type { SoakRequest } from "./requests.ts";

/** What came of a request, as its client saw it. */
export interface Received {
	/** 0: no answer began. */
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: string;
	/** `whole`: to its end; `left`: the client went away; `broken`: the connection ended before; `silent`: nothing more came. */
	readonly end: "whole" | "left" | "broken" | "silent";
	readonly ms: number;
}

/** Longer than any deadline of the tenants' cascades, several times over. */
const MOST_MS = 30_000;
const SLOW_PAUSE_MS = 40;
const MOST_PAUSES = 15;

/** Sends requests over so many connections at most. */
export function createClient(url: string, connections: number) {
	const agent = new Agent({ keepAlive: true, maxSockets: connections });
	const { hostname, port } = new URL(url);
	return {
		send: (sent: SoakRequest, key: string): Promise<Received> =>
			new Promise((resolve) => {
				const startedAt = performance.now();
				let [status, body] = [0, ""];
				let headers: Received["headers"] = {};
				let left = false;
				const timers: NodeJS.Timeout[] = [];
				const end = (how: Received["end"]) => {
					for (const timer of timers) clearTimeout(timer);
					resolve({ status, headers, body, end: left ? "left" : how, ms: performance.now() - startedAt });
				};
				const outgoing = begin(
					{
						agent,
						hostname,
						port,
						path: sent.path,
						method: "POST",
						headers: {
							authorization: `Bearer ${key}`,
							"content-type": "application/json",
							"content-length": Buffer.byteLength(sent.body),
							...sent.headers,
						},
					},
					(incoming) => {
						status = incoming.statusCode ?? 0;
						({ headers } = incoming);
						incoming.setEncoding("utf8").on("data", (text: string) => void (body += text));
						incoming.on("end", () => end(incoming.complete ? "whole" : "broken"));
						incoming.on("error", () => end("broken"));
						if (sent.behaviour === "reads-slowly") readSlowly(incoming);
					},
				);
				outgoing.on("error", () => end("broken"));
				timers.push(
					setTimeout(() => {
						end("silent");
						outgoing.destroy();
					}, MOST_MS),
				);
				if (sent.behaviour === "leaves")
					timers.push(
						setTimeout(() => {
							left = true;
							outgoing.socket?.resetAndDestroy();
							outgoing.destroy();
						}, sent.leavesAfterMs),
					);
				outgoing.end(sent.body);
			}),
		close: () => agent.destroy(),
	};
}

/** Takes a piece and waits, some times; then the rest at once. */
function readSlowly(incoming: IncomingMessage): void {
	let pauses = 0;
	incoming.on("data", () => {
		if (++pauses > MOST_PAUSES) return;
		incoming.pause();
		setTimeout(() => incoming.resume(), SLOW_PAUSE_MS);
	});
}
