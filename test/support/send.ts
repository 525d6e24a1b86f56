import type { ServerResponse } from "node:http";

/** Sends a whole JSON reply. */
export function sendJson(
	response: ServerResponse,
	value: unknown,
	status = 200,
	headers: Record<string, string> = {},
): void {
	response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
}

/** Sends the headers of an event stream. */
export function openStream(response: ServerResponse): void {
	response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
	response.flushHeaders();
}

/** Streams the pieces one by one. */
export function writeSlowly(response: ServerResponse, pieces: readonly Uint8Array[], everyMs: number): void {
	openStream(response);
	let next = 0;
	const timer = setInterval(() => {
		const piece = pieces[next++];
		if (piece !== undefined) response.write(piece);
		else {
			clearInterval(timer);
			response.end();
		}
	}, everyMs);
	response.on("close", () => clearInterval(timer));
}

/** Breaks the connection off, as a crash does. */
export function destroyAfter(response: ServerResponse, ms: number): void {
	setTimeout(() => response.destroy(), ms);
}
