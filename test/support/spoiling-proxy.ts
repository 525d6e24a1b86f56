import { createServer, request as begin, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const END = "data: [DONE]\n\n";

/**
 * Stands between clients and a server, and spoils some answers: the one after `losesAfter` others is never sent, and one stream in
 * `endsTwiceEach` has a second end marker. What is sent to it is passed on as it is.
 */
export async function startSpoilingProxy(
	to: string,
	{ losesAfter, endsTwiceEach }: { readonly losesAfter: number; readonly endsTwiceEach: number },
) {
	const { hostname, port } = new URL(to);
	let [answers, streams] = [0, 0];
	const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
		// A stream that was held says how long it is, and could not be given more.
		const { "content-length": _length, ...headers } = incoming.headers;
		outgoing.writeHead(incoming.statusCode ?? 500, headers);
		let body = "";
		incoming.setEncoding("utf8").on("data", (text: string) => {
			body += text;
			outgoing.write(text);
		});
		incoming.on("error", () => outgoing.destroy());
		incoming.on("end", () => {
			if (body.endsWith(END) && ++streams % endsTwiceEach === 0) outgoing.write(END);
			outgoing.end();
		});
	};
	const server = createServer((incoming, outgoing) => {
		const { method, url, headers } = incoming;
		const onward = begin({ hostname, port, method, path: url, headers }, (answer) => {
			if (answers++ === losesAfter) outgoing.destroy();
			else pass(answer, outgoing);
		});
		onward.on("error", () => outgoing.destroy());
		outgoing.on("close", () => onward.destroy());
		incoming.on("error", () => onward.destroy());
		incoming.pipe(onward);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		stop: () => server.close().closeAllConnections(),
	};
}
