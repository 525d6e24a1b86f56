import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An HTTP server of this machine that a test run starts and stops. */
export interface FakeServer {
	readonly url: string;
	readonly stop: () => Promise<void>;
}

/** Starts one on a free port. What `answer` throws ends the test run: it is a mistake in a fake. */
export async function startFakeServer(
	answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<FakeServer> {
	const server = createServer((request, response) => void answer(request, response));
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				// Some scenarios hang on purpose.
				server.closeAllConnections();
			}),
	};
}

/** A request's body as text. */
export async function readText(request: IncomingMessage): Promise<string> {
	let text = "";
	for await (const bytes of request.setEncoding("utf8")) text += bytes as string;
	return text;
}
